"""How long an explanation takes, and recourse, beside the prediction of the same student, over HTTP.

`python -m benchmarks.explaining`. Made tables of several widths; the three routes take turns in one run.
"""

import argparse
import http.client
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.serving import NUM_WORKERS, Program, running, students, train, wait_for
from registry.store.model_store import ModelStore

WIDTHS = (2, 10, 12, 30)
ROUTES = ("/predict", "/explain", "/recourse")
NUM_ROWS = 400


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200, help="requests of each kind")
    parser.add_argument("--widths", type=int, nargs="+", default=WIDTHS, help="numbers of features")
    options = parser.parse_args()
    for width in options.widths:
        with tempfile.TemporaryDirectory() as folder:
            store = train(str(make_table(Path(folder), width)), Path(folder))
            times = measure(store, Path(folder), options.runs)
        predict = times["/predict"]
        beside = ", ".join(f"{route} {1e3 * taken:.2f} ms ({taken / predict:.1f} x)" for route, taken in times.items())
        print(f"{width} features: {beside}")


def make_table(folder: Path, width: int) -> Path:
    """A table of that many numbers, all actionable, of which half tell something; gives its dataset file."""
    generator = np.random.default_rng(0)
    matrix = generator.normal(size=(NUM_ROWS, width)).round(3)
    passed = matrix[:, ::2].sum(axis=1) + generator.logistic(size=NUM_ROWS) > 0
    names = [f"x{place}" for place in range(width)]
    rows = [",".join([*map(str, row), str(int(label))]) for row, label in zip(matrix, passed, strict=True)]
    (folder / "made.csv").write_text("\n".join([",".join([*names, "passed"]), *rows]) + "\n")
    features = "".join(f'[[features]]\nname = "{name}"\nkind = "number"\nactionable = "both"\n' for name in names)
    target = 'data = "made.csv"\n[target]\ncolumn = "passed"\npositive = "1"\nlabels = ["fail", "pass"]\n'
    (folder / "made.toml").write_text(f'name = "made"\n{target}{features}')
    return folder / "made.toml"


def measure(store: ModelStore, folder: Path, num_runs: int) -> dict[str, float]:
    """Median seconds of a request by route, one student each."""
    environ = {
        "SERVICE_MODELS_DIR": str(store.folder.parent),
        "SERVICE_MODEL": store.name,
        "WEB_CONCURRENCY": str(NUM_WORKERS),
    }
    program = Program([sys.executable, "-m", "service"], environ)
    bodies = [json.dumps(student).encode() for student in students(store.manifest(1).schema, 50)]
    (folder / "1").write_bytes(bodies[0])
    taken: dict[str, list[float]] = {route: [] for route in ROUTES}
    with running(program):
        wait_for(program, folder / "1")
        client = http.client.HTTPConnection("127.0.0.1", program.port)
        for run in range(num_runs):
            for route in ROUTES:
                started = time.perf_counter()
                client.request("POST", route, bodies[run % len(bodies)], {"Content-Type": "application/json"})
                answer = client.getresponse()
                answer.read()
                taken[route].append(time.perf_counter() - started)
                assert answer.status == 200, answer.status
    return {route: statistics.median(values) for route, values in taken.items()}


if __name__ == "__main__":
    main()
