"""`python -m service`: gunicorn with the Flask application, set up from the environment; `score` and `key` beside."""

import errno
import gc
import ipaddress
import logging
import os
import resource
import socket
import sys
from pathlib import Path
from typing import Any

import click

from registry import command_line
from registry.errors import ClusterError, StoreError
from registry.key_file import InvalidKeys
from service.settings import UNIX, InvalidSettings, Settings, misspelt
from service.telemetry import logs, shared_counts
from service.web import api_keys

# What gunicorn reads, and fails on or goes by instead of the settings.
GUNICORNS = (
    "WEB_CONCURRENCY",
    "FORWARDED_ALLOW_IPS",
    "SENDFILE",
    "GUNICORN_PID",
    "GUNICORN_FD",
    "LISTEN_PID",
    "LISTEN_FDS",
)
MIN_FILES = 128  # that a worker may have open: those of its own, and some connections


def main() -> int:
    """Serve until told to stop, or run one command.

    Returns:
        Exit code: 0 done, 2 bad usage, settings or input, 1 anything else, which may pass, 130 interrupted.
    """
    exit_codes = {InvalidSettings: 2, InvalidKeys: 2, StoreError: 1, ClusterError: 1}
    return command_line.run(commands, "python -m service", None, exit_codes)


@click.group(context_settings=command_line.SETTINGS, invoke_without_command=True)
@click.pass_context
def commands(context: click.Context) -> int | None:
    """Serve over HTTP, as the environment says; or do without a server what a command says."""
    return serve() if context.invoked_subcommand is None else None


@commands.command()
@click.argument("name")
@click.option("--models", metavar="A,B-*", help="Models that it is for, by name or pattern; all unless given.")
def key(name: str, models: str | None) -> None:
    """Make an API key for NAME.

    The log shows NAME; the key's line for SERVICE_API_KEYS_FILE goes to stdout.
    """
    made, line = api_keys.make_key(name, models)
    click.echo(f"the key, shown only now: {made}", err=True)
    click.echo(line)


@commands.command()
@click.argument("sources", metavar="IN.csv...", nargs=-1, required=True)
@click.option("--name", help="The model; that of SERVICE_MODEL unless given.")
@click.option("-o", "--output", metavar="OUT.csv|DIR", help="Where to; - writes to stdout. Of several, a folder.")
@click.option("--faults", metavar="CSV", help="Where rows at fault are named; OUT.faults.csv, or stderr.")
@click.option("--delimiter", help="Of both tables; told from the header.")
@click.option("--decimal", type=click.Choice([".", ","]), help="Decimal mark of both tables; found out.")
@click.option("--encoding", help="Of all files; found out.")
@click.option("--sheet", help="Of a workbook; the only one with cells, or the first.")
@click.option("--spreadsheet-safe", is_flag=True, help="Write cells as text that a spreadsheet takes for formulas.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Files at once, each in a process.")
@click.option("--cluster", metavar="ADDRESS", help="Score on a Dask cluster, tcp://HOST:PORT or tls://HOST:PORT.")
def score(
    sources: tuple[str, ...], name: str | None, output: str | None, jobs: int | None, cluster: str | None, **how: Any
) -> int:
    """Score CSV files and workbooks without a server.

    By the version that would serve. A table has a header; - reads stdin. Several files, or patterns of names, are
    scored at once, each to its own name in DIR, or beside it to NAME.scored.csv.
    """
    # Serving needs none of it.
    from service.scoring.score_files import is_pattern, score_files
    from service.scoring.scoring import Scoring, settings_for

    named = {"IN.csv": sources, "--output": [output], "--faults": [how["faults"]]}
    if blank := [what for what, paths in named.items() if any(path is not None and not path.strip() for path in paths)]:
        raise click.UsageError(f"{blank[0]}: the name of a file is blank")
    if jobs is not None and cluster is not None:
        raise click.UsageError("--jobs is for this machine; a cluster does as many at once as its workers have threads")
    if jobs is not None or cluster is not None or len(sources) > 1 or is_pattern(sources[0]):
        if how["faults"] is not None:
            raise click.UsageError("--faults is for one file; of several each has its own, beside its output")
        return score_files(sources, Scoring("", output or "", settings=settings_for(name), **how), jobs, cluster)
    if output is None:
        raise click.UsageError("Missing option '-o' / '--output'.")
    from service.scoring.score_file import score_file

    return score_file(Scoring(sources[0], output, settings=settings_for(name), **how))


def serve() -> int:
    """Serve until told to stop."""
    settings = Settings.from_env(os.environ)
    if fault := lacks_files() or cannot_listen(settings):
        command_line.echo(f"error: {fault}", err=True)
        return 1
    logs.set_up(settings.log_level)
    for warning in misspelt(os.environ):
        logging.getLogger(__name__).warning("%s", warning)
    if settings.api_keys_file is not None:
        try:
            api_keys.check_file(settings.api_keys_file)
        except InvalidKeys as error:
            command_line.echo(f"error: SERVICE_API_KEYS_FILE: {error}", err=True)
            return 1 if isinstance(error.__cause__, OSError) else 2  # it may lie on what is not mounted yet
    elif not is_local(settings.host):
        logging.getLogger(__name__).warning(
            "whoever reaches %s port %d is answered; SERVICE_API_KEYS_FILE locks it", settings.host, settings.port
        )
    try:
        shared_counts.share(settings.workers)
    except OSError as error:
        logging.getLogger(__name__).warning("no room to count together; each worker does so alone: %s", error.strerror)
    for variable in GUNICORNS:
        os.environ.pop(variable, None)
    # Only now: it reads some of them while it is imported.
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
        return f"{where}: {why.partition(' (while ')[0]}; set PORT or SERVICE_HOST to another"
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
