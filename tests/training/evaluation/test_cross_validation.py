"""Cross-validation: nobody is scored by a network that has seen them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from tests.support.tables import made
from training.config import SHIPPED, TrainingConfig, read_dataset_file
from training.evaluation.cross_validation import Evaluation, evaluate
from training.network.fitting import plan_folds, train_members
from training.network.selection import candidates, select
from training.statistics.baselines import prior_mark_rule
from training.statistics.folds import Fold, split, split_by_time
from training.table.dataset import Dataset, load_dataset

CONFIG = TrainingConfig(hidden_units=(8,), members=2)


def run(dataset: Dataset, config: TrainingConfig = CONFIG, at_least: float | None = None) -> Evaluation:
    folds, by_time = split(dataset, seed=0), split_by_time(dataset)
    timed = [by_time] if isinstance(by_time, Fold) else []
    outer = folds.each + timed
    selection = select(dataset, folds, timed, config, 0)
    plans = plan_folds(outer, selection.configs(config, outer), len(dataset.labels), seed=0)
    members = train_members(dataset, plans, config, seed=0)
    return evaluate(dataset, folds, by_time, members, config, selection, 0.5, at_least, seed=0)


@pytest.fixture(scope="module")
def strong() -> tuple[Dataset, Evaluation]:
    """300 students in three terms and two schools, with a strong signal and an earlier mark, and their evaluation."""
    dataset = made(300, 5, signal=4)
    dataset = replace(
        dataset,
        groups={"school": ("south",) * 5 + ("north", "west") * 147 + ("north",)},
        periods=np.repeat([0, 1, 2], 100),
        period_names=("2022", "2023", "2024"),
        prior_mark=np.where(np.arange(300) % 10, 10 + dataset.matrix[:, 0].astype(float), np.nan),
    )
    return dataset, run(dataset, at_least=10.0)


def test_a_fold_trains_on_its_training_rows_only_with_its_own_choice() -> None:
    """The plan is what keeps the held-out rows out, of the scaling too."""
    dataset = load_dataset(read_dataset_file(SHIPPED / "students.toml"))
    folds = split(dataset, seed=0)
    config = replace(CONFIG, epochs=2)
    selection = select(dataset, folds, [], config, 0)

    plans = plan_folds(folds.each, selection.configs(config, folds.each), 15, seed=0)

    assert len(plans) == 5 * 5
    for fold, plan, chosen in zip(folds.each, plans, selection.by_fold, strict=True):
        assert np.flatnonzero(plan.rows).tolist() == fold.train.tolist()
        assert len(plan.members) == config.members
        assert {member.l2 for member in plan.members} == {candidates(config, len(fold.train))[chosen].l2}


def test_labels_without_signal_are_not_learned() -> None:
    """The whole point of holding out: pure noise must score no better than the majority."""
    evaluation = run(made(200, 5, signal=0)).document

    assert evaluation["model"]["log_loss"]["value"] > evaluation["baselines"]["majority"]["log_loss"]["value"]
    assert evaluation["comparisons"]["majority"]["high"] > 0
    assert 0.35 < evaluation["model"]["roc_auc"]["value"] < 0.62


def test_a_strong_signal_is_found(strong: tuple[Dataset, Evaluation]) -> None:
    """And is near what logistic regression finds, which is right by construction here."""
    evaluation = strong[1].document

    network, logistic = evaluation["model"], evaluation["baselines"]["logistic_regression"]
    assert network["roc_auc"]["value"] > 0.93
    assert network["log_loss"]["value"] < logistic["log_loss"]["value"] + 0.02
    assert evaluation["comparisons"]["majority"]["high"] < 0
    assert evaluation["calibration"]["slope"]["low"] < 1 < evaluation["calibration"]["slope"]["high"]


def test_every_baseline_is_fitted_on_the_same_folds(strong: tuple[Dataset, Evaluation]) -> None:
    """Logistic regression's figure is scikit-learn's own, fold by fold; the mark's rule knows half the truth."""
    dataset, evaluation = strong
    expected = np.zeros(300)
    for fold in split(dataset, seed=0).each:
        scaler = StandardScaler().fit(dataset.matrix[fold.train])
        model = LogisticRegression().fit(scaler.transform(dataset.matrix[fold.train]), dataset.labels[fold.train])
        expected[fold.test] += model.predict_proba(scaler.transform(dataset.matrix[fold.test]))[:, 1] / 2

    figures = evaluation.document["baselines"]

    right = ((expected > 0.5) == (dataset.labels == 1)).mean()
    names = ["majority", "logistic_regression", "random_forest", "hist_gradient_boosting", "prior_mark"]
    assert list(figures) == list(evaluation.document["comparisons"]) == names
    assert figures["logistic_regression"]["accuracy"]["value"] == pytest.approx(right)
    assert figures["majority"]["roc_auc"]["value"] == 0.5
    for name in names[1:]:
        assert figures[name]["log_loss"]["value"] < figures["majority"]["log_loss"]["value"]


def test_the_rule_of_an_earlier_mark_is_counted_by_hand() -> None:
    """Of three who had passed before two passed again: (2 + .5) / (3 + 1); one without a mark failed."""
    marks = np.array([12, 10, 11, 9, np.nan])
    labels = np.array([1, 0, 1, 0, 0])

    forecasts = prior_mark_rule(marks, labels, np.array([10, 9.9, np.nan]), 10)
    by_best_line = prior_mark_rule(marks, labels, np.array([10.5, 11]), None)
    on_another_scale = prior_mark_rule(marks, labels, np.array([10.5, 11]), 50)

    assert forecasts.tolist() == [2.5 / 4, 0.5 / 2, 0.5 / 2]
    assert by_best_line.tolist() == on_another_scale.tolist() == [0.5 / 3, 2.5 / 3]  # from 11 on


def test_groups_are_scored_and_small_ones_are_not_shown(strong: tuple[Dataset, Evaluation]) -> None:
    """Figures of five students would be figures about persons."""
    dataset, evaluation = strong
    north = np.array(dataset.groups["school"]) == "north"

    by_name = {entry.get("group"): entry for entry in evaluation.document["groups"]}

    assert "south" not in by_name
    assert by_name[None] == {"column": "school", "num_suppressed": 1}
    assert by_name["north"]["num_students"] == 148
    assert by_name["north"]["num_negative"] == int((dataset.labels[north] == 0).sum())
    told = (evaluation.network.mean[north] > 0.5) == (dataset.labels[north] == 1)
    assert by_name["north"]["accuracy"]["value"] == pytest.approx(told.mean())
    negative = dataset.labels[north] == 0
    assert by_name["north"]["negative_recall"]["value"] == pytest.approx(told[negative].mean())


def test_the_last_term_is_forecast_from_the_earlier_ones(strong: tuple[Dataset, Evaluation]) -> None:
    """Network and baselines alike."""
    by_time = strong[1].document["by_time"]

    assert (by_time["trained_on"], by_time["scored_on"]) == (["2022", "2023"], ["2024"])
    assert (by_time["num_train"], by_time["num_test"]) == (200, 100)
    assert by_time["model"]["log_loss"]["value"] < by_time["baselines"]["majority"]["log_loss"]["value"]
    assert set(by_time["baselines"]) == set(strong[1].document["baselines"])


def test_terms_that_show_nothing_are_said_to() -> None:
    """One term only."""
    dataset = replace(made(60, 5, signal=4), periods=np.zeros(60, dtype=int), period_names=("2024",))

    assert "before the last period" in run(dataset, replace(CONFIG, epochs=2)).document["by_time"]["left_out"]


def test_the_evaluation_says_how_it_was_made(strong: tuple[Dataset, Evaluation]) -> None:
    """Protocol, choices, and as many candidates as were tried."""
    document = strong[1].document

    assert (document["protocol"]["folds"], document["protocol"]["repeats"]) == (5, 2)
    assert sum(document["selection"]["chosen_in_folds"]) == 10
    assert len(document["selection"]["log_loss"]) == document["selection"]["num_candidates"] == 6
    assert sum(entry["num_rows"] for entry in document["reliability"]) == 300


def test_nulls_and_categories_are_in_the_baselines_too(odd_dataset: Path) -> None:
    """They see the same columns, prepared inside their folds."""
    evaluation = run(load_dataset(read_dataset_file(odd_dataset)), replace(CONFIG, epochs=30)).document

    majority = evaluation["baselines"]["majority"]["log_loss"]["value"]
    for name in ("logistic_regression", "random_forest", "hist_gradient_boosting"):
        assert evaluation["baselines"][name]["log_loss"]["value"] < majority


@pytest.mark.parametrize("alone", [False, True])
def test_values_far_out_stay_finite(alone: bool) -> None:
    """Close to the end of float32, all of a column or one of it; and so close together that they hardly deviate."""
    dataset = made(40, 1, signal=1)
    matrix = np.column_stack([dataset.matrix[:, 0] * 1e38, dataset.matrix[:, 1] * 1e-42, dataset.matrix[:, 2]])
    if alone:
        matrix[1:, 0] = dataset.matrix[1:, 0] / 100

    evaluation = run(replace(dataset, matrix=matrix.astype(np.float32))).document

    assert np.isfinite(evaluation["model"]["log_loss"]["value"])
