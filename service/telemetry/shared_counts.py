"""How the workers count together: in memory of the master's, which all of them have and any of them reads."""

# mypy: disable-error-code="no-untyped-call"
# prometheus-client has types in parts.

import json
import logging
import math
import mmap
import sys
from collections.abc import Iterable
from functools import cache
from threading import Lock
from typing import Any

from prometheus_client import values
from prometheus_client.metrics_core import Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

# Of a worker; a route with a status takes 5 KB, a model 2 KB. What nobody has written to yet takes no memory.
ROOM_BYTES = 2**23
GONE = math.nan  # in place of a number that is said no more
_log = logging.getLogger("service.metrics")  # as operators know it
_lock = Lock()


class _Room(MmapedDict):
    """Numbers by name, laid out as in prometheus-client's files, which a full disk or a removed folder would end."""

    def __init__(self) -> None:
        self._m, self._capacity, self._used = mmap.mmap(-1, ROOM_BYTES), ROOM_BYTES, 0

    def take(self) -> None:
        """Write here from now on, where another worker left off."""
        self._positions = {name: position for name, _, _, position in self._read_all_values()}
        self._used = int.from_bytes(self._m[:4], sys.byteorder) or 8

    def has_room_for(self, name: str) -> bool:
        """Whether a number of this name is there, or can be."""
        return name in self._positions or self._used + len(name.encode()) + 32 <= self._capacity

    def empty(self) -> None:
        """Forget every number."""
        self._m[:4] = bytes(4)


_rooms: list[tuple[_Room, _Room]] = []  # by slot: what stays of a worker, and what it says of itself while it lives


def share(num_workers: int) -> None:
    """Let the workers that this process will start count together. Called in the master, before the first.

    Args:
        num_workers: How many; what one of a higher slot counts is lost.

    Raises:
        OSError: There is no memory for it; each counts for itself alone.
    """
    _rooms.extend([(_Room(), _Room()) for _ in range(num_workers)])


def is_shared() -> bool:
    """Whether workers count together."""
    return bool(_rooms)


def count_in(slot: int) -> None:
    """Let this worker count where the one before it in its slot left off. Called before `Metrics` is made.

    Args:
        slot: A small number that no other worker alive has.
    """
    if slot < len(_rooms):
        for room in _rooms[slot]:
            room.take()
        _Shared.rooms = _rooms[slot]
        values.ValueClass = _Shared


def worker_is_gone(slot: int) -> None:
    """Forget what only a living worker says of itself. Called in the master."""
    if slot < len(_rooms):
        _rooms[slot][1].empty()


class _Shared(values.MutexValue):
    """A number of this worker's; where there is no room left for it, nobody sees it, and all else goes on."""

    _multiprocess = True
    rooms: tuple[_Room, _Room]

    def __init__(
        self,
        kind: str,
        family: str,
        sample: str,
        label_names: Iterable[str],
        label_values: Iterable[str],
        help_text: str,
        multiprocess_mode: str = "",
        **_: Any,
    ) -> None:
        super().__init__(kind, family, sample, label_names, label_values, help_text)
        labels = sorted(zip(label_names, label_values, strict=True))
        self._name = json.dumps([kind, multiprocess_mode, family, sample, labels, help_text])
        self._room = self.rooms[multiprocess_mode.startswith("live")]
        with _lock:
            self._is_seen = self._room.has_room_for(self._name)
            if self._is_seen:
                self._value, _ = self._room.read_value(self._name)
        if not self._is_seen:
            _say_full()

    def inc(self, amount: float) -> None:
        """Add to it."""
        with _lock:
            self._put(self._value + amount)

    def set(self, value: float, timestamp: float | None = None) -> None:
        """Replace it."""
        with _lock:
            self._put(value)

    def _put(self, value: float) -> None:
        self._value = value
        if self._is_seen:
            self._room.write_value(self._name, value, 0.0)


@cache
def _say_full() -> None:
    _log.warning("no room left for more routes or versions in the metrics; what is new is answered and not counted")


class Together(Collector):
    """What all workers have counted."""

    def collect(self) -> Iterable[Metric]:
        """Every metric, merged in prometheus-client's own way."""
        metrics: dict[str, Any] = {}
        for slot, rooms in enumerate(_rooms):
            for room in rooms:
                for name, value, timestamp in room.read_all_values():
                    if math.isnan(value):
                        continue
                    kind, mode, family, sample, labels, help_text = json.loads(name)
                    if family not in metrics:
                        metrics[family] = Metric(family, help_text, kind)
                        metrics[family]._multiprocess_mode = mode
                    pid = [("pid", str(slot))] if kind == "gauge" else []
                    metrics[family].add_sample(sample, (*map(tuple, labels), *pid), value, timestamp)
        merged: Iterable[Metric] = MultiProcessCollector._accumulate_metrics(metrics, accumulate=True)
        return merged
