"""`--forecasts`: every student's out-of-fold forecasts, in a file that only its owner reads."""

import csv
import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from registry.contract.features import FeatureSchema
from tests.support import ROOT
from tests.support.processes import run
from tests.support.tables import made, planned
from training.config import TrainingConfig
from training.evaluation.cross_validation import Forecasts, HeldOut
from training.forecasts import write_forecasts


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_line_is_a_row_of_the_table(tmp_path: Path) -> None:
    """By its number there, though rows were left out; the mean over repeats, the fold of each, ids that stay text."""
    dataset = made(60, 5, signal=2)
    schema = FeatureSchema(dataset.schema.features, ("fail", "=pass"))
    ids = ("=cmd|' /C calc'!A1", "a\rb", *(f"Zoë {number}" for number in range(58)))
    plan = planned(replace(dataset, schema=schema, rows=np.arange(60) + 3, ids=ids), TrainingConfig())
    calibrated = np.stack([np.linspace(0, 1, 60), np.linspace(0, 0.5, 60)])
    held_out = HeldOut(Forecasts(calibrated, calibrated, None), {"majority": np.full((2, 60), 0.5)}, {})
    path = tmp_path / "out.csv"
    path.write_text("of another run")

    write_forecasts(path, plan, held_out)

    rows = read(path)
    assert list(rows[0]) == ["row", "id", "label", "network", "majority", "fold_1", "fold_2"]
    assert [int(row["row"]) for row in rows] == list(range(3, 63))
    assert [row["id"] for row in rows] == [f"'{ids[0]}", *ids[1:]]
    assert [row["label"] for row in rows] == [("fail", "'=pass")[label] for label in dataset.labels]
    assert [float(row["network"]) for row in rows] == pytest.approx(np.linspace(0, 0.75, 60), abs=1e-5)
    for number, folds in enumerate(plan.folds.repeats, 1):
        assert all(int(rows[row][f"fold_{number}"]) == at for at, fold in enumerate(folds, 1) for row in fold.test)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["out.csv"]


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("nowhere/out.csv", "No such file or directory"),
        ("folder", "is no file"),
        ("table.csv", "would replace what is trained on"),
        ("link.csv", "would replace what is trained on"),
        ("table.toml", "would replace what is trained on"),
        ("table.csv/out.csv", "Not a directory"),
        ("models/made/history.jsonl", "lies among the versions"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_before_training(tmp_path: Path, output: str, said: str) -> None:
    """Nor one that is read: nothing is trained, and all is as it was."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "table.csv").write_text("hours,passed\n1,0\n2,1\n3,0\n4,1\n")
    (tmp_path / "link.csv").symlink_to("table.csv")
    target = '[target]\ncolumn = "passed"\npositive = "1"\n[[features]]\nname = "hours"\nkind = "number"\n'
    (tmp_path / "table.toml").write_text(f'name = "made"\ndata = "table.csv"\n{target}')
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}

    done = run("training", "run", "table.toml", "--models", "models", "--forecasts", output, cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: --forecasts {output}: {said}")
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before
    assert not (tmp_path / "models").exists()


def test_the_forecasts_do_not_take_the_place_of_the_summary(tmp_path: Path) -> None:
    """Where stdout is a file, it would be replaced, and what is written to it afterwards lost."""
    models, output = str(tmp_path / "models"), tmp_path / "out.txt"
    with output.open("w") as stdout:
        command = [sys.executable, "-m", "training", "run", "--models", models, "--forecasts", "/dev/stdout"]
        done = subprocess.run(command, cwd=ROOT, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)

    assert done.returncode == 2
    assert "is where the summary goes" in done.stderr
