"""Whom to help is said in students, and only where the network may say it."""

from dataclasses import replace
from typing import Any

import pytest

from tests.support.manifests import figure, manifest
from training.report.help import where_wrong, whom_to_help

# Of 200 students 50 fail; 16 of the 20 most at risk do.
POINT = {
    "num_helped": 20,
    "found": {"value": 0.32, "low": 0.24, "high": 0.38},
    "right": {"value": 0.8, "low": 0.6, "high": 0.95},
    "found_by_baseline": figure(0.28),
    "over_baseline": figure(0.04, 0.05),
}
SERVED = {"threshold": 0.5, "num_found": 30, "num_missed": 20, "num_in_vain": 10, "num_left_alone": 140}
HELP = {
    "num_rows": 200,
    "num_negative": 50,
    "baseline": "random_forest",
    "num_called": 40,
    "table": [POINT | {"num_helped": 10}, POINT, POINT | {"num_helped": 40}],
    "at_threshold": SERVED,
}


def test_it_is_said_of_as_many_as_a_head_of_year_may_have_time_for() -> None:
    """Counted in students, beside chance (20 of 200 have 5 of 50) and the best simple method."""
    assert whom_to_help(manifest(help=HELP)) == (
        "With time for 20 students, help the 20 to whom it gives the lowest probability of 'pass': of 20 such, "
        "16 (12 to 19) have 'fail', where 5 would by chance. That finds 32 (24 to 38) of 100 with 'fail'; a random "
        "forest finds 28, which is not shown to differ."
    )


@pytest.mark.parametrize(
    ("over", "said"),
    [(figure(0.2, 0.05), "which is fewer."), (figure(-0.2, 0.05), "which is more."), (figure(0.0, 0), "not shown to")],
)
def test_what_the_simple_method_finds_is_more_only_where_that_is_shown(over: dict[str, float], said: str) -> None:
    """By the interval of what the network finds more: nobody takes 13 against 9 for a gain that is noise."""
    assert said in whom_to_help(manifest(help=HELP | {"table": [POINT | {"over_baseline": over}]}))


@pytest.mark.parametrize(
    ("verdict", "audit", "begin"),
    [
        ("rejected", {}, "Nor should it say whom to help: of the 20 to whom"),
        ("insufficient_data", {}, "Nor should it say whom to help: of the 20 to whom"),
        ("promoted", {"leakage": [{"feature": "G3", "auc": 0.995}]}, "Do not go by it before that is settled: of the"),
        ("promoted", {"direction": {"columns": [], "num_compared": 3}}, "Do not go by it before that is settled: of"),
    ],
)
def test_nobody_is_sent_to_help_by_a_network_that_is_not_to_be_used(
    verdict: str, audit: dict[str, Any], begin: str
) -> None:
    """The figures stand there all the same; the headline before them says why."""
    told = whom_to_help(manifest(verdict, audit=audit, help=HELP))

    assert told.startswith(begin)
    assert "help the 20" not in told
    assert "16 (12 to 19) have 'fail'" in told


def test_a_table_without_twenty_says_it_of_its_first_number() -> None:
    """Of thousands of students; and of few not at all."""
    assert whom_to_help(manifest(help=HELP | {"table": [POINT | {"num_helped": 500}]})).startswith(
        "With time for 500 students"
    )
    assert whom_to_help(manifest()) == "Whom to help is not shown: too few."


def test_who_said_how_many_they_can_help_is_told_of_these() -> None:
    """The 40 that `help = 0.2` answers negative."""
    chosen = {"rule": "help", "given": 0.2, "threshold": figure(0.6)}

    assert whom_to_help(replace(manifest(help=HELP), decision=chosen)).startswith("With time for 40 students")


def test_where_it_is_wrong_is_counted() -> None:
    """At the threshold, and where it is surest."""
    told = "\n".join(where_wrong(manifest(help=HELP)))

    assert told == "At its threshold it misses 20 of 50 with 'fail', and calls 10 of 150 with 'pass' 'fail'."
