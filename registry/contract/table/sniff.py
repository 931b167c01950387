"""How a CSV is written: delimiter and decimal mark, found out from the text itself."""

import csv
import io
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from registry.contract.features import as_number, to_nfc

_DELIMITERS = (",", ";", "\t", "|")
_NUM_SNIFFED = 200  # records that are held against the header
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+")


@dataclass(frozen=True)
class CsvFormat:
    """How to read a CSV.

    Attributes:
        encoding: Python's name of it.
        delimiter: One character.
        decimal: Decimal mark, "." or ",".
        guessed: Where the encoding is a guess, a name or a cell that shows whether it is right; else None.
    """

    encoding: str
    delimiter: str
    decimal: str
    guessed: str | None = None


def find_delimiter(text: str, expected: Collection[str] = ()) -> str:
    """The delimiter of a table.

    Args:
        text: The table, or just its header where names are expected.
        expected: Names that the header should hold.

    Returns:
        The one under which the header shows most of the expected names, a comma if none does. Where nothing is
        expected, the one under which most records are as wide as the header, then the one under which it is wider.
    """

    def num_found(delimiter: str) -> int:
        try:
            header = next(csv.reader([text], delimiter=delimiter), [])
        except csv.Error:
            return 0
        return len(set(header_names(header, expected)) & set(expected))

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

    return max(_DELIMITERS, key=num_found if expected else fit)


def header_names(header: Sequence[str], expected: Collection[str]) -> list[str]:
    """The names of a header, without blanks around them, in NFC as far as they can be one of those expected."""
    longest = {"longest": max(map(len, expected))} if expected else {}
    return [to_nfc(name.strip(), **longest) for name in header]


def has_thousands_marks(cells: Iterable[str]) -> bool:
    """Whether all cells are numbers, some of them written like 1,234."""
    filled = [cell for cell in cells if cell]
    marked = [cell for cell in filled if "," in cell]
    return bool(marked) and all(
        _THOUSANDS.fullmatch(cell) if "," in cell else as_number(cell, ".") is not None for cell in filled
    )


def find_decimal(columns: Iterable[Sequence[str]], delimiter: str) -> str:
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
