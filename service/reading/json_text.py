"""JSON to Python, with keys that stand twice known and what is no JSON refused."""

import json
import re
from collections import Counter
from collections.abc import Callable
from itertools import chain
from typing import Any

import orjson

from service.errors import NotParseable, TooManyInstances
from service.reading import hints

_NESTED = {dict, list}
_LITTLE_BYTES = 2**16  # of a body that can't have too many values
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)  # one without an end goes to that of the body


def check_values(body: bytes, most: int) -> None:
    """Refuse JSON of more values than anybody needs before objects are made of them, which takes a second for each MB.

    Args:
        body: JSON, or what is taken for it.
        most: Commas and brackets that it may have outside of texts.

    Raises:
        TooManyInstances: It has more.
    """
    if len(body) > _LITTLE_BYTES and _num_marks(body) > most and _num_marks(_TEXT.sub(b"", body)) > most:
        raise TooManyInstances("the body has more values than the most instances that one request may have")


def _num_marks(body: bytes) -> int:
    return sum(map(body.count, (b",", b"[", b"{")))


def parse_json(body: bytes) -> object:
    """JSON to Python.

    An object whose keys stood twice remembers them; NaN and infinity come through, to be the fault of their own field.

    Raises:
        NotParseable: Not JSON in UTF-8, or nested beyond reason.
    """
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _parse_any_json(body)
    if has_every_key(body, _num_keys(document)):
        return document
    del document  # not twice in memory
    return _parse_any_json(body)


def has_every_key(body: bytes, num_keys: int, num_in_texts: Callable[[], int] = int) -> bool:
    """Whether no key of a document stood twice, as far as a count tells: of such keys one is left, not of their colons.

    Args:
        body: JSON.
        num_keys: Keys of all objects that were read from it.
        num_in_texts: Colons within names and texts, if none is written with an escape; called where it matters.
    """
    num_more = body.count(b":") - num_keys
    return not num_more or (b"\\" not in body and num_more == num_in_texts())


def _num_keys(document: object) -> int:
    """The keys of all objects in a document."""
    num, level = 0, [document]
    while level:
        objects = [value for value in level if isinstance(value, dict)]
        num += sum(map(len, objects))
        inner = [*map(dict.values, objects), *(value for value in level if isinstance(value, list))]
        level = list(chain.from_iterable(values for values in inner if not _NESTED.isdisjoint(map(type, values))))
    return num


def _parse_any_json(body: bytes) -> object:
    """What orjson takes, and what it does not: NaN, half a character, a byte-order mark."""
    try:
        return json.loads(body.decode("utf-8-sig"), object_pairs_hook=_to_object, parse_int=_to_whole)
    except UnicodeDecodeError as error:
        raise NotParseable("the body is not UTF-8") from error
    except RecursionError as error:
        raise NotParseable("the body is nested too deeply") from error
    except json.JSONDecodeError as error:
        hint = hints.of_json(error.doc, error.pos)
        raise NotParseable(f"the body is not JSON: line {error.lineno}, column {error.colno}{hint}") from error
    except ValueError as error:  # an integer of more digits than Python reads
        raise NotParseable("the body holds a number that is too long") from error


def _to_whole(text: str) -> int | float:
    """A whole number; beyond 64 bits as float64, as orjson reads it."""
    value = int(text)
    return value if -(2**63) <= value < 2**64 else float(text)


class _WithRepeats(dict[str, Any]):
    """A JSON object in which keys stood more than once; small, since a body can hold a million of them."""

    __slots__ = ("repeated",)
    repeated: tuple[str, ...]


def _to_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    counts = Counter(name for name, _ in pairs)
    marked = _WithRepeats(plain)
    marked.repeated = tuple(name for name, count in counts.items() if count > 1)
    return marked


def repeated(instance: object) -> frozenset[str]:
    """The keys that stood more than once in an object from `parse_json`."""
    return frozenset(instance.repeated) if isinstance(instance, _WithRepeats) else frozenset()
