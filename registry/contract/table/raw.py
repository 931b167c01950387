"""Every row of a table as it stands, before anybody knows which of them is the header: for people who will say so."""

import csv
import io
from collections.abc import Callable
from typing import NamedTuple

from registry.contract.table.reader import InvalidTable, TooManyRows
from registry.contract.table.sniff import find_decimal, find_delimiter, find_named_delimiter, is_text

_MOST_CELLS = 2_000_000  # of all rows, once they are equally wide
_ROWS_AT_ONCE = 1000  # between two looks at whether to go on


class RawTable(NamedTuple):
    """A table of which nothing is known.

    Attributes:
        delimiter: Between cells.
        decimal: Decimal mark, "." or ",".
        rows: Cells of each, equally many; without blank rows above and below, and blank columns behind.
    """

    delimiter: str
    decimal: str
    rows: list[list[str]]


def read_raw(text: str, max_rows: int, max_columns: int, go_on: Callable[[], None] = lambda: None) -> RawTable:
    """Read CSV without a header.

    Args:
        text: The whole file, decoded.
        max_rows: Most rows.
        max_columns: Most columns.
        go_on: Called now and then; raises where nobody waits for the table any more.

    Raises:
        InvalidTable: It is no text, a quote is left open, there are too many columns or cells, or nothing but blanks.
        TooManyRows: More rows than `max_rows`.
    """
    if not is_text(text):
        raise InvalidTable("not a text file, or in an encoding that can't be told; save it as CSV in UTF-8")
    text = text.removeprefix("\ufeff")
    first, _, rest = text.partition("\n")
    named = find_named_delimiter(first)
    body = text if named is None else rest
    delimiter = named or find_delimiter(body)
    rows: list[list[str]] = []
    num_blank = 0
    try:
        for num, row in enumerate(csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)):
            if num % _ROWS_AT_ONCE == 0:
                go_on()
            if any(map(str.strip, row)):
                num_blank = num_blank if rows else 0
                if len(rows) + num_blank >= max_rows:
                    raise TooManyRows(f"more than {max_rows} rows")
                rows += [[] for _ in range(num_blank)]
                rows.append(row)
                num_blank = 0
            else:
                num_blank += 1
    except csv.Error as error:
        raise InvalidTable(f"not readable as CSV after row {len(rows)}: {error}") from error
    even_out(rows, max_rows, max_columns)
    return RawTable(delimiter, find_decimal(list(zip(*rows, strict=True)), delimiter), rows)


def even_out(rows: list[list[str]], max_rows: int, max_columns: int) -> None:
    """Give rows the width of the last column in which something stands.

    Args:
        rows: Of a table, which are changed.
        max_rows: Most rows.
        max_columns: Most columns.

    Raises:
        InvalidTable: There are more columns, too many cells, or nothing but blanks.
        TooManyRows: There are more rows.
    """
    if len(rows) > max_rows:
        raise TooManyRows(f"more than {max_rows} rows")
    width = max(map(_width, rows), default=0)
    if not width:
        raise InvalidTable("a table without cells")
    if width > max_columns:
        raise InvalidTable(f"more than {max_columns} columns")
    if width * len(rows) > _MOST_CELLS:
        raise InvalidTable(f"more than {_MOST_CELLS} cells, blank ones counted")
    for row in rows:
        row[width:] = [""] * (width - len(row))


def _width(row: list[str]) -> int:
    """How many cells a row has up to the last that is not blank."""
    return next((index for index in range(len(row), 0, -1) if row[index - 1].strip()), 0)
