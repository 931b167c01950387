"""Two small files beside the versions: `aliases.json`, replaced whole, and `history.jsonl`, only appended to."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from registry.contract.documents import parse_json
from registry.errors import StoreError
from registry.store import files

MAX_VERSION = 10**18 - 1
HISTORY = "history.jsonl"
_ALIASES = "aliases.json"
_ALIASES_BYTES = 2**20
_HISTORY_BYTES = 2**26  # a quarter of a million events
_LINE_BYTES = 2**20  # more than an operator's reason can have
_CURE = 'write it anew, like {"champion": 1}'


def read_aliases(folder: Path) -> dict[str, int]:
    """Alias → version; empty where there are none yet.

    Raises:
        StoreError: The file is there and is not what it must be.
    """
    try:
        document = parse_json(files.read_file(folder, _ALIASES, _ALIASES_BYTES))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StoreError(f"{_ALIASES} can't be read: {error.strerror}") from error
    except ValueError as error:
        raise StoreError(f"{_ALIASES} is not JSON ({error}); {_CURE}") from error
    if not isinstance(document, dict) or not all(map(_is_version, document.values())):
        raise StoreError(f"{_ALIASES} must be an object of alias → version number; {_CURE}")
    return document


def write_aliases(folder: Path, aliases: Mapping[str, int]) -> None:
    """Replace the aliases in one rename, on disk before it returns."""
    files.replace_file(folder, _ALIASES, json.dumps(aliases, sort_keys=True).encode() + b"\n")


def read_history(folder: Path) -> Iterator[dict[str, Any]]:
    """Every event, oldest first, one at a time. A line that a killed process left unfinished is passed over.

    Raises:
        StoreError: The file is there and can't be read.
    """
    try:
        with files.open_file(folder, HISTORY, most=_HISTORY_BYTES) as lines:
            while line := lines.readline(_LINE_BYTES):
                try:
                    event = json.loads(line)
                except (ValueError, RecursionError):
                    continue
                if isinstance(event, dict) and _is_whole(event):
                    yield event
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"{HISTORY} can't be read: {error.strerror}") from error


def _is_whole(event: dict[str, Any]) -> bool:
    match event.get("event"):
        case "publish":
            return _is_version(event.get("version"))
        case "promote" | "rollback":
            return _is_version(event.get("to"))
    return "event" in event


def _is_version(number: object) -> bool:
    return type(number) is int and 0 < number <= MAX_VERSION


def append_history(folder: Path, event: str, **details: object) -> None:
    """Append one event with the time, on disk before it returns."""
    time = datetime.now(UTC).isoformat(timespec="seconds")
    line = json.dumps({"time": time, "event": event, **details}).encode() + b"\n"
    with files.open_file(folder, HISTORY, "a+b") as file:
        # A line that was cut off must not swallow this one.
        if file.seek(0, os.SEEK_END) > 0:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                line = b"\n" + line
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def recorded(folder: Path, event: str, **details: object) -> Iterator[None]:
    """Append one event for what is done meanwhile, and take it back where that, or the appending, fails."""
    try:
        size = (folder / HISTORY).lstat().st_size
    except FileNotFoundError:
        size = 0
    try:
        append_history(folder, event, **details)
        yield
    except OSError:
        with suppress(OSError, StoreError), files.open_file(folder, HISTORY, "r+b") as file:
            file.truncate(size)
        raise


def champions(history: Iterable[dict[str, Any]]) -> list[int]:
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
