"""What all workers count together, on machines where memory as files is full, read-only or taken away."""

import ctypes
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from service.telemetry.metrics import Metrics
from tests.reliability.test_clients import workers
from tests.service.telemetry.test_metrics import metrics
from tests.support import ROOT
from tests.support.http import ask, eventually
from tests.support.processes import Serve
from tests.support.stores import STUDENT

NEW_USER, NEW_MOUNTS, READ_ONLY = 0x1000_0000, 0x2_0000, 1  # of unshare(2) and mount(2)


def with_memory(*folders: str, flags: int = 0) -> Callable[[], None]:
    """Gives a process folders in memory of its own in place of the system's, 2 MiB each."""
    system = ctypes.CDLL(None, use_errno=True)
    maps = {
        "uid_map": f"{os.getuid()} {os.getuid()} 1",
        "setgroups": "deny",
        "gid_map": f"{os.getgid()} {os.getgid()} 1",
    }

    def mount() -> None:
        assert system.unshare(NEW_USER | NEW_MOUNTS) == 0, os.strerror(ctypes.get_errno())
        for name, text in maps.items():
            Path("/proc/self", name).write_text(text)
        for folder in folders:
            done = system.mount(b"none", folder.encode(), b"tmpfs", flags, b"size=2m")
            assert done == 0, os.strerror(ctypes.get_errno())

    return mount


def test_a_full_memory_folder_costs_neither_answers_nor_counts(serve: Serve, students: Path) -> None:
    """Filled while it runs, and what was there removed; a worker that is started then counts on."""
    with serve(students, first=with_memory("/dev/shm")) as service:
        ask(f"{service.url}/predict", STUDENT)
        eventually(lambda: metrics(service)["instances_total", ""] == 1)
        folder = Path(f"/proc/{service.process.pid}/root/dev/shm")
        for path in (path for path in folder.rglob("*") if path.is_file()):
            path.unlink()
        with suppress(OSError):
            (folder / "full").write_bytes(bytes(2**22))
        [before] = workers(service)
        for _ in range(3):
            assert ask(f"{service.url}/livez", STUDENT).status == 405
        eventually(lambda: metrics(service).get(("request_duration_seconds_count", "none 405")) == 3)
        os.kill(before, signal.SIGKILL)
        eventually(lambda: workers(service) not in ([], [before]))
        assert ask(f"{service.url}/predict", STUDENT).status == 200
        seen = eventually(lambda: (now := metrics(service))["instances_total", ""] == 2 and now)

    assert seen["request_duration_seconds_count", "none 405"] == 3
    assert "SIGBUS" not in service.log.read_text()


def test_it_starts_and_counts_where_memory_is_read_only(serve: Serve, students: Path) -> None:
    """As files: counts and heartbeats need none."""
    with serve(students, first=with_memory("/dev/shm", flags=READ_ONLY), WEB_CONCURRENCY="2") as service:
        for _ in range(8):
            assert ask(f"{service.url}/predict", STUDENT).status == 200
        seen = eventually(lambda: (now := metrics(service))["instances_total", ""] == 8 and now)

    assert seen["request_duration_seconds_count", "/predict 200"] == 8


def test_what_there_is_no_room_for_is_said_once_and_costs_no_other_count() -> None:
    """Here in a thousandth of the room; what has its place goes on counting, in the next worker too."""
    program = """
import logging
from service.telemetry import shared_counts
from service.telemetry.metrics import Metrics
logging.basicConfig(format="%(message)s")
shared_counts.ROOM_BYTES //= 100
shared_counts.share(1)
for worker in range(2):
    shared_counts.count_in(0)
    metrics = Metrics()
    for path in range(30):
        metrics.answered_request(f"/{path}", 200, 0.1)
        metrics.flush()
    metrics.instances.inc()
print(metrics.exposition().decode())
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.count('request_duration_seconds_count{route="') in range(1, 30)
    assert 'request_duration_seconds_count{route="/0",status="200"} 2.0' in done.stdout
    assert "instances_total 2.0" in done.stdout
    [said] = done.stderr.splitlines()
    assert "no room left" in said


class Odd(NamedTuple):
    """A batch whose time is none."""

    probabilities: np.ndarray = np.array([0.5], dtype=np.float32)
    positive: np.ndarray = np.array([False])
    num_unseen: int = 0
    engine_s: float = "soon"  # type: ignore[assignment]


def test_what_cannot_be_counted_costs_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    """It is lost and said once; what comes after it counts."""
    metrics = Metrics()

    for _ in range(2):
        metrics.answered("pass_fail", 1, ("fail", "pass"), Odd())
        metrics.flush()
    metrics.answered("pass_fail", 1, ("fail", "pass"), Odd(engine_s=0.1))
    said = [record for record in caplog.records if record.levelno == logging.ERROR]

    assert "passfail_instances_total 1.0" in metrics.exposition().decode()
    assert len(said) == 1
