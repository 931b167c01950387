"""A model's versions in a folder: changed under a lock, each visible in one rename after every byte is on the disk."""

import fcntl
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

from registry.errors import StoreError
from registry.store import audits, files, staging
from registry.store.journal import (
    ALIASES,
    ALIASES_BYTES,
    HISTORY,
    HISTORY_BYTES,
    LINE_BYTES,
    format_aliases,
    format_event,
    is_event,
    parse_aliases,
    parse_lines,
)
from registry.store.manifest import MANIFEST
from registry.store.places.place import Change, Contents, Place

_MOST_LOOKED_AT = 10_000  # files and folders of one version; hundreds of times what one has


class Folder(Place):
    """A folder on a local disk or a volume, not NFS. Reading needs no lock and no right to write.

    Whatever changes it holds `.lock`.

    Attributes:
        folder: The model's; it and the one that it lies in may be links.
    """

    def __init__(self, root: Path, name: str) -> None:
        self.folder = Path(os.path.expanduser(root)) / name
        self.root, self.name, self.where = str(self.folder.parent.absolute()), name, str(self.folder)

    def look(self) -> Contents:
        """What is there whenever it is asked."""
        return self

    def versions(self) -> list[int]:
        """Version numbers, ascending; none where the folder does not exist.

        A link is listed, so that its number is not given again, and can't be read.

        Raises:
            StoreError: The folder is there but can't be read.
        """
        try:
            names = [entry.name for entry in os.scandir(self.folder) if entry.is_symlink() or entry.is_dir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreError(f"{self.folder.absolute()} can't be read: {error.strerror}") from error
        return sorted(int(name) for name in names if re.fullmatch(r"[1-9][0-9]{0,17}", name, re.ASCII))

    def aliases(self) -> dict[str, int]:
        """Alias → version; none where there is no file of them yet.

        Raises:
            StoreError: The file is there and is not what it must be.
        """
        try:
            return parse_aliases(self.read(ALIASES, ALIASES_BYTES))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise StoreError(f"{ALIASES} can't be read: {error.strerror}") from error

    def history(self) -> Iterator[dict[str, Any]]:
        """Every event, oldest first, one at a time.

        Raises:
            StoreError: The file is there and can't be read.
        """
        try:
            with files.open_file(self.folder, HISTORY, most=HISTORY_BYTES) as file:
                yield from filter(is_event, parse_lines(iter(lambda: file.readline(LINE_BYTES), b"")))
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreError(f"{HISTORY} can't be read: {error.strerror}") from error

    def read(self, path: str, most: int) -> bytes:
        """Read a file, found without following a link."""
        return files.read_file(self.folder, path, most)

    def mark(self, version: int, *, thorough: bool) -> object:
        """Of a version that is loaded only another manifest matters; one that was refused may be mended anywhere."""
        folder = self.folder / str(version)
        below = sorted(Path(entry.path) for entry in islice(files.walk(folder), _MOST_LOOKED_AT)) if thorough else []
        seen = []
        # The history too, which a version is held against.
        for path in [self.folder / HISTORY, folder, *below] if thorough else [folder / MANIFEST]:
            try:
                stat = path.lstat()
                seen.append((str(path), stat.st_ino, stat.st_ctime_ns, stat.st_size))
            except OSError as error:
                seen.append((str(path), error.errno or 0, 0, -1))
        return seen

    def is_made(self) -> bool:
        """Whether the folder is there."""
        return bool(self.versions()) or self.folder.is_dir()

    def is_in_a_model(self) -> bool:
        """Whether versions lie beside it."""
        return next(self.folder.parent.glob(f"[1-9]*/{MANIFEST}"), None) is not None

    @contextmanager
    def changing(self, *, create: bool) -> Iterator[Place]:
        """Hold the lock; what killed jobs left of their staging is removed."""
        self.check(create=create)
        self.folder.mkdir(parents=True, exist_ok=True)
        with files.open_file(self.folder, ".lock", "ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            staging.remove_stale(self.folder)
            yield self

    def staging(self) -> AbstractContextManager[Path]:
        """A folder beside the versions, on the same disk, that nobody takes for one."""
        return staging.open_staging(self.folder)

    def reserve(self, first: int) -> int:
        """The next number that nothing has; the lock keeps it."""
        while os.path.lexists(self.folder / str(first)):  # something else than a version
            first += 1
        return first

    def claim(self, version: int, mark: bytes) -> bool:
        """The lock keeps it."""
        return not os.path.lexists(self.folder / str(version))

    def install(self, staged: Path, version: int) -> None:
        """Rename it, once it is on the disk."""
        staging.fsync_tree(staged)
        staged.rename(self.folder / str(version))
        files.fsync_folder(self.folder)

    def write_audit(self, version: int, content: bytes | None) -> None:
        """Put it in a folder that only its owner reads."""
        audits.write_audit(self.folder, version, content)

    def keep(self, path: str, content: bytes) -> None:
        """Write it for its owner alone, under the lock."""
        if not os.path.lexists(self.folder / path):
            files.replace_file(self.folder, path, content, permissions=0o600)

    def commit(self, contents: Contents, change: Change[Any]) -> bool:
        """Make a change, under the lock: no other is made meanwhile. Where a step fails, those before are undone."""
        # Renamed first: a half-deleted version is never visible.
        token = secrets.token_hex(4)  # so that nothing lies there already
        trash = {version: self.folder / f"{staging.PREFIX}pruned-{version}-{token}" for version in change.pruned}
        with self._recorded(change.events), ExitStack() as undo:
            for version, path in trash.items():
                (self.folder / str(version)).rename(path)
                undo.callback(path.rename, self.folder / str(version))
            if change.aliases is not None:
                write_aliases(self.folder, change.aliases)
            undo.pop_all()
        for version, path in trash.items():
            audits.remove_audit(self.folder, version)
            files.remove(path)
            if os.path.lexists(path):
                raise StoreError(f"{path} is not needed any more and can't be removed")
        return True

    @contextmanager
    def _recorded(self, events: tuple[tuple[str, Mapping[str, object]], ...]) -> Iterator[None]:
        """Append events for what is done meanwhile, and take them back where that, or the appending, fails."""
        try:
            size = (self.folder / HISTORY).lstat().st_size
        except FileNotFoundError:
            size = 0
        try:
            if events:
                self._append(b"".join(format_event(event, details) for event, details in events))
            yield
        except OSError:
            with suppress(OSError, StoreError), files.open_file(self.folder, HISTORY, "r+b") as file:
                file.truncate(size)
            raise

    def _append(self, lines: bytes) -> None:
        """Append to the history, on disk before it returns."""
        with files.open_file(self.folder, HISTORY, "a+b") as file:
            # A line that was cut off must not swallow these.
            if file.seek(0, os.SEEK_END) > 0:
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    lines = b"\n" + lines
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())


def write_aliases(folder: Path, aliases: Mapping[str, int]) -> None:
    """Replace the aliases of a model in one rename, on disk before it returns."""
    files.replace_file(folder, ALIASES, format_aliases(aliases))
