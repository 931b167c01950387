"""What it comes to where students below a threshold are helped: who is found, missed, and helped in vain."""

from dataclasses import dataclass

import numpy as np

from training.statistics.figure import Figure
from training.statistics.metrics import shares_over_students


@dataclass(frozen=True)
class Confusion:
    """The confusion table at one threshold, where the negative are those who are to be found.

    Attributes:
        threshold: Rows with a forecast up to here are answered negative, and helped.
        num_found: Negative rows that are answered negative.
        num_missed: Negative rows that are answered positive.
        num_in_vain: Positive rows that are answered negative.
        num_left_alone: Positive rows that are answered positive.
        found: Share of the negative that are answered negative.
        false_alarms: Share of the positive that are answered negative.
        right: Share of those answered negative that are; None where there are none.
    """

    threshold: float
    num_found: int
    num_missed: int
    num_in_vain: int
    num_left_alone: int
    found: Figure
    false_alarms: Figure
    right: Figure | None = None


def confusion(labels: np.ndarray, helped: np.ndarray, threshold: float, seed: int, students: np.ndarray) -> Confusion:
    """Count, with 95 % intervals from resampling students.

    Args:
        labels: 0 or 1, shape (num_rows,), both present.
        helped: Whether a row is answered negative, bool of shape (num_rows,).
        threshold: By which; kept beside the counts.
        seed: Of the resamples.
        students: Who each row is of, int of shape (num_rows,), from 0.
    """
    negative = labels == 0
    figures = shares_over_students(
        {
            "found": np.where(negative, helped, np.nan),
            "false_alarms": np.where(negative, np.nan, helped),
            "right": np.where(helped, negative, np.nan),
        },
        students,
        seed,
    )
    of_negative, of_positive = helped[negative], helped[~negative]
    return Confusion(
        threshold,
        num_found=int(of_negative.sum()),
        num_missed=int((~of_negative).sum()),
        num_in_vain=int(of_positive.sum()),
        num_left_alone=int((~of_positive).sum()),
        found=figures["found"],
        false_alarms=figures["false_alarms"],
        right=figures.get("right"),
    )
