"""How good the network is on public tables, beside the baselines on the same folds.

`python -m benchmarks.quality FOLDER`, with `student-mat.csv` and `student-por.csv` of UCI Student Performance (Cortez &
Silva 2008, DOI 10.24432/C5TG7T) in it: three settings of each, as in the paper: A with both earlier marks, B with the
first, C with neither. Each is trained by `init` and `run` with their defaults, once for each seed of the folds. Log
losses are compared student by student, each student's being the mean over the seeds.
"""

import argparse
import csv
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from registry.store.model_store import ModelStore
from training.statistics.metrics import log_losses

ROOT = Path(__file__).parent.parent
SETTINGS = {"A": ("", "G2"), "B": ("G2", "G1"), "C": ("G1,G2", "")}  # columns left out, and the earlier mark
MAX_MEAN_ABOVE_BEST, MAX_ABOVE_BEST, MIN_BETTER, MAX_ABOVE_LINEAR = 0.0, 0.012, 4, 0.006


def main() -> None:
    """Train, compare, and say where it falls short."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="with student-mat.csv and student-por.csv")
    parser.add_argument("--seeds", type=int, default=5, help="of the folds")
    parser.add_argument("--tables", default="mat,por", help="which of the two")
    options = parser.parse_args()
    print("mean log loss (AUC) of out-of-fold forecasts over the seeds:")
    names = ["network", "majority", "logistic regression", "random forest", "hist gradient boosting", "prior mark"]
    print(f"{'':<7}" + "".join(f"{name:<24}" for name in names) + "network minus the best   slowest run")
    short, differences = [], []
    for table in options.tables.split(","):
        for setting, (left_out, prior_mark) in SETTINGS.items():
            losses, aucs, seconds = measure(
                options.folder / f"student-{table}.csv", left_out, prior_mark, options.seeds
            )
            means = {name: of_students.mean() for name, of_students in losses.items()}
            cells = [f"{means[name]:.3f} ({aucs[name]:.3f})" for name in losses] + [""] * (len(names) - len(losses))
            best = min(means.keys() - {"network"}, key=lambda name: means[name])
            paired = losses["network"] - losses[best]
            difference, error = paired.mean(), paired.std() / np.sqrt(len(paired))
            differences.append(difference)
            cells.append(f"{difference:+.4f} (se {error:.4f})")
            print(f"{table} {setting:<3}" + "".join(f"{cell:<24}" for cell in cells) + f" {seconds:.0f} s", flush=True)
            if difference > MAX_ABOVE_BEST:
                short.append(f"{table} {setting}: {difference:+.4f} from the best, {best}")
            if (above := means["network"] - means["logistic_regression"]) > MAX_ABOVE_LINEAR:
                short.append(f"{table} {setting}: {above:+.4f} from logistic regression")
    mean, num_better = statistics.mean(differences), sum(difference < 0 for difference in differences)
    print(f"network minus the best of the others: {mean:+.4f} on average, below 0 on {num_better} table(s)")
    if mean > MAX_MEAN_ABOVE_BEST:
        short.append(f"{mean:+.4f} from the best on average")
    if num_better < MIN_BETTER:
        short.append(f"better than every other on {num_better} table(s) only")
    print("falls short: " + ("; ".join(short) or "nowhere"))


def measure(
    table: Path, left_out: str, prior_mark: str, num_seeds: int
) -> tuple[dict[str, np.ndarray], dict[str, float], float]:
    """Of network and baselines, means over the seeds: log loss of each student, and AUC; and the longest run in s."""
    losses: dict[str, list[np.ndarray]] = {}
    aucs: dict[str, list[float]] = {}
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        dataset, forecasts = Path(folder) / "dataset.toml", Path(folder) / "forecasts.csv"
        ignore = ["--ignore", left_out] if left_out else []
        call("init", table, "--target", "G3", "--at-least", "10", "--demographics", "features", *ignore, "-o", dataset)
        if prior_mark:
            dataset.write_text(f'prior_mark = "{prior_mark}"\n{dataset.read_text(encoding="utf-8")}', encoding="utf-8")
        for seed in range(num_seeds):
            start = time.perf_counter()
            run = ("run", dataset, "--models", folder, "--seed", str(seed), "--forecasts", forecasts, "--json")
            printed = json.loads(call(*run))
            seconds.append(time.perf_counter() - start)
            manifest = ModelStore(Path(folder), "pass_fail").manifest(printed["version"])
            with open(forecasts, encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
            labels = np.array([row["label"] == manifest.schema.labels[1] for row in rows]).astype(int)
            for name, figures in {"network": manifest.evaluation["model"], **manifest.evaluation["baselines"]}.items():
                forecast = np.array([float(row[name]) for row in rows])
                losses.setdefault(name, []).append(log_losses(labels, forecast))
                aucs.setdefault(name, []).append(figures["roc_auc"]["value"])
    return (
        {name: np.mean(values, axis=0) for name, values in losses.items()},
        {name: statistics.mean(values) for name, values in aucs.items()},
        max(seconds),
    )


def call(*arguments: str | Path) -> str:
    """Run a command of the training job; what it prints."""
    command = [sys.executable, "-m", "training", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


if __name__ == "__main__":
    main()
