"""The network beside others: what it matters, and what to do about it."""

from typing import Any

import pytest

from tests.support.manifests import figure, manifest
from training.report.comparisons import more_students, over_the_rest, over_the_version_before

BETTER = {"majority": figure(-0.2), "logistic_regression": figure(0.0), "random_forest": figure(0.05)}


@pytest.mark.parametrize(
    ("over", "matters"),
    [
        (
            {"value": -0.04, "low": -0.1, "high": 0.03},
            "that is not shown to matter: among the 40 most at risk a random forest finds 2 more of 50 than the "
            "network (-2 to +5)",
        ),
        (
            {"value": -0.2, "low": -0.3, "high": -0.1},
            "it matters: among the 40 most at risk a random forest finds 10 more of 50 than the network (+5 to +15)",
        ),
    ],
)
def test_a_better_forest_is_told_in_students(over: dict[str, float], matters: str) -> None:
    """At the number of the table next to how many there are to find; and what to try, and what is served."""
    table = [{"num_helped": num, "over_baseline": over if num == 40 else figure(0)} for num in (10, 20, 40, 100)]
    found = {"num_rows": 200, "num_negative": 50, "baseline": "random_forest", "table": table}

    told = " ".join(over_the_rest(manifest(comparisons=BETTER, help=found).evaluation))

    assert matters in told
    assert "more students, and a column of its own for what matters together" in told
    assert told.endswith("What is served stays the network.")


def test_what_to_try_depends_on_which_method_is_better() -> None:
    """A line has neither steps nor features that matter only together; where none is better there is nothing to try."""
    line = {"majority": figure(-0.2), "logistic_regression": figure(0.05)}

    assert "What is simpler does better where students are few" in " ".join(
        over_the_rest(manifest(comparisons=line).evaluation)
    )
    assert "stays the network" not in " ".join(over_the_rest(manifest().evaluation))


@pytest.mark.parametrize(
    ("champion", "told"),
    [
        (None, "There was no version before."),
        (
            {"unreadable": "not signed"},
            "It can't be compared with version 3, which was in use: not signed.",
        ),
        ({"changes": ["'age' is new"]}, "It can't be compared with version 3, which was in use: 'age' is new."),
        (
            {"recipe": {"difference": figure(-0.05)}, "served": {"num_rows": 60, "difference": figure(0.0)}},
            "On these students, beside the recipe of version 3 trained on them anew, it is better: "
            "log loss -0.050 (-0.060 to -0.040) (below 0: the new one is better). On 60 rows that version 3 has "
            "not seen, beside what it answers, it is not shown to differ: log loss +0.000 (-0.010 to "
            "+0.010) (below 0: the new one is better).",
        ),
        (
            {"recipe": {"left_out": "it does not stay finite"}, "served": {"num_rows": 3, "left_out": "too few rows"}},
            "The recipe of version 3 was not tried: it does not stay finite. The answers of version 3 were not looked "
            "at: too few rows.",
        ),
    ],
)
def test_the_version_before_is_compared_or_it_is_said_why_not(champion: dict[str, Any] | None, told: str) -> None:
    """In whatever way it could be."""
    given = None if champion is None else {"version": 3, "verdict": "promoted"} | champion

    assert " ".join(over_the_version_before(manifest(gate={"champion": given}))) == told


@pytest.mark.parametrize(
    ("brought", "hope"),
    [
        (figure(-0.05), "from 100 students to 200 the log loss changed by -0.050 (-0.060 to -0.040): it still fell"),
        (figure(0.0), "whether more students would help is not shown"),
        (figure(0.05), "it rose, which is chance or students of another kind"),
    ],
)
def test_more_students_are_promised_nothing_that_is_not_shown(brought: dict[str, float], hope: str) -> None:
    """By what the last doubling brought."""
    points = [{"num_students": num, "log_loss": figure(0.4)} for num in (50, 100, 200)]

    assert hope in more_students({"points": points, "last_doubling": brought}).replace("From", "from")
