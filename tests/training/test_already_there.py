"""Whether a run would make again what is there."""

from dataclasses import replace
from pathlib import Path

from registry.store.model_store import ModelStore
from training.already_there import is_made_from, recipe_digest, same_champion
from training.config import SHIPPED, read_dataset_file
from training.table.dataset import load_dataset


def test_a_champion_is_known_by_table_dataset_file_and_seed(students_copy: Path) -> None:
    """Each of them, and where the files lie is none of them; no other store's key tells the same."""
    store = ModelStore(students_copy, "pass_fail")
    manifest, key = store.manifest(1), store.row_key()
    dataset_file = read_dataset_file(SHIPPED / "students.toml")
    dataset = load_dataset(dataset_file)
    recipe = recipe_digest(replace(dataset_file, data=Path("moved.csv"), folder=Path("elsewhere")), "ensemble")
    other = replace(dataset_file, training=replace(dataset_file.training, epochs=99))

    assert same_champion(store, dataset, recipe, 0) == 1
    assert is_made_from(manifest, dataset, recipe, 0, key)
    assert not is_made_from(manifest, dataset, recipe, 1, key)
    assert not is_made_from(manifest, dataset, recipe_digest(other, "ensemble"), 0, key)
    assert not is_made_from(manifest, dataset, recipe_digest(dataset_file, "notebook"), 0, key)
    assert not is_made_from(manifest, replace(dataset, sha256="00" * 32), recipe, 0, key)
    assert not is_made_from(manifest, dataset, recipe, 0, bytes(32))


def test_where_nothing_is_or_it_cannot_be_read_a_run_has_something_to_do(students_copy: Path, tmp_path: Path) -> None:
    """An empty store is not even made."""
    dataset_file = read_dataset_file(SHIPPED / "students.toml")
    dataset, recipe = load_dataset(dataset_file), recipe_digest(dataset_file, "ensemble")
    (students_copy / "pass_fail/1/assets.extra/manifest.json").write_text("{")

    assert same_champion(ModelStore(students_copy, "pass_fail"), dataset, recipe, 0) is None
    assert same_champion(ModelStore(tmp_path / "none", "pass_fail"), dataset, recipe, 0) is None
    assert not (tmp_path / "none").exists()
