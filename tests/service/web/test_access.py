"""API keys: made by a command, kept as hashes, read again when they change; without a file everybody is answered."""

import hashlib
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from service.app import create_app
from service.settings import Settings
from service.web.api_keys import ApiKeys, make_key
from tests.support import ROOT
from tests.support.http import ask, eventually
from tests.support.processes import Serve, run
from tests.support.stores import STUDENT

OPEN = (
    "/livez",
    "/readyz",
    "/v2/health/live",
    "/v2/health/ready",
    "/docs",
    "/docs/docs.js",
    "/docs/swagger-ui.css",
    "/",
    "/page/page.css",
)


def test_a_key_is_made_by_a_command(tmp_path: Path) -> None:
    """Shown once, on stderr; the line for the file has its hash alone."""
    made = run("service", "key", "school-app")

    key = made.stderr.split()[-1]
    assert made.returncode == 0
    assert key.startswith("pf_")
    assert key not in made.stdout
    (tmp_path / "keys").write_text(f"# who may ask\n\n{made.stdout}")
    keys = ApiKeys(tmp_path / "keys")
    assert (found := keys.find(key)) is not None
    assert (found.name, found.models) == ("school-app", None)
    assert keys.find(key + "x") is keys.find("") is keys.find("\ud800") is None
    assert run("service", "key", "a b").returncode == 2


def test_a_key_is_held_to_models_by_the_command_that_makes_it(tmp_path: Path) -> None:
    """By names and patterns, which stand at the end of its line; a name that no model can have is none."""
    made = run("service", "key", "maths", "--models", "maths-*,art")

    (tmp_path / "keys").write_text(made.stdout)
    key = ApiKeys(tmp_path / "keys").find(made.stderr.split()[-1])
    assert key is not None
    assert [model for model in ("maths-7a", "art", "art-1", "history", "") if key.is_for(model)] == ["maths-7a", "art"]
    assert made.stdout.endswith(" models=maths-*,art\n")
    assert run("service", "key", "maths", "--models", "../x").returncode == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds none"),
        (b"# nobody\n", "holds none"),
        (b"name secret\n", "line 1 of the API keys must be"),
        (
            b"\n" + make_key("a")[1].encode() + b"\n" + make_key("a")[1].encode(),
            "line 3 of the API keys repeats the name a",
        ),
        (b"a sha256:" + hashlib.sha256(b"").hexdigest().encode() + b"\n", "line 1 of the API keys is of an empty key"),
        (b"a sha256:" + b"0" * 64 + b" models=", "line 1 of the API keys must be"),
        (b"a sha256:" + b"0" * 64 + b" models=a b", "line 1 of the API keys must be"),
        (b"\xff", "not UTF-8"),
        (None, "can't be read"),
    ],
)
def test_a_file_that_cannot_be_used_stops_the_service(tmp_path: Path, content: bytes | None, said: str) -> None:
    """Better none than one that is thought to be locked; what stands in the file is not repeated."""
    if content is not None:
        (tmp_path / "keys").write_bytes(content)

    done = subprocess.run(
        [sys.executable, "-m", "service"],
        cwd=ROOT,
        env=os.environ | {"SERVICE_API_KEYS_FILE": str(tmp_path / "keys"), "PORT": "0"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == (1 if content is None else 2)  # the folder may not be mounted yet
    assert said in done.stderr
    assert "secret" not in done.stderr


def test_a_worker_that_starts_while_the_file_is_broken_lets_nobody_in(tmp_path: Path) -> None:
    """It goes on to serve its probes, and lets in who has a key once the file is mended."""
    key, line = make_key("app")
    (tmp_path / "keys").write_text(line[:-1])
    keys = ApiKeys(tmp_path / "keys")
    assert keys.find(key) is None

    (tmp_path / "keys").write_text(line)

    assert eventually(lambda: keys.find(key)).name == "app"


def test_every_route_but_probes_and_the_viewer_asks_for_a_key(students: Path, tmp_path: Path) -> None:
    """Whatever it is, each in its own form."""
    key, line = make_key("app")
    (tmp_path / "keys").write_text(line)
    app = create_app(Settings(models_dir=students, api_keys_file=tmp_path / "keys"))
    client = app.test_client()

    for rule in app.url_map.iter_rules():
        own = {"/docs/<file>": "swagger-ui.css", "/page/<path:file>": "page.css"}
        path = re.sub("<(path:)?file>", own.get(rule.rule, ""), rule.rule)
        for part, put in (
            (r"<name>", "pass_fail"),
            (r"<name:name>", "pass_fail"),
            (r"<name:label>", "champion"),
            (r"<[^>]*(number|version|member)>", "1"),
        ):
            path = re.sub(part, put, path)
        for method in rule.methods - {"OPTIONS"} if rule.methods else ():
            with client.open(path, method=method) as response:
                if path in OPEN:
                    assert response.status_code == 200
                else:
                    assert response.status_code == 401, path
                    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert client.get("/nowhere").status_code == 404
    assert client.post("/livez").status_code == 405
    assert client.get("/v2").json == {
        "error": "send an API key that is known here: Authorization: Bearer KEY, or X-API-Key: KEY"
    }
    for headers, status in (
        ({"Authorization": f"Bearer {key}"}, 200),
        ({"Authorization": f"bearer  {key} "}, 200),
        ({"X-API-Key": key}, 200),
        ({"Authorization": f"Basic {key}"}, 401),
        ({"Authorization": "Basic dGVhY2hlcjp4", "X-API-Key": key}, 200),  # a proxy's
        ({"Authorization": "Bearer eyJhbGciOiJIUzI1NiJ9", "X-API-Key": key}, 200),  # a single sign-on's
        ({"Authorization": f"Bearer {key}", "X-API-Key": "other"}, 200),
        ({"Authorization": "Bearer other", "X-API-Key": "other"}, 401),
        ({"Authorization": f"Bearer {key[:-1]}"}, 401),
        ({"Authorization": "Bearer"}, 401),
        ({"X-API-Key": line.split(":")[1]}, 401),
    ):
        assert client.post("/predict", json=STUDENT, headers=headers).status_code == status


def test_keys_come_and_go_while_it_runs(serve: Serve, students: Path, tmp_path: Path) -> None:
    """A new one lets in, one that is taken out does not any more; a file that is half written changes nothing.

    Of one that is gone, nobody has a key; `/metrics` says whether the file can be used.
    """
    (first, first_line), (second, second_line) = make_key("first"), make_key("second")
    keys = tmp_path / "keys"
    keys.write_text(first_line)

    def status(key: str) -> int:
        return ask(f"{service.url}/predict", STUDENT, Authorization=f"Bearer {key}").status

    def is_stale(key: str) -> float:
        answer = ask(f"{service.url}/metrics", Authorization=f"Bearer {key}").body.decode()
        return float(re.findall(r"^passfail_api_keys_stale\{.*\} (\S+)$", answer, re.MULTILINE)[0])

    with serve(students, SERVICE_API_KEYS_FILE=str(keys)) as service:
        assert (status(first), status(second)) == (200, 401)
        keys.write_text(f"{first_line}\n{second_line}")
        eventually(lambda: status(second) == 200)
        keys.write_text(f"{second_line}\nfirst sha2")
        kept = "2 API keys known so far are kept: line 2"
        eventually(lambda: status(first) == 200 and kept in service.log.read_text())
        assert status(second) == 200
        assert is_stale(second) == 1
        keys.write_text(second_line)
        eventually(lambda: status(first) == 401)
        assert status(second) == 200
        assert is_stale(second) == 0
        keys.unlink()
        eventually(lambda: status(second) == 401)
        keys.write_text(second_line)
        eventually(lambda: status(second) == 200)
        keys.write_text("")
        eventually(lambda: status(second) == 401)
        assert ask(f"{service.url}/livez").status == 200
        log = service.log.read_text()

    assert '"key":"first"' in log
    assert first not in log
    assert second not in log


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", False), ("0.0.0.0", True)])
def test_an_open_service_warns_where_others_reach_it(serve: Serve, students: Path, host: str, warned: bool) -> None:
    """Without a file of keys, beyond loopback."""
    with serve(students, SERVICE_HOST=host) as service:
        assert ("SERVICE_API_KEYS_FILE locks it" in service.log.read_text()) == warned


def test_the_first_requests_of_a_worker_are_let_in(tmp_path: Path) -> None:
    """All at once, too: the file is read before anybody asks."""
    key, line = make_key("app")
    (tmp_path / "keys").write_text("\ufeff" + line)

    for _ in range(50):
        keys = ApiKeys(tmp_path / "keys")
        with ThreadPoolExecutor(4) as pool:
            assert None not in list(pool.map(keys.find, [key] * 4))
