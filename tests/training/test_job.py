"""The training job, run as a user runs it."""

import csv
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from registry.store.model_store import REPORT, ModelStore
from registry.store.signatures import TrustedKeys, make_key
from tests.support import ROOT
from tests.support.processes import run
from tests.support.stores import run_job, train
from tests.support.workbooks import book_of, to_bytes
from training.config import DEMONSTRATION, SHIPPED


def test_the_summary_says_what_how_good_and_where(tmp_path: Path) -> None:
    """In words and with intervals; stderr, a log here, stays quiet. What was forecast of whom is in the file named."""
    header, *rows = csv.reader((SHIPPED / DEMONSTRATION).read_text().splitlines())
    book = book_of({"9b": [header, *([float(hours) for hours in row[:2]] + row[2:] for row in rows)], "lists": [["a"]]})
    (tmp_path / "class.xlsx").write_bytes(to_bytes(book))
    data, forecasts = tmp_path / "class.xlsx", tmp_path / "forecasts.csv"

    done = run("training", "run", "--models", tmp_path, "--data", data, "--forecasts", forecasts)

    assert done.returncode == 0
    assert "of 2 sheets with cells '9b' was read; sheet in the dataset file names another" in done.stdout
    assert "15 students, 9 pass" in done.stdout
    for name in ("network", "majority", "logistic regression"):
        assert any(line.startswith(f"  {name} ") and "(0." in line for line in done.stdout.splitlines())
    assert "verdict: insufficient data" in done.stdout
    assert "Whom to help is not shown: of 15 students it would show single ones" in done.stdout
    assert f"version 1 (champion: the service uses it) in {tmp_path / 'pass_fail' / '1'}" in done.stdout
    assert done.stderr == ""
    with forecasts.open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header[:5] == ["row", "label", "network", "majority", "logistic_regression"]
    assert [row[:2] for row in rows[:3]] == [["1", "fail"], ["2", "fail"], ["3", "fail"]]
    assert len(rows) == 15


def test_a_terminal_sees_one_bar_over_all_steps_and_the_time_left(tmp_path: Path) -> None:
    """The same job with stderr on a terminal."""
    reader, writer = pty.openpty()
    termios.tcsetwinsize(writer, (24, 80))
    command = [sys.executable, "-m", "training", "run", "--models", str(tmp_path)]
    job = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=writer)
    os.close(writer)
    shown = b""
    try:
        while chunk := os.read(reader, 4096):
            shown += chunk
    except OSError:  # Linux says so when the other side is closed
        pass
    os.close(reader)

    assert job.wait() == 0
    bars = re.findall(r"\r([A-Za-z ]+): +(\d+)%.*?(\d\d:\d\d)<([\d:?]+)", shown.decode())
    steps, percentages = list(dict.fromkeys(step for step, *_ in bars)), [int(share) for _, share, *_ in bars]
    assert steps[:4] == ["starting", "reading the table", "starting TensorFlow", "choosing penalties"]
    assert steps[-2:] == ["exporting", "reporting"]
    assert percentages == sorted(percentages)
    assert percentages[-1] == 100
    assert shown.count(b"\n") == 1  # after the bar


@pytest.mark.long
def test_a_rerun_publishes_beside_and_the_same_seed_is_the_same_network(students_copy: Path) -> None:
    """Version 2 beside 1, champion now, of the same identity; another seed is another network."""
    store = ModelStore(students_copy, "pass_fail")

    again = train(students_copy)
    other = train(students_copy, "--seed", "1")

    assert again == {
        "version": 2,
        "path": str(store.path(2)),
        "champion": True,
        "verdict": "insufficient_data",
    }
    assert other["version"] == 3
    identities = [store.manifest(version).identity for version in (1, 2, 3)]
    assert identities[0] == identities[1] != identities[2]
    assert store.versions() == [1, 2, 3]


def test_if_none_does_nothing_where_the_champion_alone_is_gone(two_versions: Path, tmp_path: Path) -> None:
    """The service has the one before; it must start."""
    shutil.copytree(two_versions, tmp_path / "models")
    store = ModelStore(tmp_path / "models", "pass_fail")
    champion = store.resolve("champion")
    shutil.rmtree(store.path(champion))

    done = run("training", "run", "--if-none", "--models", tmp_path / "models")

    assert (done.returncode, store.versions()) == (0, [3 - champion])
    assert f"version {3 - champion} of pass_fail is there already" in done.stderr


def test_if_none_does_nothing_where_a_version_exists(students_copy: Path) -> None:
    """And does not wait for TensorFlow to say so."""
    done = run("training", "run", "--if-none", "--json", "--models", students_copy)

    assert done.returncode == 0
    assert json.loads(done.stdout)["version"] == 1
    assert "nothing to do" in done.stderr
    assert ModelStore(students_copy, "pass_fail").versions() == [1]


def test_a_csv_with_bad_rows_exits_2_and_publishes_nothing(tmp_path: Path) -> None:
    """File, row and column of every fault."""
    table = tmp_path / "bad.csv"
    table.write_text("study_hours,sleep_hours,passed\n1,5,0\n99,5,1\n1,,0\n4,4,maybe\n")

    done = run("training", "run", "--data", table, "--models", tmp_path / "models")

    assert done.returncode == 2
    assert f"{table}:3: row 2, column 'study_hours': must be a number from 0 to 24 hours per day" in done.stderr
    assert f"{table}:4: row 3, column 'sleep_hours': is blank" in done.stderr
    assert f"{table}:5: row 4, column 'passed'" in done.stderr
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "nowhere.toml"],
        ["run", "studnets"],
        ["run", "--data", "nowhere.csv"],
        ["run", "--seed", "x"],
        ["dance"],
        [],
    ],
)
def test_bad_usage_exits_2(tmp_path: Path, arguments: list[str]) -> None:
    """With a message, and nothing written."""
    done = run("training", *arguments, cwd=tmp_path)

    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_version_that_must_be_promoted_and_is_not_exits_3(students_copy: Path) -> None:
    """Published all the same, as the challenger: 60 students whose labels have nothing to do with their hours."""
    store = ModelStore(students_copy, "pass_fail")
    table = students_copy / "noise.csv"
    rows = [f"{study},{sleep},{(study * 7 + sleep * 3) % 2}" for study in range(10) for sleep in range(4, 10)]
    table.write_text("study_hours,sleep_hours,passed\n" + "\n".join(rows) + "\n")

    done = run_job("--data", table, "--require-promotion", "--json", "--models", students_copy)

    assert done.returncode == 3
    assert json.loads(done.stdout)["champion"] is False
    assert store.aliases() == {"champion": 1, "challenger": 2}


def test_a_store_that_cannot_be_written_exits_1(tmp_path: Path) -> None:
    """The operator's fault, not the data's."""
    (tmp_path / "models").write_text("a file")

    done = run("training", "run", "--models", tmp_path / "models")

    assert done.returncode == 1
    assert "models/pass_fail can't be read: Not a directory" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_version_is_signed_and_nobody_else_s_is_read(
    students_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the key of SIGNING_KEY_FILE, for who trusts it; a champion that is not signed is not even asked."""
    pem, line = make_key("training")
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "trusted").write_text(line)
    monkeypatch.setenv("SIGNING_KEY_FILE", str(tmp_path / "key.pem"))
    monkeypatch.setenv("SERVICE_TRUSTED_KEYS_FILE", str(tmp_path / "trusted"))

    assert train(students_copy)["version"] == 2

    store = ModelStore(students_copy, "pass_fail", trusted_keys=TrustedKeys.from_file(tmp_path / "trusted"))
    version = store.read(2)
    assert version.signed_by == "training"
    assert version.manifest.gate["champion"]["unreadable"].startswith("version 1: it is not signed")


@pytest.mark.parametrize(
    ("signing", "trusted", "said"),
    [
        ("nowhere", "", "the signing key can't be read: No such file"),
        ("trusted", "", "holds no Ed25519 private key"),
        ("key.pem", "trusted", "SERVICE_TRUSTED_KEYS_FILE does not trust what would be published"),
        ("", "trusted", "SERVICE_TRUSTED_KEYS_FILE does not trust what would be published"),
    ],
)
def test_a_version_that_nobody_would_take_is_not_trained(tmp_path: Path, signing: str, trusted: str, said: str) -> None:
    """The keys are looked at before anything else."""
    (tmp_path / "key.pem").write_bytes(make_key("training")[0])
    (tmp_path / "trusted").write_text(make_key("another")[1])
    key, keys = (str(tmp_path / name) if name else "" for name in (signing, trusted))

    done = run(
        *("training", "run", "--models", tmp_path / "models"),
        SIGNING_KEY_FILE=key,
        SERVICE_TRUSTED_KEYS_FILE=keys,
    )

    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "models").exists()


def test_another_csv_is_trained_with_the_same_dataset_file(tmp_path: Path) -> None:
    """`--data`: semicolons are seen by the header; 60 students are enough for a verdict."""
    table = tmp_path / "school.csv"
    rows = [f"{study};{sleep};{int(study + sleep / 4 > 5)}" for study in range(10) for sleep in range(4, 10)]
    table.write_text("study_hours;sleep_hours;passed\n" + "\n".join(rows) + "\n")

    result = train(tmp_path / "models", SHIPPED / "students.toml", "--data", table)

    manifest = ModelStore(tmp_path / "models", "pass_fail").manifest(1)
    assert result["verdict"] in ("promoted", "rejected")
    assert (manifest.training["data"], manifest.training["num_rows"]) == ("school.csv", 60)
    assert manifest.verdict == result["verdict"]
    assert str(tmp_path) not in json.dumps(manifest.to_dict())


@pytest.mark.long
def test_keras_settings_of_the_user_do_not_matter(tmp_path: Path) -> None:
    """Another backend, or another float, would fail in the middle."""
    (tmp_path / ".keras").mkdir()
    (tmp_path / ".keras/keras.json").write_text('{"floatx": "float64", "backend": "jax"}')

    done = run("training", "run", "--models", tmp_path / "models", HOME=str(tmp_path), KERAS_BACKEND="jax")

    assert done.returncode == 0, done.stderr


@pytest.mark.long
def test_the_notebook_is_published_as_it_was(tmp_path: Path) -> None:
    """What it printed beside what is served, its two layers, its unscaled inputs; champion where there is none."""
    done = run_job("notebook", "--models", tmp_path, "--seed", "20")

    assert done.returncode == 0, done.stderr
    assert "version 1 (champion: the service uses it)" in done.stdout
    begin, heads, printed, own, seeds, *_ = (re.split(" {2,}", line.strip()) for line in done.stdout.splitlines())
    assert begin == ["the notebook, answered:"]
    assert heads == ["test accuracy", "[2, 7]", "[6, 5]", "[4, 3]"]
    assert printed == ["the notebook printed", "0.60", "0.594 pass", "0.720 pass", "0.658 pass"]
    # The counts were measured once with Keras's own `fit`, a seed a time.
    assert own[:2] == ["this version, seed 20", "0.40"]
    assert seeds[:2] == ["24 seeds, 0 to 23", "0.40 for 2, 0.60 for 14 and 0.80 for 8"]
    assert [cell.partition(",")[0] for cell in seeds[2:]] == ["pass in 15", "pass in 22", "pass in 21"]
    assert "set no seed" in done.stdout

    import tensorflow as tf

    loaded = tf.saved_model.load(str(tmp_path / "pass_fail/1"))
    served = loaded.signatures["serving_default"](
        study_hours=tf.constant([2.0, 6.0, 4.0]), sleep_hours=tf.constant([7.0, 5.0, 3.0])
    )["probability"]
    manifest = ModelStore(tmp_path, "pass_fail").manifest(1)
    found = manifest.training["notebook"]
    assert own[2:] == [f"{answer:.3f} {'pass' if answer > 0.5 else 'fail'}" for answer in served.numpy()]
    assert found["own"]["probabilities"] == pytest.approx(served.numpy().tolist(), abs=1e-6)
    # What is published comes of Keras's `fit`, and the 24 of one fit for all: its seed gives the same in both.
    assert found["others"][20]["accuracy"] == found["own"]["accuracy"]
    assert found["others"][20]["probabilities"] == pytest.approx(found["own"]["probabilities"], abs=1e-4)
    assert sorted(tuple(variable.shape) for variable in loaded.variables) == [(1,), (2, 5), (5,), (5, 1)]
    assert manifest.training["recipe"] == "notebook"
    assert manifest.training["config"]["epochs"] == 200


@pytest.mark.long
def test_the_notebook_stands_beside_a_champion(tmp_path: Path, students: Path) -> None:
    """As challenger, whatever the champion's verdict; of another table it is not said that the notebook printed it."""
    shutil.copytree(students / "pass_fail", tmp_path / "pass_fail")
    rows = (SHIPPED / "student_hours.csv").read_text().splitlines()
    (tmp_path / "fewer.csv").write_text("\n".join(rows[:-1]) + "\n")

    result = train(tmp_path, "notebook")
    of_others = train(tmp_path, "notebook", "--data", tmp_path / "fewer.csv")

    assert (result["champion"], result["verdict"], result["version"]) == (False, "insufficient_data", 2)
    store = ModelStore(tmp_path, "pass_fail")
    assert store.aliases() == {"champion": 1, "challenger": of_others["version"]}
    manifest = store.manifest(2)
    assert manifest.gate["reasons"][-1] == (
        "it is published beside the champion, version 1, to be compared: this recipe replaces none"
    )
    report = (tmp_path / "pass_fail/2" / REPORT).read_text()
    assert report.index('id="notebook"') < report.index('id="why"')
    for text in ("0.594 pass", "0.40 for 2, 0.60 for 14 and 0.80 for 8", "set no seed", "what it printed is one draw"):
        assert text in report
    other_report = (tmp_path / "pass_fail/3" / REPORT).read_text()
    assert 'id="notebook"' in other_report
    assert "0.594" not in other_report
    assert store.manifest(3).training["notebook"]["printed"] is None


@pytest.mark.long
def test_the_notebook_may_be_told_to_be_promoted(tmp_path: Path, students: Path) -> None:
    """Then a run that leaves it a challenger ends with 3, as for any version that is not promoted."""
    shutil.copytree(students / "pass_fail", tmp_path / "pass_fail")

    done = run_job("notebook", "--models", tmp_path, "--json", "--require-promotion")

    assert done.returncode == 3
    assert json.loads(done.stdout)["champion"] is False
