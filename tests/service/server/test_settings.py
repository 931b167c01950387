"""How it listens, how long it waits, how it stops, and what it says where the system gives it too little."""

import errno
import fcntl
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import termios
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.reliability.test_clients import BODY, HEAD, by_worker, connect, read_answer, workers
from tests.service.telemetry.test_metrics import metrics
from tests.support import DEADLINE_S, ROOT
from tests.support.http import ask, eventually
from tests.support.processes import RunningService, Serve

LIVE = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
READY = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def test_a_connection_may_be_idle_for_as_long_as_the_settings_say(serve: Serve, students: Path) -> None:
    """Then it is closed; it is counted from its last answer."""
    with serve(students, SERVICE_KEEPALIVE_S="1.5") as service, connect(service, LIVE) as connection:
        first = read_answer(connection)[0]
        time.sleep(1)
        connection.sendall(LIVE)
        second = read_answer(connection)[0]
        begun = time.monotonic()
        end = connection.recv(1)
        waited_s = time.monotonic() - begun

    assert (first, second, end) == (200, 200, b"")
    assert waited_s > 1.4


def test_a_stop_can_leave_balancers_time(serve: Serve, students: Path) -> None:
    """For so long it says that it is not ready, on old connections too, and still takes new ones."""
    with serve(students, SERVICE_DRAIN_S="3") as service, ExitStack() as stack:
        kept = stack.enter_context(connect(service, READY))
        before = read_answer(kept)[0]
        service.process.send_signal(signal.SIGTERM)
        eventually(lambda: ask(f"{service.url}/readyz").status == 503)
        kept.sendall(READY)
        status, headers, body = read_answer(kept)
        v2 = [ask(f"{service.url}/v2/{path}").status for path in ("health/ready", "models/pass_fail/ready")]
        others = [ask(f"{service.url}{path}").status for path in ("/livez", "/v2/health/live", "/model")]
        new = stack.enter_context(connect(service, HEAD % len(BODY) + BODY))
        answered, _, _ = read_answer(new)
        code = service.process.wait(DEADLINE_S)
        ends = [kept.recv(1), new.recv(1)]

    assert (before, status, v2, others, answered) == (200, 503, [503, 503], [200] * 3, 200)
    assert headers["Connection"] == "keep-alive"
    assert b"stopping" in body
    assert (code, ends) == (0, [b"", b""])


def test_a_line_end_behind_a_body_holds_up_no_stop(serve: Serve, students: Path) -> None:
    """It is no request that has begun."""
    with serve(students) as service, connect(service, HEAD % len(BODY) + BODY + b"\r\n") as connection:
        status = read_answer(connection)[0]
        begun = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        code = service.process.wait(DEADLINE_S)
        took_s = time.monotonic() - begun

    assert (status, code) == (200, 0)
    assert took_s < 15  # half of what a request that has begun would have


def test_it_listens_on_a_unix_socket(serve: Serve, students: Path, tmp_path: Path) -> None:
    """Also where a killed one left the socket; not where another listens; and removes it at the end."""
    path = tmp_path / "service.sock"
    host = {"SERVICE_HOST": f"unix:{path}", "WEB_CONCURRENCY": "1", "SERVICE_MODELS_DIR": str(students)}
    command = [sys.executable, "-m", "service"]

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, cwd=ROOT, env=os.environ | host, stderr=subprocess.DEVNULL)

    def status() -> bytes:
        with socket.socket(socket.AF_UNIX) as client:
            if client.connect_ex(str(path)):
                return b""
            client.sendall(HEAD % len(BODY) + BODY)
            return client.recv(12)

    killed = start()
    first = eventually(status)
    refused = subprocess.run(command, cwd=ROOT, env=os.environ | host, capture_output=True, text=True, check=False)
    # The master first: it would start another worker, which would answer in the stead of the service after it.
    for process in (killed.pid, *workers(RunningService("", killed, path))):
        os.kill(process, signal.SIGKILL)
    killed.wait()
    left = path.is_socket()
    again = start()
    second = eventually(status)
    again.terminate()
    code = again.wait(DEADLINE_S)

    assert first == second == b"HTTP/1.1 200"
    assert refused.returncode == 1
    assert "Address already in use" in refused.stderr
    assert (left, code, path.exists()) == (True, 0, False)


def test_a_path_that_is_no_socket_stays(tmp_path: Path) -> None:
    """A mistyped path must not cost a file."""
    (tmp_path / "file").write_text("x")

    for path, said in (("file", "no socket"), ("nowhere/x", os.strerror(errno.ENOENT))):
        done = subprocess.run(
            [sys.executable, "-m", "service"],
            cwd=ROOT,
            env=os.environ | {"SERVICE_HOST": f"unix:{tmp_path / path}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert said in done.stderr

    assert (tmp_path / "file").read_text() == "x"


def test_too_few_open_files_are_told(students: Path) -> None:
    """Instead of listening and answering nobody."""

    def few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

    done = subprocess.run(
        [sys.executable, "-m", "service"], cwd=ROOT, capture_output=True, text=True, check=False, preexec_fn=few
    )

    assert done.returncode == 1
    assert "at most 64 files may be open, and 128 are needed" in done.stderr


def test_a_log_that_nobody_reads_stops_nothing(students: Path) -> None:
    """Its lines are lost and counted; once somebody reads again, there are lines again."""
    reader, writer = os.pipe()
    port = str(next(port for port in range(30_000, 31_000) if not _is_taken(port)))
    environ = os.environ | {"PORT": port, "WEB_CONCURRENCY": "1", "SERVICE_MODELS_DIR": str(students)}
    environ |= {"SERVICE_LOG_LEVEL": "debug"}  # else probes have no lines
    with subprocess.Popen([sys.executable, "-m", "service"], cwd=ROOT, env=environ, stderr=writer) as process:
        os.close(writer)
        service = RunningService(f"http://127.0.0.1:{port}", process, Path())
        eventually(lambda: ask(f"{service.url}/livez").status == 200)
        with connect(service) as connection, connection.makefile("rb") as file:
            for _ in range(14):
                connection.sendall(LIVE * 1000)
                for _ in range(1000):
                    assert file.readline() == b"HTTP/1.1 200 OK\r\n"
                    while file.readline() != b"\r\n":
                        pass
                    file.read(len(b'{"status":"alive"}'))
        lost = eventually(lambda: (now := metrics(service)["lost_log_lines_total", ""]) > 1000 and now)
        read = os.read(reader, 2**20)
        process.terminate()
        while data := os.read(reader, 2**20):
            read += data
        code = process.wait(DEADLINE_S)
    os.close(reader)

    assert lost < 14_000
    assert code == 0
    assert read.count(b'"route":"/livez"') > 1000


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_connections_are_spread_over_workers(serve: Serve, students: Path) -> None:
    """Of eight, mostly no worse than five to three, while others come and go.

    Now and then a busy machine leaves a worker without a processor for longer than the other waits for it.
    """
    largest = []
    with serve(students, WEB_CONCURRENCY="2") as service:
        eventually(lambda: service.log.read_text().count("serving version") == 2)
        before: Counter[int] = Counter()
        for total in range(8, 88, 8):
            with ExitStack() as stack:
                kept = [stack.enter_context(connect(service)) for _ in range(8)]
                for connection in kept:
                    connection.sendall(HEAD % len(BODY) + BODY)
                assert {read_answer(connection)[0] for connection in kept} == {200}

            def counted(total: int = total) -> Counter[int] | None:
                now = by_worker(service)
                return now if now.total() == total else None

            after = eventually(counted)
            largest.append(max((after - before).values()))
            before = after

    assert sum(share > 5 for share in largest) <= 3, largest


@pytest.mark.parametrize("is_kept", [False, True])
def test_a_terminal_that_is_closed_stops_what_runs_in_it(serve: Serve, students: Path, is_kept: bool) -> None:
    """As SIGTERM does: what has begun is answered. With `nohup` it goes on."""
    terminal, its_end = os.openpty()

    def take_terminal() -> None:
        os.setsid()
        fcntl.ioctl(its_end, termios.TIOCSCTTY, 0)
        if is_kept:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    head = HEAD % len(BODY)
    with serve(students, first=take_terminal) as service, connect(service, head + BODY[:5]) as connection:
        eventually(lambda: ask(f"{service.url}/readyz").status == 200)
        os.close(its_end)
        os.close(terminal)
        if is_kept:
            time.sleep(1)
            assert ask(f"{service.url}/livez").status == 200
        else:
            eventually(lambda: "Handling signal: hup" in service.log.read_text())
        connection.sendall(BODY[5:])
        status = read_answer(connection)[0]
        if is_kept:
            service.process.terminate()
        code = service.process.wait(DEADLINE_S)

    assert (status, code) == (200, 0)


def test_a_worker_that_cannot_be_replaced_yet_ends_nothing(serve: Serve, students: Path) -> None:
    """Where the system has nothing left for one, or for its beginning, others serve; later all are there again."""

    def allow_files(num: int) -> None:
        resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE, (num, most))

    with serve(students, WEB_CONCURRENCY="2") as service:
        eventually(lambda: service.log.read_text().count("serving version") == 2)
        num, most = resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE)
        allow_files(1)
        os.kill(workers(service)[0], signal.SIGKILL)
        eventually(lambda: "no worker can be started" in service.log.read_text())
        taken = {int(path.name) for path in Path(f"/proc/{service.process.pid}/fd").iterdir()}
        allow_files(next(fd for fd in range(most) if fd not in taken) + 1)  # its heartbeat, and no more
        eventually(lambda: "exited with code 3" in service.log.read_text())
        status = ask(f"{service.url}/predict", json.loads(BODY)).status
        allow_files(num)
        eventually(lambda: service.log.read_text().count("serving version") == 3)
        service.process.terminate()  # the new one does not listen yet
        code = service.process.wait(DEADLINE_S)

    assert (status, code) == (200, 0)
    assert service.log.read_text().count("SIGKILL") == 1
