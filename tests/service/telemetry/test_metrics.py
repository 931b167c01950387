"""`/metrics`, over several workers and their deaths; and the log line of a request."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.parser import text_string_to_metric_families

from registry.store.model_store import ModelStore
from service.telemetry.metrics import observe_many
from tests.reliability.test_clients import workers
from tests.reliability.test_refresh import put_broken
from tests.support import DEADLINE_S
from tests.support.http import ask, eventually
from tests.support.processes import RunningService, Serve
from tests.support.stores import STUDENT, publish


def metrics(service: RunningService) -> dict[tuple[str, str], float]:
    """Sample and its labels' values → value."""
    answer = ask(f"{service.url}/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return {
        (
            sample.name.removeprefix("passfail_"),
            " ".join(value for _, value in sorted(sample.labels.items())),
        ): sample.value
        for family in text_string_to_metric_families(answer.body.decode())
        for sample in family.samples
    }


def test_what_is_counted_is_what_was_asked(serve: Serve, students: Path) -> None:
    """Over all workers, whichever of them is asked for it; and once more after one has died."""
    table = {"instances": [STUDENT] * 5 + [{"study_hours": 23, "sleep_hours": 3}]}
    with serve(students, WEB_CONCURRENCY="3") as service:
        eventually(
            lambda: [metrics(service).get(("serving_version", f"pass_fail {slot}")) for slot in range(3)] == [1, 1, 1]
        )
        for _ in range(20):
            ask(f"{service.url}/predict", table)
            ask(f"{service.url}/predict", {})
            ask(f"{service.url}/v1/models/pass_fail:predict", {"instances": [STUDENT]})
        # A worker counts what it has answered together, a moment later.
        seen = eventually(lambda: (now := metrics(service)).get(("instances_total", "")) == 140 and now)
        seen = [metrics(service) for _ in range(8)][-1]
        before = workers(service)
        os.kill(before[0], signal.SIGKILL)
        eventually(lambda: len(workers(service)) == 3 and before[0] not in workers(service))
        ask(f"{service.url}/predict", table)
        after = eventually(
            lambda: (
                (now := metrics(service)).get(("serving_version", "pass_fail 2")) == 1
                and now["instances_total", ""] > 140
                and now
            )
        )

    route = "/v1/models/<name>:predict 200"
    assert seen["request_duration_seconds_count", "/predict 200"] == 20
    assert seen["request_duration_seconds_count", "/predict 422"] == 20
    assert seen["request_duration_seconds_count", route] == 20
    assert 0 < seen["request_duration_seconds_sum", "/predict 200"] < 60
    assert seen["instances_total", ""] == 140
    assert seen["predictions_total", "pass pass_fail 1"] == 140
    assert seen["unseen_values_total", ""] == 20
    assert seen["engine_duration_seconds_count", ""] == 40
    assert 0 < seen["engine_duration_seconds_bucket", "0.0005"] <= 40
    assert ("engine_duration_seconds_bucket", "1e-06") in seen
    assert seen["predicted_probability_count", ""] == seen["predicted_probability_bucket", "1.0"] == 140
    assert seen["predicted_probability_bucket", "0.5"] == 0
    assert [seen["serving_version", f"pass_fail {slot}"] for slot in range(3)] == [1, 1, 1]
    assert seen["resident_memory_bytes", "master"] > 10e6
    assert seen["resident_memory_bytes", "workers"] > 3 * 10e6
    assert after["instances_total", ""] == 146
    assert after["request_duration_seconds_count", "/predict 200"] == 21


def test_versions_come_into_the_counts(serve: Serve, students_copy: Path) -> None:
    """A swap and when it was; a refusal; what is loaded."""
    store = ModelStore(students_copy, "pass_fail")
    with serve(students_copy) as service:
        before = metrics(service)
        publish(store, students_copy / "pass_fail/1")
        swapped = eventually(lambda: (now := metrics(service))["swaps_total", "pass_fail"] == 1 and now)
        put_broken(store, students_copy / "pass_fail/1", "another format")
        refused = eventually(lambda: (now := metrics(service))["refused_versions_total", "pass_fail"] == 1 and now)

    assert before["refused_versions_total", "pass_fail"] == before["swaps_total", "pass_fail"] == 0
    assert before["loaded_versions", "pass_fail 0"] == 1
    assert before["last_swap_timestamp_seconds", ""] == 0
    assert swapped["serving_version", "pass_fail 0"] == refused["serving_version", "pass_fail 0"] == 2
    assert time.time() - DEADLINE_S < swapped["last_swap_timestamp_seconds", ""] <= time.time()


def test_many_are_observed_as_one_by_one() -> None:
    """The bulk way gives what the library's own gives, also on the edges of buckets."""
    observed = np.array([0, 0.1, 0.10001, 0.5, 0.99, 1, 1], dtype=np.float32)
    one, many = (Histogram("h", "", buckets=[0.1, 0.5, 1.0], registry=CollectorRegistry()) for _ in range(2))

    for value in observed:
        one.observe(float(value))
    observe_many(many, observed)

    def samples(histogram: Histogram) -> list[tuple[str, dict[str, str], Any]]:
        [family] = histogram.collect()
        return [(s.name, s.labels, pytest.approx(s.value)) for s in family.samples if not s.name.endswith("created")]

    assert samples(many) == samples(one)


def test_a_request_is_one_line_in_the_log(serve: Serve, odd: Path) -> None:
    """With what an operator needs to find it again, and nothing of the student."""
    student = {
        "class": 1,
        "self": 0.515625,
        "Study hours/week": 7.53125,
        "Présence %": 90.28125,
        "study hours-week": 1,
        "school": "Lycée",
        "mood": None,
        "student": "ada-lovelace",
    }
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    named = {"X-Request-ID": "mine-1", "traceparent": trace}
    with serve(odd, SERVICE_MODEL="odd") as service:
        answered = ask(f"{service.url}/predict", {"instances": [student] * 3}, **named)
        refused = ask(f"{service.url}/predict?version=ada-lovelace", student | {"self": 3.515625}, traceparent="x")
        ask(f"{service.url}/ada-lovelace")
        lines = eventually(lambda: len(found := request_lines(service)) >= 3 and found)

    mine, wrong, nowhere = lines[-3:]
    assert answered.headers["X-Request-ID"] == mine["request_id"] == "mine-1"
    assert (mine["route"], mine["method"], mine["status"], mine["version"], mine["num_instances"]) == (
        "/predict",
        "POST",
        200,
        1,
        3,
    )
    assert 0 < mine["duration_ms"] < 60_000
    assert mine["traceparent"] == trace
    assert wrong["request_id"] == refused.headers["X-Request-ID"]
    assert (wrong["status"], "traceparent" in wrong, "version" in wrong) == (404, False, False)
    assert (nowhere["route"], nowhere["status"]) == ("none", 404)
    log = service.log.read_text(encoding="utf-8")
    for secret in ("lovelace", "0.515625", "7.53125", "90.28125", "Lyc"):  # which no random id, time or duration holds
        assert secret not in log


@pytest.mark.parametrize(("level", "num"), [("info", 0), ("debug", 1)])
def test_a_probe_that_is_well_is_counted_without_a_line(serve: Serve, tmp_path: Path, level: str, num: int) -> None:
    """Unless everything is asked for; one that is not has its line."""
    with serve(tmp_path, SERVICE_LOG_LEVEL=level) as service:
        assert ask(f"{service.url}/livez", **{"X-Request-ID": "alive"}).status == 200
        assert ask(f"{service.url}/readyz", **{"X-Request-ID": "not-ready"}).status == 503
        eventually(lambda: "not-ready" in service.log.read_text())
        counted = metrics(service)
        named = [line["request_id"] for line in request_lines(service)]

    assert named.count("alive") == num
    assert counted["request_duration_seconds_count", "/livez 200"] >= 1


def request_lines(service: RunningService) -> list[dict[str, object]]:
    """The log's lines that are of requests."""
    entries = [json.loads(line) for line in service.log.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
    return [entry for entry in entries if entry["message"] == "request"]
