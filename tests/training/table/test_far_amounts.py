"""Amounts that lie by themselves."""

import numpy as np
import pytest

from training.table.far_amounts import far_amounts


@pytest.mark.parametrize(
    ("others", "added", "far"),
    [
        (range(21), [53], [21]),  # The middle is 10.5, and 0 the farthest of the others: four times as far is 52.5.
        (range(21), [52], []),
        (range(21), [60, np.nan, 61], [21, 23]),
        (range(21), [60, 61, 62], []),
        (range(19), [1000], []),  # of so few others nobody knows how far they go
        ([5] * 40, [6], []),
        ([], [np.nan], []),
    ],
)
def test_one_or_two_far_from_all_others_are_found(others: range, added: list[float], far: list[int]) -> None:
    """More than four times as far from the middle as the farthest of the others."""
    assert far_amounts(np.array([*others, *added], dtype=np.float64)).tolist() == far


def test_what_is_only_skewed_has_none() -> None:
    """Of a thousand tables of 100 waiting times and as many of counts."""
    generator = np.random.default_rng(1)
    tables = [*generator.exponential(5, (1000, 100)), *generator.negative_binomial(0.5, 0.1, (1000, 100))]

    assert sum(far_amounts(np.asarray(table, dtype=np.float64)).size > 0 for table in tables) <= 4
