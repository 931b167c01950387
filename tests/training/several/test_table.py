"""One of several tables, in the process that trains on it."""

import shutil
from dataclasses import replace
from pathlib import Path

from registry.store.model_store import ModelStore
from tests.support.tables import write_small
from training.config import read_dataset_file
from training.several.table import TrainingTask, Verdict, train_table
from training.table.dataset import load_dataset


def test_a_try_that_published_and_could_not_say_so_is_not_done_again(school: Path, tmp_path: Path) -> None:
    """Its worker was killed just then. A version of an earlier run is not it; the same network is trained again."""
    models = shutil.copytree(school / "models", tmp_path / "models")
    dataset_file = read_dataset_file(school / "maths.toml")
    dataset = load_dataset(dataset_file)
    task = TrainingTask(dataset_file, dataset, "ensemble", str(models), 0, None, None, last=0)

    again = train_table(task)
    new = train_table(replace(task, last=1))

    store = ModelStore(models, "maths")
    assert isinstance(again, Verdict)
    assert (again.version, again.champion, again.is_new) == (1, True, True)
    assert isinstance(new, Verdict)
    assert (new.version, store.versions()) == (2, [1, 2])
    assert store.manifest(1).identity == store.manifest(2).identity


def test_without_the_key_that_is_to_sign_nothing_is_published(tmp_path: Path) -> None:
    """It does not travel; a worker that lacks it must not publish what nobody signed."""
    path = write_small(tmp_path, "maths")
    dataset_file = read_dataset_file(path)
    dataset = load_dataset(dataset_file)
    task = TrainingTask(dataset_file, dataset, "ensemble", str(tmp_path / "models"), 0, None, bytes(32), last=0)

    assert train_table(task) == (
        "SIGNING_KEY_FILE must name the same key where tables are trained as where the run is started"
    )
    assert not (tmp_path / "models").exists()
