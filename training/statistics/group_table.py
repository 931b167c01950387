"""How good is it for whom: the figures of each group of students, where a group is large enough to speak of."""

from typing import Any

import numpy as np

from training.statistics.metrics import score
from training.table.dataset import Dataset
from training.table.natural_order import natural_key

MIN_STUDENTS_OF_GROUP = 10  # below, figures would say more about persons than about the network
_SHOWN = ("log_loss", "accuracy", "negative_recall")


def group_table(dataset: Dataset, probabilities: np.ndarray, threshold: float, seed: int) -> list[dict[str, Any]]:
    """Score each group of each column that the dataset file marks `audit_only`.

    Args:
        dataset: With `groups`.
        probabilities: Out-of-fold forecasts, shape (num_rows,).
        threshold: The positive label is forecast above it.
        seed: Of the resamples.

    Returns:
        Per group `column`, `group`, `num_students`, `num_negative` (students with the negative label) and `log_loss`,
        `accuracy`, `negative_recall`, each `{value, low, high}`. Groups of under 10 students are not named, since a
        name may be a person's: per column with such groups `column` and `num_suppressed`, how many.
    """
    table = []
    for column, names in dataset.groups.items():
        members, num_suppressed = np.array(names), 0
        for name in sorted(set(names), key=natural_key):
            rows = np.flatnonzero(members == name)
            labels, students = dataset.labels[rows], dataset.students[rows]
            entry: dict[str, Any] = {"column": column, "group": name}
            num_students = len(np.unique(students))
            if num_students < MIN_STUDENTS_OF_GROUP:
                num_suppressed += 1
                continue
            figures = score(labels, probabilities[rows], threshold, seed, students)
            entry["num_students"] = num_students
            entry["num_negative"] = len(np.unique(students[labels == 0]))
            table.append(entry | {figure: figures[figure] for figure in _SHOWN if figure in figures})
        if num_suppressed:
            table.append({"column": column, "num_suppressed": num_suppressed})
    return table
