"""Two amounts that give the target away together are found, and chance is not taken for such."""

import numpy as np
import pytest

from training.table.leakage import OneSided, one_sided
from training.table.leaking_pairs import LeakingPair, leaking_pairs


def points(num_rows: int, num_others: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Points possible, points earned (60 % pass) and columns that tell nothing; labels."""
    generator = np.random.default_rng(0)
    possible = generator.choice([40.0, 50, 60, 80, 100], num_rows)
    earned = np.round(possible * generator.beta(5, 3, num_rows))
    return np.stack([possible, earned, *generator.normal(size=(num_others, num_rows))]), (earned >= 0.6 * possible) * 1


@pytest.mark.parametrize("num_rows", [110, 3_000])
def test_the_pair_is_found_among_others(num_rows: int) -> None:
    """Blank cells and points of 0 do not hide it."""
    amounts, labels = points(num_rows, 20)
    amounts[1, :3], amounts[0, 3:6] = 0, np.nan
    labels[:3] = 0

    assert leaking_pairs(amounts, labels) == [LeakingPair(0, 1, "/", 1.0, False)]


def test_of_more_columns_than_can_be_tried_those_that_stand_together_are() -> None:
    """200 columns have 19,900 pairs."""
    amounts, labels = points(300, 200)

    assert [(pair.first, pair.second) for pair in leaking_pairs(amounts, labels)] == [(0, 1)]


def test_a_pair_is_not_told_where_one_alone_does_nearly_as_well_or_rows_are_few() -> None:
    """Anything beside a column of AUC .98 makes such a pair; and of 1,300 results some tell 9 rows apart."""
    amounts, labels = points(400, 20)
    clear = labels + np.random.default_rng(1).normal(scale=0.3, size=400)

    assert leaking_pairs(np.stack([clear, *amounts[2:]]), labels) == []
    assert leaking_pairs(amounts[:, :99], labels[:99]) == []
    rare = np.flatnonzero(labels == 0)[9:]
    assert leaking_pairs(np.delete(amounts, rare, axis=1), np.delete(labels, rare)) == []
    assert leaking_pairs(amounts[2:], labels) == []


def test_rows_of_one_label_are_told_where_chance_would_not_leave_them_alike() -> None:
    """Of two thirds, 34 alike have a chance of 1.03 in a million, 35 of .7."""
    labels = np.array([1, 1, 0] * 100)
    passing = np.flatnonzero(labels)

    def filled(rows: np.ndarray) -> np.ndarray:
        return ~np.isin(np.arange(300), rows)

    assert one_sided(filled(passing[:34]), labels) is None
    assert one_sided(filled(passing[:35]), labels) == OneSided(True, 1, 35)
    assert one_sided(~filled(passing[:35]), labels) == OneSided(False, 1, 35)
    assert one_sided(filled(np.arange(60)), labels) is None
    assert one_sided(filled(np.arange(0)), labels) is None
