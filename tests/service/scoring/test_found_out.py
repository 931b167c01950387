"""`python -m service score`: how a table is written is found out, as `/score` finds it out."""

import codecs
from pathlib import Path

import pytest

from registry.contract.features import Category, FeatureSchema, Number
from registry.contract.table import choose_decimal
from tests.support.scoring import score, start

HEADER = "student;class;self;Study hours/week;Présence %;study hours-week;school;mood;remark"
ROW = "José;1;0,5;;90;1;Lycée;;été\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "cp1250", "mac-roman", "cp850"])
def test_what_the_page_takes_is_scored(odd: Path, tmp_path: Path, encoding: str) -> None:
    """Without a word on how it is written; the answer is written as the table was, with its mark and decimal comma."""
    (tmp_path / "in.csv").write_text(f"{HEADER}\n{ROW * 3}", encoding=encoding)

    done = score(odd, tmp_path / "in.csv", "-o", tmp_path / "out.csv", model="odd")

    assert (done.returncode, done.stderr) == (0, "version 1 scored 3 rows\n")
    written = (tmp_path / "out.csv").read_bytes()
    assert written.startswith(codecs.BOM_UTF8) == (encoding == "utf-8-sig")
    header, row, *_ = written.decode(encoding).splitlines()
    assert header == f"{HEADER};probability;label;decision;risk;risk_level"
    assert row.startswith(ROW.rstrip() + ";0,")


def test_a_stream_is_told_by_its_beginning(odd: Path) -> None:
    """It is not held up for its end: what comes later has to be in the same encoding."""
    table = f"{HEADER}\n{ROW}".encode("cp1252")

    out, said = start(odd, "-", "-o", "-", model="odd").communicate(table)
    _, refused = start(odd, "-", "-o", "-", model="odd").communicate(
        f"{HEADER}\n{ROW}".encode() + ROW.replace("é", "e").encode() * 5000 + ROW.encode("cp1252")
    )

    assert out.decode("cp1252").splitlines()[1].startswith(ROW.rstrip() + ";0,")
    assert said == b"version 1 scored 1 rows\n"
    assert b"--encoding says what it is in" in refused


def test_what_is_said_is_not_found_out(odd: Path, tmp_path: Path) -> None:
    """The wrong encoding is refused, and with the wrong decimal mark every row is at fault."""
    (tmp_path / "in.csv").write_text(f"{HEADER}\n{ROW}", encoding="cp1252")

    unread = score(odd, tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--encoding", "utf-8", model="odd")
    points = score(odd, tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--decimal", ".", model="odd")

    assert unread.returncode == 2
    assert "--encoding says what it is in" in unread.stderr
    assert points.returncode == 1
    assert "1 rows are at fault" in points.stderr


def test_what_is_at_fault_is_named_in_any_encoding(odd: Path, tmp_path: Path) -> None:
    """A value of the version's that the table's encoding lacks does not stop it."""
    (tmp_path / "in.csv").write_text(f"{HEADER}\n{ROW.replace('Lycée', 'Gymnázium')}", encoding="cp1250")

    done = score(odd, tmp_path / "in.csv", "-o", tmp_path / "out.csv", model="odd")

    assert done.returncode == 1
    assert "school" in (tmp_path / "out.faults.csv").read_text(encoding="cp1250")


@pytest.mark.parametrize(
    ("cells", "delimiter", "decimal"),
    [
        (["1,5", "2"], ",", ","),
        (["1.5", "2"], ";", "."),
        (["1", "2"], ";", ","),
        (["1", "2"], ",", "."),
        (["1,5", "2,5", "2.5"], ";", ","),
        (["1,5", "2.5", "3.5"], ";", "."),
        (["1,5", "2.5"], "\t", "."),
        ([], ";", ","),
    ],
)
def test_the_decimal_mark_is_the_one_with_fewer_rows_at_fault(cells: list[str], delimiter: str, decimal: str) -> None:
    """Where it is the same, the one that mostly goes with the delimiter."""
    schema = FeatureSchema((Number("mark"), Category("school", vocabulary=("a", "b"))))

    assert choose_decimal([[[cell, "a"] for cell in cells]], ["mark", "school"], schema, delimiter) == decimal


def test_a_file_is_read_on_to_where_its_decimal_mark_shows(students: Path, tmp_path: Path) -> None:
    """Behind whole numbers, however many; of a stream the beginning has to show it."""
    table = "study_hours;sleep_hours\n" + "6;5\n" * 20_000 + "6.5;5\n" * 2
    (tmp_path / "in.csv").write_text(table)

    done = score(students, tmp_path / "in.csv", "-o", tmp_path / "out.csv")
    _, said = start(students, "-", "-o", "-").communicate(table.encode())

    assert (done.returncode, done.stderr) == (0, "version 1 scored 20,002 rows\n")
    assert b"2 rows are at fault" in said


def test_a_table_of_thousands_alone_is_read_as_such() -> None:
    """In which nothing else tells the mark: 1.200 is no 1.2 where training had thousands and decimals in a column."""
    schema = FeatureSchema((Number("income", other_mark="thousands"),))

    assert choose_decimal([[["1.200"], ["2.300"]]], ["income"], schema, "\t") == ","
