"""What many networks at once cost: 100 members, and a whole run, against one plain Keras `fit`.

`python -m benchmarks.training DATASET.toml`: the same table, layers, epochs and batch size, one after the other.
"""

import argparse
import os
import statistics
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np

from registry.store.model_store import ModelStore
from training.config import TrainingConfig, read_dataset_file
from training.job import run
from training.network.fitting import automatic_batch_size, plan_folds, train_members
from training.network.members import build_members
from training.network.recipes import Ensemble
from training.statistics.folds import split
from training.table.dataset import Dataset, load_dataset

NUM_MEMBERS = 100


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path, metavar="DATASET.toml")
    parser.add_argument("--runs", type=int, default=3, help="of each")
    options = parser.parse_args()
    dataset_file = read_dataset_file(options.dataset)
    dataset, config = load_dataset(dataset_file), dataset_file.training
    plain, members, whole = [], [], []
    for _ in range(options.runs):
        plain.append(timed(lambda: fit_plain(dataset, config)))
        members.append(timed(lambda: fit_members(dataset, config)))
        with tempfile.TemporaryDirectory() as models:
            store = ModelStore(Path(models), dataset_file.name)
            whole.append(timed(partial(run, dataset_file, None, store, 0, Ensemble())))
    one, many, job = map(statistics.median, (plain, members, whole))
    print(f"{len(dataset.labels)} rows, {config.epochs} epochs, medians of {options.runs} interleaved runs:")
    print(f"one plain Keras fit: {one:.1f} s")
    print(f"{NUM_MEMBERS} members at once: {many:.1f} s, {many / one:.2f} x")
    print(f"the whole job: {job:.1f} s, {job / one:.2f} x")


def timed(work: object) -> float:
    """Seconds that a call takes, building and compiling included."""
    start = time.perf_counter()
    work()  # type: ignore[operator]  # a function without arguments
    return time.perf_counter() - start


def fit_plain(dataset: Dataset, config: TrainingConfig) -> None:
    """One network as Keras's own documentation trains it; its inputs are prepared beforehand."""
    prepared = np.asarray(build_members(dataset.schema, config, 1, 1).get_layer("preprocessing")(dataset.matrix))[0]
    network = keras.Sequential([keras.Input((prepared.shape[1],))])
    for units in config.hidden_units:
        network.add(keras.layers.Dense(units, config.activation))
    network.add(keras.layers.Dense(1, "sigmoid"))
    network.compile(keras.optimizers.Adam(config.learning_rate), "binary_crossentropy")
    batch_size = config.batch_size or automatic_batch_size(len(prepared))
    network.fit(prepared, dataset.labels.astype("float32"), batch_size, config.epochs, verbose=0)


def fit_members(dataset: Dataset, config: TrainingConfig) -> None:
    """A hundred networks on the training rows of all folds."""
    folds = split(dataset, 0).each
    each = replace(config, members=NUM_MEMBERS // len(folds), l2=0.01, skip_l2=0.01)
    plans = plan_folds(folds, [each] * len(folds), len(dataset.labels), 0)
    train_members(dataset, plans, config, 0)


if __name__ == "__main__":
    main()
