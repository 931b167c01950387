"""Asks whether the target of a new dataset file is the right way round, where the rest of the table says otherwise."""

from collections.abc import Collection, Sequence

import numpy as np

from training.config import Target
from training.proposal.columns import ColumnProfile
from training.proposal.quoted import quoted
from training.proposal.target_choice import TargetChoice
from training.table.direction import Ordered, find_contradiction, in_words
from training.terms.header import header_mentions, more_is_better

_MAX_SHOWN = 4  # columns in a question
_MOST_OF_SCALE = 6  # German marks end there, and so do Polish ones, of which it is the best


def ask_direction(
    choice: TargetChoice, profiles: Sequence[ColumnProfile], prior_mark: str | None, left_out: Collection[str | None]
) -> tuple[str, ...]:
    """A question, where an earlier mark or most columns that speak for or against a student point the other way.

    Args:
        choice: What passes.
        profiles: All columns.
        prior_mark: The column of an earlier mark, if one was named.
        left_out: Columns not to look at.
    """
    target = choice.target
    columns = []
    for each in profiles:
        is_prior_mark = each.name == prior_mark
        expected = target.at_most is None if is_prior_mark else _more_is_better(each)
        if expected is not None and each.amounts is not None and each.name not in left_out:
            columns.append(Ordered(each.name, each.amounts, expected, is_prior_mark))
    found = find_contradiction(columns, choice.labels, target)
    if found is None:
        is_known = any(not each.is_prior_mark for each in columns) or more_is_better(target.column) is not None
        return () if is_known or target.at_least is None or not _goes_either_way(choice) else (_alone(target),)
    shown = in_words([(quoted(each.column), each.auc) for each in found.columns[:_MAX_SHOWN]])
    return (f"students who pass have {shown}: {_remedy(target)}",)


def _more_is_better(profile: ColumnProfile) -> bool | None:
    """As its name says; of what is called a test or a mark more is better, where it goes beyond the scale of any."""
    known = more_is_better(profile.name)
    if known is not None or profile.amounts is None or not header_mentions(profile.name, "mark"):
        return known
    return True if np.nanmax(profile.amounts) > _MOST_OF_SCALE else None


def _goes_either_way(choice: TargetChoice) -> bool:
    """Whether marks are from 1 to 6 or fewer, of which some countries take the least for the best."""
    return choice.marks is not None and bool(np.nanmin(choice.marks) >= 1 and np.nanmax(choice.marks) <= _MOST_OF_SCALE)


def _alone(target: Target) -> str:
    return f"nothing else in the table says whether more is better: {_remedy(target)}"


def _remedy(target: Target) -> str:
    column = quoted(target.column)
    if target.at_least is not None:
        return f"is less better in {column}? then at_most = {target.at_least:.15g} in place of at_least"
    if target.at_most is not None:
        return f"is more better in {column}? then at_least = {target.at_most:.15g} in place of at_most"
    return "is it the other way round? then swap positive and negative"
