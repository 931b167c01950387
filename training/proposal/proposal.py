"""What a table's columns seem to be: the proposal that `python -m training init` writes for people to review."""

import difflib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Literal

import numpy as np

from registry.contract.features import Amount, Category, clean_cells, to_nfc
from registry.contract.features.missing import NO_RESULT, is_missing_anywhere, is_missing_mark
from registry.contract.table import CsvFormat, Table, find_skipped
from training.config import Target
from training.proposal.audited_copies import copies_to_audit
from training.proposal.columns import (
    OF_EVERY_COLUMN,
    Column,
    ColumnProfile,
    Hint,
    Role,
    classify,
    profile,
    with_counts,
    with_remarks,
)
from training.proposal.missing_words import MISSING_WORDS, not_achieved, or_the_lowest
from training.proposal.other_rows import OtherRow, ask_about_summaries, find_other_rows
from training.proposal.quoted import quoted
from training.proposal.scales import signed_grades
from training.proposal.target_choice import choose_target
from training.proposal.target_direction import ask_direction
from training.table.dataset import InvalidData
from training.table.far_amounts import far_amounts
from training.table.leakage import amounts_auc, leaks_target, one_sided, one_sided_values, separates
from training.table.leaking_pairs import leaking_pairs, parts_of_marks
from training.table.natural_order import in_order
from training.table.numerals import Numerals, find_numerals
from training.terms.header import header_mentions


@dataclass(frozen=True)
class InitOptions:
    """What was asked for on the command line.

    Attributes:
        target: Name of the target's column.
        at_least: The pass line of a mark.
        at_most: The same where less is better.
        positive: The values that pass.
        ignore: Columns to leave out.
        id: The column that names the student.
        time: The column that names the period.
        prior_mark: The column of an earlier mark.
        demographics: Whether columns of who a student is are for the audit or features.
        help_share: Share of the students that can be helped.
    """

    target: str
    at_least: float | None = None
    at_most: float | None = None
    positive: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    id: str | None = None
    time: str | None = None
    prior_mark: str | None = None
    demographics: Literal["audit", "features"] = "audit"
    help_share: float | None = None


@dataclass(frozen=True)
class Proposal:
    """What a dataset file for a table would say.

    Attributes:
        format: How the CSV is written.
        options: What was asked for.
        target: What to predict.
        why: Which values of it pass, and why, in words.
        target_questions: What speaks against that.
        columns: Every column but target, id and what is used as period or earlier mark alone.
        missing: Cells that mean that there is no value.
        other_rows: Rows that are no student's, and are left out.
        questions: What only people can tell of the table as a whole.
        num_rows: Rows with a target, and as many cells as the header.
        num_positive: How many of them pass.
        num_without_target: Rows without.
        hints: What else could be set.
    """

    format: CsvFormat
    options: InitOptions
    target: Target
    why: str
    target_questions: tuple[str, ...]
    columns: tuple[Column, ...]
    missing: tuple[str, ...]
    other_rows: tuple[OtherRow, ...]
    questions: tuple[str, ...]
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
    if len(table.ragged) == table.num_rows:
        raise InvalidData(f"every row {table.ragged[0]}, beginning with line {table.lines[0]}")
    options = _resolve_names(options, list(table.columns))
    stripped = {name: _without_formulas(clean_cells(column)) for name, column in table.columns.items()}
    other_rows, questions = find_other_rows(table, stripped, options.target, options.id)
    left_out = {row for other in other_rows for row in other.rows} | table.ragged.keys()
    rows = [row for row in range(table.num_rows) if row not in left_out]
    cells = {name: [column[row] for row in rows] for name, column in stripped.items()} if left_out else stripped
    missing, numerals = _read_columns(cells, form.decimal, options)
    target_numerals = numerals.get(options.target)
    no_marks = {
        cell: num
        for cell, num in Counter(cells[options.target]).items()
        if cell in missing and not is_missing_mark(cell)
    }
    kept = [row for row, cell in enumerate(cells[options.target]) if cell and cell not in missing]
    target_cells = [cells[options.target][row] for row in kept]
    choice = choose_target(
        options.target,
        target_cells,
        form.decimal,
        {} if target_numerals is None else target_numerals.numbers,
        list(no_marks),
        num_blank=len(rows) - len(kept),
        at_least=options.at_least,
        at_most=options.at_most,
        positive=options.positive,
    )
    lines = [table.lines[rows[row]] for row in kept]
    profiles = [
        profile(
            name,
            _without(missing, texts if len(kept) == len(rows) else [texts[row] for row in kept]),
            numerals.get(name),
        )
        for name, texts in cells.items()
    ]
    columns = [
        column
        for column in copies_to_audit(
            profiles, list(_classify_all(profiles, options, form.decimal, (choice.labels, target_cells, choice.marks)))
        )
        # A dataset file can't both use and ignore a column: what is no feature is not mentioned again.
        if column.role != "ignored" or column.name not in (options.time, options.prior_mark)
    ]
    columns = list(_ask_about_pairs(columns, profiles, choice.labels, choice.marks))
    columns = list(_ask_about_no_marks(columns, cells, kept, no_marks))
    columns = list(_ask_about_not_achieved(columns, cells, kept))
    columns = list(_ask_about_far(columns, profiles, lines))
    if not any(column.role == "feature" for column in columns):
        reasons = "; ".join(f"{quoted(column.name)}: {column.reason}" for column in columns)
        raise InvalidData(f"no column is left as a feature ({reasons or 'there is none beside the target'})")
    ignored = {column.name for column in columns if column.role == "ignored"}
    used = {mark for name, texts in cells.items() if name not in ignored for mark in missing & set(texts)}
    return Proposal(
        format=form,
        options=options,
        target=choice.target,
        why=choice.why,
        target_questions=(
            *choice.questions,
            *_about_no_marks(no_marks if choice.target.is_mark else {}),
            *_about_not_achieved(
                {} if choice.target.is_mark else Counter(filter(None, cells[options.target])), "negative"
            ),
            *_about_remarks(Counter(target_cells), target_numerals if choice.target.is_mark else None),
            *ask_direction(choice, profiles, options.prior_mark, {options.target, options.id, *options.ignore}),
        ),
        columns=tuple(columns),
        missing=tuple(in_order(list(used), form.decimal)),
        other_rows=tuple(other_rows),
        questions=(
            *_about_the_header(table),
            *questions,
            *ask_about_summaries(
                [(cells[name], found.numbers) for name, found in numerals.items()], [table.lines[row] for row in rows]
            ),
            *_about_other_rows(other_rows, columns, table, options.target),
        ),
        num_rows=len(kept),
        num_positive=int(choice.labels.sum()),
        num_without_target=len(rows) - len(kept),
        hints=tuple(
            hint
            for hint in chain(
                (column.hint for column in columns if column.hint),
                _suggest_prior_mark(columns, profiles, choice.labels),
            )
            if getattr(options, hint.key) is None
        ),
    )


def _classify_all(
    profiles: Sequence[ColumnProfile],
    options: InitOptions,
    decimal: str,
    target_values: tuple[np.ndarray, Sequence[str], np.ndarray | None],
) -> Iterator[Column]:
    """Every column but target and id, beside the others; `target_values` are its labels, cells and marks."""
    labels, target_cells, marks = target_values
    names: dict[tuple[str, ...], str] = {}  # the first column's with such cells
    for each in profiles:
        if each.name in (options.target, options.id):
            continue
        column = classify(each, labels, decimal, options.demographics)
        if column.feature is not None and each.name == options.prior_mark:
            column = replace(column, feature=replace(column.feature, actionable=None))
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
                kept = tuple(question for question in column.questions if not question.startswith(OF_EVERY_COLUMN))
                column = replace(column, role="ignored", reason=reason, feature=None, questions=kept)
            elif sided := one_sided(each.blank, labels):
                who = f"only students who {'pass' if sided.label else 'fail'} {'have' if sided.filled else 'lack'} it"
                column = column.asking(f"{who}: is it known before the target is? if not, move it to ignore")
            elif each.amounts is not None and separates(each.amounts, labels):
                column = column.asking(
                    "does it alone tell the target, in so small a table? if it is not known before, move it to ignore"
                )
            elif each.numbers is None and (alone := one_sided_values(each.cells, labels)):
                shown = " or ".join(
                    f"only students who {'pass' if label else 'fail'} have {quoted(value)}"
                    for value, label in alone.items()
                )
                column = column.asking(f"{shown}: is it known before the target is? if not, move it to ignore")
        yield column


def _ask_about_pairs(
    columns: Sequence[Column], profiles: Sequence[ColumnProfile], labels: np.ndarray, marks: np.ndarray | None
) -> Iterator[Column]:
    """The columns, with a question where amounts tell the target together, as in many small tables they should."""
    by_name = {each.name: each.amounts for each in profiles}
    names = [column.name for column in columns if isinstance(column.feature, Amount)]
    amounts = np.array([by_name[name] for name in names])
    asked: dict[str, str] = {}
    if marks is not None and (parts := [names[index] for index in parts_of_marks(amounts, marks)]):
        shown = ", ".join(map(quoted, parts))
        question = f"{shown} make up the marks: are all known before the target is? if not, move those to ignore"
        asked |= dict.fromkeys(parts, question)
    for pair in leaking_pairs(amounts, labels, marks):
        both = names[pair.first], names[pair.second]
        what = "puts the students in the order of their marks" if pair.in_order else "tells the target"
        question = (
            f"{quoted(both[0])} {pair.sign} {quoted(both[1])} {what}, with an AUC of {pair.auc:.3f}: are both known "
            "before the target is? if not, move one to ignore"
        )
        asked |= dict.fromkeys(both, question)
    for column in columns:
        yield column.asking(asked[column.name]) if column.name in asked else column


def _ask_about_far(
    columns: Sequence[Column], profiles: Sequence[ColumnProfile], lines: Sequence[int]
) -> Iterator[Column]:
    """The columns, with a question where one or two amounts lie far from all others, as a slip of the keyboard does."""
    by_name = {each.name: each for each in profiles}
    for column in columns:
        each = by_name[column.name]
        if column.feature is not None and each.amounts is not None and (far := far_amounts(each.amounts)).size:
            shown = ", ".join(f"{quoted(each.cells[row])} (line {lines[row]})" for row in far)
            others = np.delete(each.amounts, far)
            extent = f"{np.nanmin(others):.15g} to {np.nanmax(others):.15g}"
            remedy = "if not, mend the table, and the bound here: the network learns little of the others beside it"
            column = column.asking(f"{shown}: is it right, so far from all others, {extent}? {remedy}")
        yield column


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


def _without_formulas(cells: Sequence[str]) -> Sequence[str]:
    """Cells of a workbook, blank where a formula's result is not known: it means neither a category nor no value."""
    return cells if {NO_RESULT}.issuperset(filter(None, cells)) else _without(frozenset({NO_RESULT}), cells)


def _without(missing: frozenset[str], cells: Sequence[str]) -> Sequence[str]:
    return cells if missing.isdisjoint(cells) else ["" if cell in missing else cell for cell in cells]


def _read_columns(
    columns: Mapping[str, Sequence[str]], decimal: str, options: InitOptions
) -> tuple[frozenset[str], dict[str, Numerals]]:
    """Cells, as they are written, that stand for no value in any column; and how the columns of numbers are written."""
    missing, marks, texts = set[str](), set[str](), set[str]()
    numerals = {}
    for name, column in columns.items():
        if name in options.ignore:
            continue
        counts = Counter(column)
        certain = {cell for cell in counts if is_missing_anywhere(cell)}
        is_mark = name == options.target and (options.at_least is not None or options.at_most is not None)
        if name == options.target and not is_mark:
            certain -= set(options.positive)
        missing |= certain
        found = find_numerals(
            {cell: num for cell, num in counts.items() if cell and cell not in certain}, decimal, MISSING_WORDS
        )
        if name != options.target and signed_grades(cell for cell in counts if cell and cell not in certain):
            found = None  # 2+ and 2- are not the same
        if found is None or (name == options.target and not is_mark):
            texts |= counts.keys()
        if found is not None:
            numerals[name] = found
            if is_mark:
                missing |= found.odd.keys()  # without a mark a student has no label
            marks |= {cell for cell in found.odd if is_missing_mark(cell)}
    # What is no value among numbers may be one of a category: then it is missing in its own column alone.
    missing |= marks - texts
    for name, found in numerals.items():
        numerals[name] = replace(found, odd={cell: num for cell, num in found.odd.items() if cell not in missing})
    return frozenset(missing - set(options.positive)), numerals


def _suggest_prior_mark(
    columns: Sequence[Column], profiles: Sequence[ColumnProfile], labels: np.ndarray
) -> Iterator[Hint]:
    """Of the features that are called marks the one that tells most of the target."""
    features = {column.name for column in columns if column.role == "feature"}
    areas = {
        each.name: amounts_auc(numbers, labels)
        for each in profiles
        if each.name in features and header_mentions(each.name, "mark") and (numbers := each.amounts) is not None
    }
    if areas:
        best = max(areas, key=areas.__getitem__)
        yield Hint("prior_mark", best, "if it is an earlier mark, to hold the network against it")


def _about_other_rows(
    other_rows: Sequence[OtherRow], columns: Sequence[Column], table: Table, target: str
) -> Iterator[str]:
    """A question, where what says that a row is no student's stands in rows of students, too, that `run` would skip."""
    used = {column.name for column in columns if column.role != "ignored"} | {target}
    texts = {other.cell: {*other.rows} for other in other_rows}
    found = find_skipped(zip(*table.columns.values(), strict=True), [*table.columns], used, texts)
    more = Counter(cell for row, cell in found.items() if row not in texts[cell])
    for cell, num in more.items():
        yield f"{quoted(cell)} stands in {num} more rows, left out by `skip_rows`: are they no students'?"


def _about_no_marks(odd: Mapping[str, int]) -> Iterator[str]:
    if odd:
        question = f"{with_counts(odd)}: is it no mark{or_the_lowest(odd)}?"
        yield f"{question} such rows are passed over; where they fail, write one in the table"


def _about_remarks(counts: Mapping[str, int], numerals: Numerals | None) -> Iterator[str]:
    if numerals is not None and (noted := with_remarks(counts, numerals.reader)):
        yield f"{with_counts(noted)}: does the mark count, whatever stands behind it? if not, add it to missing"


def _ask_about_no_marks(
    columns: Sequence[Column], cells: Mapping[str, Sequence[str]], rows: Sequence[int], odd: Collection[str]
) -> Iterator[Column]:
    """The columns, with a question where what is no mark of the target stands in a feature too, and is blank there."""
    for column in columns:
        texts = cells[column.name]
        if column.role == "feature" and (found := Counter(texts[row] for row in rows if texts[row] in odd)):
            remedy = "`missing`, at the top, says so of every column; what is a value is to be written in another way"
            column = column.asking(f"{with_counts(found)}: is there no value{or_the_lowest(found)}? {remedy}")
        yield column


def _ask_about_not_achieved(
    columns: Sequence[Column], cells: Mapping[str, Sequence[str]], rows: Sequence[int]
) -> Iterator[Column]:
    """The columns, with a question where an NA that is taken for no value may be the lowest of codes."""
    for column in columns:
        if isinstance(column.feature, Category):
            counts = Counter(cell for row in rows if (cell := cells[column.name][row]))
            for question in _about_not_achieved(counts, "vocabulary"):
                column = column.asking(question)
        yield column


def _about_not_achieved(counts: Mapping[str, int], entry: str) -> Iterator[str]:
    if found := not_achieved(counts):
        remedy = f"then move it from missing, at the top, to {entry}"
        yield f'{with_counts(found)}: is there no value, or is it "not achieved"? {remedy}'


def _about_the_header(table: Table) -> Iterator[str]:
    for column in table.nameless:
        yield f"column {column} has no name, and is left out: a name in line {table.header_line} would keep it"
    if table.header_line > 1 and table.above:
        yield f"the header is line {table.header_line}; above it stands {quoted(table.above)}"
