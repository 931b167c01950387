"""CSV text to columns of text: the one reader, for training and for requests."""

import csv
import io
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

_DELIMITERS = (",", ";", "\t", "|")


class InvalidTable(ValueError):
    """Text that is no table at all; the message says why."""


class TooManyRows(InvalidTable):
    """A table with more rows than were to be read."""


@dataclass(frozen=True)
class Table:
    """A header and the cells under it.

    Attributes:
        columns: Header name → its cells, top to bottom; names have no blanks around them and are in Unicode's NFC form,
            whichever way the system that wrote them writes an accent.
        num_rows: Rows under the header.
        ragged: Position of a row with too few or too many cells (from 0) → what is wrong with it. Such a row is cut or
            filled with blanks in `columns`, so that the others keep their places.
        lines: The line of the file on which each row starts, from 1.
    """

    columns: dict[str, tuple[str, ...]]
    num_rows: int
    ragged: dict[int, str]
    lines: tuple[int, ...]


def read_table(
    text: str,
    expected: Collection[str],
    delimiter: str | None = None,
    *,
    max_rows: int | None = None,
    max_columns: int | None = None,
) -> Table:
    """Read CSV with a header (RFC 4180).

    Blank lines are passed over, and do not count as rows. In a table of one column a blank line is a blank cell, but
    for those at the end.

    Args:
        text: The whole file, decoded; a byte-order mark at its start is dropped.
        expected: Names that the header should hold; they tell which delimiter is meant.
        delimiter: The delimiter, where it is known.
        max_rows: Most rows under the header; None for any number.
        max_columns: Most columns; None for any number.

    Returns:
        Its columns.

    Raises:
        InvalidTable: No header, a name twice in it or missing, too many columns, or a quote left open. A column
            without a name that is blank throughout is what spreadsheets leave behind, and is dropped.
        TooManyRows: More rows than `max_rows`; the rest is not read.
    """
    text = text.removeprefix("\ufeff")
    if delimiter is None:
        delimiter = _most_fitting(text, expected)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    header: list[str] = []
    try:
        line, num_blank = 1, 0
        for cells in reader:
            if not header:
                header = _names(cells)
                if max_columns is not None and len(header) > max_columns:
                    raise InvalidTable(f"the header has more than {max_columns} columns")
            elif not cells:
                num_blank += 1
            else:
                # Only now is it known that the blank lines before were not the end.
                num_cells = num_blank if len(header) == 1 else 0
                if max_rows is not None and len(rows) + num_cells >= max_rows:
                    raise TooManyRows(f"more than {max_rows} rows")
                rows += [[""]] * num_cells + [cells]
                lines += [*range(line - num_cells, line), line]
                num_blank = 0
            line = reader.line_num + 1
    except csv.Error as error:
        raise InvalidTable(f"not readable as CSV after row {len(rows)}: {error}") from error
    if not header:
        raise InvalidTable("there is no header")
    places: dict[str, int] = {}
    for place, name in enumerate(header, start=1):
        if name and places.setdefault(name, place) != place:
            raise InvalidTable(f"columns {places[name]} and {place} of the header have the same name")
    ragged = {}
    width = len(header)
    for row, cells in enumerate(rows):
        if len(cells) != width:
            ragged[row] = f"has {len(cells)} cells where the header has {width}"
            rows[row] = [*cells[:width], *[""] * (width - len(cells))]
    columns: dict[str, tuple[str, ...]] = {}
    for name, column in zip(header, zip(*rows, strict=True) if rows else [()] * width, strict=True):
        if name:
            columns[name] = tuple(column)
        elif any(map(str.strip, column)):
            raise InvalidTable("the header leaves a column with cells without a name")
    return Table(columns, len(rows), ragged, tuple(lines))


def _most_fitting(text: str, expected: Collection[str]) -> str:
    """The delimiter under which the header shows most of the expected names; a comma if none does."""
    head = io.StringIO(text, newline="").readline()

    def num_found(delimiter: str) -> int:
        try:
            header = next(csv.reader([head], delimiter=delimiter), [])
        except csv.Error:
            return 0
        return len(set(_names(header)) & set(expected))

    return max(_DELIMITERS, key=num_found)


def _names(header: list[str]) -> list[str]:
    return [unicodedata.normalize("NFC", name.strip()) for name in header]
