"""`python -m service`: gunicorn with the Flask application, set up from the environment; `score` and `key` beside."""

import argparse
import errno
import gc
import ipaddress
import logging
import os
import resource
import socket
import sys
from pathlib import Path

from service.settings import UNIX, InvalidSettings, Settings
from service.telemetry import logs, shared_counts
from service.web import api_keys

MIN_FILES = 128  # that a worker may have open: those of its own, and some connections


def main() -> int:
    """Serve until told to stop.

    Returns:
        Exit code: 2 for bad settings.
    """
    parser = argparse.ArgumentParser(prog="python -m service", description=__doc__)
    commands = parser.add_subparsers(dest="command", title="instead of serving")
    key = commands.add_parser("key", help="make an API key; its line for SERVICE_API_KEYS_FILE goes to stdout")
    key.add_argument("name", help="whose key it is; the log shows it")
    score = commands.add_parser("score", help="score a CSV file by the version that would serve, without a server")
    score.add_argument("source", metavar="IN.csv", help="the table, with a header; - reads stdin")
    score.add_argument("-o", "--output", metavar="OUT.csv", required=True, help="where to; - writes to stdout")
    score.add_argument("--faults", metavar="CSV", help="where rows at fault are named; OUT.faults.csv, or stderr")
    score.add_argument("--delimiter", help="of both tables; told from the header")
    score.add_argument("--decimal", choices=(".", ","), default=".", help="decimal mark of both tables; .")
    score.add_argument("--encoding", default="utf-8", help="of all files; utf-8")
    options = vars(parser.parse_args())
    command = options.pop("command")
    if command == "score":
        from service.scoring.score_file import score_file  # serving needs none of it

        return score_file(**options)
    return make_key(options["name"]) if command == "key" else serve()


def make_key(name: str) -> int:
    """Print a key's line on stdout and, once, the key itself on stderr."""
    try:
        key, line = api_keys.make_key(name)
    except api_keys.InvalidKeys as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"the key, shown only now: {key}", file=sys.stderr)
    print(line)
    return 0


def serve() -> int:
    """Serve until told to stop."""
    try:
        settings = Settings.from_env(os.environ)
    except InvalidSettings as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if fault := cannot_listen(settings):
        print(f"error: {fault}", file=sys.stderr)
        return 2
    if fault := lacks_files():
        print(f"error: {fault}", file=sys.stderr)
        return 1
    logs.set_up(settings.log_level)
    if settings.api_keys_file is not None:
        try:
            api_keys.check_file(settings.api_keys_file)
        except api_keys.InvalidKeys as error:
            print(f"error: SERVICE_API_KEYS_FILE: {error}", file=sys.stderr)
            return 2
    elif not is_local(settings.host):
        logging.getLogger(__name__).warning(
            "whoever reaches %s port %d is answered; SERVICE_API_KEYS_FILE locks it", settings.host, settings.port
        )
    try:
        shared_counts.share()
    except OSError as error:
        logging.getLogger(__name__).warning("no room to count together; each worker does so alone: %s", error.strerror)
    # Only now: gunicorn reads WEB_CONCURRENCY while it is imported, and fails on what is no number.
    from service.gunicorn_conf import Service

    gc.freeze()  # what the workers are forked with they share, as long as nobody goes through it
    Service(settings).run()
    return 0


def is_local(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.startswith(UNIX)


def cannot_listen(settings: Settings) -> str | None:
    """Why the address can't be listened on, or None; gunicorn would try for seconds and then say less."""
    try:
        if settings.host.startswith(UNIX):
            return _cannot_make(Path(settings.host.removeprefix(UNIX)))
        socket.create_server(
            (settings.host, settings.port), family=socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        ).close()
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or str(error)
        where = settings.host if settings.host.startswith(UNIX) else f"{settings.host} port {settings.port}"
        return f"{where}: {why}; set PORT or SERVICE_HOST to another"
    return None


def _cannot_make(path: Path) -> str | None:
    """Why a Unix socket can't be made; one that nobody listens on is left from before, and makes way.

    Raises:
        OSError: The system says why.
    """
    with socket.socket(socket.AF_UNIX) as probe:
        if path.is_socket():
            if probe.connect_ex(str(path)) == 0:
                raise OSError(errno.EADDRINUSE, "")
            path.unlink()
        elif path.exists():
            return f"{UNIX}{path} is there already, and no socket; set SERVICE_HOST to another"
        probe.bind(str(path))
    path.unlink()
    return None


def lacks_files() -> str | None:
    """Why this process may have too few files open to answer anybody, or None."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or hard >= MIN_FILES:
        return None
    return f"at most {hard} files may be open, and {MIN_FILES} are needed; raise the limit (ulimit -n)"


if __name__ == "__main__":
    sys.exit(main())
