"""Rows of a file to an encoded matrix, with every fault of those that break the feature contract."""

import sys
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from registry.contract.features import FeatureSchema, InvalidValues
from registry.contract.table.other_rows import find_note, find_skipped, of_nobody, says_nobody

_FEW_ROWS = 2**8  # that are looked at value by value where one of them is at fault


class RowFault(NamedTuple):
    """What is wrong with a row.

    Attributes:
        row: Among those that were checked, from 0.
        column: At fault; "" for the row as a whole.
        detail: What must hold; never the value.
    """

    row: int
    column: str
    detail: str


class CheckedRows(NamedTuple):
    """What a check has found.

    Attributes:
        rows: Those that passed, as they were.
        matrix: The same encoded, float32 of shape (len(rows), num_features).
        faults: Of the others, in their order.
        num_of_nobody: How many of the others are no students'.
    """

    rows: list[list[str]]
    matrix: np.ndarray
    faults: list[RowFault]
    num_of_nobody: int = 0


def check_rows(
    rows: list[list[str]],
    header: Sequence[str],
    schema: FeatureSchema,
    decimal: str,
    most_details: int = sys.maxsize,
) -> CheckedRows:
    """Check and encode rows; columns that are no features matter only where they say that a row is no student's.

    Args:
        rows: Cells of at least one row.
        header: Name of each column, every feature among them.
        schema: What must hold.
        decimal: The decimal mark, "." or ",".
        most_details: Faults of cells, the first ones, that are told in detail; of others it is enough to know them.
    """
    indices = {name: header.index(name) for name in schema.names}
    said = _of_nobody(rows, header, indices, schema)
    if not said:
        return _check(rows, header, indices, schema, decimal, most_details)
    students = [row for row in range(len(rows)) if row not in said]
    checked = _check([rows[row] for row in students], header, indices, schema, decimal, most_details)
    faults = [fault._replace(row=students[fault.row]) for fault in checked.faults]
    faults += [RowFault(row, "", f'is no student\'s: "{cell}" stands in it') for row, cell in said.items()]
    return checked._replace(faults=sorted(faults, key=itemgetter(0)), num_of_nobody=len(said))


def _of_nobody(
    rows: list[list[str]], header: Sequence[str], indices: dict[str, int], schema: FeatureSchema
) -> dict[int, str]:
    """The rows that are no student's, with the cell that says so.

    What the schema knows, a footnote and a date stand where training looked for them. A word for an average, which the
    schema does not know, stands before the first feature, or is the id: behind them, what is said is said of students.
    So it is where so many rows have the same word.
    """
    known = find_skipped(rows, header, indices, schema.skip_rows)
    for row, cells in enumerate(rows):
        # Of most rows it is enough to know that no cell is blank.
        if row in known or ("" not in cells and len(cells) >= len(header)) or (note := find_note(cells)) is None:
            continue
        index, is_date = note
        is_other = [bool(name) and name not in indices for name in header[: index + 1]]
        # A footnote stands in no feature's column; a date in any, where who the row is of is blank.
        if (any(is_other[:-1]) and cells[index].strip() not in schema.texts) if is_date else is_other[index:] == [True]:
            known[row] = cells[index].strip()
    first = min(indices.values())
    before = [index for index, name in enumerate(header) if index < first or name == schema.id]
    if not before:
        return known
    words = {row: cell for row, cells in enumerate(rows) if (cell := says_nobody(cells, before)) is not None}
    return of_nobody(words, len(rows)) | known


def _check(
    rows: list[list[str]],
    header: Sequence[str],
    indices: dict[str, int],
    schema: FeatureSchema,
    decimal: str,
    most_details: int,
) -> CheckedRows:
    if set(map(len, rows)) == {len(header)}:
        columns = {name: list(map(itemgetter(index), rows)) for name, index in indices.items()}
        matrix = schema.try_encode_cells(columns, decimal)
        if matrix is not None:
            return CheckedRows(rows, matrix, [])
    if len(rows) <= _FEW_ROWS:
        return _check_each(rows, header, indices, schema, decimal, most_details)
    # Most of them are all right: only where one is not is each looked at.
    parts = []
    for start in range(0, len(rows), _FEW_ROWS):
        parts.append(_check(rows[start : start + _FEW_ROWS], header, indices, schema, decimal, most_details))
        most_details = max(most_details - len(parts[-1].faults), 0)
    return CheckedRows(
        [row for part in parts for row in part.rows],
        np.concatenate([part.matrix for part in parts]),
        [
            fault._replace(row=number * _FEW_ROWS + fault.row)
            for number, part in enumerate(parts)
            for fault in part.faults
        ],
    )


def usual_decimal(delimiter: str) -> str:
    """The decimal mark that mostly goes with a delimiter: where it is the comma, spreadsheets delimit by semicolons."""
    return "," if delimiter == ";" else "."


def choose_decimal(
    pieces: Iterable[list[list[str]]], header: Sequence[str], schema: FeatureSchema, delimiter: str
) -> str:
    """The decimal mark with which fewer rows are at fault, of the first piece that tells; the usual one if none does.

    No cell is another number by the other mark: with the wrong one rows are at fault, and told so.
    """
    amounts = [header.index(feature.name) for feature in schema.amounts.values()]
    for rows in pieces:
        cells = "".join([row[index] for row in rows for index in amounts if index < len(row)])
        if "." not in cells and "," not in cells:
            continue  # read alike by either
        points, commas = (len(check_rows(rows, header, schema, mark, 0).rows) for mark in (".", ","))
        if points != commas:
            return "." if points > commas else ","
    return usual_decimal(delimiter)


def _check_each(
    rows: list[list[str]],
    header: Sequence[str],
    indices: dict[str, int],
    schema: FeatureSchema,
    decimal: str,
    most_details: int,
) -> CheckedRows:
    faults = []
    all_nullable = all(feature.nullable for feature in schema.features)
    whole = []  # rows that can be looked at, by number
    for number, row in enumerate(rows):
        if not any(map(str.strip, row)) and not all_nullable:
            # What spreadsheets leave behind; not one fault for every feature.
            faults.append(RowFault(number, "", "is blank"))
        elif len(row) == len(header):
            whole.append(number)
        else:
            faults.append(RowFault(number, "", wrong_width(len(row), len(header))))

    def encode(numbers: Sequence[int]) -> CheckedRows:
        cells = {name: [rows[number][index] for number in numbers] for name, index in indices.items()}
        return CheckedRows(
            [rows[number] for number in numbers], schema.encode_cells(cells, decimal, most_details), faults
        )

    try:
        return encode(whole)
    except InvalidValues as error:
        faults += [RowFault(whole[fault.row], fault.column, fault.detail) for fault in error.faults]
    faults.sort(key=itemgetter(0))
    bad = {fault.row for fault in faults}
    return encode([number for number in whole if number not in bad])


def wrong_width(num_cells: int, num_columns: int) -> str:
    """What is wrong with a row of another length than the header."""
    return f"has {num_cells} cells where the header has {num_columns}"
