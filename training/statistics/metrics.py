"""Scores of probability forecasts, each with a bootstrap interval over students."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from training.statistics.figure import Figure, Figures

NUM_RESAMPLES = 1000
# A float32 sigmoid reaches 0 and 1 exactly, where the logarithm is infinite.
_EPSILON = 1e-7
_CHUNK = 100  # resamples at once, so that memory stays small on long tables
_CHUNK_CELLS = 5_000_000  # of rows times resamples

_MAX_BINS, _MIN_ROWS_OF_BIN = 10, 10
_WILSON_Z = 1.959964  # 97.5 % quantile of the normal distribution
_NUM_STEPS, _CONVERGED = 50, 1e-6
_FARTHEST_SLOPE = 100.0  # forecasts that tell the labels apart without fault have a slope without end


@dataclass(frozen=True)
class ReliabilityBin:
    """Rows with about the same forecast.

    Attributes:
        num_rows: How many.
        mean_probability: What was forecast for them.
        share_positive: What came.
        low: Lower end of the share's 95 % interval, in which several rows of a student count as one.
        high: Upper end of that interval.
    """

    num_rows: int
    mean_probability: float
    share_positive: float
    low: float
    high: float


def score_forecasts(
    labels: np.ndarray, probabilities: np.ndarray, threshold: float, seed: int, students: np.ndarray | None = None
) -> dict[str, Figure]:
    """Score forecasts, with 95 % percentile intervals from resampling students with replacement.

    Args:
        labels: 0 or 1, shape (num_rows,), both present.
        probabilities: Forecast P(label = 1), shape (num_rows,), in [0, 1].
        threshold: The positive label is forecast above it.
        seed: Of the resamples.
        students: Who each row is of, int of shape (num_rows,), from 0; each row its own if not given.

    Returns:
        `log_loss` (nats, probabilities clipped to [1e-7, 1 - 1e-7]), `brier`, `roc_auc`, `accuracy`,
        `balanced_accuracy` and `negative_recall` (share of the negatives that are answered negative). A resample in
        which a score is undefined (one class only) is left out of that score's interval; a score that is undefined
        for the whole is left out.

    Reference:
        Brier (1950), Monthly Weather Review 78(1), 1-3; Hanley & McNeil (1982), Radiology 143(1), 29-36, for AUC as
        the share of pairs in the right order, ties counted half; Efron & Tibshirani (1993), ch. 13, for the interval.
    """
    # In order of the forecast, so that the area under the curve is a sum over groups of equal forecasts.
    order = np.argsort(probabilities, kind="stable")
    labels, probabilities = labels[order], probabilities[order].astype(np.float64)
    students = (np.arange(len(labels)) if students is None else students)[order]
    return _with_intervals(lambda counts: _scores(counts, labels, probabilities, threshold), students, seed)


def log_losses(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Log loss of each forecast in nats, probabilities clipped to [1e-7, 1 - 1e-7]; the arrays are broadcast."""
    clipped = np.clip(probabilities, _EPSILON, 1 - _EPSILON)
    losses: np.ndarray = -np.where(labels == 1, np.log(clipped), np.log(1 - clipped))
    return losses


def paired_difference(
    labels: np.ndarray, probabilities: np.ndarray, others: np.ndarray, seed: int, students: np.ndarray
) -> Figure:
    """Mean log loss of one set of forecasts minus another's on the same rows, in nats; negative: the first is better.

    Args:
        labels: 0 or 1, shape (num_rows,).
        probabilities: Forecast P(label = 1), shape (num_rows,).
        others: What it is held against, shape (num_rows,).
        seed: Of the resamples.
        students: Who each row is of, int of shape (num_rows,), from 0.

    Returns:
        The interval is from resampling students: what both find hard cancels out.
    """
    differences = log_losses(labels, probabilities) - log_losses(labels, others)
    return means_over_students({"difference": differences}, students, seed)["difference"]


def means_over_students(values: Mapping[str, np.ndarray], students: np.ndarray, seed: int) -> Figures:
    """Means of several things over rows, each with the interval from resampling students.

    Args:
        values: Name → its value for each row, shape (num_rows,); a row that has NaN does not count.
        students: Who each row is of, int of shape (num_rows,).
        seed: Of the resamples.
    """
    matrix = np.stack(list(values.values()), axis=1)
    known = ~np.isnan(matrix)
    matrix = np.where(known, matrix, 0)

    def means(counts: np.ndarray) -> dict[str, np.ndarray]:
        with np.errstate(invalid="ignore"):  # none of the rows that count was drawn: undefined
            return dict(zip(values, ((counts @ matrix) / (counts @ known)).T, strict=True))

    return _with_intervals(means, students, seed)


def calibration_line(labels: np.ndarray, logits: np.ndarray, seed: int, students: np.ndarray) -> Figures:
    """Slope and intercept of the labels' log odds over the forecasts'; 1 and 0 where forecasts mean what they say.

    A slope below 1 says that forecasts are too extreme, above 1 that they are too timid.

    Args:
        labels: 0 or 1, shape (num_rows,).
        logits: Log odds of the forecasts, shape (num_rows,).
        seed: Of the resamples.
        students: Who each row is of, int of shape (num_rows,), from 0.

    Returns:
        `slope` and `intercept`.

    Reference:
        Cox (1958), Biometrika 45, 562-565; Van Calster et al. (2019), BMC Medicine 17:230.
    """

    def line(counts: np.ndarray) -> Mapping[str, np.ndarray]:
        slope, intercept = fit_line(labels, logits, counts)
        return {"slope": slope, "intercept": intercept}

    return _with_intervals(line, students, seed)


def fit_line(labels: np.ndarray, logits: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logistic regression of labels on logits by Newton's method, several at once.

    Args:
        labels: 0 or 1, shape (num_rows,).
        logits: Shape (num_rows,).
        counts: How often each row counts, shape (num_fits, num_rows).

    Returns:
        Slope and intercept, each of shape (num_fits,). Slopes are held within 100 of 0; without end is a slope where
        the labels can be told apart without fault.
    """
    slope, intercept = np.ones(len(counts)), np.zeros(len(counts))
    ridge = 1e-6 * counts.sum(axis=1)  # enough that a fit on one label only ends somewhere
    for _ in range(_NUM_STEPS):
        line = np.clip(slope[:, None] * logits + intercept[:, None], -30, 30)
        forecast = 1 / (1 + np.exp(-line))
        residual = counts * (labels - forecast)
        weight = counts * forecast * (1 - forecast)
        towards_slope = residual @ logits - ridge * (slope - 1)
        towards_intercept = residual.sum(axis=1) - ridge * intercept
        ss, si, ii = weight @ logits**2 + ridge, weight @ logits, weight.sum(axis=1) + ridge
        determinant = ss * ii - si**2
        # Steps of at most 2: where forecasts are nearly certain, Newton's are far too long.
        moves = (ii * towards_slope - si * towards_intercept, ss * towards_intercept - si * towards_slope)
        longest = np.maximum(np.abs(moves[0]), np.abs(moves[1])) / determinant
        shrink = np.minimum(1, 2 / np.maximum(longest, 1e-12)) / determinant
        slope = np.clip(slope + shrink * moves[0], -_FARTHEST_SLOPE, _FARTHEST_SLOPE)
        intercept = intercept + shrink * moves[1]
        if longest.max() < _CONVERGED:
            break
    return slope, intercept


def reliability(labels: np.ndarray, probabilities: np.ndarray, students: np.ndarray) -> tuple[ReliabilityBin, ...]:
    """What was forecast beside what came, in bins of as many rows each.

    Args:
        labels: 0 or 1, shape (num_rows,).
        probabilities: Forecast P(label = 1), shape (num_rows,).
        students: Who each row is of, int of shape (num_rows,).

    Returns:
        At most 10 bins of at least 10 rows, in order. Empty below 20 rows.

    Reference:
        Wilson (1927), JASA 22, 209-212, for the interval.
    """
    num_bins = min(_MAX_BINS, len(labels) // _MIN_ROWS_OF_BIN)
    if num_bins < 2:
        return ()
    bins = []
    for rows in np.array_split(np.argsort(probabilities, kind="stable"), num_bins):
        num, share = len(np.unique(students[rows])), float(labels[rows].mean())
        spread = _WILSON_Z**2 / num
        middle = (share + spread / 2) / (1 + spread)
        half = _WILSON_Z * np.sqrt(share * (1 - share) / num + spread / (4 * num)) / (1 + spread)
        bins.append(
            ReliabilityBin(
                num_rows=len(rows),
                mean_probability=float(probabilities[rows].mean()),
                share_positive=share,
                low=float(max(middle - half, 0)),
                high=float(min(middle + half, 1)),
            )
        )
    return tuple(bins)


def _with_intervals(
    scores: Callable[[np.ndarray], Mapping[str, np.ndarray]], students: np.ndarray, seed: int
) -> dict[str, Figure]:
    """Each score of the whole, with the 95 % percentile interval of its resamples."""
    value = scores(np.ones((1, len(students))))
    drawn = [scores(counts) for counts in _resamples(students, seed)]
    figures = {}
    for name in value:
        draws = np.concatenate([each[name] for each in drawn])
        draws = draws[~np.isnan(draws)]
        if not np.isnan(value[name][0]) and draws.size:
            low, high = np.percentile(draws, [2.5, 97.5])
            figures[name] = Figure(float(value[name][0]), float(low), float(high))
    return figures


def _resamples(students: np.ndarray, seed: int) -> Iterator[np.ndarray]:
    """How often each row is drawn, with all rows of its student; shape (num_resamples, num_rows) a time."""
    generator = np.random.default_rng(seed)
    _, students = np.unique(students, return_inverse=True)
    num_students = int(students.max()) + 1
    chunk = max(1, min(_CHUNK, _CHUNK_CELLS // len(students)))
    for start in range(0, NUM_RESAMPLES, chunk):
        size = min(chunk, NUM_RESAMPLES - start)
        drawn = generator.multinomial(num_students, np.full(num_students, 1 / num_students), size=size)
        yield drawn[:, students].astype(np.float64)


def _scores(
    counts: np.ndarray, labels: np.ndarray, probabilities: np.ndarray, threshold: float
) -> dict[str, np.ndarray]:
    """Scores where row i counts counts[s, i] times, rows sorted by probability; arrays of shape (num_samples,)."""
    losses = log_losses(labels, probabilities)
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
            "negative_recall": negative @ right / num_negative,
        }
