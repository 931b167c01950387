"""How the workers count together: in files of their own, in one folder, which any of them reads when it is asked."""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

from prometheus_client import values
from prometheus_client.multiprocess import mark_process_dead

from registry.store import staging

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # where prometheus-client looks
IN_MEMORY = Path("/dev/shm")  # writable where the rest of the system is not
ROOM_BYTES = 2**20  # four files a worker, of some kilobytes each
_PREFIX = "passfail-metrics-"


def share() -> None:
    """Let the workers that this process will start count together. Called in the master, before the first.

    In a fresh folder, in memory where there is such: what an earlier run counted, or left, is not read. Where there is
    no room for it each worker counts for itself.

    Raises:
        OSError: There is none.
    """
    root = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    staging.remove_stale(root, _PREFIX)
    while True:
        folder = tempfile.mkdtemp(prefix=_PREFIX, dir=root)
        # Held for as long as this process or a worker lives: what tells it from one that a killed service left.
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:  # another service that starts just now took it for one that was left
            continue
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        if os.path.isdir(folder):  # else the same
            break
        os.close(descriptor)
    room = Path(folder, "room")
    try:
        room.write_bytes(bytes(ROOM_BYTES))
        room.unlink()
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    os.environ[VARIABLE] = folder


def count_in(slot: int) -> None:
    """Let this worker count where the one before it in its slot left off. Called before `Metrics` is made.

    By slot and not by process: otherwise the files of workers that died would pile up.

    Args:
        slot: A small number that no other worker alive has.
    """
    if VARIABLE in os.environ:
        values.ValueClass = values.MultiProcessValue(lambda: slot)  # type: ignore[no-untyped-call]


def remove() -> None:
    """Remove what the workers wrote. Called in the master, after the last."""
    if VARIABLE in os.environ:
        shutil.rmtree(os.environ.pop(VARIABLE), ignore_errors=True)


def worker_is_gone(slot: int) -> None:
    """Forget what only a living worker says of itself. Called in the master."""
    if VARIABLE in os.environ:
        mark_process_dead(slot)  # type: ignore[no-untyped-call]
