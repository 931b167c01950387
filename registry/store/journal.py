"""What happened to a store, an event a line, and which names its versions have; where both are kept is not for here."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from registry.contract.documents import parse_json
from registry.errors import StoreError

MAX_VERSION = 10**18 - 1
HISTORY = "history.jsonl"
ALIASES = "aliases.json"
ALIASES_BYTES = 2**20
HISTORY_BYTES = 2**26  # a quarter of a million events
LINE_BYTES = 2**20  # more than an operator's reason can have
_CURE = 'write it anew, like {"champion": 1}'


def parse_aliases(content: bytes, where: str = ALIASES, key: str | None = None) -> dict[str, int]:
    """Alias → version, from JSON.

    Args:
        content: An object of them, or one that has it.
        where: What holds it, for people.
        key: Under which it has it; None: it is that.

    Raises:
        StoreError: It is not what it must be.
    """
    try:
        document: Any = parse_json(content)
    except ValueError as error:
        raise StoreError(f"{where} is not JSON ({error}); {_CURE}") from error
    if key is not None:
        document = document.get(key) if isinstance(document, dict) else None
    if not isinstance(document, dict) or not all(map(_is_version, document.values())):
        raise StoreError(f"{where} must be an object of alias → version number; {_CURE}")
    return document


def format_aliases(aliases: Mapping[str, int]) -> bytes:
    """What `aliases.json` holds."""
    return json.dumps(aliases, sort_keys=True).encode() + b"\n"


def parse_lines(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The objects in lines of JSON; a line that a killed process left unfinished is passed over."""
    for line in lines:
        try:
            document = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(document, dict):
            yield document


def is_event(document: Mapping[str, Any]) -> bool:
    """Whether it is one, with all that its kind must have."""
    match document.get("event"):
        case "publish":
            return _is_version(document.get("version"))
        case "promote" | "rollback":
            return _is_version(document.get("to"))
        case "prune":
            return _are_versions(document.get("versions"))
    return "event" in document


def is_abandonment(document: Mapping[str, Any]) -> bool:
    """Whether it says which numbers are never published under; of object storage alone."""
    return _are_versions(document.get("abandoned"))


def _are_versions(numbers: object) -> bool:
    return isinstance(numbers, list) and all(map(_is_version, numbers))


def _is_version(number: object) -> bool:
    return type(number) is int and 0 < number <= MAX_VERSION


def format_event(event: str, details: Mapping[str, object]) -> bytes:
    """A line for one event that happens now."""
    time = datetime.now(UTC).isoformat(timespec="seconds")
    return json.dumps({"time": time, "event": event, **details}).encode() + b"\n"


def champions(history: Iterable[Mapping[str, Any]]) -> list[int]:
    """The champions that rollback can walk back through, the present one last.

    A promotion puts a version on top; a rollback takes the top off.
    """
    stack: list[int] = []
    for event in history:
        if event["event"] == "promote" and stack[-1:] != [event["to"]]:
            stack.append(event["to"])
        elif event["event"] == "rollback":
            while stack and stack[-1] != event["to"]:
                stack.pop()
    return stack
