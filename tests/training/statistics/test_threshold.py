"""A threshold is what the rule asks for, on others' forecasts, and says so where it can't be."""

import numpy as np
import pytest

from tests.support.tables import made
from training.config import NOBODY_CHOSE, DecisionRule
from training.statistics.calibration import log_odds, sigmoid
from training.statistics.figure import Figure
from training.statistics.folds import split
from training.statistics.threshold import choose_threshold, threshold_of, thresholds_of_others

TEN = np.arange(1, 11) / 20  # .05 to .5
NO_LABELS = np.zeros(10, int)


def drawn(num: int, slope: float, intercept: float) -> tuple[np.ndarray, np.ndarray]:
    """Forecasts, and labels whose log odds are a line of the forecasts'."""
    generator = np.random.default_rng(0)
    logits = generator.normal(1, 1.5, num)
    return (generator.random(num) < sigmoid(slope * logits + intercept)).astype(int), sigmoid(logits)


@pytest.mark.parametrize(
    ("share", "threshold"),
    [(0.2, 0.125), (0.3, 0.175), (0.25, 0.125), (0.95, 0.475), (0.09, 0.025)],
)
def test_help_is_for_so_many_of_those_most_at_risk(share: float, threshold: float) -> None:
    """Counted by hand: between the last who can be helped and the next, and never one more than can be."""
    found = threshold_of(DecisionRule("help", share), NO_LABELS, TEN)

    assert found == pytest.approx(threshold)
    assert (found >= TEN).sum() == int(10 * share + 1e-9)


@pytest.mark.parametrize(
    ("forecasts", "share", "num_helped", "note"),
    [
        ([0.1, 0.2, 0.2, 0.2, 0.3], 0.4, 1, "1 rows instead of 2: 3 have one and the same forecast there"),
        ([0.2, 0.2, 0.2, 0.2, 0.3], 0.4, 0, "0 rows instead of 2: 4 have one and the same forecast there"),
        ([0.0, 0.0, 0.0, 0.2, 0.3], 0.4, 3, "3 rows instead of 2: 3 have one and the same forecast there"),
        ([0.1, 0.2, 0.2, 0.2, 0.3], 0.8, 4, None),
        ([0.1, 0.2, 0.3, 0.4, 0.5], 0.1, 0, "0.1 of 5 rows is not one"),
    ],
)
def test_ties_help_no_more_than_can_be_where_they_let_one(
    forecasts: list[float], share: float, num_helped: int, note: str | None
) -> None:
    """And are told of. A forecast of 0 is above no threshold."""
    chosen = choose_threshold(DecisionRule("help", share), np.zeros(5, int), np.array(forecasts), np.arange(5), 0)

    assert (np.array(forecasts) <= chosen.threshold.value).sum() == num_helped
    assert chosen.note == note


def test_a_number_that_was_given_is_taken_as_it_is() -> None:
    """Nothing is fitted, so that no interval is wider than it."""
    for rule in (NOBODY_CHOSE, DecisionRule("threshold", 0.7)):
        chosen = choose_threshold(rule, NO_LABELS, TEN, np.arange(10), 0)

        assert (chosen.rule, chosen.given) == (rule.rule, rule.given)
        assert chosen.threshold == Figure(rule.given, rule.given, rule.given)


@pytest.mark.parametrize(("slope", "intercept"), [(1, 0), (0.5, 0.3), (2, -1)])
def test_a_cost_ratio_is_where_the_line_of_calibration_has_it(slope: float, intercept: float) -> None:
    """To miss one is as bad as to help five in vain: from P(label) = 5/6 on to help is worse; with an interval."""
    labels, forecasts = drawn(4000, slope, intercept)
    right = float(sigmoid(np.array((np.log(5) - intercept) / slope)))

    chosen = choose_threshold(DecisionRule("cost_ratio", 5), labels, forecasts, np.arange(4000), 0)

    assert chosen.threshold.value == pytest.approx(right, abs=0.02)
    assert chosen.threshold.low < right < chosen.threshold.high
    assert chosen.note is None


def test_forecasts_that_tell_nothing_leave_the_ratio_itself() -> None:
    """A line that falls reaches nothing: whoever is forecast to pass would be helped."""
    labels, forecasts = drawn(200, -1, 0)

    chosen = choose_threshold(DecisionRule("cost_ratio", 3), labels, forecasts, np.arange(200), 0)

    assert chosen.threshold == Figure(0.75, 0.75, 0.75) or pytest.approx(0.75) == chosen.threshold.value
    assert chosen.note is not None
    assert "tell nothing of the labels" in chosen.note


def test_the_interval_of_a_share_holds_what_other_students_give() -> None:
    """Of 200 tables of 300 students about 95 % have the quantile of all in their interval."""
    generator = np.random.default_rng(1)
    rule, truth = DecisionRule("help", 0.2), 0.2  # of uniform forecasts
    held = 0
    for seed in range(200):
        forecasts = generator.random(300)
        interval = choose_threshold(rule, np.zeros(300, int), forecasts, np.arange(300), seed).threshold
        held += interval.low <= truth <= interval.high

    assert 180 <= held <= 198


def test_what_is_chosen_is_within_its_interval() -> None:
    """Forecasts of exactly 0, as of a saturated sigmoid, have no threshold below them: all of them are helped."""
    students = np.arange(60)
    labels, forecasts = (students % 3 > 0).astype(int), np.zeros(60)

    chosen = choose_threshold(DecisionRule("help", 0.2), labels, forecasts, students, 0)

    assert chosen.threshold.low <= chosen.threshold.value == 0 <= chosen.threshold.high
    assert chosen.note == "60 rows instead of 12: 60 have one and the same forecast there"


def test_nobody_is_scored_by_a_threshold_fitted_on_them() -> None:
    """Turn one student's forecast and label about: their own threshold stays, others' move."""
    table = made(200, 1, signal=2)
    folds = split(table, 0)
    forecasts = sigmoid(2 * table.matrix[:, 0].astype(float))
    for rule in (DecisionRule("help", 0.25), DecisionRule("cost_ratio", 4)):
        labels, changed = table.labels.copy(), forecasts.copy()
        row = int(np.argsort(forecasts)[40])
        labels[row], changed[row] = 1 - labels[row], 1 - changed[row]

        before = thresholds_of_others(rule, table.labels, forecasts, folds)
        after = thresholds_of_others(rule, labels, changed, folds)

        assert before[row] == after[row]
        assert (before != after).sum() > 100
        assert before.mean() == pytest.approx(threshold_of(rule, table.labels, forecasts), abs=0.02)


def test_the_odds_of_a_calibrated_forecast_are_not_moved() -> None:
    """C / (1 + c), whatever the ratio."""
    labels, forecasts = drawn(20_000, 1, 0)

    for ratio in (0.5, 1, 10):
        found = threshold_of(DecisionRule("cost_ratio", ratio), labels, forecasts)
        assert log_odds(np.array(found)) == pytest.approx(np.log(ratio), abs=0.15)
