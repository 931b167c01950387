"""Scores of probability forecasts, each with a bootstrap interval over students."""

from collections.abc import Iterator

import numpy as np

NUM_RESAMPLES = 1000
# A float32 sigmoid reaches 0 and 1 exactly, where the logarithm is infinite.
_EPSILON = 1e-7
_CHUNK = 100  # resamples at once, so that memory stays small on long tables

Figures = dict[str, dict[str, float]]


def score(
    labels: np.ndarray, probabilities: np.ndarray, threshold: float, seed: int, students: np.ndarray | None = None
) -> Figures:
    """Score forecasts, with 95 % percentile intervals from resampling students with replacement.

    Args:
        labels: 0 or 1, shape (num_rows,), both present.
        probabilities: Forecast P(label = 1), shape (num_rows,), in [0, 1].
        threshold: The positive label is forecast above it.
        seed: Of the resamples.
        students: Who each row is of, int of shape (num_rows,), from 0; each row its own if not given.

    Returns:
        `log_loss` (nats, probabilities clipped to [1e-7, 1 - 1e-7]), `brier`, `roc_auc`, `accuracy` and
        `balanced_accuracy`, each `{value, low, high}`. A resample in which a score is undefined (one class only) is
        left out of that score's interval.

    Reference:
        Brier (1950), Monthly Weather Review 78(1), 1-3; Hanley & McNeil (1982), Radiology 143(1), 29-36, for AUC as
        the share of pairs in the right order, ties counted half; Efron & Tibshirani (1993), ch. 13, for the interval.
    """
    # In order of the forecast, so that the area under the curve is a sum over groups of equal forecasts.
    order = np.argsort(probabilities, kind="stable")
    labels, probabilities = labels[order], probabilities[order].astype(np.float64)
    students = (np.arange(len(labels)) if students is None else students)[order]
    value = _scores(np.ones((1, len(labels))), labels, probabilities, threshold)
    drawn = [_scores(counts, labels, probabilities, threshold) for counts in _resamples(students, seed)]
    figures = {}
    for name in value:
        draws = np.concatenate([scores[name] for scores in drawn])
        low, high = np.percentile(draws[~np.isnan(draws)], [2.5, 97.5])
        figures[name] = {"value": float(value[name][0]), "low": float(low), "high": float(high)}
    return figures


def _resamples(students: np.ndarray, seed: int) -> Iterator[np.ndarray]:
    """How often each row is drawn, with all rows of its student; shape (_CHUNK, num_rows) a time."""
    generator = np.random.default_rng(seed)
    num_students = int(students.max()) + 1
    for _ in range(NUM_RESAMPLES // _CHUNK):
        drawn = generator.multinomial(num_students, np.full(num_students, 1 / num_students), size=_CHUNK)
        yield drawn[:, students].astype(np.float64)


def _scores(
    counts: np.ndarray, labels: np.ndarray, probabilities: np.ndarray, threshold: float
) -> dict[str, np.ndarray]:
    """Scores where row i counts counts[s, i] times, rows sorted by probability; arrays of shape (num_samples,)."""
    clipped = np.clip(probabilities, _EPSILON, 1 - _EPSILON)
    losses = -np.where(labels == 1, np.log(clipped), np.log(1 - clipped))
    right = (probabilities > threshold) == (labels == 1)
    positive, negative = counts * (labels == 1), counts * (labels == 0)
    num, num_positive, num_negative = (array.sum(axis=1) for array in (counts, positive, negative))
    groups = np.flatnonzero(np.r_[True, np.diff(probabilities) > 0])
    positive_at, negative_at = (np.add.reduceat(array, groups, axis=1) for array in (positive, negative))
    negative_below = np.cumsum(negative_at, axis=1) - negative_at
    with np.errstate(invalid="ignore"):  # one class only: undefined
        return {
            "log_loss": counts @ losses / num,
            "brier": counts @ (probabilities - labels) ** 2 / num,
            "roc_auc": (positive_at * (negative_below + negative_at / 2)).sum(axis=1) / (num_positive * num_negative),
            "accuracy": counts @ right / num,
            "balanced_accuracy": (positive @ right / num_positive + negative @ right / num_negative) / 2,
        }
