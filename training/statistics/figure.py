"""A figure with its interval, and what stands where there is none."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A figure with its 95 % interval, all three in one unit.

    `f"{figure:.2f}"` is "0.75 (0.61 to 0.84)", whatever format of a float is given.

    Attributes:
        value: Over everybody.
        low: Lower end of the interval.
        high: Upper end of the interval.
    """

    value: float
    low: float
    high: float

    def __format__(self, form: str) -> str:
        return f"{self.value:{form}} ({self.low:{form}} to {self.high:{form}})"


Figures = Mapping[str, Figure]


@dataclass(frozen=True)
class LeftOut:
    """What stands where something was not measured.

    Attributes:
        left_out: Why, in words.
    """

    left_out: str
