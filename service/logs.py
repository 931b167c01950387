"""The service's log: one JSON object a line on stderr. Never a feature's value."""

import json
import logging
import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache

import orjson


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, process, logger and message, and the traceback where there is one."""
        # Gunicorn logs everything under this name, good news too.
        logger = record.name.removesuffix(".error")
        entry = _entry(record.created, record.levelname.lower(), logger, record.getMessage())
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, separators=(",", ":"))


def set_up(level: str) -> None:
    """Send what every logger of the process says through the formatter.

    Args:
        level: `debug`, `info`, `warning` or `error`.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler])


def write(logger: str, message: str, fields: Mapping[str, object]) -> None:
    """Write a line of level `info` with fields of its own: for requests, of which a `LogRecord` would be half the cost.

    Args:
        logger: Who says it.
        message: What.
        fields: Valid Unicode and numbers.
    """
    line = orjson.dumps({**_entry(time.time(), "info", logger, message), **fields}, option=orjson.OPT_APPEND_NEWLINE)
    with suppress(OSError, ValueError):  # nobody reads it any more; as `logging` does
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()


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
