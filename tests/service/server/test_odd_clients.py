"""Clients that leave, stop reading or ask ahead at odd moments cost others nothing, and leave nothing behind."""

import json
import re
import resource
import signal
import socket
import struct
import time
from contextlib import ExitStack
from pathlib import Path

from tests.reliability.test_clients import BODY, HEAD, connect, memory, read_answer, workers
from tests.service.server.test_lanes import MANY, RECOURSE
from tests.support import DEADLINE_S
from tests.support.http import ask, eventually
from tests.support.processes import RunningService, Serve

LIVE = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
METRICS = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
NOWHERE = b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999\r\n\r\n"


def reset(connection: socket.socket) -> None:
    """Leave at once, whatever is under way."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def test_large_bodies_are_forgotten_once_they_are_answered(serve: Serve, students: Path) -> None:
    """Whether their client stays, closes or leaves before its answer."""
    table = json.dumps({"instances": [json.loads(BODY)] * 9000}).encode().ljust(8_000_000)
    closing = HEAD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with serve(students) as service:
        [worker] = workers(service)
        statuses = []
        for turn in range(30):
            with connect(service, (closing if turn % 2 else HEAD) % len(table) + table) as connection:
                if turn % 3:
                    statuses.append(read_answer(connection)[0])
                else:
                    reset(connection)
        eventually(lambda: ask(f"{service.url}/livez").status == 200)
        now = memory(worker, "VmRSS")

    assert statuses == [200] * 20
    assert now < 150 * 2**20


def test_clients_that_leave_in_a_pipeline_are_forgotten(serve: Serve, students: Path) -> None:
    """With what they had asked ahead: a quarter of a megabyte each."""
    with serve(students) as service:
        [worker] = workers(service)
        before = memory(worker, "VmRSS")
        for _ in range(400):
            connection = connect(service, LIVE * 7000)
            connection.recv(1)
            reset(connection)
        eventually(lambda: len(list(Path(f"/proc/{worker}/fd").iterdir())) < 60)
        after = memory(worker, "VmRSS")

    assert after - before < 60 * 2**20


def test_a_head_that_is_not_complete_is_not_shed(serve: Serve, students: Path) -> None:
    """Where memory is short, it is not what takes it."""
    with serve(students, SERVICE_MAX_BODY_BYTES="1000") as service, ExitStack() as stack:
        clients = [stack.enter_context(connect(service, LIVE[:-3])) for _ in range(50)]
        for connection in clients:
            connection.sendall(LIVE[-3:])
        statuses = {read_answer(connection)[0] for connection in clients}

    assert statuses == {200}


def test_heads_without_an_end_make_way(serve: Serve, students: Path) -> None:
    """A hundred and fifty of them take no more memory than bodies may."""
    head = b"GET /livez HTTP/1.1\r\n" + b"".join(b"X%d: %s\r\n" % (number, b"x" * 8000) for number in range(95))
    with serve(students) as service, ExitStack() as stack:
        [worker] = workers(service)
        before = memory(worker, "VmRSS")
        for _ in range(150):
            stack.enter_context(connect(service)).sendall(head)
        others = {ask(f"{service.url}/livez").status for _ in range(20)}
        after = memory(worker, "VmRSS")

    assert others == {200}
    assert after - before < 130 * 2**20


def test_clients_that_ask_ahead_keep_nobody_out(serve: Serve, students: Path) -> None:
    """With as many connections as a worker can have, each of them with more to be answered than it will."""

    def few_files() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))

    with serve(students, first=few_files) as service, ExitStack() as stack:
        for _ in range(70):
            stack.enter_context(connect(service, METRICS * 1500))
        statuses = [ask(f"{service.url}/livez").status for _ in range(5)]

    assert statuses == [200] * 5


def test_a_slow_answer_reaches_a_client_that_sends_no_more(serve: Serve, wide: Path) -> None:
    """Also where what it sent last is refused by its head, and with it the connection."""
    request = RECOURSE % len(MANY) + MANY
    with serve(wide, SERVICE_MODEL="wide") as service, connect(service, request[:-1]) as connection:
        time.sleep(0.1)
        connection.sendall(request[-1:] + NOWHERE)
        time.sleep(0.1)
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as file:
            statuses = re.findall(rb"HTTP/1\.1 (\d{3}) ", file.read())

    # On a slow machine it is asked whether it is there, which clients pass over.
    assert [int(status) for status in statuses if status != b"100"] == [200, 404]


def test_a_large_last_answer_waits_for_its_reader(serve: Serve, students: Path) -> None:
    """For longer than a client has to close: that only begins once it has read."""
    many = json.dumps({"instances": [json.loads(BODY)] * 100_000}).encode()
    closing = HEAD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with (
        serve(students, SERVICE_MAX_INSTANCES="100000") as service,
        connect(service, closing % len(many) + many, receive=4096) as connection,
    ):
        time.sleep(7)
        status, _, body = read_answer(connection)

    assert status == 200
    assert len(json.loads(body)["predictions"]) == 100_000


def test_line_ends_keep_no_idle_connection(serve: Serve, students: Path) -> None:
    """They are not the beginning of a request."""
    with serve(students, SERVICE_KEEPALIVE_S="1") as service, connect(service, LIVE) as connection:
        status = read_answer(connection)[0]
        ended = False
        for _ in range(int(DEADLINE_S / 0.2)):
            try:
                connection.sendall(b"\r\n")
                time.sleep(0.2)
            except OSError:
                ended = True
                break

    assert (status, ended) == (200, True)


def test_an_order_to_end_at_once_ends_long_work(serve: Serve, wide: Path) -> None:
    """Nobody waits for it any more."""
    with serve(wide, SERVICE_MODEL="wide") as service, ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(connect(service, RECOURSE % len(MANY) + MANY))
        assert ask(f"{service.url}/livez").status == 200
        service.process.send_signal(signal.SIGINT)
        code = service.process.wait(DEADLINE_S)
        refused = is_gone(service)

    assert code == 0
    assert refused


def is_gone(service: RunningService) -> bool:
    """Whether nobody listens any more."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(service.url.rpartition(":")[2]))) != 0
