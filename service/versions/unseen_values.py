"""Values that are valid but that few or no students in training had: the network answers for them by guessing on."""

from typing import NamedTuple, assert_never

import numpy as np

from registry.contract.features import Amount, Category, Feature, FeatureSchema

_FEW = 8  # instances, below which a loop is faster than NumPy
MAX_WARNINGS = 1000  # of all kinds, in one answer


class Unseen(NamedTuple):
    """One value that training has not seen.

    Attributes:
        row: Of the instance, from 0.
        feature: Its display name.
        detail: What training has seen of it; never the value.
    """

    row: int
    feature: str
    detail: str


class UnseenValues:
    """Finds what a version's training has not seen."""

    def __init__(self, schema: FeatureSchema) -> None:
        self._names = schema.names
        # A number of which no row had any, or too few: whatever comes is beyond.
        seen = [_range(feature) for feature in schema.features]
        self._low, self._high = np.array(seen, dtype=np.float32).T
        self._limits = list(zip(self._low.tolist(), self._high.tolist(), strict=True))
        self._details = [_detail(feature) for feature in schema.features]
        # Column, and the codes that no row had; NaN for null.
        self._unseen = [
            (column, np.nan if value is None else feature.encode(value))
            for column, feature in enumerate(schema.features)
            for value in feature.unseen
        ]

    def find(self, matrix: np.ndarray) -> tuple[list[Unseen], int]:
        """Find what lies beyond.

        Args:
            matrix: Encoded instances, float32 of shape (num_instances, num_features).

        Returns:
            At most MAX_WARNINGS of them, by instance, and how many there are in all.
        """
        if len(matrix) < _FEW and self._has_seen(matrix):
            return [], 0
        beyond = (matrix < self._low) | (matrix > self._high)  # NaN, a null, is neither
        for column, code in self._unseen:
            values = matrix[:, column]
            beyond[:, column] |= np.isnan(values) if np.isnan(code) else values == code
        num = int(np.count_nonzero(beyond))
        if not num:
            return [], 0
        cells = zip(*(axis[:MAX_WARNINGS].tolist() for axis in np.nonzero(beyond)), strict=True)
        found = [
            Unseen(row, self._names[column], _NULL if np.isnan(matrix[row, column]) else self._details[column])
            for row, column in cells
        ]
        return found, num

    def _has_seen(self, matrix: np.ndarray) -> bool:
        """Whether training has plainly seen every value."""
        if self._unseen:
            return False
        for row in matrix.tolist():
            for value, (low, high) in zip(row, self._limits, strict=True):
                if value < low or value > high:
                    return False
        return True


_NULL = "no student in training had null here"


def _range(feature: Feature) -> tuple[float, float]:
    """Between which codes all is seen, but for those that no row had."""
    match feature:
        case Amount():
            return feature.observed or (np.inf, -np.inf)
        case Category():
            return -np.inf, np.inf
    assert_never(feature)


def _detail(feature: Feature) -> str:
    match feature:
        case Amount():
            if feature.observed is None:
                return "few or no students in training had a value here"
            low, high = map(feature.show, map(np.float32, feature.observed))
            unit = f" {feature.unit}" if feature.unit else ""
            return f"is outside of what nearly all students in training had: {low} to {high}{unit}"
        case Category():
            return "no student in training had this category"
    assert_never(feature)
