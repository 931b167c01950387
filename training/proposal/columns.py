"""What a column seems to be, as its name and its cells show: a feature, something for the audit, or of no use."""

import math
import re
import statistics
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from registry.contract.features import Category, Feature, Number, as_number
from registry.contract.features.missing import is_missing_mark
from registry.contract.features.numerals import OTHER, is_three_digits, number_text, to_ascii
from registry.contract.table import separates_thousands
from training.proposal.missing_words import find_codes, or_the_lowest
from training.proposal.quoted import quoted
from training.proposal.scales import all_signed_grades, in_rising_order, looks_like_dates, signed_grades
from training.proposal.titles import points_of, title_of
from training.table.natural_order import in_order
from training.table.numerals import Numerals, is_like_number, is_note
from training.terms.header import (
    actionable_direction,
    header_is,
    header_mentions,
    header_names_student,
    more_is_better,
    words,
)

# Up to so many different values a column is taken for categories or codes, beyond for amounts, names or ids.
_FEW_VALUES = 10
# Whole numbers with gaps between them may be codes, where each value has so many rows or more, and where they span so
# many numbers or more for each that occurs.
_MIN_ROWS_PER_CODE, _MIN_SPAN_PER_CODE = 20, 3
# Categories may be so many; or more, up to a share of the rows; but never more than the last.
_ENOUGH_CATEGORIES, _MAX_CATEGORIES_PER_ROW, _MAX_CATEGORIES = 50, 0.2, 200
_MAX_PERIODS = 50  # A column of more different values is none of periods, whatever its header says.
_MIN_ID_ROWS = 10  # In fewer rows, whole numbers in row order are not taken for ids.
_MIN_ID = 1000  # Whole numbers from here up, no two of them alike, may be ids in any order.
_MIN_ROWS_PER_STUDENT = 2  # Of fewer, some students share a name.
_MIN_ROWS_PER_TEXT = 2  # Of more than a few texts that have fewer, most are one student's: names, remarks.
# What pandas and R call a column that has no name.
_NAMELESS = re.compile(r"Unnamed: [0-9]+(_level_[0-9]+)?|\.\.\.[0-9]+")
_MAX_SCALE = 15  # A scale in words has no more steps.
_FEW_STUDENTS, _MIN_ROWS_OF_FEW = 5, 20  # A category of fewer shows single students, where there are more rows.
_SHOWN = 5  # cells in a question
_MIN_PHONE = 100_000  # Numbers under a personal header, half of which are less, are amounts: "Mobile logins".
_MAX_YES = 3  # letters of a yes or no
_DATE = re.compile(r"([0-9]{4}([-/.])[0-9]{1,2}\2[0-9]{1,2}|[0-9]{1,2}([-/.])[0-9]{1,2}\3[0-9]{2,4})([T ][0-9:.Z+-]+)?")
_SCHOOL_YEAR = re.compile(r"(19|20)[0-9]{2} ?[-/\u2013] ?([0-9]{2}){1,2}")
_CLOCK = re.compile(
    r"[0-9]{1,3}(:[0-9]{2}(:[0-9]{2})?| ?h ?([0-9]{1,2}( ?m(in)?\.?)?)?)"
    # In words, as learning platforms write how long a test took: 1 hour 12 mins, 9 Minuten 5 Sekunden.
    r"|([0-9]{1,4} ?(h|hrs?|hours?|std|stunden?|heures?|horas?|ora|ore|uur|uren|godz|godziny?|hod|hodiny?"
    r"|m|mins?|minut[aeiy]?|minutes?|minuten|minutos?|s|secs?|sek|seconds?|sekunden?|secondes?|segundos?|second[io]"
    r"|seconden|sekund[ay]?)\b\.?,? ?){1,3}",
    re.IGNORECASE,
)
_IS_RANGE = re.compile(r"[<>≤≥:]")  # and times
# Sexes and titles in letters that say so only beside each other.
_SEXES = [{"m", "f"}, {"m", "w"}, {"m", "w", "d"}, {"m", "f", "x"}, {"m", "v"}, {"h", "f"}, {"k", "m"}]
_TITLES = frozenset("mr ms mrs miss mx herr frau m mme mlle sr sra srta dhr mevr pan pani".split())
# Reasons to ignore a column.
_IS_ID = "names the student"
_IS_PERSON = "says who the student is"
_IS_DATES = "dates"
_COUNTS = "counts the rows, or names the student"
_PERCENT = re.compile(r"%|percent|prozent|pourcent|porcent|procent")

# How questions begin that are asked of nearly every column of numbers.
OF_EVERY_COLUMN = ("codes or amounts?", "are minimum and maximum")

Role = Literal["feature", "ignored", "audit_only"]


class Hint(NamedTuple):
    """An entry that the dataset file could have.

    Attributes:
        key: The entry's.
        column: Its value, the name of a column.
        when: In which case it should, in words.
    """

    key: Literal["id", "time", "prior_mark"]
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
        numbers: The number that each value stands for; None where they are no numbers.
        reader: How the numbers are written.
        odd: Cells that are none among numbers, with how often each occurs; blank in `cells`.
    """

    name: str
    cells: Sequence[str]
    counts: Mapping[str, int]
    numbers: Mapping[str, float] | None = None
    reader: Number | None = None
    odd: Mapping[str, int] | None = None

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


def profile(name: str, cells: Sequence[str], numerals: Numerals | None) -> ColumnProfile:
    """Count the values of a column, as numbers if they are.

    Args:
        name: Its header.
        cells: Of the rows that are used; blank where there is no value.
        numerals: How its numbers are written, by all rows; None where it is none of numbers.
    """
    counts = Counter(filter(None, cells))
    numbers = {} if numerals is None else {cell: numerals.numbers[cell] for cell in counts if cell in numerals.numbers}
    if numerals is None or not numbers:
        return ColumnProfile(name, cells, counts)
    odd = {cell: counts.pop(cell) for cell in list(counts) if cell not in numbers}
    cells = ["" if cell in odd else cell for cell in cells] if odd else cells
    return ColumnProfile(name, cells, counts, numbers, numerals.reader, odd)


def classify(
    profile: ColumnProfile, labels: np.ndarray, decimal: str, demographics: Literal["audit", "features"]
) -> Column:
    """Tell what a column is by itself.

    Args:
        profile: The column.
        labels: Who passes, 0 or 1, shape (num_rows,).
        decimal: The decimal mark.
        demographics: Whether who a student is is for the audit only.
    """
    name, period = profile.name, _period_kind(profile)
    if reason := _reason_to_ignore(profile):
        hint = None
        several = _MIN_ROWS_PER_STUDENT * len(profile.counts) <= len(profile.cells)
        is_name = reason == _IS_PERSON and several and (header_names_student(name) or _are_full_names(profile.counts))
        if (reason == _IS_ID and not profile.all_different) or is_name:
            hint = Hint("id", name, "if one student has several rows; then take it out of ignore")
        questions = ("does it number the rows? if it is an amount, make it a feature",) if reason == _COUNTS else ()
        return Column(name, "ignored", reason, questions=questions, hint=hint)
    if period in ("years", "dates"):
        # A model that has learned from years is asked about years that it has not seen.
        # What some lack, such as the date of those who left, is no period: `run` needs one of every row.
        is_period = "" not in profile.cells
        hint = Hint("time", name, "to hold out the latest; then take it out of ignore") if is_period else None
        return Column(name, "ignored", "years" if period == "years" else _IS_DATES, hint=hint)
    demographic = header_mentions(name, "age_or_place") or (
        (profile.numbers is None or len(profile.counts) <= _FEW_VALUES)
        and (header_mentions(name, "demographic") or _holds_groups(profile))
    )
    if demographic and demographics == "audit":
        return Column(name, "audit_only", "says who a student is", values=_describe_values(profile))
    hint = Hint("time", name, "if it is a period, to hold out the latest") if period == "named" else None
    return _propose_feature(profile, labels, decimal, hint)


def _holds_groups(profile: ColumnProfile) -> bool:
    """Whether most of a few values are names of groups, such as SC, ST, OBC and General, whatever the header."""
    if profile.numbers is not None or not 2 <= len(profile.counts) <= _FEW_VALUES:
        return False
    plain = {words(value) for value in profile.counts}
    if plain in _SEXES or plain <= _TITLES:
        return True
    bare = [value.removeprefix("non ").removeprefix("no ") for value in plain]
    return 2 * sum(header_is(value, "demographic") for value in bare) > len(bare)


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


def _reason_to_ignore(profile: ColumnProfile) -> str:
    """Why nothing can be learned from a column, whatever the target; blank if something can."""
    name, values, num_rows = profile.name, profile.counts, len(profile.cells)
    many = len(values) > _FEW_VALUES
    if not values:
        return "blank in every row"
    if _NAMELESS.fullmatch(name):
        return "it has no name; one in the header would keep it"
    if len(values) == 1 and "" not in profile.cells:
        return f"the same in every row: {quoted(next(iter(values)))}"
    if header_mentions(name, "id") and (many or profile.all_different) and (profile.numbers is None or profile.whole):
        return _IS_ID
    if _is_personal(profile):
        return _IS_PERSON
    if many and profile.whole and header_is(name, "personal") and header_names_student(name):
        return _IS_ID
    if profile.numbers is not None:
        # "Fehlstunden" are counted, but not rows by them, however they are sorted.
        return _COUNTS if _is_counter(profile) and more_is_better(name) is None else ""
    if signed_grades(values):
        return ""
    if header_is(name, "remark") and not _is_yes_or_no(values) and in_rising_order(list(values)) is None:
        return "remarks: next year's are others"
    if all(map(_DATE.fullmatch, values)):
        return _IS_DATES if header_mentions(name, "age_or_place") else ""
    too_many = len(values) > min(max(_ENOUGH_CATEGORIES, _MAX_CATEGORIES_PER_ROW * num_rows), _MAX_CATEGORIES)
    too_many |= many and _MIN_ROWS_PER_TEXT * len(values) > sum(values.values())
    if profile.all_different and (many or "" not in profile.cells):
        reason = "different in every row"
    elif too_many:
        reason = f"{len(values)} different texts are too many for categories"
    else:
        return ""
    if all(map(_CLOCK.fullmatch, values)):
        return "hours and minutes; written as numbers (12.5 for 12:30) they can be used"
    others = {cell: num for cell, num in values.items() if all(as_number(cell, mark) is None for mark in ".,")}
    num_numbers = sum(values.values()) - sum(others.values())
    if 4 * num_numbers > sum(values.values()):
        return f"{num_numbers} of {sum(values.values())} are numbers; {with_counts(others)} are not"
    return reason


def _is_personal(profile: ColumnProfile) -> bool:
    """Whether a column holds names, or ways to reach somebody."""
    name, values = profile.name, profile.counts
    if profile.numbers is not None:
        is_phone = profile.whole and statistics.median(profile.numbers.values()) >= _MIN_PHONE
        return is_phone and header_mentions(name, "personal")
    if 2 * sum("@" in value for value in values) > len(values):
        return True
    if header_is(name, "personal"):  # of a "Mobile" with yes and no
        return not _is_yes_or_no(values)
    return len(values) > _FEW_VALUES and header_mentions(name, "personal")


def _are_full_names(values: Collection[str]) -> bool:
    """Whether most have several words, or are addresses, which nobody shares as a first name is shared."""
    return 2 * sum("@" in value or len(value.split()) > 1 for value in values) > len(values)


def _is_yes_or_no(values: Collection[str]) -> bool:
    return len(values) <= 2 and max(map(len, values)) <= _MAX_YES


def _is_counter(profile: ColumnProfile) -> bool:
    """Whether whole numbers follow each other without a gap in order; or either, where the header is "No.".

    Under such a header they may begin anew with each class.
    """
    rises, is_gapless = _looks_like_ids(profile)
    if not header_is(profile.name, "number"):
        return rises and is_gapless
    return rises or is_gapless or _begins_anew(profile)


def _begins_anew(profile: ColumnProfile) -> bool:
    """Whether whole numbers rise from row to row, but for a row here and there."""
    if profile.numbers is None or not profile.whole:
        return False
    numbers = [profile.numbers[cell] for cell in profile.cells if cell]
    num_falls = sum(after <= before for before, after in pairwise(numbers))
    return len(numbers) >= _MIN_ID_ROWS * (num_falls + 1)


def _looks_like_ids(profile: ColumnProfile) -> tuple[bool, bool]:
    """Whether different whole numbers, of enough rows, rise from row to row, and whether they leave none out."""
    if profile.numbers is None or not profile.whole or not profile.all_different:
        return False, False
    numbers = [profile.numbers[cell] for cell in profile.cells if cell]
    if len(numbers) < _MIN_ID_ROWS:
        return False, False
    rises = all(before < after for before, after in pairwise(numbers))
    return rises, max(numbers) - min(numbers) == len(numbers) - 1


def _comes_in_runs(profile: ColumnProfile) -> bool:
    """Whether whole numbers rise row by row without a gap, each of them in several."""
    if not profile.whole or profile.numbers is None or "" in profile.cells or len(profile.counts) < _MIN_ID_ROWS:
        return False
    numbers = [profile.numbers[cell] for cell in profile.cells]
    return min(profile.counts.values()) > 1 and {0, 1} == {after - before for before, after in pairwise(numbers)}


def _might_be_ids(profile: ColumnProfile) -> bool:
    """Whether whole numbers of four digits or more are all different, in whatever order."""
    is_long = profile.whole and min((profile.numbers or {}).values()) >= _MIN_ID
    return is_long and profile.all_different and len(profile.counts) >= _MIN_ID_ROWS


def _has_gaps_like_codes(profile: ColumnProfile) -> bool:
    """Whether few whole numbers come often and skip most of those between them, but not in equal steps: like codes."""
    values = sorted(set((profile.numbers or {}).values()))
    often = len(profile.cells) >= _MIN_ROWS_PER_CODE * len(values)
    in_steps = len({after - before for before, after in pairwise(values)}) == 1
    return often and values[-1] - values[0] >= _MIN_SPAN_PER_CODE * len(values) and not in_steps


def _propose_feature(profile: ColumnProfile, labels: np.ndarray, decimal: str, hint: Hint | None) -> Column:
    questions = []
    if header_mentions(profile.name, "circumstances"):
        questions.append("about the family: may it count? if not, move it to audit_only or ignore")
    if grades := signed_grades(profile.counts):
        feature, asked = _propose_signed_grades(profile, grades, labels)
    elif profile.numbers is None:
        feature, asked = _propose_category(profile, decimal)
    else:
        feature, asked = _propose_number(profile, profile.numbers, decimal)
    feature = replace(feature, title=title_of(profile.name), actionable=_actionable(profile))
    values = _describe_values(profile)
    return Column(profile.name, "feature", "", feature, values, (*questions, *asked), hint)


def _actionable(profile: ColumnProfile) -> Literal["increase", "decrease", "both"] | None:
    """How a student or the school could change it, by its name; of texts in no order none is more than another."""
    is_text = profile.numbers is None
    if len(profile.counts) < 2 or any(_looks_like_ids(profile)) or (is_text and len(profile.counts) > _FEW_VALUES):
        return None
    direction = actionable_direction(profile.name)
    return "both" if direction and is_text else direction


def _propose_category(profile: ColumnProfile, decimal: str) -> tuple[Feature, list[str]]:
    questions = []
    vocabulary = tuple(in_order(list(profile.counts), decimal))
    if any(map(is_missing_mark, vocabulary)):
        questions.append("does one of these mean that there is no value? if so: missing, at the top")
    scaled = {
        value: num for value, num in profile.counts.items() if is_like_number(value) and not _IS_RANGE.search(value)
    }
    if 2 * sum(scaled.values()) > sum(profile.counts.values()):
        questions.append(
            f"{with_counts(scaled)}: are these numbers? they are read as such where all have one unit, or are out of "
            "as much (5/20, 12/20): write them so in the table"
        )
    folded = Counter(value.casefold() for value in vocabulary)
    if max(folded.values()) > 1:
        questions.append("some differ only by capitals; are they the same?")
    if all(map(_CLOCK.fullmatch, vocabulary)):
        questions.append("are these hours and minutes? written as numbers (12.5 for 12:30) they are amounts")
    elif dates := [value for value in vocabulary if looks_like_dates(value)]:
        shown = with_counts({value: profile.counts[value] for value in dates})
        questions.append(f"{shown}: are these dates that a spreadsheet made, of 5-10 and the like? mend the table")
    elif header_mentions(profile.name, "group"):
        questions.append("will next year's be others? a model refuses what it has not seen; if so, move it to ignore")
    elif 2 < len(vocabulary) <= _MAX_SCALE:
        rising = in_rising_order(vocabulary)
        steps = "…" if rising is None else ", ".join(map(quoted, rising))
        questions.append(f"have they an order? if so, from the least up, in place of vocabulary: order = [{steps}]")
    rare = {value: num for value, num in profile.counts.items() if num < _FEW_STUDENTS}
    if rare and len(profile.cells) >= _MIN_ROWS_OF_FEW:
        questions.append(f"{with_counts(rare)}: merge or leave out what fewer than 5 students have? single ones show")
    return Category(profile.name, vocabulary=vocabulary, nullable="" in profile.cells), questions


def _propose_signed_grades(
    profile: ColumnProfile, grades: Collection[str], labels: np.ndarray
) -> tuple[Feature, list[str]]:
    """The whole scale in its order: whoever comes next may have a grade that nobody has had."""
    odd = {cell: num for cell, num in profile.counts.items() if cell not in grades}
    graded = [(int(cell[0]), label) for cell, label in zip(profile.cells, labels, strict=True) if cell in grades]
    digits, passes = np.array(graded).T
    fails_above = ((digits - digits.mean()) * passes).sum() < 0
    order = all_signed_grades(grades, one_is_best=bool(fails_above))
    unseen = [value for value in order if value not in grades]
    question = f"is this the order, from the worst grade, {quoted(order[0])}, to the best, {quoted(order[-1])}?"
    if unseen:
        question += f" nobody has {', '.join(map(quoted, unseen))}: leave out what can't be"
    questions = [question]
    if words := {cell: num for cell, num in odd.items() if not is_missing_mark(cell)}:
        questions.append(f"{with_counts(words)}: is there no value{or_the_lowest(words)}? `missing` says so")
    nullable = "" in profile.cells or bool(odd)
    return Category(
        profile.name, vocabulary=tuple(order), ordered=True, nullable=nullable, missing=tuple(odd)
    ), questions


def _propose_number(profile: ColumnProfile, numbers: Mapping[str, float], decimal: str) -> tuple[Feature, list[str]]:
    questions = []
    low, high = min(numbers.values()), max(numbers.values())
    small = len(profile.counts) <= _FEW_VALUES and -_FEW_VALUES <= low and high <= _FEW_VALUES
    reader = profile.reader or Number("any")
    points = points_of(profile.name)
    points = points if points is not None and 0 <= low and high <= points else reader.out_of
    is_plain = reader.unit is None and points is None
    coded = is_plain and profile.whole and len(profile.counts) > 2 and (small or _has_gaps_like_codes(profile))
    odd = profile.odd or {}
    if words := {cell: num for cell, num in odd.items() if not is_missing_mark(cell)}:
        total = sum(profile.counts.values())
        is_are = "is" if sum(words.values()) == 1 else "are"
        said = f"{total} of {total + sum(words.values())} are numbers; {with_counts(words)} {is_are} not"
        remedy = "`missing` says so; what is a value, such as a 0, is to be written as a number in the table"
        questions.append(f"{said}: is there no value{or_the_lowest(words)}? {remedy}")
    if is_plain and (codes := find_codes(profile.counts, numbers)):
        listed = ", ".join(map(quoted, codes))
        questions.append(
            f"{with_counts(codes)}: codes for no value? then missing = [{listed}] and nullable = true here"
        )
    if noted := with_remarks(profile.counts, reader):
        questions.append(
            f"{with_counts(noted)}: does the number count, whatever stands behind it? suffixes says so; if there is no "
            "value, write such cells into missing here, and nullable = true"
        )
    if spellings := [text for text in reader.suffixes if not is_note(text)]:
        units = ", ".join(map(quoted, (reader.unit or "", *spellings)))
        questions.append(f"are {units} one unit? what may stand beside a number is in suffixes")
    if reader.other_mark is not None:
        example = next(cell for cell in numbers if OTHER[decimal] in to_ascii(cell))
        questions.append(f"{quoted(example)} is read as {numbers[example]:.15g}: is that right? other_mark says so")
    elif marked := _might_be_thousands(numbers, decimal):
        questions.append(
            f"{quoted(marked)} is read as {numbers[marked]:.15g}: is that right? if the mark is between thousands: "
            'decimal is the other one, and other_mark = "thousands" here'
        )
    if low == 1 and profile.whole and "" in profile.cells and _counts_against(profile.name):
        questions.append(
            "no 0 stands in it: does a blank, or a mark such as -, say 0? then write it in the table, and minimum = 0"
        )
    if any(_looks_like_ids(profile)) or _might_be_ids(profile):
        questions.append("does it number the students? no two have the same; if so, move it to ignore")
    elif _comes_in_runs(profile):
        questions.append(
            "does it number the students, each of whom has several rows? if so, take it out here, and at the top: "
            f"id = {quoted(profile.name)}"
        )
    elif header_is(profile.name, "number") and profile.whole and len(profile.counts) > _FEW_VALUES:
        questions.append("does it number the students of a class? if so, move it to ignore")
    minimum = 0.0 if low >= 0 else -_round_up(-low)
    maximum = 0.0 if high <= 0 else _round_up(high)
    if coded and small and low >= 1:
        minimum, maximum = low, high  # a scale; from 0 on it is a count, of which more may come
    if points is not None:
        maximum = max(points, maximum if high > points else 0.0)
    elif reader.unit == "%" or _PERCENT.search(profile.name.casefold()):
        maximum = 100.0 if 1 < high <= 100 else maximum
    if coded:
        listed = ", ".join(map(quoted, in_order(list(profile.counts), decimal)))
        questions.append(f'codes or amounts? if codes: kind = "category", vocabulary = [{listed}], no bounds')
    if points is None and reader.unit != "%":
        questions.append(f"are minimum and maximum the real bounds? seen: {low:.15g} to {high:.15g}")
    feature = replace(
        reader,
        name=profile.name,
        minimum=minimum,
        maximum=maximum,
        nullable="" in profile.cells,
        missing=tuple(odd),
    )
    return feature, questions


def _counts_against(name: str) -> bool:
    """Whether a column counts what many students have none of, such as lessons missed."""
    return more_is_better(name) is False or actionable_direction(name) == "decrease"


def _might_be_thousands(cells: Iterable[str], decimal: str) -> str | None:
    """A cell with the decimal mark, where that may be one between thousands in all that have it."""
    texts = {cell: number_text(cell) for cell in cells}
    marked = [cell for cell, text in texts.items() if decimal in text]
    may_be = all(is_three_digits(texts[cell], decimal) for cell in marked)
    is_sign = len(marked) == len(texts) or separates_thousands(texts.values(), decimal)
    return marked[0] if marked and may_be and is_sign else None


def _describe_values(profile: ColumnProfile) -> str:
    """The values of a column, in words, and how many cells are blank."""
    if profile.numbers is None or len(profile.counts) == 1:
        shown = f"{len(profile.counts)} different"
    else:
        shown = f"{min(profile.numbers.values()):.15g} to {max(profile.numbers.values()):.15g}"
    num_blank = len(profile.cells) - sum(profile.counts.values())
    return f"{shown}, {num_blank} blank" if num_blank else shown


def with_remarks(counts: Mapping[str, int], reader: Number) -> dict[str, int]:
    """Those of a column's cells that are read as numbers whatever stands behind: 5.5*, 4.5 (NT)."""
    notes = tuple(filter(is_note, reader.suffixes))
    return {cell: num for cell, num in counts.items() if notes and cell.casefold().endswith(notes)}


def with_counts(counts: Mapping[str, int]) -> str:
    """Some cells, the most frequent first, with how often each occurs."""
    shown = sorted(counts, key=lambda cell: -counts[cell])[:_SHOWN]
    more = f" and {len(counts) - len(shown)} more" if len(counts) > len(shown) else ""
    return ", ".join(f"{quoted(cell)} ({counts[cell]})" for cell in shown) + more


def _round_up(number: float) -> float:
    """The next of 1, 2, 2.5, 5, 10, 20, 25, 50, … at or above a positive number."""
    power = math.floor(math.log10(number))
    for step in ("1", "2", "2.5", "5", "10"):
        if (bound := float(f"{step}e{power}")) >= number:
            return bound
    return number
