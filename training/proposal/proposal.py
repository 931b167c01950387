"""What a table's columns seem to be: the proposal that `python -m training init` writes for people to review."""

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from registry.contract.features import Amount, as_number, to_nfc
from registry.contract.table import CsvFormat, Table
from training.config import Target
from training.proposal.columns import MISSING_AMONG_NUMBERS, Column, ColumnProfile, Hint, Role, classify, profile
from training.proposal.quoted import quoted
from training.proposal.target_choice import choose_target
from training.table.dataset import InvalidData
from training.table.leakage import leaks_target, one_sided
from training.table.leaking_pairs import leaking_pairs
from training.table.natural_order import in_order

# Cells that mean that there is no value, whatever else their column holds.
_MISSING_ANYWHERE = frozenset({"na", "n/a", "#n/a", "?", "null", "nan"})


@dataclass(frozen=True)
class InitOptions:
    """What was asked for on the command line.

    Attributes:
        target: Name of the target's column.
        at_least: The pass line of a mark.
        positive: The values that pass.
        ignore: Columns to leave out.
        id: The column that names the student.
        time: The column that names the period.
        prior_mark: The column of an earlier mark.
        demographics: Whether columns of who a student is are for the audit or features.
    """

    target: str
    at_least: float | None = None
    positive: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    id: str | None = None
    time: str | None = None
    prior_mark: str | None = None
    demographics: Literal["audit", "features"] = "audit"


@dataclass(frozen=True)
class Proposal:
    """What a dataset file for a table would say.

    Attributes:
        format: How the CSV is written.
        options: What was asked for.
        target: What to predict.
        columns: Every column but target, id and what is used as period or earlier mark alone.
        missing: Cells that mean that there is no value.
        num_rows: Rows with a target, and as many cells as the header.
        num_positive: How many of them pass.
        num_without_target: Rows without.
        hints: What else could be set.
    """

    format: CsvFormat
    options: InitOptions
    target: Target
    columns: tuple[Column, ...]
    missing: tuple[str, ...]
    num_rows: int
    num_positive: int
    num_without_target: int
    hints: tuple[Hint, ...]

    def of(self, role: Role) -> list[Column]:
        """The columns with a role."""
        return [column for column in self.columns if column.role == role]


def propose(table: Table, form: CsvFormat, options: InitOptions) -> Proposal:
    """Tell what every column seems to be.

    Args:
        table: The CSV; rows with too few or too many cells are passed over.
        form: How it is written.
        options: What was asked for.

    Raises:
        InvalidData: A column that was named is not there or named twice, the target can't be used, or no feature is
            left.
    """
    options = _resolve_names(options, list(table.columns))
    rows = [row for row in range(table.num_rows) if row not in table.ragged]
    cells = {name: [to_nfc(column[row].strip()) for row in rows] for name, column in table.columns.items()}
    missing = _find_missing(
        {name: column for name, column in cells.items() if name not in options.ignore}, form.decimal, options
    )
    kept = [row for row, cell in enumerate(cells[options.target]) if cell and cell not in missing]
    target_cells = [cells[options.target][row] for row in kept]
    target, labels, marks = choose_target(
        options.target, target_cells, options.at_least, options.positive, form.decimal
    )
    profiles = [
        profile(name, ["" if texts[row] in missing else texts[row] for row in kept], form.decimal)
        for name, texts in cells.items()
    ]
    columns = [
        column
        for column in _classify_all(profiles, options, form, (labels, target_cells, marks))
        # A dataset file can't both use and ignore a column: what is no feature is not mentioned again.
        if column.role != "ignored" or column.name not in (options.time, options.prior_mark)
    ]
    columns = list(_ask_about_pairs(columns, profiles, labels, marks))
    if not any(column.role == "feature" for column in columns):
        reasons = "; ".join(f"{quoted(column.name)}: {column.reason}" for column in columns)
        raise InvalidData(f"no column is left as a feature ({reasons or 'there is none beside the target'})")
    ignored = {column.name for column in columns if column.role == "ignored"}
    used = {mark for name, texts in cells.items() if name not in ignored for mark in missing & set(texts)}
    return Proposal(
        format=form,
        options=options,
        target=target,
        columns=tuple(columns),
        missing=tuple(in_order(list(used), form.decimal)),
        num_rows=len(kept),
        num_positive=int(labels.sum()),
        num_without_target=len(rows) - len(kept),
        hints=tuple(column.hint for column in columns if column.hint),
    )


def _classify_all(
    profiles: Sequence[ColumnProfile],
    options: InitOptions,
    form: CsvFormat,
    target_values: tuple[np.ndarray, Sequence[str], np.ndarray | None],
) -> Iterator[Column]:
    """Every column but target and id, beside the others; `target_values` are its labels, cells and marks."""
    labels, target_cells, marks = target_values
    names: dict[tuple[str, ...], str] = {}  # the first column's with such cells
    for each in profiles:
        if each.name in (options.target, options.id):
            continue
        column = classify(each, form, options.demographics)
        if each.name in options.ignore:
            column = Column(each.name, "ignored", "as asked for")
        elif each.name == options.time:
            column = Column(each.name, "ignored", "the period")  # the next one is none that the model has seen
        elif column.role == "feature":
            first = names.setdefault(tuple(each.cells), each.name)
            if first != each.name:
                column = Column(each.name, "ignored", f"the same as {quoted(first)}")
            elif reason := leaks_target(each.cells, each.amounts, labels, target_cells, marks):
                reason = f"{reason}: is it known before the target is?"
                column = Column(each.name, "ignored", reason, hint=column.hint)
            elif sided := one_sided(each.blank, labels):
                who = f"only students who {'pass' if sided.label else 'fail'} {'have' if sided.filled else 'lack'} it"
                column = column.asking(f"{who}: is it known before the target is? if not, move it to ignore")
        yield column


def _ask_about_pairs(
    columns: Sequence[Column], profiles: Sequence[ColumnProfile], labels: np.ndarray, marks: np.ndarray | None
) -> Iterator[Column]:
    """The columns, with a question where two amounts tell the target together, as in many small tables they should."""
    amounts = {each.name: each.amounts for each in profiles}
    names = [column.name for column in columns if isinstance(column.feature, Amount)]
    asked: dict[str, str] = {}
    for pair in leaking_pairs(np.array([amounts[name] for name in names]), labels, marks):
        both = names[pair.first], names[pair.second]
        what = "puts the students in the order of their marks" if pair.in_order else "tells the target"
        question = (
            f"{quoted(both[0])} {pair.sign} {quoted(both[1])} {what}, with an AUC of {pair.auc:.3f}: are both known "
            "before the target is? if not, move one to ignore"
        )
        asked |= dict.fromkeys(both, question)
    for column in columns:
        yield column.asking(asked[column.name]) if column.name in asked else column


def _resolve_names(options: InitOptions, header: list[str]) -> InitOptions:
    """The options with the names of columns as the header has them."""

    def find(name: str) -> str:
        name = to_nfc(name.strip())
        if name not in header:
            close = difflib.get_close_matches(name.casefold(), [entry.casefold() for entry in header], n=1, cutoff=0)
            first = [entry for entry in header if entry.casefold() in close]
            shown = [*first, *(entry for entry in header if entry not in first)]
            raise InvalidData(f"no column {name!r}; the header has {', '.join(map(repr, shown))}")
        return name

    def find_if(name: str | None) -> str | None:
        return None if name is None else find(name)

    named = replace(
        options,
        target=find(options.target),
        positive=tuple(dict.fromkeys(to_nfc(value.strip()) for value in options.positive)),
        ignore=tuple(dict.fromkeys(find(name) for name in options.ignore)),
        id=find_if(options.id),
        time=find_if(options.time),
        prior_mark=find_if(options.prior_mark),
    )
    alone = [named.target, *filter(None, [named.id]), *named.ignore]
    both = {name for name, count in Counter(alone).items() if count > 1} | {named.time, named.prior_mark} & set(alone)
    if both:
        raise InvalidData(
            f"{', '.join(map(repr, sorted(filter(None, both))))} can't be two of target, id, ignored and used"
        )
    return named


def _find_missing(columns: Mapping[str, Sequence[str]], decimal: str, options: InitOptions) -> frozenset[str]:
    """Cells, as they are written, that stand for no value."""
    missing = set()
    for name, column in columns.items():
        values = set(column) - {""}
        certain = {value for value in values if value.casefold() in _MISSING_ANYWHERE}
        possible = {value for value in values if value.casefold() in MISSING_AMONG_NUMBERS}
        others = values - certain - possible
        if name == options.target and options.at_least is None:
            certain -= set(options.positive)
        missing |= certain
        if others and all(as_number(value, decimal) is not None for value in others):
            missing |= possible
    return frozenset(missing - set(options.positive))
