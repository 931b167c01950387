"""The gunicorn worker: a request is answered only once it is all there, and what answers never waits for a client."""

import json
import math
import resource
import selectors
import socket
import sys
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any

from gunicorn.http.errors import (
    ExpectationFailed,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.workers.gthread import ThreadWorker

from service.arrival import Arrival
from service.connection import ClientSocket, Connection
from service.overload import queued_s
from service.security import SECURITY_HEADERS
from service.settings import LARGE_BYTES, NUM_LARGEST
from service.shares import Shares

WAIT_S = 75  # for a request to be complete, for the next on its connection, for an answer to be read
STOP_WAIT_S = 2  # for the next request on a connection once the worker is stopping
LINGER_S = 5  # for a client to close once its last answer is sent
BUFFER_BYTES = 2**20
# Of a request with a body that the loop answers itself, mostly in a millisecond: to hand it to a thread and back takes
# as long. Some take a hundred: once a round has taken this long, threads have the rest, and after a single one that
# did, all of ten times as long.
SMALL_BYTES = 2**16
ROUND_S = 0.02
# What the loop may answer itself, and threads have side by side. Whatever else has a body, such as an explanation, may
# take seconds for a few bytes, and a list of versions reads files: they take turns in a thread of their own.
QUICK = (b"POST /predict", b"POST /v1/", b"POST /v2/")
SLOW = (b"GET /model/",)
MAX_ACCEPTED = 16  # connections in a round
ACCEPT_GRACE_S = 0.005  # that a new connection is left to a worker with fewer
PROBE_BYTES = 2**13  # of a request, without a body, that need not wait behind others
MAX_FILES = 2**16
NUM_OTHER_FILES = 64  # that a worker may have open beside connections
SWITCH_INTERVAL_S = 0.001
# How what gunicorn's parser refuses is answered where 400 would say too little.
NOT_HTTP = {
    ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
}


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn is untyped
    """Gunicorn's threaded worker with a loop of its own.

    Gunicorn's gives a connection a thread as soon as it is accepted, so that a handful of clients that send slowly, or
    nothing, have all threads; and it closes connections in its loop, up to 2 s each. Here the loop does all waiting:
    it collects a request, answers it itself or, where that may take a while, hands it to a thread, and sends what the
    client did not read at once. New connections are left to the worker that has fewest.

    What a request means is gunicorn's parser's and the application's to say, as before.
    """

    alive: bool
    slot: int  # which of the workers it is; a later one may have the number again
    shares = Shares()  # made in the master, and so the same memory in every worker

    def init_process(self) -> None:
        """Allow as many open connections as the system does, then start."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_FILES)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        self.worker_connections: int = min(self.cfg.worker_connections, wanted - NUM_OTHER_FILES)
        # The loop needs the interpreter often and for moments: behind busy threads it would wait 5 ms each time.
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        self.max_body_bytes: int = self.app.settings.max_body_bytes
        self.num_bytes = 0  # of all connections
        self.buffer = bytearray(BUFFER_BYTES)
        self.parked: dict[Connection, float] = {}  # what waits in the loop → until when; the longest without news first
        # Short requests without a body, probes among them, wait behind no others; large ones take turns, since reading
        # one may need 49 times its bytes.
        self.probe_pool, self.large_pool, self.slow_pool = (ThreadPoolExecutor(1) for _ in range(3))
        self.next_sweep = self.accept_again = self.round_end = self.small_again = 0.0
        self.may_take_one = False
        super().init_process()

    def run(self) -> None:
        """Serve until told to stop, or until the master is gone; then drain."""
        self.poller.register(self.method_queue.fileno(), selectors.EVENT_READ, self.method_queue.run_callbacks)
        self.add_connections(0)
        while self.alive:
            now = time.monotonic()
            if 0 < self.accept_again <= now:
                # What is there now was left to another worker, which is busy; what comes later is not.
                self.accept_again, self.may_take_one = 0.0, True
                self.set_accept_enabled(self.nr_conns < self.worker_connections)
                self.turn(0.0)
                self.may_take_one = False
                continue
            # At the limit only where threads have all of them: those that wait make way, in `accept_one`.
            self.set_accept_enabled(not self.accept_again and self.nr_conns < self.worker_connections)
            self.turn(self.accept_again - now if self.accept_again else 1.0)
        self.drain()

    def turn(self, timeout_s: float = 1.0) -> None:
        """One round of the loop."""
        self.round_end = math.inf  # it begins with the first request that it answers itself
        self.wait_for_and_dispatch_events(timeout_s)
        now = time.monotonic()
        if now >= self.next_sweep:
            self.next_sweep = now + 0.5
            self.notify()
            if not self.is_parent_alive():
                self.alive = False
            for conn in [conn for conn, end in self.parked.items() if end <= now]:
                self.close(conn)

    def drain(self) -> None:
        """Take no more connections; answer every request on those that there are."""
        self.alive = False
        self.set_accept_enabled(False)
        self.shares.leave(self.slot)
        for listener in self.sockets:
            # What the system has accepted for us would be reset if it were left in its queue.
            listener.setblocking(False)
            while self.accept_one(listener):
                pass
            listener.close()
        soon = time.monotonic() + STOP_WAIT_S
        for conn, until in self.parked.items():
            if not (conn.arrival.received or conn.sock.unsent):
                self.parked[conn] = min(until, soon)
        end = time.monotonic() + self.cfg.graceful_timeout
        while self.nr_conns and time.monotonic() < end:
            self.turn()
        for pool in (self.tpool, self.probe_pool, self.large_pool, self.slow_pool):
            pool.shutdown(wait=False)

    def accept(self, listener: socket.socket) -> None:
        """Accept the connections that there are, as far as they are for this worker."""
        for _ in range(MAX_ACCEPTED):
            if self.shares.is_others_turn(self.slot) and not self.may_take_one:
                # For a moment: that worker may be busy. Else a client's connections could all be on one processor.
                self.accept_again = time.monotonic() + ACCEPT_GRACE_S
                self.set_accept_enabled(False)
                return
            self.may_take_one = False
            if self.nr_conns >= self.worker_connections or not self.accept_one(listener):
                return

    def accept_one(self, listener: socket.socket) -> bool:
        """Accept a connection, if there is one; where there are too many, another that waits makes way."""
        try:
            accepted, address = listener.accept()
        except OSError:  # gone again, or no file left for it
            return False
        self.add_connections(1)
        if self.alive and self.nr_conns >= self.worker_connections:
            self.evict()
        conn = Connection(self.cfg, ClientSocket(accepted), address, listener.getsockname())
        conn.resume = partial(self.resume, conn)
        self.await_request(conn)
        return True

    def add_connections(self, num: int) -> None:
        """Keep count of the connections that there are."""
        self.nr_conns += num
        if self.alive:
            self.shares.set(self.slot, self.nr_conns)

    def evict(self) -> None:
        """Close the connection that has been without news for longest."""
        if self.parked:
            self.close(next(iter(self.parked)))

    def await_request(self, conn: Connection, received: bytes = b"") -> None:
        """Wait until the next request on a connection is complete.

        Args:
            conn: Without a thread.
            received: What came behind the request before it.
        """
        conn.arrival = Arrival(self.max_body_bytes)
        conn.arrival.add(received)
        self.count(conn, len(received))
        if conn.arrival.settled:
            # In the next round: a client may have sent thousands at once.
            self.unpark(conn)
            self.method_queue.defer(self.submit, conn)
            return
        self.park(conn, selectors.EVENT_READ, self.receive, WAIT_S if self.alive or received else STOP_WAIT_S)
        if received:
            self.await_rest(conn)

    def receive(self, conn: Connection) -> None:
        """Take what a client sends, or that it sends no more."""
        num_bytes = conn.sock.receive_into(self.buffer)
        if num_bytes:
            self.take(conn, memoryview(self.buffer)[:num_bytes])
        elif conn.arrival.received:
            conn.arrival.give_up()
            self.submit(conn)
        else:
            self.close(conn)

    def take(self, conn: Connection, data: bytes | memoryview) -> None:
        """Add to a request what came in, and have it answered if it is complete."""
        arrival = conn.arrival
        until = self.parked.pop(conn)
        self.parked[conn] = until if arrival.received else time.monotonic() + WAIT_S
        arrival.add(data)
        self.count(conn, len(data))
        if arrival.settled:
            self.submit(conn)
        else:
            self.await_rest(conn)

    def await_rest(self, conn: Connection) -> None:
        """Wait for the rest of a request, and ask for it where the client wants to be asked."""
        if conn.arrival.expects:
            conn.arrival.expects = False
            conn.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            with suppress(BlockingIOError):
                conn.sock.flush()
        self.limit_memory()

    def limit_memory(self) -> None:
        """Where too much is in hand, be rid of what frees most: the longest of what waits for its client."""
        if self.num_bytes > NUM_LARGEST * self.max_body_bytes:
            longest = max(self.parked, key=lambda conn: conn.num_bytes)
            if longest.sock.unsent:
                self.close(longest)
            elif longest.num_bytes:  # otherwise threads have it all
                self.refuse(longest)

    def refuse(self, conn: Connection) -> None:
        """Answer a request that has not arrived without its body, as one that would wait too long."""
        conn.arrival.give_up()
        conn.arrival.drop_body()
        self.count(conn, len(conn.arrival.received) - conn.num_bytes)
        self.submit(conn, queued=-math.inf)

    def submit(self, conn: Connection, queued: float | None = None) -> None:
        """Answer the request that has arrived, or let a thread do it."""
        conn.init()
        received = bytes(conn.arrival.received)
        conn.sock.unread = memoryview(received)
        conn.arrival.received.clear()
        conn.data_ready = True
        conn.queued = time.monotonic() if queued is None else queued
        is_quick = received.startswith(QUICK)
        if is_quick and conn.arrival.has_body and conn.num_bytes <= SMALL_BYTES:
            begun = time.monotonic()
            self.round_end = min(self.round_end, begun + ROUND_S)
            if self.small_again <= begun < self.round_end:
                keepalive = self.handle(conn)
                took = time.monotonic() - begun
                if took > ROUND_S:
                    self.small_again = begun + 10 * took
                self.finish_request(conn, keepalive)
                return
        self.unpark(conn)
        if conn.num_bytes > LARGE_BYTES:
            pool = self.large_pool
        elif is_quick:
            pool = self.tpool
        elif conn.arrival.has_body or conn.num_bytes > PROBE_BYTES or received.startswith(SLOW):
            pool = self.slow_pool
        else:
            pool = self.probe_pool
        future = pool.submit(self.handle, conn)
        future.add_done_callback(partial(self.method_queue.defer, self.finish_in_loop, conn))

    def finish_in_loop(self, conn: Connection, future: Any) -> None:
        """A thread is done with a connection."""
        self.finish_request(conn, not future.cancelled() and future.exception() is None and future.result())

    def handle(self, conn: Connection) -> Any:
        """Answer one request; in a thread, or in the loop."""
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

    def handle_error(self, request: Any, client: ClientSocket, address: Any, error: Exception) -> None:
        """Answer what is no HTTP request; unlike gunicorn's, answer and log repeat nothing of it."""
        is_ours = isinstance(error, InvalidResponseHeader | InvalidResponseHeaderName)
        if is_ours or not isinstance(error, ParseException):
            super().handle_error(request, client, address, error)
            return
        status = NOT_HTTP.get(type(error), HTTPStatus.BAD_REQUEST)
        request_id = uuid.uuid4().hex
        self.log.warning("request %s can't be read: %s", request_id, type(error).__name__)
        problem = {"type": "about:blank", "title": status.phrase, "status": status, "detail": "not readable as HTTP"}
        body = json.dumps(problem | {"request_id": request_id}).encode()
        headers = SECURITY_HEADERS | {
            "Connection": "close",
            "Content-Length": str(len(body)),
            "Content-Type": "application/problem+json",
            "X-Request-ID": request_id,
        }
        head = [f"HTTP/1.1 {status.value} {status.phrase}", *(f"{name}: {value}" for name, value in headers.items())]
        client.sendall("\r\n".join([*head, "", ""]).encode() + body)

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:
        """Whether another request can follow, once what the application did not read of this one's body is dropped."""
        body = conn.parser.mesg.body
        while keepalive and body.read(BUFFER_BYTES):  # it is here, and of any length
            pass
        return bool(keepalive and not body.failed)

    def finish_request(self, conn: Connection, keepalive: bool) -> None:
        """A request is answered: send what is left of the answer, then wait for the next request or close."""
        # Nothing else of the request stays in memory while the connection waits.
        left = conn.parser.unreader.take_buffered() + conn.sock.unread
        conn.left = left if keepalive else b""
        conn.sock.unread, conn.parser.mesg = memoryview(b""), None
        self.count(conn, len(conn.sock.unsent) + len(conn.left) - conn.num_bytes)
        try:
            self.finish(conn, keepalive=keepalive)
        except BlockingIOError:
            self.park(conn, selectors.EVENT_WRITE, partial(self.finish, keepalive=keepalive), WAIT_S)
            self.limit_memory()
        except OSError:
            self.close(conn)

    def finish(self, conn: Connection, *, keepalive: bool) -> None:
        """Send the rest of an answer as the client reads it, then go on."""
        conn.sock.flush()
        self.count(conn, -conn.num_bytes)
        if keepalive:
            left, conn.left = conn.left, b""
            self.await_request(conn, left)
        else:
            # Whatever else the client may have sent: closed at once, its answer would be lost (RFC 9112, 9.6).
            conn.sock.shutdown(socket.SHUT_WR)
            self.park(conn, selectors.EVENT_READ, self.discard, LINGER_S)

    def discard(self, conn: Connection) -> None:
        """Read and forget; close when the client is done."""
        if not conn.sock.receive_into(self.buffer):
            self.close(conn)

    def park(self, conn: Connection, event: int, then: Callable[[Connection], None], wait_s: float) -> None:
        """Leave a connection to the loop until something happens on it, or for a while."""
        self.parked.pop(conn, None)
        self.parked[conn] = time.monotonic() + wait_s
        conn.then = then
        if conn.event != event:
            change = self.poller.modify if conn.event else self.poller.register
            change(conn.sock, event, conn.resume)
            conn.event = event

    def resume(self, conn: Connection, _: object) -> None:
        """Something happened on a connection; another's turn in the same round may have closed it."""
        if conn in self.parked:
            try:
                with suppress(BlockingIOError):
                    conn.then(conn)
            except OSError:
                self.close(conn)

    def unpark(self, conn: Connection) -> None:
        """Take a connection back from the loop."""
        self.parked.pop(conn, None)
        if conn.event:
            self.poller.unregister(conn.sock)
            conn.event = 0

    def count(self, conn: Connection, num_bytes: int) -> None:
        """Count bytes that a connection takes more, or fewer, in memory."""
        conn.num_bytes += num_bytes
        self.num_bytes += num_bytes

    def close(self, conn: Connection) -> None:
        """Close a connection that no thread has."""
        self.unpark(conn)
        self.count(conn, -conn.num_bytes)
        self.add_connections(-1)
        conn.close()
