"""What a column seems to be, as its name and its cells show: a feature, something for the audit, or of no use."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from registry.contract.features import Category, Feature, Number, as_number
from registry.contract.table import CsvFormat, has_thousands_marks
from training.proposal.header_terms import header_mentions
from training.proposal.quoted import quoted
from training.table.natural_order import in_order

# Cells that mean that there is no value in a column of numbers; a category can be called so.
MISSING_AMONG_NUMBERS = frozenset({"-", "--", "none", "nil", "."})
# Up to so many different values a column is taken for categories or codes, beyond for amounts, names or ids.
_FEW_VALUES = 10
# Whole numbers with gaps between them may be codes, where each value has so many rows or more, and where they span so
# many numbers or more for each that occurs.
_MIN_ROWS_PER_CODE, _MIN_SPAN_PER_CODE = 20, 3
# Categories may be so many; or more, up to a share of the rows; but never more than the last.
_ENOUGH_CATEGORIES, _MAX_CATEGORIES_PER_ROW, _MAX_CATEGORIES = 50, 0.2, 200
_MAX_PERIODS = 50  # A column of more different values is none of periods, whatever its header says.
_MIN_ID_ROWS = 10  # In fewer rows, whole numbers in row order are not taken for ids.
_DATE = re.compile(
    r"([0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4})([T ][0-9:.Z+-]+)?"
)
_SCHOOL_YEAR = re.compile(r"(19|20)[0-9]{2} ?[-/\u2013] ?([0-9]{2}){1,2}")
# Reasons to ignore a column.
_IS_ID = "names the student"
_IS_DATES = "dates"
_PERCENT = re.compile(r"%|percent|prozent|pourcent|porcent|procent")

Role = Literal["feature", "ignored", "audit_only"]


class Hint(NamedTuple):
    """An entry that the dataset file could have.

    Attributes:
        key: The entry's.
        column: Its value, the name of a column.
        when: In which case it should, in words.
    """

    key: Literal["id", "time"]
    column: str
    when: str

    @property
    def entry(self) -> str:
        """As the dataset file would have it."""
        return f"{self.key} = {quoted(self.column)}"


@dataclass(frozen=True)
class Column:
    """What is proposed for one column.

    Attributes:
        name: Its header.
        role: What to do with it.
        reason: Why it is not a feature; blank for a feature.
        feature: How it is read, where it is a feature.
        values: What it holds, in words.
        questions: What only people can tell: each a question, then what to do.
        hint: What the dataset file could say because of it; None: nothing.
    """

    name: str
    role: Role
    reason: str = ""
    feature: Feature | None = None
    values: str = ""
    questions: tuple[str, ...] = ()
    hint: Hint | None = None

    def asking(self, question: str) -> "Column":
        """The same with one more question."""
        return replace(self, questions=(*self.questions, question))


@dataclass(frozen=True)
class ColumnProfile:
    """What a column of the table holds.

    Attributes:
        name: Its header.
        cells: Without blanks around them; blank where there is no value.
        counts: How often each value occurs; the blank is none.
        numbers: The number that each value stands for; None where some stand for none, or there are no values.
    """

    name: str
    cells: Sequence[str]
    counts: Mapping[str, int]
    numbers: Mapping[str, float] | None

    @cached_property
    def amounts(self) -> np.ndarray | None:
        """The numbers of all rows, NaN where there is none, shape (num_rows,); None as `numbers`."""
        if self.numbers is None:
            return None
        return np.array([self.numbers[cell] if cell else np.nan for cell in self.cells])

    @cached_property
    def blank(self) -> np.ndarray:
        """Which rows have no value, bool of shape (num_rows,)."""
        return np.array([not cell for cell in self.cells])

    @property
    def all_different(self) -> bool:
        """Whether no value occurs twice, of more than one."""
        return len(self.counts) > 1 and max(self.counts.values()) == 1

    @property
    def whole(self) -> bool:
        """Whether the values are whole numbers."""
        return self.numbers is not None and all(number.is_integer() for number in self.numbers.values())


def profile(name: str, cells: Sequence[str], decimal: str) -> ColumnProfile:
    """Count the values of a column and read them as numbers, if they are."""
    counts = Counter(filter(None, cells))
    numbers: dict[str, float] = {}
    for value in counts:
        number = as_number(value, decimal)
        if number is None:
            return ColumnProfile(name, cells, counts, None)
        numbers[value] = number
    return ColumnProfile(name, cells, counts, numbers or None)


def classify(profile: ColumnProfile, form: CsvFormat, demographics: Literal["audit", "features"]) -> Column:
    """Tell what a column is by itself.

    Args:
        profile: The column.
        form: How the CSV is written.
        demographics: Whether who a student is is for the audit only.
    """
    name, period = profile.name, _period_kind(profile)
    if reason := _reason_to_ignore(profile, form):
        hint = None
        if reason == _IS_ID and not profile.all_different:
            hint = Hint("id", name, "if one student has several rows; then take it out of ignore")
        return Column(name, "ignored", reason, hint=hint)
    if period in ("years", "dates"):
        # A model that has learned from years is asked about years that it has not seen.
        hint = Hint("time", name, "to hold out the latest; then take it out of ignore")
        return Column(name, "ignored", "years" if period == "years" else _IS_DATES, hint=hint)
    demographic = header_mentions(name, "age_or_place") or (
        header_mentions(name, "demographic") and (profile.numbers is None or len(profile.counts) <= _FEW_VALUES)
    )
    if demographic and demographics == "audit":
        return Column(name, "audit_only", "says who a student is", values=_describe_values(profile))
    hint = Hint("time", name, "if it is a period, to hold out the latest") if period == "named" else None
    return _propose_feature(profile, form.decimal, hint)


def _period_kind(profile: ColumnProfile) -> Literal["years", "dates", "named"] | None:
    """Whether values are years, or dates, or the header mentions a period."""
    if header_mentions(profile.name, "age_or_place"):
        return None  # somebody's year of birth
    if all(map(_DATE.fullmatch, profile.counts)):
        return "dates"
    if all(map(_SCHOOL_YEAR.fullmatch, profile.counts)):
        return "years"
    if not header_mentions(profile.name, "period"):
        return None
    if profile.whole and profile.numbers is not None and all(1900 <= year <= 2100 for year in profile.numbers.values()):
        return "years"
    return "named" if len(profile.counts) <= _MAX_PERIODS else None


def _reason_to_ignore(profile: ColumnProfile, form: CsvFormat) -> str:
    """Why nothing can be learned from a column, whatever the target; blank if something can."""
    name, values, num_rows = profile.name, profile.counts, len(profile.cells)
    many = len(values) > _FEW_VALUES
    if not values:
        return "blank in every row"
    if len(values) == 1 and "" not in profile.cells:
        return f"the same in every row: {quoted(next(iter(values)))}"
    if header_mentions(name, "id") and (many or profile.all_different) and (profile.numbers is None or profile.whole):
        return _IS_ID
    if profile.numbers is not None:
        return "counts the rows, or names the student" if profile.all_different and _looks_like_ids(profile) else ""
    if all(map(_DATE.fullmatch, values)):
        return _IS_DATES if header_mentions(name, "age_or_place") else ""
    if header_mentions(name, "personal") and many:
        return "says who the student is"
    if form.delimiter == "," and has_thousands_marks(values):
        return "numbers with marks between thousands; write them without"
    if profile.all_different and (many or "" not in profile.cells):
        return "different in every row"
    if len(values) > min(max(_ENOUGH_CATEGORIES, _MAX_CATEGORIES_PER_ROW * num_rows), _MAX_CATEGORIES):
        return f"{len(values)} different texts are too many for categories"
    return ""


def _looks_like_ids(profile: ColumnProfile) -> bool:
    """Whether different whole numbers follow each other without a gap, or stand in order, in enough rows."""
    if profile.numbers is None or not profile.whole:
        return False
    numbers = [profile.numbers[cell] for cell in profile.cells if cell]
    if len(numbers) < _MIN_ID_ROWS:
        return False
    return max(numbers) - min(numbers) == len(numbers) - 1 or all(before < after for before, after in pairwise(numbers))


def _has_gaps_like_codes(profile: ColumnProfile) -> bool:
    """Whether few whole numbers come often and skip most of those between them, but not in equal steps: like codes."""
    values = sorted(set((profile.numbers or {}).values()))
    often = len(profile.cells) >= _MIN_ROWS_PER_CODE * len(values)
    in_steps = len({after - before for before, after in pairwise(values)}) == 1
    return often and values[-1] - values[0] >= _MIN_SPAN_PER_CODE * len(values) and not in_steps


def _propose_feature(profile: ColumnProfile, decimal: str, hint: Hint | None) -> Column:
    questions = []
    if header_mentions(profile.name, "circumstances"):
        questions.append("about the family: may it count? if not, move it to audit_only or ignore")
    nullable = "" in profile.cells
    if profile.numbers is None:
        vocabulary = tuple(in_order(list(profile.counts), decimal))
        feature: Feature = Category(profile.name, vocabulary=vocabulary, nullable=nullable)
        if any(value.casefold() in MISSING_AMONG_NUMBERS for value in vocabulary):
            questions.append("does one of these mean that there is no value? if so: missing, at the top")
        folded = Counter(value.casefold() for value in vocabulary)
        if max(folded.values()) > 1:
            questions.append("some differ only by capitals; are they the same?")
    else:
        low, high = min(profile.numbers.values()), max(profile.numbers.values())
        small = len(profile.counts) <= _FEW_VALUES and -_FEW_VALUES <= low and high <= _FEW_VALUES
        coded = profile.whole and len(profile.counts) > 2 and (small or _has_gaps_like_codes(profile))
        minimum = 0.0 if low >= 0 else -_round_up(-low)
        maximum = 0.0 if high <= 0 else _round_up(high)
        if _PERCENT.search(profile.name.casefold()) and 1 < high <= 100:
            maximum = 100.0
        feature = Number(profile.name, minimum=minimum, maximum=maximum, nullable=nullable)
        if coded:
            listed = ", ".join(map(quoted, in_order(list(profile.counts), decimal)))
            questions.append(f'codes or amounts? if codes: kind = "category", vocabulary = [{listed}], no bounds')
    values = _describe_values(profile)
    return Column(profile.name, "feature", feature=feature, values=values, questions=tuple(questions), hint=hint)


def _describe_values(profile: ColumnProfile) -> str:
    """The values of a column, in words, and how many cells are blank."""
    if profile.numbers is None or len(profile.counts) == 1:
        shown = f"{len(profile.counts)} different"
    else:
        shown = f"{min(profile.numbers.values()):.15g} to {max(profile.numbers.values()):.15g}"
    num_blank = len(profile.cells) - sum(profile.counts.values())
    return f"{shown}, {num_blank} blank" if num_blank else shown


def _round_up(number: float) -> float:
    """The next of 1, 2, 2.5, 5, 10, 20, 25, 50, … at or above a positive number."""
    power = math.floor(math.log10(number))
    for step in ("1", "2", "2.5", "5", "10"):
        if (bound := float(f"{step}e{power}")) >= number:
            return bound
    return number
