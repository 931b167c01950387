"""The target of a new dataset file: which values pass, as asked for or as plain names say, and why."""

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import NamedTuple

import numpy as np

from registry.contract.features import as_number
from training.config import Target
from training.proposal.missing_words import find_codes
from training.proposal.quoted import quoted
from training.table.dataset import InvalidData
from training.table.natural_order import in_order
from training.terms.header import ends_well, header_mentions, more_is_better, words

_MAX_VALUES = 20  # A target of more different values is a mark.
_MAX_CODES = 5  # A target of so many different numbers may be one of codes, such as 0, 1 and 9 for unknown.
_MAX_SHOWN = 10  # values in a message
_MAX_CROSS = 2  # characters of a value that is a cross or a dash rather than a word
# Two values, as `words` has them, that affirm and deny what the header says; numbers do too.
_AFFIRMATIONS = frozenset(
    tuple(pair.split("/"))
    for pair in """
        yes/no y/n true/false t/f ja/nein ja/nee j/n wahr/falsch oui/non o/n vrai/faux v/f si/no s/n verdadero/falso
        vero/falso sim/nao verdadeiro/falso waar/onwaar tak/nie t/n prawda/falsz ano/ne a/n pravda/nepravda
    """.split()
)
_CODE = re.compile(r"^[0-9]{1,3} ?[):=.,-]? ?(?=[^\W\d_])")  # before the word of a value: "1 - passed"
_NUMBERS = ([0, 1], [-1, 1])
# Letters say how it ended only beside their counterpart.
_LETTERS = frozenset({("p", "f"), ("p", "np"), ("s", "u"), ("b", "nb"), ("c", "nyc"), ("cr", "nc")})


class TargetChoice(NamedTuple):
    """What is to be predicted.

    Attributes:
        target: As the dataset file says it.
        labels: 0 or 1, shape (num_rows,), a cell at fault as 0.
        marks: Shape (num_rows,), NaN for a cell at fault; None where the target is no mark.
        why: Which values pass, and why, in words.
        questions: What speaks against that.
    """

    target: Target
    labels: np.ndarray
    marks: np.ndarray | None
    why: str
    questions: tuple[str, ...] = ()


def choose_target(
    column: str,
    cells: Sequence[str],
    decimal: str,
    numbers: Mapping[str, float],
    others: Sequence[str] = (),
    *,
    num_blank: int = 0,
    at_least: float | None = None,
    at_most: float | None = None,
    positive: tuple[str, ...] = (),
) -> TargetChoice:
    """Tell pass from fail.

    Args:
        column: Name of the target.
        cells: Its cells, none of them blank.
        decimal: The decimal mark.
        numbers: The number that each cell stands for, of those that stand for one.
        others: Cells that were left out, since they stand for none.
        num_blank: Rows without a cell.
        at_least: The pass line of a mark, if that was given.
        at_most: The same where less is better.
        positive: The values that pass, if they were given.

    Raises:
        InvalidData: There is nothing to tell, or what is to be given.
    """
    if not cells:
        raise InvalidData(f"the target {column!r} is blank in every row")
    values = in_order(cells, decimal)
    if at_least is not None or at_most is not None:
        return _by_pass_line(Target(column, (), (), at_least, at_most), cells, values, numbers, others)
    if len(values) == 1:
        blank = f"; where it is blank ({num_blank} rows), write the other one, if it means that" if num_blank else ""
        raise InvalidData(
            f"the target {column!r} has one value only: {_show(values)}; nothing can be learned from it{blank}"
        )
    alike: dict[str, list[str]] = {}  # values that differ by capitals alone
    for value in values:
        alike.setdefault(value.casefold(), []).append(value)
    of_each = [first for first, *_ in alike.values()]
    plain = _plainly_passes(column, of_each, decimal)
    questions: tuple[str, ...] = ()
    if positive:
        _check_values(column, values, positive)
        why = f"{_ticked(positive)} {'passes' if len(positive) == 1 else 'pass'}, as asked for"
        if plain and not {*alike[plain[0].casefold()]} & {*positive}:
            other = ", ".join(f"{key} = {quoted(value)}" for key, value in _sides(of_each, plain[0]).items())
            questions = (f"{plain[1]}: is it the other way round? then {other}",)
    elif plain:
        positive = tuple(alike[plain[0].casefold()])
        why = f"{_ticked(positive)} {'passes' if len(positive) == 1 else 'pass'}: {plain[1]}"
    elif len(values) > 2 and _mostly_numbers(cells, numbers):
        codes = f"; or, if they are codes, each that passes with --positive: {_show(values)}"
        raise InvalidData(
            f"the target {column!r} is a column of numbers: give the pass line with --at-least N, or --at-most N where "
            f"less is better{codes if len(values) <= _MAX_CODES else ''}"
        )
    else:
        raise InvalidData(f"give the value of {column!r} that passes with --positive VALUE: {_show(values)}")
    negative = tuple(value for value in values if value not in positive)
    if not plain:
        questions = tuple(_against_their_names(positive, negative))
    if len({*map(str.casefold, negative)}) > 1:
        rarest = min(negative, key=Counter(cells).__getitem__)
        neither = f"missing = [{quoted(rarest)}] and drop_rows_without_target = true at the top, not in negative"
        questions = (
            *questions,
            f"do all of these fail? {_ticked(negative)}; `positive` can be a list too; what neither passes nor fails "
            f"yet, as `{quoted(_short(rarest))[1:-1]}` may, is passed over with {neither}",
        )
    labels = np.array([int(cell in positive) for cell in cells])
    return TargetChoice(Target(column, positive, negative, None), labels, None, why, questions)


def _mostly_numbers(cells: Sequence[str], numbers: Mapping[str, float]) -> bool:
    return 2 * sum(cell in numbers for cell in cells) > len(cells)


def _by_pass_line(
    target: Target, cells: Sequence[str], values: Sequence[str], numbers: Mapping[str, float], others: Sequence[str]
) -> TargetChoice:
    marks = np.array([numbers.get(cell, np.nan) for cell in cells], dtype=np.float64)
    known = marks[~np.isnan(marks)]
    if not _mostly_numbers(cells, numbers):
        raise InvalidData(f"the target {target.column!r} is not a column of numbers; use --positive: {_show(values)}")
    labels = np.array([int(target.passes(mark)) for mark in marks])
    passing = {target.passes(mark) for mark in known}
    if target.at_least is not None:
        line, why = f"at least {target.at_least:.15g}", f"marks from {target.at_least:.15g} up pass, as asked for"
    else:
        assert target.at_most is not None
        line, why = f"at most {target.at_most:.15g}", f"marks up to {target.at_most:.15g} pass, as asked for"
    if len(passing) < 2:
        extent = f"marks are from {known.min():.15g} to {known.max():.15g}"
        extent += f"; these are none: {_show(others)}" if others else ""
        raise InvalidData(f"{'every' if True in passing else 'no'} mark in {target.column!r} is {line}; {extent}")
    questions = [*_against_its_name(target)]
    if codes := find_codes(Counter(cells), numbers):
        questions.append(f"{_ticked([*codes])}: codes for no mark? then leave such rows out of the table")
    return TargetChoice(target, labels, marks, why, tuple(questions))


def _against_its_name(target: Target) -> Iterator[str]:
    """A question, where the column is called by what less, or more, of is better than the pass line takes."""
    ends = ends_well(target.column)
    better = more_is_better(target.column) if ends is None else ends
    called = f"the column is called {quoted(target.column)[1:-1]}"
    if better is False and target.at_least is not None:
        yield f"{called}: is less better in it? then at_most, with the most that passes, in place of at_least"
    # A "mark" can be either; whoever says --at-most knows which.
    if better is True and target.at_most is not None and not header_mentions(target.column, "mark"):
        yield f"{called}: is more better in it? then at_least, with the least that passes, in place of at_most"


def _against_their_names(positive: Sequence[str], negative: Sequence[str]) -> Iterator[str]:
    """Questions, where a value passes or fails by whose own name it is the other way round."""
    for values, role, well in ((positive, "positive", False), (negative, "negative", True)):
        if called := [value for value in values if _ends_well(value) is well]:
            yield f"called as what {'passes' if well else 'fails'}, but {role}: {_ticked(called)}; is that right?"


def _ends_well(value: str) -> bool | None:
    return ends_well(_CODE.sub("", value))


def _check_values(column: str, values: Sequence[str], positive: Sequence[str]) -> None:
    for value in positive:
        if value not in values:
            close = difflib.get_close_matches(value, values, n=1, cutoff=0)
            others = [other for other in values if other not in close]
            raise InvalidData(f"{value!r} is no value of {column!r}: {_show([*close, *others])}")
    if len(values) > _MAX_VALUES:
        raise InvalidData(
            f"{column!r} has {len(values)} different values, too many for --positive; use --at-least N, or --at-most N"
        )
    if set(values) <= set(positive):
        raise InvalidData(f"every value of {column!r} passes: {_show(values)}; nothing can be learned from it")


def _plainly_passes(column: str, values: Sequence[str], decimal: str) -> tuple[str, str] | None:
    """Of two values the one that passes by its own name, or by the column's, and why."""
    if len(values) != 2:
        return None
    for passing, other in permutations(values):
        if (words(passing), words(other)) in _LETTERS:
            return passing, "it is called so"
        # Beside another word that is not known ("pending") a pass need not be the better of the two.
        well, other_well = map(_ends_well, (passing, other))
        if well and (other_well is False or (other_well is None and len(other) <= _MAX_CROSS)):
            return passing, "it is called so"
    numbers = [as_number(value, decimal) for value in values]
    for affirmed, denied in permutations(values):
        if (words(affirmed), words(denied)) in _AFFIRMATIONS or (affirmed == values[1] and numbers in _NUMBERS):
            well = ends_well(column)
            reason = f"the column is called {quoted(column)[1:-1]}"
            return None if well is None else (affirmed if well else denied, reason)
    return None


def _sides(values: Sequence[str], passing: str) -> dict[str, str]:
    return {"positive": passing, "negative": next(value for value in values if value != passing)}


def _ticked(values: Sequence[str]) -> str:
    return ", ".join(f"`{quoted(_short(value))[1:-1]}`" for value in values)


def _show(values: Sequence[str]) -> str:
    shown = ", ".join(repr(_short(value)) for value in values[:_MAX_SHOWN])
    return shown + (f", … ({len(values)} in all)" if len(values) > _MAX_SHOWN else "")


def _short(value: str) -> str:
    return value if len(value) <= 40 else value[:39] + "…"
