"""The order of values as people write them: numbers by size, digits within text as numbers."""

import re
from collections.abc import Sequence

import numpy as np

from registry.contract.features import as_number

# Day, month and year, in years of four digits, with whatever time; ISO dates are in order as they are.
_DATE = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})(.*)", re.DOTALL)


def natural_key(text: str) -> tuple[object, ...]:
    """A sort key under which "Term 2" comes before "Term 10", "2023/24" before "2024/25", and ISO dates in order."""
    pieces = re.split(r"([0-9]+)", text)
    # Digits without their zeros, fewer first: the order of numbers, however many digits they have.
    digits = [(len(run.lstrip("0")), run.lstrip("0")) for run in pieces[1::2]]
    return (*zip([piece.casefold() for piece in pieces[::2]], [*digits, (0, "")], strict=True), ("", (0, text)))


def in_order(cells: Sequence[str], decimal: str) -> list[str]:
    """The different cells in order: by time if all are dates, by size if all are numbers, else naturally.

    Args:
        cells: Without blanks around them.
        decimal: The decimal mark, "." or ",".
    """
    numbers = {cell: as_number(cell, decimal) for cell in dict.fromkeys(cells)}
    if dates := _as_dates([*numbers]):
        return sorted(dates, key=dates.__getitem__)
    if None in numbers.values():
        return sorted(numbers, key=natural_key)
    return sorted(numbers, key=lambda cell: (numbers[cell], natural_key(cell)))


def _as_dates(cells: Sequence[str]) -> dict[str, tuple[object, ...]]:
    """Each cell as year, month and day, where all of them are day, month and year; else nothing.

    The month is first where some second number is too large for it, and the day elsewhere.
    """
    found = {cell: date for cell in cells if (date := _DATE.fullmatch(cell))}
    if len(found) < len(cells):
        return {}
    month = 1 if any(int(date[3]) > 12 for date in found.values()) else 3
    return {
        cell: (int(date[4]), int(date[month]), int(date[4 - month]), natural_key(date[5]))
        for cell, date in found.items()
    }


def rank_periods(cells: Sequence[str], decimal: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Number periods in order of time.

    Args:
        cells: The period of each row, without blanks around it.
        decimal: The decimal mark, "." or ",".

    Returns:
        The rank of each row's period, from 0, int of shape (num_rows,); and the periods in order. Two ways to write a
        number are one period.
    """
    names: list[str] = []
    ranks: dict[str, int] = {}
    for cell in in_order(cells, decimal):
        number = as_number(cell, decimal)
        # In a column of text, "1" and "01" are what they are; in one of numbers they stand side by side here.
        if not names or number is None or number != as_number(names[-1], decimal):
            names.append(cell)
        ranks[cell] = len(names) - 1
    return np.array([ranks[cell] for cell in cells], dtype=np.int64), tuple(names)
