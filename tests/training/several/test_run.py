"""Several tables in one run on this machine, as a user runs it."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from registry.store.model_store import ModelStore, Published
from tests.support import ROOT
from tests.support.http import eventually
from tests.support.processes import run
from tests.support.tables import write_small
from training.summary import summarise


def test_a_table_that_fails_is_named_and_the_others_go_on(school: Path) -> None:
    """A line of JSON for each, as it ends; 1 since not all are done."""
    code, lines, errors = json.loads((school / "said.json").read_text())

    told = {line["name"]: line for line in map(json.loads, lines)}
    assert code == 1
    assert [line["dataset"] for line in told.values() if "error" in line] == ["music.toml", "gone.toml"]
    assert told["music"]["error"] == "music.csv:3: row 2, column 'hours': must be a number"
    assert told["gone.toml"]["error"] == "gone.toml: No such file or directory"
    assert "error: music.toml: music.csv:3: row 2, column 'hours': must be a number\n" in errors
    assert "error: gone.toml: No such file or directory\n" in errors
    for name in ("art", "maths"):
        store = ModelStore(school / "models", name)
        told_of = {key: told[name][key] for key in ("version", "champion", "verdict", "is_new")}
        assert told_of == {"version": 1, "champion": True, "verdict": "insufficient_data", "is_new": True}
        assert told[name]["path"].endswith(f"/models/{name}/1")
        store.read(1)


def test_what_has_not_changed_is_passed_over(school: Path, tmp_path: Path) -> None:
    """By table, dataset file and seed; the verdicts stand in a table, in the order of the command line."""
    shutil.copytree(school, tmp_path / "school")
    write_small(tmp_path / "school", "maths", hours=5)

    named = ["maths.toml", "art.toml", "music.toml"]
    done = run("training", "run", *named, "--if-changed", "--jobs", "1", cwd=tmp_path / "school")

    assert done.returncode == 1
    rows = [line.split() for line in done.stdout.splitlines()]
    assert rows[0] == ["model", "version", "verdict", "log", "loss", "majority"]
    assert [(row[0], row[1], row[-1]) for row in rows[1:3]] == [("maths", "2", "champion"), ("art", "1", "champion")]
    assert rows[3][:2] == ["music", "failed"]
    assert done.stdout.splitlines()[-1] == "3 tables: 1 trained, 1 there already, 1 failed"
    assert ModelStore(tmp_path / "school/models", "art").versions() == [1]


def test_one_table_that_has_not_changed_is_passed_over(school: Path) -> None:
    """In a run of its own too, and without TensorFlow."""
    done = run("training", "run", "art.toml", "--if-changed", "--json", cwd=school)

    assert done.returncode == 0
    assert json.loads(done.stdout)["version"] == 1
    assert done.stderr == "version 1 of art was made from this table and dataset file; nothing to do\n"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["students", "notebook"], "students and notebook are both of the model 'pass_fail'"),
        (["students", "notebook", "--data", "x.csv"], "--data and --forecasts are for a run of one table"),
        (["--jobs", "2", "--forecasts", "x.csv"], "--data and --forecasts are for a run of one table"),
        (["--jobs", "2", "--cluster", "tcp://127.0.0.1:1"], "--jobs is for this machine"),
        (["--jobs", "0"], "0 is not in the range x>=1"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_trained(
    tmp_path: Path, arguments: list[str], why: str
) -> None:
    """With what to do."""
    done = run("training", "run", *arguments, cwd=tmp_path)

    assert done.returncode == 2
    assert why in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def replaced(tmp_path_factory: pytest.TempPathFactory, students: Path) -> tuple[Path, str]:
    """A store of the 15 students in which a run has put a table of one's own, and what it printed.

    The process that trained was killed once. Not to be written to.
    """
    folder = tmp_path_factory.mktemp("replaced")
    models = shutil.copytree(students, folder / "models")
    command = [sys.executable, "-m", "training", "run", str(write_small(folder, "pass_fail")), "--jobs", "1"]
    running = subprocess.Popen([*command, "--models", str(models)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    [process] = eventually(lambda: children(running.pid))
    eventually(lambda: loaded(process))
    os.kill(process, signal.SIGKILL)
    printed, _ = running.communicate()
    assert running.returncode == 0
    return models, printed


def loaded(process: int) -> bool:
    """Whether a process has TensorFlow, and so is at work."""
    return "tensorflow" in Path(f"/proc/{process}/maps").read_text()


def test_a_killed_process_costs_a_retry(replaced: tuple[Path, str]) -> None:
    """And nothing else: the table has one version, and nothing is left of the try that was killed."""
    models, printed = replaced

    assert printed.splitlines()[-1] == "1 tables: 1 trained"
    assert ModelStore(models, "pass_fail").versions() == [1, 2]
    assert list(models.glob("*/.staging*")) == []


def test_a_table_of_one_s_own_in_place_of_the_demonstration_is_said_first(replaced: tuple[Path, str]) -> None:
    """Who has tried the 15 students first has programs that send their features; so in the summary of a single run."""
    models, printed = replaced
    store = ModelStore(models, "pass_fail")

    champion = summarise(store.manifest(2), Published(2, store.where(2), True)).splitlines()
    challenger = summarise(store.manifest(2), Published(2, store.where(2), False)).splitlines()

    said = (
        "pass_fail: replaces the demonstration, version 1 of the 15 students, as champion; who asks the service must "
        "ask otherwise now: 'study_hours' is gone; 'sleep_hours' is gone; 'hours' is new; …"
    )
    assert printed.splitlines()[0] == champion[0] == said
    assert challenger[0] == champion[1]


def test_a_run_that_is_interrupted_leaves_nothing_at_work(tmp_path: Path) -> None:
    """No process and nothing half written; it says what is not done."""
    table = str(write_small(tmp_path, "art"))
    command = [sys.executable, "-m", "training", "run", table, "--jobs", "1", "--models", str(tmp_path / "models")]
    first = lambda: signal.signal(signal.SIGINT, signal.default_int_handler)  # noqa: E731
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, preexec_fn=first)
    [process] = eventually(lambda: children(running.pid))
    eventually(lambda: any(tmp_path.glob("models/*/.row_key")))

    running.send_signal(signal.SIGINT)
    printed, _ = running.communicate()

    assert running.returncode == 130
    assert printed.splitlines()[-1] == "1 tables: 1 not done"
    assert not Path(f"/proc/{process}").exists()
    assert list(tmp_path.glob("models/*/.staging*")) == []


def children(process: int) -> list[int]:
    """The processes that one has started."""
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
