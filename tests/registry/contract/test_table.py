"""CSV text to columns of text."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.contract.table import InvalidTable, RowReader, TooManyRows, read_table


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
        ("a,\n1,2\n", "without a name"),
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


def test_no_more_rows_are_read_than_were_asked_for() -> None:
    """A body of a few megabytes can hold millions of rows."""
    assert read_table("a\n1\n2\n", ["a"], max_rows=2).num_rows == 2
    with pytest.raises(TooManyRows):
        read_table("a\n1\n2\n3\n", ["a"], max_rows=2)


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
