"""The groups of students by which errors are compared: one per value, or ranges of a number."""

from collections.abc import Sequence

import numpy as np

from registry.contract.features import as_number

BLANK = "(blank)"
_MOST_VALUES = 10  # a column of numbers with more is cut into ranges
_QUARTILES = (0.25, 0.5, 0.75)


def group(cells: Sequence[str], decimal: str) -> tuple[str, ...]:
    """Tell the group of each row, as it is shown to people.

    Args:
        cells: A column, without blanks around its cells.
        decimal: The decimal mark, "." or ",".

    Returns:
        For each row its cell, `BLANK` if there is nothing; in a column of more than ten different numbers, one of at
        most four ranges that hold about as many rows each, such as "15 to 17".
    """
    parsed = [as_number(cell, decimal) for cell in cells if cell]
    if None in parsed or len(set(parsed)) <= _MOST_VALUES:
        return tuple(cell or BLANK for cell in cells)
    numbers = np.array(parsed, dtype=np.float64)
    # Edges that occur, so that a range can be named by the smallest and the largest of its numbers.
    edges = np.unique(np.quantile(numbers, _QUARTILES, method="lower"))
    ranges = np.searchsorted(edges, numbers, side="left")
    names = {}
    for index in np.unique(ranges):
        low, high = numbers[ranges == index].min(), numbers[ranges == index].max()
        names[index] = f"{low:.15g}" if low == high else f"{low:.15g} to {high:.15g}"
    shown = iter(names[index] for index in ranges)
    return tuple(next(shown) if cell else BLANK for cell in cells)
