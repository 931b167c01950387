"""One call of each engine beside Keras's `predict`, on one row and on a thousand.

`python -m benchmarks.engines`: the network of the 15 students, untrained, since weights take no time.
"""

import argparse
import statistics
import tempfile
import timeit
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from registry.contract.features import FeatureSchema, Number
from registry.store.model_store import LITERT_MODEL
from service.engines.litert import LiteRTEngine
from service.engines.tensorflow import TensorFlowEngine
from training.config import TrainingConfig
from training.network.members import build_members, ensemble
from training.publishing.export import export

SCHEMA = FeatureSchema((Number("study_hours"), Number("sleep_hours")))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="runs of each kind")
    options = parser.parse_args()
    config = TrainingConfig()
    network = ensemble(build_members(SCHEMA, config, 1, config.members, wide=True), None)
    with tempfile.TemporaryDirectory() as folder:
        export(network, SCHEMA, Path(folder))
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()
        }
    litert, tensorflow = LiteRTEngine(files[LITERT_MODEL]), TensorFlowEngine(files)
    for num_rows in (1, 1000):
        matrix = np.random.default_rng(0).uniform(0, 10, (num_rows, 2)).astype(np.float32)
        calls: dict[str, tuple[Callable[[], object], int]] = {
            "Keras predict": (partial(network.predict, matrix, verbose=0), 10),
            "tensorflow": (partial(tensorflow, matrix), 300),
            "litert": (partial(litert, matrix), 3000),
        }
        seconds: dict[str, list[float]] = {name: [] for name in calls}
        for _ in range(options.runs):
            for name, (call, number) in calls.items():
                call()
                seconds[name].append(timeit.timeit(call, number=number) / number)
        medians = {name: statistics.median(each) for name, each in seconds.items()}
        for name, median in medians.items():
            print(
                f"{num_rows} row(s), {name}: {1e6 * median:.1f} µs, "
                f"{medians['Keras predict'] / median:.0f} x as fast as Keras predict"
            )


if __name__ == "__main__":
    main()
