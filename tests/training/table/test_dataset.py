"""A CSV to a matrix and labels, or every fault with its row and column."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.workbooks import book_of, to_bytes
from training.config import SHIPPED, DatasetFile, Target, read_dataset_file
from training.table.dataset import MAX_FAULTS, InvalidData, load_dataset


@pytest.fixture
def students_file() -> DatasetFile:
    """The dataset file of the 15 students."""
    return read_dataset_file(SHIPPED / "students.toml")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Where a test writes its CSV."""
    return tmp_path / "table.csv"


def test_the_15_students_are_the_notebooks(students_file: DatasetFile) -> None:
    """Value for value, in the notebook's order."""
    dataset = load_dataset(students_file)

    rows = [[1, 5], [2, 6], [1, 4], [3, 5], [4, 6], [5, 5], [5, 7], [6, 6], [7, 5], [8, 6], [2, 3], [3, 4]]
    assert dataset.matrix.tolist() == [*rows, [6, 7], [7, 8], [8, 7]]
    assert dataset.labels.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1]
    assert [feature.observed for feature in dataset.schema.amounts.values()] == [(1.0, 8.0), (3.0, 8.0)]
    assert dataset.sha256 == hashlib.sha256(students_file.data.read_bytes()).hexdigest()


def test_a_workbook_is_read_as_the_same_table_in_csv(students_file: DatasetFile, tmp_path: Path) -> None:
    """Whatever the dataset file says of delimiter and decimal mark; its sheet where several have cells."""
    header, *rows = [line.split(",") for line in students_file.data.read_text().splitlines()]
    book = book_of(
        {"notes": [["of whom"]], "9b": [["Klasse 9b"], [], header, *([float(cell) for cell in row] for row in rows)]}
    )
    book["9b"]["A4"] = "1,0"
    (tmp_path / "class.xlsx").write_bytes(to_bytes(book))
    named = replace(students_file, sheet="9b", decimal=",", delimiter=";")

    dataset = load_dataset(named, tmp_path / "class.xlsx")

    assert dataset.matrix.tolist() == load_dataset(students_file).matrix.tolist()
    assert dataset.file == "class.xlsx"
    assert dataset.sheet == "of 2 sheets with cells '9b' was read"
    wrong = r"class\.xlsx: no column 'study_hours'.*; of 2 sheets with cells 'notes' was read"
    with pytest.raises(InvalidData, match=wrong):
        load_dataset(students_file, tmp_path / "class.xlsx")
    with pytest.raises(
        InvalidData, match=r"class\.xlsx: a workbook without a sheet of that name; it has 'notes', '9b'"
    ):
        load_dataset(replace(named, sheet="9c"), tmp_path / "class.xlsx")


def test_a_fault_in_a_workbook_is_named_by_the_row_of_its_sheet(students_file: DatasetFile, tmp_path: Path) -> None:
    """Titles and blank rows counted."""
    rows: list[list[Any]] = [[1, 5, 0], [], [2, "ill", 0], [3, 5, 1], [4, 5, 1]]
    book = book_of({"one": [[], ["Klasse 9b"], [*students_file.columns], *rows]})
    (tmp_path / "class.xlsx").write_bytes(to_bytes(book))

    with pytest.raises(InvalidData, match=r"class\.xlsx:6: row 2, column 'sleep_hours': must be a number"):
        load_dataset(students_file, tmp_path / "class.xlsx")


def test_an_odd_table_is_read_as_its_dataset_file_says(odd_dataset: Path) -> None:
    """Semicolons, a byte-order mark, decimal commas, blanks, quotes, an id, a mark with a pass line."""
    dataset = load_dataset(read_dataset_file(odd_dataset))

    assert dataset.matrix.shape == (120, 7)
    assert np.isnan(dataset.matrix[0]).tolist() == [False, False, True, False, False, False, False]
    assert dataset.matrix[1].tolist() == pytest.approx([1, 0.1, 1, 1.5, 1, 1, 1])
    assert dataset.labels.tolist() == [int(4 + (row % 40) / 4 + row % 3 >= 10) for row in range(120)]
    assert dataset.num_students == 120


def test_every_fault_names_file_row_and_column(students_file: DatasetFile, table: Path) -> None:
    """Rows at fault, ragged rows and bad targets together; the line as an editor counts it, blank ones too."""
    table.write_text("study_hours,sleep_hours,passed\n1,25,0\n\n,x,2\n3,4\n4,4,\n5,5,1\n6,6,0\n")

    with pytest.raises(InvalidData) as caught:
        load_dataset(students_file, table)

    number = "must be a number from 0 to 24 hours per day"
    assert str(caught.value).splitlines() == [
        f"{table}:2: row 1, column 'sleep_hours': {number}",
        f'{table}:4: row 2, column \'passed\': must be "1" or "0"',
        f"{table}:4: row 2, column 'sleep_hours': {number}",
        f"{table}:4: row 2, column 'study_hours': is blank; {number}",
        f"{table}:5: row 3: has 2 cells where the header has 3",
        f'{table}:6: row 4, column \'passed\': is blank; must be "1" or "0"',
    ]


def test_faults_are_listed_up_to_a_cap_and_counted(students_file: DatasetFile, table: Path) -> None:
    """A table of another kind does not flood the terminal."""
    table.write_text("study_hours,sleep_hours,passed\n" + "x,5,1\n" * 100)

    with pytest.raises(InvalidData) as caught:
        load_dataset(students_file, table)

    lines = str(caught.value).splitlines()
    assert len(lines) == MAX_FAULTS + 1
    assert lines[-1] == "… and 80 more"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no header"),
        (b"study_hours,sleep_hours,passed\n", "0 rows are 'pass'"),
        (b"study_hours,sleep_hours,passed\n1,1,1\n2,2,1\n3,3,0\n", "1 are 'fail'; at least 2"),
        (b"PK\x03\x04\x14\x00", "a workbook that can't be read"),
        (b"study_hours,passed\n1,1\n", "no column 'sleep_hours'; the header has 'study_hours', 'passed'"),
        (b"study_hours,sleep_hours,passed\n1,1,\xff\n", "not utf-8 at byte"),
        (b'study_hours,sleep_hours,passed\n1,1,"1\n', "not readable as CSV"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(
    students_file: DatasetFile, table: Path, content: bytes, why: str
) -> None:
    """With what is wrong with it."""
    table.write_bytes(content)

    with pytest.raises(InvalidData, match=why):
        load_dataset(students_file, table)


def test_a_file_that_is_not_there_is_refused(students_file: DatasetFile, table: Path) -> None:
    """With its path."""
    with pytest.raises(InvalidData, match=r"table\.csv: No such file"):
        load_dataset(students_file, table)


@pytest.mark.parametrize(
    ("target", "cells", "labels"),
    [
        (Target("passed", ("yes",), (), None), ["yes", " no ", "no", "yes"], [1, 0, 0, 1]),
        (Target("passed", ("A",), ("B", "C"), None), ["A", "B", "C", "A"], [1, 0, 0, 1]),
        (Target("passed", ("A", "B"), ("C",), None), ["A", "B", "C", "C"], [1, 1, 0, 0]),
        (Target("passed", ("A", "B"), (), None), ["C", "B", "C", "A"], [0, 1, 0, 1]),
        (Target("passed", (), (), 10), ["10", "9.5", "0", "20"], [1, 0, 0, 1]),
    ],
)
def test_the_target_says_who_is_positive(
    students_file: DatasetFile, table: Path, target: Target, cells: list[str], labels: list[int]
) -> None:
    """By a value, by lists of values, or from a number up."""
    table.write_text("study_hours,sleep_hours,passed\n" + "".join(f"1,1,{cell}\n" for cell in cells))

    assert load_dataset(replace(students_file, target=target), table).labels.tolist() == labels


@pytest.mark.parametrize(
    ("target", "cells", "detail"),
    [
        (Target("passed", ("yes",), (), None), ["yes", "no", "n/a", "no"], "name several as negative"),
        (Target("passed", ("yes",), (), None), ["yes", "no", "", "no"], 'must be "yes"'),
        (Target("passed", (), (), 10), ["10", "absent", "0", "20"], "must be a number"),
        (Target("passed", (), (), 10), ["10", "", "0", "20"], "is blank; must be a number"),
        (Target("passed", (), (), 10), ["10", "1e999", "0", "20"], "must be a number"),
    ],
)
def test_a_target_that_is_neither_is_a_fault(
    students_file: DatasetFile, table: Path, target: Target, cells: list[str], detail: str
) -> None:
    """A typing error must not become a fail."""
    table.write_text("study_hours,sleep_hours,passed\n" + "".join(f"1,1,{cell}\n" for cell in cells))

    with pytest.raises(InvalidData, match=rf"row \d, column 'passed': .*{detail}"):
        load_dataset(replace(students_file, target=target), table)


@pytest.mark.parametrize("encoding", ["klingon", "undefined", "utf\0-8"])
def test_an_encoding_that_is_not_known_is_named(students_file: DatasetFile, encoding: str) -> None:
    """The dataset file's fault, not the CSV's."""
    with pytest.raises(InvalidData, match="can't be read as encoding"):
        load_dataset(replace(students_file, encoding=encoding))


def test_rows_of_one_id_are_one_students(students_file: DatasetFile, table: Path) -> None:
    """Blanks around an id make no other student; a blank id is a fault."""
    named = replace(students_file, schema=replace(students_file.schema, id="name"))
    table.write_text("name,study_hours,sleep_hours,passed\na,1,1,0\na ,2,2,0\nb,3,3,1\n c,4,4,1\n")

    dataset = load_dataset(named, table)

    assert dataset.num_students == 3
    assert dataset.students.tolist() == [0, 0, 1, 2]
    table.write_text("name,study_hours,sleep_hours,passed\na,1,1,0\n ,2,2,0\n")
    with pytest.raises(InvalidData, match="row 2, column 'name': is blank; must name the student"):
        load_dataset(named, table)


def describe(folder: Path, keys: str, csv: str, encoding: str = "utf-8") -> DatasetFile:
    """A dataset file for a table with the columns `hours` (may be blank), `school` and `passed`."""
    (folder / "table.csv").write_text(csv, encoding=encoding)
    features = 'name = "hours"\nkind = "number"\nnullable = true\n[[features]]\nname = "school"\nkind = "category"'
    (folder / "table.toml").write_text(
        f'name = "t"\ndata = "table.csv"\n{keys}\n[target]\ncolumn = "passed"\npositive = "1"\nnegative = "0"\n'
        f'[[features]]\n{features}\nvocabulary = ["lyc\u00e9e", "B"]\n',
        encoding="utf-8",
    )
    return read_dataset_file(folder / "table.toml")


def test_columns_for_the_audit_become_groups(tmp_path: Path) -> None:
    """Values as they are, a blank one too; many numbers as ranges of about as many rows."""
    rows = "".join(f"1,B,{row % 2},{'' if row == 3 else 'FM'[row % 2]},{row + 10},{row % 3}\n" for row in range(12))

    dataset = load_dataset(
        describe(tmp_path, 'audit_only = ["sex", "age", "class"]', f"hours,school,passed,sex,age,class\n{rows}")
    )

    assert dataset.groups["sex"][:5] == ("F", "M", "F", "(blank)", "F")
    assert dataset.groups["age"] == ("10 to 12",) * 3 + ("13 to 15",) * 3 + ("16 to 18",) * 3 + ("19 to 21",) * 3
    assert dataset.groups["class"][:3] == ("0", "1", "2")
    assert dataset.schema.names == ("hours", "school")


def test_a_range_of_one_number_is_that_number(tmp_path: Path) -> None:
    """Half of the students are 15: no range is called "15 to 15"."""
    rows = "".join(f"1,B,{row % 2},{max(15, row)}\n" for row in range(28)) + "1,B,0,\n"

    dataset = load_dataset(describe(tmp_path, 'audit_only = ["age"]', f"hours,school,passed,age\n{rows}"))

    assert dataset.groups["age"] == ("15",) * 16 + ("16 to 20",) * 5 + ("21 to 27",) * 7 + ("(blank)",)


@pytest.mark.parametrize(
    ("cells", "names", "ranks"),
    [
        (["2024/25", "2023/24", "2024/25", "2009/10"], ("2009/10", "2023/24", "2024/25"), [2, 1, 2, 0]),
        (["Term 10", "term 9", "Term 2", "Term 2"], ("Term 2", "term 9", "Term 10"), [2, 1, 0, 0]),
        (["10", "9", "9.0", "-1"], ("-1", "9", "10"), [2, 1, 1, 0]),
        (["2024-10-01", "2024-09-30", "2025-01-01", "2024-09-30"], ("2024-09-30", "2024-10-01", "2025-01-01"), None),
    ],
)
def test_periods_are_in_order_of_time(
    tmp_path: Path, cells: list[str], names: tuple[str, ...], ranks: list[int] | None
) -> None:
    """Numbers by size; digits in text as numbers."""
    rows = "".join(f"1,B,{row % 2},{cell}\n" for row, cell in enumerate(cells))

    dataset = load_dataset(describe(tmp_path, 'time = "year"', f"hours,school,passed,year\n{rows}"))

    assert dataset.period_names == names
    assert dataset.periods is not None
    assert dataset.periods.tolist() == (ranks or [names.index(cell) for cell in cells])


def test_a_row_must_name_its_period(tmp_path: Path) -> None:
    """Else it could not be held out with the others of its time."""
    dataset_file = describe(tmp_path, 'time = "year"', "hours,school,passed,year\n1,B,1,2020\n1,B,0, \n")

    with pytest.raises(InvalidData, match="row 2, column 'year': is blank; must name the period"):
        load_dataset(dataset_file)


def test_an_earlier_mark_may_be_missing_but_is_a_number(tmp_path: Path) -> None:
    """It is what the network is held against, so that it is read apart from the features."""
    header = "hours,school,passed,before\n"

    dataset = load_dataset(
        describe(tmp_path, 'prior_mark = "before"', header + "1,B,1,12.5\n1,B,0,\n1,B,1,3\n1,B,0,0\n")
    )

    assert dataset.prior_mark is not None
    np.testing.assert_array_equal(dataset.prior_mark, [12.5, np.nan, 3, 0])
    with pytest.raises(InvalidData, match="row 2, column 'before': must be a number or blank"):
        load_dataset(describe(tmp_path, 'prior_mark = "before"', header + "1,B,1,12\n1,B,0,x\n"))


def test_an_earlier_mark_that_is_a_feature_is_read_as_that_is(tmp_path: Path) -> None:
    """With the suffixes and the words for no value that `init` has proposed, and its faults said once."""
    header = "hours,school,passed,before\n"
    feature = """prior_mark = "before"
[[features]]
name = "before"
kind = "number"
suffixes = ["*"]
missing = ["Abs"]
nullable = true"""

    dataset = load_dataset(describe(tmp_path, feature, header + "1,B,1,12.5*\n1,B,0,Abs\n1,B,1,3\n1,B,0,0\n"))

    assert dataset.prior_mark is not None
    np.testing.assert_array_equal(dataset.prior_mark, [12.5, np.nan, 3, 0])
    with pytest.raises(InvalidData) as raised:
        load_dataset(describe(tmp_path, feature, header + "1,B,1,Abs\n1,B,0,x\n"))
    assert [line.partition("row ")[2] for line in str(raised.value).splitlines()] == [
        "2, column 'before': must be a number, or null"
    ]


def test_marks_for_missing_are_read_as_blank(tmp_path: Path) -> None:
    """As the dataset file lists them, in every column."""
    csv = "hours,school,passed,sex\nNA,B,1,?\n 3 ,B,0,F\n1,B,1,F\n1,B,0, NA \n"

    dataset = load_dataset(describe(tmp_path, 'missing = ["NA", "?"]\naudit_only = ["sex"]', csv))

    assert np.isnan(dataset.matrix[0, 0])
    assert dataset.groups["sex"] == ("(blank)", "F", "F", "(blank)")


def test_rows_without_a_target_are_left_out_where_the_file_says_so(tmp_path: Path) -> None:
    """The others keep their numbers, in the result and in a report; a row that is cut short is still a fault."""
    keys = 'drop_rows_without_target = true\nmissing = ["NA"]'
    good = "hours,school,passed\n1,B,1\n2,B,\n3,B,0\n4,B,NA\n5,B,1\n6,B,0\n"

    dataset = load_dataset(describe(tmp_path, keys, good))

    assert dataset.rows.tolist() == [1, 3, 5, 6]
    assert dataset.num_left_out == 2
    assert dataset.matrix[:, 0].tolist() == [1, 3, 5, 6]
    with pytest.raises(InvalidData) as caught:
        load_dataset(describe(tmp_path, keys, good.replace("6,B", "6,C") + "7,B\n"))
    shown = [line.partition("table.csv:")[2] for line in str(caught.value).splitlines()]
    assert shown == [
        '7: row 6, column \'school\': must be one of "lyc\u00e9e", "B"',
        "8: row 7: has 2 cells where the header has 3",
    ]


def test_every_row_is_kept_and_numbered_by_default(students_file: DatasetFile) -> None:
    """From 1, as people count."""
    assert load_dataset(students_file).rows.tolist() == list(range(1, 16))


def test_accents_match_however_they_are_written(tmp_path: Path) -> None:
    """A table from macOS and a dataset file from elsewhere."""
    csv = "hours,school,passed\n1,lyce\u0301e,1\n1,lyc\u00e9e,0\n1,B,1\n1,B,0\n"

    assert load_dataset(describe(tmp_path, "", csv)).matrix[:, 1].tolist() == [0, 0, 1, 1]


def test_a_column_that_is_not_ignored_must_be_there(tmp_path: Path) -> None:
    """What is ignored may be missing, since nothing is read from it."""
    keys = 'ignore = ["x"]\naudit_only = ["sex"]\ntime = "year"\nprior_mark = "before"'

    with pytest.raises(InvalidData, match="no column 'year', 'before', 'sex'; the header has"):
        load_dataset(describe(tmp_path, keys, "hours,school,passed\n1,B,1\n1,B,0\n"))


@pytest.mark.parametrize(
    ("where", "keys"),
    [("elsewhere", 'audit_only = ["root"]'), ("by a link", 'audit_only = ["root"]'), ("beside it", "")],
)
def test_of_a_file_that_is_another_nothing_is_shown(tmp_path: Path, where: str, keys: str) -> None:
    """A dataset file can name any that its reader may read, and even know of its first line what is before a secret."""
    dataset_file = describe(tmp_path, f'delimiter = ":"\n{keys}', "root:$6$salt$hash:20000:0\ndaemon:*:20000:0\n")
    if where != "beside it":
        secret = tmp_path / "secret"
        secret.mkdir()
        dataset_file.data.rename(secret / "shadow")
        if where == "by a link":
            dataset_file.data.symlink_to(secret / "shadow")
        else:
            dataset_file = replace(dataset_file, data=secret / "shadow")

    with pytest.raises(InvalidData) as caught:
        load_dataset(dataset_file)

    columns = "'hours', 'school', 'passed'"
    assert str(caught.value) == f"{dataset_file.data}: no column {columns}; the header is taken to be line 1"


@pytest.mark.parametrize(("decimal", "other", "keys"), [(".", ",", ""), (",", ".", 'decimal = ","')])
def test_the_wrong_decimal_mark_is_told(tmp_path: Path, decimal: str, other: str, keys: str) -> None:
    """One line at the end, not for numbers that are wrong under either."""
    csv = f"hours;school;passed\n3{other}5;B;1\nx;B;0\n"

    with pytest.raises(InvalidData) as caught:
        load_dataset(describe(tmp_path, keys, csv))

    assert str(caught.value).splitlines()[2:] == [
        f'numbers are written there with "{other}": set decimal = "{other}" in the dataset file'
    ]
    with pytest.raises(InvalidData) as caught:
        load_dataset(describe(tmp_path, keys, csv.replace("3" + other, "x")))
    assert "decimal =" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252"])
def test_the_encoding_is_what_the_file_says(tmp_path: Path, encoding: str) -> None:
    """Its byte-order mark is no part of the first name."""
    csv = "hours,school,passed\n1,lyc\u00e9e,1\n1,B,0\n1,B,1\n1,B,0\n"

    dataset = load_dataset(describe(tmp_path, f'encoding = "{encoding}"', csv, encoding))

    assert dataset.matrix.tolist() == [[1, 0], [1, 1], [1, 1], [1, 1]]
