"""A service that many tests talk to, and how they talk: byte by byte."""

import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support import DEADLINE_S
from tests.support.processes import RunningService, serving

# Sent behind a request: its answer is the last on the connection.
LAST = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
WIDE = tuple(f"x{number}" for number in range(30))
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")


class Heard(NamedTuple):
    """What came back on a connection until it was closed: the statuses in order, and all of it."""

    statuses: list[int]
    text: bytes


Talk = Callable[..., Heard]


@pytest.fixture(scope="session")
def served(students: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """The 15 students, one worker."""
    with serving(tmp_path_factory.mktemp("served"))(students) as service:
        yield service


@pytest.fixture(scope="session")
def talk(served: RunningService) -> Talk:
    """Sends pieces of bytes on a connection of its own and reads until it is closed."""

    def send(*pieces: bytes, half_closed: bool = False) -> Heard:
        with socket.create_connection(("127.0.0.1", int(served.url.rpartition(":")[2])), DEADLINE_S) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for piece in pieces:
                connection.sendall(piece)
            if half_closed:
                connection.shutdown(socket.SHUT_WR)
            heard = b""
            while data := connection.recv(2**16):
                heard += data
        return Heard([int(status) for status in _STATUS.findall(heard)], heard)

    return send
