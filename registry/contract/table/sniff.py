"""How a CSV is written: delimiter and decimal mark, found out from the text itself."""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from registry.contract.features import as_number, to_nfc
from registry.contract.features.numerals import MAX_NUMBER, OTHER, is_three_digits, number_text

_DELIMITERS = (",", ";", "\t", "|")
_NUM_SNIFFED = 200  # records by which the width of a table is told
_NUM_VOTING = 1000  # or up to twice as many cells of each column, evenly spread, tell the decimal mark
_MOST_TITLES = 20  # records among which the header is looked for
BREAKS = re.compile(r"[\r\n\t]+")  # within a cell
_NOT_TEXT = re.compile(r"[\0-\x08\x0e-\x19\x1b\x7f]")


@dataclass(frozen=True)
class CsvFormat:
    """How to read a table.

    Attributes:
        encoding: Python's name of it.
        delimiter: One character.
        decimal: Decimal mark, "." or ",".
        guessed: Where the encoding is a guess, a name or a cell that shows whether it is right; else None.
        sheet: Of a workbook, of which it is made, the sheet; None where it is a file.
        choice: Which of several sheets that is, in words; "" where there is one.
    """

    encoding: str
    delimiter: str
    decimal: str
    guessed: str | None = None
    sheet: str | None = None
    choice: str = ""


def is_text(text: str) -> bool:
    """Whether a file was decoded to what people write, rather than to what stands in pictures and programs."""
    return _NOT_TEXT.search(text) is None


def find_delimiter(text: str) -> str:
    """The delimiter of a table of which no names are known.

    Returns:
        The one under which most records are equally wide, then one under which the first is so too, then the one under
        which they are wider.
    """

    def fit(delimiter: str) -> tuple[bool, float, bool, int]:
        records = [cells for _, cells in _first_records(text, delimiter)]
        if not records:
            return False, 0.0, False, 0
        # Not the first one's: above the header there may be a title.
        width, num = Counter(map(len, records)).most_common(1)[0]
        share = (num - 1) / max(len(records) - 1, 1)
        # A table of one column is the last resort: under a wrong delimiter every table is one.
        is_table = width > 1 and (share >= 0.5 or len(records) == 1)
        # Decimal commas make rows of "1,0;2" equally wide under a comma, but not their header.
        return is_table, round(share, 1), len(records[0]) == width, width

    return max(_DELIMITERS, key=fit)


def find_names(lines: Sequence[str], expected: Collection[str], delimiter: str | None = None) -> tuple[int, str]:
    """How many of some names the record shows with which lines begin, and under which delimiter it shows most.

    Args:
        lines: With their ends.
        expected: The names.
        delimiter: The only one that is tried; None tries all, of which a comma is the first.
    """

    def num_found(delimiter: str) -> int:
        try:
            header = next(csv.reader(lines, delimiter=delimiter), [])
        except csv.Error:
            return 0
        return len(set(header_names(header, expected)) & set(expected))

    found = {each: num_found(each) for each in (_DELIMITERS if delimiter is None else (delimiter,))}
    best = max(found, key=found.__getitem__)
    return found[best], best


def find_named_delimiter(line: str) -> str | None:
    """The delimiter that a first line such as "sep=;" names for spreadsheets; None where it is no such line."""
    line = line.strip("\r\n").strip('"')
    return line[4] if len(line) == 5 and line[:4].casefold() == "sep=" else None


def find_title_lines(text: str, delimiter: str, name: str | None = None) -> int:
    """How many lines of a table stand above its header.

    Args:
        text: The table.
        delimiter: Of it.
        name: Of a column, where one is known.

    Returns:
        The lines above the first record that has the name, else above the first with so many cells as most records
        have, most of them filled.
    """
    records = _first_records(text, delimiter)
    if not records:
        return 0
    width = Counter(len(cells) for _, cells in records).most_common(1)[0][0]
    if width > 1 and not any(cells[-1].strip() for _, cells in records if len(cells) == width):
        width -= 1  # a delimiter behind every row
    named = () if name is None else (to_nfc(name.strip()),)
    for line, cells in records[:_MOST_TITLES]:
        if named and named[0] in header_names(cells, named):
            return line
    for line, cells in records[:_MOST_TITLES]:
        if len(cells) >= width and 2 * sum(bool(cell.strip()) for cell in cells) > width:
            return line
    return 0


def _first_records(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """The first records, each with the number of lines above it; blank lines are none."""
    records: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        while len(records) < _NUM_SNIFFED:
            line = reader.line_num
            if cells := next(reader):
                records.append((line, cells))
    except (csv.Error, StopIteration):
        pass
    return records


def header_names(header: Sequence[str], expected: Collection[str]) -> list[str]:
    """The names of a header, without blanks around them, in NFC as far as they can be one of those expected.

    A break within one is a blank, as it is in a workbook, unless the name is expected with it.
    """
    longest = {"longest": max(map(len, expected))} if expected else {}
    names = (to_nfc(name.strip(), **longest) for name in header)
    return [name if name in expected else BREAKS.sub(" ", name) for name in names]


def find_decimal(columns: Iterable[Sequence[str]], delimiter: str) -> str:
    """A comma if more columns are numbers with it than with a point; units beside them don't matter."""
    votes = {".": 0, ",": 0}
    for column in columns:
        cells = {cell.strip() for cell in column[:: max(1, len(column) // _NUM_VOTING)]}
        for mark, other in (".,", ",."):
            texts = [number_text(cell) for cell in cells if len(cell) <= MAX_NUMBER]
            written = [text for text in texts if mark in text]
            # Most of them: marks for missing values don't matter, nor a few typing errors.
            if 2 * sum(as_number(text, mark) is not None for text in written) <= len(written):
                continue
            # Of 1.200 beside 950 the point is no decimal mark; nor of "1,200" is the comma, where it is the delimiter.
            is_between = separates_thousands(texts, mark) or (
                mark == delimiter and all(is_three_digits(text, mark) for text in written)
            )
            votes[other if is_between else mark] += 1
    return "," if votes[","] > votes["."] else "."


def separates_thousands(cells: Iterable[str], mark: str) -> bool:
    """Whether a mark stands only before three digits, in a column that shows that it is no decimal mark.

    It has whole numbers of three digits without it, or numbers with several of it, or with the other one as well.
    """
    marked, is_shown = False, False
    for cell in cells:
        if mark in cell:
            marked = True
            if not is_three_digits(cell, mark):
                if as_number(cell, OTHER[mark]) is None:
                    return False
                is_shown = True
        elif len(cell) == 3 and cell.isascii() and cell.isdecimal():
            is_shown = True
    return marked and is_shown
