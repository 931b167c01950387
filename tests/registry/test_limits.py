"""What of a machine a process may use."""

from pathlib import Path

import pytest

from registry import limits
from registry.limits import num_cpus, num_processes


def put_cgroup(folder: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], num_processors: int) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)
    monkeypatch.setattr(limits, "_CGROUP", folder)
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: set(range(num_processors)))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"cpu.max": "150000 100000\n"}, 2),
        ({"cpu.max": "50000 100000\n"}, 1),
        ({"cpu.max": "max 100000\n"}, 8),
        ({"cpu/cpu.cfs_quota_us": "300000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 3),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 8),
        ({"cpu.max": "9900000 100000\n"}, 8),
        ({"cpu.max": "garbage\n"}, 8),
        ({}, 8),
    ],
)
def test_processors_follow_the_containers_quota(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], expected: int
) -> None:
    """On a machine of 8 processors, under either kind of cgroup: `nproc` would say 8 in each."""
    put_cgroup(tmp_path, monkeypatch, files, num_processors=8)

    assert num_cpus() == expected


@pytest.mark.parametrize(
    ("files", "free_kib", "expected"),
    [
        ({}, 100 * 2**20, 8),
        ({}, 5 * 2**20, 5),
        ({"memory.max": f"{3 * 2**30}\n"}, 100 * 2**20, 3),
        ({"cpu.max": "200000 100000\n"}, 100 * 2**20, 2),
        ({}, 1, 1),
    ],
)
def test_processes_fit_what_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], free_kib: int, expected: int
) -> None:
    """On a machine of 8 processors, of a gibibyte each: by the container's memory and the system's."""
    put_cgroup(tmp_path, monkeypatch, files, num_processors=8)
    (tmp_path / "meminfo").write_text(f"MemTotal: 99999 kB\nMemAvailable:   {free_kib} kB\n")
    monkeypatch.setattr(limits, "_MEMORY", tmp_path / "meminfo")

    assert num_processes(2**30) == expected
