"""Columns that say in other words what a column for the audit says: a network would see by them what it must not."""

from collections.abc import Sequence

from training.proposal.columns import Column, ColumnProfile
from training.proposal.quoted import quoted

_MIN_ROWS_PER_VALUE = 2  # where nearly every value is another, any two columns are the same in other words


def copies_to_audit(profiles: Sequence[ColumnProfile], columns: Sequence[Column]) -> list[Column]:
    """Move each feature whose values stand one to one for those of an audited column to the audit.

    Args:
        profiles: What the columns hold.
        columns: What is proposed for them; a profile may have none.
    """
    roles = {column.name: column.role for column in columns}
    first: dict[tuple[int, ...], str] = {}
    for each in profiles:
        if roles.get(each.name) == "audit_only" and 2 <= len(set(each.cells)) <= len(each.cells) / _MIN_ROWS_PER_VALUE:
            first.setdefault(_pattern(each.cells), each.name)
    if not first:
        return list(columns)
    nums_of_values = {max(pattern) + 1 for pattern in first}
    patterns = {
        each.name: _pattern(each.cells)
        for each in profiles
        if roles.get(each.name) == "feature" and len(set(each.cells)) in nums_of_values
    }
    copied = {name: first[pattern] for name, pattern in patterns.items() if pattern in first}
    return [_copy(column, copied[column.name]) if column.name in copied else column for column in columns]


def _copy(column: Column, audited: str) -> Column:
    reason = f"the same as {quoted(audited)} in other words"
    return Column(column.name, "audit_only", reason, values=f"{column.values}; {reason}")


def _pattern(cells: Sequence[str]) -> tuple[int, ...]:
    """Each cell as the number of its value, by first row: alike for columns whose values stand one to one."""
    codes: dict[str, int] = {}
    return tuple([codes.setdefault(cell, len(codes)) for cell in cells])
