"""What people read on a terminal, where names and cells come from outside: it never obeys them."""

import json
from pathlib import Path

import pytest

from registry.store.model_store import MANIFEST, ModelStore, Published
from registry.store.staging import digest
from tests.support.processes import run
from tests.support.scoring import score
from training.summary import summarise

# A colour, DEL, a control of eight bits (CSI), a right-to-left override, an end of line that few see.
NASTY = "\x1b[31m\x7f\x9b\u202e\u2028x"
IN_CELLS = "\x9b\u202e\u2028\u200b"  # what `init` takes for text


def shows(text: str) -> bool:
    """Whether each line is printable, and what does not show is there, escaped."""
    return is_printable(text) and "\\u" in text


def is_printable(text: str) -> bool:
    return all(line.isprintable() for line in text.split("\n"))


@pytest.fixture
def nasty(students_copy: Path) -> Path:
    """The 15 students' version as one whose units, label and reasons a terminal would obey."""
    path = students_copy / "pass_fail/1" / MANIFEST
    document = json.loads(path.read_bytes())
    document["gate"]["reasons"].append(f"because{NASTY}\nand so")
    document["labels"][0] = f"no{NASTY}"
    document["conformal"].pop("quantiles", None)
    document["conformal"].pop("coverage", None)
    for feature in document["schema"]["features"]:
        feature["unit"] = NASTY
    history = students_copy / "pass_fail/history.jsonl"
    before = digest(path.read_bytes()).sha256
    path.write_text(json.dumps(document))
    history.write_text(history.read_text().replace(before, digest(path.read_bytes()).sha256))  # as it was published
    return students_copy


def test_what_is_said_of_a_version_is_printable(nasty: Path) -> None:
    """Labels, units, reasons and aliases; what is not is escaped, also in JSON, and in the summary of a run."""
    aliases = nasty / "pass_fail/aliases.json"
    aliases.write_text(json.dumps(json.loads(aliases.read_text()) | {NASTY: 1, f"gone{NASTY}": 7}))
    store = ModelStore(nasty, "pass_fail")

    shown, document, listed, verified = (
        run("registry", *command, "--models", nasty) for command in (["show"], ["show", "--json"], ["list"], ["verify"])
    )
    said = summarise(store.manifest(1), Published(1, store.where(1), champion=True))

    assert shows(shown.stdout)
    assert "labels: no\\u001b[31m\\u007f\\u009b\\u202e\\u2028x / pass" in shown.stdout
    assert "x\\u000aand so\n" in shown.stdout
    assert shows(document.stdout)
    assert json.loads(document.stdout)["labels"][0] == f"no{NASTY}"
    assert shows(listed.stdout)
    assert (verified.returncode, shows(verified.stderr)) == (1, True)
    assert shows(said)


def test_what_init_says_and_writes_is_printable(tmp_path: Path) -> None:
    """The summary, the questions and every line of the dataset file; and the errors of both commands."""
    rows = [f"{row % 7},{'ab'[row % 2]}{IN_CELLS},{'yes' if row % 3 else 'no'}" for row in range(60)]
    (tmp_path / "t.csv").write_text("\n".join([f"hours{IN_CELLS},mood{IN_CELLS},passed", *rows]), newline="\n")
    (tmp_path / "bad.toml").write_text(f"name = 1\n{json.dumps(NASTY)} = 1\n")

    done = run("training", "init", tmp_path / "t.csv", "--target", "passed", "-o", tmp_path / "t.toml")
    refused = run("training", "init", tmp_path / "t.csv", "--target", NASTY, "-o", "-")
    no_file = run("training", "init", tmp_path / NASTY[:4], "-o", "-")
    bad = run("training", "run", tmp_path / "bad.toml")

    assert done.returncode == 0, done.stderr
    assert shows(done.stdout)
    assert shows((tmp_path / "t.toml").read_text(encoding="utf-8"))
    for each in (refused, no_file, bad):
        assert (each.returncode, shows(each.stderr)) == (2, True)


def test_faults_and_bad_usage_are_printable(nasty: Path) -> None:
    """What `score` says on stderr, and what click says of arguments; what it writes is data, as it came."""
    (nasty / "in.csv").write_text(f"study_hours,sleep_hours,name\nx,5,\n6,5,a{NASTY}\n", newline="")

    scored = score(nasty, nasty / "in.csv", "-o", "-")
    no_file = score(nasty, nasty / NASTY, "-o", "-")
    usages = [run("registry", *arguments) for arguments in ([NASTY], ["show", "1", NASTY], ["prune", "--keep", NASTY])]

    assert (scored.returncode, shows(scored.stderr)) == (1, True)
    assert f"a{NASTY}" in scored.stdout
    assert (no_file.returncode, shows(no_file.stderr)) == (2, True)
    for usage in usages:
        assert (usage.returncode, is_printable(usage.stderr)) == (2, True)
