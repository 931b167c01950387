"""Staging folders: where a version is put together, invisible until it is renamed."""

import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from registry.store.journal import fsync_folder
from registry.store.manifest import FileDigest

PREFIX = ".staging-"


@contextmanager
def open_staging(folder: Path) -> Iterator[Path]:
    """Make a staging folder that is held by this process, and remove it at the end if it is still there."""
    staged = folder / f"{PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
    staged.mkdir()
    # The lock is what tells a folder in use from one that a killed job left: it goes with the process.
    descriptor = os.open(staged, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield staged
    finally:
        os.close(descriptor)
        shutil.rmtree(staged, ignore_errors=True)


def remove_stale(folder: Path) -> None:
    """Remove staging folders whose process is gone."""
    for staged in folder.glob(f"{PREFIX}*"):
        try:
            descriptor = os.open(staged, os.O_RDONLY | os.O_DIRECTORY)
        except OSError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue  # in use
        else:
            shutil.rmtree(staged, ignore_errors=True)
        finally:
            os.close(descriptor)


def digest_files(folder: Path) -> dict[str, FileDigest]:
    """Path within the folder → digest, for every file below it."""
    digests = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            digests[path.relative_to(folder).as_posix()] = digest(content)
    return digests


def digest(content: bytes) -> FileDigest:
    """The digest of a file's bytes."""
    return FileDigest(hashlib.sha256(content).hexdigest(), len(content))


def fsync_tree(folder: Path) -> None:
    """Put every file and folder below, and the folder itself, on disk."""
    for root, _, names in os.walk(folder):
        for name in names:
            descriptor = os.open(Path(root, name), os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        fsync_folder(Path(root))
