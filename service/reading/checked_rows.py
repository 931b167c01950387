"""Rows of a file to an encoded matrix, with every fault of those that break the feature contract."""

from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from registry.contract.features import FeatureSchema, InvalidValues
from registry.contract.table import wrong_width

_FEW_ROWS = 2**8  # that are looked at value by value where one of them is at fault


class RowFault(NamedTuple):
    """What is wrong with a row.

    Attributes:
        position: Of the row among those that were checked, from 0.
        column: At fault; "" for the row as a whole.
        detail: What must hold; never the value.
    """

    position: int
    column: str
    detail: str


class CheckedRows(NamedTuple):
    """What a check has found.

    Attributes:
        rows: Those that passed, as they were.
        matrix: The same encoded, float32 of shape (len(rows), num_features).
        faults: Of the others, in their order.
    """

    rows: list[list[str]]
    matrix: np.ndarray
    faults: list[RowFault]


def check_rows(rows: list[list[str]], header: Sequence[str], schema: FeatureSchema, decimal: str) -> CheckedRows:
    """Check and encode rows; what stands in columns that are no features does not matter.

    Args:
        rows: Cells of at least one row.
        header: Name of each column, every feature among them.
        schema: What must hold.
        decimal: The decimal mark, "." or ",".
    """
    places = {name: header.index(name) for name in schema.names}
    if set(map(len, rows)) == {len(header)}:
        columns = {name: list(map(itemgetter(place), rows)) for name, place in places.items()}
        matrix = schema.encode_cells_at_once(columns, decimal)
        if matrix is not None:
            return CheckedRows(rows, matrix, [])
    if len(rows) <= _FEW_ROWS:
        return _check_each(rows, header, places, schema, decimal)
    # Most of them are all right: only where one is not is each looked at.
    parts = [
        check_rows(rows[start : start + _FEW_ROWS], header, schema, decimal) for start in range(0, len(rows), _FEW_ROWS)
    ]
    return CheckedRows(
        [row for part in parts for row in part.rows],
        np.concatenate([part.matrix for part in parts]),
        [
            fault._replace(position=number * _FEW_ROWS + fault.position)
            for number, part in enumerate(parts)
            for fault in part.faults
        ],
    )


def _check_each(
    rows: list[list[str]], header: Sequence[str], places: dict[str, int], schema: FeatureSchema, decimal: str
) -> CheckedRows:
    faults = []
    all_nullable = all(feature.nullable for feature in schema.features)
    whole = []  # positions of the rows that can be looked at
    for position, row in enumerate(rows):
        if not any(map(str.strip, row)) and not all_nullable:
            # What spreadsheets leave behind; not one fault for every feature.
            faults.append(RowFault(position, "", "is blank"))
        elif len(row) == len(header):
            whole.append(position)
        else:
            faults.append(RowFault(position, "", wrong_width(len(row), len(header))))
    columns = {
        feature.name: [feature.parse(rows[position][places[feature.name]], decimal) for position in whole]
        for feature in schema.features
    }
    try:
        return CheckedRows([rows[position] for position in whole], schema.encode(columns), faults)
    except InvalidValues as error:
        faults += [RowFault(whole[fault.row], fault.column, fault.detail) for fault in error.faults]
    bad = {fault.position for fault in faults}
    good = [place for place, position in enumerate(whole) if position not in bad]
    valid = {name: [column[place] for place in good] for name, column in columns.items()}
    return CheckedRows([rows[whole[place]] for place in good], schema.encode(valid), sorted(faults, key=itemgetter(0)))
