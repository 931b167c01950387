"""LiteRT as both sides run it, so that what was proven at export is what serves."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ai_edge_litert.interpreter import Interpreter

_ANNOUNCEMENT = b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n"
_lock = threading.Lock()
_is_announced = False


def make_interpreter(content: bytes) -> Interpreter:
    """Make an interpreter that is allocated for one instance; not for two threads at once.

    Args:
        content: The bytes of a model.

    Raises:
        ValueError: They are none.
    """
    with _without_announcement():
        interpreter = Interpreter(model_content=content, num_threads=1)
        interpreter.allocate_tensors()
    return interpreter


@contextmanager
def _without_announcement() -> Iterator[None]:
    """Leave out what the first use of XNNPACK in a process writes to stderr; it can't be switched off.

    Whatever else is written there meanwhile follows.
    """
    global _is_announced
    with _lock:
        kept = None if _is_announced else _keep_stderr()
        if kept is None:
            yield
            return
        stderr, pipe = kept
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            with open(pipe, "rb") as written_instead:
                written = written_instead.read()
            _is_announced = _ANNOUNCEMENT in written
            if rest := written.replace(_ANNOUNCEMENT, b""):
                os.write(2, rest)


def _keep_stderr() -> tuple[int, int] | None:
    """Lead stderr into a pipe; gives what it was and the end to read from, or None where there is no stderr."""
    try:
        stderr = os.dup(2)
    except OSError:
        return None
    # No file, not even a temporary one: a full disk must stop nothing.
    pipe, end = os.pipe()
    os.dup2(end, 2)
    os.close(end)
    return stderr, pipe
