"""Values that are valid but that training has not seen: the network answers for them by guessing on."""

from typing import NamedTuple

import numpy as np

from registry.contract.features import FeatureSchema, FeatureSpec

_FEW = 8  # instances, below which a loop is faster than NumPy
MAX_WARNINGS = 1000  # in one answer


class Unseen(NamedTuple):
    """One value that training has not seen.

    Attributes:
        position: Of the instance, from 0.
        feature: Its display name.
        detail: What training has seen of it; never the value.
    """

    position: int
    feature: str
    detail: str


class SeenValues:
    """What a version's training has seen of each feature."""

    def __init__(self, schema: FeatureSchema) -> None:
        """Gather what to look for: ranges of numbers, categories and nulls that no training row had."""
        self._names = schema.names
        # A number of which no row had any: whatever comes is beyond.
        seen = [
            feature.observed or ((np.inf, -np.inf) if feature.kind == "number" else (-np.inf, np.inf))
            for feature in schema.features
        ]
        self._low, self._high = np.array(seen, dtype=np.float32).T
        self._limits = list(zip(self._low.tolist(), self._high.tolist(), strict=True))
        self._details = [_detail(feature) for feature in schema.features]
        # Position of the feature, and the codes that no row had; NaN for null.
        self._unseen = [
            (position, np.nan if value is None else feature.encode(value))
            for position, feature in enumerate(schema.features)
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
        for position, code in self._unseen:
            column = matrix[:, position]
            beyond[:, position] |= np.isnan(column) if np.isnan(code) else column == code
        num = int(np.count_nonzero(beyond))
        if not num:
            return [], 0
        places = zip(*(axis[:MAX_WARNINGS].tolist() for axis in np.nonzero(beyond)), strict=True)
        found = [
            Unseen(row, self._names[place], _NULL if np.isnan(matrix[row, place]) else self._details[place])
            for row, place in places
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


def _detail(feature: FeatureSpec) -> str:
    if feature.kind == "category":
        return "no student in training had this category"
    if feature.observed is None:
        return "no student in training had a value here"
    low, high = feature.observed
    unit = f" {feature.unit}" if feature.unit else ""
    return f"is outside of what training has seen: {low:.6g} to {high:.6g}{unit}"
