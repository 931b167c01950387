"""A client's connection: what answers on it, which never waits, and what the worker's loop has of it."""

import socket
from collections.abc import Callable
from typing import Any

from gunicorn.workers.gthread import TConn

from service.arrival import Arrival


class ClientSocket(socket.socket):
    """A socket to answer on: it reads what the loop has received, what it writes is kept for the loop to send."""

    def __init__(self, accepted: socket.socket) -> None:
        """Take an accepted socket over."""
        super().__init__(accepted.family, accepted.type, accepted.proto, accepted.detach())
        self.unread = memoryview(b"")
        self.unsent = bytearray()

    def recv(self, size: int, flags: int = 0) -> bytes:
        """More of what the loop has received; empty at its end."""
        # In pieces, as from a network: gunicorn's reader of chunks copies all that it gets, for each chunk.
        data, self.unread = bytes(self.unread[:size]), self.unread[size:]
        return data

    def send(self, data: Any, flags: int = 0) -> int:
        """Nothing: gunicorn sends only "100 Continue" this way, too late for a request that has arrived."""
        return len(data)

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Keep what is to be sent."""
        self.unsent += data

    def setblocking(self, flag: bool) -> None:
        """Nothing: no call on it waits, whatever gunicorn sets before and after each request."""

    def receive_into(self, buffer: bytearray) -> int:
        """Take what has come in, as far as there is room; 0 at the end. Raises BlockingIOError where nothing has."""
        return super().recv_into(buffer, 0, socket.MSG_DONTWAIT)

    def flush(self) -> None:
        """Send what was kept. Raises BlockingIOError where the client must read first."""
        while self.unsent:
            del self.unsent[: super().send(self.unsent, socket.MSG_DONTWAIT)]


class Connection(TConn):  # type: ignore[misc]  # gunicorn is untyped
    """A client's connection; the loop has it while it waits, and while a small request on it is answered."""

    arrival: Arrival
    then: Callable[["Connection"], None]  # what the loop does once something happens on it
    resume: Callable[[object], None]  # does so; what the poller calls
    event = 0  # what the poller waits for on it; 0 where it does not
    left = b""  # what came behind the request that was answered
    num_bytes = 0  # in memory for it: of the request in hand, or of what waits until its client has read the answer
    queued = 0.0  # when its request was complete; it may then wait for a thread (time.monotonic)
