"""Names that any program can have for names that people gave: ASCII letters, digits and underscores, each another."""

import keyword
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

# Names that a TensorFlow signature can't have beside Python's keywords: its own first parameter.
_RESERVED = frozenset({"self"})
_MAX_LOOKED_AT = 1000  # characters of a name: to decompose them takes the square of their number


def safe_names(names: Sequence[str], otherwise: str) -> tuple[str, ...]:
    """Name anew what is no safe name.

    Args:
        names: As people have them, each another.
        otherwise: What a name begins with that would not begin with a letter.

    Returns:
        In the same order. Python's keywords get an underscore at the end, and names that then collide are numbered;
        capitals and small letters are not told apart, so the first of such names is kept. A name that is kept is never
        another's.
    """
    safe: dict[str, str] = {}
    taken: set[str] = set()
    for name in filter(_is_safe, names):
        if name.lower() not in taken:
            taken.add(name.lower())
            safe[name] = name
    numbers: dict[str, int] = {}  # small letters of a stem → the next to try
    for name in names:
        if name not in safe:
            candidate = stem = _to_safe(name, otherwise)
            number = numbers.get(stem.lower(), 2)
            while candidate.lower() in taken:
                candidate, number = f"{stem}_{number}", number + 1
            numbers[stem.lower()] = number
            taken.add(candidate.lower())
            safe[name] = candidate
    return tuple(safe[name] for name in names)


def _is_safe(name: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name)) and not keyword.iskeyword(name) and name not in _RESERVED


def _to_safe(name: str, otherwise: str) -> str:
    plain = unicodedata.normalize("NFKD", name[:_MAX_LOOKED_AT]).encode("ascii", "ignore").decode()
    stem = re.sub(r"\W+", "_", plain).strip("_")
    stem = stem if stem[:1].isalpha() else f"{otherwise}_{stem}".rstrip("_")
    return stem if _is_safe(stem) else f"{stem}_"


def json_choice(texts: Sequence[str]) -> dict[str, Any]:
    """One of some texts as JSON Schema has it; and names for them, since of 'A+' and 'A-' generators make the same."""
    names = [name.upper() for name in safe_names(texts, "value")]
    return {"type": "string", "enum": list(texts), "x-enum-varnames": names}
