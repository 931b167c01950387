"""A real cluster of Dask's `distributed` on this machine: a scheduler and workers, each a process of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support import DEADLINE_S, ROOT
from tests.support.http import eventually

_START_S = 5 * DEADLINE_S  # three programs that import much, on processors that others have

_DASK = str(Path(sys.executable).with_name("dask"))
_LOOPBACK = ("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0")


@dataclass(frozen=True)
class Cluster:
    """A cluster that runs.

    Attributes:
        address: Of the scheduler.
        scheduler: Its process.
        workers: Those of the workers' nannies; a worker ends with its own.
        folder: Where the logs are.
    """

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]
    folder: Path

    def kill_worker(self, number: int) -> None:
        """Kill one as the system would for want of memory; its nanny starts another."""
        nanny = self.workers[number].pid
        threads = Path(f"/proc/{nanny}/task").glob("*/children")
        children = [child for path in threads for child in path.read_text().split()]
        [worker] = [child for child in children if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()]
        os.kill(int(worker), signal.SIGKILL)

    def log(self) -> str:
        """What all of them have written."""
        return "".join(path.read_text() for path in sorted(self.folder.glob("*.log")))


@contextmanager
def cluster(folder: Path, num_workers: int, **environ: str) -> Iterator[Cluster]:
    """Start one, with workers of one thread each, as an operator would: nothing is configured.

    Args:
        folder: For what it writes.
        num_workers: How many.
        environ: Further variables of all of them.
    """
    address, processes = folder / "scheduler.json", list[subprocess.Popen[bytes]]()

    def start(name: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (folder / f"{name}.log").open("wb") as log:
            env = os.environ | {"PYTHONPATH": str(ROOT)} | environ
            command = [_DASK, *arguments, *_LOOPBACK, "--scheduler-file", str(address)]
            process = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
        processes.append(process)
        return process

    try:
        scheduler = start("scheduler", "scheduler", "--port", "0")
        eventually(address.exists, _START_S)
        one = ("worker", "--nworkers", "1", "--nthreads", "1", "--local-directory")
        workers = [start(f"worker-{number}", *one, str(folder / f"local-{number}")) for number in range(num_workers)]
        made = Cluster(json.loads(address.read_text())["address"], scheduler, workers, folder)
        eventually(lambda: made.log().count("Start worker at") == num_workers, _START_S)
        yield made
    finally:
        for process in processes[::-1]:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            try:
                process.wait(DEADLINE_S)
            except subprocess.TimeoutExpired:
                process.kill()
