"""What is refused by its head is refused before its body: without a key nobody makes the service hold 8 MB."""

import json
from pathlib import Path

import pytest

from service.web.api_keys import make_key
from tests.reliability.test_clients import BODY, HEAD, connect, memory, read_answer, read_answer_from, workers
from tests.support.processes import Serve

LONG = 5_000_000


def with_headers(*headers: bytes) -> bytes:
    """The head of a student, with more headers."""
    return HEAD.replace(b"\r\n\r\n", b"\r\n" + b"".join(header + b"\r\n" for header in headers) + b"\r\n")


def test_a_key_is_looked_at_before_the_body(serve: Serve, students: Path, tmp_path: Path) -> None:
    """Answered at once, and not asked for; a short body is passed over, and the next request can follow."""
    key, line = make_key("a")
    (tmp_path / "keys").write_text(line)
    keyed = with_headers(b"Authorization: Bearer " + key.encode())
    with serve(students, SERVICE_API_KEYS_FILE=str(tmp_path / "keys")) as service:
        with connect(service, HEAD % LONG) as connection:
            refused = read_answer(connection)
        with connect(service, with_headers(b"Expect: 100-continue") % len(BODY)) as connection:
            not_asked = read_answer(connection)[0]
        with connect(service, keyed % LONG + b" ") as connection:
            connection.settimeout(0.5)
            with pytest.raises(TimeoutError):
                connection.recv(1)
        with connect(service, HEAD % len(BODY)) as connection:
            connection.sendall(BODY + keyed % len(BODY) + BODY)
            with connection.makefile("rb") as file:
                passed_over, following = read_answer_from(file), read_answer_from(file)

    assert (refused[0], refused[1]["Connection"], json.loads(refused[2])["status"]) == (401, "close", 401)
    assert not_asked == 401
    assert (passed_over[0], passed_over[1]["Connection"], following[0]) == (401, "keep-alive", 200)


def test_what_is_refused_by_its_head_takes_no_memory(serve: Serve, students: Path, tmp_path: Path) -> None:
    """Whatever is sent behind it: forty bodies of 5 MB would be 200."""
    (tmp_path / "keys").write_text(make_key("a")[1])
    with serve(students, SERVICE_API_KEYS_FILE=str(tmp_path / "keys")) as service:
        [worker] = workers(service)
        before = memory(worker, "VmHWM")
        statuses = set()
        connections = []
        for _ in range(40):
            connection = connect(service, HEAD % LONG)
            connection.sendall(b" " * (LONG - 1))
            connections.append(connection)
        for connection in connections:
            with connection:
                statuses.add(read_answer(connection)[0])
        after = memory(worker, "VmHWM")

    assert statuses == {401}
    assert after - before < 30 * 2**20
