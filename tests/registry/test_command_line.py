"""`python -m registry`, as an operator types it."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from registry.__main__ import describe_audit, main
from registry.store.model_store import MANIFEST, ModelStore
from tests.support import ROOT
from tests.support.processes import run


@pytest.fixture
def models(two_versions: Path, tmp_path: Path) -> Path:
    """A store with two versions, the second the champion; to be changed by the test."""
    shutil.copytree(two_versions, tmp_path / "models")
    return tmp_path / "models"


def test_the_operators_commands_do_what_they_say(models: Path) -> None:
    """One session: look, check, go back, promote again, tidy up."""
    listed = run("registry", "list", "--models", models)
    shown = run("registry", "show", "--models", models)
    document = json.loads(run("registry", "show", "1", "--json", "--models", models).stdout)
    verified = run("registry", "verify", "--models", models)
    back = run("registry", "rollback", "--models", models)
    refused = run("registry", "promote", "2", "--reason", "again", "--models", models)
    forced = run("registry", "promote", "2", "--force", "--reason", "again", "--models", models)
    pruned = run("registry", "prune", "--keep", "1", "--models", models)

    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["version", "1", "2"]
    assert "champion" in listed.stdout.splitlines()[2]
    assert "verdict: insufficient_data\n  - 15 students" in shown.stdout
    assert document["version"] == 1
    assert verified.stdout.count(": ok, ") == 2
    assert back.stdout == "version 1 is the champion again\n"
    assert (refused.returncode, forced.returncode) == (1, 0)
    assert "insufficient_data" in refused.stderr
    assert pruned.stdout == "removed: nothing\n"


def test_which_rows_look_odd_is_told_here_alone(models: Path) -> None:
    """Of the 15 students 10 and 12; who has the version without what is beside it learns how many there are."""
    shutil.copytree(models / "pass_fail/2", models.parent / "given/pass_fail/2")

    told = run("registry", "audit", "--models", models)
    given = run("registry", "audit", "2", "--models", models.parent / "given")

    assert told.stdout.splitlines() == [
        "pass_fail version 2: rows of student_hours.csv that look odd",
        "(row 1 is the first under the header)",
        "",
        "labels that look wrong, by confident learning on logistic regression, each student left out alone: 2",
        "  row 10: fail; P(pass) by others 0.97",
        "  row 12: pass; P(pass) by others 0.23",
        "rows with the same features but different labels: 0",
        "rows with the same features and the same label: 0",
    ]
    assert (given.returncode, given.stdout) == (1, "")
    assert given.stderr.startswith("error: which rows look odd is not known here: audits/2.json is not there")
    manifest = json.loads((models / "pass_fail/2" / MANIFEST).read_bytes())
    assert manifest["audit"]["num_suspect_labels"] == 2
    assert not {"suspect_labels", "duplicates", "contradictions"} & manifest["audit"].keys()


def test_a_label_that_a_pass_line_made_does_not_look_wrong(models: Path) -> None:
    """Of a mark there is nothing to mistype: the student surprises."""
    store = ModelStore(models, "pass_fail")
    manifest, found = store.manifest(2), store.audit(2)
    of_mark = {"column": "mark", "positive": [], "negative": [], "at_least": 10.0, "at_most": None}

    told = describe_audit(replace(manifest, training={**manifest.training, "target": of_mark}), found)

    assert "students who surprise, by confident learning" in told
    assert "wrong" not in told


def test_verify_fails_where_a_version_is_broken(models: Path) -> None:
    """The reason goes to stderr, the sound version is still checked."""
    (models / "pass_fail/1/saved_model.pb").write_bytes(b"")

    done = run("registry", "verify", "--models", models)

    assert done.returncode == 1
    assert "version 1: saved_model.pb differs" in done.stderr
    assert "version 2: ok" in done.stdout


def test_verify_fails_where_an_alias_names_nothing(models: Path) -> None:
    """The versions may be whole, and the service still has nothing to start with."""
    (models / "pass_fail/aliases.json").write_text('{"champion": 55}')

    done = run("registry", "verify", "--models", models)

    assert done.returncode == 1
    assert "no version 55, which the alias 'champion' names" in done.stderr


def test_a_list_says_what_is_gone_and_what_was_copied_in(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An alias may name what a sync left out; a version from elsewhere is nobody's champion until it is promoted."""
    store = models / "pass_fail"
    (store / "aliases.json").write_text('{"champion": 55}')
    manifest = json.loads((store / "2/assets.extra/manifest.json").read_text()) | {"version": 7}
    shutil.copytree(store / "2", store / "7")
    (store / "7/assets.extra/manifest.json").write_text(json.dumps(manifest))

    code = main(["list", "--models", str(models)])
    lines = capsys.readouterr().out.splitlines()

    assert code == 0
    assert [line.split()[0] for line in lines] == ["version", "1", "2", "7", "copied", "55"]
    assert lines[4].endswith("python -m registry promote --reason WHY 7")
    assert "gone, and still named champion" in lines[5]


@pytest.mark.parametrize("command", [["list"], ["verify"], ["rollback"], ["prune"]])
def test_a_model_that_is_not_there_is_named_and_not_made(tmp_path: Path, command: list[str]) -> None:
    """A misspelt name or folder is not an empty store."""
    done = run("registry", *command, "--models", tmp_path, "--name", "typo")

    assert done.returncode == 2
    assert f"no version of 'typo' is published in {tmp_path}" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_reader_that_has_seen_enough_is_no_error(students: Path) -> None:
    """`| head -1`, without a traceback."""
    command = f"{sys.executable} -m registry list --models {students} | true"

    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stderr == ""


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["promote", "1"],
        ["show", "99"],
        ["show", "nobody"],
        ["prune", "--keep", "-1"],
        ["dance"],
        ["list", "--name", "../other"],
    ],
)
def test_bad_usage_exits_2(students: Path, arguments: list[str]) -> None:
    """And says why on stderr."""
    done = run("registry", *arguments, *(["--models", str(students)] if arguments[1:] else []))

    assert done.returncode == 2
    assert done.stderr


def test_what_a_terminal_has_no_letters_for_is_spelt_out(models: Path) -> None:
    """As in Latin-1; nothing is left out, and no traceback comes of it."""
    manifest = models / "pass_fail/1" / MANIFEST
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"study_hours"', '"Ώρες"'), encoding="utf-8")

    shown = run("registry", "show", "1", "--json", "--models", models, PYTHONIOENCODING="latin-1")

    assert shown.returncode == 0, shown.stderr
    assert r"\u038f\u03c1\u03b5\u03c2" in shown.stdout


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    """In a line: paths are relative to it."""
    command = f"rmdir {tmp_path}; {sys.executable} -m registry list"
    environ = os.environ | {"PYTHONPATH": str(ROOT)}

    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("error: the folder that this was started in is gone")
    assert "Traceback" not in done.stderr


def test_what_is_closed_at_the_start_is_no_file_later(students: Path) -> None:
    """Else the first that is opened would be stderr, and what libraries say would be written to it."""
    program = """
import os
from registry.__main__ import main
code = main(["list", "--models", os.environ["MODELS"]])
os._exit(code if os.open(os.devnull, os.O_RDONLY) > 2 else 3)
"""
    command = 'exec "$0" -c "$1" 0<&- 1>&- 2>&-'
    environ = os.environ | {"MODELS": str(students)}

    done = subprocess.run(["bash", "-c", command, sys.executable, program], cwd=ROOT, env=environ, check=False)

    assert done.returncode == 0


def test_a_full_disk_is_said_in_a_line(models: Path) -> None:
    """Here no file may have a byte; what was there stays."""
    aliases = (models / "pass_fail/aliases.json").read_text()
    command = f"ulimit -f 0; {sys.executable} -m registry promote 1 --force --reason again --models {models}"

    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1
    assert (models / "pass_fail/aliases.json").read_text() == aliases
