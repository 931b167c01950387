"""Columns that give the target away: copies of it, and what is known only once it is."""

from collections.abc import Sequence

import numpy as np

MIN_ROWS_OF_LEAKAGE = 40  # below, an honest column can separate the classes by chance
_AUC = 0.99
_CORRELATION = 0.995
_FEW_VALUES = 50


def leaks_target(
    cells: Sequence[str],
    numbers: np.ndarray | None,
    labels: np.ndarray,
    target: Sequence[str],
    marks: np.ndarray | None,
) -> str | None:
    """Tell whether a column alone gives the target.

    Args:
        cells: The column, num_rows of them; blank where there is none.
        numbers: The same as numbers, NaN where blank, shape (num_rows,); None for a category.
        labels: 0 or 1, shape (num_rows,).
        target: The target's own cells.
        marks: The same as numbers, shape (num_rows,), NaN where it is none; None where the target is no mark.

    Returns:
        How, in words; None if it does not. Below `MIN_ROWS_OF_LEAKAGE` rows only copies and renamings are told.
    """
    if list(cells) == list(target):
        return "it is the target again"
    values = set(cells)
    if len(values) == 2 == len(set(zip(cells, labels.tolist(), strict=True))) and len(labels) > 3:
        return "it says the same as the target in other words"
    if len(labels) < MIN_ROWS_OF_LEAKAGE:
        return None
    if numbers is not None:
        known = ~np.isnan(numbers)
        if (area := amounts_auc(numbers, labels)) >= _AUC:
            return f"it alone tells the target, with an AUC of {area:.3f}"
        if marks is not None:
            both = known & ~np.isnan(marks)
            if both.sum() >= MIN_ROWS_OF_LEAKAGE and abs(_rank_correlation(numbers[both], marks[both])) >= _CORRELATION:
                return "it puts the students in the order of their marks"
    # As categories too: the amounts of a code mean nothing, and a value may be there only for one class.
    if (area := values_auc(cells, labels)) >= _AUC:
        return f"its values alone tell the target, with an AUC of {area:.3f}"
    return None


def amounts_auc(numbers: np.ndarray, labels: np.ndarray) -> float:
    """How well numbers alone order the labels, whichever way round: .5 not at all, 1 without fault.

    Args:
        numbers: NaN where there is none, shape (num_rows,).
        labels: 0 or 1, shape (num_rows,).

    Returns:
        The area under the ROC curve over the rows that have a number; .5 where they are under `MIN_ROWS_OF_LEAKAGE`.
    """
    known = ~np.isnan(numbers)
    if known.sum() < MIN_ROWS_OF_LEAKAGE:
        return 0.5
    area = _auc(numbers[known], labels[known])
    return max(area, 1 - area)


def values_auc(cells: Sequence[object], labels: np.ndarray) -> float:
    """The same of values whose order means nothing, blank ones among them; .5 where they are more than 50.

    A value may be a code, or be there only for one class: each counts by how often it is positive among other rows.
    """
    return _auc(_rates(cells, labels), labels) if len(set(cells)) <= _FEW_VALUES else 0.5


def _rates(cells: Sequence[object], labels: np.ndarray) -> np.ndarray:
    """How often each row's value is positive among the rows of the other half, so that rare values tell nothing."""
    codes = np.unique(np.array(cells, dtype=object), return_inverse=True)[1]
    halves = np.random.default_rng(0).permutation(len(labels)) % 2  # rows may stand in an order
    rates = np.empty(len(labels))
    for half in (0, 1):
        others = halves != half
        counts = np.bincount(codes[others], minlength=codes.max() + 1)
        positives = np.bincount(codes[others], labels[others], minlength=codes.max() + 1)
        rates[~others] = ((positives + labels.mean()) / (counts + 1))[codes[~others]]
    return rates


def _ranks(numbers: np.ndarray) -> np.ndarray:
    """Ranks from 1, equal numbers sharing their mean."""
    _, codes, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: np.ndarray = (ends - (counts - 1) / 2)[codes]
    return ranks


def _auc(scores: np.ndarray, labels: np.ndarray) -> float:
    """Area under the ROC curve, by the Mann-Whitney statistic; 0.5 where there is one class only."""
    num_positive = int(labels.sum())
    num_negative = len(labels) - num_positive
    if not num_positive or not num_negative:
        return 0.5
    above = _ranks(scores)[labels == 1].sum() - num_positive * (num_positive + 1) / 2
    return float(above / (num_positive * num_negative))


def _rank_correlation(left: np.ndarray, right: np.ndarray) -> float:
    """Spearman's; 0 where one of them is constant."""
    first, second = _ranks(left), _ranks(right)
    if first.std() == 0 or second.std() == 0:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])
