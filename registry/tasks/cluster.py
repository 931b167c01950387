"""Tasks on a cluster of Dask's `distributed`, which is imported only where an address is given."""

import logging
import secrets
from collections.abc import Generator, Iterable
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from registry.errors import ClusterError
from registry.tasks.task import RETRIES, Result, Task
from registry.tasks.worker_process import IdleProcesses, ProcessKilled

_CONNECT_S = 30
_LOOK_S = 5  # until it is seen that a cluster has grown
_CANCELLED_S = 0.5  # until it is seen that nobody waits for a task any more
# Of a worker of the cluster, whose threads share them. A task has one processor there, as Dask counts.
_idle = IdleProcesses(processors=1)


@dataclass(frozen=True)
class _Sealed:
    """A task as it travels: opened where it is done, and shown nowhere."""

    content: bytes = field(repr=False)


def run_on_cluster(tasks: Iterable[Task], address: str) -> Generator[Result, None, None]:
    """Do tasks on the workers of a cluster, and give what became of each as soon as it is known.

    One whose process or worker was killed is tried again, a few times; the others go on meanwhile. No more are handed
    out than the workers have threads, so that none counts as tried for having waited where a worker was lost.

    Args:
        tasks: Taken one by one, as they are begun.
        address: Of its scheduler, `tcp://HOST:PORT`, or `tls://HOST:PORT` with Dask's own configuration of TLS.

    Returns:
        An iterator. When it ends or is closed, nothing of the tasks is left on the cluster.

    Raises:
        ClusterError: It can't be reached, has no worker, or went away.
    """
    try:
        from distributed import Client, Future, wait
    except ImportError as error:
        raise ClusterError("a cluster needs the package distributed: install passfail[cluster]") from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong is raised here, in fewer words
    try:
        client = Client(address, timeout=_CONNECT_S)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise ClusterError(f"the cluster at {address} can't be reached: {error}") from error
    run, waiting, pending = secrets.token_hex(8), iter(tasks), dict[Future[Any], Task]()
    with client:
        try:
            try:
                client.wait_for_workers(1, timeout=_CONNECT_S)
            except TimeoutError as error:
                raise ClusterError(f"the cluster at {address} has no worker; start some") from error
            while True:
                room = sum(client.nthreads().values()) - len(pending)
                for task in islice(waiting, max(room, 0 if pending else 1)):
                    key = (task.function.__name__, task.name, run)
                    sealed = _Sealed(task.pickled())
                    pending[client.submit(_run_on_worker, sealed, key=key, pure=False, retries=RETRIES)] = task
                if not pending:
                    return
                try:
                    done = wait(list(pending), timeout=_LOOK_S, return_when="FIRST_COMPLETED").done
                except TimeoutError:
                    continue
                for future in done:
                    yield _result(pending.pop(future), future)
        except CancelledError as error:
            raise ClusterError(f"the cluster at {address} went away; what is done is done") from error
        finally:
            client.cancel(list(pending))


def _result(task: Task, future: Any) -> Result:
    if future.status == "finished":
        return Result(task, *future.result())
    error = future.exception()
    if isinstance(error, ProcessKilled):
        return Result(task, error=f"{error}; tried {RETRIES + 1} times")
    return Result(task, error=str(error))


def _run_on_worker(sealed: _Sealed) -> tuple[Any, str | None]:
    """On a worker of the cluster: do a task in a process of its own, as long as somebody waits for it."""
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()
    process = _idle.take()
    process.begin(sealed.content)
    while not process.connection.poll(_CANCELLED_S):
        state = worker.state.tasks.get(key)
        if state is None or state.state == "cancelled":
            process.end()
            process.wait()
            raise ProcessKilled("nobody waits for it")
    try:
        return process.answer()
    finally:
        _idle.put_back(process)
