"""Workbooks to rows of text: what people keep in them, and what is made to break whoever reads them."""

import datetime
import struct
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from registry.contract.features.missing import NO_RESULT
from registry.contract.table import InvalidTable, read_table
from registry.contract.table.workbook import Sheet, is_workbook, read_workbook
from tests.support import ROOT
from tests.support.growth import grows_linearly
from tests.support.workbooks import book_of, german_class, made_by_hand, to_bytes

_MOST = 2**23
_CELL = "<row><c><v>1</v></c></row>"
_XML = '<?xml version="1.0" encoding="{}"?>'


def read(content: bytes, sheet: str | None = None) -> Sheet:
    return read_workbook(content, sheet, most_bytes=_MOST)


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (0.85, "0%", "85%"),
        (0.29, "0%", "29%"),
        (0.925, "0.0%", "92.5%"),
        (1, '0.00" %";[Red]-0.00%', "1"),
        (7.0, "General", "7"),
        (0.1 + 0.2, "0.00", "0.3"),
        (1234567.5, "#,##0.00", "1234567.5"),
        (-2.5, '#,##0.00 "€"', "-2.5"),
        (42, "00000", "00042"),
        (12345678901234, "General", "12345678901234"),
        (datetime.date(2026, 11, 30), "dd.mm.yyyy", "2026-11-30"),
        (datetime.datetime(2026, 11, 30, 8, 15), "[$-407]d. mmm yy hh:mm", "2026-11-30 08:15"),
        (datetime.time(7, 30), "h:mm", "07:30"),
        (datetime.timedelta(hours=25, minutes=30), "[h]:mm", "25:30"),
        (0.0625, "[m]", "90"),
        (0.0625, "[mm]:ss", "90:00"),
        (0.01, "[s]", "864"),
        (-1 / 48, "[h]:mm", "-0:30"),
        (0, '[=0]"-";0%', "0%"),
        (0.85, '[=0]"-";0%', "85%"),
        (0.85, "[<1]0%;0", "85%"),
        (5, "[<1]0%;0", "5"),
        (0.85, "[>=1]0;0%", "85%"),
        (5, "[>=1]0;0%", "5"),
        (5, "[<1]0%;[>=6]0.0%;0", "5"),
        (5, "[<1]0%", "5"),
        (0.5, "[<1e0]0%;0", "0.5"),
        (0.5, "[=1]0;0%;0", "0.5"),
        (-0.5, "0;[<0]-0%", "-50%"),
        (-0.5, '0.00" %";[Red]-0.00%', "-50%"),
        (0, '0%;-0%;"none;"', "0%"),
        (5, '"yes";"no"', "5"),
        (5, ";;;", "5"),
        (5, "0;-0;0;@", "5"),
        (5, "@", "5"),
        (5, "Standard", "5"),
        (46356, "d/m/yyyy;@", "2026-11-30"),
        (-1, "dd.mm.yyyy", "1899-12-29"),
        (1e300, "dd.mm.yyyy", "1e+300"),
        (True, "General", "TRUE"),
        (False, "General", "FALSE"),
        ("#DIV/0!", "General", "#DIV/0!"),
        (" a\r\nb ", "@", "a b"),
        ("=1+1", "General", NO_RESULT),
        (None, "0%", ""),
    ],
)
def test_a_cell_is_read_as_the_sheet_shows_it(value: Any, number_format: str, shown: str) -> None:
    """Shares of a hundred as such, dates in one form, numbers in full; of a formula what it gave when it was saved."""
    book = book_of({"one": [["name", None], ["x", value]]})
    book["one"]["B2"].number_format = number_format

    assert read(to_bytes(book)).rows == ([["name", ""], ["x", shown]] if shown else [["name"], ["x"]])


def test_a_cached_value_stands_for_its_formula_and_days_may_begin_in_1904() -> None:
    """As Excel and the first Macintosh have written them; also texts of several fonts, and such that a cell holds."""
    rows = (
        '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2"><f>1+1</f><v>2</v></c>'
        '<c r="D2" t="str"><f>"a"</f><v>a</v></c><c r="E2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        '<row><c t="inlineStr"><is><t>b</t></is></c><c s="1"><v>1</v></c></row>'
    )
    strings = "<si><r><rPr><b/></rPr><t>bo</t></r><r><t>ld</t></r><rPh><t>spoken</t></rPh></si>"
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    rows += '<row><c s="1"><v>0</v></c></row>'
    book = made_by_hand(rows, strings, styles)
    of_1904 = made_by_hand(
        rows,
        strings,
        styles,
        more={
            "xl/book.xml": b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
            b'<workbookPr date1904="1"/><sheets><sheet name="one" sheetId="1" r:id="r0"/></sheets></workbook>'
        },
    )

    assert read(book).rows == [
        ["bold", "2", "", "a", "#DIV/0!"],
        ["b", "1900-01-01", "", "", ""],
        ["00:00", "", "", "", ""],
    ]
    assert read(of_1904).rows[1][1] == "1904-01-02"
    assert read(of_1904).rows[2][0] == "1904-01-01"


@pytest.mark.parametrize("number", [*range(27, 32), 36, *range(50, 59)])
def test_dates_of_excel_in_chinese_and_japanese_are_dates(number: int) -> None:
    """Their formats have numbers, but stand in no workbook."""
    styles = f'<cellXfs><xf numFmtId="{number}"/></cellXfs>'

    assert read(made_by_hand("<row><c><v>46356</v></c></row>", styles=styles)).rows == [["2026-11-30"]]


def test_a_formula_that_nothing_was_kept_of_is_not_taken_for_blank() -> None:
    """The cell says what to do; a formula whose result is a blank text is blank."""
    rows = '<row><c><f>1+1</f></c><c><f>1+1</f><v/></c><c t="str"><f>""</f><v></v></c><c><v>1</v></c></row>'

    assert read(made_by_hand(rows)).rows == [[NO_RESULT, NO_RESULT, "", "1"]]


def test_a_teacher_s_class_is_a_table_whose_lines_are_the_sheet_s_rows() -> None:
    """A title, a merged cell, a break in a name; hours that stand as text with a comma beside numbers."""
    sheet = read(german_class())

    table = read_table(sheet.to_csv(), ["study_hours", "sleep_hours"], ",")

    assert (sheet.name, sheet.filled, sheet.num_above) == ("Klasse 9b", ("Klasse 9b",), 1)
    assert list(table.columns) == ["Name", "study_hours", "sleep_hours", "Anwesen- heit", "Eintritt", "Nr."]
    assert (table.header_line, table.num_rows, list(table.lines)) == (4, 28, [*range(5, 33)])
    assert table.columns["study_hours"][:4] == ("1.5", "2", "3", "1.5")
    assert table.columns["Anwesen- heit"][:2] == ("85%", "85.1%")
    assert table.columns["Nr."][7] == "007"
    assert table.ragged == {}


@pytest.mark.parametrize(
    ("cells", "read_as"),
    [
        (["1,5", 2.25, "2,75 h"], ["1.5", "2.25", "2.75 h"]),
        (["1,500", "2,250"], ["1,500", "2,250"]),
        (["1,500", "2,25"], ["1.500", "2.25"]),
        (
            ["1.200,5", "1.200", "4,5", 1.2, "-1.200h", "1.200.000"],
            ["1200.5", "1200", "4.5", "1.2", "-1200h", "1200000"],
        ),
        (["4,5", "4.5", "0.125", "B. 1.2"], ["4.5", "4.5", "0.125", "B. 1.2"]),
        (["1.200", "1,500"], ["1.200", "1,500"]),
        (["Std.", "1.200 h", 950, 2300], ["Std.", "1,200 h", "950", "2300"]),
        (["1.200", "1.234.567"], ["1,200", "1,234,567"]),
        (["1.200", 950, 2.5], ["1.200", "950", "2.5"]),
        (["1.200", 950, 2.125], ["1.200", "950", "2.125"]),
        (["1,2,3", "Müller, Anna", "1.234,5"], ["1,2,3", "Müller, Anna", "1234.5"]),
    ],
)
def test_a_decimal_comma_in_text_becomes_a_point_where_it_can_be_nothing_else(
    cells: list[Any], read_as: list[str]
) -> None:
    """Numbers of the same sheet have one, so that all of it is read alike; of 1,500 nobody knows.

    Beside a decimal comma a text's 1.200 is a thousand and more, as it would be in CSV; a number's never. So it is
    beside whole hundreds, and gets the mark that is between thousands where a point is the decimal mark.
    """
    assert [row[0] for row in read(to_bytes(book_of({"one": [[cell] for cell in cells]}))).rows] == read_as


def test_the_sheet_with_cells_is_read_or_the_first_that_is_shown_or_the_one_that_is_named() -> None:
    """And which others there are is told."""
    book = book_of({"blank": [], "lists": [["a"]], "class": [["b"]], "more": [["c"]]})
    book["lists"].sheet_state = "hidden"
    alone = book_of({"blank": [], "hidden": [["d"]]})
    alone["hidden"].sheet_state = "hidden"

    found, named, only = read(to_bytes(book)), read(to_bytes(book), " MORE "), read(to_bytes(alone))

    assert (found.name, found.filled, found.rows) == ("class", ("lists", "class", "more"), [["b"]])
    assert (named.name, named.rows) == ("more", [["c"]])
    assert (only.name, only.filled) == ("hidden", ("hidden",))
    with pytest.raises(InvalidTable, match="without a sheet of that name; it has 'blank', 'lists', 'class', 'more'"):
        read(to_bytes(book), "none")
    with pytest.raises(InvalidTable, match="without cells"):
        read(to_bytes(book), "blank")


def test_blank_rows_and_columns_around_a_table_are_left_out() -> None:
    """Of those between rows one is a blank line of the CSV; cells that only have a format are blank."""
    book = book_of({"one": [[], [], ["a", "b"], [], ["c"], [None, " "]]})
    book["one"]["H30"].number_format = "0%"

    sheet = read(to_bytes(book))

    assert sheet.rows == [["a", "b"], ["", ""], ["c", ""]]
    assert sheet.to_csv() == "\n\na,b\n\nc,\n"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), r"old Excel workbook \(\.xls\), or one with a password"),
        (b"PK\x03\x04\x14\x00", "can't be read"),
        (made_by_hand()[:-30], "can't be read"),
        (made_by_hand(more={"_rels/.rels": b"<a/>"}), "no Excel workbook"),
        (made_by_hand(more={"_rels/.rels": b"<a/>", "mimetype": b"", "content.xml": b""}), "OpenDocument"),
        (made_by_hand(), "without cells"),
        (made_by_hand('<row><c t="s"><v>7</v></c></row>'), "can't be read"),
        (made_by_hand("<row><c><v>x</v></c></row>"), "can't be read"),
        (made_by_hand("<row><c><v>1_0</v></c></row>"), "can't be read"),
        (made_by_hand("<row><c><v>\u0663</v></c></row>"), "can't be read"),
        (made_by_hand('<row><c t="s"><v>-1</v></c></row>', "<si><t>a</t></si>"), "can't be read"),
        (made_by_hand(more={"xl/sheet.xml": b"<worksheet>"}), "without cells"),
        (made_by_hand(more={"xl/book.xml": b"<a>"}), "can't be read"),
        (made_by_hand(_CELL, before=_XML.format("rot13")), "can't be read"),
        (made_by_hand(_CELL, before=_XML.format("nonesuch")), "can't be read"),
        (made_by_hand(_CELL, before=_XML.format("utf-7")), "can't be read"),
    ],
)
def test_what_is_no_such_workbook_is_refused_in_words(content: bytes, why: str) -> None:
    """That say what to do; nothing of it is repeated."""
    assert is_workbook(content)
    with pytest.raises(InvalidTable, match=why):
        read(content)


def test_without_what_reads_them_it_is_said_what_to_install() -> None:
    """It is an extra, and imported only where there is a workbook."""
    program = (
        "import sys; sys.modules['openpyxl'] = None; from registry.contract.table import workbook; "
        "workbook.read_workbook(b'PK\\3\\4', most_bytes=1)"
    )

    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)

    assert "pip install 'passfail[excel]', or save it as CSV" in done.stderr.splitlines()[-1]


_ENTITIES = '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
_ROW = '<row r="{0}"><c r="A{0}"><v>1</v></c></row>'


def _attributes(num: int) -> str:
    return " ".join(f'a{number}=""' for number in range(num))


_BREAKS = "<r><t>x{}x</t></r>".format("\n" * 3 * 10**6)


def _row(more: str = "") -> str:
    return f"<row><c><v>1</v></c>{more}</row>"


@pytest.mark.parametrize(
    "make",
    [
        lambda: made_by_hand(_ROW.format(1) + " " * 10**8),
        lambda: made_by_hand(_row(), f"<si><t>{'a' * 10**8}</t></si>"),
        lambda: made_by_hand(_row(), "<si/>" * 10**6 * 2),
        lambda: made_by_hand(_row(), styles=f"<cellXfs>{'<xf/>' * 10**6}</cellXfs>"),
        lambda: made_by_hand('<row><c t="s"><v>0</v></c></row>' * 1000, f"<si><t>{'a' * 10**5}</t></si>"),
        lambda: made_by_hand(_row('<c t="s"><v>0</v></c>' * 10**4), f"<si><t>{'a' * 10**6}</t></si>"),
        lambda: made_by_hand(_row("<a>" * 10**6 + "</a>" * 10**6)),
        lambda: made_by_hand(_row("<c/>" * 10**6)),
        lambda: made_by_hand(_row() + "<row/>" * 2 * 10**6),
        lambda: made_by_hand(_row() + '<row><c r="XFD1"><v>1</v></c></row>' * 10**4),
        lambda: made_by_hand(_ROW.format(1) + _ROW.format(10**9)),
        lambda: made_by_hand(_ROW.format(10**9)),
        lambda: made_by_hand(_ROW.format("9" * 5000)),
        lambda: made_by_hand(_ROW.format(2) + _ROW.format(1)),
        lambda: made_by_hand(_row(), f"<si>{_BREAKS}</si>"),
        lambda: made_by_hand(_row(), f"<si>{'<r><t>&#10;</t></r>' * 60_000}</si>"),
        lambda: made_by_hand(_row(f'<c t="inlineStr"><is>{_BREAKS}</is></c>')),
        lambda: made_by_hand(_row(f"<c {_attributes(3 * 10**5)}/>")),
        lambda: made_by_hand(_row(f"<c {_attributes(3000)}/>" * 100)),
        lambda: made_by_hand(_ROW.format(1), before=_ENTITIES),
        lambda: made_by_hand(more={"xl/sheet.xml": f"{_ENTITIES}<worksheet/>".encode("utf-16")}),
        lambda: made_by_hand(more={"xl/sheet.xml": f"{_ENTITIES}<worksheet><v>1</v></worksheet>".encode("cp037")}),
        lambda: made_by_hand(_ROW.format(1), more={f"xl/media/{number}": b"" for number in range(6000)}),
    ],
    ids=[
        *("blanks", "a long string", "strings", "styles", "a string often", "a string often in a row", "depth"),
        *("a wide row", "rows", "far columns", "a far row", "the first row far", "a long number", "rows backwards"),
        *("breaks", "breaks in runs", "breaks in a cell", "attributes", "attributes in a row"),
        *("entities", "entities in UTF-16", "entities in EBCDIC", "members"),
    ],
)
def test_a_hostile_workbook_is_refused_before_it_fills_the_memory(make: Callable[[], bytes]) -> None:
    """A few hundred kilobytes of it would become gigabytes, or never end."""
    content, most_bytes = make(), 2**20

    tracemalloc.start()
    try:
        with pytest.raises(InvalidTable):
            read_workbook(content, most_bytes=most_bytes, most_cells=50_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 50 * most_bytes


@pytest.mark.parametrize("hidden", ["<!--{}-->", "<x><![CDATA[{}]]></x>"])
def test_a_long_text_is_no_shorter_for_what_looks_like_tags(hidden: str) -> None:
    """In a comment and in CDATA they are text, of which 30 MB took 4 s."""
    with pytest.raises(InvalidTable, match="a tag or a text of more than"):
        read(made_by_hand(_ROW.format(1) + hidden.format("<" * 2**20)))


def test_an_archive_that_lies_about_its_members_is_refused() -> None:
    """A size that is too small, and one compressed member under the names of many."""
    content = made_by_hand(_ROW.format(1) * 1000)
    listed = content.index(b"xl/sheet.xml", content.index(b"PK\x01\x02")) - 46
    lying = bytearray(content)
    struct.pack_into("<I", lying, listed + 24, 200)
    far = bytearray(content)
    struct.pack_into("<I", far, listed + 42, 2**31)
    with_password = bytearray(content)
    with_password[listed + 8] |= 1

    for each in (lying, far, with_password):
        with pytest.raises(InvalidTable, match="can't be read"):
            read(bytes(each))


def test_macros_links_and_pictures_are_not_looked_at() -> None:
    """Whatever they hold: nothing of it is unpacked."""
    more = {"xl/vbaProject.bin": bytes(10**8), "xl/externalLinks/externalLink1.xml": b"<!DOCTYPE a>"}

    assert read(made_by_hand(_ROW.format(1), more=more)).rows == [["1"]]


@pytest.mark.parametrize(
    ("rows", "strings", "styles"),
    [
        ('<row a="{}"><c><v>1</v></c></row>', "", ""),
        ("<row><c><v>1</v></c></row><!--{}-->", "", ""),
        ('<row><c t="str"><v>{}</v></c></row>', "", ""),
        ('<row><c t="s"><v>0</v></c></row>', "<si><t>{}</t></si>", ""),
        ('<row><c s="0"><v>1</v></c></row>', "", '<numFmts><numFmt numFmtId="200" formatCode="{}"/></numFmts>'),
    ],
)
@pytest.mark.parametrize("unit", ["[", "1,", "_x000D_", "-", "&#10;"])
def test_a_long_text_takes_time_after_its_length(rows: str, strings: str, styles: str, unit: str) -> None:
    """Wherever in a workbook it stands; a format of more characters than Excel takes is none."""

    def make(num: int) -> str:
        text = unit * (num // len(unit))
        if "--" in rows:
            text = text.replace("-", "+")
        return "|".join((rows.replace("{}", text), strings.replace("{}", text), styles.replace("{}", text)))

    def work(parts: str) -> None:
        try:
            cells, shared, formats = parts.split("|")
            used = '<cellXfs><xf numFmtId="200"/></cellXfs>'
            read(made_by_hand(cells, shared, formats + used))
        except InvalidTable:
            pass

    assert grows_linearly(work, make)


def test_reading_takes_time_after_the_cells() -> None:
    """Blank rows and columns between them counted."""
    assert grows_linearly(
        lambda rows: read(made_by_hand(rows)) and None,
        lambda num: "".join(_ROW.format(2 * row) for row in range(1, num // 50)),
    )


def test_whoever_no_longer_waits_is_asked_now_and_then() -> None:
    """So that nobody reads on for a client that has left."""

    class Left(Exception):
        pass

    def leave() -> None:
        raise Left

    with pytest.raises(Left):
        read_workbook(made_by_hand(_ROW.format(1)), most_bytes=_MOST, go_on=leave)
