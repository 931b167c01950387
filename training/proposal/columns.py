"""What a column seems to be, as its name and its cells show: a feature, something for the audit, or of no use."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from registry.contract.features import FeatureSpec
from training.proposal.header_terms import header_mentions
from training.proposal.quoted import quoted
from training.table.csv_format import CsvFormat, has_thousands_marks
from training.table.natural_order import as_number, in_order

PERHAPS_NO_VALUE = frozenset({"-", "--", "none", "nil", "."})  # no value among numbers; a category can be called so
_FEW = 10  # so many different whole numbers, or fewer, may be codes
_ROWS_OF_CODE, _SKIPPED = 20, 3  # rows of each code, and numbers for each that is used, where they leap
_MANY, _MANY_SHARE, _TOO_MANY = 50, 0.2, 200  # different texts
_MIN_IDS = 10  # rows from which whole numbers in row order are taken for ids
_DATE = re.compile(
    r"([0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4})([T ][0-9:.Z+-]+)?"
)
_SCHOOL_YEAR = re.compile(r"(19|20)[0-9]{2} ?[-/\u2013] ?([0-9]{2}){1,2}")
_AN_ID = "names the student"
_DATES = "dates"
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
        why: Why it is not a feature; blank for a feature.
        feature: How it is read, where it is a feature.
        seen: The values that it holds, in words.
        questions: What only people can tell: each a question, then what to do.
        hint: What the dataset file could say because of it.
    """

    name: str
    role: Role
    why: str = ""
    feature: FeatureSpec | None = None
    seen: str = ""
    questions: tuple[str, ...] = ()
    hint: Hint | None = None


@dataclass(frozen=True)
class Found:
    """A column as the table has it.

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

    @property
    def all_different(self) -> bool:
        """Whether no value occurs twice, of more than one."""
        return len(self.counts) > 1 and max(self.counts.values()) == 1

    @property
    def whole(self) -> bool:
        """Whether the values are whole numbers."""
        return self.numbers is not None and all(number.is_integer() for number in self.numbers.values())


def look(name: str, cells: Sequence[str], decimal: str) -> Found:
    """Count the values of a column and read them as numbers, if they are."""
    counts = Counter(filter(None, cells))
    numbers: dict[str, float] = {}
    for value in counts:
        number = as_number(value, decimal)
        if number is None:
            return Found(name, cells, counts, None)
        numbers[value] = number
    return Found(name, cells, counts, numbers or None)


def judge(found: Found, form: CsvFormat, demographics: Literal["audit", "features"]) -> Column:
    """Tell what a column is by itself.

    Args:
        found: The column.
        form: How the CSV is written.
        demographics: Whether who a student is is for the audit only.
    """
    name, period = found.name, _period_kind(found)
    if why := _why_useless(found, form):
        hint = None
        if why == _AN_ID and not found.all_different:
            hint = Hint("id", name, "if one student has several rows; then take it out of ignore")
        return Column(name, "ignored", why, hint=hint)
    if period in ("years", "dates"):
        # A model that has learned from years is asked about years that it has not seen.
        hint = Hint("time", name, "to hold out the latest; then take it out of ignore")
        return Column(name, "ignored", "years" if period == "years" else _DATES, hint=hint)
    demographic = header_mentions(name, "age_or_place") or (
        header_mentions(name, "demographic") and (found.numbers is None or len(found.counts) <= _FEW)
    )
    if demographic and demographics == "audit":
        return Column(name, "audit_only", "says who a student is", seen=_seen(found))
    hint = Hint("time", name, "if it is a period, to hold out the latest") if period == "named" else None
    return _feature(found, form.decimal, hint)


def _period_kind(found: Found) -> Literal["years", "dates", "named"] | None:
    """Whether values are years, or dates, or the name speaks of a period."""
    if header_mentions(found.name, "age_or_place"):
        return None  # somebody's year of birth
    if all(map(_DATE.fullmatch, found.counts)):
        return "dates"
    if all(map(_SCHOOL_YEAR.fullmatch, found.counts)):
        return "years"
    if not header_mentions(found.name, "period"):
        return None
    if found.whole and found.numbers is not None and all(1900 <= year <= 2100 for year in found.numbers.values()):
        return "years"
    return "named" if len(found.counts) <= _MANY else None


def _why_useless(found: Found, form: CsvFormat) -> str:
    """Why nothing can be learned from a column, whatever the target; blank if something can."""
    name, values = found.name, found.counts
    if not values:
        return "blank in every row"
    if len(values) == 1 and "" not in found.cells:
        return f"the same in every row: {quoted(next(iter(values)))}"
    numbered = found.numbers is None or found.whole
    if header_mentions(name, "id") and (len(values) > _FEW or found.all_different) and numbered:
        return _AN_ID
    if found.numbers is not None:
        return "counts the rows, or names the student" if found.all_different and _like_ids(found) else ""
    if all(map(_DATE.fullmatch, values)):
        return _DATES if header_mentions(name, "age_or_place") else ""
    if header_mentions(name, "personal") and len(values) > _FEW:
        return "says who the student is"
    if form.delimiter == "," and has_thousands_marks(values):
        return "numbers with marks between thousands; write them without"
    if found.all_different and (len(values) > _FEW or "" not in found.cells):
        return "different in every row"
    if len(values) > max(_MANY, _MANY_SHARE * len(found.cells)) or len(values) > _TOO_MANY:
        return f"{len(values)} different texts are too many for categories"
    return ""


def _like_ids(found: Found) -> bool:
    """Whether different whole numbers follow each other without a gap, or stand in order, in enough rows."""
    if found.numbers is None or not found.whole:
        return False
    numbers = [found.numbers[cell] for cell in found.cells if cell]
    if len(numbers) < _MIN_IDS:
        return False
    return max(numbers) - min(numbers) == len(numbers) - 1 or all(before < after for before, after in pairwise(numbers))


def _leaps(found: Found) -> bool:
    """Whether few whole numbers come often and skip most of those between them, but not in equal steps: like codes."""
    values = sorted(set((found.numbers or {}).values()))
    often = len(found.cells) >= _ROWS_OF_CODE * len(values)
    in_steps = len({after - before for before, after in pairwise(values)}) == 1
    return often and values[-1] - values[0] >= _SKIPPED * len(values) and not in_steps


def _feature(found: Found, decimal: str, hint: Hint | None) -> Column:
    questions = []
    if header_mentions(found.name, "circumstances"):
        questions.append("about the family: may it count? if not, move it to audit_only or ignore")
    nullable = "" in found.cells
    vocabulary = tuple(in_order(list(found.counts), decimal))
    if found.numbers is None:
        spec = FeatureSpec(found.name, "category", vocabulary=vocabulary, nullable=nullable)
        if any(value.casefold() in PERHAPS_NO_VALUE for value in vocabulary):
            questions.append("does one of these mean that there is no value? if so: missing, at the top")
        folded = Counter(value.casefold() for value in vocabulary)
        if max(folded.values()) > 1:
            questions.append("some differ only by capitals; are they the same?")
    else:
        low, high = min(found.numbers.values()), max(found.numbers.values())
        small = len(found.counts) <= _FEW and -_FEW <= low and high <= _FEW
        coded = found.whole and len(found.counts) > 2 and (small or _leaps(found))
        minimum = 0.0 if low >= 0 else -_round_up(-low)
        maximum = 0.0 if high <= 0 else _round_up(high)
        if _PERCENT.search(found.name.casefold()) and 1 < high <= 100:
            maximum = 100.0
        spec = FeatureSpec(found.name, "number", minimum=minimum, maximum=maximum, nullable=nullable)
        if coded:
            listed = ", ".join(map(quoted, vocabulary))
            questions.append(f'codes or amounts? if codes: kind = "category", vocabulary = [{listed}], no bounds')
    return Column(found.name, "feature", feature=spec, seen=_seen(found), questions=tuple(questions), hint=hint)


def _seen(found: Found) -> str:
    """The values of a column, in words, and how many cells are blank."""
    if found.numbers is None or len(found.counts) == 1:
        shown = f"{len(found.counts)} different"
    else:
        shown = f"{min(found.numbers.values()):.15g} to {max(found.numbers.values()):.15g}"
    num_blank = len(found.cells) - sum(found.counts.values())
    return f"{shown}, {num_blank} blank" if num_blank else shown


def _round_up(number: float) -> float:
    """The next of 1, 2, 2.5, 5, 10, 20, 25, 50, … at or above a positive number."""
    power = math.floor(math.log10(number))
    for step in ("1", "2", "2.5", "5", "10"):
        if (bound := float(f"{step}e{power}")) >= number:
            return bound
    return number
