"""The gunicorn worker: an event loop that accepts connections, shares them out among the workers, and drains."""

import asyncio
import os
import resource
import signal
import socket
import sys
import time
from typing import Any

import gunicorn.workers.base

from service.server.clients import Clients
from service.server.connection import Connection
from service.server.lanes import Lanes
from service.server.shares import Shares

try:
    import uvloop as loops
except ImportError:  # no wheel for this system: asyncio's own loop does the same, more slowly
    loops = asyncio  # type: ignore[misc]

MAX_FILES = 2**16
NUM_OTHER_FILES = 64  # that a worker may have open beside connections
MAX_ACCEPTED = 16  # connections at once
ACCEPT_GRACE_S = 0.025  # that a new connection is left to a worker with fewer: a little more than a round of its loop
LOOK_AGAIN_S = 0.002  # until it is looked whether that worker has them
SWEEP_S = 0.5  # between looks at who has been waited for too long
SWITCH_INTERVAL_S = 0.001  # the loop needs the interpreter for moments: behind busy threads it would wait 5 ms for it


class Heartbeat(gunicorn.workers.base.WorkerTmp):  # type: ignore[misc]  # gunicorn is untyped
    """When a worker last said that all is well: a file without a folder, which may be full, read-only or slow."""

    def __init__(self, _: object) -> None:
        self._tmp = os.fdopen(os.memfd_create("heartbeat"), "w+b", 0)


if hasattr(os, "memfd_create"):  # gunicorn has no setting for it
    gunicorn.workers.base.WorkerTmp = Heartbeat


class Worker(gunicorn.workers.base.Worker):  # type: ignore[misc]  # gunicorn is untyped
    """A worker of gunicorn's."""

    slot: int  # which of the workers it is; a later one may have the number again
    shares = Shares()  # made in the master, and so the same memory in every worker

    def init_signals(self) -> None:
        """Handle signals; where a terminal is closed, which all its processes are told, the master says what to do."""
        super().init_signals()
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def run(self) -> None:
        """Serve until told to stop, or until the master is gone; then drain."""
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        loop = loops.new_event_loop()
        loop.run_until_complete(self.serve(loop))
        loop.close()

    async def serve(self, loop: asyncio.AbstractEventLoop) -> None:
        """Accept until told to stop, then answer what is there."""
        self.loop, self.tasks = loop, set[asyncio.Task[Any]]()
        self.lanes = Lanes(self.cfg.threads, self.wsgi)
        self.clients = Clients(self.wsgi, self.lanes, self.count, self.app.settings)
        self.max_connections = min(self.cfg.worker_connections, raise_limit_of_files() - NUM_OTHER_FILES)
        quit_, stop = asyncio.Event(), asyncio.Event()
        loop.add_signal_handler(signal.SIGTERM, stop.set)
        for number in (signal.SIGINT, signal.SIGQUIT):
            loop.add_signal_handler(number, quit_.set)
        if not self.alive:  # told before there was a loop
            stop.set()
        self.count()
        self.listen()
        while not (stop.is_set() or quit_.is_set()) and self.ppid == os.getppid():
            await self.sweep(stop)
        self.wsgi.is_stopping = True
        end = time.monotonic() + self.app.settings.drain_s
        while time.monotonic() < end and not quit_.is_set() and self.ppid == os.getppid():
            await self.sweep(quit_)
        self.leave()
        end = time.monotonic() + self.cfg.timeout
        while self.clients.all and time.monotonic() < end and not quit_.is_set():
            await self.sweep(quit_, 0.05)
        for connection in [connection for connection in self.clients.all if connection.working]:
            connection.transport.abort()  # work for it stops at its next step
        await asyncio.sleep(0)
        self.lanes.stop()

    async def sweep(self, until: asyncio.Event, wait_s: float = SWEEP_S) -> None:
        """Tell the master that all is well, be rid of who has been waited for too long, and wait a little."""
        self.notify()
        self.clients.close_late()
        self.lanes.refuse_late()
        try:
            await asyncio.wait_for(until.wait(), wait_s)
        except TimeoutError:
            pass

    def listen(self) -> None:
        """Accept what comes."""
        for listener in self.sockets:
            self.loop.add_reader(listener.fileno(), self.accept, listener)

    def accept(self, listener: socket.socket) -> None:
        """Accept the connections that there are, as far as they are for this worker."""
        for _ in range(MAX_ACCEPTED):
            if self.must_leave_it():
                for other in self.sockets:
                    self.loop.remove_reader(other.fileno())
                self.loop.call_later(LOOK_AGAIN_S, self.look_again, time.monotonic() + ACCEPT_GRACE_S)
                return
            if not self.accept_one(listener):
                return

    def must_leave_it(self) -> bool:
        """Whether a new connection is another worker's, or there is no room: then one that waits makes way."""
        if self.shares.is_others_turn(self.slot):
            return True
        return len(self.clients.all) >= self.max_connections and not self.clients.evict()

    def look_again(self, until: float) -> None:
        """Accept again once the others have theirs; one at a time where they don't take it for a while: they are busy.

        Otherwise a client's connections could all be on one processor.
        """
        if self.clients.is_leaving:
            return
        if self.must_leave_it():
            if time.monotonic() < until:
                self.loop.call_later(LOOK_AGAIN_S, self.look_again, until)
                return
            for listener in self.sockets:
                if len(self.clients.all) < self.max_connections:
                    self.accept_one(listener)
        self.listen()

    def accept_one(self, listener: socket.socket) -> bool:
        """Accept a connection, if there is one."""
        try:
            accepted, _ = listener.accept()
        except OSError:  # gone again, or no file left for it
            return False
        connection = Connection(self.clients)
        self.clients.all.add(connection)
        self.count()
        task = self.loop.create_task(self.connect(connection, accepted))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return True

    async def connect(self, connection: Connection, accepted: socket.socket) -> None:
        """Give an accepted socket to the loop."""
        try:
            await self.loop.connect_accepted_socket(lambda: connection, accepted)
        except OSError:  # gone again
            self.clients.remove(connection)

    def count(self) -> None:
        """Tell the other workers how many connections there are."""
        if not self.clients.is_leaving:
            self.shares.set(self.slot, len(self.clients.all))

    def leave(self) -> None:
        """Take no more connections; what the system has accepted for us would be reset if it were left in its queue."""
        self.clients.is_leaving = True
        self.shares.leave(self.slot)
        for listener in self.sockets:
            self.loop.remove_reader(listener.fileno())
            listener.setblocking(False)
            while self.accept_one(listener):
                pass
            listener.close()
        self.clients.leave()


def raise_limit_of_files() -> int:
    """Allow as many open files as the system does; how many that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted
