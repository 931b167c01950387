"""What people may call a column whose name was made for machines: "Study hours" for `study_hours`."""

import re

from registry.contract.features.base import MAX_WORDS

_BORDER = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")  # within "StudyTimeWeekly"
_MIN_WORD = 3  # letters that one of the words has at least: "x_1" is no words


def title_of(name: str) -> str | None:
    """A title for a column.

    Args:
        name: Its header.

    Returns:
        The words of a name that has them without blanks between; None where the name is none of such, and people may
        well call it so.
    """
    if len(name) > MAX_WORDS or not name.isprintable() or " " in name:
        return None
    words = re.split(r"[_.]+", name.strip("_."))
    if len(words) == 1:
        first, *others = _BORDER.split(name)
        words = [first, *(word if word.isupper() else word.lower() for word in others)]
    if len(words) < 2 or len(words[0]) < 2 or max(map(len, words)) < _MIN_WORD:
        return None
    title = " ".join(words)
    title = title[0].upper() + title[1:]
    return title if len(title) <= MAX_WORDS else None
