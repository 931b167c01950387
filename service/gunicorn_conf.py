"""Gunicorn with the Flask application, and how it runs it."""

from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from service.settings import NUM_THREADS, Settings
from service.worker import Worker

TIMEOUT_S = 30
MAX_CONNECTIONS = 2000  # of a worker; a client that waits makes way for one more


class ThroughRoot(Logger):  # type: ignore[misc]  # gunicorn is untyped
    """Gunicorn's messages through the process's own logging, which writes JSON; no access log."""

    def setup(self, cfg: object) -> None:
        """Add no handlers; let the root's have the messages."""
        self.error_log.propagate = True


def options(settings: Settings) -> dict[str, Any]:
    """Gunicorn's settings.

    Args:
        settings: The service's own.
    """
    return {
        "bind": f"{'[' + settings.host + ']' if ':' in settings.host else settings.host}:{settings.port}",
        "workers": settings.workers,
        "worker_class": Worker,
        "threads": NUM_THREADS,
        "worker_connections": MAX_CONNECTIONS,
        "timeout": TIMEOUT_S,
        "graceful_timeout": TIMEOUT_S,
        "loglevel": settings.log_level,
        # Each worker loads for itself: a fork after TensorFlow has started threads hangs.
        "preload_app": False,
        # It would write beside the program, which fails on a read-only file system.
        "control_socket_disable": True,
        # The heartbeat file in memory: on a disk, a slow write would look like a dead worker.
        "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,
        "logger_class": ThroughRoot,
    }


class Service(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    """The application under gunicorn, with no configuration file or arguments of gunicorn's own."""

    def __init__(self, settings: Settings) -> None:
        """Keep the settings; gunicorn calls `load` in each worker."""
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's settings."""
        for name, value in options(self.settings).items():
            self.cfg.set(name, value)

    def load(self) -> object:
        """Make the application, in the worker."""
        from service.app import create_app  # imported in the worker only: the master needs none of it

        return create_app(self.settings)
