"""`python -m service score`: a file in, the same with answers out, and what is at fault in a file of its own."""

import csv
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.support import ROOT
from tests.support.http import eventually
from tests.support.scoring import score, start


def read(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def test_a_file_gets_the_answers_of_the_service(
    odd: Path, odd_dataset: Path, odd_client: FlaskClient, tmp_path: Path, engine: str
) -> None:
    """The very file that was trained on: semicolons, decimal commas, a BOM, quotes, blanks, an id, the mark."""
    given = read(odd_dataset.parent / "odd.csv", ";")

    done = score(
        odd,
        odd_dataset.parent / "odd.csv",
        "-o",
        tmp_path / "out.csv",
        "--decimal",
        ",",
        model="odd",
        SERVICE_ENGINE=engine,
    )

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "version 1 scored 120 rows; 12 values are such as few or no students in training had\n"
    scored = read(tmp_path / "out.csv", ";")
    assert [*scored[0]] == [*given[0], "probability", "label", "decision", "risk", "risk_level"]
    for before, after in zip(given, scored, strict=True):
        assert {name: after[name] for name in before} == before
    instances = [
        {
            "class": row["class"],
            "self": float(row["self"].replace(",", ".")),
            "Study hours/week": float(row["Study hours/week"]) if row["Study hours/week"] else None,
            "Présence %": float(row["Présence %"].replace(",", ".")),
            "study hours-week": float(row["study hours-week"]),
            "school": row["school"],
            "mood": row["mood"] or None,
        }
        for row in given
    ]
    answer = odd_client.post("/predict", json={"instances": instances}).json
    assert answer is not None
    for row, prediction in zip(scored, answer["predictions"], strict=True):
        for number in ("probability", "risk"):
            assert float(row[number].replace(",", ".")) == pytest.approx(prediction[number], abs=1e-6)
        for text in ("label", "decision", "risk_level"):
            assert row[text] == prediction[text]


def test_rows_at_fault_are_named_and_the_others_go_on(students: Path, tmp_path: Path) -> None:
    """With number and line, in a file beside the output; after a run without faults none is in it."""
    rows = [f"{row % 24},7,s{row}" for row in range(3000)]
    rows[4] = "25,7,s4"
    rows[2000] = "1,7"
    rows[2999] = ',x,"two\nlines"'
    (tmp_path / "in.csv").write_text("study_hours,sleep_hours,name\n" + "\n".join(rows) + "\n")

    done = score(students, tmp_path / "in.csv", "-o", tmp_path / "out.csv")

    assert done.returncode == 1
    assert "scored 2,997 rows" in done.stderr
    assert f"3 rows are at fault and left out: {tmp_path / 'out.faults.csv'}" in done.stderr
    hours = "must be a number from 0 to 24 hours per day"
    assert [tuple(fault.values()) for fault in read(tmp_path / "out.faults.csv")] == [
        ("5", "6", "study_hours", hours),
        ("2001", "2002", "", "has 2 cells where the header has 3"),
        ("3000", "3001", "study_hours", hours),
        ("3000", "3001", "sleep_hours", hours),
    ]
    names = [row["name"] for row in read(tmp_path / "out.csv")]
    assert names == [f"s{row}" for row in range(3000) if row not in (4, 2000, 2999)]

    (tmp_path / "in.csv").write_text("study_hours,sleep_hours\n1,2\n")
    assert score(students, tmp_path / "in.csv", "-o", tmp_path / "out.csv").returncode == 0
    assert (tmp_path / "out.faults.csv").read_text() == "row,line,column,detail\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv", "out.faults.csv"]


def test_streams_are_scored_as_files_are(students: Path, tmp_path: Path) -> None:
    """From stdin to stdout; faults go to stderr, or to a file that is named."""
    table = b"study_hours,sleep_hours\n6,5\n6,x\n1,8\n"

    out, said = start(students, "-", "-o", "-").communicate(table)
    named, quiet = start(students, "-", "-o", "-", "--faults", tmp_path / "faults.csv").communicate(table)

    assert out == named
    assert out.decode().splitlines()[0] == "study_hours,sleep_hours,probability,label,decision,risk,risk_level"
    assert [line[:4] for line in out.decode().splitlines()[1:]] == ["6,5,", "1,8,"]
    assert "row 2, line 3, column 'sleep_hours': must be a number" in said.decode()
    assert "column" not in quiet.decode()
    assert len((tmp_path / "faults.csv").read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("table", "arguments", "why"),
    [
        ("study_hours,mark\n1,2\n", [], "sleep_hours: must be a number from 0 to 24 hours per day"),
        ("study_hours,sleep_hours,label\n1,2,x\n", [], "the table already has what is to be added: label"),
        ("study_hours,sleep_hours,risk\n1,2,x\n", [], "the table already has what is to be added: risk"),
        ("", [], "there is no header"),
        ('study_hours,sleep_hours\n1,"2\n', [], "not readable as CSV after row 0"),
        ("study_hours,sleep_hours\n1,2\n", ["--encoding", "ebcdic-500-x"], "unknown encoding"),
        ("study_hours,sleep_hours\n1,2\n", ["--encoding", "utf-16"], "--encoding says what it is in"),
        ("study_hours,sleep_hours\n1,2\n", ["--delimiter", ";;"], "delimiter"),
        ("study_hours,sleep_hours\n1,2\n", ["--faults", "/dev/null"], "is no file"),
        ("study_hours,sleep_hours\n1,2\n", ["--faults", "IN"], "takes another name"),
        ("study_hours,sleep_hours\n1,2\n", ["-o", "/"], "is no file"),
    ],
)
def test_a_table_that_cannot_be_scored_writes_nothing(
    students: Path, tmp_path: Path, table: str, arguments: list[str], why: str
) -> None:
    """Exit 2 with the reason in a line or two; what stood there before stays."""
    (tmp_path / "in.csv").write_text(table)
    (tmp_path / "out.csv").write_text("before")

    more = [str(tmp_path / "in.csv") if argument == "IN" else argument for argument in arguments]
    done = score(students, tmp_path / "in.csv", "-o", tmp_path / "out.csv", *more)

    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("error: ")
    assert why in done.stderr
    assert (tmp_path / "in.csv").read_text() == table
    assert (tmp_path / "out.csv").read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_file_can_take_its_own_place_and_a_link_stays_one(students: Path, tmp_path: Path) -> None:
    """What is read is read to its end before the output takes its name."""
    (tmp_path / "table.csv").write_text("study_hours,sleep_hours\n1,2\n")
    (tmp_path / "link.csv").symlink_to("table.csv")

    assert score(students, tmp_path / "table.csv", "-o", tmp_path / "link.csv").returncode == 0

    assert (tmp_path / "link.csv").is_symlink()
    assert [row["label"] for row in read(tmp_path / "table.csv")] == ["fail"]


def test_another_model_is_named_beside_the_file(odd: Path, tmp_path: Path) -> None:
    """Whatever the environment says; where that names several, one must be."""
    (tmp_path / "in.csv").write_text("study_hours,sleep_hours\n1,2\n")

    named = score(odd, tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--name", "odd")
    no_name = score(odd, tmp_path / "in.csv", "-o", tmp_path / "out.csv", model="", SERVICE_MODELS="o*")

    assert (named.returncode, no_name.returncode) == (2, 2)
    assert "Présence %" in named.stderr  # which this table does not have
    assert "name the model by --name" in no_name.stderr


def test_what_is_not_there_is_said(students: Path, tmp_path: Path) -> None:
    """No input, no folder for the output, no version."""
    (tmp_path / "in.csv").write_text("study_hours,sleep_hours\n1,2\n")

    nothing = score(students, tmp_path / "none.csv", "-o", tmp_path / "out.csv")
    nowhere = score(students, tmp_path / "in.csv", "-o", tmp_path / "none/out.csv")
    nobody = score(tmp_path, tmp_path / "in.csv", "-o", tmp_path / "out.csv")

    assert (nothing.returncode, nowhere.returncode, nobody.returncode) == (2, 2, 1)
    assert "none.csv: No such file" in nothing.stderr
    assert "none/out.csv: No such file" in nowhere.stderr
    assert "run the training job" in nobody.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_stopped_leaves_nothing_behind(students: Path, tmp_path: Path, number: int) -> None:
    """The output takes its name only at the end."""
    process = start(students, "-", "-o", tmp_path / "out.csv")
    assert process.stdin is not None
    process.stdin.write(b"study_hours,sleep_hours\n" + b"1,2\n" * 100_000)
    process.stdin.flush()
    eventually(lambda: any(path.stat().st_size for path in tmp_path.iterdir()))

    process.send_signal(number)
    process.communicate()

    assert process.returncode == 128 + number
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_has_enough_ends_it_quietly(students: Path) -> None:
    """As in `| head`."""
    table = "study_hours,sleep_hours\n" + "1,2\n" * 200_000
    command = f"{sys.executable} -m service score - -o - | head -n 1"
    environ = os.environ | {"SERVICE_MODELS_DIR": str(students)}

    done = subprocess.run(command, shell=True, cwd=ROOT, env=environ, input=table, capture_output=True, text=True)

    assert done.stdout == "study_hours,sleep_hours,probability,label,decision,risk,risk_level\n"
    assert done.stderr == ""


def test_memory_does_not_grow_with_the_file(students: Path, tmp_path: Path) -> None:
    """Only a few thousand rows are held at once, whole or at fault."""
    program = """
import resource, sys
from service.__main__ import main
sys.argv = ["service", "score", *sys.argv[1:]]
main()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
    peaks = []
    for num_rows in (20_000, 400_000):
        with (tmp_path / "in.csv").open("w") as file:
            file.write("study_hours,sleep_hours\n")
            file.writelines(f"{row % 29},5\n" for row in range(num_rows))
        command = [sys.executable, "-c", program, str(tmp_path / "in.csv"), "-o", str(tmp_path / "out.csv")]
        environ = os.environ | {"SERVICE_MODELS_DIR": str(students)}
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout))

    assert peaks[1] < peaks[0] + 20, f"MiB: {peaks}"
