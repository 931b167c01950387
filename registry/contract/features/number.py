"""Numbers: amounts and counts, coded as themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import orjson

from registry.contract.features.amount import FLOAT64_WHOLE, NEAR, Amount
from registry.contract.features.numerals import (
    MAX_NUMBER,
    OTHER,
    OtherMark,
    is_three_digits,
    number_text,
    read_number,
    read_plain,
    to_ascii,
)

_PLAIN = {decimal: b"0123456789+-eE" + decimal.encode() for decimal in ".,"}


def as_number(cell: str, decimal: str) -> float | None:
    """The number that a CSV cell stands for; None if it is blank, no number, or too large for the network."""
    try:
        return _ANY.read_cell(cell, decimal)
    except ValueError:
        return None


@dataclass(frozen=True, kw_only=True)
class Number(Amount):
    """A number, which is its own amount.

    Attributes:
        suffixes: What may stand beside it in a cell, as its unit may; capitals don't matter.
        out_of: What it may be out of in a cell: of 12/20 the number is 12.
        other_mark: What the mark that is not the table's decimal mark means in a cell: `thousands`, as in 1,200 for
            1200; or `decimal`, where both are written for the same. None: it is a fault.
    """

    kind: ClassVar[str] = "number"

    suffixes: tuple[str, ...] = ()
    out_of: float | None = None
    other_mark: OtherMark | None = None

    def _requirement(self) -> str:
        text, (low, high) = "must be a number", self.limits
        if self.minimum is not None and self.maximum is not None:
            text += f" from {low:.15g} to {high:.15g}"
        elif self.minimum is not None:
            text += f" of at least {low:.15g}"
        elif self.maximum is not None:
            text += f" of at most {high:.15g}"
        if self.unit:
            text += f" {self.unit}" if text != "must be a number" else f" in {self.unit}"
        return text

    def _parse(self, text: str, decimal: str) -> object:
        number = read_number(text, decimal, self._beside, self.out_of, self.other_mark)
        return text if number is None else number

    def read_cell(self, cell: str, decimal: str = ".") -> float:
        """Also with digits, signs and blanks as other scripts and keyboards have them."""
        text = cell.strip()
        is_known = len(text) > MAX_NUMBER or self._is_missing(text)
        return super().read_cell(text if is_known else to_ascii(text), decimal)

    def _is_missing(self, text: str) -> bool:
        return super()._is_missing(text) or (len(text) <= MAX_NUMBER and text.casefold() in self._missing_folded)

    @cached_property
    def _missing_folded(self) -> frozenset[str]:
        return frozenset(map(str.casefold, self.missing))

    @cached_property
    def _beside(self) -> frozenset[str]:
        texts = (*self.suffixes, *([self.unit] if self.unit else []))
        return frozenset(to_ascii(text.strip()).casefold() for text in texts)

    def fault_of(self, cell: str, decimal: str = ".") -> str:
        """Also says what of how a number is written is not read."""
        detail, text = super().fault_of(cell), to_ascii(cell.strip()) if len(cell) <= MAX_NUMBER else ""
        if self.other_mark == "thousands" and is_three_digits(number_text(text), decimal):
            return f'{detail}; "{decimal}" before three digits may stand between thousands there'
        if self.out_of is not None and "/" in cell:
            return f"{detail} (out of {self.out_of:.15g})"
        if read_plain(text, decimal) is None and read_plain(text, OTHER[decimal]) is not None:
            return f'{detail}; decimals are written with "{decimal}" there'
        return detail

    def _json_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {
            "type": ["number", "null"] if self.nullable else "number",
            "minimum": self.limits[0],
            "maximum": self.limits[1],
        }
        if self.unit:
            schema |= {"description": f"{self._described()}, in {self.unit}", "x-unit": self.unit}
        return schema

    def show(self, code: np.float32) -> int | float:
        """In its shortest form, 6.4 and not 6.400000095, and 6 and not 6.0; in float32 it may lie beside a bound."""
        number = self.within_limits(float(str(code)))
        return int(number) if number.is_integer() and abs(number) < FLOAT64_WHOLE else number

    @property
    def example(self) -> int | float:
        """A number in the middle of what training has seen."""
        low, high = self.observed or (max(self.limits[0], -NEAR), min(self.limits[1], NEAR))
        middle = self.within_limits(float(f"{low / 2 + high / 2:.3g}"))
        return int(middle) if middle.is_integer() else middle

    def try_encode_cells(self, cells: Sequence[str], decimal: str = ".") -> np.ndarray | None:
        """All cells as one JSON list; or what is not so plain value by value."""
        column = self._try_plain(cells, decimal)
        return super().try_encode_cells(cells, decimal) if column is None else column

    def _try_plain(self, cells: Sequence[str], decimal: str) -> np.ndarray | None:
        if max(map(len, cells)) > MAX_NUMBER or self.other_mark == "thousands":
            return None
        if any(read_plain(text, decimal) is not None for text in self.missing):
            return None  # a -9 that means that there is no value
        text = "\n".join(cells)
        if text.encode("utf-8", "replace").translate(None, _PLAIN[decimal]) != b"\n" * (len(cells) - 1):
            return None
        # Of these characters alone float() and JSON read what `_NUMBER` takes, and nothing else; JSON not all of it,
        # but in a fifth of the time.
        texts = text.replace(decimal, ".").split("\n") if decimal != "." else cells
        filled = f"[{','.join(texts)}]".replace(",,", ",null,").replace(",,", ",null,")
        filled = filled.replace("[,", "[null,").replace(",]", ",null]").replace("[]", "[null]")
        try:
            return self.try_encode_column(orjson.loads(filled))
        except orjson.JSONDecodeError:
            pass
        try:
            return self.try_encode_column([float(text) if text else None for text in texts])
        except ValueError:
            return None


_ANY = Number("any")
