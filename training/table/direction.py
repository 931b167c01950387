"""Which way a label points: whether most of what speaks for a student goes with the one that is to pass."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from training.config import Target
from training.table.dataset import Dataset
from training.table.leakage import auc
from training.terms.header import more_is_better

_Z = 1.96  # standard errors from .5 within which an AUC may be chance
_MIN_EFFECT = 0.05  # of an AUC from .5; in a long table less is significant, and means nothing
_MIN_EFFECT_ALONE = 0.15  # of a single column's: weak students may well have more "study hours"
PRIOR_MARK = "the earlier mark"


class Ordered(NamedTuple):
    """A column of amounts.

    Attributes:
        name: Its header.
        amounts: NaN where there is none, shape (num_rows,).
        more_is_better: Whether more is to be expected of those who pass.
        is_prior_mark: Whether it is an earlier mark.
    """

    name: str
    amounts: np.ndarray
    more_is_better: bool
    is_prior_mark: bool = False


@dataclass(frozen=True)
class Opposed:
    """A column that points the other way.

    Attributes:
        column: Its name.
        auc: How often one who passes has more than one who fails, .5 where it says nothing.
    """

    column: str
    auc: float


@dataclass(frozen=True)
class Contradiction:
    """Columns that speak against which label passes.

    Attributes:
        columns: Those that point the other way, the plainest first.
        num_compared: Columns in all that say something.
    """

    columns: tuple[Opposed, ...]
    num_compared: int


def find_contradiction(columns: Iterable[Ordered], labels: np.ndarray, target: Target) -> Contradiction | None:
    """Tell whether an earlier mark, or most of the columns whose direction is known, point the other way.

    Args:
        columns: Those whose direction is known.
        labels: 0 or 1, shape (num_rows,).
        target: What passes.

    Returns:
        None where they do not. Only columns with an AUC beyond chance are counted. An earlier mark in which less is
        better points the other way too: it is outvoted by two other columns that agree where none else does not.

    Reference:
        Mann & Whitney (1947), Annals of Mathematical Statistics 18(1), 50-60; the standard error where it is chance.
    """
    opposed: list[Opposed] = []
    num_compared, by_prior_mark = 0, False
    for column in columns:
        known = ~np.isnan(column.amounts)
        area = auc(column.amounts[known], labels[known])
        if abs(area - 0.5) <= max(_by_chance(labels[known]), _MIN_EFFECT):
            continue
        agrees = (area > 0.5) == column.more_is_better
        if agrees and column.is_prior_mark and target.is_mark:
            continue  # marks on one scale agree whichever way that goes
        num_compared += 1
        if not agrees:
            opposed.append(Opposed(column.name, area))
            by_prior_mark |= column.is_prior_mark
    opposed.sort(key=lambda each: -abs(each.auc - 0.5))
    enough = len(opposed) > 1 or any(abs(each.auc - 0.5) > _MIN_EFFECT_ALONE for each in opposed)
    outvoted = len(opposed) == 1 and num_compared > 2
    if (by_prior_mark and not outvoted) or (enough and 2 * len(opposed) > num_compared):
        return Contradiction(tuple(opposed), num_compared)
    return None


def ordered_columns(dataset: Dataset, target: Target) -> list[Ordered]:
    """The columns whose direction is declared, or known by their name or as an earlier mark.

    Args:
        dataset: The rows.
        target: What passes; where less is better in it, it is so in an earlier mark.
    """
    found = []
    for column, feature in dataset.schema.amounts.items():
        expected = more_is_better(feature.name) if feature.monotone is None else feature.monotone == "increasing"
        if expected is not None:
            found.append(Ordered(feature.name, dataset.matrix[:, column], expected))
    if dataset.prior_mark is not None:
        found.append(Ordered(PRIOR_MARK, dataset.prior_mark, target.at_most is None, is_prior_mark=True))
    return found


def in_words(columns: Sequence[tuple[str, float]]) -> str:
    """What those who pass have more or less of, from names, as they are to be shown, and AUCs."""
    sides: dict[str, list[str]] = {"less": [], "more": []}
    for name, area in columns:
        sides["more" if area > 0.5 else "less"].append(name)
    return " and ".join(f"{side} {', '.join(names)}" for side, names in sides.items() if names)


def _by_chance(labels: np.ndarray) -> float:
    """How far an AUC can be from .5 by chance; 0 where a label is missing."""
    num_positive = int(labels.sum())
    num_pairs = num_positive * (len(labels) - num_positive)
    return _Z * ((len(labels) + 1) / (12 * num_pairs)) ** 0.5 if num_pairs else 0.0
