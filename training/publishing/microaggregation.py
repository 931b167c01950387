"""Microaggregation: points into groups of a least size, so that what is said of a group is said of nobody in it."""

from collections.abc import Sequence

import numpy as np

_NUM_STEPS = 30
_NO_SCATTER = 1e-9  # what rounding leaves of points that are the same
_DIGITS = 9  # compared rounded, so that what is equal ties whatever the order in which a processor adds up


def microaggregate(points: np.ndarray, *, smallest: int, most: int) -> list[np.ndarray]:
    """Cut the group that is scattered most in two at the median of its first principal direction, again and again.

    Nothing is drawn: the same points give the same groups. Points that are all the same stay together.

    Args:
        points: Whose distances mean something, shape (num_points, num_coordinates).
        smallest: Points in a group, at least; fewer points than that are one group.
        most: Groups, at most.

    Returns:
        Indices of the points of each group, sorted.

    Reference:
        Domingo-Ferrer & Mateo-Sanz (2002), IEEE Transactions on Knowledge and Data Engineering 14(1), 189-201, for
        microaggregation; Boley (1998), Data Mining and Knowledge Discovery 2(4), 325-344, for the cuts.
    """
    groups = [np.arange(len(points))]
    scatters = [_scatter(points)]
    while len(groups) < most:
        open_to_cuts = [len(group) >= 2 * smallest for group in groups]
        index = int(np.argmax(np.where(open_to_cuts, scatters, 0.0)))
        if not open_to_cuts[index] or scatters[index] <= _NO_SCATTER:
            break
        parts = _cut(groups[index], points)
        groups[index : index + 1] = parts
        scatters[index : index + 1] = [_scatter(points[part]) for part in parts]
    return groups


def nearest(groups: Sequence[np.ndarray], index: int, points: np.ndarray) -> int:
    """Find the group whose mean is nearest to another's; the first of several.

    Args:
        groups: Indices of the points of each group, two groups at least.
        index: Of the other in `groups`.
        points: Shape (num_points, num_coordinates).

    Returns:
        Its index in `groups`.
    """
    means = np.array([points[group].mean(axis=0) for group in groups])
    distances = np.round(((means - means[index]) ** 2).sum(axis=1), _DIGITS)
    distances[index] = np.inf
    return int(np.argmin(distances))


def _scatter(points: np.ndarray) -> float:
    """Sum of squared distances to the mean."""
    return float(((points - points.mean(axis=0)) ** 2).sum())


def _cut(group: np.ndarray, points: np.ndarray) -> list[np.ndarray]:
    """Two halves along the direction in which the points lie farthest apart; ties go by index."""
    centred = points[group] - points[group].mean(axis=0)
    along = centred @ _first_direction(centred)
    order = np.argsort(np.round(along / np.abs(along).max(), _DIGITS), kind="stable")
    half = len(group) // 2
    return [np.sort(group[order[:half]]), np.sort(group[order[half:]])]


def _first_direction(centred: np.ndarray) -> np.ndarray:
    """The first principal direction by power iteration: the covariance of thousands of categories is too large."""
    # From the farthest point, which is not at right angles to all others: it is not to itself.
    direction: np.ndarray = centred[np.argmax((centred**2).sum(axis=1))]
    for _ in range(_NUM_STEPS):
        direction = centred.T @ (centred @ direction)
        direction /= np.linalg.norm(direction)
    return direction
