"""Ids: what may come with a student and goes back with the answer."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

MAX_ID = 256


ID_RULE = f"must be printable text of at most {MAX_ID} characters or a whole number of at most 63 bits"


def any_of(ids: list[str | int | None] | None) -> list[str | int | None] | None:
    """The ids, or None where no instance has one."""
    return None if ids is None or all(value is None for value in ids) else ids


def is_plain_id(value: object) -> bool:
    """Whether a value can come back as an id as it is."""
    if isinstance(value, str):
        return len(value) <= MAX_ID and value.isprintable()  # half a character is not
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def to_id(value: object) -> object:
    """An id as JSON has it: it knows one kind of number, 7.0 is 7."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class IdField(fields.Field[object]):
    """An id: passed through, never encoded. Only what can be answered again in JSON."""

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, Any] | None, **_: object) -> object:
        if is_plain_id(plain := to_id(value)):
            return plain
        raise ValidationError(ID_RULE)
