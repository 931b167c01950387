"""`/score`: a table as a school has it, answered row by row; what is at fault in it is named beside."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import orjson
from flask import Blueprint, Response, request

from registry.contract.features import FeatureSchema
from registry.contract.features.numerals import OTHER
from registry.contract.table import RowReader, Rows, check_rows, usual_decimal
from registry.contract.table.workbook import DECIMAL, MEDIA_TYPE
from service.context import Context
from service.engines.budget import stop_if_left
from service.errors import InvalidInstances, NotParseable
from service.reading.body import TableBody, read_table_body
from service.reading.ids import is_plain_id
from service.reading.instances import NO_ROWS
from service.reading.pointers import row_pointer
from service.routes.predict import ALWAYS, MODEL, POST_ERRORS, VERSION, csv_of, prediction_of
from service.server.lanes import Lane, lane
from service.settings import Settings
from service.telemetry import request_log
from service.telemetry.metrics import Metrics
from service.versions.loaded_version import LoadedVersion
from service.versions.predictions import answer_batch
from service.web.bodies import answer
from service.web.description import (
    CSV,
    NUMBER,
    NUMBER_FROM_1,
    TEXT,
    Description,
    Json,
    answered,
    body_of,
    examples_of,
    in_query,
    list_of,
    object_of,
    one_of,
)
from service.web.lean_flask import by_version

MAX_FURTHER = 1000  # columns that are no features
MAX_LISTED = 1000  # faults in one answer
DECIMALS = (".", ",")
SHEET = in_query("sheet", TEXT, "Of a workbook; unless given, the only one with cells, or the first that is shown.")
SHEETS: Json = {
    "sheet": TEXT | {"description": "Of a workbook, the one that was read."},
    "sheets": list_of(TEXT) | {"description": "Of a workbook, all that have cells."},
}
_CHUNK_CHARS = 2**16  # read and checked at once: as objects of Python's, cells take up to forty times their bytes


def blueprint(context: Context) -> Blueprint:
    """The route."""
    routes = Blueprint("score", __name__)
    settings, models, metrics = context

    @routes.post("/score")
    @by_version
    @lane(Lane.TURNS)
    def post_score(name: str | None = None) -> Response:
        version = models.find(name, request.args.get("version"))
        body = read_table_body(settings.max_body_bytes, partial(stop_if_left, request.environ))
        return answer(score_table(version, body, request.args.get("decimal"), metrics))

    return routes


@dataclass
class _Reading:
    """A table, or as much of it as is read, with one decimal mark.

    Attributes:
        table: Where the rows come from.
        decimal: The mark.
        numbers: Of the good rows, from 1.
        cells: Of the same rows, JSON lists.
        ids: Of the same rows, None where there is none.
        parts: The same rows encoded, each float32 of shape (num_rows, num_features).
        faults: Of the other rows, the first of them.
        num_faults: How many there are in all.
        num_rows_at_fault: Rows that have at least one.
        faulty_rows: Of those, the rows that the first faults are in.
    """

    table: RowReader
    decimal: str
    numbers: list[int] = field(default_factory=list)
    cells: list[orjson.Fragment] = field(default_factory=list)
    ids: list[str | None] = field(default_factory=list)
    parts: list[np.ndarray] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)
    num_faults: int = 0
    num_rows_at_fault: int = 0
    faulty_rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, rows: Rows, schema: FeatureSchema) -> None:
        """Check the rows that the table has just given."""
        header = self.table.header
        before = self.table.num_rows - len(rows.cells)
        checked = check_rows(rows.cells, header, schema, self.decimal, MAX_LISTED - len(self.faults))
        at_fault = {fault.row for fault in checked.faults}
        self.numbers += [before + row + 1 for row in range(len(rows.cells)) if row not in at_fault]
        self.cells += [_to_json(row) for row in checked.rows]
        if schema.id in header:
            index = header.index(schema.id)
            given = [row[index].strip() for row in checked.rows]
            self.ids += [text if text and is_plain_id(text) else None for text in given]
        self.parts.append(checked.matrix)
        self.num_faults += len(checked.faults)
        self.num_rows_at_fault += len(at_fault)
        listed = checked.faults[: MAX_LISTED - len(self.faults)]
        places = {row: {"row": before + row + 1, "line": rows.lines[row]} for row, *_ in listed}
        self.faults += [places[row] | {"column": column, "detail": detail} for row, column, detail in listed]
        most = len(header) + MAX_FURTHER
        self.faulty_rows += [place | {"cells": _to_json(rows.cells[row][:most])} for row, place in places.items()]


def score_table(version: LoadedVersion, body: TableBody, decimal: str | None, metrics: Metrics) -> dict[str, Any]:
    """Answer every row of a table that is not at fault.

    Args:
        version: Answers.
        body: A table with a header that has every feature, and whatever else.
        decimal: The decimal mark of CSV, "." or ","; None: the one with which fewer rows are at fault.
        metrics: Count it.

    Returns:
        `{"model": {"name", "version"}, "delimiter", "decimal", "header", "rows": [{"row", "cells", "label",
        "risk_level", "probability", "risk"}], "features": {feature: [value]}, "faults": [{"row", "line", "column",
        "detail"}], "faulty_rows": [{"row", "line", "cells"}], "num_rows_at_fault", "num_faults"}`. Rows count from 1
        and are in the table's order. `cells` are as they stand in the table; `features` has, of the same rows, values
        as `/predict` takes them. A row also has `decision`, `spread`, `warnings` and `id` where a prediction has; an id
        that `/predict` would refuse is left out. The first 1,000 faults are listed, with the rows that they are in (of
        one that is longer than the header, at most 1,000 cells more), and the first 1,000 warnings, with `num_warnings`
        where there are more. Numbers are float32 in their shortest form. A workbook is answered as the CSV that is made
        of it, whose lines are the sheet's rows; `sheet` is the one that was read, `sheets` all that have cells.

    Raises:
        NotParseable: Not a table, or no decimal mark.
        TooManyInstances: More rows than may be in one request.
        InvalidInstances: Columns are missing, or there is no row.
        NotAnswerable: A probability is not finite.
    """
    if decimal not in (None, *DECIMALS):
        raise NotParseable('decimal must be "." or ","')
    if body.sheet is not None:
        decimal = DECIMAL
    reading = _read(version, body, decimal)
    if decimal is None:
        reading = _compare(reading, version, body)
    manifest = version.manifest
    features = manifest.schema.features
    matrix = np.concatenate(reading.parts)
    document = {
        "model": {"name": manifest.name, "version": manifest.version},
        "delimiter": reading.table.delimiter,
        "decimal": reading.decimal,
        "header": reading.table.header,
        "rows": [],
        "features": {
            feature.name: _to_json(feature.decode_column(column))
            for feature, column in zip(features, matrix.T, strict=True)
        },
        "faults": reading.faults,
        "faulty_rows": reading.faulty_rows,
        "num_rows_at_fault": reading.num_rows_at_fault,
        "num_faults": reading.num_faults,
    } | body.sheets
    if len(matrix):
        return document | _answer_rows(version, reading, matrix, metrics)
    request_log.note(model=manifest.name, version=manifest.version, num_instances=0)
    return document


def _read(version: LoadedVersion, body: TableBody, decimal: str | None, most: int | None = None) -> _Reading:
    """Read a table and check its rows.

    Args:
        version: Whose schema they must meet.
        body: The table.
        decimal: Its decimal mark; None: the one that mostly goes with its delimiter.
        most: Rows at fault, beyond which the rest is not read; None reads all.
    """
    table = version.reader.open_table(body.content, body.charset, MAX_FURTHER)
    reading = _Reading(table, decimal or usual_decimal(table.delimiter))
    while most is None or reading.num_rows_at_fault <= most:
        stop_if_left(request.environ)
        with version.reader.readable():
            rows = table.take(_CHUNK_CHARS)
        if not rows.cells:
            break
        reading.add(rows, version.manifest.schema)
    if not table.num_rows:
        raise InvalidInstances([NO_ROWS])
    return reading


def _compare(reading: _Reading, version: LoadedVersion, body: TableBody) -> _Reading:
    """The table as read with either decimal mark: with fewer rows at fault, or the usual one where it is the same."""
    most = reading.num_rows_at_fault - 1
    if most < 0:
        return reading
    as_other = _read(version, body, OTHER[reading.decimal], most)
    return as_other if as_other.num_rows_at_fault <= most else reading


def _answer_rows(version: LoadedVersion, reading: _Reading, matrix: np.ndarray, metrics: Metrics) -> dict[str, Any]:
    """Let the version answer: `rows`, and `num_warnings` where there are more than are listed."""
    predictions = answer_batch(version, matrix, metrics)
    columns: dict[str, Any] = {
        "row": reading.numbers,
        "cells": reading.cells,
        "label": predictions.labels,
        "risk_level": predictions.risk_levels,
        "probability": predictions.probabilities,
        "risk": predictions.risks,
    }
    if predictions.decisions is not None:
        columns["decision"] = predictions.decisions
    if predictions.spreads is not None:
        columns["spread"] = predictions.spreads
    rows: list[dict[str, Any]] = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    for number, warning in predictions.warnings(lambda index: row_pointer(reading.numbers[index] - 1)):
        rows[number].setdefault("warnings", []).append(warning)
    for row, given in zip(rows, reading.ids, strict=False):
        if given is not None:
            row["id"] = given
    num_warnings = predictions.num_warnings
    return {"rows": rows} | ({} if num_warnings is None else {"num_warnings": num_warnings})


def _to_json(value: object) -> orjson.Fragment:
    """JSON to be kept for a while. Copied, since what orjson gives keeps its buffer: some kilobytes for each row."""
    return orjson.Fragment(bytes(memoryview(orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY))))


def describe(description: Description, version: LoadedVersion, settings: Settings) -> None:
    """Describe it."""
    row = {"row": NUMBER_FROM_1, "cells": list_of(TEXT) | {"description": "As they stand in the table."}}
    values = {feature.name: list_of(feature.json_schema()) for feature in version.manifest.schema.features}
    place = {"row": NUMBER_FROM_1, "line": NUMBER_FROM_1}
    fault = object_of(place | {"column": TEXT, "detail": TEXT})
    table: Json = {
        "model": MODEL,
        "delimiter": TEXT,
        "decimal": one_of(DECIMALS),
        "header": list_of(TEXT, 1),
        "rows": list_of(object_of(row | prediction_of(version), [*row, *ALWAYS])),
        "features": object_of(values) | {"description": "Of the same rows, values as a student has them."},
        "faults": list_of(fault, 0, MAX_LISTED) | {"description": 'Column "" is the row as a whole.'},
        "faulty_rows": list_of(object_of(place | {"cells": list_of(TEXT)}), 0, MAX_LISTED)
        | {"description": "That those faults are in, as they stand in the table."},
        "num_rows_at_fault": NUMBER,
        "num_faults": NUMBER,
    }
    num_warnings = {"num_warnings": NUMBER | {"description": "Where there are more than are listed."}}
    text = "Decimal mark of CSV; unless given, the one with which fewer rows are at fault."
    body = CSV | {"description": "A table with a header that has every feature, and whatever other columns."}
    content = {"text/csv": {"schema": body} | examples_of(one=csv_of(version)), MEDIA_TYPE: {"schema": body}}
    description.add(
        "post",
        "/score",
        "score",
        "How likely the students of a table pass, row by row",
        answered(object_of(table | num_warnings | SHEETS, list(table)), "In the order sent."),
        errors=POST_ERRORS,
        parameters=[VERSION, in_query("decimal", one_of(DECIMALS), text), SHEET],
        body=body_of(content),
        text="Rows that are at fault are named, and the others answered. Nothing is kept.",
    )
