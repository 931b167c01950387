"""A Python process that does one task after the other, and ends with whoever started it.

None that is forked, which TensorFlow does not survive; and none of `multiprocessing`, which a cluster's workers may not
start. What a task takes in memory and threads is the system's again when the process ends.
"""

import os
import pickle
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

_IDLE_S = 15  # without a task, then it ends
_MOST_TASKS = 20  # TensorFlow keeps some megabytes of each, and takes seconds to import
_GRACE_S = 5  # to clean up in, after being told to end
# What NumPy, scikit-learn, joblib and TensorFlow go by: of processes side by side each would take all processors.
_THREADS = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "LOKY_MAX_CPU_COUNT"),
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
)
_TERMINATED = 128 + signal.SIGTERM


class ProcessKilled(Exception):
    """The process ended without an answer: somebody killed it, or the system, for want of memory."""


class WorkerProcess:
    """One such process."""

    def __init__(self, processors: int) -> None:
        """Start it.

        Args:
            processors: That it has to itself: as many threads its libraries use, unless the environment says how many.
        """
        self.connection, its = Pipe()
        root = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        # In a session of its own: Ctrl-C is for who started it, who then ends it, and what it started, together.
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(its.fileno())],
            env=dict.fromkeys(_THREADS, str(processors)) | os.environ | {"PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            stdout=sys.__stderr__.fileno() if sys.__stderr__ else subprocess.DEVNULL,
            pass_fds=[its.fileno()],
            start_new_session=True,
        )
        its.close()
        self._tasks_left = _MOST_TASKS

    @property
    def is_fresh(self) -> bool:
        """Whether it can take another task."""
        return self._tasks_left > 0 and self._process.poll() is None

    def begin(self, task: bytes) -> None:
        """Hand it a task, as `Task.pickled` gives it; `connection` is ready when there is an answer."""
        self._tasks_left -= 1
        try:
            self.connection.send_bytes(task)
        except OSError:  # it has ended; who asks for the answer is told so
            pass

    def answer(self) -> tuple[Any, str | None]:
        """What the function gave; or None and the traceback of what it raised.

        Raises:
            ProcessKilled: The process has ended without one.
        """
        try:
            answer: tuple[Any, str | None] = self.connection.recv()
        except (EOFError, OSError) as error:
            self.end()
            raise ProcessKilled(f"its process was killed {self.wait()}, for want of memory perhaps") from error
        return answer

    def end(self) -> None:
        """Tell it to end, whatever it is at; it cleans up and may take seconds to."""
        self.connection.close()

    def wait(self) -> str:
        """Wait until it has ended, with all that it has started; say how."""
        try:
            code = self._process.wait(2 * _GRACE_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            code = self._process.wait()
        return f"by signal {-code}" if code < 0 else f"with exit code {code}"


class IdleProcesses:
    """Processes that have done a task, for the next ones; may be used by several threads."""

    def __init__(self, processors: int) -> None:
        """Begin with none.

        Args:
            processors: That each has to itself.
        """
        self._processors = processors
        self._idle: list[WorkerProcess] = []

    def take(self) -> WorkerProcess:
        """One that is idle, or a new one."""
        while self._idle:
            if (worker := self._idle.pop()).is_fresh:
                return worker
            worker.end()
            worker.wait()
        return WorkerProcess(self._processors)

    def put_back(self, worker: WorkerProcess) -> None:
        """Keep one that has answered, or was killed."""
        self._idle.append(worker)

    def end(self) -> None:
        """End them all."""
        for worker in self._idle:
            worker.end()
        while self._idle:
            self._idle.pop().wait()


def _end_with_starter(descriptor: int) -> None:
    """Wait until the other side has closed the connection, or died; then have the task clean up, and end."""
    closed = select.poll()
    closed.register(descriptor, 0)  # hanging up is always told
    closed.poll()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_S)
    os.killpg(0, signal.SIGKILL)


def main() -> None:
    """Do what is asked over the connection whose descriptor is the argument."""
    descriptor = int(sys.argv[1])
    connection: Connection[Any, Any] = Connection(descriptor)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))  # an exception: what is half done is cleaned up
    threading.Thread(target=_end_with_starter, args=(descriptor,), daemon=True).start()
    try:
        while connection.poll(_IDLE_S):
            connection.send(_answer(connection.recv_bytes()))
    except (EOFError, ConnectionError):
        while True:  # closed, which may be seen here first: the thread ends this in a moment
            time.sleep(0.1)


def _answer(task: bytes) -> tuple[Any, str | None]:
    try:
        function, payload = pickle.loads(task)
        return function(payload), None
    except Exception:
        return None, traceback.format_exc().rstrip()


if __name__ == "__main__":
    main()
