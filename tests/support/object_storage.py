"""A real S3 server: SeaweedFS, one for all processes of a run; it is not part of the project."""

import fcntl
import os
import random
import re
import select
import shlex
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support import ROOT
from tests.support.http import eventually
from tests.support.processes import free_port

_SCRIPT = ROOT.parent / "shared/infra/s3.sh"
_NUM_PORTS = 8


ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT")  # variables that name a server


def need_server(program: Path = _SCRIPT) -> None:
    """Skip a test where a server is not to be had, or fail where it must be."""
    if not program.is_file():
        say = pytest.fail if os.environ.get("REQUIRE_S3") else pytest.skip
        say(f"{program} is not here, which starts an S3 server; this runs in CI")


def control(folder: Path, what: str) -> str:
    """Start, stop, kill or clean away the server whose data and port a folder has; gives what it prints."""
    port = folder.with_suffix(".port")
    if not port.exists():
        port.write_text(str(_free_ports()))
    environ = os.environ | {"S3_DIR": str(folder), "S3_PORT": port.read_text()}

    def ask(what: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["bash", _SCRIPT, what], env=environ, check=False, stdout=subprocess.PIPE, text=True)

    done = ask(what)
    if what == "start" and done.returncode:
        # On a busy machine the script takes a server that has not begun yet for one that has ended.
        eventually(lambda: ask("status").returncode == 0)
        done = ask(what)
    done.check_returncode()
    return done.stdout


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


class Gateway:
    """Stands before a server on a port of its own, and can be told to keep everybody waiting, or to be away.

    Attributes:
        url: Where it is.
        requests: The first line of each that came by, without the protocol.
    """

    def __init__(self, server: str, host: str = "127.0.0.1") -> None:
        """Listen.

        Args:
            server: URL of the server.
            host: Address of this machine to listen on.
        """
        self._server = (str(urlsplit(server).hostname), urlsplit(server).port)
        self._address = (host, free_port())
        self.url = "http://{}:{}".format(*self._address)
        self.requests: list[str] = []
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self.answer()

    def answer(self) -> None:
        """Pass on what is asked, and what is answered."""
        self._listen(self._pass_on)

    def hang(self) -> None:
        """Take what is asked, and never answer."""
        self._listen(self._keep_waiting)

    def vanish(self) -> None:
        """Be away, in the middle of an answer too."""
        if self._listener is not None:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _listen(self, serve: Callable[[socket.socket], object]) -> None:
        self.vanish()
        self._listener = socket.create_server(self._address)
        threading.Thread(target=self._accept, args=(self._listener, serve), daemon=True).start()

    def _accept(self, listener: socket.socket, serve: Callable[[socket.socket], object]) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                self._open.add(client)
                threading.Thread(target=self._serve, args=(client, serve), daemon=True).start()

    def _serve(self, client: socket.socket, serve: Callable[[socket.socket], object]) -> None:
        with client, suppress(OSError):
            serve(client)
        self._open.discard(client)

    def _keep_waiting(self, client: socket.socket) -> None:
        while data := client.recv(2**16):
            self._note(data)

    def _note(self, data: bytes) -> None:
        self.requests += re.findall(r"^([A-Z]+ \S+) HTTP/1.1\r$", data.decode("latin-1"), re.MULTILINE)

    def _pass_on(self, client: socket.socket) -> None:
        with socket.create_connection(self._server) as server:
            while True:
                for one in select.select([client, server], [], [])[0]:
                    data = one.recv(2**16)
                    if not data:
                        return
                    if one is client:
                        self._note(data)
                    (server if one is client else client).sendall(data)
