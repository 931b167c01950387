"""Stopping and failing well: what was accepted is answered, what can't be written stops nothing."""

import errno
import os
import resource
import signal
import socket
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from registry.store.model_store import ModelStore
from tests.reliability.test_clients import BODY, HEAD, STUDENT, TABLE, connect, read_answer, workers
from tests.support import DEADLINE_S, ROOT
from tests.support.http import ask, eventually
from tests.support.processes import RunningService, Serve
from tests.support.stores import train


def is_refused(service: RunningService) -> bool:
    """Whether nobody listens any more, so that a client goes elsewhere at once."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", int(service.url.rpartition(":")[2]))) == errno.ECONNREFUSED


def test_stopping_answers_every_request_that_was_accepted(serve: Serve, students: Path) -> None:
    """In work, half sent, on an open connection, and those that only the system has accepted yet."""
    with serve(students) as service, ExitStack() as stack:
        [worker] = workers(service)
        half = [stack.enter_context(connect(service, HEAD % len(BODY) + BODY[:9])) for _ in range(10)]
        kept = [stack.enter_context(connect(service, HEAD % len(BODY) + BODY)) for _ in range(10)]
        before = [read_answer(connection) for connection in kept]
        working = [stack.enter_context(connect(service, HEAD % len(TABLE) + TABLE)) for _ in range(10)]
        os.kill(worker, signal.SIGSTOP)
        waiting = [stack.enter_context(connect(service, HEAD % len(BODY) + BODY)) for _ in range(50)]
        service.process.send_signal(signal.SIGTERM)
        for connection in kept:
            connection.sendall(HEAD % len(BODY) + BODY)
        os.kill(worker, signal.SIGCONT)
        answers = [read_answer(connection) for connection in [*working, *kept, *waiting]]
        eventually(lambda: is_refused(service))
        for connection in half:
            connection.sendall(BODY[9:])
        answers += [read_answer(connection) for connection in half]
        code = service.process.wait(DEADLINE_S)

    assert [status for status, _, _ in before + answers] == [200] * 90
    assert code == 0
    # A client that keeps connections is told which are at their end.
    assert {headers["Connection"] for _, headers, _ in before} == {"keep-alive"}
    assert {headers["Connection"] for _, headers, _ in answers[-10:]} == {"close"}


def test_stopping_a_worker_that_is_full_answers_everyone_too(serve: Serve, students: Path) -> None:
    """Nobody has to make way any more once it stops: what is sent but not read yet, or accepted by the system alone."""
    with serve(students) as service, ExitStack() as stack:
        [worker] = workers(service)
        early = [stack.enter_context(connect(service)) for _ in range(1500)]
        eventually(lambda: len(list(Path(f"/proc/{worker}/fd").iterdir())) > 1500)
        os.kill(worker, signal.SIGSTOP)
        for connection in early:
            connection.sendall(HEAD % len(BODY) + BODY)
        late = [stack.enter_context(connect(service, HEAD % len(BODY) + BODY)) for _ in range(1000)]
        service.process.send_signal(signal.SIGTERM)
        os.kill(worker, signal.SIGCONT)
        statuses = Counter(read_answer(connection)[0] for connection in [*early, *late])

    assert statuses == {200: 2500}


def test_it_is_ready_from_its_first_answer_on(serve: Serve, students: Path) -> None:
    """A worker takes connections only once its version is loaded and warmed."""
    with serve(students) as service:  # which waited for /livez, and for nothing else
        assert ask(f"{service.url}/readyz").status == 200


def test_where_nothing_can_be_written_it_serves_and_refreshes(serve: Serve, students_copy: Path) -> None:
    """No byte to any file, the log among them; a new version is taken up, a killed worker replaced."""

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    with serve(students_copy, first=no_room) as service:
        before = ask(f"{service.url}/readyz").json["version"]
        train(students_copy, "--seed", "1")
        eventually(lambda: ask(f"{service.url}/readyz").json["version"] == 2)
        [killed] = workers(service)
        os.kill(killed, signal.SIGKILL)
        eventually(lambda: workers(service) not in ([], [killed]) and ask(f"{service.url}/readyz").status == 200)
        answer = ask(f"{service.url}/predict", STUDENT)
        counted = ask(f"{service.url}/metrics").body
        service.process.terminate()
        code = service.process.wait(DEADLINE_S)

    assert (before, answer.json["model"]["version"]) == (1, 2)
    assert b"\npassfail_instances_total 1.0\n" in counted  # by the one worker, for itself
    assert code == 0
    assert service.log.read_bytes() == b""


@pytest.mark.long
def test_a_job_that_runs_out_of_disk_publishes_nothing(serve: Serve, students_copy: Path) -> None:
    """Wherever it runs out: the job says so, the service goes on, and with room again the next job publishes."""
    command = [sys.executable, "-m", "training", "run", "--models", str(students_copy), "--json"]
    with serve(students_copy) as service:
        for num_bytes in (2_000, 20_000):

            def little_room(num_bytes: int = num_bytes) -> None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, num_bytes))

            done = subprocess.run(
                command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False, preexec_fn=little_room
            )

            assert done.returncode == 1, done.stderr
            assert "error: the version can't be written" in done.stderr
            assert "File too large" in done.stderr
            assert "Traceback" not in done.stderr
            assert ModelStore(students_copy, "pass_fail").versions() == [1]
            assert ask(f"{service.url}/predict", STUDENT).json["model"]["version"] == 1
        assert train(students_copy)["version"] == 2
        eventually(lambda: ask(f"{service.url}/readyz").json["version"] == 2)
