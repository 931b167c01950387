"""Publishers to object storage, many at once or killed, and a server that is: nothing is lost, nothing half visible."""

import json
import random
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from registry.store.journal import champions
from registry.store.model_store import ModelStore
from tests.reliability.test_clients import Say
from tests.support import ROOT
from tests.support.object_storage import control, variables
from tests.support.stores import publish

# Publishes the files of another store's version 1 as often as it is told, and prints what became of each, in a line.
PUBLISHER = """
import json, shutil, sys
from pathlib import Path
from registry.errors import StoreError
from registry.store.model_store import ModelStore

def publish(address):
    store = ModelStore(address, "pass_fail", patient=True)
    manifest = source.manifest(1)
    over = store.aliases().get("champion")
    with store.staging() as staged:
        shutil.copytree(source.path(1), staged, dirs_exist_ok=True)
        published = store.publish(staged, manifest, promote=True, over=over)
    return [published.version, published.champion]

source = ModelStore(Path(sys.argv[1]), "pass_fail")
"""
TIMES = "for _ in range(int(sys.argv[3])): print(json.dumps(publish(sys.argv[2])), flush=True)"
# The same in a process for each line that it reads, an address and n: killed before its n-th request.
KILLED = """
import os, signal
from registry.store.places import object_storage

def killed(address, last):
    steps = iter(range(1, last + 1))
    in_words = object_storage.ObjectStorage._in_words
    def counted(storage, path):
        if next(steps, 0) == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return in_words(storage, path)
    object_storage.ObjectStorage._in_words = counted
    publish(address)

for line in sys.stdin:
    address, last = line.split()
    if not (child := os.fork()):
        killed(address, int(last))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a publisher."""
    command = [sys.executable, "-c", PUBLISHER + program, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def assert_is_whole(store: ModelStore, published: list[tuple[int, bool]]) -> None:
    """Each version is there once and can be read, and history and aliases agree with what publishers were told."""
    history = store.history()
    versions = sorted(version for version, _ in published)
    crowned = [event["to"] for event in history if event["event"] == "promote"]
    assert store.versions() == versions
    assert sorted(event["version"] for event in history if event["event"] == "publish") == versions
    assert sorted(crowned) == sorted(version for version, is_champion in published if is_champion)
    assert store.aliases()["champion"] == crowned[-1] == champions(history)[-1]
    assert [event["from"] for event in history if event["event"] == "promote"] == [None, *crowned[:-1]]
    assert [store.read(version).manifest.version for version in versions] == versions


def test_eight_who_publish_at_once_get_eight_numbers(students: Path, address: str) -> None:
    """One by one is held against the champion that it was compared with; nothing is lost, and nothing said twice."""
    publishers = [start(TIMES, students, address, 2) for _ in range(8)]

    said = [publisher.communicate()[0].splitlines() for publisher in publishers]

    published = [json.loads(line) for lines in said for line in lines]
    assert [publisher.returncode for publisher in publishers] == [0] * 8
    assert sorted(version for version, _ in published) == list(range(1, 17))
    assert_is_whole(ModelStore(address, "pass_fail"), published)


def test_a_publisher_killed_at_any_request_leaves_no_half_version(students: Path, address: str, say: Say) -> None:
    """Nothing is visible, or the whole version is; the next publisher gets a number of its own."""
    publisher = start(KILLED, students)
    assert publisher.stdin is not None
    assert publisher.stdout is not None
    num_requests = num_invisible = 0
    with publisher:
        while True:
            store = ModelStore(f"{address}/{num_requests}", "pass_fail")
            print(store.root, num_requests + 1, file=publisher.stdin, flush=True)
            code = int(publisher.stdout.readline())
            if code == 0:
                break
            assert code == -signal.SIGKILL
            num_requests += 1
            visible = store.versions()
            num_invisible += not visible
            assert visible == []

            publish(store, students / "pass_fail/1")

            [version] = store.versions()
            assert_is_whole(store, [(version, True)])
        publisher.stdin.close()

    say(f"killed before each of {num_requests} requests; no version visible after {num_invisible} of them")
    assert num_requests > 20


@contextmanager
def own_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A server that a test may kill; gives the folder by which it is known."""
    server = folder / "s3"
    control(server, "start")
    for name, value in variables(server).items():
        monkeypatch.setenv(name, value)
    try:
        yield server
    finally:
        control(server, "kill")


@pytest.mark.long
@pytest.mark.usefixtures("s3")  # where it is not installed yet, one process does that for all
def test_a_server_that_is_killed_again_and_again_loses_nothing(
    students: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, say: Say
) -> None:
    """Who publishes waits until it is back, and what was said to be published is."""
    moments = random.Random(0)
    with own_server(tmp_path, monkeypatch) as server:
        address = f"s3://models/{secrets.token_hex(8)}"
        publishers = [start(TIMES, students, address, 12) for _ in range(2)]
        num_kills = 0
        while any(publisher.poll() is None for publisher in publishers):
            time.sleep(moments.uniform(0, 2))  # a moment like any other
            control(server, "kill")
            num_kills += 1
            control(server, "start")
        said = [publisher.communicate()[0].splitlines() for publisher in publishers]

        published = [json.loads(line) for lines in said for line in lines]
        say(f"server killed {num_kills} times while {len(published)} versions were published")
        assert [publisher.returncode for publisher in publishers] == [0, 0]
        assert len(published) == 24
        assert_is_whole(ModelStore(address, "pass_fail"), published)
