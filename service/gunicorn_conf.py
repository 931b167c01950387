"""Gunicorn with the Flask application, and how it runs it."""

import itertools
import math
import signal
import time
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.errors import HaltServer
from gunicorn.glogging import Logger

from service.server.worker import Worker, raise_limit_of_files
from service.settings import NUM_THREADS, UNIX, Settings
from service.telemetry import logs, shared_counts

TIMEOUT_S = 30
PAUSE_S = 1.0  # before another worker is started in place of one that could not begin
MAX_CONNECTIONS = 2000  # of a worker; a client that waits makes way for one more


class ThroughRoot(Logger):  # type: ignore[misc]  # gunicorn is untyped
    """Gunicorn's messages through the process's own logging, which writes JSON; no access log."""

    def setup(self, cfg: object) -> None:
        """Add no handlers; let the root's have the messages."""
        self.error_log.propagate = True

    def access(self, *_: object) -> None:
        """Nothing: the application logs its requests itself."""


def options(settings: Settings) -> dict[str, Any]:
    """Gunicorn's settings.

    Args:
        settings: The service's own.
    """
    return {
        "bind": address(settings),
        "workers": settings.workers,
        "worker_class": Worker,
        "threads": NUM_THREADS,
        "worker_connections": MAX_CONNECTIONS,
        "timeout": TIMEOUT_S,
        "graceful_timeout": TIMEOUT_S + 5 + math.ceil(settings.drain_s),  # the worker itself ends after TIMEOUT_S
        "loglevel": settings.log_level,
        # From nobody. Else whoever asks from this machine, as a proxy's clients do, could say which scheme and path it
        # is, and is refused where that contradicts itself.
        "forwarded_allow_ips": "",
        # Each worker loads for itself: a fork after TensorFlow has started threads hangs.
        "preload_app": False,
        # It would write beside the program, which fails on a read-only file system.
        "control_socket_disable": True,
        "logger_class": ThroughRoot,
        "pre_fork": take_slot,
        "post_fork": count_in_slot,
        "child_exit": leave_slot,
        "when_ready": keep_socket,
        "on_exit": remove_socket,
    }


def address(settings: Settings) -> str:
    """Where to listen, as gunicorn has it."""
    if settings.host.startswith(UNIX):
        return settings.host
    return f"{'[' + settings.host + ']' if ':' in settings.host else settings.host}:{settings.port}"


def take_slot(arbiter: Any, worker: Worker) -> None:
    """Give a worker that is about to start the lowest number that no other has."""
    taken = {other.slot for other in arbiter.WORKERS.values()}
    worker.slot = next(slot for slot in itertools.count() if slot not in taken)


def count_in_slot(arbiter: Any, worker: Worker) -> None:
    """In the new worker: go on counting where the one before it in its slot stopped."""
    shared_counts.count_in(worker.slot)


def leave_slot(arbiter: Any, worker: Worker) -> None:
    """In the master: a worker is gone."""
    Worker.shares.leave(worker.slot)
    shared_counts.worker_is_gone(worker.slot)


def keep_socket(arbiter: Any) -> None:
    """In the master: as for sockets of systemd, leave the path of a Unix socket until the end.

    At the order to stop it would be removed at once, while workers still take connections.
    """
    arbiter.systemd = True


def remove_socket(arbiter: Any) -> None:
    """In the master, at its end."""
    host = arbiter.app.settings.host
    if host.startswith(UNIX):
        Path(host.removeprefix(UNIX)).unlink(missing_ok=True)


class Master(Arbiter):  # type: ignore[misc]  # gunicorn is untyped
    """Gunicorn's master, which stops with its terminal, and does not where there is no room for one more worker."""

    handle_hup = Arbiter.handle_term  # and no reload: settings are read at the start only

    def init_signals(self) -> None:
        """Handle signals; `nohup` keeps its meaning."""
        at_hangup = signal.getsignal(signal.SIGHUP)
        super().init_signals()
        if at_hangup is signal.SIG_IGN:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def spawn_worker(self) -> None:
        """Start a worker; what can't be started now is tried again a second later."""
        try:
            super().spawn_worker()
        except OSError as error:
            self.log.error("no worker can be started, which will be tried again: %s", error.strerror)

    def reap_workers(self) -> None:
        """Take note of workers that have ended; one that could not begin ends the service only where no other serves.

        Raises:
            HaltServer: None does.
        """
        try:
            super().reap_workers()
        except HaltServer:
            if not Worker.shares.is_anybody_there():
                raise
            time.sleep(PAUSE_S)


class Service(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    """The application under gunicorn, with no configuration file or arguments of gunicorn's own."""

    def __init__(self, settings: Settings) -> None:
        """Keep the settings; gunicorn calls `load` in each worker."""
        # Imported in the master, once: each worker would need as much time and memory again.
        from service.app import create_app

        self.settings = settings
        self.create_app = create_app
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's settings."""
        for name, value in options(self.settings).items():
            self.cfg.set(name, value)

    def run(self) -> None:
        """Serve until told to stop."""
        raise_limit_of_files()  # a worker needs more than some systems allow at first before it could itself
        Master(self).run()

    def load(self) -> object:
        """Make the application, in the worker."""
        app = self.create_app(self.settings)
        logs.writer.start(app.metrics.flush)
        return app
