"""Clients that are slow, idle, too many or in a hurry keep nobody else waiting, and are not left hanging."""

import json
import os
import resource
import select
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import pytest

from service.gunicorn_conf import MAX_CONNECTIONS
from tests.support import DEADLINE_S
from tests.support.http import ask, eventually
from tests.support.processes import RunningService, Serve

Say = Callable[[str], None]
STUDENT = {"study_hours": 6, "sleep_hours": 5}
BODY = json.dumps(STUDENT).encode()
HEAD = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
TABLE = json.dumps({"instances": [STUDENT] * 10_000}).encode()


@pytest.fixture(autouse=True)
def _many_files() -> Iterator[None]:
    """The clients of a test are one process: it needs more open files than is usual."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def connect(service: RunningService, then: bytes = b"", **options: int) -> socket.socket:
    """A connection of its own, on which something is sent."""
    connection = socket.socket()
    if "receive" in options:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, options["receive"])
    connection.settimeout(DEADLINE_S)
    connection.connect(("127.0.0.1", int(service.url.rpartition(":")[2])))
    connection.sendall(then)
    return connection


def read_answer(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one answer."""
    with connection.makefile("rb") as file:
        return read_answer_from(file)


def read_answer_from(file: BinaryIO) -> tuple[int, dict[str, str], bytes]:
    """The same from a file over a connection: it may have read the start of the next answer with it."""
    status = int(file.readline().split()[1])
    headers = dict(line.decode().rstrip().split(": ", 1) for line in iter(file.readline, b"\r\n"))
    return status, headers, file.read(int(headers["Content-Length"]))


def workers(service: RunningService) -> list[int]:
    """The process numbers of a service's workers."""
    master = service.process.pid
    return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]


def ask_often(service: RunningService, times: int = 100) -> Counter[int]:
    """How others are answered meanwhile, four at a time, each on a connection of its own."""
    with ThreadPoolExecutor(4) as pool:
        return Counter(pool.map(lambda _: ask(f"{service.url}/predict", STUDENT).status, range(times)))


def test_a_thousand_idle_connections_keep_nobody_waiting(serve: Serve, students: Path) -> None:
    """And each of them is still answered when it asks at last."""
    with serve(students) as service, ExitStack() as stack:
        idle = [stack.enter_context(connect(service)) for _ in range(1000)]
        others = ask_often(service)
        for connection in idle:
            connection.sendall(HEAD % len(BODY) + BODY)
        answers = Counter(read_answer(connection)[0] for connection in idle)

    assert others == {200: 100}
    assert answers == {200: 1000}


def test_a_body_that_comes_byte_by_byte_keeps_nobody_waiting(serve: Serve, students: Path) -> None:
    """Many more at once than there are threads; each is answered when its last byte is there."""
    with serve(students) as service, ExitStack() as stack:
        slow = [stack.enter_context(connect(service, HEAD % len(BODY))) for _ in range(100)]
        others: Counter[int] = Counter()
        for position in range(len(BODY)):
            for connection in slow:
                connection.sendall(BODY[position : position + 1])
            if position < len(BODY) - 1:
                others += ask_often(service, 4)
        answers = Counter(read_answer(connection)[0] for connection in slow)

    assert others == {200: 4 * (len(BODY) - 1)}
    assert answers == {200: 100}


def test_an_answer_that_is_not_read_keeps_nobody_waiting(serve: Serve, students: Path) -> None:
    """It waits for its reader outside of the threads, and is whole when it is read at last."""
    with serve(students) as service, ExitStack() as stack:
        late = [stack.enter_context(connect(service, HEAD % len(TABLE) + TABLE, receive=4096)) for _ in range(12)]
        others = ask_often(service)
        answers = [read_answer(connection) for connection in late]

    assert others == {200: 100}
    assert [status for status, _, _ in answers] == [200] * 12
    assert all(len(json.loads(body)["predictions"]) == 10_000 for _, _, body in answers)


def test_refused_uploads_keep_nobody_waiting(serve: Serve, students: Path) -> None:
    """A body that is too long is refused at its head, and the answer reaches a client that goes on sending."""
    with serve(students, SERVICE_MAX_BODY_BYTES="100000") as service, ExitStack() as stack:
        uploads = [stack.enter_context(connect(service, HEAD % 2_000_000 + b" " * 1000)) for _ in range(20)]
        others = ask_often(service, 20)  # before the service stops lingering
        for connection in uploads:
            connection.sendall(b" " * 1_000_000)
        answers = Counter(read_answer(connection)[0] for connection in uploads)

    assert others == {200: 20}
    assert answers == {413: 20}


def test_more_connections_than_a_worker_holds_keep_nobody_out(serve: Serve, students: Path) -> None:
    """Those that have been idle longest make way."""
    with serve(students) as service, ExitStack() as stack:
        idle = [stack.enter_context(connect(service)) for _ in range(MAX_CONNECTIONS + 100)]
        others = ask_often(service)
        last = idle[-1]
        last.sendall(HEAD % len(BODY) + BODY)
        status = read_answer(last)[0]
        first = idle[0].recv(1)

    assert others == {200: 100}
    assert (status, first) == (200, b"")


def test_unfinished_uploads_do_not_fill_the_memory(serve: Serve, students: Path) -> None:
    """Beyond a few of the largest size the longest are told to come back; small requests are answered throughout."""
    limit = 1_000_000
    with serve(students, SERVICE_MAX_BODY_BYTES=str(limit)) as service, ExitStack() as stack:
        uploads = [stack.enter_context(connect(service, HEAD % limit + b" " * (limit - 1))) for _ in range(20)]
        others = ask_often(service)
        finished = []
        for connection in uploads:
            connection.sendall(b" ")
            finished.append(read_answer(connection))

    statuses = Counter(status for status, _, _ in finished)
    assert others == {200: 100}
    assert statuses.keys() == {400, 503}  # blanks are no JSON
    assert statuses[400] <= 8
    assert all("Retry-After" in headers for status, headers, _ in finished if status == 503)


def test_large_requests_take_turns(serve: Serve, students: Path, say: Say) -> None:
    """Several at once take little more memory than one; small ones are answered meanwhile, in the threads left.

    On a slow machine the last have waited for too long, and are told so; without turns none would wait at all.
    """
    nested = b'{"instances":[' + b",".join([b'{"":' * 900 + b"0" + b"}" * 900] * 900) + b"]}"
    # So many that no count of its brackets refuses it before it is read.
    with serve(students, SERVICE_MAX_INSTANCES="1000000") as service, ExitStack() as stack:
        [worker] = workers(service)
        with connect(service, HEAD % len(nested) + nested) as connection:
            alone = read_answer(connection)[0]
        after_one = memory(worker, "VmHWM")
        crowd = [stack.enter_context(connect(service, HEAD % len(nested) + nested)) for _ in range(6)]
        others = ask_often(service)
        answers = Counter(read_answer(connection)[0] for connection in crowd)
        after_all = memory(worker, "VmHWM")

    say(f"one large request: {after_one / 2**20:.0f} MiB, six at once: {after_all / 2**20:.0f} MiB")
    assert alone == 422
    assert answers[422] >= 1
    assert answers.keys() <= {422, 503}
    assert others == {200: 100}
    assert after_all < 2 * after_one


def test_what_was_answered_is_forgotten(serve: Serve, students: Path) -> None:
    """Connections that stay open, or that their client does not close, hold nothing of their requests."""
    body, head = b" " * 8_000_000, b"".join(b"A%d: %s\r\n" % (i, b"x" * 8000) for i in range(80))
    closing = (
        (HEAD % len(body)).replace(b"/predict", b"/nowhere").replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    )
    with serve(students) as service, ExitStack() as stack:
        statuses: Counter[int] = Counter()
        for _ in range(30):
            statuses[read_answer(stack.enter_context(connect(service, closing + body)))[0]] += 1
        for _ in range(300):
            asking = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n" + head + b"\r\n"
            statuses[read_answer(stack.enter_context(connect(service, asking)))[0]] += 1
        [worker] = workers(service)
        now = memory(worker, "VmRSS")

    assert statuses == {404: 30, 200: 300}
    assert now < 150 * 2**20


def memory(process: int, which: str) -> int:
    """Bytes of memory that a process has (VmRSS), or the most that it has had (VmHWM)."""
    return int(Path(f"/proc/{process}/status").read_text().split(f"{which}:")[1].split()[0]) * 1024


def test_overload_is_answered_with_when_to_come_back(serve: Serve, students: Path, say: Say) -> None:
    """Far more work at once than can be done in time: some is done, the rest is refused; then all is well again."""
    with serve(students) as service, ExitStack() as stack:
        crowd = [stack.enter_context(connect(service, HEAD % len(TABLE) + TABLE)) for _ in range(500)]
        begun = time.monotonic()
        answers = [read_answer(connection) for connection in crowd]
        waited_s = time.monotonic() - begun
        after = ask_often(service)

    statuses = Counter(status for status, _, _ in answers)
    say(f"overload: {dict(statuses)} after at most {waited_s:.1f} s")
    assert statuses.keys() == {200, 503}
    refused = [(headers, json.loads(body)) for status, headers, body in answers if status == 503]
    assert all(int(headers["Retry-After"]) > 0 for headers, _ in refused)
    assert all("try again later" in problem["detail"] and problem["request_id"] for _, problem in refused)
    assert after == {200: 100}


def test_a_client_that_waits_to_be_asked_for_its_body_is_asked(serve: Serve, students: Path) -> None:
    """`Expect: 100-continue`, as curl sends it for long bodies; once, and not for a body that is too long."""
    expecting = HEAD.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n")
    with serve(students) as service, connect(service, expecting % len(BODY)) as connection:
        asked = connection.recv(1000)
        connection.sendall(BODY)
        answered = read_answer(connection)[0]
        with connect(service, expecting % 10_000_000) as other:
            refused = read_answer(other)[0]

    assert asked == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert (answered, refused) == (200, 413)


def test_what_is_no_request_is_refused_at_once(serve: Serve, students: Path) -> None:
    """Without waiting for what can't mend it; a number of bytes with many zeros is a number, and hides no request."""
    hidden = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
    padded = HEAD.replace(b"%d", b"%025d")
    with serve(students) as service:
        for start, status in (
            (b"GET /livez HTTP/1.1\n", 400),
            (b"GET /" + b"x" * 9000, 414),
            (b"GET /livez HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
            (HEAD.replace(b"%d", b"+5"), 400),
            (b"GET /livez HTTP/1.1\r\nX-Long: " + b"x" * 9000 + b"\r\n\r\n", 431),
            (b'{"ada-lovelace": 1} x\r\n\r\n', 400),
        ):
            with connect(service, start) as connection:
                answered = read_answer(connection)
                assert answered[0] == status
                assert json.loads(answered[2])["status"] == status
        with connect(service, padded % len(BODY)) as connection:
            connection.sendall(BODY)
            assert read_answer(connection)[0] == 200
            connection.sendall(padded % len(hidden))
            connection.sendall(hidden)
            assert read_answer(connection)[0] == 400
            connection.sendall(b"")
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(1) == b""
        assert "lovelace" not in service.log.read_text()


def test_an_answer_reaches_a_client_that_has_sent_too_much(serve: Serve, students: Path) -> None:
    """Closed at once, the connection would be reset, and what had not arrived yet would be lost."""
    closing = HEAD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with serve(students) as service, ExitStack() as stack:
        clients = [
            stack.enter_context(connect(service, closing % len(TABLE) + TABLE + b"\r\n", receive=4096))
            for _ in range(5)
        ]
        ask_often(service, 20)
        answers = [read_answer(connection) for connection in clients]

    assert all(len(json.loads(body)["predictions"]) == 10_000 for _, _, body in answers)


def test_a_connection_lasts_after_a_body_that_was_not_read(serve: Serve, students: Path) -> None:
    """The answer says so, and the next request is answered."""
    large = b" " * 500_000
    with serve(students) as service, connect(service) as connection:
        connection.sendall((HEAD % len(large)).replace(b"/predict", b"/predict?version=9") + large)
        status, headers, _ = read_answer(connection)
        connection.sendall(HEAD % len(BODY) + BODY)
        following = read_answer(connection)[0]

    assert (status, headers["Connection"]) == (404, "keep-alive")
    assert following == 200


def test_a_body_in_many_small_chunks_is_read(serve: Serve, students: Path) -> None:
    """As a client sends that streams; several at once, so that reading them must not grow with their square."""
    chunks = b"".join(
        b"%x\r\n%s\r\n" % (len(part), part) for part in (TABLE[i : i + 3] for i in range(0, len(TABLE), 3))
    )
    head = HEAD.replace(b"Content-Length: %d", b"Transfer-Encoding: chunked")
    with serve(students) as service, ExitStack() as stack:
        clients = [stack.enter_context(connect(service, head + chunks + b"0\r\n\r\n")) for _ in range(4)]
        others = ask_often(service)
        answers = [read_answer(connection) for connection in clients]

    assert others == {200: 100}
    assert all(len(json.loads(body)["predictions"]) == 10_000 for _, _, body in answers)


def test_thousands_of_requests_in_one_packet_hold_up_nobody(serve: Serve, students: Path) -> None:
    """Each waits for a round of its own, so that others come between; and nothing is nested in what came before."""
    with serve(students) as service, connect(service) as connection, connection.makefile("rb") as file:
        connection.sendall((HEAD % len(BODY) + BODY) * 3000)
        others = ask_often(service)
        answers = Counter(read_answer_from(file)[0] for _ in range(3000))

    assert others == {200: 100}
    assert answers == {200: 3000}


def test_small_requests_that_take_long_hold_up_no_probe(serve: Serve, students: Path) -> None:
    """The worker's loop answers small ones itself, but not one after another while others wait."""
    body = json.dumps({"instances": [{}] * 10_000}, separators=(",", ":")).encode()
    with serve(students) as service, ExitStack() as stack:
        costly = [stack.enter_context(connect(service, (HEAD % len(body) + body)[:-1])) for _ in range(40)]
        for connection in costly:
            connection.sendall(body[-1:])
        live = ask(f"{service.url}/livez").status
        answered = len(select.select(costly, [], [], 0)[0])
        answers = Counter(read_answer(connection)[0] for connection in costly)

    assert live == 200
    assert answered < 40
    assert answers.keys() <= {422, 503}  # the last may have waited for too long
    assert answers.total() == 40


def by_worker(service: RunningService) -> Counter[int]:
    """How many students each process has answered, by the log."""
    lines = [json.loads(line) for line in service.log.read_text().splitlines() if line.endswith("}")]
    return Counter(line["pid"] for line in lines if line.get("route") == "/predict")


def test_connections_go_to_the_worker_that_has_fewest(serve: Serve, students: Path) -> None:
    """However quick the other is: else a client that opens several would have one processor's time."""
    with serve(students, WEB_CONCURRENCY="2") as service, ExitStack() as stack:
        eventually(lambda: service.log.read_text().count("serving version") == 2)
        first, second = workers(service)
        os.kill(first, signal.SIGSTOP)
        for connection in [stack.enter_context(connect(service, HEAD % len(BODY) + BODY)) for _ in range(20)]:
            assert read_answer(connection)[0] == 200
        os.kill(first, signal.SIGCONT)
        for _ in range(20):
            assert read_answer(stack.enter_context(connect(service, HEAD % len(BODY) + BODY)))[0] == 200
        asked = eventually(lambda: (now := by_worker(service)).total() == 40 and now)

    assert set(asked) <= {first, second}
    assert asked[first] > 11, asked  # 20, but for moments in which the system kept it waiting


def test_requests_in_one_packet_are_all_answered(serve: Serve, students: Path) -> None:
    """In order, the last of them cut in two."""
    with serve(students) as service, connect(service) as connection, connection.makefile("rb") as file:
        bodies = [json.dumps({"study_hours": hours, "sleep_hours": 7}).encode() for hours in range(1, 9)]
        sent = b"".join(HEAD % len(body) + body for body in bodies)
        connection.sendall(sent[:-10])
        answers = [json.loads(read_answer_from(file)[2]) for _ in bodies[:-1]]
        connection.sendall(sent[-10:])
        answers.append(json.loads(read_answer_from(file)[2]))
        alone = [ask(f"{service.url}/predict", body).json for body in bodies]

    assert answers == alone
