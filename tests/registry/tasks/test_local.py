"""Tasks in processes of this machine: all are done, whatever happens to one."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from registry.limits import num_cpus
from registry.tasks.local import run_here
from registry.tasks.task import Result, Task
from registry.tasks.worker_process import WorkerProcess
from tests.registry.tasks import work
from tests.support import ROOT
from tests.support.http import eventually


def test_each_task_ends_with_what_it_gave_or_why_it_failed(tmp_path: Path) -> None:
    """A killed process costs a retry; a task that kills each of its own is named, and so is one that raises."""
    tasks = [
        *(Task(f"square {number}", work.square, number) for number in range(8)),
        Task("raises", work.fail, "secret"),
        Task("dies", work.die, None),
        Task("dies once", work.die_once, tmp_path / "mark"),
    ]

    results = {result.task.name: result for result in run_here(tasks, 2)}

    assert len(results) == len(tasks)
    assert [results[f"square {number}"].value for number in range(8)] == [number**2 for number in range(8)]
    assert results["dies once"] == Result(tasks[-1], "done")
    assert results["dies"].error == "its process was killed by signal 9, for want of memory perhaps; tried 3 times"
    assert (results["raises"].error or "").splitlines()[-1] == "LookupError: no such thing: 6"


def test_a_process_does_one_task_after_the_other_but_not_without_end() -> None:
    """What TensorFlow keeps of each does not pile up; and it is imported anew only now and then."""
    tasks = [Task(f"{number}", work.name_of_process, None) for number in range(45)]

    processes = [result.value for result in run_here(tasks, 1)]

    assert len(set(processes)) == 3


def test_a_task_is_taken_when_it_is_begun() -> None:
    """A thousand tables are not all in memory at once."""
    taken = []

    def tasks() -> object:
        for number in range(6):
            taken.append(number)
            yield Task(f"{number}", work.square, number)

    with closing(run_here(tasks(), 2)) as results:  # type: ignore[arg-type]
        next(results)

        assert len(taken) <= 3


def test_a_process_ends_without_a_word(capfd: pytest.CaptureFixture[str]) -> None:
    """Whichever of its threads sees first that nobody is there any more; with a task done, and at one."""
    pickled = Task("name", work.name_of_process, None).pickled()
    for _ in range(20):
        workers = [WorkerProcess(1) for _ in range(2)]
        for worker in workers:
            worker.begin(pickled)
        workers[0].answer()
        for worker in workers:
            worker.end()
        for worker in workers:
            worker.wait()

    assert capfd.readouterr() == ("", "")


def test_what_a_task_is_called_with_is_not_shown() -> None:
    """Tables and keys travel in it."""
    task = Task("maths", work.fail, "secret")

    assert "secret" not in f"{task!r} {task} {Result(task)}"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_of_a_run_that_is_stopped(tmp_path: Path, number: int) -> None:
    """By Ctrl-C, or in a way that it can't see: tasks at work clean up, and their processes end."""
    program = f"""
from pathlib import Path
from contextlib import closing
from registry.limits import num_cpus
from registry.tasks.local import run_here
from registry.tasks.task import Task
from tests.registry.tasks import work
with closing(run_here([Task(str(n), work.hold, Path({str(tmp_path)!r})) for n in range(3)], 2)) as results:
    list(results)
"""
    first = lambda: signal.signal(signal.SIGINT, signal.default_int_handler)  # noqa: E731
    run = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stderr=subprocess.DEVNULL, preexec_fn=first)
    begun = eventually(lambda: two if len(two := read(tmp_path, "begun-")) == 2 else None)

    run.send_signal(number)
    run.wait()

    eventually(lambda: len(read(tmp_path, "cleaned-")) == 2)
    eventually(lambda: not any(Path(f"/proc/{process}").exists() for process in begun))
    assert read(tmp_path, "begun-") == []


def read(folder: Path, beginning: str) -> list[int]:
    """The processes whose files begin so."""
    return [int(text) for path in folder.glob(f"{beginning}*") if (text := path.read_text())]


def test_processes_share_the_processors() -> None:
    """Each of two at once uses half of them, unless the environment says how many threads it is to use."""
    tasks = [Task(f"{number}", os.getenv, "OMP_NUM_THREADS") for number in range(2)]

    given = [result.value for result in run_here(tasks, 2)]

    assert given == [os.environ.get("OMP_NUM_THREADS") or f"{max(1, num_cpus() // 2)}"] * 2
