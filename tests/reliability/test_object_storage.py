"""A service whose versions lie in object storage that is away, slow or forbidden: what is loaded serves on."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.store.model_store import ModelStore
from registry.store.places import object_storage
from service.settings import Settings
from service.telemetry.metrics import Metrics
from service.versions.versions import Versions
from tests.support.http import Answer, ask, eventually
from tests.support.object_storage import ENDPOINTS, Gateway
from tests.support.processes import RunningService, Serve
from tests.support.stores import STUDENT, publish


@pytest.fixture
def gateway(s3: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """What stands before the server, for this process and those that it starts."""
    gateway = Gateway(os.environ["AWS_ENDPOINT_URL"])
    for name in ENDPOINTS:
        monkeypatch.setenv(name, gateway.url)
    yield gateway
    gateway.vanish()


def test_a_look_with_nothing_new_is_one_small_request(students: Path, address: str, gateway: Gateway) -> None:
    """However many versions there are; and one that finds something reads that, and nothing else again."""
    store = ModelStore(address, "pass_fail")
    publish(store, students / "pass_fail/1")
    publish(store, students / "pass_fail/1")
    versions = Versions(Settings(models_dir=address), Metrics())
    versions.poll()
    gateway.requests.clear()

    for _ in range(3):
        versions.poll()
    nothing_new = gateway.requests[:]
    store.rollback("worse")
    gateway.requests.clear()
    versions.poll()

    history = f"GET /{address.removeprefix('s3://')}/pass_fail/history.jsonl"
    assert nothing_new == [history] * 3
    assert versions.find().manifest.version == 1
    assert {line.split("/pass_fail/")[1].split("/")[0] for line in gateway.requests} == {"history.jsonl", "1"}


def test_who_looks_at_many_models_waits_once(
    students: Path, address: str, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a store that does not answer: the first look is tried twice, and the others know that it was."""
    monkeypatch.setattr(object_storage, "_PAUSE_S", 3600)
    names = [f"maths-{number}" for number in range(3)]
    for name in names:
        publish(ModelStore(address, name), students / "pass_fail/1", name=name)
    models = [Versions(Settings(models_dir=address, model=name), Metrics()) for name in names]
    for versions in models:
        versions.poll()
    gateway.hang()
    gateway.requests.clear()

    for versions in models:
        versions.poll()

    first = f"GET /{address.removeprefix('s3://')}/maths-0/history.jsonl"
    assert gateway.requests == [first] * 2
    assert [versions.snapshot.problem for versions in models] == [
        f"history.jsonl can't be read: {address} {why}"
        for why in ("does not answer in time", *["did not answer a moment ago"] * 2)
    ]
    assert [versions.find().manifest.name for versions in models] == names


def problem(service: RunningService) -> str:
    """What the service says is wrong."""
    described = ask(f"{service.url}/model").json
    return str(described.get("problem", described.get("detail", "")))


def predict(service: RunningService) -> Answer:
    """Ask for a student."""
    return ask(f"{service.url}/predict", STUDENT)


def test_what_is_loaded_serves_on_whatever_becomes_of_the_store(
    students: Path, address: str, gateway: Gateway, serve: Serve
) -> None:
    """Slow or away: it is named and nobody waits for it; once it answers again, what was published meanwhile serves."""
    store = ModelStore(address, "pass_fail")
    publish(store, students / "pass_fail/1")
    with serve(address) as service:
        first = eventually(lambda: (answer := predict(service)).status == 200 and answer)

        gateway.hang()
        slow = eventually(lambda: "does not answer in time" in problem(service) and predict(service))
        with serve(address) as late:
            not_ready = ask(f"{late.url}/readyz").status, problem(late)
        gateway.vanish()
        away = eventually(lambda: "can't be reached" in problem(service) and predict(service))
        gateway.answer()
        publish(store, students / "pass_fail/1")
        again = eventually(lambda: (answer := predict(service)).json["model"]["version"] == 2 and answer)
        eventually(lambda: problem(service) == "")
        log = service.log.read_text()

    assert first.body == slow.body == away.body
    assert again.status == 200
    assert not_ready[0] == 503
    assert not_ready[1].startswith(f"history.jsonl can't be read: {address}")
    assert f"{address} does not answer in time" in log
    assert f"{address} can't be reached" in log


def test_a_service_that_may_not_read_says_so(students: Path, address: str, serve: Serve) -> None:
    """Which bucket, and where to look; no key stands in its log."""
    publish(ModelStore(address, "pass_fail"), students / "pass_fail/1")

    with serve(address, AWS_SECRET_ACCESS_KEY="of-somebody-else") as service:
        said = problem(service)
        log = service.log.read_text()

    assert said.startswith(f"history.jsonl can't be read: {address} refuses access (403 Forbidden")
    assert said in log
    assert not {"of-somebody-else", os.environ["AWS_ACCESS_KEY_ID"]} & {*log.replace('"', " ").split()}
