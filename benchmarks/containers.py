"""What the containers need: image sizes, time to the first answer, memory. Needs an engine and its cgroups (root).

    docker compose build && python benchmarks/containers.py passfail-training passfail-service [IMAGE...]

Memory is what the kernel could not give back under pressure (anonymous memory and tmpfs, both charged to the
container's cgroup), sampled every 20 ms; the highest sample is printed.
"""

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

BASE = "python:3.11-slim-bookworm"
MIB = 2**20
BODY_BYTES = 8 * MIB
MEMORY_LIMIT = "4g"  # docker-compose.yml's default: that it is enough is shown by no worker being killed
NUM_CLIENTS = 12  # for each worker: its four threads are at work and as many requests as may be are waiting
STUDENTS = json.dumps({"instances": [{"study_hours": 6.25, "sleep_hours": 5.125}] * 10_000})
BODIES = {
    "10,000 students": STUDENTS,
    "10,000 students, 8 MB": STUDENTS.ljust(BODY_BYTES),
    "2.8 million empty objects": '{"instances":[' + ",".join(["{}"] * ((BODY_BYTES - 20) // 3)) + "]}",
    "1.4 million objects of a field": '{"instances":[' + ",".join(['{"":0}'] * ((BODY_BYTES - 20) // 7)) + "]}",
    "4 million lists, each in another": '{"instances":['
    + ",".join(["[" * 900 + "]" * 900] * (BODY_BYTES // 1802))
    + "]}",
    "1.6 million objects, each in another": '{"instances":['
    + ",".join(['{"":' * 900 + "0" + "}" * 900] * (BODY_BYTES // 4520))
    + "]}",
    "10,000 students of 80 unknown fields": json.dumps(
        {"instances": [{f"{i}": 1 for i in range(80)}] * 10_000}, separators=(",", ":")
    )[:BODY_BYTES],
    "a table of 8 MB": "study_hours,sleep_hours\n" + "6,5\n" * ((BODY_BYTES - 30) // 4),
    # The dialects', sent to their routes.
    "TensorFlow Serving: 2.8 million empty rows": '{"instances":['
    + ",".join(["{}"] * ((BODY_BYTES - 20) // 3))
    + "]} ",
    "V2: 2 million lists in a tensor": '{"inputs":[{"name":"encoded","datatype":"FP32","shape":[1,2],"data":['
    + ",".join(["[1]"] * ((BODY_BYTES - 100) // 4))
    + "]}]}",
}
ROUTES = {"TensorFlow Serving": "/v1/models/pass_fail:predict", "V2": "/v2/models/pass_fail/infer"}


def docker(*arguments: str) -> str:
    """Run docker and give what it prints."""
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True).stdout.strip()


class Memory:
    """The highest need of a container so far."""

    def __init__(self, container: str) -> None:
        """Find its cgroup, v2 or v1, and sample it until it is gone."""
        pid = docker("inspect", "-f", "{{.State.Pid}}", container)
        lines = Path(f"/proc/{pid}/cgroup").read_text().splitlines()
        paths = {line.split(":")[1]: line.split(":")[2] for line in lines}
        root = Path("/sys/fs/cgroup")
        if "memory" in paths:
            self._file, self._keys = root / "memory" / paths["memory"][1:] / "memory.stat", ("total_rss", "total_shmem")
        else:
            self._file, self._keys = root / paths[""][1:] / "memory.stat", ("anon", "shmem")
        self.peak_mib = 0.0
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def now_mib(self) -> float:
        """What it needs now."""
        values = dict(line.split() for line in self._file.read_text().splitlines())
        return sum(int(values.get(key, 0)) for key in self._keys) / MIB

    def _sample(self) -> None:
        try:
            while True:
                self.peak_mib = max(self.peak_mib, self.now_mib())
                time.sleep(0.02)
        except OSError:
            return


def request(port: int, method: str, path: str, body: str | None = None) -> int:
    """Send one request and give the status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    media_type = "application/json" if body is None or body.startswith("{") else "text/csv"
    connection.request(method, path, body, {"Content-Type": media_type})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


@contextmanager
def service(image: str, volume: str, workers: int, engine: str) -> Iterator[tuple[str, int, float]]:
    """A service on the volume; gives its name, port, and the seconds from `docker run` until it was ready."""
    start = time.perf_counter()
    container = docker(
        *("run", "-d", "--read-only", "--tmpfs", "/tmp", "-v", f"{volume}:/app/models:ro", "-p", "127.0.0.1::8000"),
        *("--memory", MEMORY_LIMIT, "--memory-swap", MEMORY_LIMIT),
        *("-e", f"WEB_CONCURRENCY={workers}", "-e", f"SERVICE_ENGINE={engine}", image),
    )
    try:
        port = int(docker("port", container, "8000").rpartition(":")[2])
        while True:
            try:
                if request(port, "GET", "/readyz") == 200:
                    break
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.01)
        yield container, port, time.perf_counter() - start
    finally:
        docker("rm", "-f", container)


def at_once(number: int, do: Callable[[], int]) -> set[int]:
    """Do something in several threads at once; gives the different results."""
    results: set[int] = set()
    threads = [threading.Thread(target=lambda: results.add(do())) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def measure_training(image: str, volume: str) -> None:
    """A training run on the students: its duration and memory."""
    start = time.perf_counter()
    container = docker("run", "-d", "--read-only", "--tmpfs", "/tmp", "-v", f"{volume}:/app/models", image, "run")
    memory = Memory(container)
    docker("wait", container)
    print(f"{image}: a run takes {time.perf_counter() - start:.1f} s and {memory.peak_mib:.0f} MiB")
    docker("rm", container)


def measure_service(image: str, volume: str) -> None:
    """Time until ready and memory, idle and under each body."""
    engine = "tensorflow" if "tensorflow" in image else "auto"
    for workers in (1, 2):
        with service(image, volume, workers, engine) as (container, port, seconds):
            memory = Memory(container)
            at_once(NUM_CLIENTS * workers, partial(request, port, "GET", "/readyz"))
            time.sleep(1)
            print(f"{image}, {workers} worker(s): ready in {seconds:.2f} s, {memory.now_mib():.0f} MiB idle")
            for name, body in BODIES.items():
                route = ROUTES.get(name.partition(":")[0], "/predict")
                statuses = set()
                for _ in range(3):
                    statuses |= at_once(NUM_CLIENTS * workers, partial(request, port, "POST", route, body))
                print(f"    {name}: {memory.peak_mib:.0f} MiB at the highest, {statuses}", flush=True)
                memory.peak_mib = 0
            started = subprocess.run(["docker", "logs", container], capture_output=True, text=True, check=True).stderr
            print(f"    workers killed: {started.count('Booting worker') - workers}")


def main() -> None:
    """Measure the images that are named; the first is the training job's."""
    training, *services = sys.argv[1:]
    base = int(docker("image", "inspect", "-f", "{{.Size}}", BASE))
    for image in sys.argv[1:]:
        size = int(docker("image", "inspect", "-f", "{{.Size}}", image))
        print(f"{image}: {(size - base) / 1e6:.0f} MB over its base")
    volume = docker("volume", "create")
    try:
        measure_training(training, volume)
        for image in services:
            measure_service(image, volume)
    finally:
        docker("volume", "rm", "-f", volume)


if __name__ == "__main__":
    main()
