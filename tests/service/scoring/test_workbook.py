"""`python -m service score` of workbooks, whose answers are CSV."""

import csv
import subprocess
import sys
from pathlib import Path

from tests.support import ROOT
from tests.support.scoring import score
from tests.support.workbooks import book_of, german_class, to_bytes


def test_a_workbook_is_scored_to_csv_that_its_program_opens(students: Path, tmp_path: Path) -> None:
    """With a byte-order mark and points; faults by the row of the sheet. Also from a stream."""
    (tmp_path / "class.xlsx").write_bytes(german_class(bad=True))

    done = score(students, tmp_path / "class.xlsx", "-o", tmp_path / "out.csv")
    with (tmp_path / "class.xlsx").open("rb") as file:
        command = [sys.executable, "-m", "service", "score", "-", "-o", "-"]
        environ = {"SERVICE_MODELS_DIR": str(students)}
        piped = subprocess.run(command, cwd=ROOT, env=environ, stdin=file, capture_output=True, check=False)

    assert done.returncode == piped.returncode == 1
    assert done.stderr.startswith("version 1 scored 24 rows; ")
    content = (tmp_path / "out.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert piped.stdout == content
    rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    assert len(rows) == 24
    assert (rows[0]["Name"], rows[0]["study_hours"], rows[0]["Anwesen- heit"]) == ("Müller, Kind 0", "1.5", "85%")
    assert {row["label"] for row in rows} == {"pass", "fail"}
    with (tmp_path / "out.faults.csv").open(encoding="utf-8-sig", newline="") as table:
        assert [(row["row"], row["line"], row["column"]) for row in csv.DictReader(table)] == [
            *(("3", "7", "study_hours"), ("10", "14", "sleep_hours")),
            *(("16", "20", "study_hours"), ("21", "25", "study_hours")),
        ]


def test_a_sheet_is_named_or_the_summary_says_which_was_read(students: Path, tmp_path: Path) -> None:
    """What is written is never called a workbook; nor is anything written of one that can't be read."""
    header = ["study_hours", "sleep_hours"]
    (tmp_path / "class.xlsx").write_bytes(to_bytes(book_of({"9a": [header, [6, 5]], "9b": [header, [1, 8], [2, 8]]})))
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

    first = score(students, tmp_path / "class.xlsx", "-o", tmp_path / "out.csv")
    second = score(students, tmp_path / "class.xlsx", "-o", tmp_path / "out.csv", "--sheet", "9b")
    beside = score(students, str(tmp_path / "cl*.xlsx"))
    named = score(students, tmp_path / "class.xlsx", "-o", tmp_path / "out.xlsx")
    old = score(students, tmp_path / "old.xls", "-o", tmp_path / "old.csv")
    (tmp_path / "notes.xlsx").write_bytes(to_bytes(book_of({"notes": [["of whom"]], "9a": [header, [6, 5]]})))
    notes = score(students, tmp_path / "notes.xlsx", "-o", tmp_path / "notes.csv")

    assert first.stderr == ("version 1 scored 1 rows; of 2 sheets with cells '9a' was read; --sheet names another\n")
    assert notes.returncode == 2
    assert notes.stderr.endswith("; of 2 sheets with cells 'notes' was read; --sheet names another\n")
    assert second.stderr.startswith("version 1 scored 2 rows; of 2 sheets with cells '9b' was read")
    assert beside.returncode == 0, beside.stderr
    assert (tmp_path / "class.scored.csv").exists()
    assert (named.returncode, named.stderr) == (
        2,
        f"error: {tmp_path / 'out.xlsx'}: what is written is CSV, also where the table is a workbook\n",
    )
    assert old.returncode == 2
    assert "save it without as .xlsx, or as CSV" in old.stderr
    assert not (tmp_path / "old.csv").exists()
