"""The program's own processes: its commands, and the service on a port of its own."""

import os
import random
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import DEADLINE_S, ROOT
from tests.support.http import ask, eventually


def run(*arguments: str | Path, cwd: Path = ROOT, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m ...` as a user would, and keep what it prints."""
    command = [sys.executable, "-m", *map(str, arguments)]
    env = os.environ | {"PYTHONPATH": str(ROOT)} | environ
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=600, check=False)


def free_port() -> int:
    """A port of this machine that nobody listens on.

    Not one that the system would give: before the service listens there, a client of another test may have it.
    """
    while True:
        port = random.SystemRandom().randrange(10_000, 30_000)  # hypothesis seeds the global one
        if port == 10_080:  # browsers refuse to ask there
            continue
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port


@dataclass
class RunningService:
    """The service as a process of its own."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    environ: dict[str, str] = field(default_factory=dict)


# What the fixture `serve` gives: a folder of stores, and settings by name.
Serve = Callable[..., AbstractContextManager[RunningService]]


def serving(folder: Path) -> Serve:
    """What the fixture `serve` gives, with its logs in a folder."""

    @contextmanager
    def start(
        models: Path | str, *, first: Callable[[], None] | None = None, **environ: str
    ) -> Iterator[RunningService]:
        port = free_port()
        settings = {
            "PORT": str(port),
            "SERVICE_MODELS_DIR": str(models),
            "WEB_CONCURRENCY": "1",
            "SERVICE_POLL_S": "0.1",
        }
        log = folder / f"service-{port}.log"
        with log.open("wb") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "service"],
                cwd=ROOT,
                env=os.environ | settings | environ,
                stderr=stderr,
                preexec_fn=first,
            )
        service = RunningService(f"http://127.0.0.1:{port}", process, log)
        try:
            eventually(lambda: process.poll() is not None or ask(f"{service.url}/livez").status == 200)
            assert process.poll() is None, log.read_text()
            yield service
        finally:
            process.terminate()
            process.wait(DEADLINE_S)

    return start
