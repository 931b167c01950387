"""What is odd about a table: labels that look wrong, rows that stand twice or contradict, columns that give it away."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from training.statistics.baselines import Forecaster, baselines
from training.statistics.folds import FEW_ROWS, Fold
from training.table.dataset import Dataset, same_bits
from training.table.leakage import MIN_ROWS_OF_LEAKAGE, amounts_auc, values_auc

_LEAK = 0.99
_MOST_ROWS, _MOST_GROUPS = 200, 50


def audit(dataset: Dataset, out_of_fold: np.ndarray) -> dict[str, Any]:
    """Look the table over. Nothing is dropped; rows are numbered from 1 as in the CSV.

    Args:
        dataset: The rows.
        out_of_fold: P(positive) of each row by logistic regression in cross-validation, shape (num_rows,); used from 40
            rows on.

    Returns:
        The manifest's `audit`: `suspect_labels`, the most doubtful first, each `{row, label, probability}` (P(positive)
        by those of other students), at most 200; `duplicates`, groups of rows alike in features and label, and
        `contradictions`, alike in features but not in label, each `{rows}`, at most 50; `leakage`, features that alone
        order the labels with an AUC above .99, each `{feature, auc}`, or None below 40 rows, where that is chance;
        `num_suspect_labels`, `num_duplicate_rows`, `num_contradictory_rows`: how many there are in all;
        `num_different_rows`: rows that differ in a feature, of which few mean that many must be alike; `method`.
    """
    labels, rows = dataset.labels, dataset.rows
    few = len(labels) < FEW_ROWS  # then each student is left out alone
    probabilities = _leave_one_out(dataset, baselines(dataset, None)["logistic_regression"]) if few else out_of_fold
    suspects = suspect_labels(labels, probabilities)
    same_features = _same_features(dataset)
    alike, opposed = _by_label(same_features, labels)
    return {
        "method": "confident learning on logistic regression, "
        + ("each student left out alone" if few else "out of fold"),
        "suspect_labels": [
            {
                "row": int(rows[row]),
                "label": dataset.schema.labels[labels[row]],
                "probability": float(probabilities[row]),
            }
            for row in suspects[:_MOST_ROWS]
        ],
        "num_suspect_labels": len(suspects),
        "duplicates": [{"rows": _numbers(rows, group)} for group in alike[:_MOST_GROUPS]],
        "num_duplicate_rows": sum(map(len, alike)),
        "contradictions": [{"rows": _numbers(rows, group)} for group in opposed[:_MOST_GROUPS]],
        "num_contradictory_rows": sum(map(len, opposed)),
        "num_different_rows": len(same_features),
        "leakage": _leakage(dataset),
    }


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


def _leakage(dataset: Dataset) -> list[dict[str, Any]] | None:
    if len(dataset.labels) < MIN_ROWS_OF_LEAKAGE:
        return None
    found = []
    for feature, column in zip(dataset.schema.features, dataset.matrix.T, strict=True):
        cells = np.nan_to_num(column, nan=np.inf).tolist()  # NaN is not itself, and null is one value
        area = max(
            amounts_auc(column, dataset.labels) if feature.kind == "number" else 0.5, values_auc(cells, dataset.labels)
        )
        if area > _LEAK:
            found.append({"feature": feature.name, "auc": area})
    return found


def _numbers(rows: np.ndarray, group: Sequence[int]) -> list[int]:
    return [int(rows[row]) for row in group[:_MOST_ROWS]]
