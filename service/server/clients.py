"""The clients of a worker: who is waited for and for how long, who makes way, and how much they may take in memory."""

import asyncio
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Protocol

from service.server.connection import Connection
from service.server.lanes import Lane, Lanes
from service.server.wsgi import Environ
from service.settings import NUM_LARGEST, Settings

MIN_SHED_BYTES = 2**16  # of a connection that makes way for want of memory: to be rid of less helps nobody
STOP_WAIT_S = 2  # for the next request on a connection once the worker is leaving


class Application(Protocol):
    """What answers: a WSGI application that also says, from a request's head, where it is to be answered."""

    headers: Iterable[tuple[str, str]]  # of every answer, those of the server's own among them

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Answer a request; it is refused where the environment says so, or `admit` did."""

    def admit(self, environ: Environ) -> Lane:
        """Tell the lane of a request, REFUSED if it is refused without its body."""

    may_load: bool  # whether anything has to be loaded for a request before it can be answered

    def must_load(self, environ: Environ) -> bool:
        """Whether something has: told by the head, right before the answer."""

    def load(self, environ: Environ) -> None:
        """Load it, in a thread."""

    def is_little_work(self, body: bytes | bytearray) -> bool:
        """Whether a body can't take long to answer, as far as a quick look tells."""


class Clients:
    """The connections of a worker."""

    def __init__(self, application: Application, lanes: Lanes, count: Callable[[], None], settings: Settings) -> None:
        """Begin with none; in the loop.

        Args:
            application: Answers.
            lanes: Where.
            count: Called when a connection is gone.
            settings: How long a connection may be idle, and how long a body may be.
        """
        self.application, self.lanes, self._count = application, lanes, count
        self.idle_s, self.max_body_bytes = settings.keepalive_s, settings.max_body_bytes
        self.loop = asyncio.get_running_loop()
        self.is_leaving = False  # whether no more connections are accepted
        self.all: set[Connection] = set()
        self.waiting: dict[Connection, float] = {}  # until when; the longest without news first
        self._num_bytes = 0

    def wait(self, connection: Connection, wait_s: float) -> None:
        """A connection waits for its client."""
        self.waiting.pop(connection, None)
        self.waiting[connection] = time.monotonic() + wait_s

    def remove(self, connection: Connection) -> None:
        """A connection is gone."""
        self.all.discard(connection)
        self._count()
        self.waiting.pop(connection, None)
        self._set_bytes(connection, 0)

    def evict(self) -> bool:
        """Close the connection that has been without news for longest; False where threads have them all."""
        # Else one that has asked for more than is being answered: it might never be without.
        asking = (connection for connection in self.all if connection.backlog or connection.ready)
        longest = next(iter(self.waiting), None) or next(asking, None)
        if longest:
            self.waiting.pop(longest, None)
            self.all.discard(longest)
            longest.transport.abort()
        return longest is not None

    def close_late(self) -> None:
        """Close the connections that have been waited for long enough."""
        now = time.monotonic()
        for connection in [connection for connection, until in self.waiting.items() if until <= now]:
            connection.transport.abort()

    def leave(self) -> None:
        """Answer what is there and what has begun; those that are idle have a moment for a last request."""
        self.idle_s = STOP_WAIT_S
        for connection in [*self.waiting]:
            if connection.request is None and not (connection.is_last or connection.is_unsent):
                self.wait(connection, STOP_WAIT_S)

    def weigh(self, connection: Connection) -> None:
        """Keep count of what a connection takes in memory; where all take too much, the largest makes way."""
        self._set_bytes(connection, connection.weight())
        if self._num_bytes > NUM_LARGEST * self.max_body_bytes:
            largest = max(self.waiting, key=lambda waiting: waiting.num_bytes, default=None)
            if largest is None or largest.num_bytes < MIN_SHED_BYTES:  # threads have it all
                return
            self._set_bytes(largest, 0)
            if largest.request and largest.request.lane and not largest.is_unsent:
                largest.request.refuse(HTTPStatus.SERVICE_UNAVAILABLE)
                largest.end_with(largest.request)
                self.loop.call_soon(largest.proceed)
            else:
                largest.transport.abort()

    def _set_bytes(self, connection: Connection, num_bytes: int) -> None:
        self._num_bytes += num_bytes - connection.num_bytes
        connection.num_bytes = num_bytes
