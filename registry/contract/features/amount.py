"""What is coded as an amount: kinds whose values have an order and a distance, such as numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import NoneType
from typing import Any, ClassVar, Literal, Self

import numpy as np
import orjson

from registry.contract.features.base import FLOAT32_MAX, BaseFeature

FLOAT64_WHOLE = 2.0**53  # beyond it float64 does not hold every whole number
_FAR = 1e30  # far out where an amount has no bounds, but within what float32 and the encoder take
_MIN_STUDENTS, _NUM_NOT_SHOWN = 50, 4  # at each end of the range seen, where the table has so many students
NEAR = 1e6  # an example is no farther out, unless training has seen such


@dataclass(frozen=True, kw_only=True)
class Amount(BaseFeature):
    """A feature whose code is how much of it there is.

    Attributes:
        minimum: Smallest valid amount, inclusive.
        maximum: Largest valid amount, inclusive.
        monotone: How the probability must move as the amount grows.
        observed: What training has seen: from the 5th smallest to the 5th largest student's, so that none shows; of
            under 50 students from the smallest to the largest.
        whole: Whether it is counted: every amount that training has seen was whole, and it has no unit, as what is
            measured has.
    """

    dtype: ClassVar[Literal["float32", "string"]] = "float32"
    null: ClassVar[float | str] = math.nan

    minimum: float | None = None
    maximum: float | None = None
    monotone: Literal["increasing", "decreasing"] | None = None
    observed: tuple[float, float] | None = None
    whole: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if not all(math.isfinite(bound) for bound in (self.minimum, self.maximum) if bound is not None):
            raise self._wrong("minimum and maximum must be finite")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise self._wrong("minimum is above maximum")
        if self.limits[0] > self.limits[1]:
            raise self._wrong("float32 holds no number from minimum to maximum")
        if not set(self.unseen) <= ({None} if self.nullable else set()):
            raise self._wrong("only what is valid can be unseen")

    @cached_property
    def limits(self) -> tuple[float, float]:
        """Between which a number is valid, inclusive; beyond float32's own it would be infinite there."""
        low = -FLOAT32_MAX if self.minimum is None else max(self.minimum, -FLOAT32_MAX)
        high = FLOAT32_MAX if self.maximum is None else min(self.maximum, FLOAT32_MAX)
        return low, high

    def within_limits(self, number: float) -> float:
        """The nearest valid number."""
        return min(max(number, self.limits[0]), self.limits[1])

    def encode(self, value: object) -> float:
        """A JSON integer or float as itself; a bool, an int in Python, is neither here."""
        if value is None:
            if self.nullable:
                return math.nan
        elif isinstance(value, int | float) and not isinstance(value, bool):
            # Checked before the cast to float32, which takes 24.0000001 to 24; NaN fails the comparison too.
            low, high = self.limits
            if low <= value <= high:
                return float(value) + 0.0  # -0 is 0
        raise ValueError(self.requirement)

    def try_encode_column(self, values: Sequence[object]) -> np.ndarray | None:
        """Numbers and nulls through NumPy."""
        types = set(map(type, values))
        has_null = NoneType in types
        if (has_null and not self.nullable) or not types <= {float, int, NoneType}:
            return None
        try:
            column = np.fromiter(values, np.float64, len(values)) + 0.0  # None becomes NaN, -0 becomes 0
        except OverflowError:
            return None
        present = column[~np.isnan(column)] if has_null else column
        if has_null and len(values) - len(present) != values.count(None):
            return None  # NaN is no number, here as in JSON
        if len(present):
            low, high = self.limits
            least, most = float(present.min()), float(present.max())  # NaN if there is one, and no comparison holds
            if not (low <= least and most <= high):
                return None
            if int in types and max(-least, most) >= FLOAT64_WHOLE:
                return None  # rounded on the way, perhaps into the bounds
        return column

    def decode(self, code: object) -> object:
        """A number stands for itself."""
        return code

    def decode_column(self, column: np.ndarray) -> list[Any]:
        """Numbers in their shortest form; in float32 one at a bound may be a little beyond it."""
        shortest = orjson.loads(orjson.dumps(np.ascontiguousarray(column), option=orjson.OPT_SERIALIZE_NUMPY))
        numbers = np.clip(np.array(shortest, dtype=np.float64), *self.limits)
        return [None if number != number else number for number in numbers.tolist()]

    def with_observed(self, column: np.ndarray, students: np.ndarray | None = None) -> Self:
        """With the range that was seen; none where so few had a value that single ones would show."""
        seen = column[~np.isnan(column)]
        unseen = (None,) if self.nullable and len(seen) == len(column) else ()
        if not seen.size:
            return replace(self, observed=None, unseen=unseen, whole=False)
        whole = self.unit is None and bool((seen == np.round(seen)).all())
        return replace(self, observed=_range_seen(column, students), unseen=unseen, whole=whole)

    def edges(self) -> list[Any]:
        """Its bounds, or far out."""
        low, high = self.limits
        low = min(-_FAR, high) if self.minimum is None else low
        return [low, max(_FAR, low) if self.maximum is None else high]

    def draw(self, generator: np.random.Generator) -> str | float:
        """A number in the range that was seen, or between the bounds."""
        ends = (0.0 if self.minimum is None else self.limits[0], 1.0 if self.maximum is None else self.limits[1])
        low, high = self.observed or ends
        value = float(generator.uniform(min(low, high), max(low, high)))
        # A range that was seen is in float32, which may lie beside the bound, and so may what was rounded.
        return self.within_limits(round(value, 3) if high - low > 1 else value)


def _range_seen(column: np.ndarray, students: np.ndarray | None) -> tuple[float, float] | None:
    known = ~np.isnan(column)
    values = column[known]
    order = np.argsort(values)
    lowest = highest = values[order]
    num_students = len(column)
    if students is not None:
        # A student with several rows counts once at each end.
        num_students = len(np.unique(students))
        whose = students[known][order]
        lowest = np.sort(lowest[np.unique(whose, return_index=True)[1]])
        highest = np.sort(highest[::-1][np.unique(whose[::-1], return_index=True)[1]])
    passed_over = _NUM_NOT_SHOWN if num_students >= _MIN_STUDENTS else 0
    if len(lowest) <= 2 * passed_over:
        return None
    return float(lowest[passed_over]), float(highest[-1 - passed_over])
