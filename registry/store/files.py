"""The store's files, opened without trust: what was planted there leads nowhere else and keeps nobody waiting."""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from registry.errors import StoreError

_UNLIMITED = 2**63


def open_file(folder: Path, path: str, mode: str = "rb", *, most: int = _UNLIMITED) -> IO[bytes]:
    """Open a file of a store: a regular one, found without following a link, and of bounded size.

    Args:
        folder: The store's, which may be a link itself.
        path: Within it, with `/` between folders.
        mode: As `open` has it.
        most: Bytes that it may have.

    Raises:
        StoreError: Something else lies there, or it is larger.
        OSError: The system says why it can't be opened.
    """
    *folders, name = PurePosixPath(path).parts
    with ExitStack() as opened:
        at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        opened.callback(os.close, at)
        for part in folders:
            _check(part, os.stat(part, dir_fd=at, follow_symlinks=False), stat.S_ISDIR)
            at = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            opened.callback(os.close, at)
        with suppress(FileNotFoundError):
            # Before it is opened, which a device may act on; and afterwards, as it may be another by then.
            _check(name, os.stat(name, dir_fd=at, follow_symlinks=False), stat.S_ISREG)
        file: IO[bytes] = open(folder / path, mode, opener=partial(_open_at, name, at))
    try:
        status = os.fstat(file.fileno())
        _check(name, status, stat.S_ISREG)
        if status.st_size > most:
            raise StoreError(f"{name} has more than {most} bytes")
    except StoreError:
        file.close()
        raise
    return file


def read_file(folder: Path, path: str, most: int) -> bytes:
    """Read a file as `open_file` opens it, as long as it was then."""
    with open_file(folder, path, most=most) as file:
        return file.read(os.fstat(file.fileno()).st_size)


def replace_file(folder: Path, name: str, content: bytes, permissions: int = 0o666) -> None:
    """Replace a file in one rename, on disk before it returns; where that fails, what was there stays."""
    temporary = folder / f".{name.lstrip('.')}.new"
    temporary.unlink(missing_ok=True)  # a killed process left it, or it leads elsewhere
    try:
        with open(temporary, "xb", opener=partial(os.open, mode=permissions)) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(folder / name)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    fsync_folder(folder)


def remove(path: Path) -> None:
    """Remove a folder with all below it, or a link and not what it leads to; what can't be removed stays."""
    with suppress(OSError, RecursionError):  # of folders in folders in folders
        if path.is_symlink():
            path.unlink()
        else:
            shutil.rmtree(path, ignore_errors=True)


def walk(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Every entry below a folder that is no link, links as such; folders that can't be read are passed over."""
    pending = [] if folder.is_symlink() else [str(folder)]
    while pending:
        with suppress(OSError), os.scandir(pending.pop()) as entries:
            for entry in entries:
                yield entry
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)


def fsync_folder(folder: Path) -> None:
    """Put a folder's entries on disk: a file's own fsync does not cover its name."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open_at(name: str, at: int, _: str, flags: int) -> int:
    # A pipe that nobody writes to must not be waited for.
    return os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666, dir_fd=at)


def _check(name: str, status: os.stat_result, is_kind: Callable[[int], bool]) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise StoreError(f"{name} is a link, which nobody follows here; put what it leads to in its place")
    if not is_kind(status.st_mode):
        raise StoreError(f"{name} is no {'file' if is_kind is stat.S_ISREG else 'folder'}")
