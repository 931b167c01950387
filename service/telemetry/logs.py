"""The service's log: one JSON object a line on stderr. Never a feature's value. Nobody waits for who reads it."""

import atexit
import json
import logging
import os
import select
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache

import orjson

MAX_LINES = 10_000  # that wait to be written; beyond, where nobody reads them, they are lost
TOGETHER_S = 0.01  # in which lines are gathered and written at once
STOP_S = 1.0  # that the last lines have at the end


class Writer:
    """Writes lines to stderr: by itself at once, or, once started, a moment later in a thread.

    Attributes:
        num_lost: Lines that could not be written, or that nobody read for too long.
    """

    def __init__(self) -> None:
        self.num_lost = 0
        self._lines: deque[bytes] = deque()
        self._is_due = threading.Event()
        self._thread: threading.Thread | None = None

    def write(self, line: bytes) -> None:
        """Write a line, its end included, or lose it where it can't be."""
        if self._thread is None:
            self._put([line])
        elif len(self._lines) < MAX_LINES:
            self._lines.append(line)
            if not self._is_due.is_set():
                self._is_due.set()
        else:
            self.num_lost += 1

    def start(self, beside: Callable[[], None]) -> None:
        """Write in a thread from now on. Called in a worker, since threads do not survive a fork.

        Args:
            beside: What else is to be done there each time.
        """
        self._thread = threading.Thread(target=self._run, args=(beside,), name="log", daemon=True)
        self._thread.start()
        atexit.register(self._stop)

    def _run(self, beside: Callable[[], None]) -> None:
        while self._thread is not None or self._lines:
            self._is_due.wait()
            if self._thread is not None:
                time.sleep(TOGETHER_S)
            self._is_due.clear()
            beside()
            self._put([self._lines.popleft() for _ in range(len(self._lines))])

    def _stop(self) -> None:
        thread, self._thread = self._thread, None
        self._is_due.set()
        if thread is not None:
            thread.join(STOP_S)

    def _put(self, lines: list[bytes]) -> None:
        data = b"".join(lines)
        try:
            if self._thread is None and not select.select([], [2], [], 0)[1]:
                raise BlockingIOError  # the master, which has no thread for it: it must not wait either
            while data:
                data = data[os.write(2, data) :]
        except (OSError, ValueError):
            self.num_lost += len(lines)


writer = Writer()


class JsonHandler(logging.Handler):
    """A record as one line of JSON."""

    def emit(self, record: logging.LogRecord) -> None:
        """Time, level, process, logger and message; the model and the traceback where there is one."""
        # Gunicorn logs everything under this name, good news too.
        logger = record.name.removesuffix(".error")
        entry = _entry(record.created, record.levelname.lower(), logger, record.getMessage())
        if model := getattr(record, "model", None):
            entry["model"] = model
        if record.exc_info:
            entry["traceback"] = logging.Formatter().formatException(record.exc_info)
        writer.write(json.dumps(entry, separators=(",", ":")).encode() + b"\n")


def set_up(level: str) -> None:
    """Send what every logger of the process says through the handler.

    Args:
        level: `debug`, `info`, `warning` or `error`.
    """
    sys.stderr.flush()
    logging.basicConfig(level=level.upper(), handlers=[JsonHandler()])


def write(logger: str, message: str, fields: Mapping[str, object]) -> None:
    """Write a line of level `info` with fields of its own: for requests, of which a `LogRecord` would be half the cost.

    Args:
        logger: Who says it.
        message: What.
        fields: Valid Unicode and numbers.
    """
    entry = {**_entry(time.time(), "info", logger, message), **fields}
    writer.write(orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE))


@lru_cache(maxsize=8)
def _second(created: int) -> str:
    return datetime.fromtimestamp(created, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _entry(created: float, level: str, logger: str, message: str) -> dict[str, object]:
    return {
        "time": f"{_second(int(created))}.{int(created % 1 * 1000):03}+00:00",
        "level": level,
        "pid": os.getpid(),
        "logger": logger,
        "message": message,
    }
