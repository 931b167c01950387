"""Excel workbooks: as people make them, by openpyxl; and as nobody would, of parts that are written by hand."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def to_bytes(book: Workbook) -> bytes:
    """A workbook as a file of it holds."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def book_of(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> Workbook:
    """A workbook of sheets of plain cells."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return book


def german_class(*, bad: bool = False) -> bytes:
    """28 students as a teacher keeps them: a merged title, breaks in names, hours as text with a comma or as numbers.

    Args:
        bad: Whether four cells are no hours that a day has.
    """
    hours: list[list[Any]] = [["1,5" if row % 3 == 0 else 1 + row % 8, 4.5 + row % 5] for row in range(28)]
    if bad:
        hours[2][0], hours[9][1], hours[15][0], hours[20][0] = None, "krank", 25, -1
    book = book_of({"Hinweise": [], "Klasse 9b": []})
    sheet = book["Klasse 9b"]
    sheet["A2"] = "Klassenliste 9b, Schuljahr 2026/27"
    sheet.merge_cells("A2:F2")
    for column, name in enumerate(["Name", "study_hours", "sleep_hours", "Anwesen-\nheit", "Eintritt", "Nr."], start=1):
        sheet.cell(4, column, name)
    for row, (study, sleep) in enumerate(hours):
        sheet.append([f"Müller, Kind {row}", study, sleep, 0.85 + row / 1000, None, row])
        last = sheet.max_row
        sheet.cell(last, 4).number_format = "0.0%"
        sheet.cell(last, 5, f"=DATE(2026,8,{row + 1})").number_format = "dd.mm.yyyy"
        sheet.cell(last, 6).number_format = "000"
    return to_bytes(book)


def made_by_hand(
    rows: str = "", strings: str = "", styles: str = "", *, before: str = "", more: Mapping[str, bytes] | None = None
) -> bytes:
    """A workbook of one sheet.

    Args:
        rows: Of its `sheetData`.
        strings: Of the table of strings.
        styles: Of the style sheet.
        before: Stands before the root of each.
        more: Further members; of one of the same name this is the content.
    """
    relations = "".join(
        f'<Relationship Id="r{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(
            [("worksheet", "sheet.xml"), ("sharedStrings", "strings.xml"), ("styles", "styles.xml")]
        )
    )
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}">'
        f'<Relationship Id="r" Type="{_OFFICE}/officeDocument" Target="xl/book.xml"/></Relationships>',
        "xl/book.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="one" sheetId="1" r:id="r0"/></sheets></workbook>',
        "xl/_rels/book.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{relations}</Relationships>',
        "xl/sheet.xml": f'{before}<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
        "xl/strings.xml": f'{before}<sst xmlns="{_MAIN}">{strings}</sst>',
        "xl/styles.xml": f'{before}<styleSheet xmlns="{_MAIN}">{styles}</styleSheet>',
    }
    members = {name: text.encode() for name, text in parts.items()} | dict(more or {})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()
