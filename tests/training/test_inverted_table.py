"""A label the wrong way round: `init` takes it the right way, and a run that is told otherwise says so first."""

from pathlib import Path

import numpy as np
import pytest

from tests.support.proposals import call
from tests.support.stores import run_job

NUM_ROWS = 120


def dropouts() -> str:
    """Attendance, grade average and who left, 1 for who did: the kind of a public table of 10,000."""
    generator = np.random.default_rng(0)
    well = generator.normal(size=NUM_ROWS)
    attendance = np.clip(75 + 12 * well + generator.normal(0, 6, NUM_ROWS), 0, 100).round()
    gpa = np.clip(2.4 + 0.7 * well + generator.normal(0, 0.4, NUM_ROWS), 0, 4).round(1)
    left = (well + generator.normal(0, 0.6, NUM_ROWS) < -0.4).astype(int)
    rows = [f"{each[0]:g},{each[1]},{each[2]}" for each in zip(attendance, gpa, left, strict=True)]
    return "\n".join(["attendance,gpa,Dropout", *rows]) + "\n"


def test_init_takes_the_label_the_right_way_round(tmp_path: Path) -> None:
    """And says why; a wish for the other is obeyed and questioned twice."""
    proposed = call(tmp_path, dropouts(), "--target", "Dropout")
    target = proposed.entries["target"]
    wished = call(tmp_path, dropouts(), "--target", "Dropout", "--positive", "1", "--force")

    assert "`0` passes: the column is called Dropout" in proposed.out.splitlines()[0]
    assert (target["positive"], target["negative"]) == ("0", "1")
    assert wished.entries["target"]["positive"] == "1"
    assert "the column is called Dropout: is it the other way round?" in wished.out
    assert 'students who pass have less "attendance", "gpa": is it the other way round?' in wished.out


@pytest.mark.parametrize("positive", [pytest.param("0", marks=pytest.mark.long), "1"])
def test_a_run_says_before_anything_else_that_the_label_is_wrong(tmp_path: Path, positive: str) -> None:
    """First in the summary, in the advice and in the report; nothing where it is right."""
    call(tmp_path, dropouts(), "--target", "Dropout", "--positive", positive, "--name", "made")
    with (tmp_path / "dataset.toml").open("a") as file:
        file.write("epochs = 2\nmembers = 1\n")

    done = run_job(tmp_path / "dataset.toml", "--models", tmp_path)

    assert done.returncode == 0, done.stderr
    report = (tmp_path / "made/1/assets.extra/report.html").read_text()
    warned = "Check which label passes before anything else: those with 'pass' have less"
    if positive == "0":
        assert done.stdout.startswith("made: 120 students")
        assert "before anything else" not in done.stdout + report
        assert '"direction"' not in (tmp_path / "made/1/assets.extra/manifest.json").read_text()
    else:
        assert done.stdout.startswith(warned)
        assert "if '1' in 'Dropout' is the bad end, swap positive and negative" in done.stdout.splitlines()[0]
        reasons = report.partition("<ul>")[2].partition("</li>")[0]
        assert "Check which label passes before anything else" in reasons
