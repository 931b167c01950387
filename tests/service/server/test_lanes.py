"""Where requests are answered: small ones in the loop, others in threads, long ones in turns; probes always."""

import json
import socket
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from service.app import create_app
from service.server.lanes import MAX_QUEUED_S, Lane
from service.settings import Settings
from service.web.lean_flask import LeanFlask
from tests.reliability.test_clients import BODY, HEAD, connect, read_answer
from tests.service.server.conftest import WIDE
from tests.support import DEADLINE_S, ROOT
from tests.support.http import ask, eventually
from tests.support.processes import RunningService, Serve

PROBES = {"/livez", "/readyz", "/v2/health/live", "/v2/health/ready"}
OF_MODELS = {"/v2/models/<name>/ready", "/v2/models/<name>/versions/<version>/ready"}
ONE = dict.fromkeys(WIDE, -1.0)
MANY = json.dumps({"instances": [ONE] * 12}).encode()
FEW = json.dumps({"instances": [ONE] * 3}).encode()
RECOURSE = HEAD.replace(b"/predict", b"/recourse?target_probability=0.99")


@pytest.fixture(scope="module")
def app(students: Path) -> LeanFlask:
    """The application."""
    return create_app(Settings(models_dir=students))


def admit(app: LeanFlask, method: str, path: str) -> Lane:
    """The lane of a head."""
    return app.admit({"REQUEST_METHOD": method, "PATH_INFO": path})


def test_only_probes_are_probes(app: LeanFlask) -> None:
    """What else is quick must not keep them waiting."""
    views: dict[str, Any] = {rule.rule: app.view_functions[rule.endpoint] for rule in app.url_map.iter_rules()}
    lanes = {rule: view.lane for rule, view in views.items()}

    assert {rule for rule, lane in lanes.items() if lane is Lane.PROBE} == PROBES | OF_MODELS
    assert lanes["/predict"] is lanes["/v2/models/<name>/infer"] is Lane.QUICK
    assert {lanes[rule] for rule in ("/explain", "/recourse", "/score", "/model/versions")} == {Lane.TURNS}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("path", "lane"), [("/livez", Lane.PROBE), ("/model/versions", Lane.TURNS), ("/metrics", Lane.THREADS)]
)
def test_a_route_has_its_lane_whatever_the_method(app: LeanFlask, method: str, path: str, lane: Lane) -> None:
    """It is the route's, and not a matter of how the first line is written."""
    assert admit(app, method, path) is lane
    assert admit(app, "PUT", path) is admit(app, "OPTIONS", path) is Lane.REFUSED  # by the head alone


def test_paths_that_are_made_up_take_no_memory(app: LeanFlask) -> None:
    """However many; the route of each is found all the same."""
    for number in range(10_000):
        assert admit(app, "GET", f"/model/versions/{number}/report") is Lane.TURNS
    assert admit(app, "GET", f"/models/{'a' * 1000}/model") is Lane.THREADS

    assert 0 < len(app._found) <= 4096


def test_a_route_without_a_lane_cannot_be_added(app: LeanFlask) -> None:
    """Nobody would know where to answer it."""
    with pytest.raises(TypeError, match="/new has no lane"):
        app.add_url_rule("/new", view_func=lambda: "")


@pytest.mark.parametrize(
    ("body", "is_little"),
    [
        (BODY, True),
        (json.dumps({"instances": [{"study_hours": 6, "sleep_hours": 5}] * 100}).encode(), True),
        (json.dumps({"instances": [{}] * 9_000}, separators=(",", ":")).encode(), False),
        (b'{"instances":[' + b"[]," * 9_000 + b"[]]}", False),
        (b"study_hours\n" * 5_000, False),
        (b" " * 70_000, False),
    ],
    ids=["one student", "a hundred", "empty objects", "empty lists", "lines", "blanks"],
)
def test_the_loop_answers_what_is_little_work(app: LeanFlask, body: bytes, is_little: bool) -> None:
    """By what is in a body, and not by its bytes alone: every object may be at fault."""
    assert app.is_little_work(body) == is_little


def ask_for_long(service: RunningService, stack: ExitStack, num: int, body: bytes = MANY) -> list[socket.socket]:
    """Ask for recourse, for twenty students each unless it is said, which take a second or so and turns."""
    return [stack.enter_context(connect(service, RECOURSE % len(body) + body)) for _ in range(num)]


@pytest.fixture
def busy(serve: Serve, wide: Path) -> Iterator[RunningService]:
    """A service to be kept busy."""
    with serve(wide, SERVICE_MODEL="wide") as service:
        yield service


def test_what_waits_for_its_turn_is_told_in_time(busy: RunningService) -> None:
    """After 5 s, whatever is before it; probes and predictions go on, and afterwards all is well."""
    with ExitStack() as stack:
        long = ask_for_long(busy, stack, 60)
        explain = stack.enter_context(connect(busy, HEAD.replace(b"/predict", b"/explain") % len(MANY) + MANY))
        live = [ask(f"{busy.url}{probe}").status for probe in sorted(PROBES)]
        predicted = ask(f"{busy.url}/predict", ONE).status
        answers = [read_answer(connection) for connection in (*long, explain)]
        after = ask(f"{busy.url}/explain", ONE).status

    statuses = Counter(status for status, _, _ in answers)
    assert live == [200] * 4
    assert (predicted, after) == (200, 200)
    assert statuses.keys() == {200, 503}
    assert answers[-1][0] == 503
    assert all(int(headers["Retry-After"]) > 0 for status, headers, _ in answers if status == 503)


@pytest.mark.parametrize("is_reset", [True, False], ids=["reset", "closed"])
def test_work_of_a_client_that_has_left_stops(busy: RunningService, is_reset: bool) -> None:
    """Also of one that has closed its side alone, as far as anybody can tell: it is asked whether it is there."""
    with ExitStack() as stack:
        for connection in ask_for_long(busy, stack, 60):
            if is_reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        answers = [ask(f"{busy.url}/explain", ONE).status for _ in range(3)]
        left = eventually(lambda: busy.log.read_text().count('"status":408'))

    assert 200 in answers  # the first may have come too early
    assert answers[-1] == 200
    assert left < 10  # one at a time: most had not begun


def test_a_client_that_only_sends_no_more_has_its_answer(busy: RunningService) -> None:
    """However long it takes; what it is asked meanwhile, every client passes over."""
    with connect(busy, RECOURSE % len(MANY) + MANY) as connection, connection.makefile("rb") as file:
        connection.shutdown(socket.SHUT_WR)
        lines = [line for line in file if line.startswith(b"HTTP/1.1 ")]

    assert lines[-1] == b"HTTP/1.1 200 OK\r\n"
    assert set(lines[:-1]) <= {b"HTTP/1.1 100 Continue\r\n"}


def test_a_client_that_only_sends_no_more_is_not_idle(serve: Serve, wide: Path) -> None:
    """While it is worked for, however short idle connections are kept."""
    with serve(wide, SERVICE_MODEL="wide", SERVICE_KEEPALIVE_S="1") as service, ExitStack() as stack:
        clients = ask_for_long(service, stack, 2)
        for connection in clients:
            connection.shutdown(socket.SHUT_WR)
        files = [stack.enter_context(connection.makefile("rb")) for connection in clients]
        last = [[line for line in file if line.startswith(b"HTTP/1.1 ")][-1] for file in files]

    assert last[0] == b"HTTP/1.1 200 OK\r\n"
    assert last[1] in (b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 503 SERVICE UNAVAILABLE\r\n")  # after five seconds of waiting


def test_short_requests_are_not_refused_for_long_ones_before(busy: RunningService) -> None:
    """How long the last took says nothing of what comes now, where nothing waits: who is refused has waited."""
    with ExitStack() as stack:
        for connection in ask_for_long(busy, stack, 2, FEW):  # else the second might have to come again
            assert read_answer(connection)[0] == 200
        one = json.dumps(ONE).encode()
        short = [stack.enter_context(connect(busy, RECOURSE % len(one) + one)) for _ in range(14)]
        statuses = [read_answer(connection)[0] for connection in short]
        lines = eventually(lambda: len(found := recourse_lines(busy)) == 16 and found)

    assert statuses[0] == 200
    assert [line for line in lines if line["status"] != 200 and line["duration_ms"] < 1000 * MAX_QUEUED_S] == []


def test_a_request_knows_how_long_it_waited(busy: RunningService) -> None:
    """The log's duration is what its client saw: of three that take turns, the last has waited for the others."""
    with ExitStack() as stack:
        long = ask_for_long(busy, stack, 3, FEW)  # not for so long that the last would be told to come again
        assert [read_answer(connection)[0] for connection in long] == [200] * 3
        lines = eventually(lambda: len(found := recourse_lines(busy)) == 3 and found)

    durations = [line["duration_ms"] for line in lines]
    assert max(durations) > 1.5 * min(durations)


def recourse_lines(service: RunningService) -> list[dict[str, Any]]:
    """The lines of what was asked for recourse."""
    lines = [json.loads(line) for line in service.log.read_text().splitlines() if line.endswith("}")]
    return [line for line in lines if line.get("route") == "/recourse"]


NO_THREADS = """
import asyncio, resource, threading
from service.server.lanes import Threads

async def start():
    taken = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    threading.stack_size(2**26)
    resource.setrlimit(resource.RLIMIT_AS, (taken + 3 * 2**26, -1))  # for two threads, but not for eight
    Threads(8)

asyncio.run(start())
"""


def test_no_worker_begins_without_its_threads() -> None:
    """Later, a request would wait for one that never comes."""
    done = subprocess.run(
        [sys.executable, "-c", NO_THREADS], cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )

    assert done.returncode == 1
    assert "can't start new thread" in done.stderr
