"""A CSV to a matrix and labels, or every fault with its row and column."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from training.config import SHIPPED, DatasetFile, Target, read_dataset_file
from training.dataset import MAX_FAULTS, InvalidData, load_dataset


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
    assert [feature.observed for feature in dataset.schema.features] == [(1.0, 8.0), (3.0, 8.0)]
    assert dataset.sha256 == hashlib.sha256(students_file.data.read_bytes()).hexdigest()


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
        (b"PK\x03\x04\x14\x00", "an Excel workbook"),
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
        (Target("passed", "yes", (), None), ["yes", " no ", "no", "yes"], [1, 0, 0, 1]),
        (Target("passed", "A", ("B", "C"), None), ["A", "B", "C", "A"], [1, 0, 0, 1]),
        (Target("passed", None, (), 10), ["10", "9.5", "0", "20"], [1, 0, 0, 1]),
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
        (Target("passed", "yes", (), None), ["yes", "no", "n/a", "no"], "name several as negative"),
        (Target("passed", "yes", (), None), ["yes", "no", "", "no"], 'must be "yes"'),
        (Target("passed", None, (), 10), ["10", "absent", "0", "20"], "must be a number"),
        (Target("passed", None, (), 10), ["10", "", "0", "20"], "is blank; must be a number"),
        (Target("passed", None, (), 10), ["10", "1e999", "0", "20"], "must be a number"),
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
