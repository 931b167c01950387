"""`python -m service score` of several files, as a user runs it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT
from tests.support.cluster import cluster
from tests.support.http import eventually
from tests.support.scoring import score, start

HEADER = "study_hours,sleep_hours\n"


def write(folder: Path, *names: str, rows: str = "6,5\n1,8\n") -> None:
    """Write tables of the 15 students' features."""
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text(HEADER + rows)


def files(folder: Path) -> list[str]:
    """The names of the files in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_each_file_is_scored_as_it_is_alone(students: Path, tmp_path: Path) -> None:
    """Into a folder, which is made, under its own name; a pattern is expanded here where the shell has not."""
    write(tmp_path / "in", "a.csv", "b.csv", rows="6,5\n1,8\n")
    write(tmp_path / "in", "c.csv", rows="6,5\nx,8\n")
    alone = score(students, tmp_path / "in/a.csv", "-o", tmp_path / "alone.csv")

    done = score(students, tmp_path / "in/*.csv", "-o", tmp_path / "out")

    assert (alone.returncode, done.returncode) == (0, 1)
    names = [f"{name}{faults}.csv" for name in "abc" for faults in ("", ".faults")]
    assert files(tmp_path / "out") == sorted(names)
    for name in ("a.csv", "b.csv"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "alone.csv").read_bytes()
    said = sorted(done.stderr.splitlines())
    assert said[:2] == [f"{tmp_path}/in/{name}: version 1 scored 2 rows" for name in ("a.csv", "b.csv")]
    assert said[2].startswith(f"{tmp_path}/in/c.csv: version 1 scored 1 rows; 1 rows are at fault and left out: ")
    assert "study_hours" in (tmp_path / "out/c.faults.csv").read_text()


def test_beside_each_file_and_again_the_same(students: Path, tmp_path: Path) -> None:
    """What the first run has written is not scored by the second, and is replaced by the same."""
    write(tmp_path, "a.csv", "b.csv")

    first = score(students, tmp_path / "*.csv")
    written = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}
    again = score(students, *(tmp_path / name for name in written), "--jobs", "1")

    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert [*written] == sorted(
        f"{name}{end}" for name in "ab" for end in (".csv", ".scored.csv", ".scored.faults.csv")
    )
    assert {name: (tmp_path / name).read_bytes() for name in files(tmp_path)} == written


def test_a_file_that_fails_is_named_and_the_others_go_on(students: Path, tmp_path: Path) -> None:
    """What stood in its place stays."""
    write(tmp_path, "a.csv")
    (tmp_path / "b.csv").write_text("study_hours\n1\n")
    (tmp_path / "b.scored.csv").write_text("before")

    done = score(students, tmp_path / "b.csv", tmp_path / "none.csv", tmp_path / "a.csv")

    assert done.returncode == 1
    assert f"{tmp_path}/b.csv: error: these features must be columns of the header:" in done.stderr
    assert f"{tmp_path}/none.csv: error: {tmp_path}/none.csv: No such file or directory" in done.stderr
    assert f"{tmp_path}/a.csv: version 1 scored 2 rows" in done.stderr
    assert (tmp_path / "b.scored.csv").read_text() == "before"
    assert (tmp_path / "a.scored.csv").exists()
    assert not (tmp_path / "none.scored.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["1/a.csv", "2/a.csv", "-o", "out"], "1/a.csv, or it is read"),
        (["1/a.csv", "1/b.csv", "-o", "1"], "1/a.csv would be written to"),
        (["1/a.csv", "2/a.faults.csv", "-o", "out"], "2/a.faults.csv would be written to"),
        (["1/a.csv", "-", "-o", "out"], "stdin is no file among others"),
        (["1/x*.csv", "-o", "out"], "no file matches 1/x*.csv"),
        (["1/a.csv", "1/b.csv", "-o", "2/a.csv"], "is no folder to write several files to"),
        (["1/a.csv", "1/b.csv", "--faults", "x.csv"], "--faults is for one file"),
        (["1/a.csv", "--jobs", "2", "--cluster", "tcp://127.0.0.1:1"], "--jobs is for this machine"),
        (["1/a.csv", "", "-o", "out.csv"], "IN.csv: the name of a file is blank"),
        ([" ", "-o", "out.csv"], "IN.csv: the name of a file is blank"),
        (["1/a.csv", "-o", ""], "--output: the name of a file is blank"),
        (["1/a.csv", "1/b.csv", "-o", ""], "--output: the name of a file is blank"),
        (["1/a.csv", "-o", "out.csv", "--faults", ""], "--faults: the name of a file is blank"),
        (["1/a.csv"], "Missing option '-o' / '--output'."),
        ([], "Missing argument"),
    ],
)
def test_what_can_only_go_wrong_is_refused_and_nothing_written(
    students: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], why: str
) -> None:
    """Two files to one place, a file over one that is read: exit 2 and the reason."""
    write(tmp_path / "1", "a.csv", "b.csv")
    write(tmp_path / "2", "a.csv", "a.faults.csv")

    command = [sys.executable, "-m", "service", "score", *arguments]
    environ = os.environ | {"SERVICE_MODELS_DIR": str(students), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True)

    assert done.returncode == 2
    assert why in done.stderr
    assert files(tmp_path) == ["1", "2"]
    assert files(tmp_path / "1") == ["a.csv", "b.csv"]


def test_a_killed_process_costs_a_retry_and_leaves_nothing(students: Path, tmp_path: Path) -> None:
    """The file is whole, and nothing half written beside it."""
    write(tmp_path, "a.csv", "b.csv", rows="6,5\n" * 300_000)
    running = start(students, tmp_path / "a.csv", tmp_path / "b.csv", "-o", tmp_path / "out", "--jobs", "2")
    eventually(lambda: [part for part in tmp_path.glob("out/.*.part") if part.stat().st_size])
    first = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()[0]

    os.kill(int(first), signal.SIGKILL)
    running.communicate()

    assert running.returncode == 0
    assert files(tmp_path / "out") == ["a.csv", "a.faults.csv", "b.csv", "b.faults.csv"]
    for name in ("a.csv", "b.csv"):
        assert len((tmp_path / "out" / name).read_bytes().splitlines()) == 300_001


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_stopped_leaves_nothing_half_written(students: Path, tmp_path: Path, number: int) -> None:
    """Outputs take their names only at the end of each."""
    write(tmp_path, "a.csv", "b.csv", rows="6,5\n" * 2_000_000)
    running = start(students, tmp_path / "a.csv", tmp_path / "b.csv", "-o", tmp_path / "out", "--jobs", "2")
    eventually(lambda: [part for part in tmp_path.glob("out/.*.part") if part.stat().st_size])

    running.send_signal(number)
    running.communicate()

    assert running.returncode == 128 + number
    assert files(tmp_path / "out") == []


def test_a_cluster_scores_files_that_its_workers_see(students: Path, tmp_path: Path) -> None:
    """By the version and the settings of who asks, whatever the workers' own are."""
    write(tmp_path / "in", "a.csv", "b.csv")
    (tmp_path / "cluster").mkdir()
    with cluster(tmp_path / "cluster", 1, SERVICE_MODELS_DIR="/nowhere") as running:
        done = score(students, tmp_path / "in/*.csv", "-o", tmp_path / "out", "--cluster", running.address)

    assert done.returncode == 0, done.stderr
    assert files(tmp_path / "out") == ["a.csv", "a.faults.csv", "b.csv", "b.faults.csv"]
    assert len((tmp_path / "out/a.csv").read_text().splitlines()) == 3
