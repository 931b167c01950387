"""Rows that are no student's, as what stands where a name or an id should shows; named by line."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from registry.contract.features import as_number
from registry.contract.features.missing import is_missing_anywhere
from registry.contract.table import MOST_OF_A_KIND, Table, find_note, is_no_student, says_nobody
from training.proposal.quoted import quoted
from training.terms.header import header_mentions

_MIN_IDS, _MOST_ODD_IDS = 5, 2


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
    said = [says_nobody(row, range(len(who))) for row in zip(*texts, strict=True)] or [None] * table.num_rows
    nameless = [row for row, each in enumerate(zip(*(columns[name] for name in who), strict=True)) if not any(each)]
    where = set(who)
    for row in nameless:
        # Where nobody is named, what a row is may stand in the first cell that has anything.
        first = next((name for name in columns if name != target and columns[name][row]), None)
        if first is not None and is_no_student(cell := columns[first][row]):
            said[row] = cell
            where.add(first)
    names = list(columns)
    for row in [row for row, cell in enumerate(columns[target]) if not cell and said[row] is None]:
        note = find_note([columns[name][row] for name in names])
        if note is None:
            continue
        (index, is_date), first = note, names[note[0]]
        # Where `run` and the service look for it: who a row is of is blank above a date, and is what a footnote takes.
        if not set(who).isdisjoint(names[:index]) or (not is_date and first in {*who, table.first}):
            said[row] = columns[first][row]
            where.add(first)
    for cell, num in Counter(filter(None, said)).items():
        if num <= MOST_OF_A_KIND:
            cells[cell] = {row for row, each in enumerate(said) if each == cell}
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
