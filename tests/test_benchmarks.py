"""The benchmarks that the README names still run; what they print is for people to judge."""

import os
import re
import shutil

import pytest

from tests.support import NEEDS_UCI, ROOT, UCI
from tests.support.processes import run


def test_the_cost_of_a_refresh_is_measured() -> None:
    """For both engines, with a swap in its window."""
    done = run("benchmarks.refresh", "--runs", "1", "--seconds", "6")

    assert done.returncode == 0, done.stderr
    assert re.search(r"nothing new: [\d.]+ ms", done.stdout)
    assert re.findall(r"^(\w+): slowest request [\d.]+ ms without", done.stdout, re.MULTILINE) == [
        "litert",
        "tensorflow",
    ]


def test_the_cost_of_many_networks_is_measured() -> None:
    """Against one plain fit of the same size, in one run."""
    done = run("benchmarks.training", ROOT / "training/datasets/students.toml", "--runs", "1")

    assert done.returncode == 0, done.stderr
    assert re.search(r"^100 members at once: [\d.]+ s, [\d.]+ x$", done.stdout, re.MULTILINE)
    assert re.search(r"^the whole job: [\d.]+ s, [\d.]+ x$", done.stdout, re.MULTILINE)


@pytest.mark.skipif(
    shutil.which("wrk") is None and not os.environ.get("CI"), reason="wrk is not installed; in CI it is"
)
def test_serving_is_measured_beside_others() -> None:
    """Every load is answered by every program; ratios stand beside what they should be."""
    done = run("benchmarks.serving", "--runs", "1", "--seconds", "1")

    assert done.returncode == 0, done.stderr
    loads = re.findall(r"^(\S.*?) +[\d,]+ +[\d,]+ +[\d.]+   \(", done.stdout, re.MULTILINE)
    assert len(loads) == 13
    assert len(re.findall(r"^\S.*? +[\d.]+ +[\d.]+(?:   falls short)?$", done.stdout, re.MULTILINE)) == 10
    assert re.search(r"^start to first good answer: constant [\d.]+ s", done.stdout, re.MULTILINE)
    assert len(re.findall(r"^proportional memory of a worker .*passfail [\d.]+ MiB", done.stdout, re.MULTILINE)) == 2


def test_engines_are_measured_beside_keras() -> None:
    """On one row and on many."""
    done = run("benchmarks.engines", "--runs", "1")

    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"^1(?:000)? row\(s\), .*: [\d.]+ µs, \d+ x as fast", done.stdout, re.MULTILINE)) == 6


def test_scoring_a_file_is_measured_beside_copying_it() -> None:
    """The same file, by csv alone."""
    done = run("benchmarks.scoring", "--rows", "20000", "--runs", "1")

    assert done.returncode == 0, done.stderr
    assert re.search(r"^20,000 rows of \d MB: scored in [\d.]+ s, .* x, at most 3; peak", done.stdout, re.MULTILINE)


def test_explanations_are_measured_beside_predictions() -> None:
    """For few features and many, and recourse as well."""
    done = run("benchmarks.explaining", "--runs", "5")

    assert done.returncode == 0, done.stderr
    lines = r"^(\d+) features: /predict [\d.]+ ms \(1.0 x\), /explain [\d.]+ ms \([\d.]+ x\), /recourse [\d.]+ ms"
    assert re.findall(lines, done.stdout, re.MULTILINE) == ["2", "10", "12", "30"]


@NEEDS_UCI
def test_quality_is_measured_beside_the_baselines() -> None:
    """One table in its three settings, by `init` and `run` with their defaults; what falls short is named."""
    done = run("benchmarks.quality", UCI, "--seeds", "1", "--tables", "mat")

    assert done.returncode == 0, done.stderr
    assert [line[:5] for line in done.stdout.splitlines()[2:5]] == ["mat A", "mat B", "mat C"]
    assert re.search(r"^better than every baseline on \d table\(s\)$", done.stdout, re.MULTILINE)
    assert "falls short: " in done.stdout
