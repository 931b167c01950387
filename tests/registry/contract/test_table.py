"""CSV text to columns of text."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.contract.features import Category, FeatureSchema, Number
from registry.contract.table import (
    InvalidTable,
    RowReader,
    TooManyRows,
    check_rows,
    find_decimal,
    find_title_lines,
    read_table,
)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_the_header_shows_the_delimiter(delimiter: str, newline: str) -> None:
    """Whatever a spreadsheet wrote is read, a byte-order mark and blanks around names included."""
    text = "\ufeff" + newline.join([f"a {delimiter} b ", f"1{delimiter}2", "", f"3{delimiter}4", ""])

    table = read_table(text, ["a", "b"])

    assert table.columns == {"a": ("1", "3"), "b": ("2", "4")}
    assert table.num_rows == 2


def test_what_spreadsheets_leave_behind_is_dropped() -> None:
    """A tab after a name, and nameless columns that are blank throughout."""
    table = read_table("a,b\t,,\n1,2,,\n3,4, ,\n", ["a", "b"])

    assert table.columns == {"a": ("1", "3"), "b": ("2", "4")}


def test_quoted_cells_hold_delimiters_quotes_and_line_breaks() -> None:
    """RFC 4180, as the csv module reads it."""
    table = read_table('a,b\n"1,5","say ""hi""\nthere"\n', ["a"])

    assert table.columns == {"a": ("1,5",), "b": ('say "hi"\nthere',)}


def test_a_row_knows_its_line_in_the_file() -> None:
    """Blank lines and line breaks within quotes move them apart."""
    table = read_table('a,b\n\n1,"x\ny"\n2,z\n', ["a"])

    assert [*table.lines] == [3, 5]


def test_a_ragged_row_is_named_and_the_others_keep_their_places() -> None:
    """One bad line does not hide the faults of the rest."""
    table = read_table("a,b\n1\n2,3\n4,5,6\n", ["a", "b"])

    assert table.ragged == {0: "has 1 cells where the header has 2", 2: "has 3 cells where the header has 2"}
    assert table.columns == {"a": ("1", "2", "4"), "b": ("", "3", "5")}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no header"),
        ("\n\n", "no header"),
        ("a,b,a\n1,2,3\n", "columns 1 and 3 of the header have the same name"),
        ('a,b\n1,"2\n', "not readable as CSV after row 0"),
    ],
)
def test_text_that_is_no_table_is_refused(text: str, why: str) -> None:
    """The message says why."""
    with pytest.raises(InvalidTable, match=why):
        read_table(text, ["a"])


def test_a_column_without_a_name_is_left_out() -> None:
    """The index that programs write in front, and remarks behind; they are numbered for who has to be told."""
    table = read_table(",a,b,\n0,1,2,late\n1,3,4,\n", ["a", "b"])

    assert table.columns == {"a": ("1", "3"), "b": ("2", "4")}
    assert table.nameless == (1, 4)


@pytest.mark.parametrize("text", ["a,b\n1,2,\n3,4,\n", "a,b,\n1,2\n3,4,\n", 'a,b\n1,"2",\n3,4, \n'])
def test_a_delimiter_behind_a_row_is_no_cell(text: str) -> None:
    """Some programs end every line with one, but not the header; and the other way round."""
    table = read_table(text, ["a", "b"])

    assert (table.columns, table.ragged) == ({"a": ("1", "3"), "b": ("2", "4")}, {})
    rows = RowReader(io.StringIO(text, newline=""), ["a", "b"]).take()
    assert {len(row) for row in rows.cells} == {text.partition("\n")[0].count(",") + 1}
    assert rows.texts is None  # they are not to be written as they stand, with something behind


def test_a_blank_row_is_as_wide_as_any() -> None:
    """Spreadsheets leave such behind with as many delimiters as they please."""
    table = read_table("a,b,c\n1,2,3\n,\n,,,,\n4,5,6\n", ["a"])

    assert (table.ragged, table.columns["b"]) == ({}, ("2", "", "", "5"))


def test_a_delimiter_too_many_in_one_row_is_a_fault() -> None:
    """Its cells stand under other names: 8,5 for 8.5, with the last cell blank."""
    table = read_table("hours,mark,passed\n7,5,\n8,5,6,\n6,4,\n", ["hours", "mark"])

    assert table.ragged == {1: "has 4 cells where the header has 3"}


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"'])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_first_line_can_name_the_delimiter(line: str, newline: str) -> None:
    """As spreadsheets take it; lines are numbered as an editor does."""
    text = "\ufeff" + newline.join([line, "a,x;b", "1,5;2", ""])

    for expected in (["a,x", "b"], []):
        table = read_table(text, expected)
        assert table.columns == {"a,x": ("1,5",), "b": ("2",)}
        assert ([*table.lines], table.header_line) == ([3], 2)


def test_titles_above_the_header_are_passed_over() -> None:
    """It is the line that has the names that are expected; the same where a name goes over two lines."""
    text = 'Class 7b, 2025/26\n"printed\non Monday"\n\nname,"study\nhours",passed\nAda,5,1\n\nBo,2,0\n'

    table = read_table(text, ["study\nhours", "passed"])

    assert table.columns["name"] == ("Ada", "Bo")
    assert ([*table.lines], table.header_line, table.above) == ([7, 9], 5, "Class 7b, 2025/26")


def test_a_break_in_a_name_is_a_blank_unless_it_is_expected() -> None:
    """So a table has the names that the workbook has which it was saved from."""
    text = '"study\r\nhours",b\n1,2\n'

    assert list(read_table(text, ["study hours"]).columns) == ["study hours", "b"]
    assert list(read_table(text, []).columns) == ["study hours", "b"]
    assert list(read_table(text, ["study\r\nhours"]).columns) == ["study\r\nhours", "b"]


def test_titles_are_read_in_pieces_too() -> None:
    """What was read to find the header is not lost, whatever the size of the pieces."""
    lines = [f"{row},{row % 3}" for row in range(50)]
    reader = RowReader(io.StringIO("\n".join(["title", "", "a,b", *lines]), newline=""), ["a", "b"])

    rows: list[list[str]] = []
    numbers: list[int] = []
    while (taken := reader.take(20)).cells:
        rows += taken.cells
        numbers += taken.lines

    assert rows == [line.split(",") for line in lines]
    assert numbers == list(range(4, 54))


@pytest.mark.parametrize(
    ("text", "num_above"),
    [
        ("a,b,c\n1,2,3\n", 0),
        (",a,b\n0,1,2\n1,1,2\n", 0),
        ("Class 7,,\n,,\na,b,c\n1,2,3\n4,5,6\n", 2),
        ("Class 7\nMaths, 2025\n\na,b,c\n1,2,3\n4,5,6\n", 3),
        ("a,b\n1,2,\n3,4,\n5,6,\n", 0),
        ("Class 7\na,b\n1,2,\n3,4,\n5,6,\n", 1),
        ("a\n1\n2\n", 0),
        ("", 0),
    ],
)
def test_where_no_names_are_known_the_header_has_one_for_most_columns(text: str, num_above: int) -> None:
    """So many columns as most rows have."""
    assert find_title_lines(text, ",") == num_above


@pytest.mark.parametrize(
    ("columns", "decimal"),
    [
        ([["0,5", "1,5"], ["a"]], ","),
        ([["0.5", "1.5"], ["1"]], "."),
        ([["950", "1.200"]], ","),
        ([["950", "1,200"]], "."),
        ([["3.125", "2.875"]], "."),
        ([["950", "1.200", "2.5"]], "."),
        ([["85,5 %", "12,5/20"]], ","),
        ([["12,5 km/h", "R$ 12,5"]], ","),
    ],
)
def test_the_decimal_mark_is_not_the_one_between_thousands(columns: list[list[str]], decimal: str) -> None:
    """Beside 950, 1.200 is a thousand and two hundred; beside 2.5 it is little more than one."""
    assert find_decimal(columns, ";") == decimal


def test_a_comma_that_delimits_is_between_thousands_in_a_cell() -> None:
    """In quotes, before three digits in every cell; elsewhere it may be either."""
    assert find_decimal([["1,200", "2,500"]], ",") == "."
    assert find_decimal([["1,200", "2,500"]], ";") == ","


def test_a_row_of_totals_is_no_student_s() -> None:
    """It is said so in words, whatever its numbers are; a column of features can't say it."""
    club = Category("club", vocabulary=("Total", "chess"))
    schema = FeatureSchema((Number("hours"), club), skip_rows=("Test Student",))
    student = ["Mean", "Sok", "5"]
    assert not check_rows([student], ["first", "last", "hours"], FeatureSchema((Number("hours"),)), ".").faults
    others = [["  Points Possible ", "9", "chess"], ["Durchschnitt:", "5", "x"], ["Test Student", "", ""]]
    rows = [["Ada", "5", "Total"], *others]

    checked = check_rows(rows, ["name", "hours", "club"], schema, ".")

    assert checked.rows == rows[:1]
    assert [(fault.row, fault.column) for fault in checked.faults] == [(1, ""), (2, ""), (3, "")]
    assert checked.faults[0].detail == 'is no student\'s: "Points Possible" stands in it'


def test_what_the_schema_skips_stands_behind_the_features_too() -> None:
    """Where training looked for it: a median that was left out there is no student here."""
    schema = FeatureSchema((Number("hours"),), skip_rows=("m\u00e9diane",))
    rows = [["5", "Ada", "m\u00e9diane"], ["5", "Ada", ""], ["4.5", "me\u0301diane", ""], ["5", "Mean", ""]]

    checked = check_rows(rows, ["hours", "name", ""], schema, ".")

    assert [fault.row for fault in checked.faults] == [2]
    assert checked.num_of_nobody == 1


def test_what_the_schema_skips_may_be_the_first_that_stands_in_a_row() -> None:
    """Whatever column it is in, where the names before it are blank: a student's club may be called so."""
    schema = FeatureSchema((Category("club", vocabulary=("chess", "Mean")), Number("hours")), skip_rows=("Mean",))
    rows = [["Ada", "Mean", "5"], ["", "Mean", "4.5"], ["", "chess", "4"]]

    checked = check_rows(rows, ["name", "club", "hours"], schema, ".")

    assert checked.rows == [rows[0], rows[2]]
    assert checked.num_of_nobody == 1


def test_footnotes_and_lines_of_dates_are_no_students() -> None:
    """Whatever they say, in no feature's column; what a feature may be is a student's."""
    schema = FeatureSchema((Category("club", vocabulary=("A: chess", "2024-09-14")), Number("hours", nullable=True)))
    others = [["* NT = not taken", "", ""], ["Printed: 9 May"], ["", "", "09/14/2024"], ["", "9/14/2024", "9/15/2024"]]
    rows = [["Ada", "A: chess", ""], ["", "A: chess", ""], ["", "2024-09-14", ""]]

    checked = check_rows([*others, *rows], ["name", "club", "hours"], schema, ".")

    assert checked.rows == rows
    assert checked.num_of_nobody == len(others)


def test_no_more_rows_are_read_than_were_asked_for() -> None:
    """A body of a few megabytes can hold millions of rows."""
    assert read_table("a\n1\n2\n", ["a"], max_rows=2).num_rows == 2
    with pytest.raises(TooManyRows):
        read_table("a\n1\n2\n3\n", ["a"], max_rows=2)


def test_the_header_is_the_line_that_has_a_name_that_is_known() -> None:
    """A title can be as wide, and as full."""
    assert find_title_lines("Class,7a,Ms X\nhours,mark,passed\n1,2,3\n", ",", " passed ") == 1
    assert find_title_lines("Class,7a,Ms X\nhours,mark,passed\n1,2,3\n", ",", "pass") == 0


def test_a_header_that_is_too_wide_is_not_read_on() -> None:
    """Short rows are filled up to its width: a megabyte could become gigabytes."""
    with pytest.raises(InvalidTable, match="more than 3 columns"):
        read_table("a,b,c,d\n" + "1\n" * 1000, ["a"], max_columns=3)


def test_a_blank_line_is_a_cell_where_there_is_one_column() -> None:
    """Else a student without a value would be lost from the middle of the answer."""
    table = read_table("a\n1\n\n3\n\n\n", ["a"])

    assert table.columns == {"a": ("1", "", "3")}
    assert table.ragged == {}
    assert [*table.lines] == [2, 3, 4]
    assert read_table("a\n1\n\n3\n" + "\n" * 100, ["a"], max_rows=3).num_rows == 3
    with pytest.raises(TooManyRows):
        read_table("a\n1\n\n3\n", ["a"], max_rows=2)


PARTS = ["a", "1,2", "", "\n", "\r\n", "\n\n", '"x', '"', '""', ",", ";", "\r"]


@given(
    parts=st.lists(st.sampled_from(PARTS), max_size=40),
    num_chars=st.integers(1, 8),
    header=st.sampled_from(["a", "a,b"]),
)
def test_a_table_in_pieces_is_the_table_as_a_whole(parts: list[str], num_chars: int, header: str) -> None:
    """Whatever falls on their borders: a quoted line break, blank lines, half of a line's end."""
    text = "".join([header, "\n", *parts])
    try:
        whole: object = RowReader(io.StringIO(text, newline=""), ["a"]).take()[:2]
    except InvalidTable as error:
        whole = str(error)

    pieces = RowReader(io.StringIO(text, newline=""), ["a"])
    cells: list[list[str]] = []
    lines: list[int] = []
    try:
        while (rows := pieces.take(num_chars)).cells:
            cells += rows.cells
            lines += rows.lines
            if rows.texts is not None:
                assert [row.split(",") for row in rows.texts] == rows.cells
        found: object = (cells, lines)
    except InvalidTable as error:
        found = str(error)

    if isinstance(whole, tuple):
        assert found == (list(whole[0]), list(whole[1]))
    else:
        assert found == whole


def test_accents_in_names_are_found_however_they_are_written() -> None:
    """Some systems write an accent as a letter of its own; so two such names are one name twice."""
    assert read_table("pre\u0301sence;b\n1;2\n", ["pr\u00e9sence"]).columns == {"pr\u00e9sence": ("1",), "b": ("2",)}
    with pytest.raises(InvalidTable, match="columns 1 and 2 of the header have the same name"):
        read_table("\u00e9,e\u0301\n1,2\n", ["\u00e9"])


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (["hours", "performance"], ["Average", "Average", "Good"]),
        (["hours", "comment"], ["Average work", "Total lack of focus", "Points out errors"]),
        (["effort", "hours"], ["Average", "Average", "Average", "Average", "Good"]),
        (["name", "effort", "hours"], ["Average", "Average", "Good"]),
    ],
)
def test_what_is_said_of_students_does_not_make_totals_of_their_rows(header: list[str], said: list[str]) -> None:
    """Behind the features, beside a name, or of many."""
    cells = {"hours": "5", "name": "Ada"}
    rows = [[cells.get(name, word) for name in header] for word in said]

    assert check_rows(rows, header, FeatureSchema((Number("hours"),)), ".").faults == []
