"""What a spreadsheet program would take for a formula, in what is written for one."""

import csv
import os
import subprocess
import sys
from pathlib import Path

from tests.support import ROOT
from tests.support.scoring import score

FORMULA = "=cmd|' /C calc'!A1"


def test_no_row_is_broken_in_two(students: Path, tmp_path: Path) -> None:
    """By the end of a line that Python's writer does not take for one."""
    (tmp_path / "in.csv").write_bytes(b'study_hours,sleep_hours,note\n6,5,"a\rb"\n7,8,plain\nx,8,y\n')

    for output in ("1.csv", "2.csv"):
        source = "in.csv" if output == "1.csv" else "1.csv"
        if source == "1.csv":
            text = (tmp_path / source).read_bytes().replace(b"probability,label,decision,risk,risk_level", b"p,l,d,r,v")
            (tmp_path / source).write_bytes(text)
        done = score(students, tmp_path / source, "-o", tmp_path / output)
        assert done.returncode == (1 if source == "in.csv" else 0), done.stderr

    with (tmp_path / "2.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert [row[2] for row in rows] == ["note", "a\rb", "plain"]
    assert {len(row) for row in rows} == {13}


def test_a_terminal_is_sent_no_cell_that_it_would_obey(students: Path, tmp_path: Path) -> None:
    """What is piped is data, as it came."""
    (tmp_path / "in.csv").write_text('study_hours,sleep_hours,name\n6,5,"\x1b]0;PWNED\x07"\n')
    terminal, its_end = os.openpty()

    command = [sys.executable, "-m", "service", "score", str(tmp_path / "in.csv"), "-o", "-"]
    environ = os.environ | {"SERVICE_MODELS_DIR": str(students)}
    subprocess.run(command, cwd=ROOT, env=environ, stdout=its_end, stderr=subprocess.DEVNULL, check=True)
    os.close(its_end)
    shown = os.read(terminal, 10_000)
    os.close(terminal)

    assert b"\\u001b]0;PWNED\\u0007" in shown
    assert b"\x1b" not in shown


def test_a_file_for_a_spreadsheet_has_no_formula(students: Path, tmp_path: Path) -> None:
    """Header and cells where it is asked for; without, what is for programs is as it came."""
    quoted = FORMULA.replace('"', '""')
    (tmp_path / "in.csv").write_text(f"study_hours,sleep_hours,=name\n6,5,{quoted}\n+a,5,x\n5,5,-3.5\n")

    safe = score(students, tmp_path / "in.csv", "-o", tmp_path / "safe.csv", "--spreadsheet-safe")
    plain = score(students, tmp_path / "in.csv", "-o", tmp_path / "plain.csv")

    def third(name: str) -> list[str]:
        return [row[2] for row in csv.reader((tmp_path / name).read_text().splitlines())]

    assert (safe.returncode, plain.returncode) == (1, 1)
    assert third("safe.csv") == ["'=name", f"'{FORMULA}", "-3.5"]
    assert third("plain.csv") == ["=name", FORMULA, "-3.5"]
