"""How good is it for whom: the figures of each group of students, where a group is large enough to speak of."""

from dataclasses import dataclass

import numpy as np

from training.statistics.figure import Figure
from training.statistics.metrics import means_over_students, score_forecasts, shares_over_students
from training.table.dataset import Dataset
from training.table.natural_order import natural_key

MIN_STUDENTS_OF_GROUP = 10  # below, figures would say more about persons than about the network


@dataclass(frozen=True)
class Group:
    """How good forecasts are for one group.

    Attributes:
        column: What the table is grouped by.
        group: Name of the group.
        num_students: Who are in it.
        num_negative: Those of them with the negative label.
        log_loss: In nats.
        accuracy: Share of the rows whose label is answered.
        negative_recall: Share of the rows with the negative label that are answered so; None where there are none.
        false_alarms: Share of the rows with the positive label that are answered negative; None where there are none.
        calibration_in_the_large: Mean forecast minus the share of the positive; above 0 the group is flattered.
    """

    column: str
    group: str
    num_students: int
    num_negative: int
    log_loss: Figure
    accuracy: Figure
    negative_recall: Figure | None = None
    false_alarms: Figure | None = None
    calibration_in_the_large: Figure | None = None


@dataclass(frozen=True)
class SuppressedGroups:
    """The groups of a column that are too small to be named, since a name may be a person's.

    Attributes:
        column: What the table is grouped by.
        num_suppressed: How many.
    """

    column: str
    num_suppressed: int


GroupTable = tuple[Group | SuppressedGroups, ...]


def group_table(dataset: Dataset, probabilities: np.ndarray, thresholds: np.ndarray, seed: int) -> GroupTable:
    """Score each group of each column that the dataset file marks `audit_only`.

    Args:
        dataset: With `groups`.
        probabilities: Out-of-fold forecasts, shape (num_rows,).
        thresholds: The positive label is forecast above it, of each row, shape (num_rows,).
        seed: Of the resamples.

    Returns:
        Per column its groups in natural order, then how many of under 10 students there are, if there are any.
    """
    table: list[Group | SuppressedGroups] = []
    for column, names in dataset.groups.items():
        members, num_suppressed = np.array(names), 0
        for name in sorted(set(names), key=natural_key):
            rows = np.flatnonzero(members == name)
            labels, students = dataset.labels[rows], dataset.students[rows]
            num_students, num_negative = (len(np.unique(some)) for some in (students, students[labels == 0]))
            if num_students < MIN_STUDENTS_OF_GROUP:
                num_suppressed += 1
                continue
            figures = score_forecasts(labels, probabilities[rows], thresholds[rows], seed, students)
            false_alarms = np.where(labels == 1, probabilities[rows] <= thresholds[rows], np.nan)
            figures |= shares_over_students({"false_alarms": false_alarms}, students, seed)
            too_high = probabilities[rows] - labels
            figures |= means_over_students({"calibration_in_the_large": too_high}, students, seed)
            of_labels = map(figures.get, ("negative_recall", "false_alarms", "calibration_in_the_large"))
            shown = (figures["log_loss"], figures["accuracy"])
            table.append(Group(column, name, num_students, num_negative, *shown, *of_labels))
        if num_suppressed:
            table.append(SuppressedGroups(column, num_suppressed))
    return tuple(table)
