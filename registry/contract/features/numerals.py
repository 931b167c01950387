"""One number as people write it in a cell; what only a whole column can tell is training's to find out."""

import re
import unicodedata
from collections.abc import Collection
from typing import Literal, NamedTuple

MAX_NUMBER = 400  # characters of a number in a cell: float64 needs up to 310 before its decimal mark, people 20
OtherMark = Literal["thousands", "decimal"]
OTHER = {".": ",", ",": "."}  # Decimal mark → the mark that is not it.

# Stricter than float(): no "1_0", no "nan", no digits of other scripts. No two parts can take the same digits, else
# trying every split of them would take the square of their number.
_NUMBER = {
    decimal: re.compile(rf"[+-]?(\d+({mark}\d*)?|{mark}\d+)([eE][+-]?\d+)?", re.ASCII)
    for decimal, mark in ((".", r"\."), (",", ","))
}
# Groups of three can be nothing else where a blank or an apostrophe is between them, where they are several, or where
# the decimal mark follows; a single group behind the other mark is a matter of the column.
_GROUPED = {
    decimal: re.compile(
        rf"[+-]?\d{{1,3}}(([ ']\d{{3}})+({mark}\d*)?|({other}\d{{3}})+({other}\d{{3}}|{mark}\d+))", re.ASCII
    )
    for decimal, mark, other in ((".", r"\.", ","), (",", ",", r"\."))
}
# In India the groups before the last have two digits: 12,34,567.
_LAKHS = re.compile(r"[+-]?\d{1,2}(,\d{2})+,\d{3}(\.\d*)?", re.ASCII)
_THREE_DIGITS = {mark: re.compile(rf"[+-]?[1-9]\d{{0,2}}{re.escape(mark)}\d{{3}}", re.ASCII) for mark in ".,"}
# What stands for a sign, a mark or a blank in other keyboards' numbers; what only says which way they run is nothing.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d", "-"),
        **dict.fromkeys("\u00a0\u2007\u2009\u200a\u202f\u3000", " "),
        **dict.fromkeys("\u00ad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2069\ufeff", None),
        **dict.fromkeys("\u2018\u2019\u02bc\u066c\uff07", "'"),
        "\uff0b": "+",
        "\uff0e": ".",
        "\u066b": ".",
        "\uff0c": ",",
        "\uff0f": "/",
        "\u2044": "/",
        "\uff05": "%",
        "\u066a": "%",
    }
)
_PART = re.compile(r"([^0-9.,+-]*)([+-]?[.,]?[0-9](?:[0-9.,' +-]*[0-9.,])?)(.*)", re.DOTALL)
_OUT_OF = re.compile(r"(?:/|out of |of |von |sur |de |su |van |uit |z |ze |na |sobre )(.*)", re.DOTALL)
SIGNS = frozenset({*"%€$£₹¥₽₺₩₪₫₴", "r$", "us$"})  # units, small letters, that may stand in front as well
_IN_UNITS = str.maketrans("", "", " ./°²³")


class Parts(NamedTuple):
    """A cell with a number in it: what stands before the number, the number's own text, and what stands behind."""

    before: str
    number: str
    behind: str

    @property
    def beside(self) -> str:
        """What is beside the number, on one side of it; small letters."""
        return (self.before or self.behind).casefold() if not (self.before and self.behind) else "?"

    @property
    def out_of(self) -> str | None:
        """The text of what it is out of, as in 12/20."""
        found = None if self.before else _OUT_OF.fullmatch(self.behind.casefold())
        return found[1].strip() if found else None


def read_plain(text: str, decimal: str, other_mark: OtherMark | None = None) -> float | None:
    """The number that a text is, in ASCII digits or `to_ascii`'s; None where it is none.

    Args:
        text: Of at most `MAX_NUMBER` characters.
        decimal: The decimal mark, "." or ",".
        other_mark: What the other mark means where it stands before three digits, or as the only one. Where it is
            between thousands, so may be the decimal mark before three digits: that is none.
    """
    if other_mark == "thousands" and _THREE_DIGITS[decimal].fullmatch(text):
        return None  # 1.200 where 1,200 is a thousand and more: the table's decimal mark may be the other one
    if _NUMBER[decimal].fullmatch(text):
        return float(text.replace(decimal, "."))
    other = OTHER[decimal]
    is_grouped = _GROUPED[decimal].fullmatch(text) or (decimal == "." and _LAKHS.fullmatch(text))
    if is_grouped or (other_mark == "thousands" and _THREE_DIGITS[other].fullmatch(text)):
        return float(text.replace(" ", "").replace("'", "").replace(other, "").replace(decimal, "."))
    if other_mark == "decimal" and _NUMBER[other].fullmatch(text):
        return float(text.replace(other, "."))
    return None


def is_three_digits(text: str, mark: str) -> bool:
    """Whether a mark stands before exactly three digits, so that it may be one between thousands."""
    return len(text) <= MAX_NUMBER and _THREE_DIGITS[mark].fullmatch(text) is not None


def to_ascii(text: str) -> str:
    """The same with digits, signs, marks and blanks of any script as ASCII has them; a spreadsheet's ' in front goes.

    Args:
        text: Of at most `MAX_NUMBER` characters.
    """
    if text.isascii():
        return text.removeprefix("'")
    plain = text.translate(_PLAIN).removeprefix("'")
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in plain)


def to_parts(text: str) -> Parts | None:
    """A text from `to_ascii` apart; None where there is no number in it."""
    found = _PART.fullmatch(text)
    return Parts(*(part.strip() for part in found.groups())) if found else None


def is_unit_like(text: str) -> bool:
    """Whether a text may be a unit in words: letters, and what stands with them, as in km/h."""
    return text.translate(_IN_UNITS).isalpha()


def number_text(cell: str) -> str:
    """A cell without the unit or the points that stand beside its number; the cell itself where there is no such.

    Args:
        cell: Of at most `MAX_NUMBER` characters.
    """
    text = to_ascii(cell)
    parts = to_parts(text)
    if parts is None or not (parts.out_of or parts.beside in ("", *SIGNS) or is_unit_like(parts.beside)):
        return text
    return parts.number


def read_number(
    text: str,
    decimal: str,
    units: Collection[str] = (),
    out_of: float | None = None,
    other_mark: OtherMark | None = None,
) -> float | None:
    """The number that a cell stands for; None where it is none.

    Args:
        text: As `to_ascii` gives it.
        decimal: The decimal mark, "." or ",".
        units: What may stand beside it, in small letters.
        out_of: What it may be out of: of 12/20 the number is 12.
        other_mark: See `read_plain`.
    """
    if len(text) > MAX_NUMBER:
        return None
    if (number := read_plain(text, decimal, other_mark)) is not None:
        return number
    parts = to_parts(text) if units or out_of is not None else None
    if parts is None:
        return None
    if parts.beside not in units:
        whole = parts.out_of
        if whole is None or out_of is None or read_plain(whole, decimal, other_mark) != out_of:
            return None
    return read_plain(parts.number, decimal, other_mark)
