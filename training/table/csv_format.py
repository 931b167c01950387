"""A table of which nothing is known."""

import csv
import io
import re
from collections.abc import Collection
from itertools import chain
from pathlib import Path

from registry.contract.features import to_nfc
from registry.contract.table import (
    GUESSED,
    CsvFormat,
    InvalidTable,
    RepeatedName,
    Table,
    find_decimal,
    find_delimiter,
    find_encoding,
    find_named_delimiter,
    find_title_lines,
    is_text,
    read_table,
)
from registry.contract.table.workbook import DECIMAL, DELIMITER, is_workbook
from training.table.dataset import InvalidData, read_content, read_sheet

_MOST_SHOWN = 60  # letters of a cell
_NOT_ASCII = re.compile(r"[^\0-\x7f]")


def read_unknown(
    path: Path,
    encoding: str | None = None,
    target: str | None = None,
    sheet: str | None = None,
    expected: Collection[str] = (),
) -> tuple[Table, CsvFormat]:
    """Read a CSV or a workbook of which nothing is known.

    Args:
        path: Where it is.
        encoding: Python's name of what it is written in; None finds it out.
        target: The name of a column, where one is known.
        sheet: Of a workbook; None for the only one with cells, or the first of them.
        expected: Other names and values that are known; they tell the encoding.

    Raises:
        InvalidData: It can't be read, is not in that encoding, is no text, no table, or has no rows.
    """
    content = read_content(path)
    if is_workbook(content):
        found_sheet = read_sheet(path, content, sheet)
        text = found_sheet.to_csv()
        beside = f"; {found_sheet.choice}; --sheet names another" if found_sheet.choice else ""
        table = _read_below(path, text, DELIMITER, find_title_lines(text, DELIMITER, target), beside)
        return table, CsvFormat("utf-8", DELIMITER, DECIMAL, None, found_sheet.name, found_sheet.choice)
    known = [to_nfc(text.strip()) for text in (*expected, target or "")]
    found = find_encoding(content, known) if encoding is None else encoding
    try:
        text = content.decode(found).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        if encoding is not None:
            raise InvalidData(f"{path}: not {encoding} at byte {error.start}; --encoding names another") from error
        text = "\0"  # not what its mark says
    except (LookupError, ValueError) as error:  # ValueError: a NUL in the name, or "undefined"
        raise InvalidData(f"--encoding: {error}") from error
    if not is_text(text):
        raise InvalidData(f"{path}: not a text file, or in an encoding that can't be told; save it as CSV in UTF-8")
    first, _, rest = text.partition("\n")
    named = find_named_delimiter(first)
    body = text if named is None else rest
    delimiter = named or find_delimiter(body)
    table = _read_below(path, text, delimiter, find_title_lines(body, delimiter, target))
    decimal = find_decimal(table.columns.values(), delimiter)
    is_guess = encoding is None and found in GUESSED
    return table, CsvFormat(found, delimiter, decimal, _shown(table) if is_guess else None)


def _read_below(path: Path, text: str, delimiter: str, num_above: int, beside: str = "") -> Table:
    """Read a table below so many lines of titles; `beside` stands behind what is wrong with it."""
    try:
        table = read_table(text, (), delimiter, num_above=num_above)
    except RepeatedName as error:
        raise InvalidData(f"{path}: {error}, {_about_repeated(error, text, delimiter)}{beside}") from error
    except InvalidTable as error:
        raise InvalidData(f"{path}: {error}{beside}") from error
    if not table.num_rows:
        raise InvalidData(f"{path}: there are no rows under the header{beside}")
    return table


def _about_repeated(error: RepeatedName, text: str, delimiter: str) -> str:
    """The name that two columns have, and what stands above them, where a table has two lines of names."""
    lines = list(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    header = next(csv.reader(lines[error.line - 1 :], delimiter=delimiter))
    above = next(csv.reader(lines[error.line - 2 : error.line - 1], delimiter=delimiter), [])
    first, second = (column - 1 for column in error.columns)
    name = header[first].strip()
    # A title of several columns stands over the first of them.
    titles = [next(filter(None, map(str.strip, above[column::-1])), "") for column in (first, second)]
    if not all(titles) or titles[0] == titles[1]:
        return f"{name!r} in line {error.line}: give each its own"
    below = f"below {titles[0]!r} and {titles[1]!r}"
    return f"{name!r} in line {error.line}, {below}: give each its own, such as {f'{name} {titles[0]}'!r}"


def _shown(table: Table) -> str | None:
    """The first name, else the first cell, with a letter that is not ASCII: whether it is right, people see."""
    texts = chain(table.columns, chain.from_iterable(zip(*table.columns.values(), strict=True)))
    return next(
        (
            text[:_MOST_SHOWN]
            for text in texts
            if not text.isascii() and any(map(str.isalpha, _NOT_ASCII.findall(text)))
        ),
        None,
    )
