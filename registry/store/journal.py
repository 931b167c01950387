"""Two small files beside the versions: `aliases.json`, replaced whole, and `history.jsonl`, only appended to."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from registry.errors import StoreError

_CURE = 'write it anew, like {"champion": 1}'


def read_aliases(folder: Path) -> dict[str, int]:
    """Alias → version; empty where there are none yet.

    Raises:
        StoreError: The file is there and is not what it must be.
    """
    try:
        document = json.loads((folder / "aliases.json").read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StoreError(f"aliases.json can't be read ({error.strerror}); {_CURE}") from error
    except (ValueError, RecursionError) as error:
        raise StoreError(f"aliases.json can't be read ({error}); {_CURE}") from error
    if not isinstance(document, dict) or not all(type(number) is int and number > 0 for number in document.values()):
        raise StoreError(f"aliases.json must be an object of alias → version number; {_CURE}")
    return document


def write_aliases(folder: Path, aliases: Mapping[str, int]) -> None:
    """Replace the aliases in one rename, on disk before it returns."""
    temporary = folder / ".aliases.json.new"
    with temporary.open("w") as file:
        json.dump(aliases, file, sort_keys=True)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / "aliases.json")
    fsync_folder(folder)


def read_history(folder: Path) -> Iterator[dict[str, Any]]:
    """Every event, oldest first, one at a time. A line that a killed process left unfinished is passed over.

    Raises:
        StoreError: The file is there and can't be read.
    """
    try:
        with (folder / "history.jsonl").open("rb") as lines:
            for line in lines:
                try:
                    event = json.loads(line)
                except (ValueError, RecursionError):
                    continue
                if isinstance(event, dict) and _is_whole(event):
                    yield event
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"history.jsonl can't be read: {error.strerror}") from error


def _is_whole(event: dict[str, Any]) -> bool:
    match event.get("event"):
        case "publish":
            return type(event.get("version")) is int
        case "promote" | "rollback":
            return type(event.get("to")) is int
    return "event" in event


def append_history(folder: Path, event: str, **details: object) -> None:
    """Append one event with the time, on disk before it returns."""
    time = datetime.now(UTC).isoformat(timespec="seconds")
    line = json.dumps({"time": time, "event": event, **details}).encode() + b"\n"
    with (folder / "history.jsonl").open("a+b") as file:
        # A line that was cut off must not swallow this one.
        if file.seek(0, os.SEEK_END) > 0:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                line = b"\n" + line
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


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


def fsync_folder(folder: Path) -> None:
    """Put a folder's entries on disk: a file's own fsync does not cover its name."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
