"""A publisher that is killed, at each step that it takes on the file system."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from registry.store.model_store import ModelStore
from tests.reliability.test_clients import Say
from tests.support import ROOT
from tests.support.http import eventually
from tests.support.stores import train

# Publishes the files of another store's version 1, and kills itself when Python tells of the n-th step that touches
# the store: opening, renaming, removing, making a folder, locking. It does so in a process for each line that it reads,
# a store and n, and answers with that one's exit code.
PUBLISHER = """
import os, shutil, signal, sys
from functools import partial
from pathlib import Path
from registry.store.model_store import ModelStore

def publish(models, last):
    sys.addaudithook(partial(count, models, last))
    store = ModelStore(Path(models), "pass_fail")
    manifest = source.manifest(1)
    with store.staging() as staged:
        shutil.copytree(source.path(1), staged, dirs_exist_ok=True)
        store.publish(staged, manifest, promote=True, over=None)

def count(models, last, event, arguments):
    global steps
    touches = event == "fcntl.flock" or (
        event in ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.scandir", "shutil.rmtree")
        and str(arguments[0]).startswith(models)
    )
    if touches:
        steps += 1
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)

source = ModelStore(Path(sys.argv[1]), "pass_fail")
steps = 0
for line in sys.stdin:
    last, models = line.rstrip("\\n").split(" ", 1)
    child = os.fork()
    if not child:
        publish(models, int(last))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
Publish = Callable[..., int]


@pytest.fixture(scope="module")
def publish(students: Path) -> Iterator[Publish]:
    """Publishes into a store in a process of its own, killed at step `last` if there is one; gives its exit code."""
    command = [sys.executable, "-c", PUBLISHER, str(students)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as publisher:

        def run(models: Path, last: int = 0) -> int:
            assert publisher.stdin is not None
            assert publisher.stdout is not None
            print(last, models, file=publisher.stdin, flush=True)
            return int(publisher.stdout.readline())

        yield run


def test_a_publisher_killed_at_any_step_leaves_no_half_version(publish: Publish, tmp_path: Path, say: Say) -> None:
    """Nothing is visible, or the whole version is; the next publisher publishes and clears up."""
    num_steps = num_invisible = 0
    while True:
        models = tmp_path / str(num_steps)
        store = ModelStore(models, "pass_fail")
        code = publish(models, num_steps + 1)
        if code == 0:
            break
        assert code == -signal.SIGKILL
        num_steps += 1
        visible = store.versions()
        assert visible in ([], [1])
        num_invisible += not visible
        for version in visible:
            store.read(version)

        assert publish(models) == 0

        versions = store.versions()
        assert len(versions) == len(visible) + 1
        assert store.read(versions[-1]).manifest.version == versions[-1]
        assert store.aliases()["champion"] == versions[0]
        assert [event["version"] for event in store.history() if event["event"] == "publish"] == versions
        assert [event["to"] for event in store.history() if event["event"] == "promote"] == [versions[0]]
        assert not list(store.folder.glob(".staging-*"))

    say(f"killed at {num_steps} steps; no version visible after {num_invisible} of them")
    assert num_invisible > 20
    assert num_steps > num_invisible


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="process groups are killed as on Linux")
def test_a_training_job_killed_while_it_exports_leaves_nothing_visible(tmp_path: Path) -> None:
    """The real job, killed as soon as it has begun to write."""
    store = ModelStore(tmp_path, "pass_fail")
    command = [sys.executable, "-m", "training", "run", "--models", str(tmp_path)]
    job = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    eventually(lambda: list(store.folder.glob(".staging-*/*")))
    job.kill()
    job.wait()

    assert store.versions() == []
    assert list(store.folder.glob(".staging-*"))

    assert train(tmp_path)["version"] == 1
    assert store.aliases() == {"champion": 1}
    assert not list(store.folder.glob(".staging-*"))


@pytest.mark.long
def test_two_jobs_at_once_publish_two_versions(tmp_path: Path) -> None:
    """Neither loses its work, and the store agrees with both on who is champion.

    The second may have found the first as champion already, and replace it: neither has data enough.
    """
    command = [sys.executable, "-m", "training", "run", "--json", "--models", str(tmp_path)]
    jobs = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    results = [json.loads(job.communicate(timeout=300)[0]) for job in jobs]

    store = ModelStore(tmp_path, "pass_fail")
    assert sorted(result["version"] for result in results) == [1, 2]
    crowned = sorted(result["version"] for result in results if result["champion"])
    assert crowned in ([1], [1, 2])
    assert store.aliases()["champion"] == crowned[-1]
    assert [event["to"] for event in store.history() if event["event"] == "promote"] == crowned
    assert [store.read(version).manifest.version for version in store.versions()] == [1, 2]


def test_a_staging_folder_in_use_is_not_cleared_away(publish: Publish, tmp_path: Path) -> None:
    """A second job must not remove what a first one is still writing."""
    store = ModelStore(tmp_path, "pass_fail")
    with store.staging() as staged:
        (staged / "file").touch()

        assert publish(tmp_path) == 0

        assert (staged / "file").exists()
    assert not staged.exists()
