"""Tasks on a real cluster: all are done, whatever happens to a worker, and nothing is left of them."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.errors import ClusterError
from registry.tasks.cluster import run_on_cluster
from registry.tasks.task import Result, Task
from tests.registry.tasks import work
from tests.support import ROOT
from tests.support.cluster import Cluster, cluster
from tests.support.http import eventually
from tests.support.processes import free_port


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of two."""
    with cluster(tmp_path_factory.mktemp("cluster"), 2) as running:
        yield running


def test_each_task_ends_with_what_it_gave_or_why_it_failed(two_workers: Cluster, tmp_path: Path) -> None:
    """As on one machine; and no payload is in what the cluster writes."""
    tasks = [
        *(Task(f"square {number}", work.square, number) for number in range(8)),
        Task("raises", work.fail, "a secret"),
        Task("dies", work.die, None),
        Task("dies once", work.die_once, tmp_path / "mark"),
    ]

    results = {result.task.name: result for result in run_on_cluster(tasks, two_workers.address)}

    assert len(results) == len(tasks)
    assert [results[f"square {number}"].value for number in range(8)] == [number**2 for number in range(8)]
    assert results["dies once"] == Result(tasks[-1], "done")
    assert results["dies"].error == "its process was killed by signal 9, for want of memory perhaps; tried 3 times"
    assert (results["raises"].error or "").splitlines()[-1] == "LookupError: no such thing: 8"
    assert "dies" in two_workers.log()
    assert "a secret" not in two_workers.log()


def test_a_lost_worker_costs_a_retry(tmp_path: Path) -> None:
    """Its node is gone for good; the other one does the rest."""
    tasks = [Task(f"{number}", work.wait_for, tmp_path / f"{number}") for number in range(4)]
    results: list[Result] = []
    with cluster(tmp_path, 2) as running:
        run = threading.Thread(target=lambda: results.extend(run_on_cluster(tasks, running.address)))
        run.start()
        eventually(lambda: len(list(tmp_path.glob("*-begun"))) == 2)

        running.workers[0].kill()
        for number in range(4):
            (tmp_path / f"{number}").touch()
        run.join()

    assert sorted((result.value, result.error) for result in results) == [(f"{n}", None) for n in range(4)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_of_a_run_that_is_stopped(two_workers: Cluster, tmp_path: Path, number: int) -> None:
    """By Ctrl-C, or in a way that it can't see: tasks at work clean up, those that wait are not begun."""
    program = f"""
from pathlib import Path
from contextlib import closing
from registry.tasks.cluster import run_on_cluster
from registry.tasks.task import Task
from tests.registry.tasks import work
tasks = [Task(str(n), work.hold, Path({str(tmp_path)!r})) for n in range(5)]
with closing(run_on_cluster(tasks, {two_workers.address!r})) as results:
    list(results)
"""
    first = lambda: signal.signal(signal.SIGINT, signal.default_int_handler)  # noqa: E731
    run = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stderr=subprocess.DEVNULL, preexec_fn=first)
    eventually(lambda: len(list(tmp_path.glob("begun-*"))) == 2)

    run.send_signal(number)
    run.wait()

    eventually(lambda: len(list(tmp_path.glob("cleaned-*"))) == 2)
    [result] = run_on_cluster([Task("after", work.square, 3)], two_workers.address)
    assert result.value == 9
    assert len(list(tmp_path.iterdir())) == 2


def test_a_scheduler_that_goes_away_is_said(tmp_path: Path) -> None:
    """Rather than waited for."""
    with cluster(tmp_path, 1) as running:
        results = run_on_cluster([Task("hold", work.hold, tmp_path)], running.address)
        run = threading.Thread(target=lambda: said.append(why(results)))
        said: list[str] = []
        run.start()
        eventually(lambda: list(tmp_path.glob("begun-*")))

        running.scheduler.kill()
        run.join()

        assert said == [f"the cluster at {running.address} went away; what is done is done"]
        eventually(lambda: list(tmp_path.glob("cleaned-*")))


def test_a_cluster_without_workers_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while."""
    monkeypatch.setattr("registry.tasks.cluster._CONNECT_S", 1)
    with cluster(tmp_path, 0) as running:
        assert why(run_on_cluster([], running.address)) == f"the cluster at {running.address} has no worker; start some"


def test_a_cluster_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its address; and an address that is none."""
    monkeypatch.setattr("registry.tasks.cluster._CONNECT_S", 1)
    address = f"tcp://127.0.0.1:{free_port()}"

    assert f"the cluster at {address} can't be reached" in why(run_on_cluster([], address))
    assert "the cluster at http://x can't be reached" in why(run_on_cluster([], "http://x"))


def why(results: Iterator[Result]) -> str:
    with pytest.raises(ClusterError) as raised:
        list(results)
    return str(raised.value)
