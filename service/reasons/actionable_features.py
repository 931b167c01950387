"""What a student can change: which features, to which values, and how large a change is."""

import math
from typing import NamedTuple

import numpy as np

from registry.contract.features import FLOAT32_MAX, Category, Feature, FeatureSchema

_FLOAT32_STEP = 1e-7  # The part of a number that float32 tells apart.
_NEAREST = 1e-4  # The smallest change of a number, as a part of its range.
_ROUNDING = 1 / 64  # The part by which a change may grow for a rounder number.
_PER_E_FOLD = 200  # Numbers that are rounded as distance grows by the factor e: more than there are round ones.


class Change(NamedTuple):
    """One way to change one feature: a number in one direction, or a category to another one.

    Attributes:
        column: The feature's.
        values: What it may become, the student's own first, then ever farther; float32 of shape (num_values,).
        sizes: How large a change to each is, float64 of the same shape.
    """

    column: int
    values: np.ndarray
    sizes: np.ndarray


class ActionableFeatures:
    """What one student can change: actionable features that are not null, in the direction and bounds of the schema.

    The size of a change is the sum over its features: a number counts by how far it goes, as a part of the range seen
    in training (else of its bounds, else as it is), and another category counts 1.

    Attributes:
        row: The student, encoded, float32 of shape (num_features,).
        changes: Every way to change one feature.
        columns: What can change, int of shape (num_actionable,).
    """

    def __init__(self, schema: FeatureSchema, row: np.ndarray) -> None:
        self.row = row
        self.changes = [
            change
            for column, feature in enumerate(schema.features)
            if feature.actionable is not None and not np.isnan(row[column])
            for change in _changes(column, feature, shortest(row[column]))
        ]
        self.columns = np.array(sorted({change.column for change in self.changes}), dtype=np.intp)
        self._is_category = np.array([isinstance(schema.features[column], Category) for column in self.columns], bool)
        self._widths = np.array([_width(schema.features[column]) for column in self.columns])

    def changed(self, rows: np.ndarray) -> np.ndarray:
        """Which features differ from the student's own.

        Args:
            rows: Changed students, float32 of shape (num_rows, num_features).

        Returns:
            bool of shape (num_rows, num_actionable).
        """
        different: np.ndarray = rows[:, self.columns] != self.row[self.columns]
        return different

    def sizes(self, rows: np.ndarray) -> np.ndarray:
        """How large changes are.

        Args:
            rows: Changed students, float32 of shape (num_rows, num_features).

        Returns:
            float64 of shape (num_rows,).
        """
        apart = np.abs(rows[:, self.columns].astype(np.float64) - self.row[self.columns]) / self._widths
        total: np.ndarray = np.where(self._is_category, self.changed(rows), apart).sum(axis=1)
        return total

    def nearer(self, row: np.ndarray, column: int) -> np.ndarray:
        """Values of one column from the student's own to that of a changed student, both included."""
        for change in self.changes:
            if change.column == column:
                found = np.flatnonzero(change.values == row[column])
                if len(found):
                    return change.values[: found[0] + 1]
        raise ValueError("no value that the column may take")


def shortest(value: np.float32) -> float:
    """A float32 as people wrote it: 6.4, not 6.400000095."""
    return float(str(value))


def _changes(column: int, feature: Feature, own: float) -> list[Change]:
    if isinstance(feature, Category):
        others = [code for code in range(len(feature.vocabulary)) if code != own]
        if feature.ordered and feature.actionable != "both":  # without an order there is no direction
            others = [code for code in others if (code > own) == (feature.actionable == "increase")]
        return [Change(column, np.array([own, code], np.float32), np.array([0.0, 1.0])) for code in others]
    # Where no bound is declared, the end of what training has seen; else no way leads there.
    seen = [shortest(np.float32(end)) for end in feature.observed or (math.inf, -math.inf)]
    low = seen[0] if feature.minimum is None else max(feature.minimum, -FLOAT32_MAX)
    high = seen[1] if feature.maximum is None else min(feature.maximum, FLOAT32_MAX)
    is_whole = feature.whole and own.is_integer()  # a number that is not whole to begin with may become any other
    ends = [
        *([low] if feature.actionable != "increase" and low < own else []),
        *([high] if feature.actionable != "decrease" and high > own else []),
    ]
    found = [_round_values(own, end, _width(feature), is_whole=is_whole) for end in ends]
    return [
        Change(column, values, np.abs(values.astype(np.float64) - own) / _width(feature))
        for values in found
        if len(values) > 1
    ]


def _round_values(own: float, end: float, width: float, *, is_whole: bool) -> np.ndarray:
    """Numbers from a student's own to a limit, denser near the student, each as round as its distance allows.

    Returns:
        The student's own, then multiples of 1, 2 or 5 times powers of ten, and the limit; float32, all different.
    """
    sign = math.copysign(1, end - own)
    if is_whole:
        end = math.floor(sign * end) * sign
    span = sign * (end - own)
    if span <= 0:
        return np.array([own], dtype=np.float32)
    nearest = min(_NEAREST * width, span)
    far = np.geomspace(nearest, span, math.ceil(_PER_E_FOLD * math.log(span / nearest)) + 1)
    widest = np.maximum(far * _ROUNDING, max(1.0 if is_whole else 1 / FLOAT32_MAX, abs(own) * _FLOAT32_STEP))
    exponents = np.floor(np.log10(widest))
    digits = np.array([1, 2, 5])[np.searchsorted([2, 5], widest / 10.0**exponents, side="right")]
    multiples = np.ceil(sign * (own + sign * far) / (digits * 10.0**exponents)) * digits
    # Divided by a power of ten, not multiplied by its inverse: that gives the float that is written shortest.
    rounded = np.where(exponents < 0, multiples / 10.0 ** np.maximum(-exponents, 0), multiples * 10.0**exponents)
    values = np.array([own, *(sign * np.minimum(rounded, sign * end)), end], dtype=np.float32)
    _, first = np.unique(values, return_index=True)
    return values[np.sort(first)]


def _width(feature: Feature) -> float:
    """What a feature's changes are measured by."""
    if isinstance(feature, Category):
        return 1.0
    for low, high in (feature.observed or (None, None), (feature.minimum, feature.maximum)):
        if low is not None and high is not None and high > low:
            return high - low
    return 1.0
