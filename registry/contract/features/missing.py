"""What people and programs write into a cell that has no value."""

import re

NO_RESULT = "a formula without a result: open the file in Excel and save it"
"""What stands for a workbook's cell whose value nobody knows: a fault, and no mark for no value."""

# Whatever else their column holds.
_ANYWHERE = frozenset({"na", "n/a", "#n/a", "n.a.", "k.a.", "#nv", "?", "??", "null", "nan", "<na>"})
# In a column of numbers; a category can be called so.
_AMONG_NUMBERS = frozenset({"-", "--", "---", "\u2013", "\u2014", "\u2212", "none", "nil", ".", "..", "/", "*"})
_ERROR = re.compile(r"#\S{1,12}[!?]|err:[0-9]{3}")  # of a spreadsheet's formula, in any language
_LONGEST = 15


def is_missing_anywhere(text: str) -> bool:
    """Whether a cell, without blanks around it, means in any column that there is no value."""
    if len(text) > _LONGEST:
        return False
    text = text.casefold()
    return text in _ANYWHERE or _ERROR.fullmatch(text) is not None


def is_missing_mark(text: str) -> bool:
    """Whether it means so at least in a column of numbers."""
    return is_missing_anywhere(text) or text.casefold() in _AMONG_NUMBERS
