"""Who is held out when: repeated stratified folds, and the last period after the earlier ones."""

from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from training.table.dataset import Dataset, InvalidData

_NUM_FOLDS = 5
FEW_ROWS, MANY_ROWS = 40, 5000
_NUM_REPEATS_OF_FEW, _NUM_REPEATS, _NUM_REPEATS_OF_MANY = 5, 2, 1
_MIN_ROWS_OF_TIME = 10


@dataclass(frozen=True)
class Fold:
    """Rows to train on and to score, indices in int arrays; the two are disjoint."""

    train: np.ndarray
    test: np.ndarray

    def mask(self, num_rows: int) -> np.ndarray:
        """1 for each row to train on, shape (num_rows,)."""
        rows = np.zeros(num_rows)
        rows[self.train] = 1
        return rows


@dataclass(frozen=True)
class Folds:
    """Every row is in the test part of one fold of each repeat, and in the training part of its other folds."""

    repeats: tuple[tuple[Fold, ...], ...]

    @property
    def each(self) -> list[Fold]:
        """All folds of all repeats, in order."""
        return [fold for _, fold in self.numbered]

    @property
    def numbered(self) -> list[tuple[int, Fold]]:
        """The same, each with the number of its repeat, from 0."""
        return [(number, fold) for number, folds in enumerate(self.repeats) for fold in folds]


def split(dataset: Dataset, seed: int) -> Folds:
    """Stratified folds; rows with the same id stay together.

    Args:
        dataset: What to split.
        seed: Of the shuffling.

    Returns:
        5 folds, fewer where the rarer label has fewer students; 2 repeats, 5 below 40 rows, 1 above 5,000.

    Raises:
        InvalidData: A class is left out of a training part.
    """
    num_rows = len(dataset.labels)
    num_repeats = _NUM_REPEATS_OF_MANY if num_rows > MANY_ROWS else _NUM_REPEATS
    num_repeats = _NUM_REPEATS_OF_FEW if num_rows < FEW_ROWS else num_repeats
    if dataset.num_rarer() < 2:
        raise InvalidData(f"{dataset.file}: only one student has rows of one of the labels; at least 2 are needed")
    rows = np.arange(num_rows)
    folds = Folds(tuple(_split_once(dataset, rows, seed + repeat) for repeat in range(num_repeats)))
    if any(len(set(dataset.labels[fold.train])) < 2 for fold in folds.each):
        raise InvalidData(f"{dataset.file}: too few students of one label to hold some of them out")
    return folds


def split_within(dataset: Dataset, rows: np.ndarray, seed: int) -> tuple[Fold, ...]:
    """Folds of some of the rows, for choosing among configurations within them.

    Args:
        dataset: What they are rows of.
        rows: Their indices, int array.
        seed: Of the shuffling.

    Returns:
        The folds; none where a label has too few students.
    """
    return _split_once(dataset, rows, seed) if dataset.num_rarer(rows) >= 2 else ()


def split_by_time(dataset: Dataset) -> Fold | str:
    """The last period to score, everything earlier to train on; a student of the last is in no other.

    Args:
        dataset: With `periods`.

    Returns:
        The fold; or why there is none, in words. The last period takes in the one before where it has few rows.
    """
    if dataset.periods is None:
        return "the dataset file names no time"
    labels, periods = dataset.labels, dataset.periods
    first = int(periods.max())
    while first > 0 and (periods >= first).sum() < _MIN_ROWS_OF_TIME:
        first -= 1
    test = np.flatnonzero(periods >= first)
    train = np.flatnonzero((periods < first) & ~np.isin(dataset.students, dataset.students[test]))
    for rows, which in ((train, "before the last period, without its students"), (test, "in the last period")):
        if len(np.unique(labels[rows])) < 2 or len(rows) < _MIN_ROWS_OF_TIME:
            return f"{len(rows)} rows {which}: at least {_MIN_ROWS_OF_TIME} with both labels are needed"
    return Fold(train, test)


def _split_once(dataset: Dataset, rows: np.ndarray, seed: int) -> tuple[Fold, ...]:
    labels, students = dataset.labels[rows], dataset.students[rows]
    grouped = len(np.unique(students)) < len(rows)
    kind = StratifiedGroupKFold if grouped else StratifiedKFold
    splitter = kind(min(_NUM_FOLDS, dataset.num_rarer(rows)), shuffle=True, random_state=seed)
    try:
        parts = list(splitter.split(rows, labels, students if grouped else None))
    except ValueError as error:
        raise InvalidData(f"{dataset.file}: can't be split for cross-validation: {error}") from error
    return tuple(Fold(rows[train], rows[test]) for train, test in parts)
