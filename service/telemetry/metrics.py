"""What the service counts and times, for Prometheus: right over several workers, and over their deaths."""

import logging
import os
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from service.telemetry import logs, shared_counts

_log = logging.getLogger("service.metrics")  # as operators know it
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_FEW = 8
_MANY = 256  # requests, or students of one, that are counted at once, even if there was no moment for it
# A network takes microseconds.
_FINE_SECONDS = (1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4)
_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_TENTHS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


_Entry = TypeVar("_Entry")


class Batch(Protocol):
    """What is counted of a batch's predictions; each array is of shape (num_instances,)."""

    @property
    def probabilities(self) -> np.ndarray:
        """Of the positive label, float32."""

    @property
    def positive(self) -> np.ndarray:
        """Whether the positive label is answered, bool."""

    @property
    def num_unseen(self) -> int:
        """Values that training has not seen."""

    @property
    def engine_s(self) -> float:
        """Seconds that the network took."""


class Metrics:
    """The metrics. Made in each worker, once it knows its slot."""

    def __init__(self) -> None:
        """Declare them all; those without labels are there from the start, as 0."""
        # Answered and not counted yet.
        self._answered: deque[tuple[str, int, float]] = deque()
        self._batches: deque[tuple[str, int | str, tuple[str, str], Batch]] = deque()
        self.registry = CollectorRegistry()
        self.registry.register(_Memory())
        kept: dict[str, Any] = {"registry": self.registry, "namespace": "passfail"}
        self.requests = Histogram(
            "request_duration_seconds",
            "Time from a complete request to its answer, by route and status; _count is the number of requests.",
            ["route", "status"],
            buckets=_SECONDS,
            **kept,
        )
        self.engine = Histogram(
            "engine_duration_seconds",
            "Time that the network took for a batch.",
            buckets=_FINE_SECONDS + _SECONDS,
            **kept,
        )
        self.probability = Histogram(
            "predicted_probability", "Probabilities of the positive label that were answered.", buckets=_TENTHS, **kept
        )
        self.instances = Counter("instances", "Students that were answered.", **kept)
        self.predictions = Counter(
            "predictions", "Labels that were answered, by version.", ["model", "version", "label"], **kept
        )
        self.warnings = Counter("unseen_values", "Values answered with a warning: training has not seen such.", **kept)
        self.refusals = Counter(
            "refused_versions", "Versions not taken up, in each worker, each time again.", ["model"], **kept
        )
        self.swaps = Counter("swaps", "Times that another version began to serve, in each worker.", ["model"], **kept)
        self.last_swap = Gauge(
            "last_swap_timestamp_seconds",
            "When another version last began to serve, in any worker.",
            multiprocess_mode="max",
            **kept,
        )
        self.serving = Gauge(
            "serving_version",
            "Version of a model that is loaded which answers by default, by worker; 0 is none.",
            ["model"],
            multiprocess_mode="liveall",
            **kept,
        )
        self.stale_keys = Gauge(
            "api_keys_stale",
            "1 where the file of API keys could not be used when it was last looked at, by worker; else 0.",
            multiprocess_mode="liveall",
            **kept,
        )
        self.lost_lines = Counter("lost_log_lines", "Lines of the log that could not be written.", **kept)
        self._num_lost = 0
        self._has_failed = False
        self.loaded = Gauge(
            "loaded_versions", "Versions that are loaded, by worker.", ["model"], multiprocess_mode="liveall", **kept
        )

    def forget(self, model: str) -> None:
        """Say no more what is loaded of a model; what was counted stays."""
        for gauge in (self.serving, self.loaded):
            gauge.labels(model).set(shared_counts.GONE)
            gauge.remove(model)

    def answered_request(self, route: str, status: int, duration_s: float) -> None:
        """Count and time a request."""
        self._answered.append((route, status, duration_s))
        if len(self._answered) >= _MANY:
            self.flush()

    def answered(self, model: str, version: int | str, labels: tuple[str, str], batch: Batch) -> None:
        """Count what a batch was answered.

        Args:
            model: Name of the model that answered.
            version: Number of its version; or what several of them are counted as.
            labels: Its labels, negative and positive.
            batch: What it was answered.
        """
        self._batches.append((model, version, labels, batch))
        if len(batch.positive) >= _MANY:
            self.flush()

    def flush(self) -> None:
        """Count what was answered since the last time: together, since each alone would take a tenth of its request.

        What can't be counted is lost, and said once: it costs no answer, and no thread that does other things too.
        """
        try:
            self._flush()
        except Exception:
            if not self._has_failed:
                _log.exception("some requests or predictions are not counted; this is said once")
            self._has_failed = True

    def _flush(self) -> None:
        durations: dict[tuple[str, int], list[float]] = {}
        for route, status, duration_s in _taken(self._answered):
            durations.setdefault((route, status), []).append(duration_s)
        for names, each in durations.items():
            observe_many(self.requests.labels(*names), np.array(each))
        if batches := list(_taken(self._batches)):
            self._count(batches)
        if num_lost := logs.writer.num_lost - self._num_lost:
            self._num_lost += num_lost
            self.lost_lines.inc(num_lost)

    def _count(self, entries: list[tuple[str, int | str, tuple[str, str], Batch]]) -> None:
        batches = [batch for *_, batch in entries]
        observe_many(self.engine, np.array([batch.engine_s for batch in batches]))
        self.instances.inc(sum(len(batch.positive) for batch in batches))
        observe_many(self.probability, np.concatenate([batch.probabilities for batch in batches]))
        self.warnings.inc(sum(batch.num_unseen for batch in batches))
        # By model alone this: each of some hundred models that answer within a moment costs what is counted of it.
        answered: dict[tuple[str, int | str, str], int] = {}
        for model, version, labels, batch in entries:
            num_positive = int(np.count_nonzero(batch.positive))
            for label, num in zip(labels, (len(batch.positive) - num_positive, num_positive), strict=True):
                answered[model, version, label] = answered.get((model, version, label), 0) + num
        for of, num in answered.items():
            if num:
                self.predictions.labels(*of).inc(num)

    def exposition(self) -> bytes:
        """Everything in Prometheus' text format, of all workers; of the others but for their last moment."""
        self.flush()
        if not shared_counts.is_shared():
            return generate_latest(self.registry)
        together = CollectorRegistry()
        together.register(shared_counts.Together())
        together.register(_Memory())
        return generate_latest(together)


def observe_many(histogram: Histogram, observed: np.ndarray) -> None:
    """Observe an array at once: one at a time costs more than the network does.

    Args:
        histogram: Without labels, or with their values.
        observed: Values in its range, of shape (num,).
    """
    if len(observed) < _FEW:
        for value in observed.tolist():
            histogram.observe(value)
        return
    # prometheus-client has no public way; tests hold this against `observe`.
    places = np.searchsorted(histogram._upper_bounds, observed)
    for bucket, num in zip(histogram._buckets, np.bincount(places).tolist(), strict=False):
        if num:
            bucket.inc(num)
    histogram._sum.inc(float(observed.sum(dtype=np.float64)))


def _taken(waiting: deque[_Entry]) -> Iterator[_Entry]:
    """What waits, taken out; other threads may add to it and take from it meanwhile."""
    with suppress(IndexError):
        while True:
            yield waiting.popleft()


class _Memory(Collector):
    """Resident memory, read when it is asked for; nothing where the system does not tell."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        family = GaugeMetricFamily(
            "passfail_resident_memory_bytes", "Resident memory of the master and of its workers.", labels=["process"]
        )
        master = os.getppid()
        try:
            if shared_counts.is_shared():
                workers = Path(f"/proc/{master}/task/{master}/children").read_text().split()
                family.add_metric(["master"], _resident_bytes(master))
            else:
                workers = [str(os.getpid())]
            family.add_metric(["workers"], sum(_resident_bytes(int(worker)) for worker in workers))
        except OSError:
            return
        yield family


def _resident_bytes(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except FileNotFoundError:  # a worker that has just gone
        return 0
