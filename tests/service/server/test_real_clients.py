"""Clients and proxies that people use: each its own way to speak HTTP."""

import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.reliability.test_clients import HEAD, connect, read_answer_from
from tests.service.server.test_framing import BODY
from tests.support import DEADLINE_S, ROOT
from tests.support.http import ask, eventually
from tests.support.processes import RunningService, Serve, free_port

# They live in an environment of their own, which `make test` sets up.
CLIENTS = ROOT / ".venv/clients/bin/python"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
JAVA = shutil.which("java")
EXPECTED = {"study_hours": 6, "sleep_hours": 5}

PYTHON_CLIENTS = {
    "requests": """
import requests, sys
with requests.Session() as session:
    for _ in range(3):
        yield_ = (piece for piece in (b'{"study_hours": 6,', b' "sleep_hours": 5}'))
        answer = session.post(sys.argv[1], data=yield_, headers={"Content-Type": "application/json"}, timeout=60)
        print(answer.status_code, answer.text)
""",
    "httpx": """
import httpx, sys
def pieces():
    yield b'{"study_hours": 6,'
    yield b' "sleep_hours": 5}'
with httpx.Client(timeout=60) as client:
    for _ in range(3):
        answer = client.post(sys.argv[1], content=pieces(), headers={"Content-Type": "application/json"})
        print(answer.status_code, answer.text)
""",
    "aiohttp": """
import aiohttp, asyncio, sys
async def pieces():
    yield b'{"study_hours": 6,'
    yield b' "sleep_hours": 5}'
async def main():
    async with aiohttp.ClientSession() as session:
        for _ in range(3):
            headers = {"Content-Type": "application/json", "Expect": "100-continue"}
            async with session.post(sys.argv[1], data=pieces(), headers=headers) as answer:
                print(answer.status, await answer.text())
asyncio.run(main())
""",
}
# It asks for HTTP/2 in each first request, and takes 1.1 where nobody answers that.
JAVA_CLIENT = """
import java.net.URI;
import java.net.http.*;
class Ask {
    public static void main(String[] arguments) throws Exception {
        var client = HttpClient.newHttpClient();
        for (int i = 0; i < 3; i++) {
            var body = HttpRequest.BodyPublishers.ofString("{\\"study_hours\\": 6, \\"sleep_hours\\": 5}");
            var request = HttpRequest.newBuilder(URI.create(arguments[0]))
                .header("Content-Type", "application/json").POST(body).build();
            var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            System.out.println(answer.statusCode() + " " + answer.body());
        }
    }
}
"""
NGINX_CONF = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream service {{ server 127.0.0.1:{upstream}; keepalive 4; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://service;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            proxy_request_buffering {buffering};
            client_max_body_size 20m;
        }}
    }}
}}
"""


@pytest.fixture(scope="module")
def expected(served: RunningService) -> str:
    """What every client must be told."""
    return ask(f"{served.url}/predict", EXPECTED).body.decode()


def lines(*command: str | Path, data: bytes | None = None) -> list[str]:
    """What a program prints."""
    done = subprocess.run(command, input=data, capture_output=True, timeout=DEADLINE_S, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().splitlines()


@pytest.mark.parametrize("name", PYTHON_CLIENTS)
def test_generators_are_sent_in_chunks(served: RunningService, expected: str, name: str) -> None:
    """Three on one connection; as a pipeline of data sends them."""
    assert lines(CLIENTS, "-c", PYTHON_CLIENTS[name], f"{served.url}/predict") == [f"200 {expected}"] * 3


@pytest.mark.parametrize(
    "options",
    [
        ["--http1.0"],
        ["--http1.1"],
        ["--http2"],
        ["-H", "Transfer-Encoding: chunked"],
        ["-H", "Expect: 100-continue"],
        ["-H", "Connection: close"],
        ["--http1.0", "-H", "Connection: keep-alive"],
    ],
    ids=" ".join,
)
def test_curl_gets_its_answer(served: RunningService, expected: str, options: list[str]) -> None:
    """Old and new, in chunks, asking first, asking for HTTP/2; twice, on one connection where it may."""
    once = [*options, "-sS", "-m", "60", "-H", "Content-Type: application/json", "--data-binary", BODY.decode()]

    found = lines("curl", *once, f"{served.url}/predict", "--next", *once, f"{served.url}/predict")

    assert "".join(found) == expected * 2


@pytest.mark.skipif(JAVA is None, reason="no Java here")
def test_a_client_that_would_rather_have_http_2_gets_its_answer(
    served: RunningService, expected: str, tmp_path: Path
) -> None:
    """Java's asks for an upgrade with a body at once; the body belongs to the request all the same."""
    assert JAVA is not None
    (tmp_path / "Ask.java").write_text(JAVA_CLIENT)

    assert lines(JAVA, tmp_path / "Ask.java", f"{served.url}/predict") == [f"200 {expected}"] * 3


@contextmanager
def nginx(service: RunningService, folder: Path, buffering: str) -> Iterator[str]:
    """Nginx in front of a service; gives its address."""
    port = free_port()
    user = "user root;" if os.getuid() == 0 else ""  # else its worker could not read the test's folder
    upstream = service.url.rpartition(":")[2]
    conf = NGINX_CONF.format(folder=folder, upstream=upstream, port=port, buffering=buffering, user=user)
    (folder / "nginx.conf").write_text(conf)
    command = [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            eventually(lambda: ask(f"{url}/livez").status == 200)
            yield url
        finally:
            process.terminate()


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed; in CI it is")
@pytest.mark.parametrize("buffering", ["on", "off"])
def test_behind_nginx_everybody_gets_their_own_answer(served: RunningService, tmp_path: Path, buffering: str) -> None:
    """With bodies passed on as they come or all at once; refused ones in between, from twenty clients at once."""
    with nginx(served, tmp_path, buffering) as url:

        def ask_some(client: int) -> list[tuple[int, object]]:
            student = {"study_hours": client % 24, "sleep_hours": 5}
            bodies: list[Callable[[], object]] = [
                lambda: ask(f"{url}/predict", student),
                lambda: ask(f"{url}/nowhere", b" " * 3000),
                lambda: ask(f"{url}/predict", b" " * 9_000_000),
                lambda: ask(f"{url}/predict", student),
            ]
            answers = [body() for body in bodies for _ in range(3)]
            return [(answer.status, answer.json) for answer in answers]  # type: ignore[attr-defined]

        with ThreadPoolExecutor(20) as pool:
            found = list(pool.map(ask_some, range(20)))
        alone = [ask(f"{served.url}/predict", {"study_hours": hours, "sleep_hours": 5}).json for hours in range(20)]

    for client, answers in enumerate(found):
        assert [status for status, _ in answers] == [200] * 3 + [404] * 3 + [413] * 3 + [200] * 3
        assert [document for status, document in answers if status == 200] == [alone[client]] * 6


def test_pipelines_of_fast_and_slow_requests_are_answered_in_order(serve: Serve, students: Path) -> None:
    """From fifty clients at once, each told what it asked for: by value."""
    hours = range(1, 24)
    with serve(students, WEB_CONCURRENCY="2") as service:
        alone = {
            (route, hour): ask(f"{service.url}{route}", {"study_hours": hour, "sleep_hours": 5}).json
            for hour in hours
            for route in ("/predict", "/explain")
        }

        def talk(client: int) -> list[object]:
            asked = [
                ("/explain" if turn % 5 == client % 5 else "/predict", 1 + (client + turn) % 23) for turn in range(40)
            ]
            sent = b""
            for route, hour in asked:
                body = json.dumps({"study_hours": hour, "sleep_hours": 5}).encode()
                sent += HEAD.replace(b"/predict", route.encode()) % len(body) + body
            with connect(service, sent) as connection, connection.makefile("rb") as file:
                heard = [read_answer_from(file) for _ in asked]
            return [
                (status, json.loads(body) == alone[question])
                for (status, _, body), question in zip(heard, asked, strict=True)
            ]

        with ThreadPoolExecutor(50) as pool:
            found = Counter(answer for answers in pool.map(talk, range(50)) for answer in answers)

    assert found == {(200, True): 50 * 40}
