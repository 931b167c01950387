"""Staging folders: where a version is put together, invisible until it is renamed."""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from registry.store import files
from registry.store.manifest import MAX_VERSION_BYTES, FileDigest

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
        files.remove(staged)


def remove_stale(folder: Path) -> None:
    """Remove staging folders whose process is gone."""
    for staged in folder.glob(f"{PREFIX}*"):
        try:
            descriptor = os.open(staged, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue  # in use
        else:
            files.remove(staged)
        finally:
            os.close(descriptor)


def digest_files(folder: Path) -> dict[str, FileDigest]:
    """Path within the folder → digest, for every file below it.

    Raises:
        StoreError: There is something else than files and folders, or a file is larger than a version may be.
    """
    digests = {}
    for entry in sorted(files.walk(folder), key=lambda entry: Path(entry.path)):
        if not entry.is_dir(follow_symlinks=False):
            path = Path(entry.path).relative_to(folder).as_posix()
            digests[path] = digest(files.read_file(folder, path, MAX_VERSION_BYTES))
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
        files.fsync_folder(Path(root))
