"""The feature contract: what a column may hold, and the project's only encoder."""

import keyword
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from types import NoneType
from typing import Literal, NamedTuple

import numpy as np
import orjson

Kind = Literal["number", "category"]

# Stricter than float(): no "1_0", no "nan", no digits of other scripts. No two parts can take the same digits, else
# trying every split of them would take the square of their number.
_NUMBER = {
    decimal: re.compile(rf"[+-]?(\d+({mark}\d*)?|{mark}\d+)([eE][+-]?\d+)?", re.ASCII)
    for decimal, mark in ((".", r"\."), (",", ","))
}
MAX_NUMBER = 400  # characters of a number in a cell: float64 needs up to 310 before its decimal mark, people 20
_PLAIN = {decimal: b"0123456789+-eE" + decimal.encode() for decimal in ".,"}
FLOAT32_MAX = float(np.finfo(np.float32).max)
_FLOAT64_WHOLE = 2.0**53  # beyond it float64 does not hold every whole number
_MAX_DECOMPOSED = 4  # characters that one can be written with (Unicode Standard Annex 15, table 4)
_FEW = 16  # rows, below which coding value by value is faster
# Names that a TensorFlow signature can't have beside Python's keywords: its own first parameter.
_RESERVED = frozenset({"self"})


def to_nfc(text: str, longest: int = 250) -> str:
    """Text in Unicode's NFC form, where it can be one of some known texts in that form.

    Args:
        text: From outside. Normalising takes the square of a run of combining characters.
        longest: Characters of the longest known text.

    Returns:
        Its NFC form; or, where it has more characters than any way to write a text of `longest`, itself.
    """
    return unicodedata.normalize("NFC", text) if len(text) <= _MAX_DECOMPOSED * longest else text


class Fault(NamedTuple):
    """One value at fault: where it stands and what must hold there.

    Attributes:
        row: Position of the row, from 0.
        column: Name of the column.
        detail: What must hold, with bounds and unit; never the value itself.
    """

    row: int
    column: str
    detail: str


class InvalidValues(ValueError):
    """Values that break the feature contract; `faults` lists every one of them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep the faults in the order in which they were found."""
        super().__init__(f"{len(faults)} value(s) break the feature contract")
        self.faults = tuple(faults)


@dataclass(frozen=True)
class FeatureSpec:
    """One raw input column.

    Attributes:
        name: The display name: any text that a CSV header can hold.
        kind: `number` or `category`.
        unit: Unit of a number, in words.
        minimum: Smallest valid number, inclusive.
        maximum: Largest valid number, inclusive.
        vocabulary: The categories, in the order of their codes.
        nullable: Whether a value may be missing.
        description: What the column means, for people.
        actionable: Whether the student can change it, and in which direction.
        monotone: How the probability must move as the number grows.
        observed: Smallest and largest number seen in training.
        unseen: Categories that are valid but that no training row had, and None where null is valid but none had it.
        whole: Whether it is counted: every number that training has seen was whole, and it has no unit, as what is
            measured has.
    """

    name: str
    kind: Kind
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    vocabulary: tuple[str, ...] = ()
    nullable: bool = False
    description: str | None = None
    actionable: Literal["increase", "decrease", "both"] | None = None
    monotone: Literal["increasing", "decreasing"] | None = None
    observed: tuple[float, float] | None = None
    unseen: tuple[str | None, ...] = ()
    whole: bool = False

    def __post_init__(self) -> None:
        """Refuse a specification that no value could meet.

        Raises:
            ValueError: What is wrong with it, in words.
        """
        if not self.name or any(text != text.strip() for text in (self.name, *self.vocabulary)):
            # CSV is read without them, so that such a name or category would never be found.
            raise ValueError(f"feature {self.name!r}: names and categories can't be blank or have blanks around them")
        if not set(self.unseen) <= {*self.vocabulary, *([None] if self.nullable else [])}:
            raise ValueError(f"feature {self.name!r}: only what is valid can be unseen")
        if self.kind == "number":
            if self.vocabulary:
                raise ValueError(f"feature {self.name!r}: a number has no vocabulary")
            if not all(math.isfinite(bound) for bound in (self.minimum, self.maximum) if bound is not None):
                raise ValueError(f"feature {self.name!r}: minimum and maximum must be finite")
            if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
                raise ValueError(f"feature {self.name!r}: minimum is above maximum")
        else:
            if not self.vocabulary or len(set(self.vocabulary)) != len(self.vocabulary):
                raise ValueError(f"feature {self.name!r}: a category needs a vocabulary without repeats")
            if "" in self.vocabulary:
                raise ValueError(f"feature {self.name!r}: a blank means null and can't be in the vocabulary")
            if self.minimum is not None or self.maximum is not None or self.monotone is not None:
                raise ValueError(f"feature {self.name!r}: minimum, maximum and monotone are for numbers")

    @cached_property
    def requirement(self) -> str:
        """What a value must be, with bounds and unit; the detail of every fault."""
        if self.kind == "category":
            shown = ", ".join(f'"{_shorten(entry)}"' for entry in self.vocabulary[:20])
            more = f", … ({len(self.vocabulary)} in all)" if len(self.vocabulary) > 20 else ""
            text = f"must be one of {shown}{more}"
        else:
            text = "must be a number"
            if self.minimum is not None and self.maximum is not None:
                text += f" from {self.minimum:.15g} to {self.maximum:.15g}"
            elif self.minimum is not None:
                text += f" of at least {self.minimum:.15g}"
            elif self.maximum is not None:
                text += f" of at most {self.maximum:.15g}"
            if self.unit:
                text += f" {self.unit}" if text != "must be a number" else f" in {self.unit}"
        return f"{text}, or null" if self.nullable else text

    def encode(self, value: object) -> float:
        """Code one value as a number.

        Args:
            value: A JSON value: int or float for a number; str, or a whole number for a coded category; None for null.

        Returns:
            The number itself, a category's position in the vocabulary, or NaN for null; in float64.

        Raises:
            ValueError: The value breaks the contract; the message is `requirement`.
        """
        if value is None:
            if self.nullable:
                return math.nan
        elif isinstance(value, bool):
            pass  # a bool is an int in Python and in neither kind here
        elif self.kind == "category":
            if isinstance(value, float) and value.is_integer():  # JSON knows one kind of number: 2.0 is 2
                value = int(value)
            code = self._codes.get(value if isinstance(value, str) else str(value) if isinstance(value, int) else "")
            if code is not None:
                return code
        elif isinstance(value, int | float):
            # Checked before the cast to float32, which takes 24.0000001 to 24; NaN fails the comparison too.
            low, high = self.limits
            if low <= value <= high:
                return float(value) + 0.0  # -0 is 0
        raise ValueError(self.requirement)

    def encode_at_once(self, values: Sequence[object]) -> np.ndarray | None:
        """Code a column in a few calls where all of it is plainly valid; what `encode` gives, value by value.

        Args:
            values: As `encode` takes them.

        Returns:
            float64 of shape (num_instances,), or None where some value breaks the contract or is unusual: then
            `encode` has to tell.
        """
        types = set(map(type, values))
        has_null = NoneType in types
        if has_null and not self.nullable:
            return None
        if self.kind == "category":
            # A bool is left out here: as a key, True is 1.
            if not types <= {str, int, NoneType}:
                return None
            try:
                return np.fromiter(map(self._codes_by_value.__getitem__, values), np.float64, len(values))
            except KeyError:
                return None
        if not types <= {float, int, NoneType}:
            return None
        try:
            column = np.fromiter(values, np.float64, len(values)) + 0.0  # None becomes NaN, -0 becomes 0
        except OverflowError:
            return None
        present = column[~np.isnan(column)] if has_null else column
        if has_null and len(values) - len(present) != values.count(None):
            return None  # NaN is no number, here as in JSON
        if len(present):
            low, high = self.limits
            least, most = float(present.min()), float(present.max())  # NaN if there is one, and no comparison holds
            if not (low <= least and most <= high):
                return None
            if int in types and max(-least, most) >= _FLOAT64_WHOLE:
                return None  # rounded on the way, perhaps into the bounds
        return column

    def decode(self, code: object) -> object:
        """Read one value of an encoded matrix as the JSON value that it stands for.

        Args:
            code: A number, a category's position in the vocabulary, or None for null.

        Returns:
            A value for `encode`. What is no code of a category comes back as something that `encode` refuses.
        """
        if self.kind == "number" or code is None:
            return code
        if isinstance(code, bool) or not isinstance(code, int | float) or code not in range(len(self.vocabulary)):
            return False
        return self.vocabulary[int(code)]

    def parse(self, text: str, decimal: str = ".") -> object:
        """Read a CSV cell as the JSON value that it stands for.

        Args:
            text: The cell; blanks around it don't count, and a blank cell is null.
            decimal: The decimal mark, "." or ",".

        Returns:
            A value for `encode`. Text that is no number comes back as it is, so that `encode` refuses it.
        """
        text = text.strip()
        if not text:
            return None
        if self.kind == "category":
            return to_nfc(text, self._longest)  # as vocabularies are
        is_number = len(text) <= MAX_NUMBER and _NUMBER[decimal].fullmatch(text)
        return float(text.replace(decimal, ".")) if is_number else text

    def encode_cells_at_once(self, cells: Sequence[str], decimal: str = ".") -> np.ndarray | None:
        """Code CSV cells in a few calls where all of them are plainly valid; what `parse` and `encode` give.

        Args:
            cells: At least one.
            decimal: The decimal mark, "." or ",".

        Returns:
            float64 of shape (num_instances,), or None where `parse` and `encode` have to tell.
        """
        if self.kind == "category":
            try:
                return np.fromiter(map(self._codes_by_cell.__getitem__, cells), np.float64, len(cells))
            except KeyError:
                return None
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
            return self.encode_at_once(orjson.loads(filled))
        except orjson.JSONDecodeError:
            pass
        try:
            return self.encode_at_once([float(text) if text else None for text in texts])
        except ValueError:
            return None

    @cached_property
    def limits(self) -> tuple[float, float]:
        """Between which a number is valid, inclusive; beyond float32's own it would be infinite there."""
        low = -FLOAT32_MAX if self.minimum is None else max(self.minimum, -FLOAT32_MAX)
        high = FLOAT32_MAX if self.maximum is None else min(self.maximum, FLOAT32_MAX)
        return low, high

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self.vocabulary), default=0)

    @cached_property
    def _codes(self) -> Mapping[str, float]:
        return {entry: float(position) for position, entry in enumerate(self.vocabulary)}

    @cached_property
    def _codes_by_cell(self) -> Mapping[str, float]:
        return {**self._codes, "": math.nan} if self.nullable else self._codes

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


@dataclass(frozen=True)
class FeatureSchema:
    """The raw input of a model, in order, and what its output means.

    Attributes:
        features: One specification per column of the encoded matrix.
        labels: Names of the negative and the positive class.
        id: A column that is passed through to the answer, never encoded.
    """

    features: tuple[FeatureSpec, ...]
    labels: tuple[str, str] = ("fail", "pass")
    id: str | None = None

    def __post_init__(self) -> None:
        """Refuse a schema whose names can't be told apart.

        Raises:
            ValueError: What is wrong with it, in words.
        """
        if not self.features:
            raise ValueError("a schema needs at least one feature")
        counts = Counter([*self.names, *([] if self.id is None else [self.id])])
        repeated = sorted(name for name, count in counts.items() if count > 1)
        if repeated:
            raise ValueError(f"names are used twice: {', '.join(map(repr, repeated))}")
        if self.labels[0] == self.labels[1] or not all(self.labels):
            raise ValueError("the two labels must differ and not be blank")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Display names, in order."""
        return tuple(feature.name for feature in self.features)

    @cached_property
    def safe_names(self) -> tuple[str, ...]:
        """Names that a TensorFlow signature takes as they are, in order: a display name where it is one already.

        Accents are dropped, other characters become underscores, keywords get one at the end, and names that then
        collide are numbered; TensorFlow does not tell capitals from small letters there, so the first of such names is
        kept. A name that is kept is never another column's.
        """
        safe: dict[str, str] = {}
        taken: set[str] = set()
        for name in filter(_is_safe, self.names):
            if name.lower() not in taken:
                taken.add(name.lower())
                safe[name] = name
        for name in self.names:
            if name not in safe:
                stem = _to_safe(name)
                candidate, number = stem, 2
                while candidate.lower() in taken:
                    candidate, number = f"{stem}_{number}", number + 1
                taken.add(candidate.lower())
                safe[name] = candidate
        return tuple(safe[name] for name in self.names)

    def encode(self, columns: Mapping[str, Sequence[object]]) -> np.ndarray:
        """Code columns of raw values as the matrix that the network takes.

        Args:
            columns: Feature name → its values as JSON has them, each of length num_instances.

        Returns:
            float32 matrix of shape (num_instances, num_features): a number as itself, a category as its position in
            the vocabulary, null as NaN.

        Raises:
            InvalidValues: Some values break the contract; lists all of them, row by row.
        """
        matrix = self.encode_at_once(columns)
        if matrix is not None:
            return matrix
        matrix = np.empty((len(columns[self.names[0]]), len(self.features)), dtype=np.float32)
        faults = []
        for position, feature in enumerate(self.features):
            for row, value in enumerate(columns[feature.name]):
                try:
                    matrix[row, position] = feature.encode(value)
                except ValueError as error:
                    faults.append(Fault(row, feature.name, str(error)))
        if faults:
            raise InvalidValues(sorted(faults, key=lambda fault: fault.row))
        return matrix

    def encode_at_once(self, columns: Mapping[str, Sequence[object]]) -> np.ndarray | None:
        """Code columns in a few calls where all of it is plainly valid; see `FeatureSpec.encode_at_once`.

        Args:
            columns: As `encode` takes them.

        Returns:
            The matrix, or None where `encode` has to tell.
        """
        num_rows = len(columns[self.features[0].name])
        if num_rows < _FEW:
            try:
                coded = [list(map(feature.encode, columns[feature.name])) for feature in self.features]
            except ValueError:
                return None
            # Of no rows, too, it has as many columns.
            return np.array([*zip(*coded, strict=True)], dtype=np.float32).reshape(num_rows, len(coded))
        return self._stack(lambda feature: feature.encode_at_once(columns[feature.name]), columns)

    def encode_cells_at_once(self, columns: Mapping[str, Sequence[str]], decimal: str = ".") -> np.ndarray | None:
        """Code columns of CSV cells in a few calls; see `FeatureSpec.encode_cells_at_once`.

        Args:
            columns: Feature name → its cells, at least one each.
            decimal: The decimal mark, "." or ",".

        Returns:
            The matrix that `encode` gives of what the cells stand for, or None where that has to tell.
        """
        return self._stack(lambda feature: feature.encode_cells_at_once(columns[feature.name], decimal), columns)

    def _stack(
        self, encode: Callable[[FeatureSpec], np.ndarray | None], columns: Mapping[str, Sequence[object]]
    ) -> np.ndarray | None:
        matrix = np.empty((len(columns[self.features[0].name]), len(self.features)), dtype=np.float32)
        for position, feature in enumerate(self.features):
            column = encode(feature)
            if column is None:
                return None
            matrix[:, position] = column
        return matrix

    def with_observed(self, matrix: np.ndarray) -> "FeatureSchema":
        """The same schema with what a training matrix shows: the ranges of numbers, and what no row had.

        Args:
            matrix: Encoded rows, shape (num_instances, num_features).
        """
        features = []
        for feature, column in zip(self.features, matrix.T, strict=True):
            seen = column[~np.isnan(column)]
            observed = (float(seen.min()), float(seen.max())) if feature.kind == "number" and seen.size else None
            unseen: list[str | None] = [
                entry for code, entry in enumerate(feature.vocabulary) if not (seen == code).any()
            ]
            if feature.nullable and len(seen) == len(column):
                unseen.append(None)
            whole = observed is not None and feature.unit is None and bool((seen == np.round(seen)).all())
            features.append(replace(feature, observed=observed, unseen=tuple(unseen), whole=whole))
        return replace(self, features=tuple(features))


def _is_safe(name: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name)) and not keyword.iskeyword(name) and name not in _RESERVED


def _to_safe(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem = re.sub(r"\W+", "_", plain).strip("_")
    stem = stem if stem[:1].isalpha() else f"feature_{stem}".rstrip("_")
    return stem if _is_safe(stem) else f"{stem}_"


def _shorten(text: str, limit: int = 40) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
