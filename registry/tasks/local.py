"""Tasks on this machine: some processes at once, each doing one task after the other."""

from collections.abc import Generator, Iterable
from multiprocessing.connection import wait

from registry.limits import num_cpus
from registry.tasks.task import RETRIES, Result, Task
from registry.tasks.worker_process import IdleProcesses, ProcessKilled, WorkerProcess


def run_here(tasks: Iterable[Task], jobs: int) -> Generator[Result, None, None]:
    """Do tasks, and give what became of each as soon as it is known.

    One whose process was killed is tried again, a few times; the others go on meanwhile.

    Args:
        tasks: Taken one by one, as they are begun.
        jobs: Processes at once, which share the processors.

    Returns:
        An iterator. When it ends or is closed, no process is left.
    """
    waiting, again = iter(tasks), list[tuple[Task, int]]()
    idle = IdleProcesses(max(1, num_cpus() // jobs))
    busy: dict[object, tuple[WorkerProcess, Task, int]] = {}
    try:
        while True:
            while len(busy) < jobs:
                task, tries = again.pop() if again else (next(waiting, None), 0)
                if task is None:
                    break
                worker = idle.take()
                busy[worker.connection] = worker, task, tries
                worker.begin(task.pickled())
            if not busy:
                return
            for connection in wait([worker.connection for worker, _, _ in busy.values()]):
                worker, task, tries = busy.pop(connection)
                try:
                    result = Result(task, *worker.answer())
                except ProcessKilled as error:
                    if tries < RETRIES:
                        again.append((task, tries + 1))
                        continue
                    result = Result(task, error=f"{error}; tried {tries + 1} times")
                idle.put_back(worker)
                yield result
    finally:
        for worker, _, _ in busy.values():
            worker.end()
        for worker, _, _ in busy.values():
            worker.wait()
        idle.end()
