"""Splits: nobody is on both sides, and the last period is never trained on."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.tables import made
from training.config import SHIPPED, read_dataset_file
from training.statistics.folds import Fold, split, split_by_time, split_within
from training.table.dataset import InvalidData, load_dataset


def test_every_student_is_held_out_once_a_repeat() -> None:
    """15 rows: five folds, five repeats, both labels in each training part."""
    dataset = load_dataset(read_dataset_file(SHIPPED / "students.toml"))

    folds = split(dataset, seed=0)

    assert [len(repeat) for repeat in folds.repeats] == [5] * 5
    for repeat in folds.repeats:
        assert sorted(np.concatenate([fold.test for fold in repeat])) == list(range(15))
        for fold in repeat:
            assert set(fold.train).isdisjoint(fold.test)
            assert set(dataset.labels[fold.train]) == {0, 1}


@pytest.mark.parametrize(("num_rows", "num_repeats"), [(39, 5), (40, 2), (5000, 2), (5001, 1)])
def test_few_rows_are_split_more_often(num_rows: int, num_repeats: int) -> None:
    """What one split says of few students is chance."""
    assert len(split(made(num_rows, 1, signal=1), seed=0).repeats) == num_repeats


def test_rows_of_one_student_stay_together() -> None:
    """With an id declared, no student is in the training and the test part of a fold, nor of a fold within it."""
    dataset = made(60, 1, signal=1, rows_each=4)

    for fold in split(dataset, seed=0).each:
        assert set(dataset.students[fold.train]).isdisjoint(dataset.students[fold.test])
        for within in split_within(dataset, fold.train, seed=0):
            assert set(within.train) | set(within.test) == set(fold.train)
            assert set(dataset.students[within.train]).isdisjoint(dataset.students[within.test])


def test_too_few_students_to_hold_out_is_said() -> None:
    """One student with all the negative rows can't be on both sides of a fold."""
    labels = np.array([0] * 10 + [1] * 20)
    students = np.array([0] * 10 + list(range(1, 21)))
    dataset = replace(made(30, 1, signal=1), labels=labels, students=students)

    with pytest.raises(InvalidData, match="only one student has rows of one of the labels"):
        split(dataset, seed=0)


def test_the_last_period_is_scored_by_what_came_before() -> None:
    """And its students, who may have been there earlier, are trained on nowhere."""
    dataset = replace(
        made(90, 1, signal=1), students=np.r_[np.arange(60), np.arange(50, 80)], periods=np.repeat([0, 1, 2], 30)
    )

    fold = split_by_time(dataset)

    assert isinstance(fold, Fold)
    assert fold.test.tolist() == list(range(60, 90))
    assert fold.train.tolist() == list(range(50))


def test_a_short_last_period_takes_in_the_one_before() -> None:
    """Three students of a new term would show nothing."""
    dataset = replace(made(63, 1, signal=1), periods=np.r_[np.repeat([0, 1, 2], 20), [3, 3, 3]])

    fold = split_by_time(dataset)

    assert isinstance(fold, Fold)
    assert fold.test.tolist() == list(range(40, 63))


@pytest.mark.parametrize(
    ("periods", "why"),
    [
        (None, "names no time"),
        (np.zeros(60, dtype=int), "0 rows before the last period"),
        (np.r_[np.zeros(4, dtype=int), np.ones(56, dtype=int)], "4 rows before the last period"),
    ],
)
def test_why_nothing_can_be_said_over_time_is_told(periods: np.ndarray | None, why: str) -> None:
    """In words, for the manifest and the summary."""
    assert why in str(split_by_time(replace(made(60, 1, signal=1), periods=periods)))


def test_a_last_period_of_one_label_is_told_too() -> None:
    """No figure that needs both labels could be given."""
    labels = np.r_[np.arange(30) % 2, np.ones(30, dtype=int)]
    dataset = replace(made(60, 1, signal=1), labels=labels, periods=np.repeat([0, 1], 30))

    assert "in the last period" in str(split_by_time(dataset))
