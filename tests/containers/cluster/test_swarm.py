"""Replicas in a swarm, under load: not one request fails, whatever happens to the replicas."""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.containers.cluster.conftest import UPDATE_DEADLINE_S, Load, Stack
from tests.containers.conftest import docker, run_docker
from tests.deploy.test_page import STACK_REFRESH, STACK_ROLLBACK, STACK_STORAGE, STACK_UPGRADE
from tests.support.http import ask, eventually
from tests.support.object_storage import ENDPOINTS, Gateway


def test_three_replicas_answer_who_has_a_key(stack: Stack) -> None:
    """From nothing by the page's lines; the first version was trained by the stack's own job."""
    with Load(stack) as load:
        load.more()

    answered = [run_docker("logs", it["Id"]).stderr.count('"route":"/predict"') for it in stack.replicas()]
    assert load.failures == []
    assert set(load.answers) == {stack.predict()}
    assert len(answered) == 3
    assert min(answered) > 0
    assert ask(f"{stack.compose.url}/predict", {}).status == 401
    assert ask(f"{stack.compose.url}/readyz").json == {"status": "ready", "version": 1}


def test_an_upgrade_loses_no_request(stack: Stack) -> None:
    """Of the image and of the keys: each replica is replaced, and stops only when another answers."""
    expected = stack.predict()
    before = {replica["Id"] for replica in stack.replicas()}
    image, other = stack.make_image("2", "LABEL release=2"), stack.make_key("school-app-2")
    by_page, line = STACK_UPGRADE.splitlines()

    with Load(stack) as load:
        load.more()
        stack.type(line)
        load.more()
        # With the old ones gone for good, and their last connections.
        eventually(lambda: not before & set(docker("ps", "--quiet", "--no-trunc").split()), UPDATE_DEADLINE_S)
        load.more()

    assert by_page == "docker tag passfail-service passfail-service:2"
    assert load.failures == []
    assert set(load.answers) == {expected}
    assert stack.images() == [image] * 3
    assert stack.update_state() == "completed"
    assert replace(stack, key=other).predict() == expected


def test_a_refresh_and_the_way_back_lose_no_request(stack: Stack) -> None:
    """All replicas take up what the job has trained, and give it up again."""
    old = stack.predict()

    with Load(stack) as load:
        stack.write_table(5)
        stack.type(STACK_REFRESH)
        eventually(lambda: stack.predict() != old)
        new = stack.predict()
        load.more()
        stack.type(STACK_ROLLBACK)
        eventually(lambda: [stack.predict() for _ in range(12)] == [old] * 12)  # however many replicas are asked
        load.more()

    assert load.failures == []
    assert (old[0], new[0]) == (1, 2)
    assert set(load.answers) == {old, new}


def test_a_killed_replica_loses_no_request(stack: Stack) -> None:
    """By the signal that nothing can catch; another takes its place."""
    killed = stack.replicas()[0]["Id"]

    with Load(stack) as load:
        load.more()
        docker("kill", "--signal=KILL", killed)
        load.more()
        eventually(lambda: len(others := stack.replicas()) == 3 and killed not in {it["Id"] for it in others})
        load.more()

    assert load.failures == []


def test_an_image_that_serves_nothing_is_taken_back(stack: Stack) -> None:
    """One that starts and never becomes ready: the replicas go on, and nobody has to do anything."""
    before = {replica["Id"] for replica in stack.replicas()}
    bad = stack.make_image("bad", "ENV SERVICE_MODEL=nothing")

    with Load(stack) as load:
        load.more()
        stack.compose.run(f"docker service update --detach --image {bad} {stack.compose.project}_service")
        eventually(lambda: stack.update_state() == "updating")
        eventually(lambda: stack.update_state() == "rollback_completed", UPDATE_DEADLINE_S)
        load.more()

    assert load.failures == []
    assert len(before & {replica["Id"] for replica in stack.replicas()}) >= 2
    assert bad not in stack.images()


def test_a_replica_may_do_no_more_than_it_must(stack: Stack) -> None:
    """As the engine has it: what docker-compose.yml keeps from the service, but for what a stack can't say."""
    for replica in stack.replicas():
        host = replica["HostConfig"]
        mounts = {mount["Destination"]: mount["RW"] for mount in replica["Mounts"]}

        assert replica["Config"]["User"] == "10001:10001"
        assert host["ReadonlyRootfs"]
        assert host["CapDrop"] == ["ALL"]
        assert not host["CapAdd"]
        assert host["Memory"] > 0
        assert host["PidsLimit"] > 0
        assert mounts == {"/app/models": False, "/tmp": True}


@pytest.fixture
def bucket(deployed: Stack, address: str) -> Iterator[str]:
    """A place in object storage that containers reach, as `storage.env` tells them."""
    host = docker("network", "inspect", "--format={{(index .IPAM.Config 0).Gateway}}", "docker_gwbridge")
    gateway = Gateway(os.environ["AWS_ENDPOINT_URL"], host)
    told = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    told |= {name: gateway.url for name in ENDPOINTS if name in told}
    lines = [f"{name}={value}\n" for name, value in told.items()]
    (deployed.compose.folder / "storage.env").write_text("".join(lines))
    yield address
    gateway.vanish()


def test_versions_move_to_object_storage_and_lose_no_request(stack: Stack, bucket: str) -> None:
    """Replicas that read the volume go when others read the bucket; what the job then publishes there is taken up."""
    expected = stack.predict()

    with Load(stack) as load:
        load.more()
        stack.type(STACK_STORAGE.replace("s3://models", bucket))
        load.more()
        moved = set(load.answers)
        stack.write_table(6)
        stack.type(STACK_REFRESH.replace("--if-changed", f"--if-changed --models {bucket}"))
        eventually(lambda: stack.predict() != expected, UPDATE_DEADLINE_S)
        load.more()

    assert load.failures == []
    assert moved == {expected}
    assert all(f"SERVICE_MODELS_DIR={bucket}" in replica["Config"]["Env"] for replica in stack.replicas())
