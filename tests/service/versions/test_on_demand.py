"""Stored versions that nothing names: loaded when they are asked for by number, a few at a time, checked as others."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from registry.store.model_store import LITERT_MODEL, MANIFEST, ModelStore
from service.app import create_app
from service.errors import VersionNotLoaded
from service.server.lanes import Lane
from service.settings import Settings
from service.telemetry.metrics import Metrics
from service.versions.listing import list_versions
from service.versions.models import Models
from service.versions.on_demand import NUM_KEPT, REFUSED_S
from service.versions.versions import Versions
from tests.support.http import ask, eventually
from tests.support.processes import RunningService, Serve
from tests.support.stores import STUDENT, publish

NUM_VERSIONS = 10  # the last one serves


@pytest.fixture
def store(tmp_path: Path, two_versions: Path) -> ModelStore:
    """A store of ten versions that are by turns one of two networks; the last one is champion."""
    store = ModelStore(tmp_path / "models", "pass_fail")
    for number in range(NUM_VERSIONS):
        publish(store, two_versions / f"pass_fail/{1 + number % 2}")
    return store


@pytest.fixture
def settings(store: ModelStore) -> Settings:
    """Of a service of that store."""
    return Settings(models_dir=store.folder.parent)


@pytest.fixture
def versions(settings: Settings) -> Versions:
    """A worker's versions, after their first look."""
    versions = Versions(settings, Metrics())
    versions.poll()
    return versions


@pytest.fixture
def service(serve: Serve, store: ModelStore) -> Iterator[RunningService]:
    """A worker of that store, as a process."""
    with serve(store.folder.parent) as service:
        yield service


def on_demand(versions: Versions) -> set[int]:
    """The numbers that would be answered without loading, though nothing names them."""
    return {number for number in range(1, NUM_VERSIONS) if number in versions.snapshot.stored} - {
        number for number in range(1, NUM_VERSIONS) if versions.must_load(str(number))
    }


def test_a_stored_version_is_loaded_when_it_is_asked_for(versions: Versions) -> None:
    """By its number alone; it is listed as before, and what is not stored is not found."""
    listed = list_versions(versions.snapshot)

    assert versions.must_load("3")
    assert versions.find("3").manifest.version == 3
    assert versions.find("3") is versions.find("3")
    assert not versions.must_load("3")
    assert versions.find().manifest.version == versions.find("champion").manifest.version == NUM_VERSIONS
    assert list_versions(versions.snapshot) == listed
    assert listed[2]["state"] == "stored"
    wide = "\N{FULLWIDTH DIGIT THREE}"
    for reference in ("11", "0", "03", "+3", wide, "-3", "3 ", "", "9" * 18, "9" * 5000, "nobody"):
        assert not versions.must_load(reference)
        with pytest.raises(VersionNotLoaded, match=r"that version is not loaded; loaded: 10"):
            versions.find(reference)


def test_the_one_that_was_asked_for_longest_ago_makes_way(versions: Versions) -> None:
    """Unless it is in use."""
    assert NUM_KEPT == 2
    for reference in ("1", "2", "1", "3"):
        versions.find(reference)
    after_three = on_demand(versions)

    with versions.use("1"), versions.use("3"), versions.use("4"):
        in_use = on_demand(versions)
        first = versions.find("1")
        versions.find("5")
        assert versions.find("1") is first

    assert after_three == {1, 3}
    assert in_use == {1, 3, 4}
    assert len(on_demand(versions)) == NUM_KEPT


def test_it_is_loaded_once_however_many_ask_at_once(versions: Versions) -> None:
    """They wait for the one that loads it."""
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(versions.find, ["1", "2"] * 8))

    assert len({id(version) for version in found}) == 2


def test_a_broken_one_is_refused_with_its_reason(store: ModelStore, versions: Versions) -> None:
    """By the checks of any other; it costs nothing for a moment, and is taken up once it is mended."""
    whole = (store.folder / "2" / LITERT_MODEL).read_bytes()
    (store.folder / "2" / LITERT_MODEL).write_bytes(whole[:-1])
    (store.folder / "4" / MANIFEST).write_text("{}")

    with pytest.raises(VersionNotLoaded, match=r"version 2 is refused: .*model\.tflite"):
        versions.find("2")
    assert not versions.must_load("2")
    with pytest.raises(VersionNotLoaded, match="version 4 is refused"):
        versions.find("4")
    assert versions.find("3").manifest.version == 3
    (store.folder / "2" / LITERT_MODEL).write_bytes(whole)

    assert eventually(lambda: versions.must_load("2"), deadline_s=60 * REFUSED_S)
    assert versions.find("2").manifest.version == 2


def test_what_is_named_and_refused_is_told_with_its_reason(store: ModelStore, versions: Versions) -> None:
    """By its number and its alias alike; what serves goes on."""
    (store.folder / "1" / MANIFEST).write_text("{}")
    aliases = json.loads((store.folder / "aliases.json").read_text())
    (store.folder / "aliases.json").write_text(json.dumps({**aliases, "trial": 1}))
    versions.poll()

    for reference in ("1", "trial"):
        assert not versions.must_load(reference)
        with pytest.raises(VersionNotLoaded, match="version 1 is refused"):
            versions.find(reference)
    assert versions.find().manifest.version == NUM_VERSIONS


def test_what_is_gone_or_another_is_not_answered_from_memory(store: ModelStore, versions: Versions) -> None:
    """A prune takes it, or somebody puts another in its place; a promotion makes it one that is always loaded."""
    first, second, third = (versions.find(reference) for reference in ("1", "2", "3"))
    (store.folder / "3" / MANIFEST).write_bytes((store.folder / "3" / MANIFEST).read_bytes() + b"\n")
    versions.poll()
    assert on_demand(versions) == {2}

    store.promote(2, "try", force=True)
    store.prune(1)
    versions.poll()

    assert versions.find("2").manifest == second.manifest
    assert not versions.find("2").is_on_demand
    assert first.is_on_demand
    assert third.is_on_demand
    with pytest.raises(VersionNotLoaded, match="not loaded"):
        versions.find("1")


def test_a_version_of_a_model_that_is_not_loaded_is_loaded_with_it(settings: Settings) -> None:
    """Both at once, and both before the answer."""
    models = Models(
        Settings(models_dir=settings.models_dir, model="", models=("*",)),
        Metrics(),
    )
    models.start()

    models.load("pass_fail", "3")

    assert not models.must_load("pass_fail", "3")
    assert models.must_load("pass_fail", "4")
    assert models.find("pass_fail", "3").manifest.version == 3


@pytest.mark.parametrize(
    ("method", "path", "query"),
    [
        ("POST", "/predict", "version=3"),
        ("POST", "/predict", "a=b&version=3&version=4"),
        ("POST", "/predict", "v%65rsion=%33"),
        ("POST", "/models/pass_fail/explain", "version=3"),
        ("POST", "/recourse", "version=3&target_probability=0.9"),
        ("POST", "/score", "version=3"),
        ("POST", "/v1/models/pass_fail/versions/3:predict", ""),
        ("GET", "/v1/models/pass_fail/versions/3", ""),
        ("GET", "/v1/models/pass_fail/versions/3/metadata", ""),
        ("POST", "/v2/models/pass_fail/versions/3/infer", ""),
        ("GET", "/v2/models/pass_fail/versions/3/ready", ""),
        ("GET", "/v2/models/pass_fail/versions/3/config", ""),
    ],
)
def test_no_route_lets_the_loop_load_a_version(settings: Settings, method: str, path: str, query: str) -> None:
    """It waits in the lane of what has to be loaded; a probe goes there too."""
    app = create_app(settings)
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query}

    lane = app.admit(environ)

    assert lane is not Lane.PROBE
    assert app.must_load(environ)
    app.load(environ)
    assert not app.must_load(environ)
    others = {"REQUEST_METHOD": method, "PATH_INFO": path.replace("/versions/3", ""), "QUERY_STRING": ""}
    app.admit(others)
    assert not app.must_load(others)


def test_a_file_of_a_version_loads_nothing(settings: Settings) -> None:
    """What is read from the store needs no network."""
    app = create_app(settings)
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/model/versions/3/report", "QUERY_STRING": "version=3"}
    app.admit(environ)

    assert not app.must_load(environ)


def test_every_route_answers_with_any_stored_version(service: RunningService) -> None:
    """In the words of each; the listings say what they said before."""
    url, tensor = service.url, {"shape": [1], "datatype": "FP64"}
    before = [ask(f"{url}/v1/models/pass_fail").json, ask(f"{url}/v2/repository/index", b"").json]

    for path in ("predict", "explain", "recourse"):
        query = "version=2&target_probability=0.9" if path == "recourse" else "version=2"
        answer = ask(f"{url}/{path}?{query}", STUDENT)
        assert (answer.status, answer.json["model"]["version"]) == (200, 2), answer.body
    probability = ask(f"{url}/predict?version=2", STUDENT).json["predictions"][0]["probability"]
    served = ask(f"{url}/v1/models/pass_fail/versions/2:predict", {"instances": [STUDENT]}).json
    inputs = [{"name": name, "data": [value], **tensor} for name, value in STUDENT.items()]
    inferred = ask(f"{url}/v2/models/pass_fail/versions/2/infer", {"inputs": inputs}).json
    status = ask(f"{url}/v1/models/pass_fail/versions/2").json["model_version_status"]

    assert served == {"predictions": [pytest.approx(probability)]}
    assert inferred["model_version"] == "2"
    assert inferred["outputs"][0]["data"] == [pytest.approx(probability)]
    assert [(entry["version"], entry["state"]) for entry in status] == [("2", "AVAILABLE")]
    assert ask(f"{url}/v2/models/pass_fail/versions/2/ready").json["ready"] is True
    assert ask(f"{url}/v1/models/pass_fail/versions/11").status == 404
    assert ask(f"{url}/v2/models/pass_fail/versions/11/ready").status == 404
    assert [ask(f"{url}/v1/models/pass_fail").json, ask(f"{url}/v2/repository/index", b"").json] == before
    states = Counter(entry["state"] for entry in ask(f"{url}/model/versions").json["versions"])
    assert states == {"stored": NUM_VERSIONS - 1, "serving": 1}


def test_twenty_that_ask_at_once_are_all_answered(service: RunningService) -> None:
    """It is loaded once; who asks for what is served does not wait for it; counts do not grow with what is asked."""
    paths = ["predict?version=4"] * 20 + ["predict"] * 20

    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda path: ask(f"{service.url}/{path}", STUDENT), paths))

    assert [answer.status for answer in answers] == [200] * 40
    assert [answer.json["model"]["version"] for answer in answers] == [4] * 20 + [NUM_VERSIONS] * 20
    loaded = [line for line in service.log.read_text().splitlines() if "loaded version 4" in line]
    assert len(loaded) == 1
    for number in range(1, NUM_VERSIONS):
        assert ask(f"{service.url}/predict?version={number}", STUDENT).json["model"]["version"] == number
    metrics = ask(f"{service.url}/metrics").body.decode().splitlines()
    counted = [line for line in metrics if line.startswith("passfail_predictions_total{")]
    assert {line.partition('version="')[2].partition('"')[0] for line in counted} == {"10", "on demand"}
    for number in range(100, 400):
        assert ask(f"{service.url}/predict?version={number}", STUDENT).status == 404


def test_memory_stays_level_over_many_versions(service: RunningService) -> None:
    """Eight in turn, again and again: what is let go of is freed."""

    def ask_eight(times: int) -> int:
        for _ in range(times):
            for number in range(1, 9):
                assert ask(f"{service.url}/predict?version={number}", STUDENT).status == 200
        status = Path(f"/proc/{worker}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) * 1024

    [worker] = Path(f"/proc/{service.process.pid}/task/{service.process.pid}/children").read_text().split()
    before = ask_eight(5)

    after = ask_eight(15)

    assert after - before < 4 * 2**20  # each takes about one
    assert eventually(lambda: num_loaded(service) == 1 + NUM_KEPT)


def num_loaded(service: RunningService) -> float:
    """How many versions its metrics say that it has."""
    lines = ask(f"{service.url}/metrics").body.decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith("passfail_loaded_versions{"))


def serves(service: RunningService, number: int) -> bool:
    """Whether a version answers by default."""
    return bool(ask(f"{service.url}/model").json["version"] == number)


def test_a_swap_meanwhile_loses_no_request(service: RunningService, store: ModelStore) -> None:
    """Versions become champion, and cease to be, while they are asked for by number: each answers for itself."""
    done = False

    def ask_on(seed: int) -> Counter[tuple[int, int]]:
        seen: Counter[tuple[int, int]] = Counter()
        number = seed
        while not done or not seen:
            number = number % 8 + 1
            answer = ask(f"{service.url}/predict?version={number}", STUDENT)
            assert answer.status == 200, answer.body
            seen[number, answer.json["model"]["version"]] += 1
        return seen

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask_on, seed) for seed in range(4)]
        try:
            for number in (3, 5, 10, 1, 10):
                store.promote(number, "try", force=True)
                eventually(partial(serves, service, number))
        finally:
            done = True
        seen = [each.result() for each in asking]

    assert all(asked == answered for counts in seen for asked, answered in counts)
    assert json.loads((store.folder / "aliases.json").read_text())["champion"] == 10
