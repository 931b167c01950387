"""`python -m service`: gunicorn with the Flask application, set up from the environment."""

import argparse
import os
import sys

from gunicorn.app.base import BaseApplication

from service import gunicorn_conf, logs
from service.settings import InvalidSettings, Settings


class Service(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    """The application under gunicorn, with no configuration file or arguments of gunicorn's own."""

    def __init__(self, settings: Settings) -> None:
        """Keep the settings; gunicorn calls `load` in each worker."""
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's settings."""
        for name, value in gunicorn_conf.options(self._settings).items():
            self.cfg.set(name, value)

    def load(self) -> object:
        """Make the application, in the worker."""
        from service.app import create_app  # imported in the worker only: the master needs none of it

        return create_app(self._settings)


def main() -> int:
    """Serve until told to stop.

    Returns:
        Exit code: 2 for bad settings.
    """
    parser = argparse.ArgumentParser(prog="python -m service", description=__doc__)
    parser.parse_args()
    try:
        settings = Settings.from_env(os.environ)
    except InvalidSettings as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    logs.set_up(settings.log_level)
    Service(settings).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
