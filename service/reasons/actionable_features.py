"""What a student can change: which features, how far, what a change counts, and numbers as people write them."""

import math
from typing import NamedTuple

import numpy as np

from registry.contract.features import FLOAT32_MAX, Category, Feature, FeatureSchema, Number

_PLAIN_WHOLE = 2.0**53  # up to which float64 holds every whole number
_FLOAT32_STEP = 1e-7  # of a number: what float32 tells apart
_SLACK = 1e-6  # what arithmetic may add to a whole number without its being the next one


class Move(NamedTuple):
    """One way to change one feature.

    Attributes:
        place: The feature's column.
        end: How far it may go: a number's limit, or the code of another category.
        size: What going all the way counts.
    """

    place: int
    end: float
    size: float


class Levers:
    """What one student can change: actionable features that are not null, in the direction and bounds of the schema.

    The size of a change is the sum over its features: a number counts by how far it goes, as a part of the range seen
    in training (else of its bounds, else as it is), and another category counts 1.

    Attributes:
        row: The student, encoded, float32 of shape (num_features,).
        moves: Every way to change one feature.
        places: Columns that can change, of shape (num_levers,).
        is_category: Whether a column holds categories, bool of shape (num_features,).
        steps: The smallest change of a column, float64 of shape (num_features,): of whole numbers 1, of others 0, and
            infinite of categories, between which there is nothing.
    """

    def __init__(self, schema: FeatureSchema, row: np.ndarray) -> None:
        """Gather the moves of a student.

        Args:
            schema: What is actionable, and between which limits.
            row: The student, encoded, float32 of shape (num_features,).
        """
        self.row = row
        self.is_category = np.array([isinstance(feature, Category) for feature in schema.features])
        self.steps = np.array([_step(*pair) for pair in zip(schema.features, map(shortest, row), strict=True)])
        self._widths = np.array([_width(feature) for feature in schema.features])
        self.moves = [
            Move(place, end, _part(feature, end - shortest(row[place])))
            for place, feature in enumerate(schema.features)
            for end in _ends(feature, shortest(row[place]))
        ]
        self.places = np.array(sorted({move.place for move in self.moves}), dtype=np.intp)

    def partway(self, places: np.ndarray, ends: np.ndarray, parts: np.ndarray) -> np.ndarray:
        """Values on ways from the student's own, of whole numbers the next one that is no closer to it.

        Args:
            places: The columns, of shape (num_ways,).
            ends: Where the ways end, float64 of shape (num_ways,).
            parts: Of each way, from 0 to 1, of shape (num_ways, num_parts); of a category, all above 0 is 1.

        Returns:
            float64 of shape (num_ways, num_parts).
        """
        own = self.row[places].astype(np.float64)[:, None]
        steps = self.steps[places][:, None]
        apart = parts * (ends[:, None] - own)
        whole = np.copysign(np.ceil(np.abs(apart) - _SLACK), apart)
        values: np.ndarray = own + np.where(steps == 1, whole, apart)
        return np.where(np.isinf(steps) & (parts > 0), ends[:, None], values)

    def changed(self, rows: np.ndarray) -> np.ndarray:
        """Which levers differ from the student's own.

        Args:
            rows: Changed students, float32 of shape (num_rows, num_features).

        Returns:
            bool of shape (num_rows, num_levers).
        """
        different: np.ndarray = rows[:, self.places] != self.row[self.places]
        return different

    def sizes(self, rows: np.ndarray) -> np.ndarray:
        """How large changes are.

        Args:
            rows: Changed students, float32 of shape (num_rows, num_features).

        Returns:
            float64 of shape (num_rows,).
        """
        places = self.places
        apart = np.abs(rows[:, places].astype(np.float64) - self.row[places]) / self._widths[places]
        total: np.ndarray = np.where(self.is_category[places], self.changed(rows), apart).sum(axis=1)
        return total

    def round_away(self, row: np.ndarray, place: int, step_size: float) -> float:
        """A changed number as the nearest round one that is no closer to the student's own, whole where it must be.

        Args:
            row: The changed student, float32 of shape (num_features,).
            place: The number's column.
            step_size: What the step that it is rounded to may count: a part of the range.

        Returns:
            A multiple of 1, 2 or 5 times a power of ten, or the limit where that lies before it.
        """
        value, own = shortest(row[place]), shortest(self.row[place])
        widest = max(self._widths[place] * step_size, abs(value) * _FLOAT32_STEP, 1 / FLOAT32_MAX, self.steps[place])
        exponent = math.floor(math.log10(widest))
        digit = next(digit for digit in (5, 2, 1) if digit * 10.0**exponent <= widest or digit == 1)
        num_steps = value / (digit * 10.0**exponent)
        whole = math.ceil(num_steps) if value > own else math.floor(num_steps)
        rounded = float(f"{whole * digit}e{exponent}")
        end = next(move.end for move in self.moves if move.place == place and (move.end > own) == (value > own))
        return min(rounded, end) if value > own else max(rounded, end)


def shortest(value: np.float32) -> float:
    """A float32 as people wrote it: 6.4, not 6.400000095."""
    return float(str(value))


def as_written(number: float) -> int | float:
    """A number as people write it in JSON: 6, not 6.0."""
    return int(number) if number.is_integer() and abs(number) < _PLAIN_WHOLE else number


def _ends(feature: Feature, own: float) -> list[float]:
    """How far a feature may go from the student's own value; what isn't known can't be changed."""
    if feature.actionable is None or math.isnan(own):
        return []
    if isinstance(feature, Category):  # has no order, and so no direction
        return [float(code) for code in range(len(feature.vocabulary)) if code != own]
    low, high = _limits(feature)
    if _step(feature, own) == 1:
        low, high = float(np.ceil(low)), float(np.floor(high))
    down = [low] if feature.actionable != "increase" and low < own else []
    up = [high] if feature.actionable != "decrease" and high > own else []
    return down + up


def _step(feature: Feature, own: float) -> float:
    """The smallest change, as `Levers` has it; a student's own number that is not whole may become any other."""
    if isinstance(feature, Category):
        return math.inf
    return 1.0 if feature.whole and own.is_integer() else 0.0


def _limits(feature: Number) -> tuple[float, float]:
    """A number's bounds; where one is not declared, the end of what training has seen; else no way leads there."""
    seen = (math.inf, -math.inf)
    if feature.observed is not None:
        seen = (shortest(np.float32(feature.observed[0])), shortest(np.float32(feature.observed[1])))
    low = seen[0] if feature.minimum is None else max(feature.minimum, -FLOAT32_MAX)
    high = seen[1] if feature.maximum is None else min(feature.maximum, FLOAT32_MAX)
    return low, high


def _part(feature: Feature, change: float) -> float:
    """How large a change of a feature is."""
    return 1.0 if isinstance(feature, Category) else abs(change) / _width(feature)


def _width(feature: Feature) -> float:
    """What a number's changes are measured by."""
    if isinstance(feature, Category):
        return 1.0
    for low, high in (feature.observed or (None, None), (feature.minimum, feature.maximum)):
        if low is not None and high is not None and high > low:
            return high - low
    return 1.0
