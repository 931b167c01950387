"""How good it is on students that it has not seen: network and baselines scored on what they forecast for them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from training.evaluation.cross_validation import HeldOut
from training.evaluation.importance import MOST_ROWS_OF_IMPORTANCE
from training.evaluation.learning_curve import LearningCurve, scored_folds
from training.network.recipes import Trained
from training.network.selection import MOST_ROWS_OF_TRIALS, Selection
from training.plan import Plan
from training.statistics.baselines import MOST_ROWS_OF_A_TREE
from training.statistics.calibration import log_odds
from training.statistics.figure import Figure, Figures, LeftOut
from training.statistics.folds import MANY_ROWS, Fold
from training.statistics.group_table import GroupTable, group_table
from training.statistics.help_curve import HelpCurve, help_curve
from training.statistics.metrics import (
    ReliabilityBin,
    calibration_line,
    describe_intervals,
    paired_difference,
    reliability,
    score_forecasts,
)
from training.statistics.threshold import threshold_of, thresholds_of_others


@dataclass(frozen=True)
class Protocol:
    """How an evaluation was made.

    Attributes:
        method: In words.
        folds: Of each repeat.
        repeats: How often the table was split anew.
        members: Networks of an ensemble.
        num_rows: Of the table.
        num_students: Whose they are.
        intervals: What an interval is, in words.
        note: What must be said beside it.
        parts: What was done on a part of the rows or networks, to take no longer than need be; a sentence each.
    """

    method: str
    folds: int
    repeats: int
    members: int
    num_rows: int
    num_students: int
    intervals: str
    note: str | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class SelectionSummary:
    """Which penalties were tried and chosen.

    Attributes:
        num_candidates: How many were tried; 1 where there was nothing to choose.
        log_loss: Of each candidate over all trials, in nats; None where it did not stay finite. Empty without trials.
        chosen_in_folds: How many folds chose each.
        published: Index of the one that is published.
    """

    num_candidates: int
    log_loss: tuple[float | None, ...]
    chosen_in_folds: tuple[int, ...]
    published: int


@dataclass(frozen=True)
class ByTime:
    """Trained on earlier periods, scored on the last: what a school does when it uses last year's model.

    Attributes:
        trained_on: Names of the earlier periods, in order.
        scored_on: Names of the last, and of those taken in with it.
        num_train: Rows that were trained on.
        num_test: Rows that were scored.
        model: The network's figures, by metric.
        baselines: The same of each baseline.
    """

    trained_on: tuple[str, ...]
    scored_on: tuple[str, ...]
    num_train: int
    num_test: int
    model: Figures
    baselines: Mapping[str, Figures]


@dataclass(frozen=True)
class Evaluation:
    """What held-out students show.

    Attributes:
        protocol: How it was made.
        selection: Which penalties were chosen.
        model: The network's figures, by metric.
        baselines: The same of each baseline.
        comparisons: Baseline → log loss of the network minus its own, in nats, student by student.
        calibration: `slope` and `intercept` of the labels over the forecasts.
        uncalibrated: The same, and `log_loss`, of forecasts as they are before calibration; None where there is none.
        reliability: What was forecast beside what came.
        groups: The network's figures for each group.
        help: How many of the negative are among the N most at risk, or why that is not shown.
        by_time: How good it is on the last period, or why that is not known; None where the table names no time.
        learning_curve: Whether more students would help, or why that is not known; None where nobody asked.
    """

    protocol: Protocol
    selection: SelectionSummary
    model: Figures
    baselines: Mapping[str, Figures]
    comparisons: Figures
    calibration: Figures
    uncalibrated: Figures | None = None
    reliability: tuple[ReliabilityBin, ...] = ()
    groups: GroupTable = ()
    help: HelpCurve | LeftOut | None = None
    by_time: ByTime | LeftOut | None = None
    learning_curve: LearningCurve | LeftOut | None = None


def evaluate(
    plan: Plan, trained: Trained, held_out: HeldOut, curve: LearningCurve | LeftOut | None = None
) -> Evaluation:
    """Score each student once, by the mean of its out-of-fold probabilities over repeats.

    Labels are answered, by the network and by each baseline, above thresholds that other rows give by the same rule.

    Args:
        plan: The rows, and how they were split.
        trained: The networks, for what is said of how they were chosen.
        held_out: What was forecast.
        curve: Whether more students would help.
    """
    labels, students, seed = plan.dataset.labels, plan.dataset.students, plan.seed
    network, raw = held_out.network.mean, held_out.network.raw.mean(axis=0)
    comparisons = {
        name: paired_difference(labels, network, forecasts, seed, students)
        for name, forecasts in held_out.mean_baselines.items()
    }
    thresholds = thresholds_of_others(plan.decision, labels, network, plan.folds)
    uncalibrated = None
    if trained.recipe.calibrated:
        loss = score_forecasts(labels, raw, thresholds, seed, students)["log_loss"]
        uncalibrated = {**calibration_line(labels, log_odds(raw), seed, students), "log_loss": loss}
    return Evaluation(
        protocol=_describe(plan, trained, curve),
        selection=_summarise(trained.selection, len(plan.folds.each)),
        model=score_forecasts(labels, network, thresholds, seed, students),
        baselines={name: _score_baseline(plan, forecasts) for name, forecasts in held_out.baselines.items()},
        comparisons=comparisons,
        calibration=calibration_line(labels, log_odds(network), seed, students),
        uncalibrated=uncalibrated,
        reliability=reliability(labels, network, students),
        groups=group_table(plan.dataset, network, thresholds, seed),
        help=help_curve(
            labels,
            network,
            _best_first(held_out, comparisons),
            threshold_of(plan.decision, labels, network),
            network <= thresholds,
            seed,
            students,
        ),
        by_time=_score_by_time(plan, held_out),
        learning_curve=curve,
    )


def _best_first(held_out: HeldOut, comparisons: Figures) -> dict[str, np.ndarray]:
    """What the baselines that rank students forecast, that with the lowest log loss first."""
    forecasts = held_out.mean_baselines
    ranking = sorted(forecasts.keys() - {"majority"}, key=lambda name: (-comparisons[name].value, name))
    return {name: forecasts[name] for name in ranking}


def _describe(plan: Plan, trained: Trained, curve: LearningCurve | LeftOut | None) -> Protocol:
    repeats, recipe = plan.folds.repeats, trained.recipe
    return Protocol(
        method="repeated stratified cross-validation, rows of one student together"
        + ("; penalties chosen within each training part" if trained.selection.losses else "")
        + ("; calibrated by the rows outside each fold" if recipe.calibrated else ""),
        folds=len(repeats[0]),
        repeats=len(repeats),
        members=trained.config.members,
        num_rows=len(plan.dataset.labels),
        num_students=plan.dataset.num_students,
        intervals=describe_intervals(plan.dataset.num_students),
        note=recipe.note,
        parts=_parts(plan, trained, curve),
    )


def _parts(plan: Plan, trained: Trained, curve: LearningCurve | LeftOut | None) -> tuple[str, ...]:
    """What is not done on all rows, or by all networks; the published network, its figures and its calibration are."""
    num_rows = len(plan.dataset.labels)
    most_train = max(len(fold.train) for fold in plan.outer)
    most_test = max(len(fold.test) for fold in plan.folds.each)
    said = {
        f"each tree of the random forest draws {MOST_ROWS_OF_A_TREE} of the training rows": most_train
        > MOST_ROWS_OF_A_TREE,
        "penalties are chosen by one network of each candidate": trained.selection.losses and num_rows > MANY_ROWS,
        f"penalties are chosen on {MOST_ROWS_OF_TRIALS} of the rows": trained.selection.losses
        and num_rows > MOST_ROWS_OF_TRIALS,
        f"importance is of {MOST_ROWS_OF_IMPORTANCE} held-out rows of each fold": most_test > MOST_ROWS_OF_IMPORTANCE,
        "the learning curve is of two networks at each size, not calibrated, on "
        + ("the first fold" if len(scored_folds(plan)) == 1 else "one repeat of the folds"): isinstance(
            curve, LearningCurve
        ),
    }
    return tuple(text for text, holds in said.items() if holds)


def _summarise(selection: Selection, num_folds: int) -> SelectionSummary:
    chosen = Counter(selection.by_fold[:num_folds])
    return SelectionSummary(
        num_candidates=selection.num_candidates,
        log_loss=tuple(loss if np.isfinite(loss) else None for loss in selection.losses),
        chosen_in_folds=tuple(chosen[candidate] for candidate in range(selection.num_candidates)),
        published=selection.final,
    )


def _score_baseline(plan: Plan, forecasts: np.ndarray) -> Figures:
    labels, students = plan.dataset.labels, plan.dataset.students
    mean = forecasts.mean(axis=0)
    # The same for everybody, only differing a little from fold to fold: ranking by that would be an artefact.
    is_constant = all(np.ptp(forecasts[repeat, fold.test]) == 0 for repeat, fold in plan.folds.numbered)
    ranked = np.full_like(mean, mean.mean()) if is_constant else mean
    thresholds = thresholds_of_others(plan.decision, labels, ranked, plan.folds)
    figures = score_forecasts(labels, mean, thresholds, plan.seed, students)
    if is_constant:
        figures["roc_auc"] = Figure(0.5, 0.5, 0.5)
    return figures


def _score_by_time(plan: Plan, held_out: HeldOut) -> ByTime | LeftOut | None:
    dataset, fold = plan.dataset, plan.by_time
    if dataset.periods is None:
        return None
    if not isinstance(fold, Fold):
        return LeftOut(fold)
    labels, students = dataset.labels[fold.test], dataset.students[fold.test]
    # Not calibrated, as its forecasts of the last period are not.
    out_of_fold = [held_out.network.raw.mean(axis=0), *held_out.mean_baselines.values()]

    def score(forecasts: np.ndarray, earlier: np.ndarray) -> Figures:
        if np.ptp(forecasts) == 0:  # for everybody the same, as it is for the earlier ones but for its folds
            earlier = np.full_like(earlier, forecasts[0])
        threshold = threshold_of(plan.decision, dataset.labels[fold.train], earlier[fold.train])
        return score_forecasts(labels, forecasts, threshold, plan.seed, students)

    model, *baselines = map(score, held_out.by_time.values(), out_of_fold)
    return ByTime(
        trained_on=tuple(dataset.period_names[period] for period in np.unique(dataset.periods[fold.train])),
        scored_on=tuple(dataset.period_names[period] for period in np.unique(dataset.periods[fold.test])),
        num_train=len(fold.train),
        num_test=len(fold.test),
        model=model,
        baselines=dict(zip(held_out.baselines, baselines, strict=True)),
    )
