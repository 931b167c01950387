"""Cross-validation: nobody is scored by a network that has seen them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from registry.contract.features import FeatureSchema, Number
from tests.support.tables import made, of_rows, planned
from training.config import DecisionRule, TrainingConfig, read_dataset_file
from training.evaluation.baseline_forecasts import baselines_beside
from training.evaluation.cross_validation import HeldOut, forecast_held_out
from training.evaluation.evaluation import ByTime, Evaluation, evaluate
from training.network.recipes import Ensemble, Trained, train
from training.plan import Plan
from training.statistics.baselines import baselines, prior_mark_rule
from training.statistics.figure import LeftOut
from training.statistics.folds import Fold, split, split_by_time
from training.statistics.group_table import Group, SuppressedGroups
from training.statistics.help_curve import HelpCurve
from training.statistics.threshold import thresholds_of_others
from training.table.dataset import Dataset, load_dataset

CONFIG = TrainingConfig(hidden_units=(8,), members=2)


Forecast = tuple[Plan, Trained, HeldOut]


def forecast(dataset: Dataset, config: TrainingConfig = CONFIG, at_least: float | None = None) -> Forecast:
    plan = planned(dataset, config, split_by_time(dataset), at_least)
    with baselines_beside(plan) as baseline_forecasts:
        trained = train(plan, Ensemble())
        return plan, trained, forecast_held_out(plan, trained, baseline_forecasts())


def run(dataset: Dataset, config: TrainingConfig = CONFIG) -> tuple[Evaluation, HeldOut]:
    plan, trained, held_out = forecast(dataset, config)
    return evaluate(plan, trained, held_out), held_out


@pytest.fixture(scope="module")
def forecasts() -> Forecast:
    """Of 300 students in three terms and two schools, with a strong signal and an earlier mark."""
    dataset = made(300, 5, signal=4)
    dataset = replace(
        dataset,
        groups={"school": ("south",) * 5 + ("north", "west") * 147 + ("north",)},
        periods=np.repeat([0, 1, 2], 100),
        period_names=("2022", "2023", "2024"),
        prior_mark=np.where(np.arange(300) % 10, 10 + dataset.matrix[:, 0].astype(float), np.nan),
    )
    return forecast(dataset, at_least=10.0)


@pytest.fixture(scope="module")
def strong(forecasts: Forecast) -> tuple[Dataset, Evaluation, HeldOut]:
    """The same students, and their evaluation."""
    plan, _, held_out = forecasts
    return plan.dataset, evaluate(*forecasts), held_out


def test_labels_without_signal_are_not_learned() -> None:
    """The whole point of holding out: pure noise must score no better than the majority."""
    evaluation, _ = run(made(200, 5, signal=0))

    assert evaluation.model["log_loss"].value > evaluation.baselines["majority"]["log_loss"].value
    assert evaluation.comparisons["majority"].high > 0
    assert 0.35 < evaluation.model["roc_auc"].value < 0.62


def test_a_strong_signal_is_found(strong: tuple[Dataset, Evaluation, HeldOut]) -> None:
    """And is near what logistic regression finds, which is right by construction here."""
    evaluation = strong[1]

    network, logistic = evaluation.model, evaluation.baselines["logistic_regression"]
    assert network["roc_auc"].value > 0.93
    assert network["log_loss"].value < logistic["log_loss"].value + 0.02
    assert evaluation.comparisons["majority"].high < 0
    assert evaluation.calibration["slope"].low < 1 < evaluation.calibration["slope"].high


def test_every_baseline_is_fitted_on_the_same_folds(strong: tuple[Dataset, Evaluation, HeldOut]) -> None:
    """Logistic regression's figure is scikit-learn's own, fold by fold; the mark's rule knows half the truth."""
    dataset, evaluation, _ = strong
    expected = np.zeros(300)
    for fold in split(dataset, seed=0).each:
        scaler = StandardScaler().fit(dataset.matrix[fold.train])
        model = LogisticRegression().fit(scaler.transform(dataset.matrix[fold.train]), dataset.labels[fold.train])
        expected[fold.test] += model.predict_proba(scaler.transform(dataset.matrix[fold.test]))[:, 1] / 2

    figures = evaluation.baselines

    right = ((expected > 0.5) == (dataset.labels == 1)).mean()
    names = ["majority", "logistic_regression", "random_forest", "hist_gradient_boosting", "prior_mark"]
    assert list(figures) == list(evaluation.comparisons) == names
    assert figures["logistic_regression"]["accuracy"].value == pytest.approx(right)
    assert figures["majority"]["roc_auc"].value == 0.5
    for name in names[1:]:
        assert figures[name]["log_loss"].value < figures["majority"]["log_loss"].value


def test_the_rule_of_an_earlier_mark_is_counted_by_hand() -> None:
    """Of three who had passed before two passed again: (2 + .5) / (3 + 1); one without a mark failed."""
    marks = np.array([12, 10, 11, 9, np.nan])
    labels = np.array([1, 0, 1, 0, 0])

    forecasts = prior_mark_rule(marks, labels, np.array([10, 9.9, np.nan]), 10)
    by_best_line = prior_mark_rule(marks, labels, np.array([10.5, 11]), None)
    on_another_scale = prior_mark_rule(marks, labels, np.array([10.5, 11]), 50)

    assert forecasts.tolist() == [2.5 / 4, 0.5 / 2, 0.5 / 2]
    assert by_best_line.tolist() == on_another_scale.tolist() == [0.5 / 3, 2.5 / 3]  # from 11 on


def test_the_rule_of_an_earlier_mark_follows_a_pass_line_where_less_is_better() -> None:
    """Up to 4 passed before: of three two passed again; of two with a 5 nobody did."""
    marks = np.array([1, 4, 4, 5, 5], dtype=float)
    dataset = replace(
        of_rows(np.zeros((5, 1), np.float32), np.array([1, 1, 0, 0, 0]), FeatureSchema((Number("a"),))),
        prior_mark=marks,
    )

    forecasts = baselines(dataset, None, 4.0)["prior_mark"](Fold(np.arange(5), np.array([1, 3])))

    assert forecasts.tolist() == [2.5 / 4, 0.5 / 3]


def test_groups_are_scored_and_small_ones_are_not_shown(strong: tuple[Dataset, Evaluation, HeldOut]) -> None:
    """Figures of five students would be figures about persons."""
    dataset, evaluation, held_out = strong
    north = np.array(dataset.groups["school"]) == "north"

    by_name = {entry.group: entry for entry in evaluation.groups if isinstance(entry, Group)}

    assert "south" not in by_name
    assert evaluation.groups[-1] == SuppressedGroups("school", 1)
    assert by_name["north"].num_students == 148
    assert by_name["north"].num_negative == int((dataset.labels[north] == 0).sum())
    told = (held_out.network.mean[north] > 0.5) == (dataset.labels[north] == 1)
    assert by_name["north"].accuracy.value == pytest.approx(told.mean())
    negative = dataset.labels[north] == 0
    assert by_name["north"].negative_recall is not None
    assert by_name["north"].negative_recall.value == pytest.approx(told[negative].mean())
    assert by_name["north"].false_alarms is not None
    assert by_name["north"].false_alarms.value == pytest.approx(1 - told[~negative].mean())
    assert by_name["north"].calibration_in_the_large is not None
    flattered = held_out.network.mean[north].mean() - dataset.labels[north].mean()
    assert by_name["north"].calibration_in_the_large.value == pytest.approx(flattered)


def test_everybody_is_called_by_a_threshold_that_others_give(forecasts: Forecast) -> None:
    """Network and baselines each by its own, so that each calls the share that can be helped, but for the majority.

    It forecasts the same for all: nobody is more at risk, and no one is helped.
    """
    plan, trained, held_out = forecasts
    helping = replace(plan, decision=DecisionRule("help", 0.3))
    labels, share = plan.dataset.labels, (plan.dataset.labels == 0).mean()
    # As where fewer passed before the last term than in all of them.
    held_out = replace(held_out, by_time=held_out.by_time | {"majority": np.full(100, 0.1)})

    evaluation = evaluate(helping, trained, held_out)

    thresholds = thresholds_of_others(helping.decision, labels, held_out.network.mean, plan.folds)
    found = (held_out.network.mean <= thresholds)[labels == 0].mean()
    assert evaluation.model["negative_recall"].value == pytest.approx(found)
    majority = evaluation.baselines["majority"]
    assert (majority["negative_recall"].value, majority["balanced_accuracy"].value) == (0, 0.5)
    for figures in (evaluation.model, evaluation.baselines["logistic_regression"]):
        recall, balanced = figures["negative_recall"].value, figures["balanced_accuracy"].value
        called = recall * share + (1 - (2 * balanced - recall)) * (1 - share)
        assert called == pytest.approx(0.3, abs=0.02)
    groups = [group for group in evaluation.groups if isinstance(group, Group)]
    assert all(0.3 < group.negative_recall.value < 0.9 for group in groups if group.negative_recall is not None)
    assert isinstance(evaluation.by_time, ByTime)
    assert 0 < evaluation.by_time.model["negative_recall"].value < 1
    assert evaluation.by_time.baselines["majority"]["negative_recall"].value == 0


def test_the_last_term_is_forecast_from_the_earlier_ones(strong: tuple[Dataset, Evaluation, HeldOut]) -> None:
    """Network and baselines alike."""
    by_time = strong[1].by_time

    assert isinstance(by_time, ByTime)
    assert (by_time.trained_on, by_time.scored_on) == (("2022", "2023"), ("2024",))
    assert (by_time.num_train, by_time.num_test) == (200, 100)
    assert by_time.model["log_loss"].value < by_time.baselines["majority"]["log_loss"].value
    assert set(by_time.baselines) == set(strong[1].baselines)


def test_terms_that_show_nothing_are_said_to() -> None:
    """One term only."""
    dataset = replace(made(60, 5, signal=4), periods=np.zeros(60, dtype=int), period_names=("2024",))

    evaluation, _ = run(dataset, replace(CONFIG, epochs=2))

    assert isinstance(evaluation.by_time, LeftOut)
    assert "before the last period" in evaluation.by_time.left_out


def test_the_evaluation_says_how_it_was_made(strong: tuple[Dataset, Evaluation, HeldOut]) -> None:
    """Protocol, choices, and as many candidates as were tried."""
    evaluation = strong[1]

    assert (evaluation.protocol.folds, evaluation.protocol.repeats) == (5, 2)
    assert sum(evaluation.selection.chosen_in_folds) == 10
    assert len(evaluation.selection.log_loss) == evaluation.selection.num_candidates == 6
    assert sum(entry.num_rows for entry in evaluation.reliability) == 300


def test_nulls_and_categories_are_in_the_baselines_too(odd_dataset: Path) -> None:
    """They see the same columns, prepared inside their folds."""
    evaluation, _ = run(load_dataset(read_dataset_file(odd_dataset)), replace(CONFIG, epochs=30))

    majority = evaluation.baselines["majority"]["log_loss"].value
    for name in ("logistic_regression", "random_forest", "hist_gradient_boosting"):
        assert evaluation.baselines[name]["log_loss"].value < majority


@pytest.mark.parametrize("alone", [False, True])
def test_values_far_out_stay_finite(alone: bool) -> None:
    """Close to the end of float32, all of a column or one of it; and so close together that they hardly deviate."""
    dataset = made(40, 1, signal=1)
    matrix = np.column_stack([dataset.matrix[:, 0] * 1e38, dataset.matrix[:, 1] * 1e-42, dataset.matrix[:, 2]])
    if alone:
        matrix[1:, 0] = dataset.matrix[1:, 0] / 100

    evaluation, _ = run(replace(dataset, matrix=matrix.astype(np.float32)))

    assert np.isfinite(evaluation.model["log_loss"].value)


def test_who_is_found_among_those_most_at_risk(strong: tuple[Dataset, Evaluation, HeldOut]) -> None:
    """By the mean of each student's out-of-fold forecasts, beside the baseline that forecasts best."""
    dataset, evaluation, held_out = strong
    lowest = np.argsort(held_out.network.mean)[:50]

    found = evaluation.help

    assert isinstance(found, HelpCurve)
    losses = {name: figures["log_loss"].value for name, figures in evaluation.baselines.items()}
    assert losses[found.baseline] == min(losses.values())
    point = next(point for point in found.table if point.num_helped == 50)
    assert point.right.value == pytest.approx((dataset.labels[lowest] == 0).mean())
    assert found.at_threshold.found == evaluation.model["negative_recall"]
