"""The benchmarks that the README names still run; what they print is for people to judge."""

import re

from tests.conftest import NEEDS_UCI, ROOT, UCI, run


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


@NEEDS_UCI
def test_quality_is_measured_beside_the_baselines() -> None:
    """One table in its three settings, by `init` and `run` with their defaults; what falls short is named."""
    done = run("benchmarks.quality", UCI, "--seeds", "1", "--tables", "mat")

    assert done.returncode == 0, done.stderr
    assert [line[:5] for line in done.stdout.splitlines()[2:5]] == ["mat A", "mat B", "mat C"]
    assert re.search(r"^better than every baseline on \d table\(s\)$", done.stdout, re.MULTILINE)
    assert "falls short: " in done.stdout
