"""What of this machine a process may use: processors and memory, by its affinity and its container's limits."""

import os
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")
_MEMORY = Path("/proc/meminfo")


def num_cpus() -> int:
    """CPUs that this process may use: its affinity, or less by the container's quota, rounded up."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _cgroup_quota()
    return available if quota is None else max(1, min(available, -int(-quota // 1)))


def _cgroup_quota() -> float | None:
    """CPUs' worth of time by the cgroup (v2, then v1), or None where there is no limit."""
    try:
        quota, period = (_CGROUP / "cpu.max").read_text().split()
    except (OSError, ValueError):
        try:
            quota = (_CGROUP / "cpu/cpu.cfs_quota_us").read_text()
            period = (_CGROUP / "cpu/cpu.cfs_period_us").read_text()
        except OSError:
            return None
    try:
        return int(quota) / int(period) if int(quota) > 0 else None
    except (ValueError, ZeroDivisionError):  # v2 says "max" where there is no limit
        return None


def memory_limit() -> int | None:
    """Bytes by the cgroup (v2, then v1), or None where there is no limit; v1 then says more than there can be."""
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        try:
            return int((_CGROUP / name).read_text())
        except (OSError, ValueError):  # v2 says "max" where there is no limit
            continue
    return None


def num_processes(bytes_each: int) -> int:
    """Processes that this machine does work in at once: one a CPU, as far as memory that is free goes; at least one.

    Args:
        bytes_each: Memory that one takes at most, as a rule.
    """
    free = [limit for limit in (memory_limit(), _free_memory()) if limit is not None]
    return max(1, min([num_cpus(), *(limit // bytes_each for limit in free)]))


def _free_memory() -> int | None:
    """Bytes that the system can give without swapping; None where it does not say."""
    try:
        lines = dict(line.split(":", 1) for line in _MEMORY.read_text().splitlines())
        return int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, LookupError, ValueError):
        return None
