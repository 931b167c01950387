"""The service as a process: gunicorn, real HTTP, a store that changes while it runs."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

from registry.store.model_store import ModelStore
from tests.support import DEADLINE_S, ROOT
from tests.support.http import ask, eventually
from tests.support.processes import Serve, run
from tests.support.stores import publish

STUDENT = {"study_hours": 6, "sleep_hours": 5}


@pytest.mark.parametrize("engine", ["litert", "tensorflow"])
def test_it_waits_for_the_first_version_and_follows_the_champion(
    serve: Serve, two_versions: Path, tmp_path: Path, engine: str
) -> None:
    """Started on nothing; then a version is published, another, and the operator goes back."""
    store = ModelStore(tmp_path / "models", "pass_fail")
    with serve(tmp_path / "models", SERVICE_ENGINE=engine) as service:
        waiting = ask(f"{service.url}/readyz")
        unanswered = ask(f"{service.url}/predict", STUDENT)
        publish(store, two_versions / "pass_fail/1")
        eventually(lambda: ask(f"{service.url}/readyz").status == 200)
        first = ask(f"{service.url}/predict", STUDENT)
        publish(store, two_versions / "pass_fail/2")
        eventually(lambda: ask(f"{service.url}/readyz").json["version"] == 2)
        second = ask(f"{service.url}/predict", STUDENT)
        assert run("registry", "rollback", "--models", tmp_path / "models").returncode == 0
        eventually(lambda: ask(f"{service.url}/readyz").json["version"] == 1)
        third = ask(f"{service.url}/predict", STUDENT)
        assert ask(f"{service.url}/model").json["engine"]["name"] == engine

    for answer in (waiting, unanswered):
        assert answer.status == 503
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert int(answer.headers["Retry-After"]) > 0
        assert "run the training job" in answer.json["detail"]
    assert [answer.json["model"]["version"] for answer in (first, second, third)] == [1, 2, 1]
    assert first.json == third.json
    assert first.json["predictions"] != second.json["predictions"]


def test_a_body_without_a_length_is_limited_too(serve: Serve, students: Path) -> None:
    """Chunked, so that the limit can't go by the header."""
    with serve(students, SERVICE_MAX_BODY_BYTES="1000") as service:
        connection = http.client.HTTPConnection(service.url.removeprefix("http://"), timeout=DEADLINE_S)
        body = json.dumps(STUDENT).encode()
        statuses = []
        for chunks in ([body], [b" " * 600, b" " * 600, body]):
            connection.request(
                "POST", "/predict", iter(chunks), {"Content-Type": "application/json"}, encode_chunked=True
            )
            response = connection.getresponse()
            response.read()
            statuses.append(response.status)
            connection.close()

    assert statuses == [200, 413]


def test_a_body_that_is_cut_short_is_not_answered(serve: Serve, students: Path) -> None:
    """Half a table would be half an answer; a chunk that is none is the sender's fault, not the service's."""
    head = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n"
    table = b"study_hours,sleep_hours\n6,5\n1,8"
    answers = []
    with serve(students) as service:
        address = ("127.0.0.1", int(service.url.rpartition(":")[2]))
        for rest in (
            b"Content-Length: 137\r\n\r\n" + table,
            b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + table,
            b"Transfer-Encoding: chunked\r\n\r\n4\r\nstudy_hours",
        ):
            with socket.create_connection(address, DEADLINE_S) as connection:
                connection.sendall(head + rest)
                connection.shutdown(socket.SHUT_WR)
                answers.append(connection.makefile("rb").readline())

    assert [answer.split()[1] for answer in answers] == [b"400"] * 3


@pytest.mark.parametrize(
    "forwarded",
    [{"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "off"}, {"SCRIPT_NAME": "/x"}, {"PATH_INFO": "/model"}],
)
def test_what_a_proxy_says_of_the_request_changes_nothing(
    serve: Serve, students: Path, forwarded: dict[str, str]
) -> None:
    """Its client may have said it, and contradict itself."""
    with serve(students) as service:
        assert ask(f"{service.url}/livez", **forwarded).json == {"status": "alive"}


def test_model_lists_the_versions_when_none_serves(serve: Serve, students_copy: Path) -> None:
    """Just then an operator needs the reasons."""
    (students_copy / "pass_fail/1/saved_model.pb").write_bytes(b"")
    with serve(students_copy) as service:
        answer = ask(f"{service.url}/model")

    assert answer.status == 503
    [version] = answer.json["versions"]
    assert (version["state"], version["aliases"]) == ("refused", ["champion"])
    assert "saved_model.pb differs" in version["reason"]
    assert str(students_copy) not in answer.body.decode()


def test_it_logs_json_and_stops_when_told(serve: Serve, students: Path) -> None:
    """One object a line; SIGTERM ends it with 0."""
    with serve(students) as service:
        assert ask(f"{service.url}/predict", STUDENT).status == 200
        service.process.send_signal(signal.SIGTERM)
        code = service.process.wait(DEADLINE_S)

    lines = [json.loads(line) for line in service.log.read_text().splitlines()]
    assert code == 0
    assert "serving version 1" in [line["message"] for line in lines]
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)


def test_bad_settings_exit_2_before_anything_starts(tmp_path: Path) -> None:
    """All of them in one go."""
    done = run("service", PORT="http", WEB_CONCURRENCY="many", SERVICE_ENGINE="jax", SERVICE_MODELS_DIR=str(tmp_path))

    assert done.returncode == 2
    assert "PORT must be" in done.stderr
    assert "WEB_CONCURRENCY must be" in done.stderr
    assert "SERVICE_ENGINE must be" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        ("nobody", 2, "SERVICE_TRUSTED_KEYS_FILE can't be used: line 1 of the trusted keys must be a name"),
        (None, 1, "error: SERVICE_TRUSTED_KEYS_FILE: the file of trusted keys can't be read: No such file"),
    ],
)
def test_without_the_keys_that_are_to_be_trusted_nothing_starts(
    tmp_path: Path, content: str | None, code: int, said: str
) -> None:
    """Text that can't be right is one thing, a file that is not there yet another."""
    if content is not None:
        (tmp_path / "trusted").write_text(content)

    done = run("service", SERVICE_TRUSTED_KEYS_FILE=str(tmp_path / "trusted"), PORT="0")

    assert done.returncode == code
    assert said in done.stderr


def test_a_port_in_use_is_said_at_once(serve: Serve, students: Path) -> None:
    """In one line, with what to set; it may be free the next time, and so is not 2."""
    with serve(students) as service:
        done = run("service", PORT=service.url.rpartition(":")[2], SERVICE_MODELS_DIR=str(students))

    assert done.returncode == 1
    assert "Address already in use; set PORT" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"SERVICE_HOST": "192.0.2.1"}, "Cannot assign requested address; set PORT"),
        ({"SERVICE_HOST": "passfail.invalid"}, "passfail.invalid port 8000: "),
        ({"SERVICE_API_KEYS_FILE": "/not-mounted/keys"}, "can't be read: No such file or directory"),
    ],
)
def test_what_may_be_there_the_next_time_is_not_2(environ: dict[str, str], said: str) -> None:
    """An address, a name or a folder that a machine which has just started does not have yet; in one line."""
    done = run("service", cwd=ROOT, **{"PORT": "8000", "WEB_CONCURRENCY": "1", **environ})

    assert done.returncode == 1
    assert said in done.stderr
    assert "(while" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_variables_of_gunicorn_and_others_change_nothing(serve: Serve, students: Path) -> None:
    """Blank, of no sense, or another program's: what looks misspelt is a warning."""
    others = {
        "WEB_CONCURRENCY": "",
        "GUNICORN_CMD_ARGS": "--bind 0.0.0.0:1",
        "GUNICORN_PID": "x",
        "FORWARDED_ALLOW_IPS": "any",
        "LISTEN_FDS": "x",
        "PROMETHEUS_MULTIPROC_DIR": "/nowhere",
        "SERVICE_HOSTNAME": "x",
    }
    with serve(students, **others) as service:
        assert ask(f"{service.url}/predict", STUDENT).status == 200

    warned = [line for line in service.log.read_text().splitlines() if '"warning"' in line]
    assert len(warned) == 1
    assert "SERVICE_HOSTNAME is not a setting; SERVICE_HOST is" in warned[0]


def test_the_service_imports_no_training_library(students: Path) -> None:
    """Start-up and memory: TensorFlow, scikit-learn, SciPy and pandas stay out until they are asked for."""
    program = """
import json, sys
from pathlib import Path
from service.__main__ import main
from service.app import create_app
from service.settings import Settings
client = create_app(Settings(models_dir=Path(sys.argv[1]))).test_client()
assert client.post("/predict", json={"study_hours": 6, "sleep_hours": 5}).status_code == 200
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""
    command = [sys.executable, "-c", program, str(students)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE_S, check=True)

    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert {"flask", "ai_edge_litert", "marshmallow"} <= loaded
    unneeded = {"tensorflow", "keras", "sklearn", "scipy", "pandas", "matplotlib", "tqdm", "training", "distributed"}
    assert loaded.isdisjoint(unneeded)


def test_what_may_take_long_keeps_no_short_request_waiting(serve: Serve, students: Path) -> None:
    """While recourse is searched for, whichever way the path is written, predictions and probes are answered."""
    many = [{"study_hours": 1 + row / 100, "sleep_hours": 3 + row / 100} for row in range(20)]
    with serve(students) as service:
        address = service.url.removeprefix("http://")
        ask(f"{service.url}/predict", STUDENT)
        for path in ("/recourse", "/%72ecourse", f"{service.url}/recourse"):
            ended: list[float] = []

            def find_ways_out(path: str = path, ended: list[float] = ended) -> None:
                connection = http.client.HTTPConnection(address, timeout=DEADLINE_S)
                for _ in range(5):
                    body = json.dumps({"instances": many, "target_probability": 0.97})
                    connection.request("POST", path, body, {"Content-Type": "application/json"})
                    response = connection.getresponse()
                    assert len(json.loads(response.read())["recourse"]) == 20
                    ended.append(time.monotonic())
                connection.close()

            thread = threading.Thread(target=find_ways_out)
            thread.start()
            answered = []
            while thread.is_alive():
                assert ask(f"{service.url}/predict", STUDENT).status == 200
                assert ask(f"{service.url}/livez").status == 200
                answered.append(time.monotonic())
            thread.join()

            # In the loop, each of the five would have let one pair through before it and none meanwhile.
            within = [sum(first < at < last for at in answered) for first, last in pairwise(ended)]
            assert median(within) >= 3, within  # one search may be over in a moment
