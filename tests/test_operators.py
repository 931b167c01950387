"""Every command in the page for operators, run as it stands there; those for containers by tests/containers."""

import configparser
import http.client
import json
import os
import re
import shlex
import shutil
import signal
import ssl
import subprocess
import tarfile
import threading
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from registry.store.model_store import LITERT_MODEL, ModelStore
from service.settings import Settings
from tests.registry.test_limits import put_cgroup
from tests.reliability.test_refresh import put_broken
from tests.support import DEADLINE_S, ROOT
from tests.support.checkout import copy_checkout, use_this_python
from tests.support.http import ask, eventually
from tests.support.pages import Page, shell, started
from tests.support.processes import free_port
from tests.support.stores import publish

PAGE = Page("docs/operators.md")
# One name for each block: one that is new, or gone, fails here.
(
    START,
    REFRESH,
    BACK,
    REFUSED,
    START_WITH_MANY,
    ASK_ONE_OF_MANY,
    MAKE_KEY,
    START_WITH_KEYS,
    SEND_KEY,
    MAKE_HELD_KEY,
    SECOND_KEY,
    REVOKE,
    SIGN,
    START_PROXY,
    ASK_PROXY,
    RELOAD_PROXY,
    SEND_ID,
    FIND_ID,
    PUT_ASIDE,
    BACK_UP,
    UNPACK,
    PUT_BACK,
    UPGRADE,
    DOWNGRADE,
) = PAGE.of("sh")
[UNIT], [SCRAPE], [LOG_LINE], [CRON] = map(PAGE.of, ("ini", "yaml", "json", "cron"))
# Run by tests/containers.
(
    COMPOSE_KEYS,
    COMPOSE_LOG,
    COMPOSE_BACK_UP,
    COMPOSE_RESTORE,
    COMPOSE_CRON,
    COMPOSE_MEMORY,
    COMPOSE_UP,
    COMPOSE_TRAIN,
    COMPOSE_VERSIONS,
    COMPOSE_UPGRADE,
) = PAGE.of("sh", compose=True)
NEEDED = ("curl", "flock", "git", "nginx", "openssl", "systemd-analyze")
MISSING = [program for program in NEEDED if shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin") is None]
pytestmark = pytest.mark.skipif(
    bool(MISSING) and not os.environ.get("CI"), reason=f"not installed: {', '.join(MISSING)}; in CI they must be"
)

FOLDER, SITE, TABLE = "/srv/passfail", "https://school.example", "models/table.toml"
STUDENT = {"study_hours": 6, "sleep_hours": 5}


@pytest.fixture
def checkout(tmp_path: Path, students: Path) -> Path:
    """An operator's clone, with this Python and the 15 students as version 1."""
    origin, folder = tmp_path / "origin", tmp_path / "passfail"
    copy_checkout(origin)
    git(origin, "init", "--quiet")
    commit(origin)
    git(tmp_path, "clone", "--quiet", str(origin), str(folder))
    use_this_python(folder)
    subprocess.run(["cp", "-a", students / "pass_fail", folder / "models"], check=True)
    return folder


def git(folder: Path, *arguments: str) -> None:
    """Run git, with a name that it asks for."""
    name = ["-c", "user.name=operator", "-c", "user.email=operator@school.example"]
    subprocess.run(["git", *name, *arguments], cwd=folder, check=True)


def commit(folder: Path) -> None:
    """Commit all that there is."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=change")


def make_table(checkout: Path) -> None:
    """What the page before this one does: the dataset file."""
    [line] = re.findall(rf"^python -m training init .* -o {TABLE}$", Page("docs/train.md").text, re.MULTILINE)
    shell(line, checkout)


def serving(address: str) -> int:
    """The version that serves."""
    version: int = ask(f"http://{address}/readyz").json["version"]
    return version


def shown_key(done: subprocess.CompletedProcess[str]) -> str:
    """The key that a command has shown."""
    key: str
    [key] = re.findall(r"^the key, shown only now: (pf_\S+)$", done.stderr, re.MULTILINE)
    return key


def status(address: str, key: str) -> int:
    """What a prediction with a key is answered."""
    return ask(f"http://{address}/predict", STUDENT, Authorization=f"Bearer {key}").status


@pytest.mark.long
def test_it_is_refreshed_and_goes_back(checkout: Path) -> None:
    """Trained while it runs and taken up; rolled back, and promoted by hand."""
    make_table(checkout)
    with started(START, checkout) as address:
        printed = shell(REFRESH, checkout, address).stdout
        eventually(lambda: serving(address) == 2)
        shell(BACK.splitlines()[0], checkout)
        eventually(lambda: serving(address) == 1)
        shell(BACK.splitlines()[1], checkout)
        eventually(lambda: serving(address) == 2)

    assert len(BACK.splitlines()) == 2
    assert re.search(r"^ +2 .* champion ", printed, re.MULTILINE)
    assert '"status":"ready"' in printed


def test_a_refused_version_is_found_with_its_reason(checkout: Path) -> None:
    """By each of the three ways, while the version before it serves; a rollback sets it right."""
    store = ModelStore(checkout / "models", "pass_fail")
    with started(START, checkout) as address:
        broken = put_broken(store, store.path(1), "truncated")
        eventually(lambda: "refused version 2" in (checkout / "service.log").read_text())
        done = shell(REFUSED, checkout, address, code=1)
        assert serving(address) == 1
        shell(BACK.splitlines()[0], checkout)
        assert store.aliases()["champion"] == serving(address) == 1

    listed, logged = done.stdout.splitlines()[1:3]
    reason = f"{LITERT_MODEL} differs from its digest in the manifest"
    assert broken == 2
    assert "'state': 'refused'" in listed
    assert reason in listed
    assert reason in json.loads(logged)["message"]
    assert f"broken: version 2: {reason}" in done.stderr


@pytest.mark.long
def test_the_unit_is_valid_and_its_command_serves_until_sigterm(checkout: Path, tmp_path: Path) -> None:
    """As systemd starts it: its own environment, its folder, its log; wrong settings exit as the unit expects."""
    port = free_port()
    text = UNIT.replace(FOLDER, str(checkout)).replace("PORT=8000", f"PORT={port}")
    (tmp_path / "passfail.service").write_text(text)
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / "passfail.service"], capture_output=True, text=True
    )
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # as the standard library's documentation has it
    unit.read_string(text)
    service = unit["Service"]
    command = shlex.split(service["ExecStart"])
    environ = dict(word.split("=", 1) for word in shlex.split(service["Environment"]))

    with Path(service["StandardError"].removeprefix("append:")).open("ab") as log:
        process = subprocess.Popen(command, cwd=service["WorkingDirectory"], env=environ, stderr=log)
        try:
            eventually(lambda: ask(f"http://localhost:{port}/readyz").status == 200)
        finally:
            process.terminate()
            code = process.wait(DEADLINE_S)
    wrong = subprocess.run(command, cwd=service["WorkingDirectory"], env={"PORT": "x"}, capture_output=True)

    assert verified.returncode == 0
    assert verified.stderr == ""
    assert code == 0
    assert "serving version 1" in (checkout / "service.log").read_text()
    assert wrong.returncode == int(service["RestartPreventExitStatus"])
    assert int(service["TimeoutStopSec"]) > 30
    # Else five quick ends would be the last.
    assert int(service["RestartSec"]) > 2
    assert unit["Unit"]["After"] == unit["Unit"]["Wants"] == "network-online.target"


def test_keys_are_made_rotated_and_revoked(checkout: Path) -> None:
    """While the service runs, which lets in nobody else; the log says when the old one was last used."""
    first = shown_key(shell(MAKE_KEY, checkout))
    with started(START_WITH_KEYS, checkout) as address:
        answered = shell(SEND_KEY, checkout, address, given=f"{first}\n")
        refused = shell(SEND_KEY, checkout, address, given="pf_none\n", code=22)
        second = shown_key(shell(SECOND_KEY, checkout))
        eventually(lambda: status(address, second) == 200)
        assert status(address, first) == 200
        last_used = shell(REVOKE, checkout)
        eventually(lambda: status(address, first) == 401)
        assert status(address, second) == 200

    assert json.loads(answered.stdout)["model"]["version"] == 1
    assert "401" in refused.stderr
    assert json.loads(last_used.stdout)["key"] == "school-app"
    assert first not in (checkout / "service.log").read_text()


def test_many_models_are_served(checkout: Path) -> None:
    """By name and by pattern; to a key that is held to some, those alone."""
    subprocess.run(["cp", "-a", checkout / "models/pass_fail", checkout / "models/history"], check=True)
    with started(START_WITH_MANY, checkout) as address:
        listed, answered = shell(ASK_ONE_OF_MANY, checkout, address).stdout.replace("}{", "}\n{").splitlines()
    key = shown_key(shell(MAKE_HELD_KEY, checkout))
    with started(START_WITH_KEYS, checkout) as address:
        assert status(address, key) == 200
        assert ask(f"http://{address}/models/history/model", Authorization=f"Bearer {key}").status == 403

    assert [model["name"] for model in json.loads(listed)["models"]] == ["pass_fail"]
    assert json.loads(answered)["model"] == {"name": "pass_fail", "version": 1}


def test_the_folder_of_keys_is_in_every_checkout(checkout: Path) -> None:
    """Where it is missing, the container engine makes it, as root's; and no key in it gets into git."""
    assert (checkout / "keys").is_dir()
    shell(MAKE_KEY, checkout)
    left = subprocess.run(["git", "status", "--porcelain"], cwd=checkout, capture_output=True, text=True, check=True)
    assert left.stdout == ""


@pytest.mark.long
def test_a_version_is_signed_and_served_to_who_trusts_the_key(checkout: Path, tmp_path: Path) -> None:
    """With a key that only its owner reads; what was there before has no signature, and is not gone back to."""
    make_table(checkout)
    done = shell(SIGN, checkout, HOME=str(tmp_path))
    trusted = {"SERVICE_TRUSTED_KEYS_FILE": "keys/trusted-keys"}
    refused = shell(BACK.splitlines()[0], checkout, code=1, **trusted)
    with started(f"SERVICE_TRUSTED_KEYS_FILE=keys/trusted-keys {START}", checkout) as address:
        assert serving(address) == 2

    assert done.stdout.splitlines()[-1].startswith("version 2: ok, ")
    assert done.stdout.splitlines()[-1].endswith(", signed by training")
    assert (tmp_path / "passfail-signing.pem").stat().st_mode & 0o777 == 0o600
    assert "version 1: it is not signed" in refused.stderr


class Proxy:
    """nginx by docs/nginx.conf in a checkout, with what is the machine's own put elsewhere."""

    def __init__(self, checkout: Path, address: str, folder: Path) -> None:
        """Change the file in place, so that the page's commands find it; nothing is started yet."""
        self.folder, self.port = folder, free_port()
        conf = checkout / "docs/nginx.conf"
        text = conf.read_text(encoding="utf-8")
        for its, own in {
            "127.0.0.1:8000": address.replace("localhost", "127.0.0.1"),
            "listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl",
            "/etc/passfail/tls": str(folder),
            "/var/log/nginx": str(folder),
            "server_name school.example": "server_name localhost",
            "rate=50r/s": "rate=1r/m",
            "burst=200": "burst=20",
            "connections 100": "connections 3",
        }.items():
            assert its in text
            text = text.replace(its, own)
        paths = "".join(
            f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        conf.write_text(f"pid {folder}/pid;\nerror_log {folder}/error.log;\n{text.replace('http {', 'http {' + paths)}")
        self.renew()

    @property
    def site(self) -> str:
        """What to put for the page's address."""
        return f"https://localhost:{self.port}"

    def renew(self) -> str:
        """Make a new certificate; gives it."""
        subprocess.run(
            shlex.split("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout privkey.pem -out fullchain.pem")
            + shlex.split("-subj /CN=localhost -addext subjectAltName=DNS:localhost"),
            cwd=self.folder,
            check=True,
            capture_output=True,
        )
        return (self.folder / "fullchain.pem").read_text()

    def ask(
        self, body: bytes, length: int | None = None, /, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Post a body, or its beginning, through HTTPS; gives status, headers and answer."""
        with closing(self.begin(body, length, **headers)) as connection:
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    def begin(self, body: bytes, length: int | None = None, /, **headers: str) -> http.client.HTTPSConnection:
        """Post the same, and leave the answer."""
        context = ssl.create_default_context(cafile=self.folder / "fullchain.pem")
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=DEADLINE_S, context=context)
        given = {"Content-Type": "application/json", "Content-Length": str(length or len(body))}
        connection.request("POST", "/predict", body, given | headers)
        return connection

    def stop(self) -> None:
        """Stop nginx if it was started."""
        if (self.folder / "pid").exists():
            os.kill(int((self.folder / "pid").read_text()), signal.SIGTERM)
            eventually(lambda: not (self.folder / "pid").exists())


def test_https_by_the_proxy(checkout: Path, tmp_path: Path) -> None:
    """With a key and without; ids come through, the largest body too and no larger; a renewed certificate is taken.

    Of one address, no more requests and connections than are let in.
    """
    key = shown_key(shell(MAKE_KEY, checkout))
    (tmp_path / "proxy").mkdir()
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    student, largest = json.dumps(STUDENT).encode(), Settings().max_body_bytes
    with started(START_WITH_KEYS, checkout) as address:
        proxy = Proxy(checkout, address, tmp_path / "proxy")
        allowed = {"Authorization": f"Bearer {key}"}
        try:
            shell(START_PROXY, checkout)
            trusted: dict[str, Any] = {"PASSFAIL_KEY": key, "CURL_CA_BUNDLE": str(tmp_path / "proxy/fullchain.pem")}
            by_curl = shell(ASK_PROXY.replace(SITE, proxy.site), checkout, **trusted)
            without_key = proxy.ask(student)
            named = proxy.ask(student, **allowed, **{"X-Request-ID": "mine-1", "traceparent": trace})
            unnamed = proxy.ask(student, **allowed)
            forwarded = proxy.ask(student, **allowed, **{"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "off"})
            full = proxy.ask(student.ljust(largest), **allowed)
            too_long = proxy.ask(b"", largest + 1, **allowed)
            with ExitStack() as stack:
                for _ in range(3):
                    stack.enter_context(closing(proxy.begin(b"", 1, **allowed)))
                eventually(lambda: proxy.ask(student, **allowed)[0] == 429)
            eventually(lambda: proxy.ask(student, **allowed)[0] == 200)
            too_many = eventually(lambda: (last := proxy.ask(student, **allowed))[0] == 429 and last)
            before = ssl.get_server_certificate(("localhost", proxy.port))
            renewed = proxy.renew()
            shell(RELOAD_PROXY, checkout)
            eventually(lambda: ssl.get_server_certificate(("localhost", proxy.port)) == renewed)
        finally:
            proxy.stop()
    logged = [json.loads(line) for line in (checkout / "service.log").read_text().splitlines()]
    of_requests = {entry["request_id"]: entry for entry in logged if entry["message"] == "request"}
    access = (tmp_path / "proxy/access.log").read_text()

    assert json.loads(by_curl.stdout)["model"]["version"] == 1
    assert (without_key[0], without_key[1]["WWW-Authenticate"]) == (401, "Bearer")
    assert json.loads(without_key[2])["title"] == "Unauthorized"
    assert (named[0], named[1]["X-Request-ID"], of_requests["mine-1"]["traceparent"]) == (200, "mine-1", trace)
    assert unnamed[1]["X-Request-ID"] in of_requests
    assert '"POST /predict" 200 ' in access
    assert access.splitlines()[2].endswith("request_id=mine-1")
    assert access.splitlines()[3].endswith(f"request_id={unnamed[1]['X-Request-ID']}")
    assert (forwarded[0], forwarded[2]) == (200, unnamed[2])
    assert full[0] == 200
    assert too_long[0] == 413
    assert "nginx" in too_many[2].decode()
    for answer in (without_key, named, too_long, too_many):
        assert answer[1]["Strict-Transport-Security"] == "max-age=31536000"
    assert key not in access
    assert before != renewed


def test_the_proxy_closes_idle_connections_before_the_service() -> None:
    """Else a request could be sent on one that the service is just closing."""
    [seconds] = re.findall(r"keepalive_timeout (\d+)s;", (ROOT / "docs/nginx.conf").read_text(encoding="utf-8"))

    assert int(seconds) < Settings().keepalive_s


def test_what_prometheus_asks_for_is_there(checkout: Path) -> None:
    """By the page's own scrape configuration, with a key; each metric, label and value that an alarm names."""
    section = PAGE.section("Metrics and alarms")
    expressions = re.findall(r"^\| .+? \| `(.+)` \|$", section, re.MULTILINE)
    key = shown_key(shell(MAKE_KEY, checkout))
    with started(START_WITH_KEYS, checkout) as address:
        [job] = yaml.safe_load(SCRAPE.replace("localhost:8000", address))["scrape_configs"]
        [target] = job["static_configs"][0]["targets"]
        ask(f"http://{target}/predict", STUDENT, Authorization=f"Bearer {key}")
        refused = ask(f"http://{target}/metrics")
        answer = ask(f"http://{target}/metrics", Authorization=f"Bearer {key}")
    labels: dict[str, dict[str, set[str]]] = {}
    for family in text_string_to_metric_families(answer.body.decode()):
        for sample in family.samples:
            values = labels.setdefault(sample.name, {})
            for name, value in sample.labels.items():
                values.setdefault(name, set()).add(value)

    assert job.keys() == {"job_name", "authorization", "static_configs"}
    assert (refused.status, answer.status) == (401, 200)
    assert expressions[0] == f'up{{job="{job["job_name"]}"}} == 0'
    for expression in expressions[1:]:
        metrics = re.findall(r"(passfail_\w+)(?:\{(\w+)(=~?)\"(.*?)\"\})?", expression)
        assert metrics, expression
        for metric, label, operator, value in metrics:
            assert metric in labels, expression
            assert not label or label in labels[metric], expression
            assert operator != "=" or value in labels[metric][label], expression


def test_a_request_is_found_by_its_id(checkout: Path) -> None:
    """In the log, where it looks as the page shows it; also after the file was put aside."""
    shown = json.loads(LOG_LINE)
    with started(START, checkout) as address:
        log = checkout / "service.log"
        shell(SEND_ID, checkout, address)
        eventually(lambda: "school-app-0815" in log.read_text())  # lines come a moment after the answer
        found = json.loads(shell(FIND_ID, checkout).stdout)
        shell(PUT_ASIDE, checkout)
        shell(SEND_ID, checkout, address)
        again = json.loads(eventually(log.read_text))

    assert list(found) == list(again) == list(shown)
    its_own = ("time", "pid", "duration_ms")
    for name in shown:
        assert name in its_own or found[name] == again[name] == shown[name]
    assert (checkout / "service.log.1").read_text().count("school-app-0815") == 1


def test_a_backup_is_of_one_moment_and_is_restored_under_a_running_service(checkout: Path) -> None:
    """Taken while versions are published without pause; whole, with the key of the rows, and nothing half done."""
    store, stop = ModelStore(checkout / "models", "pass_fail"), threading.Event()
    network = store.path(1)
    key = store.row_key()

    def keep_publishing() -> None:
        while not stop.is_set():
            publish(store, network)

    publisher = threading.Thread(target=keep_publishing)
    publisher.start()
    try:
        eventually(lambda: len(store.versions()) > 3)
        for _ in range(3):
            shell(BACK_UP, checkout)
    finally:
        stop.set()
        publisher.join()
    [archive] = (checkout / "backups").iterdir()
    with tarfile.open(archive) as opened:
        names = opened.getnames()
    with started(START, checkout) as address:
        before = serving(address)
        publish(store, network)
        eventually(lambda: serving(address) == before + 1)
        verified = shell(UNPACK, checkout).stdout
        restored = ModelStore(checkout / "models/restored", "pass_fail")
        versions = restored.versions()
        published = [event["version"] for event in restored.history() if event["event"] == "publish"]
        shell(PUT_BACK, checkout)
        eventually(lambda: serving(address) == versions[-1])
        answered = ask(f"http://{address}/predict", STUDENT)

    assert (checkout / "backups").stat().st_mode & 0o777 == 0o700
    assert not [name for name in names if "staging" in name]
    assert versions == published == list(range(1, versions[-1] + 1))
    assert 3 < versions[-1] <= before
    assert verified.count(": ok, ") == len(versions)
    assert store.aliases() == {"champion": versions[-1]}
    assert store.row_key() == key
    assert (store.folder / ".row_key").stat().st_mode & 0o777 == 0o600
    assert answered.json["model"]["version"] == versions[-1]
    assert sorted(path.name for path in (checkout / "models").iterdir()) == ["README.md", "pass_fail", "replaced"]


@pytest.mark.long
def test_the_crontab_line_trains_and_says_what_went_wrong(checkout: Path, tmp_path: Path) -> None:
    """As cron runs it: by sh, with next to no environment, printing only where something is to be mailed."""
    make_table(checkout)
    minute, hour, *days, command = CRON.rstrip("\n").split(" ", 5)
    assert (minute, hour, days) == ("30", "3", ["*", "*", "1"])
    assert "%" not in command  # cron would end the line there
    cron = ["env", "-i", f"HOME={tmp_path}", "PATH=/usr/bin:/bin", "SHELL=/bin/sh", "/bin/sh", "-c"]

    def run_by_cron() -> str:
        line = command.replace(FOLDER, str(checkout))
        return subprocess.run([*cron, line], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout

    mailed_first = run_by_cron()
    (checkout / TABLE).write_text((checkout / TABLE).read_text().replace('kind = "number"', 'kind = "nowhere"'))
    mailed_second = run_by_cron()

    assert mailed_first == ""
    assert mailed_second == "passfail: training ended with exit code 2\n"
    assert ModelStore(checkout / "models", "pass_fail").aliases()["champion"] == 2
    log = (checkout / "training.log").read_text()
    assert "version 2 " in log
    assert "study_hours.kind: Must be one of" in log


def test_the_capacity_table_is_what_the_service_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine of 64 processors, by the container's memory limit."""
    rows = re.findall(r"^\| `(\d+)g` \| (\d+) \| (\d+) \|$", PAGE.text, re.MULTILINE)
    assert len(rows) == 4
    for gibibytes, workers, workers_of_small in rows:
        put_cgroup(tmp_path, monkeypatch, {"memory.max": str(int(gibibytes) * 2**30)}, num_processors=64)

        assert Settings.from_env({}).workers == int(workers)
        assert Settings.from_env({"SERVICE_MAX_BODY_BYTES": "1048576"}).workers == int(workers_of_small)


def test_the_program_is_upgraded_and_put_back(checkout: Path, tmp_path: Path) -> None:
    """By git, with the versions that are there, while the service goes on."""
    before = (checkout / "README.md").read_text()
    after = f"{before}\nNew.\n"
    (tmp_path / "origin/README.md").write_text(after)
    commit(tmp_path / "origin")

    with started(START, checkout) as address:
        verified = shell(UPGRADE, checkout).stdout
        upgraded = (checkout / "README.md").read_text()
        shell(DOWNGRADE, checkout)
        put_back = (checkout / "README.md").read_text()
        answered = ask(f"http://{address}/predict", STUDENT)

    assert "version 1: ok" in verified
    assert (upgraded, put_back) == (after, before)
    assert answered.status == 200
