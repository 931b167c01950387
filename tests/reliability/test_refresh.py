"""The model is refreshed, rolled back, broken, and workers are killed, while clients ask without pause."""

import json
import os
import shutil
import signal
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from registry.store import staging
from registry.store.model_store import GOLDEN, LITERT_MODEL, MANIFEST, ModelStore
from registry.store.places.folder import write_aliases
from tests.reliability.load import Expected, load
from tests.reliability.test_clients import Say, workers
from tests.support.http import ask, eventually
from tests.support.processes import RunningService, Serve, run
from tests.support.stores import once, publish, train


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory, two_versions: Path) -> list[Path]:
    """Three trained versions whose answers differ, to be published again and again."""
    third = once(tmp_path_factory, "third", lambda models: train(models, "--seed", "2"))
    return [two_versions / "pass_fail/1", two_versions / "pass_fail/2", third / "pass_fail/1"]


@pytest.fixture
def store(networks: list[Path], tmp_path: Path) -> ModelStore:
    """A store with one version."""
    store = ModelStore(tmp_path / "models", "pass_fail")
    publish(store, networks[0])
    return store


def put_broken(store: ModelStore, network: Path, how: str) -> int:
    """Make a version that can't be served the champion, past all that would keep it out: a bad restore, say."""
    number = store.versions()[-1] + 1
    fresh = store.folder / f"restored-{number}"
    shutil.copytree(network, fresh)
    original = ModelStore(network.parent.parent, "pass_fail").manifest(int(network.name))
    document = json.loads(replace(original, version=number).to_json())
    match how:
        case "truncated":
            (fresh / LITERT_MODEL).write_bytes((fresh / LITERT_MODEL).read_bytes()[:-100])
        case "unreadable":
            (fresh / "saved_model.pb").unlink()
            (fresh / "saved_model.pb").mkdir()
        case "another format":
            document["format"] = 2
        case "unlike golden":
            golden = json.loads((fresh / GOLDEN).read_bytes())
            golden["probabilities"][0] += 0.01
            (fresh / GOLDEN).write_text(json.dumps(golden))
            digest = staging.digest((fresh / GOLDEN).read_bytes())
            document["files"][GOLDEN] = {"sha256": digest.sha256, "bytes": digest.bytes}
    (fresh / MANIFEST).write_text(json.dumps(document))
    fresh.rename(store.path(number))
    write_aliases(store.folder, store.aliases() | {"champion": number})
    return number


def kill(service: RunningService, worker: int) -> set[int]:
    """Kill a worker.

    Returns:
        The clients' ports of the connections that it had.
    """
    os.kill(worker, signal.SIGSTOP)  # so that it takes no more meanwhile
    eventually(lambda: Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[0] == "T")
    its_files = {os.readlink(file) for file in Path(f"/proc/{worker}/fd").iterdir() if file.is_symlink()}
    port = f":{int(service.url.rpartition(':')[2]):04X}"
    connections = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ports = {
        int(remote.rpartition(":")[2], 16)
        for _, local, remote, *_, inode in (connection[:10] for connection in connections)
        if local.endswith(port) and f"socket:[{inode}]" in its_files
    }
    os.kill(worker, signal.SIGKILL)
    return ports


@pytest.mark.parametrize("engine", ["litert", pytest.param("tensorflow", marks=pytest.mark.long)])
def test_clients_see_none_of_it(serve: Serve, store: ModelStore, networks: list[Path], engine: str, say: Say) -> None:
    """Nothing but 200, except on the connections of a killed process; each answer right for the version it names."""
    broken = ["truncated", "unreadable", "another format", "unlike golden"]
    expected, lost, counts = Expected(store), set(), {"swaps": 0, "rollbacks": 0, "broken": 0, "killed": 0}
    with serve(store.folder.parent, WEB_CONCURRENCY="2", SERVICE_ENGINE=engine) as service:
        eventually(lambda: len(workers(service)) == 2)

        def kill_one() -> None:
            before = workers(service)
            lost.update(kill(service, before[0]))
            eventually(lambda: len(workers(service)) == 2 and before[0] not in workers(service))
            counts["killed"] += 1

        with load(service) as seen:
            for turn in range(20):
                serving = publish(store, networks[(turn + 1) % 3])
                expected.learn(serving)
                seen.wait_for(serving)
                counts["swaps"] += 1
                if turn % 4 == 1:
                    serving, _ = store.rollback("trying")
                    seen.wait_for(serving)
                    counts["rollbacks"] += 1
                if turn % 5 == 3:
                    # A slow worker may have no client just now.
                    eventually(partial(serve_all, service, serving))
                    number = put_broken(store, networks[turn % 3], how := broken.pop())
                    refused = reason(service, number)
                    verified = run("registry", "verify", "--models", store.folder.parent)
                    say(f"{how}: {refused}")
                    counts["broken"] += 1
                    kill_one()  # its successor starts on a broken champion
                    seen.wait_for_more(100)
                    assert seen.has_reached_everyone(serving)
                    if how != "unlike golden":  # only an engine can tell
                        assert verified.returncode == 1
                        assert refused in verified.stdout + verified.stderr
                    serving, _ = store.rollback("broken")
                if turn == 10:
                    kill_one()
            seen.wait_for(serving)

    say(f"{engine}: {counts}, {seen.num_answers} answers, {len(seen.failed)} on connections of killed workers")
    assert counts == {"swaps": 20, "rollbacks": 5, "broken": 4, "killed": 5}
    assert expected.wrong(seen) == []
    assert seen.statuses.keys() == {200}
    assert set(seen.failed) <= lost
    assert len({version for version, _, _ in seen.answers}) == 21


def serve_all(service: RunningService, version: int) -> bool:
    """Whether each worker serves a version."""
    return served_by_all(service) == {version}


def served_by_all(service: RunningService) -> set[int]:
    """The versions that the workers serve, by what they count."""
    text = ask(f"{service.url}/metrics").body.decode()
    return {int(float(line.split()[-1])) for line in text.splitlines() if line.startswith("passfail_serving_version{")}


def reason(service: RunningService, version: int) -> str:
    """Why a version is refused, as soon as it is."""

    def find() -> list[str]:
        versions = ask(f"{service.url}/model").json["versions"]
        return [entry["reason"] for entry in versions if (entry["version"], entry["state"]) == (version, "refused")]

    found: list[str] = eventually(find)
    return found[0]


@pytest.mark.long
@pytest.mark.parametrize(("engine", "num_workers"), [("litert", 2), ("tensorflow", 1)])  # a load takes .5 s there
def test_two_hundred_swaps_take_no_more_memory(
    serve: Serve, store: ModelStore, networks: list[Path], engine: str, num_workers: int, say: Say
) -> None:
    """Memory of the workers' own, after the first 20, 120 and at the end: what leaks grows in both hundreds.

    In one of them a table of Python's own, such as that of interned strings, may become twice as large, by 2 MiB.
    Numbers of versions are remembered, some kilobytes each; a version that stays would be a hundred times as much.
    """
    expected = Expected(store)
    sizes: list[int] = []
    settings = {"WEB_CONCURRENCY": str(num_workers), "SERVICE_POLL_S": "0.05", "SERVICE_ENGINE": engine}
    with (
        serve(store.folder.parent, **settings) as service,
        load(service, pause_s=0.02) as seen,  # the swaps are the point here
    ):
        for swap in range(220):
            serving = publish(store, networks[(swap + 1) % 3])
            expected.learn(serving)
            seen.wait_for(serving)
            store.prune(2)
            if swap % 100 == 19:
                sizes.append(own_bytes(service))

    memory = ", ".join(f"{size / 2**20:.1f}" for size in sizes)
    say(f"{engine}, 200 swaps: {memory} MiB, {seen.num_answers} answers")
    assert (expected.wrong(seen), seen.failed) == ([], [])
    assert seen.statuses.keys() == {200}
    assert min(later / sooner for sooner, later in pairwise(sizes)) < 1.05


def own_bytes(service: RunningService) -> int:
    """Memory of a service's workers that no file is behind; what they share is counted once.

    A library's pages count for less while other processes, of other tests, have it in memory too.
    """
    rollups = [Path(f"/proc/{worker}/smaps_rollup").read_text() for worker in workers(service)]
    return sum(int(rollup.split("Pss_Anon:")[1].split()[0]) * 1024 for rollup in rollups)
