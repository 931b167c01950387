"""What features of every kind have, and what each kind has to say of itself."""

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, ClassVar, Literal, Self

import numpy as np

from registry.contract.features.missing import NO_RESULT, is_missing_mark

FLOAT32_MAX = float(np.finfo(np.float32).max)
WORDS = ("title", "labels", "group")  # of a feature: what people read, and neither the network nor a program goes by
MAX_WORDS = 100  # characters of a title, of a label or of a group
_MAX_DECOMPOSED = 4  # characters that one can be written with (Unicode Standard Annex 15, table 4)


def to_nfc(text: str, longest: int = 250) -> str:
    """Text in Unicode's NFC form, where it can be one of some known texts in that form.

    Args:
        text: From outside. Normalising takes the square of a run of combining characters.
        longest: Characters of the longest known text.

    Returns:
        Its NFC form; or, where it has more characters than any way to write a text of `longest`, itself.
    """
    return unicodedata.normalize("NFC", text) if len(text) <= _MAX_DECOMPOSED * longest else text


def clean_cells(cells: Sequence[str]) -> list[str]:
    """Cells of a column without blanks around them, in Unicode's NFC form."""
    stripped = list(map(str.strip, cells))
    return stripped if "".join(stripped).isascii() else list(map(to_nfc, stripped))


@dataclass(frozen=True, kw_only=True)
class BaseFeature(ABC):
    """One raw input column.

    Attributes:
        name: The display name: any text that a CSV header can hold.
        unit: Unit of its values, in words.
        nullable: Whether a value may be missing.
        description: What the column means, for people.
        title: What people call it, where its name is not that: "Hours of study" for `study_hours`.
        group: A heading under which forms show it with others.
        actionable: Whether a student or the school can change it, and in which direction.
        missing: Cells that mean that there is no value, beside the blank one.
        unseen: What is valid but no training row had: categories, and None where null is valid but none had it.
    """

    kind: ClassVar[str]  # as documents name it
    dtype: ClassVar[Literal["float32", "string"]]  # of its tensor in the SavedModel's signature, as TensorFlow names it
    null: ClassVar[float | str]  # what stands for null in that tensor

    name: str = field(kw_only=False)
    unit: str | None = None
    nullable: bool = False
    description: str | None = None
    title: str | None = None
    group: str | None = None
    actionable: Literal["increase", "decrease", "both"] | None = None
    missing: tuple[str, ...] = ()
    unseen: tuple[str | None, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a specification that no value could meet.

        Raises:
            ValueError: What is wrong with it, in words.
        """
        # CSV is read without the blanks, so that such a name would never be found.
        if not self.name or self.name != self.name.strip():
            raise self._wrong("names and categories can't be blank or have blanks around them")
        self._check_words("title", self.title)
        self._check_words("group", self.group)

    def _check_words(self, what: str, text: str | None) -> None:
        if text is None:
            return
        if not text or text != text.strip() or len(text) > MAX_WORDS or not text.isprintable():
            raise self._wrong(f"a {what} must be printable text of 1 to {MAX_WORDS} characters, no blanks around it")

    def _wrong(self, detail: str) -> ValueError:
        return ValueError(f"feature {self.name!r}: {detail}")

    @cached_property
    def requirement(self) -> str:
        """What a value must be, with bounds and unit; the detail of every fault."""
        return f"{self._requirement()}, or null" if self.nullable else self._requirement()

    def parse(self, text: str, decimal: str = ".") -> object:
        """Read a CSV cell as the JSON value that it stands for.

        Args:
            text: The cell; blanks around it don't count. One that is blank, or in `missing`, is null.
            decimal: The decimal mark, "." or ",".

        Returns:
            A value for `encode`. Text that is no such value comes back as it is, so that `encode` refuses it.
        """
        text = text.strip()
        if not text or self._is_missing(text):
            return None
        return self._parse(text, decimal)

    def read_cell(self, cell: str, decimal: str = ".") -> float:
        """Code a CSV cell; see `parse` and `encode`.

        Raises:
            ValueError: It breaks the contract.
        """
        return self.encode(self.parse(cell, decimal))

    def _is_missing(self, text: str) -> bool:
        return bool(self.missing) and (text in self.missing or to_nfc(text) in self.missing)

    def fault_of(self, cell: str, decimal: str = ".") -> str:
        """What a cell at fault must be; and where it looks like a mark for no value, that it isn't one here."""
        text = cell.strip()
        if text == NO_RESULT:
            return f"{self.requirement}; it is {NO_RESULT}"
        if is_missing_mark(text) and not self._is_missing(text):
            return f'{self.requirement}; "{text}" is not read as blank here'
        return self.requirement

    def from_tensor(self, value: object) -> object:
        """A value of a column that stands for a tensor of the SavedModel, as JSON has it: there null is `null`."""
        return None if value != value or value == self.null else value

    def json_schema(self) -> dict[str, Any]:
        """What a value must be, as JSON Schema has it, with an example."""
        return {"description": self._described(), "examples": [self.example]} | self._json_schema()

    def _described(self) -> str:
        """What the column means, for people: title and description, or else its name."""
        return ": ".join(filter(None, (self.title, self.description))) or self.name

    def to_document(self) -> dict[str, Any]:
        """The specification as a manifest has it: what is not said is left out, but for `nullable`."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        return {"name": said.pop("name"), "kind": self.kind} | {
            key: value
            for key, value in said.items()
            if key == "nullable" or not (value is None or value is False or value == () or value == {})
        }

    @abstractmethod
    def _requirement(self) -> str:
        """What a value must be, null aside."""

    @abstractmethod
    def _parse(self, text: str, decimal: str) -> object:
        """Read a cell that is not blank and has no blanks around it."""

    @abstractmethod
    def _json_schema(self) -> dict[str, Any]:
        """What JSON Schema says of this kind."""

    @property
    @abstractmethod
    def example(self) -> str | int | float:
        """A value in the middle of what training has seen: nobody's in particular."""

    @abstractmethod
    def encode(self, value: object) -> float:
        """Code one value as a number.

        Args:
            value: A JSON value; None for null.

        Returns:
            Its code, NaN for null; in float64.

        Raises:
            ValueError: The value breaks the contract; the message is `requirement`.
        """

    @abstractmethod
    def try_encode_column(self, values: Sequence[object]) -> np.ndarray | None:
        """Code a column in a few calls where all of it is plainly valid; what `encode` gives, value by value.

        Args:
            values: As `encode` takes them.

        Returns:
            float64 of shape (num_instances,), or None where some value breaks the contract or is unusual: then
            `encode` has to tell.
        """

    def try_encode_cells(self, cells: Sequence[str], decimal: str = ".") -> np.ndarray | None:
        """Code CSV cells where all of them are valid; what `read_cell` gives, once for each that differs.

        Args:
            cells: At least one.
            decimal: The decimal mark, "." or ",".

        Returns:
            float64 of shape (num_instances,), or None where some are at fault.
        """
        try:
            codes = {cell: self.read_cell(cell, decimal) for cell in set(cells)}
        except ValueError:
            return None
        return np.fromiter(map(codes.__getitem__, cells), np.float64, len(cells))

    @abstractmethod
    def decode(self, code: object) -> object:
        """Read one value of a matrix from outside as the JSON value that it stands for.

        Args:
            code: A code, or None for null.

        Returns:
            A value for `encode`. What is no code comes back as something that `encode` refuses.
        """

    @abstractmethod
    def decode_column(self, column: np.ndarray) -> list[Any]:
        """Read a column of an encoded matrix as the JSON values that it stands for.

        Args:
            column: float32 of shape (num_instances,), from `encode`.
        """

    @abstractmethod
    def show(self, code: np.float32) -> str | int | float:
        """One encoded value, which is no null, as people write it and as `encode` takes it."""

    @abstractmethod
    def with_observed(self, column: np.ndarray, students: np.ndarray | None = None) -> Self:
        """The same feature with what a training column shows: what it saw, and what no row had.

        Args:
            column: Encoded, shape (num_instances,).
            students: Who each row is of, int of shape (num_instances,); None: each is another's.
        """

    @abstractmethod
    def edges(self) -> list[Any]:
        """The values at which an engine may go wrong, null aside, as `encode` takes them."""

    @abstractmethod
    def draw(self, generator: np.random.Generator) -> str | float:
        """Draw a valid value from what training has seen, as `encode` takes it; nobody's own."""
