"""Prediction sets from held-out forecasts, and what share of students they cover, measured on others."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from registry.contract.conformal import NO_DECISION, PredictionSets
from training.config import DecisionRule
from training.statistics.figure import Figure, Figures, LeftOut
from training.statistics.folds import Folds
from training.statistics.metrics import shares_over_students
from training.statistics.threshold import threshold_of
from training.table.dataset import Dataset

MIN_STUDENTS_OF_LABEL = 20  # of each label; of fewer, a quantile is one student's
_OTHERS = (0.8, 0.9, 0.95)


@dataclass(frozen=True)
class Measured:
    """What prediction sets do for students that they were not fitted on, each a share of these.

    Attributes:
        coverage: Whose label is among those left possible.
        coverage_by_label: The same of those with each label.
        decided: For whom only one label is possible, which is the one that is answered.
        right_by_decision: Of those for whom a label was decided, how many have it; without labels that never were.
    """

    coverage: Figure
    coverage_by_label: Figures
    decided: Figure
    right_by_decision: Figures


@dataclass(frozen=True)
class CoverageLevel:
    """Prediction sets for one coverage.

    Attributes:
        coverage: Share of the students of each label that was asked for.
        quantiles: Label → largest 1 - P(label) with which it is possible: the label that is answered always is.
        measured: What they do.
    """

    coverage: float
    quantiles: Mapping[str, float]
    measured: Measured


@dataclass(frozen=True)
class Conformal(CoverageLevel):
    """The prediction sets that are served, and others beside them.

    Attributes:
        num_students: Of each label.
        others: For other coverages.
    """

    num_students: Mapping[str, int]
    others: tuple[CoverageLevel, ...]


def conformal(
    dataset: Dataset, folds: Folds, probabilities: np.ndarray, coverage: float, rule: DecisionRule, seed: int
) -> Conformal | LeftOut:
    """Fit prediction sets on all held-out forecasts, and measure them fold by fold, by sets from the rows outside.

    Pooled folds give no exact guarantee, since each fold's network is another: hence what was measured stands beside
    what was asked for.

    Args:
        dataset: The rows.
        folds: Who was held out when.
        probabilities: Held-out P(positive) of each repeat, calibrated, shape (num_repeats, num_rows).
        coverage: Share of the students of each label to cover.
        rule: How the threshold is chosen, on the forecasts' means over the repeats.
        seed: Of the resamples.

    Returns:
        The sets, or why none are offered.

    Reference:
        Vovk (2015), Annals of Mathematics and Artificial Intelligence 74, 9-28, cross-conformal predictors.
    """
    names = dataset.schema.labels
    counts = [len(np.unique(dataset.students[dataset.labels == label])) for label in (0, 1)]
    if min(counts) < MIN_STUDENTS_OF_LABEL:
        fewer = int(np.argmin(counts))
        return LeftOut(
            f"{counts[fewer]} students with the label {names[fewer]!r}: at least {MIN_STUDENTS_OF_LABEL} of each label "
            "are needed"
        )
    coverages = [coverage, *(other for other in _OTHERS if not np.isclose(other, coverage))]
    served, *others = (_level(each, dataset, folds, probabilities, rule, seed) for each in coverages)
    return Conformal(**vars(served), num_students=dict(zip(names, counts, strict=True)), others=tuple(others))


def fit_sets(labels: np.ndarray, probabilities: np.ndarray, coverage: float, rule: DecisionRule) -> PredictionSets:
    """Take the quantiles from held-out forecasts, and draw the limits as far as the threshold.

    So the label that is answered is always possible: a decision is never the other one, and where neither would be
    possible it is that label. This adds labels to sets and takes none away: they cover no fewer.

    Args:
        labels: 0 or 1, shape (num_rows,), both present.
        probabilities: Held-out P(positive) of each repeat, shape (num_repeats, num_rows).
        coverage: Share of the students of each label to cover.
        rule: How the threshold is chosen.
    """
    quantiles = []
    for label in (0, 1):
        num_repeats, num = probabilities[:, labels == label].shape
        misfits = np.sort(np.abs(label - probabilities[:, labels == label]), axis=None)
        # One more than there are, for the student to come; and not one more for a rounding of the product.
        rank = int(np.ceil((num + 1) * coverage - 1e-9))
        # A row that was forecast twice is one row.
        quantiles.append(1.0 if rank > num else float(misfits[rank * num_repeats - 1]))
    threshold = threshold_of(rule, labels, probabilities.mean(axis=0))
    negative, positive = max(quantiles[0], threshold), max(quantiles[1], 1 - threshold)
    return PredictionSets(coverage, (negative, positive), threshold)


def _level(
    coverage: float, dataset: Dataset, folds: Folds, probabilities: np.ndarray, rule: DecisionRule, seed: int
) -> CoverageLevel:
    labels, names = dataset.labels, dataset.schema.labels
    covered, decisions = _cross_fitted(labels, folds, probabilities, coverage, rule)
    of_each = [np.where(labels == label, covered, np.nan) for label in (0, 1)]
    values = {"coverage": covered, "decided": (decisions != NO_DECISION).mean(axis=0)}
    values |= {f"coverage of {label}": of_each[label] for label in (0, 1)}
    for label in (0, 1):
        times = (decisions == label).sum(axis=0)
        values[f"right when {label}"] = np.where(times > 0, labels == label, np.nan)
    figures = shares_over_students(values, dataset.students, seed)
    quantiles = fit_sets(labels, probabilities, coverage, rule).quantiles
    right = {names[label]: figures.get(f"right when {label}") for label in (0, 1)}
    measured = Measured(
        coverage=figures["coverage"],
        coverage_by_label={names[label]: figures[f"coverage of {label}"] for label in (0, 1)},
        decided=figures["decided"],
        right_by_decision={name: figure for name, figure in right.items() if figure is not None},
    )
    return CoverageLevel(coverage, dict(zip(names, quantiles, strict=True)), measured)


def _cross_fitted(
    labels: np.ndarray, folds: Folds, probabilities: np.ndarray, coverage: float, rule: DecisionRule
) -> tuple[np.ndarray, np.ndarray]:
    """Measure each fold by sets from the rows outside it.

    Returns:
        In what share of the repeats a row's label is possible, shape (num_rows,); and what is decided in each, shape
        (num_repeats, num_rows).
    """
    covered, decisions = np.empty(probabilities.shape), np.empty(probabilities.shape)
    for number, fold in folds.numbered:
        sets = fit_sets(labels[fold.train], probabilities[:, fold.train], coverage, rule)
        held_out = probabilities[number, fold.test]
        covered[number, fold.test] = sets.possible(held_out)[labels[fold.test], np.arange(len(held_out))]
        decisions[number, fold.test] = sets.decide(held_out)
    return covered.mean(axis=0), decisions
