"""Columns that give the target away: copies of it, and what is known only once it is."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

MIN_ROWS_OF_LEAKAGE = 40  # below, an honest column can separate the classes by chance
LEAKING_AUC = 0.99
LEAKING_CORRELATION = 0.995
_FEW_VALUES = 50
_MIN_BLANK, _MIN_SEPARATED = 4, 6  # rows of each label in a small table
_MIN_ROWS_OF_ONE_LABEL, _MAX_CHANCE_OF_ONE_LABEL = 20, 1e-6


class OneSided(NamedTuple):
    """Rows with a value, or rows without, that all have the same label.

    Attributes:
        filled: Whether they are those with a value.
        label: 0 or 1.
        num_rows: How many they are.
    """

    filled: bool
    label: int
    num_rows: int


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
    blank = np.array([not cell for cell in cells])
    if len(labels) < MIN_ROWS_OF_LEAKAGE:
        shares = blank[labels == 1].mean(), blank[labels == 0].mean()
        is_copy = sorted(shares) == [0, 1] and min(np.bincount(labels)) >= _MIN_BLANK
        return f"it is filled only for those who {'fail' if shares[0] else 'pass'}" if is_copy else None
    if (area := blanks_auc(blank, labels)) >= LEAKING_AUC:
        of_pass = blank[labels == 1].mean() < blank[labels == 0].mean()
        only = "only" if area == 1 else "nearly only"
        return f"it is filled {only} for those who {'pass' if of_pass else 'fail'}, with an AUC of {area:.3f}"
    if numbers is not None:
        if (area := amounts_auc(numbers, labels)) >= LEAKING_AUC:
            return f"it alone tells the target, with an AUC of {area:.3f}"
        if marks is not None:
            both = ~np.isnan(numbers + marks)
            if both.sum() >= MIN_ROWS_OF_LEAKAGE and abs(rank_correlation(numbers, marks)) >= LEAKING_CORRELATION:
                return "it puts the students in the order of their marks"
    # As categories too: the amounts of a code mean nothing, and a value may be there only for one class.
    if (area := values_auc(cells, labels)) >= LEAKING_AUC:
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
    area = auc(numbers[known], labels[known])
    return max(area, 1 - area)


def blanks_auc(blank: np.ndarray, labels: np.ndarray) -> float:
    """The same of whether there is a value at all, bool of shape (num_rows,)."""
    area = auc(blank, labels)
    return max(area, 1 - area)


def separates(numbers: np.ndarray, labels: np.ndarray) -> bool:
    """Tell whether numbers of fewer than `MIN_ROWS_OF_LEAKAGE` rows put all of one label above all of the other.

    Args:
        numbers: NaN where there is none, shape (num_rows,).
        labels: 0 or 1, shape (num_rows,).

    Returns:
        Never where a label has fewer than 6 rows: an honest column may do so by chance.
    """
    known = ~np.isnan(numbers)
    sides = [numbers[known & (labels == label)] for label in (0, 1)]
    if len(labels) >= MIN_ROWS_OF_LEAKAGE or min(map(len, sides)) < _MIN_SEPARATED:
        return False
    return bool(sides[0].max() < sides[1].min() or sides[1].max() < sides[0].min())


def one_sided(blank: np.ndarray, labels: np.ndarray) -> OneSided | None:
    """Tell whether only rows of one label have a value, or lack one: 20 or more, and too many for chance.

    Args:
        blank: Where there is no value, bool of shape (num_rows,).
        labels: 0 or 1, shape (num_rows,).
    """
    for filled in (True, False):
        alike = labels[blank != filled]
        if len(alike) and np.ptp(alike) == 0 and _is_no_chance(len(alike), float((labels == alike[0]).mean())):
            return OneSided(filled, int(alike[0]), len(alike))
    return None


def one_sided_values(cells: Sequence[str], labels: np.ndarray) -> dict[str, int]:
    """Values of a category that rows of one label alone have: 20 or more rows each, and too many for chance.

    Args:
        cells: The column; a blank one has no value.
        labels: 0 or 1, shape (num_rows,).

    Returns:
        Each of them → the label.
    """
    nums = Counter(zip(cells, labels.tolist(), strict=True))
    shares = np.bincount(labels, minlength=2) / len(labels)
    return {
        cell: label
        for (cell, label), num in nums.items()
        if cell and (cell, 1 - label) not in nums and _is_no_chance(num, float(shares[label]))
    }


def _is_no_chance(num_rows: int, share: float) -> bool:
    """Whether so many rows hardly have all one label, which such a share of all have, by chance."""
    return num_rows >= _MIN_ROWS_OF_ONE_LABEL and share**num_rows <= _MAX_CHANCE_OF_ONE_LABEL


def values_auc(cells: Sequence[object], labels: np.ndarray) -> float:
    """The same of values whose order means nothing, blank ones among them; .5 where they are more than 50.

    A value may be a code, or be there only for one class: each counts by how often it is positive among other rows.
    """
    return auc(_rates(cells, labels), labels) if len(set(cells)) <= _FEW_VALUES else 0.5


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


def auc(scores: np.ndarray, labels: np.ndarray) -> float:
    """Area under the ROC curve, by the Mann-Whitney statistic; 0.5 where there is one class only.

    Args:
        scores: No NaN among them, shape (num_rows,).
        labels: 0 or 1, shape (num_rows,).
    """
    positive, negative = np.sort(scores[labels == 1]), np.sort(scores[labels == 0])
    num_pairs = len(positive) * len(negative)
    if not num_pairs:
        return 0.5
    below = (np.searchsorted(negative, positive, side) for side in ("left", "right"))
    return float(sum(map(np.sum, below)) / (2 * num_pairs))


def rank_correlation(left: np.ndarray, right: np.ndarray) -> float:
    """Spearman's, over the rows that have both; 0 where one of them is constant."""
    both = ~(np.isnan(left) | np.isnan(right))
    left, right = left[both], right[both]
    first, second = _ranks(left), _ranks(right)
    if first.std() == 0 or second.std() == 0:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])
