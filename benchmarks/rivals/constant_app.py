"""A Flask route that answers the same bytes to everything, under the service's own gunicorn settings.

What is slower than this is the service's own doing. `python -m benchmarks.rivals.constant_app`; the environment is the
service's. With WORKER_CLASS=gthread it runs under gunicorn's threaded worker instead of the service's.
"""

import os
from typing import Any

from flask import Flask, Response
from gunicorn.app.base import BaseApplication

from service.gunicorn_conf import options
from service.server.lanes import Lane
from service.settings import Settings

ANSWER = b'{"model":{"name":"pass_fail","version":1},"predictions":[{"label":"pass","probability":0.66205895}]}'


class ConstantFlask(Flask):
    """Flask as it is, and what the service's worker asks of an application."""

    headers = ()
    may_load = False

    def admit(self, environ: dict[str, Any]) -> Lane:
        """The loop answers everything."""
        return Lane.QUICK

    def must_load(self, environ: dict[str, Any]) -> bool:
        """There is nothing to load."""
        return False

    def is_little_work(self, body: bytes | bytearray) -> bool:
        """It always is."""
        return True


class Constant(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    """The application, with the service's worker class, workers, threads and limits."""

    def __init__(self, settings: Settings) -> None:
        """Keep the settings, where the worker looks for them too."""
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's settings."""
        chosen = options(self.settings)
        if "WORKER_CLASS" in os.environ:
            for hook in ("pre_fork", "post_fork", "child_exit"):  # they know the service's worker alone
                del chosen[hook]
            chosen["worker_class"] = os.environ["WORKER_CLASS"]
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application."""
        app = ConstantFlask(__name__, static_folder=None)

        @app.post("/predict")
        def predict() -> Response:
            return Response(ANSWER, content_type="application/json")

        return app


if __name__ == "__main__":
    Constant(Settings.from_env(os.environ)).run()
