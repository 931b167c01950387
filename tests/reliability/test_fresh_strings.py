"""Five thousand requests with strings that nobody has sent before, everywhere: nothing of them is kept."""

import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reliability.test_clients import Say, workers
from tests.support import DEADLINE_S
from tests.support.http import ask
from tests.support.processes import Serve
from tests.support.stores import STUDENT

NUM_REQUESTS, NUM_FIRST = 5_000, 1_000
MOST_GROWN = 2**20  # bytes, over the last 2,000: of each a single string kept would be half as much again
METHODS = ("GET", "POST", "PUT", "HEAD", "OPTIONS", "M-SEARCH")
PATHS = (
    "/{}",
    "/predict?version={}&{}=1",
    "/score?decimal={}",
    "/explain?{}",
    "/recourse?version={}",
    "/model/versions/{}/report",
    "/page/{}",
    "/docs/{}",
    "/v1/models/{}:predict",
    "/v1/models/pass_fail/labels/{}:predict",
    "/v1/models/pass_fail:predict?{}",
    "/v2/models/{}/infer",
    "/v2/models/pass_fail/versions/{}/infer",
    "/v2/models/pass_fail/infer",
    "/v2/repository/index",
    "/openapi.json?{}",
    "/livez?{}",
)
BODIES = (
    '{{"{0}": 1, "study_hours": "{0}", "sleep_hours": 1}}',
    '{{"instances": [{{"{0}": "{0}"}}], "{0}x": 1}}',
    '{{"signature_name": "{0}", "instances": [{{"{0}": 1}}]}}',
    '{{"inputs": [{{"name": "{0}", "datatype": "{0}", "shape": [1], "data": ["{0}"]}}], "id": "{0}"}}',
    "study_hours,sleep_hours,{0}\n6,5,{0}\n{0},5,{0}\n",
)
HEADERS = ("Accept", "User-Agent", "Authorization", "X-API-Key", "X-Request-ID", "Traceparent", "Cookie", "Referer")
MEDIA_TYPES = ("application/json", "text/csv", "text/csv; charset={}", "{}/{}", "application/json; {}={}", "{}")


def requests() -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """Method, target, body and headers of one after another."""
    for number in range(NUM_REQUESTS):
        fresh = f"f{number:05}{'q' * (700 + number % 97)}"
        method = METHODS[number % len(METHODS)] if number % 3 == 0 else "POST"
        headers = {name: f"{fresh}-{name}" for name in HEADERS} | {f"X-{fresh}": fresh, "Host": f"{fresh}.example"}
        headers["Content-Type"] = MEDIA_TYPES[number % len(MEDIA_TYPES)].replace("{}", fresh)
        headers["Origin"] = f"https://{fresh}.example"
        yield (
            method,
            PATHS[number % len(PATHS)].replace("{}", fresh),
            BODIES[number % len(BODIES)].format(fresh),
            headers,
        )


def resident_bytes(pid: int) -> int:
    """The memory that is a process's alone, which what it shares with its master doesn't change."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Private_"))


def num_series(url: str) -> int:
    """Series of `/metrics`."""
    return sum(not line.startswith(b"#") for line in ask(f"{url}/metrics").body.splitlines())


@pytest.mark.long
def test_strings_that_are_new_each_time_leave_nothing(serve: Serve, students: Path, say: Say) -> None:
    """Over all routes and methods, in paths, queries, names of fields and headers, charsets, hosts and keys."""
    series: list[int] = []
    memory: list[int] = []
    with serve(students) as service:
        [worker] = workers(service)
        connection = http.client.HTTPConnection(service.url.removeprefix("http://"), timeout=DEADLINE_S)
        for number, (method, target, body, headers) in enumerate(requests()):
            if number in (NUM_FIRST, (NUM_FIRST + NUM_REQUESTS) // 2):
                series.append(num_series(service.url))
                memory.append(resident_bytes(worker))
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status < 500, (method, target)
        connection.close()
        series.append(num_series(service.url))
        memory.append(resident_bytes(worker))
        assert workers(service) == [worker]
        assert ask(f"{service.url}/predict", STUDENT).status == 200

    grown = memory[-1] - memory[-2]
    say(f"{NUM_REQUESTS} requests: {grown / 1024:.0f} KiB more over the last {(NUM_REQUESTS - NUM_FIRST) // 2}")
    assert series[-1] == series[-2]  # every status of every route was there long before
    assert grown < MOST_GROWN
