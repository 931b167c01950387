"""Whom a list of the N most at risk finds, counted by hand."""

from dataclasses import astuple

import numpy as np
import pytest

from training.statistics.confusion import confusion
from training.statistics.figure import LeftOut
from training.statistics.help_curve import HelpCurve, help_curve, round_numbers

STUDENTS = np.arange(100)
LABELS = np.r_[np.zeros(20), np.ones(80)].astype(int)
PERFECT = np.linspace(0.01, 0.99, 100)


def curve(network: np.ndarray, rival: np.ndarray, threshold: float = 0.5) -> HelpCurve:
    found = help_curve(LABELS, network, {"random_forest": rival}, threshold, network <= threshold, 0, STUDENTS)
    assert isinstance(found, HelpCurve)
    return found


def test_a_perfect_list_finds_all_once_it_is_long_enough() -> None:
    """Of 20 among 100: 10 are half of them; 20 all, and then half of 40 are helped in vain."""
    found = curve(PERFECT, 1 - PERFECT)

    assert (found.num_rows, found.num_negative, found.baseline) == (100, 20, "random_forest")
    assert found.num_helped == tuple(range(10, 100, 10))
    assert found.found == (0.5, *[1.0] * 8)
    assert found.found_by_baseline == (*[0.0] * 8, 0.5)
    assert "-" not in f"{[*found.found_by_baseline, *(point.found_by_baseline for point in found.table)]}"
    points = {point.num_helped: point for point in found.table}
    assert list(points) == [10, 20, 50]
    assert points[10].found.value == pytest.approx(0.5)
    # Ten of ten: that it is less than 69 of 100 would be such a chance as one in 40.
    assert astuple(points[10].right) == pytest.approx((1, 0.692, 1), abs=0.001)
    assert points[50].right.value == pytest.approx(0.4)
    # All of 20, so that of others it may find less.
    assert astuple(points[50].found) == pytest.approx((1, 1 - 0.168, 1), abs=0.001)
    assert astuple(points[50].over_baseline) == pytest.approx((1, 1 - 2 * 0.168, 1), abs=0.001)


def test_equal_forecasts_find_as_many_as_chance() -> None:
    """Whoever is first among them in the table is no more at risk."""
    found = curve(np.full(100, 0.4), np.repeat([0.2, 0.6], 50))

    assert found.found == pytest.approx([num / 100 for num in found.num_helped])
    # The first 50 have all 20 who fail; any 10 of them a fifth.
    assert found.found_by_baseline[:2] == pytest.approx((0.2, 0.4))


@pytest.mark.parametrize("num_forecasts", [5, 1000])
def test_the_interval_is_what_ranking_each_resample_anew_gives(num_forecasts: int) -> None:
    """Of 300 students, some with the same forecast; several rows of one student say no more than one."""
    generator = np.random.default_rng(3)
    network, rival = (np.round(generator.random(300) * num_forecasts) / num_forecasts for _ in range(2))
    labels = (generator.random(300) < 0.2 + 0.6 * network).astype(int)
    draws = []
    for _ in range(1000):
        drawn = generator.integers(0, 300, 300)
        draws.append([_found(labels[drawn], each[drawn], 50) for each in (network, rival)])
    expected = np.percentile(np.array(draws), [2.5, 97.5], axis=0)
    over = np.percentile(np.diff(np.array(draws)[:, ::-1]), [2.5, 97.5])

    students = np.arange(300)
    found = help_curve(labels, network, {"rival": rival}, 0.2, network <= 0.2, 0, students)
    rows = np.tile(students, 2)
    twice = help_curve(labels[rows], network[rows], {"rival": rival[rows]}, 0.2, network[rows] <= 0.2, 0, rows)

    assert isinstance(found, HelpCurve)
    point = next(point for point in found.table if point.num_helped == 50)
    assert point.found.value == pytest.approx(_found(labels, network, 50))
    assert (point.found.low, point.found.high) == pytest.approx(expected[:, 0], abs=0.02)
    assert (point.found_by_baseline.low, point.found_by_baseline.high) == pytest.approx(expected[:, 1], abs=0.02)
    assert (point.over_baseline.low, point.over_baseline.high) == pytest.approx(over, abs=0.02)
    assert isinstance(twice, HelpCurve)
    at_100 = next(point for point in twice.table if point.num_helped == 100)
    assert astuple(at_100.found) == pytest.approx(astuple(point.found), abs=0.005)


def _found(labels: np.ndarray, forecasts: np.ndarray, num: int) -> float:
    """Share of the zeros among the `num` lowest forecasts, which of equal ones come first left to chance."""
    last = np.sort(forecasts)[num - 1]
    certain, maybe = forecasts < last, forecasts == last
    helped = certain + maybe * (num - certain.sum()) / maybe.sum()
    return float(helped[labels == 0].sum() / (labels == 0).sum())


def test_the_confusion_table_is_counted_by_hand() -> None:
    """Three of four who fail are found, one of six who pass is helped in vain: of 4 helped 3 are right."""
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    probabilities = np.array([0.1, 0.2, 0.5, 0.9, 0.3, 0.6, 0.7, 0.8, 0.9, 0.9])

    found = confusion(labels, probabilities <= 0.5, 0.5, 0, np.arange(10))
    nobody = confusion(labels, probabilities <= 0.0, 0.0, 0, np.arange(10))

    assert (found.num_found, found.num_missed, found.num_in_vain, found.num_left_alone) == (3, 1, 1, 5)
    assert found.right is not None
    assert (found.found.value, found.false_alarms.value, found.right.value) == pytest.approx((0.75, 1 / 6, 0.75))
    assert (nobody.num_found, nobody.num_in_vain, nobody.right) == (0, 0, None)


def test_what_all_have_in_common_is_not_certain_of_others() -> None:
    """Both who fail are found, and nobody is helped in vain: of others so few could be less, or several."""
    labels, students = np.array([0, 0, 0, 1, 1, 1, 1]), np.array([0, 0, 1, 2, 3, 4, 5])

    found = confusion(labels, labels == 0, 0.5, 0, students)

    # Two students, one with two rows; four.
    assert astuple(found.found) == pytest.approx((1, 0.025**0.5, 1))
    assert found.right is not None
    assert astuple(found.right) == pytest.approx((1, 0.025**0.5, 1))
    assert astuple(found.false_alarms) == pytest.approx((0, 0, 1 - 0.025**0.25))


def test_who_is_called_is_counted_at_the_threshold_that_serves() -> None:
    """Others' thresholds call 18, by which figures are fair; help for 20 of 100 is a list of 20 all the same."""
    found = help_curve(LABELS, PERFECT, {"random_forest": PERFECT}, PERFECT[19], PERFECT <= PERFECT[17], 0, STUDENTS)

    assert isinstance(found, HelpCurve)
    assert found.at_threshold.num_found == 18
    assert found.num_called == 20
    assert 20 in [point.num_helped for point in found.table]
    assert 18 not in [point.num_helped for point in found.table]


def test_what_a_student_missed_costs_moves_the_threshold() -> None:
    """At 1 to 1 it is a half; where a miss costs ten times as much, whoever passes with less than .91 is helped."""
    costs = curve(PERFECT, PERFECT).costs

    assert {ratio: each.threshold for ratio, each in costs.items()} == pytest.approx(
        {"1": 0.5, "2": 2 / 3, "5": 5 / 6, "10": 10 / 11}
    )
    assert [each.num_found + each.num_in_vain for each in costs.values()] == [50, 67, 84, 91]


def test_a_small_table_has_no_curve() -> None:
    """Each point of it would say of one student more whether they failed; between two are ten."""
    few = help_curve(LABELS[:49], PERFECT[:49], {"rival": PERFECT[:49]}, 0.5, PERFECT[:49] <= 0.5, 0, STUDENTS[:49])

    assert few == LeftOut("of 49 students it would show single ones; 50 are needed")
    steps = np.diff(curve(PERFECT, PERFECT).num_helped)
    assert steps.min() >= 10


@pytest.mark.parametrize(
    ("num_rows", "nums"),
    [
        (50, [10, 20]),
        (395, [10, 20, 50, 100]),
        (649, [10, 20, 50, 100, 200]),
        (30_000, [500, 1000, 2000, 5000, 10_000]),
    ],
)
def test_the_table_has_round_numbers(num_rows: int, nums: list[int]) -> None:
    """As many as somebody may have time for."""
    assert round_numbers(num_rows) == nums
