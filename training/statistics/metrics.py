"""Scores of probability forecasts, each with a bootstrap interval over students."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from training.statistics.figure import Figure, Figures

NUM_RESAMPLES = 1000
# A float32 sigmoid reaches 0 and 1 exactly, where the logarithm is infinite.
_EPSILON = 1e-7
_NUM_CHUNKS = 10  # of the resamples of rows, so that what is worked on stays in the processor's cache
# Above it students are resampled in as many groups of about as many each, drawn by lot: an interval of means is as
# wide (groups vary the less, the more students they have), known to 1.6 % of its width, and takes as long as of 2,000.
_MOST_RESAMPLED = 2_000
# Above it the area under the curve and the line are resampled to the first order: what a row adds or takes away.
_MOST_EXACT_ROWS = 1_000

_MAX_BINS, _MIN_ROWS_OF_BIN = 10, 10
_WILSON_Z = 1.959964  # 97.5 % quantile of the normal distribution
_NUM_STEPS, _CONVERGED = 50, 1e-6
_CERTAIN = 1e-9  # the width of an interval that is none, but for rounding
_FARTHEST_SLOPE = 100.0  # forecasts that tell the labels apart without fault have a slope without end


@dataclass(frozen=True)
class _Resamples:
    """How often each row is drawn.

    Attributes:
        counts: How often each group of students is drawn, shape (num_resamples, num_groups).
        groups: Group of each row, int of shape (num_rows,).
    """

    counts: np.ndarray
    groups: np.ndarray

    def of_rows(self) -> np.ndarray:
        """Shape (num_resamples, num_rows)."""
        return self.counts[:, self.groups]

    def sums(self, *columns: np.ndarray) -> np.ndarray:
        """Of each column, shape (num_rows,), over the rows that are drawn: shape (num_columns, num_resamples)."""
        num_groups = self.counts.shape[1]
        by_group = np.stack([np.bincount(self.groups, column, num_groups) for column in columns], axis=1)
        sums: np.ndarray = (self.counts @ by_group).T
        return sums


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
    labels: np.ndarray,
    probabilities: np.ndarray,
    threshold: float | np.ndarray,
    seed: int,
    students: np.ndarray | None = None,
) -> dict[str, Figure]:
    """Score forecasts, with 95 % percentile intervals from resampling students with replacement.

    Args:
        labels: 0 or 1, shape (num_rows,), both present.
        probabilities: Forecast P(label = 1), shape (num_rows,), in [0, 1].
        threshold: The positive label is forecast above it; one for all, or of shape (num_rows,).
        seed: Of the resamples.
        students: Who each row is of, int of shape (num_rows,), from 0; each row its own if not given.

    Returns:
        `log_loss` (nats, probabilities clipped to [1e-7, 1 - 1e-7]), `brier`, `roc_auc`, `accuracy`,
        `balanced_accuracy` and `negative_recall` (share of the negatives that are answered negative). A resample in
        which a score is undefined (one class only) is left out of that score's interval; a score that is undefined
        for the whole is left out.

    Reference:
        Brier (1950), Monthly Weather Review 78(1), 1-3; Hanley & McNeil (1982), Radiology 143(1), 29-36, for AUC as
        the share of pairs in the right order, ties counted half; DeLong et al. (1988), Biometrics 44, 837-845, for
        what each row adds to it; Efron & Tibshirani (1993), ch. 13, for the interval.
    """
    # In order of the forecast, so that the area under the curve is a sum over groups of equal forecasts.
    order = np.argsort(probabilities, kind="stable")
    threshold = np.broadcast_to(threshold, labels.shape)[order]
    labels, probabilities = labels[order], probabilities[order].astype(np.float64)
    students = (np.arange(len(labels)) if students is None else students)[order]
    positive, right = labels == 1, (probabilities > threshold) == (labels == 1)
    losses, squares = log_losses(labels, probabilities), (probabilities - labels) ** 2
    area = _area_under_curve(positive, probabilities)

    def scores(resamples: _Resamples) -> Mapping[str, np.ndarray]:
        rows, positives, loss, square, found, found_positives = resamples.sums(
            np.ones(len(labels)), positive, losses, squares, right, right & positive
        )
        negatives, found_negatives = rows - positives, found - found_positives
        with np.errstate(invalid="ignore"):  # one class only: undefined
            return {
                "log_loss": loss / rows,
                "brier": square / rows,
                "roc_auc": area(resamples),
                "accuracy": found / rows,
                "balanced_accuracy": (found_positives / positives + found_negatives / negatives) / 2,
                "negative_recall": found_negatives / negatives,
            }

    figures = _with_intervals(scores, students, seed)
    for name, some in {"accuracy": students, "negative_recall": students[~positive]}.items():
        if name in figures:
            figures[name] = never_certain(figures[name], some)
    return figures


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
    known = [~np.isnan(column) for column in values.values()]
    filled = [np.nan_to_num(column) for column in values.values()]

    def means(resamples: _Resamples) -> Mapping[str, np.ndarray]:
        with np.errstate(invalid="ignore"):  # none of the rows that count was drawn: undefined
            return dict(zip(values, resamples.sums(*filled) / resamples.sums(*known), strict=True))

    return _with_intervals(means, students, seed)


def shares_over_students(values: Mapping[str, np.ndarray], students: np.ndarray, seed: int) -> Figures:
    """As `means_over_students`, of values from 0 to 1; never certain of what all students have in common.

    Args:
        values: Name → its value for each row, shape (num_rows,); a row that has NaN does not count.
        students: Who each row is of, int of shape (num_rows,).
        seed: Of the resamples.
    """
    figures = means_over_students(values, students, seed)
    return {name: never_certain(figure, students[~np.isnan(values[name])]) for name, figure in figures.items()}


def never_certain(share: Figure, students: np.ndarray) -> Figure:
    """A share with the exact interval of all or none of so many students, where every resample gives the same.

    Args:
        share: From 0 to 1, with the interval from resampling students.
        students: Who each row is of that counts, shape (num_rows,).

    Reference:
        Clopper & Pearson (1934), Biometrika 26, 404-413.
    """
    if share.high - share.low > _CERTAIN:
        return share
    beyond = 1 - 0.025 ** (1 / len(np.unique(students)))
    return Figure(share.value, max(share.value - beyond, 0.0), min(share.value + beyond, 1.0))


def calibration_line(
    labels: np.ndarray, logits: np.ndarray, seed: int, students: np.ndarray, height: float | None = None
) -> Figures:
    """Slope and intercept of the labels' log odds over the forecasts'; 1 and 0 where forecasts mean what they say.

    A slope below 1 says that forecasts are too extreme, above 1 that they are too timid.

    Args:
        labels: 0 or 1, shape (num_rows,).
        logits: Log odds of the forecasts, shape (num_rows,).
        seed: Of the resamples.
        students: Who each row is of, int of shape (num_rows,), from 0.
        height: Log odds of the labels.

    Returns:
        `slope` and `intercept`; with a height also `reached`, the log odds of a forecast at which the line has it,
        unless the line falls.

    Reference:
        Cox (1958), Biometrika 45, 562-565; Van Calster et al. (2019), BMC Medicine 17:230; Schucany & Wang (1991),
        Statistics & Probability Letters 11, 311-316, for one step of Newton's method from the line of all rows.
    """
    everyone = np.ones((1, len(labels)))
    whole = fit_line(labels, logits, everyone)

    def line(resamples: _Resamples) -> Mapping[str, np.ndarray]:
        if len(labels) <= _MOST_EXACT_ROWS:
            slope, intercept = fit_line(labels, logits, resamples.of_rows())
        else:
            residual, weight = (row[0] for row in _residual_and_weight(labels, logits, everyone, *whole))
            sums = resamples.sums(
                residual * logits, residual, weight * logits**2, weight * logits, weight, np.ones(len(labels))
            )
            slope, intercept, _ = _newton_step(*whole, *sums)
        found = {"slope": slope, "intercept": intercept}
        if height is not None:
            found["reached"] = (height - intercept) / np.where(slope > 0, slope, np.nan)
        return found

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
    slope, intercept, num_rows = np.ones(len(counts)), np.zeros(len(counts)), counts.sum(axis=1)
    for _ in range(_NUM_STEPS):
        residual, weight = _residual_and_weight(labels, logits, counts, slope, intercept)
        gradient = (residual @ logits, residual.sum(axis=1))
        curvature = (weight @ logits**2, weight @ logits, weight.sum(axis=1))
        slope, intercept, longest = _newton_step(slope, intercept, *gradient, *curvature, num_rows)
        if longest < _CONVERGED:
            break
    return slope, intercept


def _residual_and_weight(
    labels: np.ndarray, logits: np.ndarray, counts: np.ndarray, slope: np.ndarray, intercept: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """First and second derivative of each row's log likelihood by the line's height, times its count; as `counts`."""
    line = np.clip(slope[:, None] * logits + intercept[:, None], -30, 30)
    forecast = 1 / (1 + np.exp(-line))
    return counts * (labels - forecast), counts * forecast * (1 - forecast)


def _newton_step(
    slope: np.ndarray,
    intercept: np.ndarray,
    towards_slope: np.ndarray,
    towards_intercept: np.ndarray,
    ss: np.ndarray,
    si: np.ndarray,
    ii: np.ndarray,
    num_rows: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, float]:
    """The next slopes and intercepts, and the longest move; from sums over rows, arrays of shape (num_fits,)."""
    ridge = 1e-6 * num_rows  # enough that a fit on one label only ends somewhere
    towards_slope = towards_slope - ridge * (slope - 1)
    towards_intercept = towards_intercept - ridge * intercept
    ss, ii = ss + ridge, ii + ridge
    determinant = ss * ii - si**2
    # Steps of at most 2: where forecasts are nearly certain, Newton's are far too long.
    moves = (ii * towards_slope - si * towards_intercept, ss * towards_intercept - si * towards_slope)
    longest = np.maximum(np.abs(moves[0]), np.abs(moves[1])) / determinant
    shrink = np.minimum(1, 2 / np.maximum(longest, 1e-12)) / determinant
    slope = np.clip(slope + shrink * moves[0], -_FARTHEST_SLOPE, _FARTHEST_SLOPE)
    return slope, intercept + shrink * moves[1], float(longest.max())


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


def describe_intervals(num_students: int) -> str:
    """What an interval is, in words."""
    drawn = "students" if num_students <= _MOST_RESAMPLED else f"{_MOST_RESAMPLED} groups of students drawn by lot"
    return f"95 %, percentiles of {NUM_RESAMPLES} bootstrap resamples of {drawn}"


def _with_intervals(
    scores: Callable[[_Resamples], Mapping[str, np.ndarray]], students: np.ndarray, seed: int
) -> dict[str, Figure]:
    """Each score of the whole, with the 95 % percentile interval of its resamples."""
    _, groups = np.unique(students, return_inverse=True)
    num_students = int(groups.max()) + 1
    if num_students > _MOST_RESAMPLED:
        groups = (np.random.default_rng(seed).permutation(num_students) % _MOST_RESAMPLED)[groups]
    counts = _draw(min(num_students, _MOST_RESAMPLED), seed)
    value = scores(_Resamples(np.ones((1, 1)), np.zeros_like(groups)))
    chunks = np.array_split(counts, _NUM_CHUNKS) if len(groups) <= _MOST_EXACT_ROWS else [counts]
    drawn = [scores(_Resamples(each.astype(np.float64), groups)) for each in chunks]
    figures = {}
    for name in value:
        draws = np.concatenate([each[name] for each in drawn])
        draws = draws[~np.isnan(draws)]
        if not np.isnan(value[name][0]) and draws.size:
            low, high = np.percentile(draws, [2.5, 97.5])
            figures[name] = Figure(float(value[name][0]), float(low), float(high))
    return figures


@lru_cache(maxsize=16)  # of 4 MB at most; a run asks some 200 times for the same few
def _draw(num_groups: int, seed: int) -> np.ndarray:
    """How often each group is drawn, shape (NUM_RESAMPLES, num_groups)."""
    generator = np.random.default_rng(seed)
    shares = np.full(num_groups, 1 / num_groups)
    counts: np.ndarray = generator.multinomial(num_groups, shares, size=NUM_RESAMPLES).astype(np.uint16)
    counts.flags.writeable = False
    return counts


def _area_under_curve(positive: np.ndarray, probabilities: np.ndarray) -> Callable[[_Resamples], np.ndarray]:
    """The area under the curve of any resamples of rows that are sorted by probability; bool and float, (num_rows,)."""
    starts = np.flatnonzero(np.r_[True, np.diff(probabilities) > 0])

    def exact(counts: np.ndarray) -> np.ndarray:
        of_positive, of_negative = counts * positive, counts * ~positive
        positive_at, negative_at = (np.add.reduceat(each, starts, axis=1) for each in (of_positive, of_negative))
        below = np.cumsum(negative_at, axis=1) - negative_at
        pairs = of_positive.sum(axis=1) * of_negative.sum(axis=1)
        area: np.ndarray = (positive_at * (below + negative_at / 2)).sum(axis=1) / pairs
        return area

    if len(positive) <= _MOST_EXACT_ROWS:
        return lambda resamples: exact(resamples.of_rows())
    group = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(positive)]))
    num_positive, num_negative = positive.sum(), (~positive).sum()
    positive_at, negative_at = (np.bincount(group, each) for each in (positive, ~positive))
    # The share of the other class that each row is on the right side of.
    with np.errstate(invalid="ignore"):
        beats = ((np.cumsum(negative_at) - negative_at / 2) / num_negative)[group]
        is_beaten_by = (1 - (np.cumsum(positive_at) - positive_at / 2) / num_positive)[group]
    whole = beats[positive].mean() if num_positive and num_negative else np.nan

    def first_order(resamples: _Resamples) -> np.ndarray:
        of_positive, of_negative, positives, negatives = resamples.sums(
            np.where(positive, beats, 0), np.where(positive, 0, is_beaten_by), positive, ~positive
        )
        area: np.ndarray = of_positive / positives + of_negative / negatives - whole
        return area

    return first_order
