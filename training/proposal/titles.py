"""What a column's name says beside its subject: words for people where it was made for machines, and its points."""

import re

from registry.contract.features.base import MAX_WORDS

_BORDER = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")  # within "StudyTimeWeekly"
# "Grade/10.00", "Q. 2 /3.00", "Note (sur 20)"; behind two figures it is a year's end, "2023/24".
_POINTS = re.compile(
    r"(?<![0-9]{2})[ _]*[(\[]?(?:/|\b(?:out of|sur|von|su|sobre) ) ?([0-9]+(?:[.,][0-9]+)?)[)\]]?$", re.IGNORECASE
)
_MIN_WORD = 3  # letters that one of the words has at least: "x_1" is no words


def title_of(name: str) -> str | None:
    """A title for a column.

    Args:
        name: Its header.

    Returns:
        The words of a name that has them without blanks between; None where the name is none of such, and people may
        well call it so.
    """
    name = _POINTS.sub("", name) if len(name) <= MAX_WORDS else name
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


def points_of(name: str) -> float | None:
    """The points that a column's name says it is out of, more than 0; None where it says none."""
    found = _POINTS.search(name) if len(name) <= MAX_WORDS else None
    return float(found[1].replace(",", ".")) or None if found else None
