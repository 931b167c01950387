"""Amounts that lie far from all others of their column: a slip of the keyboard, or a student like no other."""

import numpy as np

_MIN_OTHERS, _MOST_FAR = 20, 2  # rows
_TIMES = 4  # so many times as far from the middle as the farthest of the others


def far_amounts(amounts: np.ndarray) -> np.ndarray:
    """Find the amounts, of one or two rows, that lie by themselves; what is only skewed, as most counts are, has none.

    Args:
        amounts: Shape (num_rows,), NaN where there is none.

    Returns:
        Indices of their rows, in order.
    """
    known = np.flatnonzero(~np.isnan(amounts))
    distances = np.abs(amounts[known] - np.median(amounts[known])) if known.size else np.empty(0)
    order = np.argsort(distances, kind="stable")
    for num in range(1, _MOST_FAR + 1):
        if len(order) - num >= _MIN_OTHERS:
            farthest = distances[order[-num - 1]]
            if farthest > 0 and distances[order[-num]] > _TIMES * farthest:
                return np.sort(known[order[-num:]])
    return known[:0]
