"""How a CSV is written: encoding, delimiter and decimal mark, found out from the file itself."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from registry.contract.table import InvalidTable, Table, read_table
from training.table.dataset import ZIP, InvalidData
from training.table.natural_order import as_number

_DELIMITERS = (",", ";", "\t", "|")
_NUM_SNIFFED = 200  # records that are held against the header
# UTF-32 first: its mark begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_NOT_TEXT = re.compile(r"[\0-\x08\x0e-\x19\x1b\x7f]")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+")


@dataclass(frozen=True)
class CsvFormat:
    """How to read a CSV.

    Attributes:
        encoding: Python's name of it.
        delimiter: One character.
        decimal: Decimal mark, "." or ",".
    """

    encoding: str
    delimiter: str
    decimal: str


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
    text, encoding = _decode(path, content)
    if text.lower().startswith("sep="):
        raise InvalidData(f"{path}: the first line is {text.splitlines()[0]!r}, which only Excel knows; take it out")
    delimiter = _detect_delimiter(text)
    try:
        table = read_table(text, (), delimiter)
    except InvalidTable as error:
        raise InvalidData(f"{path}: {error}") from error
    if not table.num_rows:
        raise InvalidData(f"{path}: there are no rows under the header")
    decimal = _detect_decimal(table.columns.values(), delimiter)
    return table, CsvFormat(encoding, delimiter, decimal)


def has_thousands_marks(cells: Iterable[str]) -> bool:
    """Whether all cells are numbers, some of them written like 1,234."""
    filled = [cell for cell in cells if cell]
    marked = [cell for cell in filled if "," in cell]
    return bool(marked) and all(
        _THOUSANDS.fullmatch(cell) if "," in cell else as_number(cell, ".") is not None for cell in filled
    )


def _decode(path: Path, content: bytes) -> tuple[str, str]:
    marked = next((encoding for mark, encoding in _MARKS.items() if content.startswith(mark)), None)
    # cp1252 is what spreadsheets of western Europe write; it leaves some bytes undefined, Latin-1 none.
    for encoding in [marked] if marked else ["utf-8", "cp1252", "latin-1"]:
        try:
            text = content.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
        if _NOT_TEXT.search(text):
            break
        return text, encoding
    raise InvalidData(f"{path}: not a text file, or in an encoding that can't be told; save it as CSV in UTF-8")


def _detect_delimiter(text: str) -> str:
    """The delimiter under which most records are as wide as the header, then the one under which it is wider."""

    def fit(delimiter: str) -> tuple[bool, float, int]:
        records: list[Sequence[str]] = []
        try:
            records += islice(
                filter(None, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)), _NUM_SNIFFED
            )
        except csv.Error:
            pass
        if not records:
            return False, 0.0, 0
        width = len(records[0])
        share = sum(len(cells) == width for cells in records[1:]) / max(len(records) - 1, 1)
        # A table of one column is the last resort: under a wrong delimiter every table is one.
        return width > 1 and (share >= 0.5 or len(records) == 1), round(share, 1), width

    return max(_DELIMITERS, key=fit)


def _detect_decimal(columns: Iterable[Sequence[str]], delimiter: str) -> str:
    """A comma if more columns are numbers with it than with a point."""
    votes = {".": 0, ",": 0}
    for column in columns:
        cells = {cell.strip() for cell in column}
        if delimiter == "," and has_thousands_marks(cells):
            continue
        for mark in votes:
            written = [cell for cell in cells if mark in cell]
            # Most of them: marks for missing values don't matter, nor a few typing errors.
            votes[mark] += 2 * sum(as_number(cell, mark) is not None for cell in written) > len(written)
    return "," if votes[","] > votes["."] else "."
