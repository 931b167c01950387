"""Rows that are no student's, as what stands where a name or an id should shows; named by line."""

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from registry.contract.features import as_number
from registry.contract.features.missing import is_missing_anywhere
from registry.contract.table import Table, find_note, is_no_student, of_nobody, says_nobody
from training.proposal.quoted import quoted
from training.terms.header import header_mentions

_MIN_IDS, _MOST_ODD_IDS = 5, 2
_MOST_SUMMARIES, _MIN_STUDENTS = 6, 8  # rows at either end that may sum up the others; rows beside them
_MIN_SUMMED_UP, _FEW_DIFFERENT = 2, 2  # columns of which a row is the sum or the like; values that are too few for it
_MAX_CHANCE = 0.002  # that a student has the others' mean in every column
_DECIMALS = re.compile(r"[.,]([0-9]+)")


class OtherRow(NamedTuple):
    """Rows that are no student's.

    Attributes:
        cell: What says so, as the dataset file's `skip_rows` names it.
        rows: Their indices.
        lines: Their lines in the file, from 1.
    """

    cell: str
    rows: tuple[int, ...]
    lines: tuple[int, ...]


def find_other_rows(
    table: Table, columns: Mapping[str, Sequence[str]], target: str, student: str | None
) -> tuple[list[OtherRow], list[str]]:
    """Find the rows of totals, averages and the like.

    Args:
        table: Where they stand.
        columns: Name → cells without blanks around them.
        target: Name of the target.
        student: Name of the column that names the student, where that is known.

    Returns:
        The rows; and questions about others.
    """
    cells: dict[str, set[int]] = {}
    questions = []
    who = [name for name in columns if name != target and _says_who(name, columns[name], table.first, student)]
    # A number in a first column that is there by its place alone says nothing of whose row it is.
    texts = [
        columns[name]
        if _is_called_so(name, student)
        else ["" if cell[:1].isdecimal() else cell for cell in columns[name]]
        for name in who
    ]
    words = {
        row: word
        for row, each in enumerate(zip(*texts, strict=True))
        if (word := says_nobody(each, range(len(who)))) is not None
    }
    said = of_nobody(
        words | _extremes([columns[name] for name in who if not _is_id(name, student)], words), table.num_rows
    )
    nameless = [row for row, each in enumerate(zip(*(columns[name] for name in who), strict=True)) if not any(each)]
    where = set(who)
    for row in nameless:
        # Where nobody is named, what a row is may stand in the first cell that has anything.
        first = next((name for name in columns if name != target and columns[name][row]), None)
        if first is not None and is_no_student(cell := columns[first][row]):
            said[row] = cell
            where.add(first)
    names = list(columns)
    for row in [row for row, cell in enumerate(columns[target]) if not cell and row not in said]:
        note = find_note([columns[name][row] for name in names])
        if note is None:
            continue
        (index, is_date), first = note, names[note[0]]
        # Where `run` and the service look for it: who a row is of is blank above a date, and is what a footnote takes.
        if not set(who).isdisjoint(names[:index]) or (not is_date and first in {*who, table.first}):
            said[row] = columns[first][row]
            where.add(first)
    for row, cell in sorted(of_nobody(said, table.num_rows).items()):
        cells.setdefault(cell, set()).add(row)
    asked: dict[int, str] = {}
    for name in who:
        column = columns[name]
        is_id = _is_id(name, student)
        blank = [row for row, cell in enumerate(column) if not cell or is_missing_anywhere(cell)]
        known = set().union(*cells.values())
        if is_id:
            odd = {row for row, cell in enumerate(column) if not cell.isdecimal() and as_number(cell, ".") is None}
            odd.difference_update(blank)
            if len(odd) <= _MOST_ODD_IDS and len(column) - len(odd) - len(blank) >= _MIN_IDS:
                for row in sorted(odd - known):
                    if not any(map(str.isdecimal, column[row])):
                        cells.setdefault(column[row], set()).add(row)
        if len(blank) <= _MOST_ODD_IDS and len(column) - len(blank) >= _MIN_IDS:
            for row in blank:
                # Somebody may lack a middle name, or a telephone, but not all that says who he is.
                if row not in known and (is_id or row in nameless):
                    asked.setdefault(row, name)
    questions += [
        f"is line {table.lines[row]} a student's? it has no {quoted(name)}; if not, take it out of the table"
        for row, name in sorted(asked.items())
    ]
    for cell, its_rows in list(cells.items()):
        if any(_stands_elsewhere(cell, columns[name], its_rows) for name in where):
            line = table.lines[min(cells.pop(cell))]
            questions.append(f"is line {line} a student's? {quoted(cell)} stands there, but with students, too")
    found = [
        OtherRow(cell, tuple(sorted(rows)), tuple(table.lines[row] for row in sorted(rows)))
        for cell, rows in cells.items()
    ]
    return found, questions


def _extremes(names: Sequence[Sequence[str]], known: Collection[int]) -> dict[int, str]:
    """The rows Min and Max below full names: one alone, or beside other words, may be somebody's first name."""
    if len(names) != 1:
        return {}
    words = {row: cell for row, cell in enumerate(names[0]) if cell and row not in known and len(cell.split()) == 1}
    are_both = sorted(map(str.casefold, words.values())) == ["max", "min"]
    return words if are_both and len(names[0]) > _MIN_STUDENTS else {}


def ask_about_summaries(
    columns: Sequence[tuple[Sequence[str], Mapping[str, float]]], lines: Sequence[int]
) -> Iterator[str]:
    """Questions about rows at either end that sum up the others, as their numbers alone show.

    Args:
        columns: The cells of each column of amounts, whether or not their rows have a target; cell → number.
        lines: Where each row stands.
    """
    columns = [each for each in columns if len(set(each[0]) - {""}) > _FEW_DIFFERENT]
    num_rows = len(lines)
    if num_rows < _MIN_STUDENTS + 2 * _MOST_SUMMARIES or len(columns) < _MIN_SUMMED_UP:
        return
    amounts = np.array([[numbers.get(cell, np.nan) for cell in cells] for cells, numbers in columns])
    below, above = range(num_rows - _MOST_SUMMARIES, num_rows), range(_MOST_SUMMARIES - 1, -1, -1)
    ends = [row for row in (*below, *above) if (~np.isnan(amounts[:, row])).sum() >= _MIN_SUMMED_UP]
    lowest, highest = (
        {row: what for row in ends if not (sign * amounts[:, row] > sign * bound).any()}
        for what, sign, bound in (("least", 1, np.nanmin(amounts, 1)), ("most", -1, np.nanmax(amounts, 1)))
    )
    # A student may well have the least of everything, but hardly stands beside one who has the most.
    said = lowest | highest if lowest and highest else {}
    students = [row for row in range(num_rows) if row not in said]
    for row in ends:
        others = [other for other in students if (other < row if row in below else other > row)]
        if row not in said and (what := _sums_up([cells[row] for cells, _ in columns], amounts, row, others)):
            said[row] = what
            students.remove(row)
    for row, what in sorted(said.items()):
        yield f"is line {lines[row]} a student's? it has the {what} of all columns; if not, take it out of the table"


def _sums_up(texts: Sequence[str], amounts: np.ndarray, row: int, others: Sequence[int]) -> str | None:
    """What of other rows a row has in every column, where it is no accident."""
    known = [index for index, amount in enumerate(amounts[:, row]) if not np.isnan(amount)]
    decimals = (_DECIMALS.search(texts[index]) for index in known)
    rounded = [0.5005 * 10.0 ** -(len(found[1]) if found else 0) for found in decimals]
    for what, summary in (("mean", np.nanmean), ("median", np.nanmedian), ("sum", np.nansum)):
        shares = []
        for index, half_a_step in zip(known, rounded, strict=True):
            theirs, own = amounts[index][others], amounts[index, row]
            if np.isnan(theirs).all() or abs(summary(theirs) - own) > half_a_step:
                break
            shares.append((1 + (np.abs(theirs - own) <= half_a_step).sum()) / (1 + len(others)))
        else:
            if math.prod(shares) <= _MAX_CHANCE:
                return what
    return None


def _says_who(name: str, column: Sequence[str], first: str, student: str | None) -> bool:
    """Whether a column names students: by its header, or as the first one, with hardly two of them alike."""
    is_first = name == first and 2 * len(set(column)) > len(column)
    return is_first or _is_called_so(name, student)


def _is_called_so(name: str, student: str | None) -> bool:
    return header_mentions(name, "personal") or _is_id(name, student)


def _stands_elsewhere(cell: str, column: Sequence[str], rows: Collection[int]) -> bool:
    return cell in column and any(each == cell and row not in rows for row, each in enumerate(column))


def _is_id(name: str, student: str | None) -> bool:
    return name == student or header_mentions(name, "id")
