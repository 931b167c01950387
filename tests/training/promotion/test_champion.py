"""Refreshes with real data in a real store: the candidate is held against the champion, fairly."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from registry.store.model_store import CHAMPION, MANIFEST, ModelStore
from tests.support.processes import run
from tests.support.stores import run_job
from training import job
from training.config import read_dataset_file
from training.network.recipes import Ensemble
from training.promotion.champion import at_size, trained_config
from training.table.dataset import load_dataset

pytestmark = pytest.mark.long  # a whole job each
DATASET = """
name = "pass_fail"
data = "table.csv"
audit_only = ["school"]

[target]
column = "passed"
positive = "yes"
negative = "no"

[[features]]
name = "hours"
kind = "number"
monotone = "increasing"

[[features]]
name = "absences"
kind = "number"

[training]
epochs = 40
members = 3
"""


def write_table(
    folder: Path, *, seed: int, num_rows: int = 200, noise: float = 1, shuffled: bool = False, dataset: str = DATASET
) -> Path:
    """A table in which hours help and absences harm, and its dataset file."""
    generator = np.random.default_rng(seed)
    hours, absences = generator.uniform(0, 20, num_rows).round(6), generator.poisson(4, num_rows)
    passed = np.where(hours / 3 - absences + noise * generator.logistic(size=num_rows) > 0, "yes", "no")
    if shuffled:
        passed = generator.permutation(passed)
    schools = np.where(np.arange(num_rows) % 2, "north", "south")
    lines = [",".join(map(str, row)) for row in zip(hours, absences, schools, passed, strict=True)]
    folder.mkdir(exist_ok=True)
    (folder / "table.csv").write_text("\n".join(["hours,absences,school,passed", *lines]) + "\n")
    (folder / "dataset.toml").write_text(dataset)
    return folder / "dataset.toml"


def train(models: Path, dataset: Path, seed: int = 0) -> dict[str, Any]:
    """The whole job, in this process, which has loaded TensorFlow already."""
    dataset_file = read_dataset_file(dataset)
    outcome = job.run(dataset_file, load_dataset(dataset_file), ModelStore(models, "pass_fail"), seed, Ensemble())
    return {"verdict": outcome.manifest.verdict, "champion": outcome.published.champion}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A store with a promoted version 1, and its dataset file."""
    folder = tmp_path_factory.mktemp("school")
    dataset = write_table(folder, seed=1)
    assert train(folder / "models", dataset)["verdict"] == "promoted"
    return folder / "models", dataset


@pytest.fixture
def store(trained: tuple[Path, Path], tmp_path: Path) -> ModelStore:
    """A copy of that store, to be changed by the test."""
    shutil.copytree(trained[0], tmp_path / "models")
    return ModelStore(tmp_path / "models", "pass_fail")


def gate(store: ModelStore, version: int) -> dict[str, Any]:
    return dict(store.manifest(version).gate)


def test_new_students_are_answered_by_both(store: ModelStore, tmp_path: Path) -> None:
    """A new year's 200: the recipe trained anew, and the champion's answers on rows that it has not seen.

    And help for 20 of 100, where before nobody had chosen.
    """
    dataset = write_table(tmp_path / "new", seed=2, dataset=f"{DATASET}[decision]\nhelp = 0.2\n")

    result = train(store.folder.parent, dataset)

    held = gate(store, 2)["champion"]
    assert (result["verdict"], store.aliases()[CHAMPION]) == ("promoted", 2)
    assert held["version"] == 1
    assert held["served"]["num_rows"] == 200
    assert abs(held["served"]["difference"]["value"]) < 0.1
    assert abs(held["recipe"]["difference"]["value"]) < 0.02
    assert {entry["group"] for entry in held["recipe"]["groups"]} == {"north", "south"}
    shown = run("registry", "show", "2", "--models", store.folder.parent).stdout
    for reason in gate(store, 2)["reasons"]:
        assert reason in shown
    assert "on 200 rows that it has not seen" in shown
    # The threshold is another: it is told, and speaks against nothing.
    before, now = store.manifest(1), store.manifest(2)
    assert (before.threshold, before.decision and before.decision["rule"]) == (0.5, "default")
    assert now.decision is not None
    assert (now.decision["rule"], now.decision["given"]) == ("help", 0.2)
    assert now.decision["threshold"]["value"] == now.threshold
    assert now.decision["threshold"]["low"] < now.threshold < now.decision["threshold"]["high"]
    assert "the champion, version 1, above 0.5: of the same students fewer are called 'fail'" in now.gate["reasons"][-1]
    assert f"positive above {now.threshold_in_words}" in shown
    of_former = run("registry", "show", "1", "--models", store.folder.parent).stdout
    assert f"version 2, has another threshold: positive above {now.threshold_in_words}" in of_former
    assert now.conformal is not None
    assert now.conformal["quantiles"]["fail"] >= now.threshold >= 1 - now.conformal["quantiles"]["pass"] - 1e-9


def test_rows_that_were_trained_on_are_known_again(store: ModelStore, trained: tuple[Path, Path]) -> None:
    """The same table again leaves nothing to try the champion's answers on."""
    train(store.folder.parent, trained[1], seed=3)

    assert gate(store, 2)["champion"]["served"] == {
        "num_rows": 0,
        "left_out": "under 50 rows that it has not seen",
    }


def test_without_its_key_nothing_is_taken_for_unseen(store: ModelStore, trained: tuple[Path, Path]) -> None:
    """A lost key would make every row look new, and the champion look as good as it is on its own rows."""
    (store.folder / ".row_key").unlink()

    train(store.folder.parent, trained[1])

    assert "key is another" in gate(store, 2)["champion"]["served"]["left_out"]


def test_what_is_too_good_to_be_true_waits_for_a_person(store: ModelStore, tmp_path: Path) -> None:
    """Two columns that tell everybody apart: rejected with their names, until somebody says that it is right."""
    dataset = write_table(tmp_path / "new", seed=2, noise=0)

    result = train(store.folder.parent, dataset)

    assert (result["verdict"], result["champion"]) == ("rejected", False)
    assert gate(store, 2)["failed"] == ["too_good"]
    assert "what is known only afterwards? first of what it goes by: 'hours', 'abs" in gate(store, 2)["reasons"][0]
    assert "it is too good to be true" in gate(store, 2)["advice"]["headline"]
    assert "'hours' / 'absences' alone orders the labels" in str(gate(store, 2)["advice"]["reasons"])
    promote = ("registry", "promote", "2", "--reason", "both are known before", "--models", store.folder.parent)
    assert run(*promote).returncode != 0
    assert run(*promote, "--force").returncode == 0
    assert store.aliases()[CHAMPION] == 2


def test_shuffled_labels_are_rejected(store: ModelStore, tmp_path: Path) -> None:
    """Nothing can be learned from them: the champion stays, and the summary says why."""
    dataset = write_table(tmp_path / "new", seed=1, shuffled=True)

    done = run_job(dataset, "--models", store.folder.parent)

    assert done.returncode == 0, done.stderr
    assert "verdict: rejected" in done.stdout
    assert "is not shown to be below majority's" in done.stdout
    assert store.aliases() == {"champion": 1, "challenger": 2}


def test_another_schema_never_replaces_a_promoted_champion(store: ModelStore, tmp_path: Path) -> None:
    """Clients send what the champion takes; an operator decides."""
    changed = DATASET.replace('name = "absences"\nkind = "number"', 'name = "absences"\nkind = "number"\nmaximum = 99')
    dataset = write_table(tmp_path / "new", seed=2, dataset=changed)

    result = train(store.folder.parent, dataset)

    assert (result["verdict"], result["champion"]) == ("rejected", False)
    assert "'absences': maximum was None, is 99.0" in gate(store, 2)["reasons"][0]
    assert run("registry", "promote", "2", "--reason", "x", "--models", store.folder.parent).returncode == 1


def test_another_target_is_another_schema(store: ModelStore, tmp_path: Path) -> None:
    """The same inputs, but what a pass is has changed."""
    dataset = write_table(
        tmp_path / "new", seed=2, dataset=DATASET.replace('"yes"', '"no"', 1).replace('= "no"\n\n', '= "yes"\n\n')
    )

    assert train(store.folder.parent, dataset)["verdict"] == "rejected"

    assert any("target positive was 'yes', is 'no'" in reason for reason in gate(store, 2)["reasons"])


def test_too_few_students_never_replace_a_promoted_champion(store: ModelStore, tmp_path: Path) -> None:
    """Published, and that is all."""
    result = train(store.folder.parent, write_table(tmp_path / "new", seed=2, num_rows=30))

    assert (result["verdict"], result["champion"]) == ("insufficient_data", False)
    assert store.aliases()[CHAMPION] == 1


def test_a_schools_first_own_table_replaces_the_demonstration(students_copy: Path, tmp_path: Path) -> None:
    """Too few students themselves, and other features than the 15."""
    result = train(students_copy, write_table(tmp_path / "new", seed=2, num_rows=30))

    assert (result["verdict"], result["champion"]) == ("insufficient_data", True)


def test_a_champion_whose_files_are_broken_is_known_by_its_recipe(store: ModelStore, tmp_path: Path) -> None:
    """It can't answer, but what it was trained with can be tried."""
    (store.path(1) / "saved_model.pb").write_bytes(b"")

    result = train(store.folder.parent, write_table(tmp_path / "new", seed=2))

    assert (result["verdict"], result["champion"]) == ("promoted", True)
    assert "differs from its digest" in gate(store, 2)["champion"]["served"]["left_out"]


def test_a_promoted_champion_whose_manifest_is_broken_stays(store: ModelStore, tmp_path: Path) -> None:
    """Perhaps only for a moment; that it was promoted is in the history."""
    (store.path(1) / MANIFEST).write_bytes(b"{")

    result = train(store.folder.parent, write_table(tmp_path / "new", seed=2))

    assert (result["verdict"], result["champion"]) == ("rejected", False)
    assert "could not be compared with the champion's, version 1" in gate(store, 2)["reasons"][0]


def test_a_recipe_that_does_not_stay_finite_stops_nobody(store: ModelStore, tmp_path: Path) -> None:
    """Unscaled inputs and a rate far too high train nothing on a table of larger numbers."""
    wild = DATASET.replace(
        "[training]", '[training]\noptimizer = "sgd"\nlearning_rate = 9\nscale_inputs = false\nl2 = 1'
    )
    config = read_dataset_file(write_table(tmp_path / "wild", seed=1, dataset=wild)).training
    rewrite_manifest(store, lambda training: training["config"].update(asdict(config), skip_l2=0.1))

    result = train(store.folder.parent, write_table(tmp_path / "new", seed=2))

    assert result["verdict"] == "promoted"
    assert gate(store, 2)["champion"]["recipe"] == {"left_out": "it does not stay finite on this table"}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda training: training["config"].update(dropout=0.5), "dropout"),
        (lambda training: training["config"].pop("skip"), "it does not say skip"),
        (lambda training: training.pop("config"), "there is none"),
    ],
)
def test_a_recipe_that_is_not_known_is_not_guessed(
    store: ModelStore, tmp_path: Path, change: Callable[[dict[str, Any]], object], why: str
) -> None:
    """A champion of another release: it stays, until an operator says otherwise."""
    rewrite_manifest(store, change)

    result = train(store.folder.parent, write_table(tmp_path / "new", seed=2))

    assert (result["verdict"], result["champion"]) == ("rejected", False)
    assert "its recipe can't be trained by this program" in gate(store, 2)["reasons"][0]
    assert why in gate(store, 2)["reasons"][0]


def test_penalties_that_were_chosen_fall_with_the_rows(store: ModelStore) -> None:
    """What was chosen on 60 rows would be far too strong on 1,500; what the dataset file set stays."""
    manifest = store.manifest(1)
    config = trained_config(manifest)
    set_by_hand = replace(manifest, training={**manifest.training, "chosen": ["skip_l2"]})

    scaled, half_scaled = (at_size(config, which, 200, 1600) for which in (manifest, set_by_hand))

    assert config.l2 is not None
    assert config.skip_l2 is not None
    assert (scaled.l2, scaled.skip_l2) == (config.l2 / 8, config.skip_l2 / 8)
    assert (half_scaled.l2, half_scaled.skip_l2) == (config.l2, config.skip_l2 / 8)


def rewrite_manifest(store: ModelStore, change: Callable[[dict[str, Any]], object]) -> None:
    """Change what version 1 says of its training, as if it had been published so."""
    path = store.path(1) / MANIFEST
    document = json.loads(path.read_bytes())
    change(document["training"])
    path.write_text(json.dumps(document))
    history = store.folder / "history.jsonl"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    events = [json.loads(line) for line in history.read_text().splitlines()]
    history.write_text(
        "".join(
            json.dumps(event | ({"manifest_sha256": digest} if event["event"] == "publish" else {})) + "\n"
            for event in events
        )
    )
