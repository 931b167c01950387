"""Numbers: amounts and counts, coded as themselves."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import orjson

from registry.contract.features.amount import FLOAT64_WHOLE, NEAR, Amount
from registry.contract.features.base import FLOAT32_MAX

# Stricter than float(): no "1_0", no "nan", no digits of other scripts. No two parts can take the same digits, else
# trying every split of them would take the square of their number.
_NUMBER = {
    decimal: re.compile(rf"[+-]?(\d+({mark}\d*)?|{mark}\d+)([eE][+-]?\d+)?", re.ASCII)
    for decimal, mark in ((".", r"\."), (",", ","))
}
MAX_NUMBER = 400  # characters of a number in a cell: float64 needs up to 310 before its decimal mark, people 20
_PLAIN = {decimal: b"0123456789+-eE" + decimal.encode() for decimal in ".,"}


def as_number(cell: str, decimal: str) -> float | None:
    """The number that a CSV cell stands for; None if it is blank, no number, or too large for the network."""
    try:
        return _ANY.encode(_ANY.parse(cell, decimal))
    except ValueError:
        return None


@dataclass(frozen=True, kw_only=True)
class Number(Amount):
    """A number, which is its own amount."""

    kind: ClassVar[str] = "number"

    def _requirement(self) -> str:
        text = "must be a number"
        if self.minimum is not None and self.maximum is not None:
            text += f" from {self.minimum:.15g} to {self.maximum:.15g}"
        elif self.minimum is not None:
            text += f" of at least {self.minimum:.15g}"
        elif self.maximum is not None:
            text += f" of at most {self.maximum:.15g}"
        if self.unit:
            text += f" {self.unit}" if text != "must be a number" else f" in {self.unit}"
        return text

    def _parse(self, text: str, decimal: str) -> object:
        is_number = len(text) <= MAX_NUMBER and _NUMBER[decimal].fullmatch(text)
        return float(text.replace(decimal, ".")) if is_number else text

    def _json_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {
            "type": ["number", "null"] if self.nullable else "number",
            "minimum": -FLOAT32_MAX if self.minimum is None else self.minimum,
            "maximum": FLOAT32_MAX if self.maximum is None else self.maximum,
        }
        if self.unit:
            schema |= {"description": f"{self.description or self.name}, in {self.unit}", "x-unit": self.unit}
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
        """All cells as one JSON list."""
        if max(map(len, cells)) > MAX_NUMBER:
            return None
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
