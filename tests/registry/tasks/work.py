"""What the tests of tasks have done elsewhere: functions of a module, as every task's must be."""

import os
import signal
import time
from pathlib import Path


def square(number: int) -> int:
    """A result."""
    return number * number


def name_of_process(_nothing: None) -> int:
    """Which process does the work."""
    return os.getpid()


def fail(secret: str) -> None:
    """An error that nobody expected."""
    raise LookupError(f"no such thing: {len(secret)}")


def die(_nothing: None) -> None:
    """The system's way to end what takes too much memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(mark: Path) -> str:
    """The same, but the second time all is well."""
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return "done"
    os.kill(os.getpid(), signal.SIGKILL)
    return "dead"


def hold(folder: Path) -> None:
    """What takes long, and cleans up whatever ends it; how often it was begun is seen in the folder."""
    begun = folder / f"begun-{time.monotonic_ns()}"
    begun.write_text(str(os.getpid()))
    try:
        time.sleep(3600)
    finally:
        begun.rename(folder / f"cleaned-{begun.name}")


def wait_for(mark: Path) -> str:
    """Says that it has begun, and is done when it is told so."""
    (mark.parent / f"{mark.name}-begun").touch()
    while not mark.exists():
        time.sleep(0.05)
    return mark.name
