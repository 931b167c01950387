"""CSV text to columns of text: the one reader."""

import csv
import io
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, NamedTuple, TextIO

from registry.contract.table.check import wrong_width
from registry.contract.table.sniff import find_named_delimiter, find_names, header_names

# Lines, of so many characters, among which the header is looked for, and so many behind it that show how rows end.
_MOST_LOOKED_AT, _MOST_CHARS = 20, 2**16


class InvalidTable(ValueError):
    """Text that is no table at all; the message says why."""


class RepeatedName(InvalidTable):
    """A header that has a name twice; the message says where, but not what.

    Attributes:
        columns: The two columns, from 1.
        line: The line of the file on which the header starts, from 1.
    """

    def __init__(self, columns: tuple[int, int], line: int) -> None:
        """Say which columns they are."""
        super().__init__(f"columns {columns[0]} and {columns[1]} of the header have the same name")
        self.columns = columns
        self.line = line


class TooManyRows(InvalidTable):
    """A table with more rows than were to be read."""


@dataclass(frozen=True)
class Table:
    """A header and the cells under it.

    Attributes:
        columns: Header name → its cells, top to bottom; names have no blanks around them and are in Unicode's NFC form,
            whichever way the system that wrote them writes an accent.
        num_rows: Rows under the header.
        ragged: A row with too few or too many cells (from 0) → what is wrong with it. Such a row is cut or
            filled with blanks in `columns`, so that the others stay where they are.
        lines: The line of the file on which each row starts, from 1.
        nameless: Columns (from 1) that have cells, but no name; they are left out.
        header_line: The line of the file on which the header starts, from 1.
        above: The first title above it.
    """

    columns: dict[str, tuple[str, ...]]
    num_rows: int
    ragged: dict[int, str]
    lines: Sequence[int]
    nameless: tuple[int, ...] = ()
    header_line: int = 1
    above: str = ""

    @property
    def first(self) -> str:
        """The name of the first column that has one."""
        return next(iter(self.columns), "")


class Rows(NamedTuple):
    """Some rows of a table.

    Attributes:
        cells: Of each row.
        lines: The line of the file on which each starts, from 1.
        texts: Each as it stands in the file, without the end of its line; None where that is not all there is to it.
    """

    cells: list[list[str]]
    lines: Sequence[int]
    texts: list[str] | None


class RowReader:
    """Reads CSV with a header (RFC 4180) in pieces.

    Blank lines are passed over, and do not count as rows. In a table of one column a blank line is a blank cell, but
    for those at the end. So are passed over a first line such as "sep=;", and titles above the header; and blank cells
    behind the last column, which a delimiter at the end of each row makes.

    Attributes:
        header: Names without blanks around them, in Unicode's NFC form; a column that has none is "".
        delimiter: Between cells.
        num_rows: Rows read so far.
        header_line: The line on which the header starts, from 1.
        above: The first title above it; "" if there is none.
    """

    def __init__(
        self,
        text: TextIO,
        expected: Collection[str],
        delimiter: str | None = None,
        *,
        num_above: int = 0,
        max_rows: int | None = None,
        max_columns: int | None = None,
    ) -> None:
        """Read the header.

        Args:
            text: The file, opened with `newline=""`; a byte-order mark at its start is dropped.
            expected: Names that the header should hold; they tell which delimiter is meant, and which line it is.
            delimiter: The delimiter, where it is known.
            num_above: Lines above the header, where it is known by no names.
            max_rows: Most rows under the header; None for any number.
            max_columns: Most columns; None for any number.

        Raises:
            InvalidTable: No header, an expected name twice in it, or too many columns.
        """
        first = text.readline().removeprefix("\ufeff")
        self._text = text
        self._num_lines = num_above  # read so far
        if (named := find_named_delimiter(first)) is not None:
            first, delimiter = text.readline(), delimiter or named
            self._num_lines += 1
        self.above = ""
        for _ in range(num_above):
            self.above, first = self.above or first.strip(), text.readline()
        begun, self.delimiter = self._look_for_header(first, expected, delimiter)
        self._max_rows = max_rows
        self._num_blank = 0
        self.num_rows = 0
        try:
            reader = self._reader(begun)
            self.header_line = self._num_lines + 1
            self.header = next((header_names(cells, expected) for cells in reader if cells), [])
        except csv.Error as error:
            raise InvalidTable(f"not readable as CSV after row 0: {error}") from error
        self._num_lines += reader.line_num
        lines = self._more_lines(begun[reader.line_num :])
        self._begun = "".join(lines)  # rows that were read already
        if not self.header:
            raise InvalidTable("there is no header")
        if max_columns is not None and len(self.header) > max_columns:
            raise InvalidTable(f"the header has more than {max_columns} columns")
        _refuse_repeats(self.header, set(expected), self.header_line)
        self._row_width = self._find_row_width(lines)

    def _more_lines(self, lines: list[str]) -> list[str]:
        """These and the next lines, as many as are looked at before rows are read."""
        num_chars = sum(map(len, lines))
        while len(lines) < _MOST_LOOKED_AT and num_chars < _MOST_CHARS and (line := self._text.readline()):
            lines.append(line)
            num_chars += len(line)
        return lines

    def _find_row_width(self, lines: Sequence[str]) -> int:
        """How many cells most rows have: as many as the header, or more or fewer by blank ones at the end alone."""
        width = len(self.header)
        if sum(map(len, lines)) > _MOST_CHARS:
            return width
        try:
            rows = [row for row in csv.reader(lines, delimiter=self.delimiter) if row]
        except csv.Error:
            return width
        usual = Counter(map(len, rows)).most_common(1)[0][0] if rows else width
        # Where the header ends in a delimiter, a row need not.
        least = next((index for index in range(width, 0, -1) if self.header[index - 1]), 1)
        fits = usual >= least and not any(_has_more(row, width) for row in rows if len(row) == usual)
        return usual if fits else width

    def _look_for_header(self, first: str, expected: Collection[str], delimiter: str | None) -> tuple[list[str], str]:
        """The lines from the one on whose record shows most of the expected names, and the delimiter."""
        lines = [first]
        most, named = find_names(lines, expected, delimiter)
        if most == len(set(expected)):
            return lines, named
        lines = self._more_lines(lines)
        best = 0
        most, named = find_names(lines, expected, delimiter)  # anew: its record may go over several lines
        for start in range(1, len(lines)):
            num, other = find_names(lines[start:], expected, delimiter)
            if num > most:
                best, most, named = start, num, other
        self._num_lines += best
        self.above = self.above or next(filter(None, map(str.strip, lines[:best])), "")
        return lines[best:], named

    def take(self, num_chars: int = -1) -> Rows:
        """Read the next rows: of about so many characters, or all; none at the end.

        Raises:
            InvalidTable: A quote is left open, or stands where none may.
            TooManyRows: More than `max_rows` in all.
        """
        while block := self._begun + self._text.read(num_chars):
            self._begun = ""
            if num_chars >= 0:
                block += self._text.readline()
            if (rows := self._take_block(block)).cells:
                self.num_rows += len(rows.cells)
                return rows
        return Rows([], [], None)

    def _take_block(self, block: str) -> Rows:
        """The rows of a block of whole lines; one that goes on behind it is read to its end."""
        num_left = sys.maxsize if self._max_rows is None else self._max_rows - self.num_rows
        text = block.replace("\r\n", "\n")
        is_plain = not ('"' in text or "\r" in text or "\n\n" in text or text.startswith("\n") or self._num_blank)
        if not is_plain or text.count("\n") > num_left:
            return self._take_any(block, num_left)
        texts = text.removesuffix("\n").split("\n")
        if len(texts) > num_left:
            raise TooManyRows(f"more than {self._max_rows} rows")
        try:
            cells = list(csv.reader(texts, delimiter=self.delimiter, strict=True))
        except csv.Error as error:  # a cell beyond what csv takes
            raise InvalidTable(f"not readable as CSV after row {self.num_rows}: {error}") from error
        return Rows(cells, self._lines(len(texts)), None if self._fit(cells) else texts)

    def _fit(self, cells: list[list[str]]) -> bool:
        """Give rows the header's width that have blank cells too many, or too few, as most have; whether there are any.

        One row alone that has has a delimiter too many somewhere, and its cells stand under other names.
        """
        width, fitted = len(self.header), self._row_width != len(self.header)
        for row in cells:
            if len(row) != width and (
                not any(map(str.strip, row)) or (len(row) == self._row_width and not _has_more(row, width))
            ):
                row[width:] = [""] * (width - len(row))
                fitted = True
        return fitted

    def _lines(self, num: int) -> range:
        """The numbers of the next lines."""
        self._num_lines += num
        return range(self._num_lines - num + 1, self._num_lines + 1)

    def _take_any(self, block: str, num_left: int) -> Rows:
        """Rows of which some are blank lines, or may go over several lines."""
        cells: list[list[str]] = []
        lines: list[int] = []
        begun = io.StringIO(block, newline="")
        reader = self._reader(begun)
        while begun.tell() < len(block):
            line = self._num_lines + reader.line_num + 1
            try:
                record = next(reader)
            except csv.Error as error:
                raise InvalidTable(f"not readable as CSV after row {self.num_rows + len(cells)}: {error}") from error
            if not record:
                self._num_blank += 1
                continue
            # Only now is it known that the blank lines before were not the end.
            num_cells = self._num_blank if len(self.header) == 1 else 0
            if len(cells) + num_cells >= num_left:
                raise TooManyRows(f"more than {self._max_rows} rows")
            cells += [[""]] * num_cells + [record]
            lines += [*range(line - num_cells, line), line]
            self._num_blank = 0
        self._num_lines += reader.line_num
        self._fit(cells)
        return Rows(cells, lines, None)

    def _reader(self, begun: Iterable[str]) -> Any:
        """Reads on in the file behind what was taken from it."""
        return csv.reader(chain(begun, self._text), delimiter=self.delimiter, strict=True)


def _has_more(row: Sequence[str], width: int) -> bool:
    """Whether something stands in a row behind so many cells."""
    return any(map(str.strip, islice(row, width, None)))


def read_table(
    text: str,
    expected: Collection[str],
    delimiter: str | None = None,
    *,
    num_above: int = 0,
    max_rows: int | None = None,
    max_columns: int | None = None,
) -> Table:
    """Read a whole table; see `RowReader`.

    Args:
        text: The whole file, decoded.
        expected: As there, and the same for the others.
        delimiter: The delimiter, where it is known.
        num_above: As there.
        max_rows: Most rows under the header.
        max_columns: Most columns.

    Returns:
        Its columns.

    Raises:
        InvalidTable: No header, a name twice in it, too many columns, or a quote left open.
        TooManyRows: More rows than `max_rows`; the rest is not read.
    """
    reader = RowReader(
        io.StringIO(text, newline=""),
        expected,
        delimiter,
        num_above=num_above,
        max_rows=max_rows,
        max_columns=max_columns,
    )
    _refuse_repeats(reader.header, set(reader.header), reader.header_line)
    rows, lines, _ = reader.take()
    columns, ragged = _to_columns(reader.header, rows)
    nameless = nameless_columns(reader.header, rows)
    return Table(columns, len(rows), ragged, lines, nameless, reader.header_line, reader.above)


def _to_columns(header: list[str], rows: list[list[str]]) -> tuple[dict[str, tuple[str, ...]], dict[int, str]]:
    """Rows to columns.

    Args:
        header: Their names.
        rows: Cells; a row of another length than the header is cut or filled with blanks.

    Returns:
        Name → its cells; and each row of another length (from 0) → what is wrong with it.
    """
    ragged = {}
    width = len(header)
    if any(len(cells) != width for cells in rows):
        for row, cells in enumerate(rows):
            if len(cells) != width:
                ragged[row] = wrong_width(len(cells), width)
                rows[row] = [*cells[:width], *[""] * (width - len(cells))]
    columns: dict[str, tuple[str, ...]] = {}
    for name, column in zip(header, zip(*rows, strict=True) if rows else [()] * width, strict=True):
        if name:
            columns[name] = column
    return columns, ragged


def nameless_columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """The columns (from 1) with cells under no name; one of blanks is what spreadsheets leave behind."""
    nameless = [column for column, name in enumerate(header) if not name]
    return tuple(column + 1 for column in nameless if any(column < len(row) and row[column].strip() for row in rows))


def _refuse_repeats(header: Sequence[str], names: Collection[str], line: int) -> None:
    """Raise RepeatedName where one of some names stands in a header twice."""
    columns: dict[str, int] = {}
    for column, name in enumerate(header, start=1):
        if name and name in names and columns.setdefault(name, column) != column:
            raise RepeatedName((columns[name], column), line)
