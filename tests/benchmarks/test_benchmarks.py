"""The commands of the page on speed, each with less to do; what they print is for people to judge."""

import os
import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.support import NEEDS_UCI, ROOT, UCI
from tests.support.pages import Page
from tests.support.processes import run

# One name for each block: one that is new, or gone, fails here.
SERVING, ENGINES, SCORING, EXPLAINING, REFRESH, MODELS, TRAINING, QUALITY = Page("docs/performance.md").of("sh")


def measure(command: str, *less: str, **places: Path) -> str:
    """Run a command of the page with fewer runs, and with real files for what it names; gives what it prints."""
    python, option, *words = shlex.split(command)
    assert (python, option) == ("python", "-m")
    done = run(*(places.get(word.partition(".")[0], word) for word in words), *less)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_cost_of_a_refresh_is_measured() -> None:
    """For both engines, with a swap in its window."""
    printed = measure(REFRESH, "--runs", "1", "--seconds", "6")

    assert re.search(r"nothing new: [\d.]+ ms", printed)
    assert re.findall(r"^(\w+): slowest request [\d.]+ ms without", printed, re.MULTILINE) == [
        "litert",
        "tensorflow",
    ]


@pytest.mark.skipif(
    shutil.which("wrk") is None and not os.environ.get("CI"), reason="wrk is not installed; in CI it is"
)
def test_many_models_are_measured_beside_one() -> None:
    """Cold and warm ones, memory, and how many requests are answered; each beside what is aimed at."""
    printed = measure(MODELS, "--models", "20", "--requests", "50", "--runs", "1", "--seconds", "1")

    assert re.search(r"^19 cold and 31 warm: [\d.]+ and [\d.]+ ms in the median$", printed, re.MULTILINE)
    assert re.search(r"^a cold model, in ms: [\d.]+, at most 50(: falls short)?$", printed, re.MULTILINE)
    assert re.search(
        r"^memory at the end over after a fifth: [\d.]+, at most 1.1(: falls short)?$", printed, re.MULTILINE
    )
    assert re.search(r"^a warm model over one alone: [\d.]+, at least 0.9(: falls short)?$", printed, re.MULTILINE)


def test_the_cost_of_a_run_is_measured() -> None:
    """Against one plain fit of the same table, with what the run holds in memory; and its target."""
    printed = measure(TRAINING, "--runs", "1", "--rows", "15")

    assert re.search(
        r"^15 rows: .* fit [\d.]+ s, the whole run [\d.]+ s .*, [\d.]+ x, 0\.\d\d GiB$", printed, re.MULTILINE
    )
    assert re.search(r"^15 rows: at most 0\.67 of [\d.]+ x, is [\d.]+(: falls short)?$", printed, re.MULTILINE)


@pytest.mark.skipif(
    shutil.which("wrk") is None and not os.environ.get("CI"), reason="wrk is not installed; in CI it is"
)
def test_serving_is_measured_beside_others() -> None:
    """Every load is answered by every program; ratios stand beside what they should be."""
    printed = measure(SERVING, "--runs", "1", "--seconds", "1")

    loads = re.findall(r"^(\S.*?) +[\d,]+ +[\d,]+ +[\d.]+   \(", printed, re.MULTILINE)
    assert len(loads) == 13
    assert len(re.findall(r"^\S.*? +[\d.]+ +[\d.]+(?:   falls short)?$", printed, re.MULTILINE)) == 10
    assert re.search(r"^start to first good answer: constant [\d.]+ s", printed, re.MULTILINE)
    assert len(re.findall(r"^proportional memory of a worker .*passfail [\d.]+ MiB", printed, re.MULTILINE)) == 2


def test_engines_are_measured_beside_keras() -> None:
    """On one row and on many."""
    printed = measure(ENGINES, "--runs", "1")

    assert len(re.findall(r"^1(?:000)? row\(s\), .*: [\d.]+ µs, \d+ x as fast", printed, re.MULTILINE)) == 6


def test_scoring_a_file_is_measured_beside_copying_it() -> None:
    """The same file, by csv alone; and two at once."""
    printed = measure(SCORING, "--rows", "20000", "--runs", "1")

    assert re.search(r"^20,000 rows of \d MB: scored in [\d.]+ s, .* x, at most 3; peak", printed, re.MULTILINE)
    assert re.search(r"^two such files on \d+ processors: [\d.]+ s, [\d.]+ x, at most 1.2 on 2$", printed, re.MULTILINE)


def test_explanations_are_measured_beside_predictions() -> None:
    """For few features and many, and recourse as well."""
    printed = measure(EXPLAINING, "--runs", "5", "--widths", "2", "30")

    lines = r"^(\d+) features: /predict [\d.]+ ms \(1.0 x\), /explain [\d.]+ ms \([\d.]+ x\), /recourse [\d.]+ ms"
    assert re.findall(lines, printed, re.MULTILINE) == ["2", "30"]


@NEEDS_UCI
def test_quality_is_measured_beside_the_baselines() -> None:
    """One table in its three settings, by `init` and `run` with their defaults; what falls short is named."""
    printed = measure(QUALITY, "--seeds", "1", "--tables", "mat", FOLDER=UCI)

    assert [line[:5] for line in printed.splitlines()[2:5]] == ["mat A", "mat B", "mat C"]
    assert re.search(
        r"^network minus the best of the others: [-+]0.\d{4} on average, below 0 on \d table\(s\)$",
        printed,
        re.MULTILINE,
    )
    assert "falls short: " in printed


def test_make_bench_measures_what_the_page_says() -> None:
    """The first four, in its order."""
    recipe = re.search(r"^bench: .*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)

    assert recipe is not None
    commands = [line.strip().replace("$(RUN)", "python") for line in recipe[1].splitlines()]
    assert commands == [block.strip() for block in (SERVING, ENGINES, SCORING, EXPLAINING)]
