"""The lines for containers of the page for operators, each of them, on the real engine."""

import json
import re
import socket
import subprocess

import pytest

from registry.limits import num_cpus
from tests.containers.conftest import STUDENT, Client, Compose, docker, write_school
from tests.support import DEADLINE_S
from tests.support.http import ask, eventually
from tests.test_operators import (
    COMPOSE_BACK_UP,
    COMPOSE_CRON,
    COMPOSE_KEYS,
    COMPOSE_LOG,
    COMPOSE_MEMORY,
    COMPOSE_RESTORE,
    COMPOSE_TRAIN,
    COMPOSE_UP,
    COMPOSE_UPGRADE,
    COMPOSE_VERSIONS,
)

UP = COMPOSE_UP
REFRESH, OWN_TABLE = COMPOSE_TRAIN.splitlines()
LIST, ROLLBACK = COMPOSE_VERSIONS.splitlines()
UPGRADE, STOP = COMPOSE_UPGRADE.splitlines()


@pytest.fixture
def stack(compose: Compose) -> Compose:
    """The project, up as its reader has it, whatever the test before it did."""
    compose.type(UP)
    eventually(lambda: ask(f"{compose.url}/readyz").status == 200)
    return compose


def test_it_trains_once_and_answers_through_the_published_port(stack: Compose) -> None:
    """From nothing to an answer by one command, on this machine's own address only; again, it trains nothing."""
    version, probability = stack.predict()
    before = stack.versions(), stack.container("service")["State"]["StartedAt"]

    stack.type(UP)

    assert stack.predict() == (version, probability)
    assert (stack.versions(), stack.container("service")["State"]["StartedAt"]) == before
    assert stack.container("training")["State"]["ExitCode"] == 0
    [binding] = stack.container("service")["NetworkSettings"]["Ports"]["8000/tcp"]
    assert binding["HostIp"] == "127.0.0.1"


def test_a_refresh_is_taken_up_while_a_client_asks(stack: Compose) -> None:
    """Every answer is 200 and right for the version that it names; the way back is one line too."""
    old, before = stack.predict()

    with Client(stack) as client:
        printed = stack.type(REFRESH)
        eventually(lambda: client.answers[-1][0] == old + 1)
    new, after = stack.predict()
    listed = stack.type(LIST)
    stack.type(ROLLBACK)
    eventually(lambda: stack.predict() == (old, before))

    assert f"version {new} " in printed
    assert new == old + 1
    assert after != before
    assert set(client.answers) == {(old, before), (new, after)}
    assert [line.split()[0] for line in listed.splitlines()[1:]] == [str(version) for version in range(1, new + 1)]


def test_a_school_trains_on_its_own_table(stack: Compose) -> None:
    """By one line that mounts its folder; the service then answers by it."""
    old, before = stack.predict()
    write_school(stack.folder, *(f"{hours},{7},{int(hours < 5)}" for hours in range(10)))

    stack.type(OWN_TABLE)

    new, after = eventually(lambda: found if (found := stack.predict())[0] != old else None)
    assert new > old
    assert abs(after - before) > 0.1  # in this school, those who study less pass


def test_a_job_that_fails_leaves_the_service_as_it_was(stack: Compose) -> None:
    """A bad cell: its place and the job's exit code come through, and nothing else happens."""
    before = stack.predict()
    versions = stack.versions()
    write_school(stack.folder, "6,5,1", "many,8,0")

    with Client(stack) as client:
        done = stack.run(OWN_TABLE)

    assert done.returncode == 2
    assert "/data/student_hours.csv" in done.stderr
    assert "study_hours" in done.stderr
    assert set(client.answers) == {before}
    assert stack.versions() == versions


def test_a_stop_answers_what_was_accepted(stack: Compose) -> None:
    """Requests in the middle of their bodies are answered; no other gets half an answer, or another than 200."""
    expected = stack.predict()
    body = json.dumps(STUDENT).encode()
    head = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
    head += b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body)
    connections = [socket.create_connection(("127.0.0.1", stack.port), DEADLINE_S) for _ in range(3)]
    answers: list[bytes] = []

    with Client(stack, may_be_refused=True) as client:
        for connection in connections:
            connection.sendall(head)
            assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"  # accepted: by a worker, not by a proxy
        stop = subprocess.Popen(["bash", "-c", STOP], cwd=stack.folder, env=stack.environ, stderr=subprocess.DEVNULL)
        eventually(lambda: "Handling signal: term" in stack.type("docker compose logs --since 1m service"))
        eventually(lambda: client.refused)
        assert stop.poll() is None
        for connection in connections:
            with connection, connection.makefile("rb") as file:
                connection.sendall(body)
                answers.append(file.read())
        assert stop.wait(DEADLINE_S) == 0

    for answer in answers:
        head, _, document = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
        assert json.loads(document)["model"]["version"] == expected[0]
        assert json.loads(document)["predictions"][0]["probability"] == expected[1]
    assert set(client.answers) == {expected}
    assert stack.container("service")["State"]["ExitCode"] == 0


def test_a_killed_service_comes_back(stack: Compose) -> None:
    """Its first process, by the signal that nothing can catch; nobody has to do anything."""
    expected = stack.predict()
    before = stack.container("service")

    with Client(stack, may_be_refused=True) as client:
        # From outside, by the engine's own numbers: `docker kill` would count as a stop by hand.
        kill = f"import os; os.kill({before['State']['Pid']}, 9)"
        docker("run", "--rm", "--pid=host", "--user=0", "--entrypoint=python", before["Image"], "-c", kill)
        eventually(lambda: client.refused)
        eventually(lambda: stack.container("service")["RestartCount"] == before["RestartCount"] + 1)
        num_answers = len(client.answers)
        eventually(lambda: len(client.answers) > num_answers)

    assert set(client.answers) == {expected}


def test_the_other_engine_gives_the_same_probabilities(stack: Compose) -> None:
    """SERVICE_ENGINE chooses the image too; its health check waits until TensorFlow is loaded."""
    version, probability = stack.predict()

    stack.type(UPGRADE, SERVICE_ENGINE="tensorflow")
    again = stack.predict()
    engine = ask(f"{stack.url}/model").json["engine"]["name"]
    image = stack.container("service")["Image"]
    stack.type(UPGRADE)
    docker("image", "rm", image)  # it has no name any more, and 1.6 GB

    assert engine == "tensorflow"
    assert again[0] == version
    assert again[1] == pytest.approx(probability, abs=1e-5)
    assert ask(f"{stack.url}/model").json["engine"]["name"] == "litert"


def test_a_quota_of_processors_limits_the_workers(stack: Compose) -> None:
    """However many the machine has."""
    stack.type(UP, SERVICE_CPUS="0.5")

    commands = stack.type("docker compose top service")

    assert commands.count("python -m service") == 2, commands  # gunicorn's master and one worker


def test_less_memory_with_smaller_bodies_holds_more_workers(stack: Compose) -> None:
    """Three in a gibibyte, where there are as many processors; with the largest bodies that are taken, one."""
    stack.type(COMPOSE_MEMORY)
    with_small = stack.type("docker compose top service").count("python -m service")
    stack.type(UP, SERVICE_MEMORY="1g")
    with_large = stack.type("docker compose top service").count("python -m service")

    assert with_small == 1 + min(num_cpus(), 3)  # and gunicorn's master
    assert with_large == 2


def test_a_key_is_made_in_a_container_and_asked_for(stack: Compose) -> None:
    """In the folder that it sees; taken back while it runs."""
    environ_file = stack.folder / ".env"
    try:
        shown = stack.run(COMPOSE_KEYS)
        stack.type(UP)
    finally:
        environ_file.unlink()
    assert shown.returncode == 0, shown.stderr
    [key] = re.findall(r"the key, shown only now: (pf_[\w-]+)", shown.stderr)
    line = (stack.folder / "keys/api-keys").read_text()

    def status(**headers: str) -> int:
        return ask(f"{stack.url}/predict", STUDENT, **headers).status

    eventually(lambda: ask(f"{stack.url}/readyz").status == 200)
    assert (status(), status(Authorization=f"Bearer {key}")) == (401, 200)
    assert re.fullmatch(r"school-app sha256:[0-9a-f]{64}\n", line)
    stack.type("sed -i '/^school-app /d' keys/api-keys")
    eventually(lambda: status(Authorization=f"Bearer {key}") == 401)


def test_a_request_is_found_in_the_engines_log(stack: Compose) -> None:
    """By its id, as one line of JSON."""
    ask(f"{stack.url}/predict", STUDENT, **{"X-Request-ID": "school-app-0815"})

    found = json.loads(stack.type(COMPOSE_LOG))

    assert (found["message"], found["status"]) == ("request", 200)


def test_a_scheduled_refresh_says_what_it_did(stack: Compose) -> None:
    """Without a terminal, into a file."""
    old, _ = stack.predict()

    printed = stack.type(COMPOSE_CRON)

    eventually(lambda: stack.predict()[0] > old)
    assert printed == ""
    assert f"version {stack.predict()[0]} " in (stack.folder / "training.log").read_text()


def test_the_volume_is_backed_up_and_restored(stack: Compose) -> None:
    """Whole, while the service goes on; what was trained after is gone. Into an empty volume too."""
    expected, listed = stack.predict(), stack.versions()
    stack.type(COMPOSE_BACK_UP)
    stack.type(REFRESH)
    eventually(lambda: stack.predict() != expected)

    with Client(stack):
        verified = stack.type(COMPOSE_RESTORE)
        eventually(lambda: stack.predict() == expected)
    restored = stack.versions()
    stack.type("docker compose --profile tools down --volumes")
    into_nothing = stack.type(COMPOSE_RESTORE)
    stack.type(UP)

    assert verified == into_nothing
    assert verified.count(": ok, ") == len(listed.splitlines()) - 1
    assert restored == stack.versions() == listed
    assert stack.predict() == expected


@pytest.mark.parametrize("service", ["training", "service"])
def test_a_container_may_do_no_more_than_it_must(stack: Compose, service: str) -> None:
    """As the engine has it."""
    container = stack.container(service)
    host = container["HostConfig"]

    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", container["Config"]["User"])
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert not host["Privileged"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["Memory"] > 0
    mounts = {mount["Destination"]: mount["RW"] for mount in container["Mounts"]}
    keys = {"/run/keys": False}
    may_read = {
        "training": {"/app/models": True, "/run/signing-key.pem": False} | keys,
        "service": {"/app/models": False} | keys,
    }
    assert mounts == may_read[service]
    assert set(host["Tmpfs"]) == {"/tmp"}
    assert host["Tmpfs"]["/tmp"].startswith("size=")
    assert host["PidsLimit"] > 0
    assert (host["NetworkMode"] == "none") == (service == "training")


def test_the_registry_may_do_no_more_than_training(stack: Compose) -> None:
    """An operator's command: no network, and limits of its own."""
    services = json.loads(stack.type("docker compose --profile tools config --format json"))["services"]

    registry, training = services["registry"], services["training"]
    limits = ("network_mode", "read_only", "cap_drop", "security_opt", "tmpfs")
    assert {name: registry[name] for name in limits} == {name: training[name] for name in limits}
    assert registry["network_mode"] == "none"
    assert int(registry["mem_limit"]) > 0
    assert registry["pids_limit"] > 0


def test_the_service_can_write_nowhere_but_to_memory(stack: Compose) -> None:
    """As the process itself finds it."""
    program = """
import os, tempfile
print(os.getuid() != 0, os.getgid() != 0)
for folder in ("/", "/app", "/app/models/pass_fail", "/opt/venv", "/home", "/var/tmp"):
    try:
        tempfile.TemporaryFile(dir=folder)
        print("writable:", folder)
    except OSError as error:
        assert error.errno in (13, 30), error
tempfile.TemporaryFile(dir="/tmp")
status = dict(line.split(":", 1) for line in open("/proc/1/status"))
print(*(int(status[name], 16) for name in ("CapEff", "CapPrm", "CapBnd", "NoNewPrivs")))
"""
    container = stack.container("service")["Id"]

    printed = docker("exec", container, "python", "-c", program)

    assert printed.splitlines() == ["True True", "0 0 0 1"]
