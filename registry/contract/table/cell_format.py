"""How a sheet shows a number: as such, as a share of a hundred, with zeros in front, or as a date."""

import datetime
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

_LONGEST = 255  # characters of a format, as Excel has it
_BESIDE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\[\]]*\]')  # what a format shows, or does, beside the digits
_MEANT = re.compile(r"\[(h+|m+|s+|[<>=].*)\]", re.I)  # of it, what says which numbers, or how they are shown
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=) ?(-?[0-9]{1,15}(?:\.[0-9]{0,15})?)\]")
_HOLDS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "<>": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}
_GENERAL = re.compile("general|standard", re.I)  # the latter by German programs
_ZEROS = re.compile("0{2,}")
_MOST_WHOLE = 2.0**53
_MOST_DAYS = 10_000_000  # Excel's end in 9999
# What Excel in Chinese, Japanese and Korean has beside openpyxl's: all of them dates, or times.
_EAST_ASIAN = {number: "yyyy-mm-dd" for number in (*range(27, 32), 36, *range(50, 59))} | dict.fromkeys(
    range(32, 36), "h:mm"
)
_Kind = Literal["number", "percent", "date", "time", "hours", "minutes", "minutes and seconds", "seconds"]


@dataclass(frozen=True)
class _Section:
    """How those numbers are shown that meet a condition.

    Attributes:
        kind: What they are shown as.
        num_digits: That they have at least.
    """

    kind: _Kind = "number"
    num_digits: int = 1

    @classmethod
    def of(cls, code: str) -> "_Section | None":
        """Read a section without what is beside the digits; None where nothing of a number is shown."""
        code = _GENERAL.sub("#", code).casefold()
        if "[h" in code:
            return cls("hours")
        if "[m" in code:
            return cls("minutes and seconds" if "s" in code else "minutes")
        if "[s" in code:
            return cls("seconds")
        if any(letter in code for letter in "dy"):
            return cls("date")
        if any(letter in code for letter in "mhs"):
            return cls("date" if "h" not in code and "s" not in code else "time")
        if not any(digit in code for digit in "0#?"):
            return None
        if "%" in code:
            return cls("percent")
        return cls("number", len(code) if _ZEROS.fullmatch(code) else 1)


@dataclass(frozen=True)
class CellFormat:
    """How a number is shown.

    Attributes:
        sections: Of the format; at most three, for which numbers their conditions say.
        conditions: Of each: what it is compared by, and with; None where the section has none.
        from_1904: Whether its days are counted from 1904.
    """

    sections: tuple[_Section, ...] = (_Section(),)
    conditions: tuple[tuple[str, float] | None, ...] = (None,)
    from_1904: bool = False

    @classmethod
    def of(cls, number: int, code: str | None, from_1904: bool) -> "CellFormat":
        """Read a format.

        Args:
            number: By which cells name it.
            code: As the workbook has it; None for one of those that all workbooks know.
            from_1904: Whether days are counted from 1904.
        """
        from openpyxl.styles.numbers import BUILTIN_FORMATS

        code = BUILTIN_FORMATS.get(number, _EAST_ASIAN.get(number, "General")) if code is None else code
        if len(code) > _LONGEST:
            return cls()
        codes = _BESIDE.sub(lambda found: found[0] if _MEANT.fullmatch(found[0]) else "", code).split(";")
        codes = codes[:3] if len(codes) > 3 or "@" not in codes[-1] else codes[:-1]
        conditions = [_CONDITION.search(each) for each in codes]
        codes = [_CONDITION.sub("", each) for each in codes]
        if not codes or any("<" in each or ">" in each or "=" in each for each in codes):
            return cls()
        found = [_Section.of(each) for each in codes]
        # Where only a word is shown, as for 0, the number is shown as others beside it are; a date would be none.
        beside = next((each for each in found if each), _Section())
        beside = beside if beside.kind in ("number", "percent") else _Section()
        sections = tuple(each or beside for each in found)
        if len(sections) > 1 and len(set(sections)) == 1:
            return cls(sections[:1], (None,), from_1904)
        return cls(sections, tuple((each[1], float(each[2])) if each else None for each in conditions), from_1904)

    def show(self, value: Any) -> str:
        """A number, or a date, as text: with a point, without marks between thousands; dates as ISO 8601 has them."""
        if isinstance(value, int | float):
            section = self._section(value)
            if section.kind == "percent":
                return f"{_plain(value * 100)}%"
            if section.kind == "number" or abs(value) >= _MOST_DAYS:
                text = _plain(value)
                return text.zfill(section.num_digits) if text.isdecimal() else text
            if section.kind in ("minutes", "seconds"):
                return _plain(round(value * (1440.0 if section.kind == "minutes" else 86400.0), 3))
            if section.kind == "minutes and seconds":
                total = round(value * 86400)
                return f"{'-' if total < 0 else ''}{abs(total) // 60}:{abs(total) % 60:02}"
            value = datetime.timedelta(days=value) if section.kind == "hours" else self._to_date(value, section)
        if isinstance(value, datetime.timedelta):
            total = round(value.total_seconds())
            minutes, seconds = divmod(abs(total), 60)
            text = f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
            return f"-{text}" if total < 0 else text
        if isinstance(value, datetime.datetime) and value.time() == datetime.time():
            value = value.date()
        if isinstance(value, datetime.datetime | datetime.time):
            timespec = "seconds" if value.second or value.microsecond else "minutes"
            text = value.isoformat(timespec=timespec)
            return text.replace("T", " ")
        return value.isoformat() if isinstance(value, datetime.date) else _plain(value)

    def _section(self, value: float) -> _Section:
        """The section for a number, as Excel chooses it; the plain number's where that can't be told."""
        if self.conditions == (None,):
            return self.sections[0]
        plain, num = _Section(), len(self.sections)
        holds = [each and _HOLDS[each[0]](value, each[1]) for each in self.conditions]
        if not any(self.conditions):
            index = 1 if value < 0 else 2 if value == 0 and num == 3 else 0
        elif holds[0]:
            index = 0
        elif num == 1:
            return plain
        elif self.conditions[0] is None:
            if bool(holds[1]) != (value < 0):
                return plain
            index = 1 if holds[1] else 0
        elif self.conditions[1] is None:
            if num == 3 and self.sections[1] != self.sections[2]:
                return plain
            index = 1
        elif holds[1] or num == 3:
            index = 1 if holds[1] else 2
        else:
            return plain
        return self.sections[index]

    def _to_date(self, value: float, section: _Section) -> Any:
        """The date of a number of days; the number itself where it is that of none."""
        from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

        try:
            if self.from_1904 and section.kind == "date" and 0 <= value < 1:
                return MAC_EPOCH + datetime.timedelta(days=value)
            return from_excel(value, MAC_EPOCH if self.from_1904 else WINDOWS_EPOCH)
        except (OverflowError, ValueError):
            return value


def _plain(value: Any) -> str:
    """A number of at most 15 digits, as Excel keeps them; whole ones without a point."""
    if isinstance(value, float) and not (value.is_integer() and abs(value) < _MOST_WHOLE):
        return format(value, ".15g")
    return str(int(value))
