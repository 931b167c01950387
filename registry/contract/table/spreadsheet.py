"""Cells that a spreadsheet program would take for formulas, made text."""

import re

# A row that is parted at another delimiter has cells within this one's.
_BETWEEN = re.compile(r"([,;|\t\r\n])")
_FORMULA = re.compile(r"[\s\ufeff'\"]*[=+@\uff0b\uff0d\uff1d\uff20-]")
_NUMBER = re.compile(r"[+-]*+[0-9.,' \u00a0\u202f]*+([eE][+-]?[0-9]+)?%?")  # also what stands for no value, such as "-"


def to_safe(cell: str) -> str:
    """A cell as it is where it is a number, or text that begins with none of = + - @, a tab or the end of a line.

    Else with an apostrophe before that, by which spreadsheet programs, and this one, read what follows as it stands.
    """
    if _NUMBER.fullmatch(cell):
        return cell
    safe = "".join(f"'{part}" if _FORMULA.match(part) else part for part in _BETWEEN.split(cell))
    return f"'{safe}" if safe[:1] in ("\t", "\r", "\n") else safe
