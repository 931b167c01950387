"""The gunicorn worker: a thread is given to a request only once it is all there, and never waits for a client."""

import errno
import math
import resource
import selectors
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from service.arrival import Arrival
from service.overload import queued_s
from service.settings import LARGE_BYTES, NUM_LARGEST

WAIT_S = 75  # for a request to be complete, for the next on its connection, for an answer to be read
STOP_WAIT_S = 2  # for the next request on a connection once the worker is stopping
LINGER_S = 5  # for a client that is still sending what was refused
CHUNK_BYTES = 2**16
MAX_FILES = 2**16


class ClientSocket(socket.socket):
    """What a thread has of a connection: it reads nothing more and what it writes is kept, so that it never waits."""

    def __init__(self, accepted: socket.socket) -> None:
        """Take an accepted socket over."""
        super().__init__(accepted.family, accepted.type, accepted.proto, accepted.detach())
        self.unsent = bytearray()

    def recv(self, size: int = 0, flags: int = 0) -> bytes:
        """Nothing: the loop has received all that the request needs, and the parser has it."""
        return b""

    def send(self, data: Any, flags: int = 0) -> int:
        """Nothing: gunicorn sends only "100 Continue" this way, too late for a request that has arrived."""
        return len(data)

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Keep what is to be sent."""
        self.unsent += data

    def receive(self) -> bytes:
        """What has come in; empty at the end. Raises BlockingIOError where nothing has."""
        return super().recv(CHUNK_BYTES, socket.MSG_DONTWAIT)

    def flush(self) -> None:
        """Send what was kept. Raises BlockingIOError where the client must read first."""
        while self.unsent:
            del self.unsent[: super().send(self.unsent, socket.MSG_DONTWAIT)]


class Connection(TConn):  # type: ignore[misc]  # gunicorn is untyped
    """A client's connection; the loop has it while it waits, a thread while it is answered."""

    arrival: Arrival
    num_bytes = 0  # of the request in hand
    queued = 0.0  # when it began to wait for a thread (time.monotonic)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn is untyped
    """Gunicorn's threaded worker with a loop of its own.

    Gunicorn's gives a connection a thread as soon as it is accepted, so that a handful of clients that send slowly, or
    nothing, have all threads; and it closes connections in its loop, up to 2 s each. Here the loop does all waiting:
    it collects a request, hands it to a thread, sends what the client did not read at once, and never blocks itself.
    What a request means is gunicorn's parser's and the application's to say, as before.
    """

    def init_process(self) -> None:
        """Allow as many open connections as the system does, then start."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_FILES)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        self.max_body_bytes: int = self.app.settings.max_body_bytes
        self.num_bytes = 0  # of all requests in hand, arriving ones included
        self.parked: dict[Connection, float] = {}  # what waits in the loop → until when; longest waiting first
        # Of its own, so that large requests take turns: reading one may need 46 times its bytes.
        self.large_pool = ThreadPoolExecutor(1)
        self.next_sweep = 0.0
        super().init_process()

    def run(self) -> None:
        """Serve until told to stop, or until the master is gone; then drain."""
        self.poller.register(self.method_queue.fileno(), selectors.EVENT_READ, self.method_queue.run_callbacks)
        while self.alive and self.is_parent_alive():
            # At the limit only where threads have all of them: those that wait make way, in `accept`.
            self.set_accept_enabled(self.nr_conns < self.worker_connections)
            self.turn()
        self.drain()

    def turn(self) -> None:
        """One round of the loop."""
        self.notify()
        self.wait_for_and_dispatch_events(timeout=1.0)
        now = time.monotonic()
        if now >= self.next_sweep:
            self.next_sweep = now + 0.5
            for conn in [conn for conn, end in self.parked.items() if end <= now]:
                self.close(conn)

    def drain(self) -> None:
        """Take no more connections; answer every request on those that there are."""
        self.alive = False
        self.set_accept_enabled(False)
        for listener in self.sockets:
            # What the system has accepted for us would be reset if it were left in its queue.
            listener.setblocking(False)
            while self.accept(listener):
                pass
            listener.close()
        soon = time.monotonic() + STOP_WAIT_S
        for conn, until in self.parked.items():
            if not (conn.arrival.received or conn.sock.unsent):
                self.parked[conn] = min(until, soon)
        end = time.monotonic() + self.cfg.graceful_timeout
        while self.nr_conns and time.monotonic() < end:
            self.turn()
        self.tpool.shutdown(wait=False)
        self.large_pool.shutdown(wait=False)

    def accept(self, listener: socket.socket) -> bool:
        """Accept a connection, if there is one; the one that has waited longest makes way where there are too many."""
        try:
            accepted, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self.evict()
            return False
        self.nr_conns += 1
        if self.nr_conns >= self.worker_connections:
            self.evict()
        self.await_request(Connection(self.cfg, ClientSocket(accepted), address, listener.getsockname()))
        return True

    def evict(self) -> None:
        """Close the connection that has been waiting longest."""
        if self.parked:
            self.close(next(iter(self.parked)))

    def await_request(self, conn: Connection, received: bytes = b"") -> None:
        """Wait until the next request on a connection is complete.

        Args:
            conn: Without a thread.
            received: What came behind the request before it.
        """
        conn.arrival = Arrival(self.max_body_bytes)
        self.park(conn, selectors.EVENT_READ, self.receive, WAIT_S if self.alive else STOP_WAIT_S)
        if received:
            self.take(conn, received)

    def receive(self, conn: Connection) -> None:
        """Take what a client sends, or that it sends no more."""
        data = conn.sock.receive()
        if data:
            self.take(conn, data)
        elif conn.arrival.received:
            conn.arrival.end()
            self.submit(conn)
        else:
            self.close(conn)

    def take(self, conn: Connection, data: bytes) -> None:
        """Add to a request what came in, and hand it to a thread if it is complete."""
        arrival = conn.arrival
        if not arrival.received:
            self.parked[conn] = time.monotonic() + WAIT_S
        arrival.add(data)
        conn.num_bytes += len(data)
        self.num_bytes += len(data)
        if arrival.settled:
            self.submit(conn)
        elif self.num_bytes > NUM_LARGEST * self.max_body_bytes:
            # The longest of those that wait: it is the one that frees most, and the farthest from being small.
            self.refuse(max(self.parked, key=lambda parked: parked.num_bytes))
        elif arrival.expects:
            arrival.expects = False
            conn.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            with suppress(BlockingIOError):
                conn.sock.flush()

    def refuse(self, conn: Connection) -> None:
        """Answer a request that has not arrived without its body, as one that would wait too long."""
        conn.arrival.end()
        conn.arrival.drop_body()
        self.forget(conn, conn.num_bytes - len(conn.arrival.received))
        self.submit(conn, queued=-math.inf)

    def submit(self, conn: Connection, queued: float | None = None) -> None:
        """Let a thread answer the request that has arrived."""
        self.unpark(conn)
        conn.init()
        conn.parser.unreader.unread(bytes(conn.arrival.received))
        conn.arrival.received.clear()
        conn.data_ready = True
        conn.queued = time.monotonic() if queued is None else queued
        pool = self.large_pool if conn.num_bytes > LARGE_BYTES else self.tpool
        future = pool.submit(self.handle, conn)
        future.add_done_callback(partial(self.method_queue.defer, self.finish_request, conn))

    def handle(self, conn: Connection) -> Any:
        """Answer one request; in a thread."""
        queued_s.set(time.monotonic() - conn.queued)
        keepalive = super().handle(conn)
        with suppress(OSError):  # the loop goes on where the client must read first, and finds out what else there is
            conn.sock.flush()
        return keepalive

    def handle_request(self, request: Any, conn: Connection) -> Any:
        """Let the application answer; no other request can follow where the end of this one is unknown."""
        if not conn.arrival.whole:
            request.force_close()
        return super().handle_request(request, conn)

    def finish_request(self, conn: Connection, future: Any) -> None:
        """A thread is done with a connection: send what it left, then wait for the next request or close."""
        self.forget(conn, conn.num_bytes)
        keepalive = not future.cancelled() and future.exception() is None and bool(future.result())
        try:
            self.finish(conn, keepalive=keepalive)
        except BlockingIOError:
            self.park(conn, selectors.EVENT_WRITE, partial(self.finish, keepalive=keepalive), WAIT_S)
        except OSError:
            self.close(conn)

    def finish(self, conn: Connection, *, keepalive: bool) -> None:
        """Send the rest of an answer as the client reads it, then go on."""
        conn.sock.flush()
        self.unpark(conn)
        if keepalive:
            self.await_request(conn, conn.parser.unreader.take_buffered())
        elif conn.arrival.whole:
            self.close(conn)
        else:
            # The client may still be sending: closed at once, the answer would be lost (RFC 9112, 9.6).
            conn.sock.shutdown(socket.SHUT_WR)
            self.park(conn, selectors.EVENT_READ, self.discard, LINGER_S)

    def discard(self, conn: Connection) -> None:
        """Read and forget; close when the client is done."""
        if not conn.sock.receive():
            self.close(conn)

    def park(self, conn: Connection, event: int, then: Callable[[Connection], None], wait_s: float) -> None:
        """Leave a connection to the loop until something happens on it, or for a while."""
        self.parked[conn] = time.monotonic() + wait_s
        self.poller.register(conn.sock, event, lambda _: self.resume(conn, then))

    def resume(self, conn: Connection, then: Callable[[Connection], None]) -> None:
        """Something happened on a connection; another's turn in the same round may have closed it."""
        if conn in self.parked:
            try:
                with suppress(BlockingIOError):
                    then(conn)
            except OSError:
                self.close(conn)

    def unpark(self, conn: Connection) -> None:
        """Take a connection back from the loop."""
        if self.parked.pop(conn, None) is not None:
            self.poller.unregister(conn.sock)

    def forget(self, conn: Connection, num_bytes: int) -> None:
        """Count bytes of a request no longer."""
        conn.num_bytes -= num_bytes
        self.num_bytes -= num_bytes

    def close(self, conn: Connection) -> None:
        """Close a connection that no thread has."""
        self.unpark(conn)
        self.forget(conn, conn.num_bytes)
        self.nr_conns -= 1
        conn.close()
