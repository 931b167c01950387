"""What is odd about a table: labels that look wrong, rows that stand twice or contradict, columns that give it away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from registry.contract.features import Amount
from training.config import Target
from training.statistics.baselines import Forecaster, baselines
from training.statistics.folds import FEW_ROWS, Fold
from training.table.dataset import Dataset, same_bits
from training.table.direction import Contradiction, find_contradiction, ordered_columns
from training.table.leakage import LEAKING_AUC, MIN_ROWS_OF_LEAKAGE, amounts_auc, blanks_auc, one_sided, values_auc
from training.table.leaking_pairs import leaking_pairs

_MOST_ROWS, _MOST_GROUPS = 200, 50
_MIN_BLANKS = 10  # of fewer rows without a value it isn't said of what


@dataclass(frozen=True)
class SuspectLabel:
    """A row whose label looks wrong.

    Attributes:
        row: Its number in the CSV, from 1.
        label: As it is given.
        probability: P(positive) by the rows of other students.
    """

    row: int
    label: str
    probability: float


@dataclass(frozen=True)
class RowGroup:
    """Rows that are alike.

    Attributes:
        rows: Their numbers in the CSV, from 1; at most 200.
    """

    rows: tuple[int, ...]


@dataclass(frozen=True)
class Leak:
    """A feature, or two together, that alone order the labels.

    Attributes:
        feature: Its display name.
        auc: How well, from .99 up.
        by: What of it does: `blank`, whether there is a value; or `/`, `-` or `+`, what is done with it and the other;
            None: its values.
        other: Display name of the other.
    """

    feature: str
    auc: float
    by: str | None = None
    other: str | None = None


@dataclass(frozen=True)
class OneSidedFeature:
    """A feature that only rows of one label have, or lack: too many for chance.

    Attributes:
        feature: Its display name.
        filled: Whether they have it.
        label: Theirs.
        num_rows: How many they are, 20 or more.
    """

    feature: str
    filled: bool
    label: str
    num_rows: int


@dataclass(frozen=True)
class Completeness:
    """How much of a table is there.

    Attributes:
        num_left_out: Rows that are no students', or without a target.
        num_complete_rows: Other rows, with a value of each feature.
        blanks: Feature → rows without a value, of those that 10 rows or more lack, most first.
        num_others: Other features that some rows lack, too few to be named.
    """

    num_left_out: int
    num_complete_rows: int
    blanks: Mapping[str, int]
    num_others: int


@dataclass(frozen=True)
class Audit:
    """What is odd about a table.

    Attributes:
        method: How suspect labels were found, in words.
        suspect_labels: The most doubtful first, at most 200.
        num_suspect_labels: How many there are in all.
        duplicates: Rows alike in features and label, at most 50 groups.
        num_duplicate_rows: Rows in all such groups.
        contradictions: Rows alike in features but not in label, at most 50 groups.
        num_contradictory_rows: Rows in all such groups.
        num_different_rows: Rows that differ in a feature, of which few mean that many must be alike.
        leakage: Features that alone, or two together, order the labels; None below 40 rows, where that is chance.
        one_sided: Other features that only rows of one label have, or lack.
        direction: What speaks against which label passes; None where nothing does.
        completeness: How much of it is there.
    """

    method: str
    suspect_labels: tuple[SuspectLabel, ...]
    num_suspect_labels: int
    duplicates: tuple[RowGroup, ...]
    num_duplicate_rows: int
    contradictions: tuple[RowGroup, ...]
    num_contradictory_rows: int
    num_different_rows: int
    leakage: tuple[Leak, ...] | None
    one_sided: tuple[OneSidedFeature, ...]
    direction: Contradiction | None = None
    completeness: Completeness | None = None


def audit(dataset: Dataset, out_of_fold: np.ndarray, target: Target) -> Audit:
    """Look the table over. Nothing is dropped; rows are numbered from 1 as in the CSV.

    Args:
        dataset: The rows.
        out_of_fold: P(positive) of each row by logistic regression in cross-validation, shape (num_rows,); used from 40
            rows on.
        target: What passes.
    """
    labels, rows = dataset.labels, dataset.rows
    few = len(labels) < FEW_ROWS  # then each student is left out alone
    probabilities = _leave_one_out(dataset, baselines(dataset, None)["logistic_regression"]) if few else out_of_fold
    suspects = suspect_labels(labels, probabilities)
    leaks = _leakage(dataset)
    same_features = _same_features(dataset)
    alike, opposed = _by_label(same_features, labels)
    how = "each student left out alone" if few else "out of fold"
    return Audit(
        method=f"confident learning on logistic regression, {how}",
        suspect_labels=tuple(
            SuspectLabel(int(rows[row]), dataset.schema.labels[labels[row]], float(probabilities[row]))
            for row in suspects[:_MOST_ROWS]
        ),
        num_suspect_labels=len(suspects),
        duplicates=tuple(_numbered(rows, group) for group in alike[:_MOST_GROUPS]),
        num_duplicate_rows=sum(map(len, alike)),
        contradictions=tuple(_numbered(rows, group) for group in opposed[:_MOST_GROUPS]),
        num_contradictory_rows=sum(map(len, opposed)),
        num_different_rows=len(same_features),
        leakage=leaks,
        one_sided=_one_sided(dataset, leaks or ()),
        direction=find_contradiction(ordered_columns(dataset, target), labels, target),
        completeness=completeness(dataset),
    )


def completeness(dataset: Dataset) -> Completeness:
    """Count blank cells by feature."""
    blank = np.isnan(dataset.matrix)
    counts = dict(zip(dataset.schema.names, blank.sum(axis=0).tolist(), strict=True))
    named = {name: num for name, num in counts.items() if num >= _MIN_BLANKS}
    return Completeness(
        num_left_out=dataset.num_left_out,
        num_complete_rows=int((~blank.any(axis=1)).sum()),
        blanks=dict(sorted(named.items(), key=lambda entry: -entry[1])),
        num_others=sum(0 < num < _MIN_BLANKS for num in counts.values()),
    )


def suspect_labels(labels: np.ndarray, probabilities: np.ndarray) -> list[int]:
    """Rows whose label is confidently another: as likely as it is, on the average, where it is given.

    Args:
        labels: 0 or 1, shape (num_rows,), both present.
        probabilities: P(positive) by a model that has not seen the row, shape (num_rows,).

    Returns:
        Indices, the least likely label first.

    Reference:
        Northcutt, Jiang & Chuang (2021), Journal of Artificial Intelligence Research 70, 1373-1411.
    """
    confident = [(1 - probabilities)[labels == 0].mean(), probabilities[labels == 1].mean()]
    of_other = np.where(labels == 0, probabilities, 1 - probabilities)
    suspect = (of_other >= np.where(labels == 0, confident[1], confident[0])) & (of_other > 0.5)
    return sorted(np.flatnonzero(suspect).tolist(), key=lambda row: -of_other[row])


def _leave_one_out(dataset: Dataset, logistic: Forecaster) -> np.ndarray:
    probabilities = np.empty(len(dataset.labels))
    for student in np.unique(dataset.students):
        own = dataset.students == student
        fold = Fold(np.flatnonzero(~own), np.flatnonzero(own))
        probabilities[fold.test] = logistic(fold)
    return probabilities


def _same_features(dataset: Dataset) -> list[list[int]]:
    """Indices of the rows with the same features, for each of the different rows that there are."""
    alike: dict[bytes, list[int]] = {}
    for index, row in enumerate(same_bits(dataset.matrix)):
        alike.setdefault(row.tobytes(), []).append(index)
    return list(alike.values())


def _by_label(groups: list[list[int]], labels: np.ndarray) -> tuple[list[list[int]], list[list[int]]]:
    """Of rows with the same features those that share a label, and those that have both."""
    duplicates, contradictions = [], []
    for group in groups:
        by_label = [[row for row in group if labels[row] == label] for label in (0, 1)]
        duplicates += [rows for rows in by_label if len(rows) > 1]
        if all(by_label):
            contradictions.append(group)
    return sorted(duplicates), sorted(contradictions)


def _leakage(dataset: Dataset) -> tuple[Leak, ...] | None:
    if len(dataset.labels) < MIN_ROWS_OF_LEAKAGE:
        return None
    leaks, others = [], []
    for feature, column in zip(dataset.schema.features, dataset.matrix.T, strict=True):
        cells = np.nan_to_num(column, nan=np.inf).tolist()  # NaN is not itself, and null is one value
        as_amounts = amounts_auc(column, dataset.labels) if isinstance(feature, Amount) else 0.5
        area = max(as_amounts, values_auc(cells, dataset.labels))
        if (by_blanks := blanks_auc(np.isnan(column), dataset.labels)) > LEAKING_AUC:
            leaks.append(Leak(feature.name, by_blanks, "blank"))
        elif area > LEAKING_AUC:
            leaks.append(Leak(feature.name, area))
        elif isinstance(feature, Amount):
            others.append((feature.name, column.astype(np.float64)))
    for pair in leaking_pairs(np.array([column for _, column in others]), dataset.labels):
        (feature_name, _), (other_name, _) = others[pair.first], others[pair.second]
        leaks.append(Leak(feature_name, pair.auc, pair.sign, other_name))
    return tuple(leaks)


def _one_sided(dataset: Dataset, leaks: Sequence[Leak]) -> tuple[OneSidedFeature, ...]:
    told = {leak.feature for leak in leaks}
    found = []
    for name, column in zip(dataset.schema.names, dataset.matrix.T, strict=True):
        if name not in told and (sided := one_sided(np.isnan(column), dataset.labels)):
            found.append(OneSidedFeature(name, sided.filled, dataset.schema.labels[sided.label], sided.num_rows))
    return tuple(found)


def _numbered(rows: np.ndarray, group: Sequence[int]) -> RowGroup:
    return RowGroup(tuple(int(rows[row]) for row in group[:_MOST_ROWS]))
