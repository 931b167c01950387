"""A real S3 server: SeaweedFS, one for all processes of a run; it is not part of the project."""

import fcntl
import os
import random
import shlex
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.support import ROOT

_SCRIPT = ROOT.parent / "shared/infra/s3.sh"
_NUM_PORTS = 8


def need_s3() -> None:
    """Skip a test where there is no server to be had, or fail where there must be."""
    if not _SCRIPT.is_file():
        say = pytest.fail if os.environ.get("REQUIRE_S3") else pytest.skip
        say(f"{_SCRIPT} is not here, which starts an S3 server; this runs in CI")


def control(folder: Path, what: str) -> str:
    """Start, stop, kill or clean away the server whose data and port a folder has; gives what it prints."""
    port = folder.with_suffix(".port")
    if not port.exists():
        port.write_text(str(_free_ports()))
    environ = os.environ | {"S3_DIR": str(folder), "S3_PORT": port.read_text()}
    return subprocess.run(["bash", _SCRIPT, what], env=environ, check=True, stdout=subprocess.PIPE, text=True).stdout


def variables(folder: Path) -> dict[str, str]:
    """What says where a server is, and who asks."""
    words = [word for line in control(folder, "env").splitlines() for word in shlex.split(line)[1:]]
    return dict(word.split("=", 1) for word in words)


@contextmanager
def shared_server(root: Path) -> Iterator[dict[str, str]]:
    """Start a server unless another process has, and stop it if no other uses it any more.

    Args:
        root: A folder that all these processes have.
    """
    folder = root / "s3"
    with (root / "s3.users").open("w") as users:
        with _locked(root / "s3.lock"):
            control(folder, "start")
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield variables(folder)
        finally:
            with _locked(root / "s3.lock"), suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                control(folder, "kill")  # by itself it takes seconds to end


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _free_ports() -> int:
    """The first of some in a row that nobody listens on, and that no test takes for its service."""
    while True:
        first = random.SystemRandom().randrange(30_001, 32_760 - _NUM_PORTS)
        try:
            for port in range(first, first + _NUM_PORTS):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return first
