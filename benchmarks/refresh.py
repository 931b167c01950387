"""What a refresh costs: the slowest request during a swap against the slowest without, and a look at the store.

`python -m benchmarks.refresh`: for each engine, windows with a swap and windows without take turns.
"""

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import timeit
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from registry.store.model_store import ModelStore
from registry.store.places.folder import write_aliases
from service.settings import Settings
from service.telemetry.metrics import Metrics
from service.versions.versions import Versions

ROOT = Path(__file__).parent.parent
NUM_CLIENTS = 4
BODY = json.dumps({"study_hours": 6, "sleep_hours": 5})


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="windows of each kind")
    parser.add_argument("--seconds", type=float, default=6.0, help="length of a window")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = two_versions(Path(folder))
        print(f"a look at the store with nothing new: {1e3 * time_of_a_look(store):.2f} ms")
        for engine in ("litert", "tensorflow"):
            name(store, 1)
            with serve(store, engine) as port:
                compare(store, port, engine, options.runs, options.seconds)


def two_versions(folder: Path) -> ModelStore:
    """A store with the 15 students' network as version 1 and another of them as version 2."""
    store = ModelStore(folder, "pass_fail")
    for seed in ("0", "1"):
        command = [sys.executable, "-m", "training", "run", "--models", str(folder), "--seed", seed]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return store


def name(store: ModelStore, champion: int) -> None:
    """Name a champion, and nothing else, in one rename: what `promote` does once it has checked the version."""
    write_aliases(store.folder, {"champion": champion})


def time_of_a_look(store: ModelStore) -> float:
    """Seconds that a poll takes where nothing has changed."""
    versions = Versions(Settings(models_dir=store.folder.parent), Metrics())
    versions.poll()
    return min(timeit.repeat(versions.poll, number=200, repeat=5)) / 200


@contextmanager
def serve(store: ModelStore, engine: str) -> Iterator[int]:
    """Run the service with two workers; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    environ = {
        "PORT": str(port),
        "SERVICE_MODELS_DIR": str(store.folder.parent),
        "WEB_CONCURRENCY": "2",
        "SERVICE_ENGINE": engine,
        "SERVICE_POLL_S": "0.1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "service"], cwd=ROOT, env=os.environ | environ, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=60).close()
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(1)  # for the other worker
        yield port
    finally:
        process.terminate()
        process.wait()


def compare(store: ModelStore, port: int, engine: str, num_runs: int, seconds: float) -> None:
    """Print the slowest requests of the windows with and without a swap."""
    slowest: dict[str, list[float]] = {"without": [], "with": []}
    champion = 1
    window(port, seconds)  # warms up
    for _ in range(num_runs):
        slowest["without"].append(max(took for _, took in window(port, seconds)))
        champion = 3 - champion
        swap = threading.Timer(seconds / 4, name, (store, champion))
        swap.start()
        answers = window(port, seconds)
        swap.join()
        slowest["with"].append(max(took for _, took in answers))
        if len({version for version, _ in answers}) != 2:
            raise SystemExit("there was no swap in the window: make it longer")
    without, during = statistics.median(slowest["without"]), statistics.median(slowest["with"])
    print(
        f"{engine}: slowest request {1e3 * without:.1f} ms without a swap, {1e3 * during:.1f} ms with one: "
        f"{during / without:.1f} times (medians of {num_runs})"
    )


def window(port: int, seconds: float) -> list[tuple[int, float]]:
    """Ask on several connections for a while; the version and the seconds of each answer."""
    answers: list[tuple[int, float]] = []
    faults: list[str] = []
    end = time.monotonic() + seconds

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.monotonic() < end:
            begun = time.perf_counter()
            connection.request("POST", "/predict", BODY, {"Content-Type": "application/json"})
            response = connection.getresponse()
            document = json.loads(response.read())
            took = time.perf_counter() - begun
            if response.status != 200:
                faults.append(f"answered {response.status}: {document}")
                break
            answers.append((document["model"]["version"], took))
        connection.close()

    clients = [threading.Thread(target=ask) for _ in range(NUM_CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if faults:
        raise SystemExit(faults[0])
    return answers


if __name__ == "__main__":
    main()
