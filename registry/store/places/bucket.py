"""A model's versions in object storage, where there are neither locks nor renames, but writes on a condition.

`history.jsonl` is all that counts: what it does not say is published is not there. Beside events it has lines of
aliases, of which the last holds. So one write, on the condition that nobody else's was faster, makes a version visible,
names it champion, and records both; and one read tells all.
"""

import json
import re
import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from registry.errors import StoreError
from registry.store import audits
from registry.store.journal import (
    HISTORY,
    HISTORY_BYTES,
    format_event,
    is_abandonment,
    is_event,
    parse_aliases,
    parse_lines,
)
from registry.store.manifest import MANIFEST, SIGNATURE
from registry.store.places.object_storage import NoAnswer, storage_at
from registry.store.places.place import Change, Contents, Item, Place, Result

_NUMBERS = ".numbers"  # a file for each number that was given, before anything is written under it
_LAST = ["saved_model.pb", SIGNATURE, MANIFEST]  # in this order: by the first, TensorFlow Serving knows a version
_AT_ONCE = 8  # files that are read or written; each may take tens of milliseconds
_MOST_LISTED = 10_000
_ABANDONED = timedelta(days=1)  # since its number was given: whoever publishes has long given up


class BucketContents:
    """What `history.jsonl` said at one moment.

    Attributes:
        tag: By which it is known again; None: it is not there.
        content: Its bytes.
    """

    def __init__(self, tag: str | None, content: bytes, numbers: Callable[[], set[int]] | None) -> None:
        """Keep what was read.

        Args:
            tag: As above.
            content: As above.
            numbers: Lists under which numbers files lie; None takes the history's word that those of a version do.
        """
        self.tag = tag
        self.content = content
        self._numbers = numbers

    @cached_property
    def numbers(self) -> set[int]:
        """Under which files lie."""
        return {*self.publications} if self._numbers is None else self._numbers()

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """Events and others."""
        return list(parse_lines(self.content.splitlines()))

    @cached_property
    def publications(self) -> dict[int, dict[str, Any]]:
        """Version → the event of its publication, of those that were not pruned."""
        publications: dict[int, dict[str, Any]] = {}
        for event in self.history():
            if event["event"] == "publish":
                publications[event["version"]] = event
            elif event["event"] == "prune":
                for version in event["versions"]:
                    publications.pop(version, None)
        return publications

    def versions(self) -> list[int]:
        """What was published and not pruned."""
        return sorted(self.publications.keys() & self.numbers) if self.publications else []

    def aliases(self) -> dict[str, int]:
        """What the last line of them says; none where there is no such line."""
        for line in reversed(self.content.splitlines()):
            if b'"aliases":' in line:  # and not a reason of that word
                return parse_aliases(line, f"the last aliases in {HISTORY}", "aliases")
        return {}

    def history(self) -> Iterator[dict[str, Any]]:
        """Every event, oldest first."""
        return filter(is_event, self.lines)

    def abandoned(self) -> set[int]:
        """Numbers whose publisher was taken for gone, and may publish them no more."""
        return {number for line in self.lines if is_abandonment(line) for number in line["abandoned"]}


class Bucket(Place):
    """A prefix of a bucket, changed by whoever finds it as it was."""

    def __init__(self, root: str, name: str, *, patient: bool, changing: bool = False) -> None:
        """Name it; nothing is asked yet.

        Args:
            root: The address of all models.
            name: The model's.
            patient: Whether to wait a minute for what does not answer.
            changing: Whether it is about to be changed, and so has to be seen which files are there.
        """
        self._storage = storage_at(root, patient=patient)
        self.root, self.name = self._storage.address, name
        self.where = f"{self.root}/{name}"
        self._seen: BucketContents | None = None
        self._changing = changing
        self._token, self._num_commits = secrets.token_hex(8), 0
        self._to_abandon: set[int] = set()

    def look(self) -> BucketContents:
        """What is there now: a request, and no more than that where it is what was seen the last time."""
        seen = self._seen
        tag, content = None, b""
        try:
            got = self._storage.get_unless(f"{self.name}/{HISTORY}", HISTORY_BYTES, seen.tag if seen else None)
            if got is None and seen is not None:
                return seen
            content, tag = got or (b"", None)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise StoreError(f"{HISTORY} can't be read: {error.strerror}") from error
        self._seen = seen = BucketContents(tag, content, self._list_numbers if self._changing else None)
        return seen

    def read(self, path: str, most: int) -> bytes:
        """Read a file."""
        return self._storage.get(f"{self.name}/{path}", most)[0]

    def each(self, function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
        """Several at once."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(function, items))

    def mark(self, version: int, *, thorough: bool) -> object:
        """Of a version that is loaded the history says whether it is another: no request is needed."""
        publication = None if self._seen is None else self._seen.publications.get(version)
        if not thorough:
            return publication
        try:
            return [publication, *self._storage.files(f"{self.name}/{version}", _MOST_LISTED)]
        except OSError as error:
            return error.errno

    def is_made(self) -> bool:
        """Whether there is a history."""
        return self.look().tag is not None

    def is_in_a_model(self) -> bool:
        """Whether a history lies beside it."""
        try:
            self._storage.get(HISTORY, HISTORY_BYTES)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreError(f"{self.root} can't be read: {error.strerror}") from error
        return True

    @contextmanager
    def changing(self, *, create: bool) -> Iterator[Place]:
        """Change nothing in a store that would lose it."""
        place = Bucket(self.root, self.name, patient=True, changing=True)
        place.check(create=create)
        place._storage.probe()
        yield place

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A temporary folder."""
        with tempfile.TemporaryDirectory(prefix="passfail-") as folder:
            yield Path(folder)

    def reserve(self, first: int) -> int:
        """The next number that nobody has written under, or was given."""
        number = max([first, *(taken + 1 for taken in self.look().numbers)])
        while not self._storage.put_if(f"{self.name}/{_NUMBERS}/{number}", b"", None):
            number += 1
        return number

    def claim(self, version: int, mark: bytes) -> bool:
        """By the same files as numbers; what they hold tells who has one already from who does the same."""
        path = f"{self.name}/{_NUMBERS}/{version}"
        return self._storage.put_if(path, mark, None) or self._storage.get(path, HISTORY_BYTES)[0] == mark

    def install(self, staged: Path, version: int) -> None:
        """Write the files; what tells of the version comes last."""
        paths = [path.relative_to(staged).as_posix() for path in sorted(staged.rglob("*")) if path.is_file()]
        self.each(
            lambda path: self._put(f"{version}/{path}", (staged / path).read_bytes()), sorted({*paths} - {*_LAST})
        )
        for path in _LAST:
            if path in paths:
                self._put(f"{version}/{path}", (staged / path).read_bytes())

    def write_audit(self, version: int, content: bytes | None) -> None:
        """Beside the versions: whoever may read the bucket reads it."""
        if content is not None:
            self._put(audits.path_of(version), content)

    def keep(self, path: str, content: bytes) -> None:
        """Write a small file, unless there is one."""
        self._storage.put_if(f"{self.name}/{path}", content, None)

    def commit(self, contents: Contents, change: Change[Any]) -> bool:
        """Write the history with what is new, if it still is what it was."""
        assert isinstance(contents, BucketContents)
        published = [details["version"] for event, details in change.events if event == "publish"]
        if gone := contents.abandoned().intersection(published):
            raise StoreError(f"version {min(gone)} was cleared away before it was published, as one of a killed job")
        if not change.events and change.aliases is None and not self._to_abandon:
            return True
        content, token = contents.content, f"{self._token}-{self._num_commits}"
        if content and not content.endswith(b"\n"):
            content += b"\n"  # a line that was cut off must not swallow these
        content += b"".join(format_event(event, details) for event, details in change.events)
        said: dict[str, object] = {"commit": token}
        if change.aliases is not None:
            said["aliases"] = dict(change.aliases)
        if self._to_abandon:
            said["abandoned"] = sorted(self._to_abandon)
        try:
            is_done = self._storage.put_if(
                f"{self.name}/{HISTORY}", content + json.dumps(said).encode() + b"\n", contents.tag
            )
        except NoAnswer:
            is_done = False
        # Its answer may be lost, or that it was refused the answer to a second try of what was done at the first.
        if not is_done and not any(line.get("commit") == token for line in self.look().lines):
            return False
        self._num_commits += 1
        self._remove({*change.pruned, *self._to_abandon})
        self._to_abandon = set()
        return True

    def clear(self, contents: Contents) -> None:
        """Remove what the history says is gone; what was begun a day ago is abandoned with the next change."""
        assert isinstance(contents, BucketContents)
        published = {event["version"] for event in contents.history() if event["event"] == "publish"}
        abandoned = contents.abandoned()
        self._remove(contents.numbers & (abandoned | published) - contents.publications.keys())
        before = datetime.now(UTC) - _ABANDONED
        given = self._storage.files(f"{self.name}/{_NUMBERS}")
        begun = {stored.path.rpartition("/")[2] for stored in given if stored.modified < before}
        # Consoles and mounts write files of other names, which stand for the folder.
        self._to_abandon = {int(name) for name in begun if name.isdecimal()} - published - abandoned

    def _put(self, path: str, content: bytes) -> None:
        self._storage.put(f"{self.name}/{path}", content)

    def _list_numbers(self) -> set[int]:
        below = len(self.name) + 1
        names = {stored.path[below:].partition("/")[0] for stored in self._storage.files(self.name)}
        return {int(name) for name in names if re.fullmatch(r"[1-9][0-9]{0,17}", name, re.ASCII)}

    def _remove(self, versions: set[int]) -> None:
        """Remove all files of versions: first those by which others know one."""
        for version in sorted(versions):
            self._storage.delete([f"{self.name}/{version}/{path}" for path in _LAST])
            found = [stored.path for stored in self._storage.files(f"{self.name}/{version}")]
            self._storage.delete([*found, f"{self.name}/{audits.path_of(version)}"])
