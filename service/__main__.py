"""`python -m service`: gunicorn with the Flask application, set up from the environment."""

import argparse
import os
import socket
import sys

from service import logs
from service.settings import InvalidSettings, Settings


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
    if fault := cannot_listen(settings):
        print(f"error: {fault}", file=sys.stderr)
        return 2
    logs.set_up(settings.log_level)
    # Only now: gunicorn reads WEB_CONCURRENCY while it is imported, and fails on what is no number.
    from service.gunicorn_conf import Service

    Service(settings).run()
    return 0


def cannot_listen(settings: Settings) -> str | None:
    """Why the address can't be listened on, or None; gunicorn would try for seconds and then say less."""
    try:
        socket.create_server(
            (settings.host, settings.port), family=socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        ).close()
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        return f"{settings.host} port {settings.port}: {why}; set PORT or SERVICE_HOST to another"
    return None


if __name__ == "__main__":
    sys.exit(main())
