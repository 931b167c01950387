"""Cross-validation: nobody is scored by a network that has seen them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from registry.features import FeatureSchema, FeatureSpec
from training.config import SHIPPED, TrainingConfig, read_dataset_file
from training.dataset import Dataset, InvalidData, load_dataset
from training.evaluation import evaluate, plan_members, split
from training.network import train_members

CONFIG = TrainingConfig(hidden_units=(8,), members=2)


@pytest.fixture(scope="module")
def students_table() -> Dataset:
    """The 15 students."""
    return load_dataset(read_dataset_file(SHIPPED / "students.toml"))


def make(num_rows: int, seed: int, *, signal: float, rows_each: int = 1) -> Dataset:
    """A table of three numbers, the first of which tells the label as well as the signal is strong."""
    generator = np.random.default_rng(seed)
    matrix = generator.normal(size=(num_rows, 3)).astype(np.float32)
    labels = (signal * matrix[:, 0] + generator.logistic(size=num_rows) > 0).astype(int)
    schema = FeatureSchema(tuple(FeatureSpec(name, "number") for name in "abc"))
    return Dataset("made", schema, matrix, labels, np.arange(num_rows) // rows_each, "", "made.csv")


def run(dataset: Dataset, config: TrainingConfig = CONFIG) -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    folds = split(dataset, seed=0)
    plans = plan_members(folds, len(dataset.labels), config, seed=0)
    members = train_members(dataset.matrix, dataset.labels, plans, dataset.schema, config, seed=0)
    return evaluate(dataset, folds, members, config, 0.5, seed=0)


def test_every_student_is_held_out_once_a_repeat(students_table: Dataset) -> None:
    """15 rows: five folds, ten repeats, both labels in each training part."""
    folds = split(students_table, seed=0)

    assert [len(repeat) for repeat in folds.repeats] == [5] * 10
    for repeat in folds.repeats:
        assert sorted(np.concatenate([fold.test for fold in repeat])) == list(range(15))
        for fold in repeat:
            assert set(fold.train).isdisjoint(fold.test)
            assert set(students_table.labels[fold.train]) == {0, 1}


def test_a_member_trains_on_its_folds_training_rows_only(students_table: Dataset) -> None:
    """The plan is what keeps the held-out rows out, of the scaling too."""
    folds = split(students_table, seed=0)

    plans = plan_members(folds, 15, CONFIG, seed=0)

    assert len(plans) == 5 * 10 * CONFIG.members
    for number, fold in enumerate(folds.each):
        for plan in plans[number * CONFIG.members : (number + 1) * CONFIG.members]:
            assert np.flatnonzero(plan.rows).tolist() == fold.train.tolist()


def test_rows_of_one_student_stay_together() -> None:
    """With an id declared, no student is in the training and the test part of a fold."""
    dataset = make(60, 1, signal=1, rows_each=4)

    for fold in split(dataset, seed=0).each:
        assert set(dataset.students[fold.train]).isdisjoint(dataset.students[fold.test])


def test_labels_without_signal_are_not_learned() -> None:
    """The whole point of holding out: pure noise must score no better than the majority."""
    evaluation = run(make(200, 5, signal=0))

    assert evaluation["model"]["log_loss"]["value"] > evaluation["baselines"]["majority"]["log_loss"]["value"]
    assert 0.35 < evaluation["model"]["roc_auc"]["value"] < 0.62


def test_a_strong_signal_is_found() -> None:
    """And is near what logistic regression finds, which is right by construction here."""
    evaluation = run(make(300, 5, signal=4))

    network, logistic = evaluation["model"], evaluation["baselines"]["logistic_regression"]
    assert network["roc_auc"]["value"] > 0.93
    assert network["log_loss"]["value"] < logistic["log_loss"]["value"] + 0.05


def test_the_evaluation_says_how_it_was_made(students_table: Dataset) -> None:
    """Protocol, and a majority that ranks nobody."""
    evaluation = run(students_table)

    assert evaluation["protocol"]["folds"] == 5
    assert evaluation["protocol"]["repeats"] == 10
    assert evaluation["baselines"]["majority"]["roc_auc"]["value"] == 0.5
    assert evaluation["baselines"]["majority"]["accuracy"]["value"] == pytest.approx(9 / 15)


def test_nulls_and_categories_are_in_the_baseline_too(odd_dataset: Path) -> None:
    """Logistic regression sees the same columns, prepared inside its folds."""
    evaluation = run(load_dataset(read_dataset_file(odd_dataset)), replace(CONFIG, epochs=30))

    majority = evaluation["baselines"]["majority"]["log_loss"]["value"]
    assert evaluation["baselines"]["logistic_regression"]["log_loss"]["value"] < majority


def test_too_few_students_to_hold_out_is_said() -> None:
    """One student with all the negative rows can't be on both sides of a fold."""
    dataset = make(30, 1, signal=1)
    labels = np.array([0] * 10 + [1] * 20)
    students = np.array([0] * 10 + list(range(1, 21)))

    with pytest.raises(InvalidData, match="only one student has rows of one of the labels"):
        split(replace(dataset, labels=labels, students=students), seed=0)


def test_values_far_out_stay_finite() -> None:
    """Close to the end of float32, and so close together that their deviation is none there."""
    dataset = make(40, 1, signal=1)
    matrix = np.column_stack([dataset.matrix[:, 0] * 1e38, dataset.matrix[:, 1] * 1e-42, dataset.matrix[:, 2]])

    evaluation = run(replace(dataset, matrix=matrix.astype(np.float32)))

    assert np.isfinite(evaluation["model"]["log_loss"]["value"])
