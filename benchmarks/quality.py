"""How good the network is on public tables, beside the baselines on the same folds.

`python -m benchmarks.quality FOLDER`, with `student-mat.csv` and `student-por.csv` of UCI Student Performance (Cortez &
Silva 2008, DOI 10.24432/C5TG7T) in it: three settings of each, as in the paper: A with both earlier marks, B with the
first, C with neither. Each is trained by `init` and `run` with their defaults, once for each seed of the folds.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from registry.store.model_store import ModelStore

ROOT = Path(__file__).parent.parent
SETTINGS = {"A": "", "B": "G2", "C": "G1,G2"}
MAX_LOSS_ABOVE, MIN_AUC_ABOVE, MIN_BEST = 0.010, -0.010, 2


def main() -> None:
    """Train, compare, and say where it falls short."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="with student-mat.csv and student-por.csv")
    parser.add_argument("--seeds", type=int, default=5, help="of the folds")
    parser.add_argument("--tables", default="mat,por", help="which of the two")
    options = parser.parse_args()
    print("mean log loss (AUC) of out-of-fold forecasts over the seeds:")
    names: list[str] = []
    short, num_best = [], 0
    for table in options.tables.split(","):
        for setting, left_out in SETTINGS.items():
            losses, aucs, seconds = measure(options.folder / f"student-{table}.csv", left_out, options.seeds)
            if not names:
                names = list(losses)
                print(f"{'':<7}" + "".join(f"{name.replace('_', ' '):<24}" for name in names) + "slowest run")
            cells = [f"{losses[name]:.3f} ({aucs[name]:.3f})" for name in names]
            print(f"{table} {setting:<3}" + "".join(f"{cell:<24}" for cell in cells) + f"{seconds:.0f} s", flush=True)
            above = losses["network"] - losses["logistic_regression"]
            auc_above = aucs["network"] - aucs["logistic_regression"]
            if above > MAX_LOSS_ABOVE:
                short.append(f"{table} {setting}: log loss {above:+.4f} from logistic regression's")
            if auc_above < MIN_AUC_ABOVE:
                short.append(f"{table} {setting}: AUC {auc_above:+.4f} from logistic regression's")
            num_best += losses["network"] < min(losses[name] for name in names[1:])
    print(f"better than every baseline on {num_best} table(s)")
    if num_best < MIN_BEST:
        short.append(f"better than every baseline on {num_best} table(s) only")
    print("falls short: " + ("; ".join(short) or "nowhere"))


def measure(table: Path, left_out: str, num_seeds: int) -> tuple[dict[str, float], dict[str, float], float]:
    """Mean log loss and AUC of network and baselines over the seeds, and the longest run in seconds."""
    losses: dict[str, list[float]] = {}
    aucs: dict[str, list[float]] = {}
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        dataset = Path(folder) / "dataset.toml"
        ignore = ["--ignore", left_out] if left_out else []
        call("init", table, "--target", "G3", "--at-least", "10", "--demographics", "features", *ignore, "-o", dataset)
        for seed in range(num_seeds):
            start = time.perf_counter()
            printed = call("run", dataset, "--models", folder, "--seed", str(seed), "--json")
            seconds.append(time.perf_counter() - start)
            evaluation = ModelStore(Path(folder), "pass_fail").manifest(json.loads(printed)["version"]).evaluation
            for name, figures in {"network": evaluation["model"], **evaluation["baselines"]}.items():
                losses.setdefault(name, []).append(figures["log_loss"]["value"])
                aucs.setdefault(name, []).append(figures["roc_auc"]["value"])
    return (
        {name: statistics.mean(values) for name, values in losses.items()},
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
