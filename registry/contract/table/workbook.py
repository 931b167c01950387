"""A sheet of an Excel workbook to rows of text, each cell as the sheet shows it: openpyxl reads the cells."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from registry.contract.features import as_number, to_nfc
from registry.contract.features.missing import NO_RESULT
from registry.contract.features.numerals import MAX_NUMBER, is_three_digits, number_text
from registry.contract.table.archive import UNREADABLE, Archive, local_name
from registry.contract.table.cell_format import CellFormat
from registry.contract.table.reader import InvalidTable
from registry.contract.table.sniff import BREAKS, separates_thousands

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DELIMITER, DECIMAL = ",", "."  # of the CSV that is made of a sheet
MOST_CELLS = 300_000  # that a request may have: each takes some 10 µs
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UNPACKED = 4  # bytes of a workbook's XML for each that its sheet may have as CSV
_MOST_ROWS, _MOST_SHEETS, _MOST_STYLES = 2**20, 1000, 2**17  # Excel has no more rows and styles
_ROWS_AT_ONCE = 1000  # or strings, between two looks at whether to go on
_CELL = re.compile(rb"<(?:[A-Za-z]\w{0,20}:)?[vt](?: [^<>]{0,60})?>[^<]")  # in which something stands
_LONGEST_CELL = 100  # bytes of what the pattern takes, which two pieces may part
_LONGEST_TEXT = 32_767  # characters of a cell, as Excel has it
_MOST_NAMED = 20  # sheets in an error
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True)
class Sheet:
    """A sheet that was read.

    Attributes:
        name: Its name.
        filled: Names of all sheets that have cells, in their order.
        rows: Text of each cell, every row as wide as the widest; begins and ends with a row that is not blank.
        num_above: Blank rows above the first.
    """

    name: str
    filled: tuple[str, ...]
    rows: list[list[str]]
    num_above: int

    @property
    def choice(self) -> str:
        """Which of several sheets it is, in words; "" where no other has cells."""
        return f"of {len(self.filled)} sheets with cells {self.name!r} was read" if len(self.filled) > 1 else ""

    def to_csv(self) -> str:
        """The same as CSV, in which a line has the number of its row in the sheet, and a blank row is a blank line."""
        text = io.StringIO()
        text.write("\n" * self.num_above)
        writer = csv.writer(text, delimiter=DELIMITER, lineterminator="\n")
        writer.writerows(row if any(row) else [] for row in self.rows)
        return text.getvalue()


class _Entry(NamedTuple):
    """A sheet in the workbook's list."""

    name: str
    member: str
    is_visible: bool


def is_workbook(content: bytes) -> bool:
    """Whether a file is a workbook by its first bytes, or what is taken for one, and refused when it is read."""
    return content.startswith((_ZIP, _OLE))


def read_workbook(
    content: bytes,
    sheet: str | None = None,
    *,
    most_bytes: int,
    most_cells: int = MOST_CELLS,
    go_on: Callable[[], None] = lambda: None,
) -> Sheet:
    """Read a sheet of a workbook.

    Args:
        content: Of the file.
        sheet: Its name; None: the only one that has cells, else the first of them that is not hidden.
        most_bytes: That the sheet may have as text; the workbook's XML may be four times as long.
        most_cells: That it may have, blank ones between others counted; and texts that cells of the workbook share.
        go_on: Called now and then; raises where nobody waits for the sheet any more.

    Raises:
        InvalidTable: It is no such workbook, too large, has no such sheet, no cells, or what reads it is not installed.
    """
    if content.startswith(_OLE):
        raise InvalidTable("an old Excel workbook (.xls), or one with a password; save it without as .xlsx, or as CSV")
    try:
        from openpyxl.worksheet._reader import WorkSheetParser
    except ImportError as error:
        raise InvalidTable(
            "an Excel workbook, which takes openpyxl to read: pip install 'passfail[excel]', or save it as CSV"
        ) from error
    archive = Archive(content, _UNPACKED * most_bytes)
    book = _find_book(archive)
    related = archive.related(book)
    entry, filled = _choose(archive, book, related, sheet)
    members = {kind: member for kind, member in related.values() if member in archive.names}
    strings = list(_strings(archive, members.get("sharedStrings"), most_cells, go_on))
    formats = _formats(archive, members.get("styles"), _starts_in_1904(archive, book))
    # Whole numbers are not made dates by openpyxl, which says so on stderr where it can't, with the number.
    parser = WorkSheetParser(None, strings, data_only=True)
    try:
        rows, num_above, texts = _read_rows(archive, entry.member, parser, formats, most_bytes, most_cells, go_on)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError) as error:
        # What openpyxl raises of cells that are none.
        raise error if isinstance(error, InvalidTable) else InvalidTable(UNREADABLE) from None
    if not rows:
        raise InvalidTable("a sheet without cells")
    _mend_decimal_commas(rows, texts)
    return Sheet(entry.name, filled, rows, num_above)


def _find_book(archive: Archive) -> str:
    kinds = dict(archive.related("").values())
    book = kinds.get("officeDocument", "")
    if "content.xml" in archive.names and "mimetype" in archive.names:
        raise InvalidTable("an OpenDocument spreadsheet; save it as .xlsx or CSV")
    if book.endswith(".bin"):
        raise InvalidTable("a binary Excel workbook (.xlsb); save it as .xlsx or CSV")
    if book not in archive.names:
        raise InvalidTable("a zipped file, but no Excel workbook; send .xlsx or CSV")
    return book


def _choose(
    archive: Archive, book: str, related: dict[str, tuple[str, str]], sheet: str | None
) -> tuple[_Entry, tuple[str, ...]]:
    """The sheet to read, and the names of all that have cells."""
    entries = []
    for element, _ in archive.elements(book, "sheet", _MOST_SHEETS, until="sheets"):
        if "purl.oclc.org" in element.tag:
            raise InvalidTable("a workbook in Strict Open XML; save it as Excel workbook (.xlsx), or as CSV")
        ids = (value for name, value in element.attrib.items() if name.endswith("}id"))
        kind, member = related.get(next(ids, ""), ("", ""))
        if kind == "worksheet" and member in archive.names:
            is_visible = element.get("state", "visible") == "visible"
            entries.append(_Entry(element.get("name", "").strip(), member, is_visible))
    filled = [entry for entry in entries if _has_cells(archive, entry.member)]
    if sheet is not None:
        name = _folded(sheet)
        named = [entry for entry in entries if _folded(entry.name) == name]
        if not named:
            names = ", ".join(repr(entry.name) for entry in entries[:_MOST_NAMED])
            raise InvalidTable(f"a workbook without a sheet of that name; it has {names}")
        chosen = named[0]
    elif filled:
        chosen = next((entry for entry in filled if entry.is_visible), filled[0])
    else:
        raise InvalidTable("a workbook without cells")
    return chosen, tuple(entry.name for entry in filled)


def _folded(name: str) -> str:
    """A sheet's name as Excel compares them, however an accent is written."""
    return to_nfc(name.strip()).casefold()


def _has_cells(archive: Archive, member: str) -> bool:
    before = b""
    for piece in archive.pieces(member):
        if _CELL.search(before + piece):
            return True
        before = piece[-_LONGEST_CELL:]
    return False


def _strings(archive: Archive, member: str | None, most: int, go_on: Callable[[], None]) -> Iterator[str]:
    """The texts that cells share; openpyxl's own way takes thirty times as long."""
    if member is None:
        return
    for num, (element, _) in enumerate(archive.elements(member, "si", most)):
        if num % _ROWS_AT_ONCE == 0:
            go_on()
        yield _text(element)


def _text(element: Element) -> str:
    """A text without its fonts, and without how it is spoken."""
    runs = (run for part in element if local_name(part) in ("t", "r") for run in (part, *part))
    return _on_one_line("".join(run.text or "" for run in runs if local_name(run) == "t"))


def _on_one_line(text: str) -> str:
    """A text without blanks around it and breaks in it; no copy where there is none, since cells may share it."""
    if len(text) > _LONGEST_TEXT:
        raise InvalidTable(f"a workbook with a text of more than {_LONGEST_TEXT} characters; save it as CSV")
    text = text.replace("_x000D_", "\r")
    return (BREAKS.sub(" ", text) if BREAKS.search(text) else text).strip()


def _formats(archive: Archive, member: str | None, from_1904: bool) -> list[CellFormat]:
    """How cells are shown, by the number of their style."""
    codes: dict[int, str] = {}
    ids = []
    if member is not None:
        for element, parent in archive.elements(member, "numFmt xf", _MOST_STYLES, until="cellXfs"):
            given = element.get("numFmtId", "0")
            number = int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0
            if parent == "numFmts":
                codes[number] = element.get("formatCode", "")
            elif parent == "cellXfs":
                ids.append(number)
    known: dict[int, CellFormat] = {}
    for number in ids:
        if number not in known:
            known[number] = CellFormat.of(number, codes.get(number), from_1904)
    return [known[number] for number in ids] or [CellFormat.of(0, None, from_1904)]


def _starts_in_1904(archive: Archive, book: str) -> bool:
    """Whether days are counted as the first Macintosh did."""
    found = archive.elements(book, "workbookPr", 1, until="sheets")
    return any(element.get("date1904", "0") in ("1", "true") for element, _ in found)


def _read_rows(
    archive: Archive,
    member: str,
    parser: Any,
    formats: Sequence[CellFormat],
    most_bytes: int,
    most_cells: int,
    go_on: Callable[[], None],
) -> tuple[list[list[str]], int, dict[int, list[int]]]:
    """The rows from the first to the last one that is not blank, equally wide; and how many blank ones are above.

    Also, by column, the rows whose cell there is text in which a comma or a point stands.
    """
    rows: list[list[str]] = []
    texts: dict[int, list[int]] = {}
    too_large = InvalidTable(f"a sheet of more than {most_cells} cells, or {most_bytes} bytes; save it as CSV")
    width = num_bytes = num_read = num_above = last = 0
    for num, (element, _) in enumerate(archive.elements(member, "row", _MOST_ROWS, until="sheetData")):
        if num % _ROWS_AT_ONCE == 0:
            go_on()
            parser.row_dimensions.clear()
        number, cells = parser.parse_row(element)
        row: list[str] = []
        marked = []
        for part, cell in zip(element, cells, strict=True):
            if text := _show(part, cell, formats):
                row += [""] * (cell["column"] - len(row))
                row[cell["column"] - 1] = text
                if isinstance(cell["value"], str) and ("," in text or "." in text):
                    marked.append(cell["column"] - 1)
                num_bytes += len(text)
                if num_bytes > most_bytes:
                    raise too_large
        num_read += len(cells) + 1
        if row:
            if number <= last or number > _MOST_ROWS:
                raise InvalidTable(UNREADABLE)
            num_blank = number - last - 1
            last = number
            if rows:
                rows += [[] for _ in range(num_blank)]
            else:
                num_above = num_blank
            for column in marked:
                texts.setdefault(column, []).append(len(rows))
            rows.append(row)
            width = max(width, len(row))
        if max(num_read, len(rows) * width) > most_cells:
            raise too_large
    for row in rows:
        row += [""] * (width - len(row))
    return rows, num_above, texts


def _show(part: Element, cell: dict[str, Any], formats: Sequence[CellFormat]) -> str:
    """A cell as text; blank where it has no value."""
    value, kind = cell["value"], part.get("t", "n")
    if value is None:
        # Excel saves what a formula gave, a blank text too; who writes a workbook without Excel may not have it.
        return NO_RESULT if kind != "str" and part.find(f"{_MAIN}f") is not None else ""
    if kind in ("n", "s"):
        digits = part.findtext(f"{_MAIN}v", "")
        # Python would take 1_0 for 10, other scripts' digits, and counts from the end below 0.
        if not digits.isascii() or "_" in digits or (kind == "s" and "-" in digits):
            raise InvalidTable(UNREADABLE)
    if isinstance(value, str):
        return _on_one_line(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    style = cell["style_id"]
    return formats[style if style < len(formats) else 0].show(value)


def _mend_decimal_commas(rows: list[list[str]], texts: dict[int, list[int]]) -> None:
    """Give numbers that stand as text with a decimal comma a point, as those have that are numbers to the sheet.

    Only where a column shows that the comma is no mark between thousands; then points in its texts are such marks. So
    are they beside whole numbers of three digits, where no number has decimals: they become commas.

    Args:
        rows: Of the sheet, which are changed.
        texts: Column → rows whose cell there is text with a mark.
    """
    for column, indices in texts.items():
        numbers = {index: number for index in indices if (number := _with_marks(rows[index][column])) is not None}
        if any("," in number and not is_three_digits(number, ",") for number in numbers.values()):
            for index, number in numbers.items():
                mended = number.replace(".", "").replace(",", DECIMAL)
                rows[index][column] = rows[index][column].replace(number, mended)
        elif _are_thousands(numbers, [row[column] for row in rows]):
            for index, number in numbers.items():
                rows[index][column] = rows[index][column].replace(number, number.replace(".", ","))


def _are_thousands(numbers: Mapping[int, str], cells: Sequence[str]) -> bool:
    """Whether texts of a column, by their rows, have points between thousands, and none of its other cells decimals."""
    others = [number_text(cell) for row, cell in enumerate(cells) if row not in numbers and 0 < len(cell) <= MAX_NUMBER]
    if any("." in text and as_number(text, DECIMAL) is not None for text in others):
        return False
    return separates_thousands([*numbers.values(), *(text for text in others if "." not in text)], ".")


def _with_marks(cell: str) -> str | None:
    """The number in a cell that has a decimal comma, or points between thousands; None where there is none."""
    if len(cell) > MAX_NUMBER or cell.count(",") > 1:
        return None
    text = number_text(cell)
    has_marks = "," in text or text.count(".") > 1
    is_one = as_number(text, ",") is not None if has_marks else is_three_digits(text, ".")
    return text if is_one and text in cell else None
