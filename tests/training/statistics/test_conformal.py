"""Prediction sets cover as many students as they say, as measured on others than they were fitted on."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.tables import made
from training.config import NOBODY_CHOSE, DecisionRule
from training.statistics.calibration import sigmoid
from training.statistics.conformal import MIN_STUDENTS_OF_LABEL, Conformal, conformal, fit_sets
from training.statistics.figure import LeftOut
from training.statistics.folds import split

AT_70 = DecisionRule("threshold", 0.7)


def test_the_quantiles_are_counted_by_hand() -> None:
    """Of 9 scores and one student to come, 80 % of 10 is the 8th; 95 % of 10 is the 10th, which there is not."""
    labels = np.array([0] * 9 + [1] * 9)
    probabilities = np.concatenate([np.arange(1, 10) / 10, 1 - np.arange(1, 10) / 20])[None]

    found = fit_sets(labels, probabilities, 0.8, AT_70)
    everybody = fit_sets(labels, probabilities, 0.95, AT_70)

    assert found.quantiles == pytest.approx((0.8, 0.4))
    assert everybody.quantiles == (1.0, 1.0)


def test_the_rank_is_not_one_off_by_rounding() -> None:
    """.8 of 36 is 28.8, the 29th; and of 20 students and one to come .9 is 18.9, the 19th."""
    for num, coverage, rank in ((35, 0.8, 29), (20, 0.9, 19), (24, 0.8, 20), (19, 0.95, 19)):
        labels, scores, at_1 = np.array([0] * num + [1]), np.arange(1, num + 2) / 100, DecisionRule("threshold", 0.01)

        assert fit_sets(labels, scores[None], coverage, at_1).quantiles[0] == pytest.approx(rank / 100)


def test_a_row_that_is_forecast_twice_is_one_row() -> None:
    """Nine rows twice are nine students, not eighteen."""
    labels = np.array([0] * 9 + [1] * 9)
    probabilities = np.random.default_rng(0).random((1, 18))

    twice = fit_sets(labels, np.concatenate([probabilities, probabilities]), 0.8, NOBODY_CHOSE)

    assert twice == fit_sets(labels, probabilities, 0.8, NOBODY_CHOSE)


@pytest.mark.parametrize("coverage", [0.8, 0.9])
def test_new_students_of_each_label_are_covered(coverage: float) -> None:
    """Fitted on 1,000, counted on 20,000 others; whichever label is rare, and however weak the forecast."""
    generator = np.random.default_rng(1)
    logits = generator.normal(1.5, 1, 21_000)
    labels = (generator.random(21_000) < sigmoid(logits)).astype(int)
    probabilities = sigmoid(0.5 * logits)  # timid: sets do not rest on good probabilities

    sets = fit_sets(labels[:1000], probabilities[None, :1000], coverage, AT_70)

    covered = sets.possible(probabilities[1000:])[labels[1000:], np.arange(20_000)]
    for label in (0, 1):
        assert covered[labels[1000:] == label].mean() == pytest.approx(coverage, abs=0.04)


def test_what_is_measured_stands_beside_what_was_asked_for() -> None:
    """With an interval, by label, and for other coverages; the more is covered, the fewer decisions are clear."""
    table = made(300, 1, signal=2)
    probabilities = sigmoid(2 * table.matrix[:, 0].astype(float))[None].repeat(2, axis=0)

    sets = conformal(table, split(table, 0), probabilities, 0.85, NOBODY_CHOSE, seed=0)

    assert isinstance(sets, Conformal)
    assert sets.coverage == 0.85
    assert sets.quantiles.keys() == {"fail", "pass"}
    assert sum(sets.num_students.values()) == 300
    measured = sets.measured
    assert measured.coverage.low < 0.85 < measured.coverage.high
    assert measured.coverage_by_label.keys() == {"fail", "pass"}
    levels = sorted([sets, *sets.others], key=lambda level: level.coverage)
    assert [level.coverage for level in levels] == [0.8, 0.85, 0.9, 0.95]
    decided = [level.measured.decided.value for level in levels]
    assert decided == sorted(decided, reverse=True)
    assert decided[0] > decided[-1]
    assert measured.right_by_decision["pass"].value > 0.7
    assert measured.right_by_decision["fail"].value > 0.7


def test_a_student_is_measured_by_sets_from_others() -> None:
    """Give one fold's students forecasts as wrong as can be: of them, sets from the others cover none."""
    table = made(100, 1, signal=2)
    folds = split(table, 0)
    [repeat] = folds.repeats[:1]
    one = type(folds)((repeat,))
    probabilities = np.where(table.labels == 1, 0.9, 0.1)
    probabilities[repeat[0].test] = 1 - probabilities[repeat[0].test]

    sets = conformal(table, one, probabilities[None], 0.9, NOBODY_CHOSE, seed=0)

    # The four other folds cover theirs, or all, where the quantile takes the wrong ones in.
    quantiles = fit_sets(table.labels, probabilities[None], 0.9, NOBODY_CHOSE).quantiles
    assert quantiles == pytest.approx((0.9, 0.9))
    assert isinstance(sets, Conformal)
    assert sets.measured.coverage.value == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("steep", [0.5, 4])
def test_the_label_that_is_answered_is_always_possible(threshold: float, steep: float) -> None:
    """Wherever the threshold, and whether both or neither would be possible in between: what is served is covered."""
    table = made(300, 1, signal=2)
    probabilities = sigmoid(steep * table.matrix[:, 0].astype(float))[None]
    rule = DecisionRule("threshold", threshold)

    sets = fit_sets(table.labels, probabilities, 0.8, rule)
    measured = conformal(table, split(table, 0), probabilities.repeat(2, axis=0), 0.8, rule, seed=0)

    grid = np.linspace(0, 1, 1001)
    positive = (grid > threshold).astype(int)
    assert sets.possible(grid)[positive, np.arange(1001)].all()
    assert not len(sets.contradicting(grid.astype(np.float32)))
    assert isinstance(measured, Conformal)
    assert measured.measured.coverage.high > 0.8
    for label, coverage in measured.measured.coverage_by_label.items():
        assert coverage.high > 0.8, label


def test_too_few_students_of_a_label_get_no_decisions() -> None:
    """With the reason; students are counted, not rows."""
    enough = made(200, 1, signal=1)
    few = replace(enough, labels=(np.arange(200) >= MIN_STUDENTS_OF_LABEL - 1).astype(int))
    twice_each = replace(
        enough,
        labels=(np.arange(200) >= 2 * (MIN_STUDENTS_OF_LABEL - 1)).astype(int),
        students=np.arange(200) // 2,
    )
    probabilities = np.full((2, 200), 0.5)

    for table in (few, twice_each):
        sets = conformal(table, split(table, 0), probabilities, 0.9, NOBODY_CHOSE, seed=0)

        assert sets == LeftOut("19 students with the label 'fail': at least 20 of each label are needed")
    assert isinstance(conformal(enough, split(enough, 0), probabilities, 0.9, NOBODY_CHOSE, seed=0), Conformal)
