"""Fields and schemas that documents from outside share: manifests (JSON) and dataset files (TOML).

marshmallow's own fields would also take "3.5" for a number, True for 1, and 1 for True.
"""

import dataclasses
import json
import math
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from registry.contract.features import KINDS, Feature

MAX_DEPTH = 64  # of objects and lists in each other; what is written here has a quarter of it


def parse_json(content: bytes) -> Any:
    """Read JSON that can be written again, and that whoever goes through it, level by level, comes to the end of.

    Its numbers are finite, and its texts have no half characters, which JSON can name and nobody can send.

    Raises:
        ValueError: It is not JSON, or not such; the message says why.
    """
    try:
        document = json.loads(content, parse_constant=_finite, parse_float=_finite, parse_int=_whole)
        if b"\\u" in content:
            json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ValueError("a text has half a character") from error
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    level = [document]
    for _ in range(MAX_DEPTH):
        level = [
            below
            for entry in level
            if isinstance(entry, dict | list)
            for below in (entry.values() if isinstance(entry, dict) else entry)
        ]
        if not level:
            return document
    raise ValueError("nested too deeply")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:20]} is no finite number")
    return number


def _whole(text: str) -> int:
    _finite(text)
    return int(text)


class Number(fields.Float):
    """A finite integer or float."""

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class Whole(fields.Integer):
    """An integer."""

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if type(value) is not int:
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class Flag(fields.Boolean):
    """A boolean."""

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class FeatureDocument(Schema):
    """A feature, as a document describes it."""

    name = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(KINDS)))
    unit = fields.String()
    minimum = Number()
    maximum = Number()
    vocabulary = fields.List(fields.String())
    order = fields.List(fields.String())
    nullable = Flag()
    missing = fields.List(fields.String())
    suffixes = fields.List(fields.String())
    out_of = Number(validate=validate.Range(min=0, min_inclusive=False))
    other_mark = fields.String(validate=validate.OneOf(["thousands", "decimal"]))
    description = fields.String()
    title = fields.String()
    labels = fields.Dict(keys=fields.String(), values=fields.String())
    group = fields.String()
    actionable = fields.String(validate=validate.OneOf(["increase", "decrease", "both"]))
    monotone = fields.String(validate=validate.OneOf(["increasing", "decreasing"]))

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> Feature:
        made: Any = KINDS[data.pop("kind")]
        said = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
        own = {each.name for each in dataclasses.fields(made)}
        if "order" in said and "vocabulary" in own:
            if "vocabulary" in said:
                raise ValidationError(f"feature {said['name']!r}: give either vocabulary or order")
            said |= {"vocabulary": said.pop("order"), "ordered": True}
        others = [key for key, value in said.items() if key not in own and value not in ((), {})]
        if others:
            raise ValidationError(f"feature {said['name']!r}: a {made.kind} has no {', '.join(sorted(others))}")
        if "vocabulary" in own:
            said.setdefault("vocabulary", ())
        try:
            feature: Feature = made(**{key: value for key, value in said.items() if key in own})
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return feature
