"""The target of a new dataset file: which values pass, as asked for or as their names say."""

import difflib
from collections.abc import Sequence

import numpy as np

from registry.contract.features import as_number
from training.config import Target
from training.table.dataset import InvalidData
from training.table.natural_order import in_order

_MAX_VALUES = 20  # A target of more different values is a mark.
_MAX_SHOWN = 10  # values in a message
_PASSING_VALUES = frozenset(
    """
    1 1.0 y yes true t p pass passed success successful j ja wahr bestanden o oui vrai admis admise
    reussi réussi reçu s si sí verdadero apto aprobado aprobada sì vero promosso promossa idoneo sim
    aprovado aprovada waar geslaagd voldoende
    """.split()
)


def choose_target(
    column: str, cells: Sequence[str], at_least: float | None, positive: tuple[str, ...], decimal: str
) -> tuple[Target, np.ndarray, np.ndarray | None]:
    """Tell pass from fail.

    Args:
        column: Name of the target.
        cells: Its cells, none of them blank.
        at_least: The pass line of a mark, if that was given.
        positive: The values that pass, if they were given.
        decimal: The decimal mark.

    Returns:
        The target; its labels, 0 or 1, shape (num_rows,), a cell at fault as 0; the marks, shape (num_rows,), NaN for a
        cell at fault, or None where the target is no mark.

    Raises:
        InvalidData: There is nothing to tell, or what is to be given.
    """
    if not cells:
        raise InvalidData(f"the target {column!r} is blank in every row")
    values = in_order(cells, decimal)
    numbers = {value: as_number(value, decimal) for value in values}
    marks = np.array([np.nan if numbers[cell] is None else numbers[cell] for cell in cells], dtype=np.float64)
    if at_least is not None:
        known = marks[~np.isnan(marks)]
        if 2 * len(known) <= len(cells):
            raise InvalidData(f"the target {column!r} is not a column of numbers; use --positive: {_show(values)}")
        extent = f"marks are from {known.min():.15g} to {known.max():.15g}"
        if len(set(known >= at_least)) < 2:
            which = "no" if known.max() < at_least else "every"
            raise InvalidData(f"{which} mark in {column!r} is at least {at_least:.15g}; {extent}")
        return Target(column, (), (), at_least), (marks >= at_least).astype(np.int64), marks
    if len(values) == 1:
        raise InvalidData(f"the target {column!r} has one value only: {_show(values)}; nothing can be learned from it")
    if not positive:
        positive = (_infer_positive(column, values, None not in numbers.values()),)
    for value in positive:
        if value not in values:
            close = difflib.get_close_matches(value, values, n=1, cutoff=0)
            others = [other for other in values if other not in close]
            raise InvalidData(f"{value!r} is no value of {column!r}: {_show([*close, *others])}")
    if len(values) > _MAX_VALUES:
        raise InvalidData(f"{column!r} has {len(values)} different values, too many for --positive; use --at-least N")
    negative = tuple(value for value in values if value not in positive)
    if not negative:
        raise InvalidData(f"every value of {column!r} passes: {_show(values)}; nothing can be learned from it")
    return Target(column, positive, negative, None), np.array([int(cell in positive) for cell in cells]), None


def _infer_positive(column: str, values: Sequence[str], numeric: bool) -> str:
    passing = [value for value in values if value.casefold() in _PASSING_VALUES]
    if len(values) == 2 and len(passing) == 1:
        return passing[0]
    if numeric and len(values) > 2:
        raise InvalidData(f"the target {column!r} is a column of numbers: give the pass line with --at-least N")
    raise InvalidData(f"give the value of {column!r} that passes with --positive VALUE: {_show(values)}")


def _show(values: Sequence[str]) -> str:
    shown = ", ".join(repr(value if len(value) <= 40 else value[:39] + "…") for value in values[:_MAX_SHOWN])
    return shown + (f", … ({len(values)} in all)" if len(values) > _MAX_SHOWN else "")
