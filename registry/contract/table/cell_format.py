"""How a sheet shows a number: as such, as a share of a hundred, with zeros in front, or as a date."""

import datetime
import re
from dataclasses import dataclass
from typing import Any, Literal

_LONGEST = 255  # characters of a format, as Excel has it
_BESIDE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\[\]]*\]')  # what a format shows, or does, beside the digits
_ZEROS = re.compile("0{2,}")
_MOST_WHOLE = 2.0**53


@dataclass(frozen=True)
class CellFormat:
    """How a number is shown.

    Attributes:
        kind: What it is shown as.
        num_digits: That it has at least.
        from_1904: Whether its days are counted from 1904.
    """

    kind: Literal["number", "percent", "date", "duration"]
    num_digits: int = 1
    from_1904: bool = False

    @classmethod
    def of(cls, number: int, code: str | None, from_1904: bool) -> "CellFormat":
        """Read a format.

        Args:
            number: By which cells name it.
            code: As the workbook has it; None for one of those that all workbooks know.
            from_1904: Whether days are counted from 1904.
        """
        from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

        code = BUILTIN_FORMATS.get(number, "General") if code is None else code
        if len(code) > _LONGEST:
            return cls("number")
        if is_timedelta_format(code):
            return cls("duration")
        first = _BESIDE.sub("", code.split(";")[0])
        if is_date_format(code):
            return cls("date", from_1904=from_1904)
        if "%" in first:
            return cls("percent")
        return cls("number", len(first) if _ZEROS.fullmatch(first) else 1)

    def show(self, value: Any) -> str:
        """A number, or a date, as text: with a point, without marks between thousands; dates as ISO 8601 has them."""
        if isinstance(value, int | float):
            if self.kind == "percent":
                return f"{_plain(value * 100)}%"
            if self.kind == "number":
                text = _plain(value)
                return text.zfill(self.num_digits) if text.isdecimal() else text
            value = self._to_date(value)
        if isinstance(value, datetime.timedelta):
            minutes, seconds = divmod(round(value.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
        if isinstance(value, datetime.datetime) and value.time() == datetime.time():
            value = value.date()
        if isinstance(value, datetime.datetime | datetime.time):
            timespec = "seconds" if value.second or value.microsecond else "minutes"
            text = value.isoformat(timespec=timespec)
            return text.replace("T", " ")
        return value.isoformat() if isinstance(value, datetime.date) else _plain(value)

    def _to_date(self, value: float) -> Any:
        """The date of a number of days; the number itself where it is that of none."""
        from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

        epoch = MAC_EPOCH if self.from_1904 else WINDOWS_EPOCH
        try:
            return from_excel(value, epoch, timedelta=self.kind == "duration")
        except (OverflowError, ValueError):
            return value


def _plain(value: Any) -> str:
    """A number of at most 15 digits, as Excel keeps them; whole ones without a point."""
    if isinstance(value, float) and not (value.is_integer() and abs(value) < _MOST_WHOLE):
        return format(value, ".15g")
    return str(int(value))
