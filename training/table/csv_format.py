"""A CSV of which nothing is known."""

import re
from pathlib import Path

from registry.contract.table import (
    CsvFormat,
    InvalidTable,
    Table,
    find_decimal,
    find_delimiter,
    find_encoding,
    find_named_delimiter,
    find_title_lines,
    read_table,
)
from training.table.dataset import ZIP, InvalidData

_NOT_TEXT = re.compile(r"[\0-\x08\x0e-\x19\x1b\x7f]")


def read_unknown(path: Path) -> tuple[Table, CsvFormat]:
    """Read a CSV of which nothing is known.

    Raises:
        InvalidData: It can't be read, is no text, no table, or has no rows.
    """
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise InvalidData(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    if content.startswith(ZIP):
        raise InvalidData(f"{path}: an Excel workbook, or another zipped file; save it as CSV")
    encoding = find_encoding(content)
    try:
        text = content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:  # not what its mark says
        text = "\0"
    if _NOT_TEXT.search(text):
        raise InvalidData(f"{path}: not a text file, or in an encoding that can't be told; save it as CSV in UTF-8")
    first, _, rest = text.partition("\n")
    named = find_named_delimiter(first)
    body = text if named is None else rest
    delimiter = named or find_delimiter(body)
    num_above = find_title_lines(body, delimiter)
    try:
        table = read_table(text, (), delimiter, num_above=num_above)
    except InvalidTable as error:
        raise InvalidData(f"{path}: {error}") from error
    if not table.num_rows:
        raise InvalidData(f"{path}: there are no rows under the header")
    decimal = find_decimal(table.columns.values(), delimiter)
    return table, CsvFormat(encoding, delimiter, decimal)
