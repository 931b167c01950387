"""Ten thousand bodies that nobody would send, over all routes: each is answered, and none with a failure."""

import http.client
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.reliability.test_clients import Say, workers
from tests.support import DEADLINE_S
from tests.support.http import ask
from tests.support.processes import Serve
from tests.support.stores import ODD as STUDENT

NUM_BODIES = 10_000
V1, V2 = "/v1/models/odd", "/v2/models/odd"
TENSORS = [
    {"name": name, "shape": [1], "datatype": "BYTES" if isinstance(value, str) else "FP64", "data": [value]}
    for name, value in STUDENT.items()
]
# Route → a body that it takes.
BODIES: dict[str, object] = {
    "/predict": {"instances": [STUDENT, STUDENT]},
    "/predict?version=1": STUDENT,
    f"{V1}:predict": {"instances": [STUDENT]},
    f"{V1}/versions/1:predict": {"inputs": {name: [value] for name, value in STUDENT.items()}},
    f"{V1}/labels/champion:predict": {"signature_name": "encoded", "instances": [[0, 0.5, None, 90, 1, 1, None]]},
    f"{V2}/infer": {"id": "1", "inputs": TENSORS, "outputs": [{"name": "probability"}]},
    f"{V2}/versions/1/infer": {
        "inputs": [{"name": "encoded", "shape": [1, 7], "datatype": "FP32", "data": [0, 0.5, None, 90, 1, 1, None]}],
        "parameters": {"binary_data_output": True},
    },
    "/v2/repository/index": {"ready": True},
}
GETS = (
    "/model",
    "/livez",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/docs",
    V1,
    f"{V1}/metadata",
    "/v2",
    V2,
    f"{V2}/config",
    f"{V2}/ready",
    f"{V1}/versions/9",
    "/nowhere",
)
TABLE = "\n".join([",".join(STUDENT), "1,0.5,,90,1,Lycée,", "2,0.1,4,5,6,Gymnasium,good"])
STRANGE: tuple[Any, ...] = (
    None,
    True,
    "",
    "\ud800",
    "\0",
    "x" * 5000,
    [],
    {},
    [[]],
    {"": {}},
    -1,
    10**400,
    1e308,
    -0.0,
    float("nan"),
    float("inf"),
    "1",
    "٣",
    [None] * 50,
    {"b64": "!"},
    {"b64": ""},
)
CHUNKS = (
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b",",
    b":",
    b"\\u0000",
    b"\xff\xfe",
    b"\0",
    b"1e999",
    b"-",
    b"NaN",
    b"[" * 2000,
    b"\n",
)


def walk(value: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """The path to each part of a document."""
    yield path
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from walk(part, (*path, key))


def with_another_part(document: object, chance: random.Random) -> Any:
    """A document with one of its parts replaced, removed, doubled or renamed."""
    document = json.loads(json.dumps(document))
    holder: Any = document
    *place, last = chance.choice([path for path in walk(document) if path])
    for key in place:
        holder = holder[key]
    match chance.randrange(4):
        case 0:
            del holder[last]
        case 1 if isinstance(holder, list):
            holder *= chance.choice([2, 300])
        case 2 if isinstance(holder, dict):
            holder[chance.choice(["", "x", "__proto__", "é" * 300, "instances"])] = holder.pop(last)
        case _:
            holder[last] = chance.choice(STRANGE)
    return document


def with_other_bytes(body: bytes, chance: random.Random) -> bytes:
    """A body with bytes changed, cut, repeated or put in."""
    start, length = chance.randrange(len(body) + 1), chance.choice([0, 1, 1, 8, 100])
    middle = chance.choice([b"", body[start : start + length] * 2, chance.randbytes(length), chance.choice(CHUNKS)])
    return body[:start] + middle + body[start + length :]


def bodies(chance: random.Random) -> Iterator[tuple[str, str, bytes, dict[str, str]]]:
    """Method, route, body and headers, without end."""
    while True:
        headers = {"Content-Type": "application/json"}
        if not chance.randrange(12):
            yield chance.choice(["GET", "POST", "PUT", "DELETE", "PATCH"]), chance.choice(GETS), b"{}", headers
            continue
        if not chance.randrange(8):
            headers["Content-Type"] = chance.choice(
                ["text/csv", "text/csv; charset=utf-16", "text/csv; charset=\0x"[:-2]]
            )
            yield "POST", "/predict", with_other_bytes(TABLE.encode(), chance), headers
            continue
        route = chance.choice(list(BODIES))
        document = BODIES[route]
        for _ in range(chance.randrange(4)):
            document = with_another_part(document, chance) if document else document
        body = json.dumps(document, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
        for _ in range(chance.choice([0, 0, 1, 3])):
            body = with_other_bytes(body, chance)
        if route.endswith("infer") and chance.random() < 0.3:
            headers["Inference-Header-Content-Length"] = str(chance.choice([0, len(body), len(body) // 2, 10**9, "x"]))
        if not chance.randrange(20):
            headers["Content-Type"] = chance.choice(
                ["", "text/plain", "application/json; charset=x", "multipart/form-data"]
            )
        yield "POST", route, body, headers


@pytest.mark.long
def test_ten_thousand_bodies(serve: Serve, odd: Path, say: Say) -> None:
    """On a kept connection, which only a body too long ends; the same worker lives on, and answers as before."""
    chance = random.Random(6)
    statuses: Counter[int] = Counter()
    faults = []
    with serve(odd, SERVICE_MODEL="odd") as service:
        before, known = workers(service), ask(f"{service.url}/predict", STUDENT).json
        connection = http.client.HTTPConnection(service.url.removeprefix("http://"), timeout=DEADLINE_S)
        for (method, route, body, headers), _ in zip(bodies(chance), range(NUM_BODIES), strict=False):
            connection.request(method, route, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            statuses[answer.status] += 1
            leaks = b"Traceback" in content or b"site-packages" in content
            if answer.status >= 500 or (answer.will_close and answer.status != 413) or leaks:
                faults.append((method, route, body[:500], headers, answer.status, content[:300]))
        connection.close()
        after = workers(service)
        still = ask(f"{service.url}/predict", STUDENT).json
        log = service.log.read_text(encoding="utf-8")

    say(f"{NUM_BODIES} bodies: {dict(sorted(statuses.items()))}")
    assert faults == []
    assert statuses.total() == NUM_BODIES
    assert statuses.keys() == {200, 400, 404, 405, 413, 415, 422}
    assert (after, still) == (before, known)
    assert "Traceback" not in log
