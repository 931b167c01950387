"""`python -m service score` beside Python's `csv` module copying the same file; its memory; two files at once.

`python -m benchmarks.scoring`: runs take turns, each in a process of its own.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.serving import ROOT, students, train
from registry.limits import num_cpus
from registry.store.model_store import ModelStore

COPY = """
import csv, sys
with open(sys.argv[1], newline="") as source, open(sys.argv[2], "w", newline="") as target:
    csv.writer(target).writerows(csv.reader(source))
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", nargs="?", default="students", help="dataset file of the network; the 15 students")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the file")
    parser.add_argument("--runs", type=int, default=5, help="runs of each kind")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = train(options.dataset, Path(folder))
        table, output, other = Path(folder, "in.csv"), Path(folder, "out.csv"), Path(folder, "other.csv")
        write_table(store, table, options.rows)
        other.symlink_to(table)
        copying, scoring, both, peaks = [], [], [], []
        for _ in range(options.runs):
            copying.append(run([sys.executable, "-c", COPY, str(table), str(output)], {})[0])
            score = [sys.executable, "-m", "service", "score", str(table)]
            environ = {"SERVICE_MODELS_DIR": str(store.folder.parent), "SERVICE_MODEL": store.name}
            seconds, peak_mib = run([*score, "-o", str(output)], environ)
            scoring.append(seconds)
            peaks.append(peak_mib)
            both.append(run([*score, str(other), "-o", str(Path(folder, "both")), "--jobs", "2"], environ)[0])
        copied, scored = statistics.median(copying), statistics.median(scoring)
        print(
            f"{options.rows:,} rows of {table.stat().st_size / 1e6:.0f} MB: scored in {scored:.2f} s, "
            f"{options.rows / scored:,.0f} a second; copied by csv in {copied:.2f} s: {scored / copied:.2f} x, "
            f"at most 3; peak memory {max(peaks):.0f} MiB"
        )
        together = statistics.median(both)
        print(
            f"two such files on {num_cpus()} processors: {together:.2f} s, {together / scored:.2f} x, at most 1.2 on 2"
        )


def write_table(store: ModelStore, path: Path, num_rows: int) -> None:
    """Write the same thousand students again and again."""
    schema = store.manifest(1).schema
    lines = [",".join(str(value) for value in student.values()) for student in students(schema, 1000)]
    with path.open("w") as file:
        file.write(",".join(schema.names) + "\n")
        for start in range(0, num_rows, len(lines)):
            file.write("\n".join(lines[: num_rows - start]) + "\n")


def run(command: list[str], environ: dict[str, str]) -> tuple[float, float]:
    """Seconds and peak memory in MiB of a process."""
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environ, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"exit code {process.returncode}: {command}")
    return time.monotonic() - started, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
