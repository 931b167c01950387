"""Amounts that give the target away together: points earned and points possible, or all parts of a total."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from training.table.leakage import LEAKING_AUC, LEAKING_CORRELATION, amounts_auc, rank_correlation

_MIN_ROWS, _MIN_RARER = 100, 10  # below, some pair among hundreds tells the labels apart by chance
_MOST_PAIRS = 5_000  # every pair of 100 columns; of more, those that stand closest: a few tenths of a second
_ROWS_EACH = 200  # of each label are looked at first: there an AUC of .99 has a standard error of .005
_SCREENED_AUC = 0.97
_MOST_CONFIRMED = 20  # on all rows, which takes 10 ms for 30,000
_CELLS_AT_ONCE = 1_000_000
_SIGNS = ("/", "-", "+")
_ROWS_OF_PARTS = 2_000  # of more, so many: 13 ms for 30 columns
_MIN_ROWS_PER_PART = 10  # of fewer, any marks are made up of anything
_LEAST_PART = 0.05  # of the marks' standard deviation


class LeakingPair(NamedTuple):
    """Two columns that tell the target together, and neither nearly as well alone.

    Attributes:
        first: Index of the one.
        second: Of the other.
        sign: `/`, `-` or `+`: what is done with the two.
        auc: How well the result orders the labels.
        in_order: Whether it puts the students in the order of their marks, too.
    """

    first: int
    second: int
    sign: str
    auc: float
    in_order: bool


def leaking_pairs(amounts: np.ndarray, labels: np.ndarray, marks: np.ndarray | None = None) -> list[LeakingPair]:
    """Find pairs of amounts whose ratio, difference or sum tells the target, with a third of either's error or less.

    Args:
        amounts: A row for each column of the table, NaN where blank, shape (num_amounts, num_rows).
        labels: 0 or 1, shape (num_rows,).
        marks: The target as numbers, shape (num_rows,), NaN where it is none; None where it is no mark.

    Returns:
        The clearest first; no column is in two of them. None below 100 rows or 10 of the rarer label.
    """
    if len(amounts) < 2 or len(labels) < _MIN_ROWS or np.bincount(labels, minlength=2).min() < _MIN_RARER:
        return []
    # What tells the labels apart on all rows does so on some of each label, which are in no order.
    order = np.random.default_rng(0).permutation(len(labels))
    sample = np.concatenate([order[labels[order] == label][:_ROWS_EACH] for label in (0, 1)])
    sample = np.random.default_rng(1).permutation(sample)
    screened = sorted(_screen(amounts[:, sample], labels[sample]), reverse=True)[:_MOST_CONFIRMED]
    found = [_confirm(amounts, labels, marks, first, second, sign) for _, first, second, sign in screened]
    pairs: list[LeakingPair] = []
    for pair in sorted(filter(None, found), key=lambda pair: -pair.auc):
        if not {pair.first, pair.second} & {column for each in pairs for column in (each.first, each.second)}:
            pairs.append(pair)
    return pairs


def parts_of_marks(amounts: np.ndarray, marks: np.ndarray) -> list[int]:
    """Columns that make up the marks, each by a weight, as quizzes and an exam make up a total.

    Args:
        amounts: A row for each column, NaN where blank, which adds nothing, shape (num_amounts, num_rows).
        marks: The target as numbers, shape (num_rows,), NaN where it is none.

    Returns:
        Their indices; none where they are under two, or the rows under ten for each column, or what they make up has a
        correlation with the marks under `LEAKING_CORRELATION`.
    """
    known = np.flatnonzero(~np.isnan(marks))
    known = np.random.default_rng(0).permutation(known)[:_ROWS_OF_PARTS]
    if len(amounts) < 2 or len(known) < max(_MIN_ROWS, _MIN_ROWS_PER_PART * len(amounts)):
        return []
    parts, whole = np.nan_to_num(amounts[:, known]), marks[known]
    parts, whole = parts - parts.mean(axis=1, keepdims=True), whole - whole.mean()
    parts = parts / np.maximum(parts.std(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    weights = np.linalg.lstsq(parts.T, whole, rcond=None)[0]
    if not whole.any() or np.corrcoef(weights @ parts, whole)[0, 1] < LEAKING_CORRELATION:
        return []
    found = np.flatnonzero(abs(weights) >= _LEAST_PART * whole.std()).tolist()
    return found if len(found) > 1 else []


def _screen(amounts: np.ndarray, labels: np.ndarray) -> Iterator[tuple[float, int, int, str]]:
    """AUC, columns and sign of what tells the labels of a few rows, and with half of either's error or less."""
    error = 1 - _aucs(amounts, labels)
    apart = ((first, first + gap) for gap in range(1, len(amounts)) for first in range(len(amounts) - gap))
    pairs = np.array(list(islice(apart, _MOST_PAIRS)))
    at_once = max(1, _CELLS_AT_ONCE // len(labels))
    for start in range(0, len(pairs), at_once):
        firsts, seconds = pairs[start : start + at_once].T
        either = np.minimum(error[firsts], error[seconds])
        for sign in _SIGNS:
            areas = _aucs(_combined(amounts[firsts], amounts[seconds], sign), labels)
            for index in np.flatnonzero((areas >= _SCREENED_AUC) & (1 - areas <= either / 2)):
                yield float(areas[index]), int(firsts[index]), int(seconds[index]), sign


def _confirm(
    amounts: np.ndarray, labels: np.ndarray, marks: np.ndarray | None, first: int, second: int, sign: str
) -> LeakingPair | None:
    """The pair, if it holds on all rows."""
    together = _combined(amounts[first], amounts[second], sign)
    known = ~np.isnan(together)
    columns, labels = np.stack([together, amounts[first], amounts[second]])[:, known], labels[known]
    if len(labels) < _MIN_ROWS or np.bincount(labels, minlength=2).min() < _MIN_RARER:
        return None
    area, *alone = (amounts_auc(column, labels) for column in columns)
    tells = area >= LEAKING_AUC and 1 - area <= (1 - max(alone)) / 3
    in_order = False
    if marks is not None:
        together_by_marks, *by_marks = (abs(rank_correlation(column, marks[known])) for column in columns)
        in_order = together_by_marks >= LEAKING_CORRELATION and 1 - together_by_marks <= (1 - max(by_marks)) / 3
    return LeakingPair(first, second, sign, area, in_order) if tells or in_order else None


def _combined(firsts: np.ndarray, seconds: np.ndarray, sign: str) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        # A ratio is infinite where the second is 0, which has its rank too.
        combine = {"/": np.divide, "-": np.subtract, "+": np.add}[sign]
        combined: np.ndarray = combine(firsts, seconds)
    return combined


def _aucs(amounts: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """How well each row of some amounts orders the labels, whichever way round; ties as they come, shape (num,)."""
    ranked = labels[np.argsort(amounts, axis=1)]  # NaN comes last
    num_known = (~np.isnan(amounts)).sum(axis=1, keepdims=True)
    ranks = np.arange(1, len(labels) + 1)
    ranked = np.where(ranks <= num_known, ranked, 0)
    num_positive = ranked.sum(axis=1)
    pairs = num_positive * (num_known[:, 0] - num_positive)
    above = (ranked * ranks).sum(axis=1) - num_positive * (num_positive + 1) / 2
    areas: np.ndarray = np.where(pairs > 0, above / np.maximum(pairs, 1), 0.5)
    folded: np.ndarray = np.maximum(areas, 1 - areas)
    return folded
