"""Where tasks are done, as whoever starts a run says: by processes of this machine, or on a cluster."""

from collections.abc import Generator, Iterable

from registry.limits import num_processes
from registry.tasks.cluster import run_on_cluster
from registry.tasks.local import run_here
from registry.tasks.task import Result, Task


def run_tasks(
    tasks: Iterable[Task], num: int, bytes_each: int, *, jobs: int | None, cluster: str | None
) -> Generator[Result, None, None]:
    """Do tasks, and give what became of each as soon as it is known.

    Args:
        tasks: Taken one by one, as they are begun.
        num: How many there are at most.
        bytes_each: Memory that a process takes for one.
        jobs: Processes at once on this machine; None: as many as it has processors and memory for.
        cluster: Address of a scheduler; None: this machine.

    Returns:
        An iterator. When it ends or is closed, nothing of the tasks is left anywhere.

    Raises:
        ClusterError: The cluster can't be used.
    """
    if cluster is not None:
        return run_on_cluster(tasks, cluster)
    return run_here(tasks, min(jobs or num_processes(bytes_each), num))
