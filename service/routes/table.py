"""`/table`: every cell of a table, before any column is known: for whoever lets people match columns and mend cells."""

from functools import partial
from typing import Any

from flask import Blueprint, Response, request

from registry.contract.table.raw import even_out, read_raw
from registry.contract.table.workbook import DECIMAL, DELIMITER, MEDIA_TYPE
from service.context import Context
from service.engines.budget import stop_if_left
from service.reading.body import TableBody, read_table_body
from service.reading.charsets import to_known
from service.routes.score import DECIMALS, SHEET, SHEETS
from service.server.lanes import Lane, lane
from service.settings import Settings
from service.versions.loaded_version import LoadedVersion
from service.web.bodies import answer
from service.web.description import CSV, NUMBER, TEXT, Description, Json, answered, body_of, list_of, object_of, one_of

MAX_ABOVE = 50  # rows that are no student's, such as titles
MAX_COLUMNS = 1000


def blueprint(context: Context) -> Blueprint:
    """The route."""
    routes = Blueprint("table", __name__)
    settings, models, _ = context

    @routes.post("/table")
    @lane(Lane.TURNS)
    def post_table(name: str | None = None) -> Response:
        version = models.find(name, None)
        body = read_table_body(settings.max_body_bytes, partial(stop_if_left, request.environ))
        return answer(show_table(version, body, settings.max_instances + MAX_ABOVE))

    return routes


def show_table(version: LoadedVersion, body: TableBody, max_rows: int) -> dict[str, Any]:
    """Tell what stands in a table.

    Args:
        version: Whose texts tell an old encoding; nothing else is asked of it.
        body: The table.
        max_rows: Most rows.

    Returns:
        `{"delimiter", "decimal", "rows": [[text]], "num_rows"}`, and of a workbook `sheet` and `sheets`, as `/score`
        has them. The rows are equally wide, as they stand, with header and titles; blank ones above and below, and
        blank columns behind, are left out. Of a workbook the decimal mark is a point.

    Raises:
        NotParseable: Not a table, too wide, or nothing but blanks.
        TooManyInstances: More rows than may be in one request.
    """
    with version.reader.readable():
        if body.sheet is None:
            encoding = to_known(body.charset, body.content, version.manifest.schema.texts)
            go_on = partial(stop_if_left, request.environ)
            delimiter, decimal, rows = read_raw(body.content.decode(encoding), max_rows, MAX_COLUMNS, go_on)
        else:
            delimiter, decimal, rows = DELIMITER, DECIMAL, body.sheet.rows
            even_out(rows, max_rows, MAX_COLUMNS)
    return {"delimiter": delimiter, "decimal": decimal, "rows": rows, "num_rows": len(rows)} | body.sheets


def describe(description: Description, version: LoadedVersion, settings: Settings) -> None:
    """Describe it."""
    table: Json = {
        "delimiter": TEXT,
        "decimal": one_of(DECIMALS),
        "rows": list_of(list_of(TEXT, 1, MAX_COLUMNS), 1) | {"description": "Equally wide; titles and header too."},
        "num_rows": NUMBER,
    }
    body = CSV | {"description": "Any table."}
    description.add(
        "post",
        "/table",
        "table",
        "What stands in a table, cell by cell",
        answered(object_of(table | SHEETS, list(table)), "As it stands."),
        errors=(400, 404, 413, 415, 503),
        parameters=[SHEET],
        body=body_of({media_type: {"schema": body} for media_type in ("text/csv", MEDIA_TYPE)}),
        text="For whoever lets people say which column is which, and mend what is at fault. Nothing is kept.",
    )
