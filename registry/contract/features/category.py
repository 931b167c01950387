"""Categories: one of a few texts, coded by its position in the vocabulary."""

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import NoneType
from typing import Any, ClassVar, Literal, Self

import numpy as np

from registry.contract.features.base import BaseFeature, to_nfc
from registry.contract.features.safe_names import json_choice

_MOST_SHOWN = 20  # categories that a message names


@dataclass(frozen=True, kw_only=True)
class Category(BaseFeature):
    """One of a few texts.

    Attributes:
        vocabulary: The categories, in the order of their codes.
        labels: Category → what people call it, where that is not what stands in the data.
        ordered: Whether that order means something, from the least up: neighbours are then more alike to the network.
    """

    kind: ClassVar[str] = "category"
    dtype: ClassVar[Literal["float32", "string"]] = "string"
    null: ClassVar[float | str] = ""

    vocabulary: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    ordered: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if any(entry != entry.strip() for entry in self.vocabulary):
            raise self._wrong("names and categories can't be blank or have blanks around them")
        if not self.vocabulary or len(set(self.vocabulary)) != len(self.vocabulary):
            raise self._wrong("a category needs a vocabulary without repeats")
        if blank := sorted({*self.vocabulary} & {*self.missing}):
            raise self._wrong(f"the vocabulary can't hold what means missing: {', '.join(blank)}")
        if "" in self.vocabulary:
            raise self._wrong("a blank means null and can't be in the vocabulary")
        if not set(self.unseen) <= {*self.vocabulary, *([None] if self.nullable else [])}:
            raise self._wrong("only what is valid can be unseen")
        if others := sorted({*self.labels} - {*self.vocabulary}):
            raise self._wrong(f"only what is in the vocabulary can have a label: {', '.join(map(repr, others))}")
        for label in self.labels.values():
            self._check_words("label", label)
        if len({self.labels.get(entry, entry) for entry in self.vocabulary}) < len(self.vocabulary):
            raise self._wrong("two categories can't have the same label")

    def _described(self) -> str:
        described = super()._described()
        labels = [f"{entry} is {self.labels[entry]}" for entry in self.vocabulary if entry in self.labels]
        return f"{described} ({'; '.join(labels[:_MOST_SHOWN])})" if labels else described

    def _requirement(self) -> str:
        shown = ", ".join(f'"{_shorten(entry)}"' for entry in self.vocabulary[:_MOST_SHOWN])
        more = f", … ({len(self.vocabulary)} in all)" if len(self.vocabulary) > _MOST_SHOWN else ""
        return f"must be one of {shown}{more}"

    def _parse(self, text: str, decimal: str) -> object:
        return to_nfc(text, self._longest)  # as vocabularies are

    def _json_schema(self) -> dict[str, Any]:
        kinds: list[dict[str, Any]] = [json_choice(self.vocabulary)]
        # Codes may come as JSON's integers, too.
        if codes := [int(entry) for entry in self.vocabulary if entry.isdecimal() and str(int(entry)) == entry]:
            kinds.append({"type": "integer", "enum": codes})
        if self.nullable:
            kinds.append({"type": "null"})
        return {"anyOf": kinds} if len(kinds) > 1 else kinds[0]

    def show(self, code: np.float32) -> str:
        """The category at a position."""
        return self.vocabulary[int(code)]

    @property
    def example(self) -> str:
        """The first category."""
        return self.vocabulary[0]

    def encode(self, value: object) -> float:
        """The position of a text, or of a whole number that reads the same: JSON knows one kind of number, 2.0 is 2."""
        if value is None:
            if self.nullable:
                return math.nan
        elif not isinstance(value, bool):
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            code = self._codes.get(value if isinstance(value, str) else str(value) if isinstance(value, int) else "")
            if code is not None:
                return code
        raise ValueError(self.requirement)

    def try_encode_column(self, values: Sequence[object]) -> np.ndarray | None:
        """By look-ups; a bool is left out here: as a key, True is 1."""
        types = set(map(type, values))
        if (NoneType in types and not self.nullable) or not types <= {str, int, NoneType}:
            return None
        try:
            return np.fromiter(map(self._codes_by_value.__getitem__, values), np.float64, len(values))
        except KeyError:
            return None

    def try_encode_cells(self, cells: Sequence[str], decimal: str = ".") -> np.ndarray | None:
        """By look-ups; or what is not written as it is known value by value."""
        try:
            return np.fromiter(map(self._codes_by_cell.__getitem__, cells), np.float64, len(cells))
        except KeyError:
            return super().try_encode_cells(cells, decimal)

    def fault_of(self, cell: str, decimal: str = ".") -> str:
        """Also says where only capitals differ."""
        detail = super().fault_of(cell)
        folded = cell.strip().casefold() if len(cell) <= 2 * self._longest else ""
        same = next((entry for entry in self.vocabulary if entry.casefold() == folded), None)
        return detail if same is None else f'{detail}; capitals count: "{_shorten(same)}"'

    def decode(self, code: object) -> object:
        """The category at a position."""
        if code is None:
            return None
        if isinstance(code, bool) or not isinstance(code, int | float) or code not in range(len(self.vocabulary)):
            return False
        return self.vocabulary[int(code)]

    def decode_column(self, column: np.ndarray) -> list[Any]:
        """The categories at some positions."""
        entries = (*self.vocabulary, None)
        codes = np.nan_to_num(column, nan=len(self.vocabulary)).astype(int)
        return [entries[code] for code in codes.tolist()]

    def with_observed(self, column: np.ndarray, students: np.ndarray | None = None) -> Self:
        """With the categories that no row had."""
        unseen: list[str | None] = [entry for code, entry in enumerate(self.vocabulary) if not (column == code).any()]
        if self.nullable and not np.isnan(column).any():
            unseen.append(None)
        return replace(self, unseen=tuple(unseen))

    def edges(self) -> list[Any]:
        """Every category."""
        return list(self.vocabulary)

    def draw(self, generator: np.random.Generator) -> str:
        """Any category."""
        return self.vocabulary[generator.integers(len(self.vocabulary))]

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self.vocabulary))

    @cached_property
    def _codes(self) -> Mapping[str, float]:
        return {entry: float(position) for position, entry in enumerate(self.vocabulary)}

    @cached_property
    def _codes_by_cell(self) -> Mapping[str, float]:
        return {**self._codes, **dict.fromkeys(("", *self.missing), math.nan)} if self.nullable else self._codes

    @cached_property
    def _codes_by_value(self) -> Mapping[object, float]:
        """By everything that stands for a category: its text, the whole number that reads the same, and null."""
        codes: dict[object, float] = {None: math.nan}
        for entry, code in self._codes.items():
            codes[entry] = code
            with suppress(ValueError):
                if str(int(entry)) == entry:
                    codes[int(entry)] = code
        return codes


def _shorten(text: str, limit: int = 40) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
