"""Predictions, against hand-computed numbers and scikit-learn."""

from collections.abc import Sequence
from dataclasses import astuple
from time import perf_counter

import numpy as np
import pytest
from sklearn import metrics
from sklearn.linear_model import LogisticRegression

from training.statistics.figure import Figure
from training.statistics.metrics import calibration_line, fit_line, paired_difference, reliability, score_forecasts


def test_scores_by_hand() -> None:
    """Four students: one positive wrong, a tie between the classes."""
    labels = np.array([1, 0, 1, 0])
    probabilities = np.array([0.8, 0.4, 0.4, 0.1])

    figures = {name: figure.value for name, figure in score_forecasts(labels, probabilities, 0.5, seed=0).items()}

    assert figures == pytest.approx(
        {
            "log_loss": -(np.log(0.8) + np.log(0.6) + np.log(0.4) + np.log(0.9)) / 4,
            "brier": (0.04 + 0.16 + 0.36 + 0.01) / 4,
            "roc_auc": 3.5 / 4,
            "accuracy": 0.75,
            "balanced_accuracy": (0.5 + 1) / 2,
            "negative_recall": 1,
        }
    )


def test_scores_are_scikit_learns() -> None:
    """On 300 students with many equal forecasts."""
    generator = np.random.default_rng(3)
    labels = generator.integers(0, 2, 300)
    probabilities = np.round(np.clip(0.3 * labels + generator.random(300) * 0.7, 0.01, 0.99), 2)
    passed = probabilities > 0.5

    figures = {name: figure.value for name, figure in score_forecasts(labels, probabilities, 0.5, seed=0).items()}

    assert figures == pytest.approx(
        {
            "log_loss": metrics.log_loss(labels, probabilities),
            "brier": metrics.brier_score_loss(labels, probabilities),
            "roc_auc": metrics.roc_auc_score(labels, probabilities),
            "accuracy": metrics.accuracy_score(labels, passed),
            "balanced_accuracy": metrics.balanced_accuracy_score(labels, passed),
            "negative_recall": metrics.recall_score(labels, passed, pos_label=0),
        }
    )


def test_the_interval_of_an_accuracy_is_the_binomials() -> None:
    """The notebook's 0.60: 3 of 5 right says next to nothing; 240 of 400 says more."""
    for num_rows, low, high in ((5, 0.2, 1.0), (400, 0.552, 0.648)):
        labels = np.tile([0, 1, 0, 1, 0], num_rows // 5)
        probabilities = np.tile([0.1, 0.9, 0.2, 0.1, 0.9], num_rows // 5)

        accuracy = score_forecasts(labels, probabilities, 0.5, seed=0)["accuracy"]

        assert accuracy.value == pytest.approx(0.6)
        assert (accuracy.low, accuracy.high) == pytest.approx((low, high), abs=0.01)


def test_certain_and_wrong_is_finite() -> None:
    """A float32 sigmoid reaches 0 and 1; the loss is large, not infinite."""
    figures = score_forecasts(np.array([1, 0, 1, 0]), np.array([0.0, 1.0, 1.0, 0.0], np.float32), 0.5, seed=0)

    assert 8 < figures["log_loss"].value < 9
    assert all(np.isfinite(astuple(figure)).all() for figure in figures.values())


def test_the_same_seed_gives_the_same_interval() -> None:
    """And another seed another."""
    labels, probabilities = np.array([1, 0, 1, 0, 1]), np.array([0.8, 0.4, 0.4, 0.1, 0.6])

    assert score_forecasts(labels, probabilities, 0.5, seed=1) == score_forecasts(labels, probabilities, 0.5, seed=1)
    assert score_forecasts(labels, probabilities, 0.5, seed=1) != score_forecasts(labels, probabilities, 0.5, seed=2)


def test_rows_of_one_student_are_drawn_together() -> None:
    """The same 20 students ten times over say no more than once."""
    generator = np.random.default_rng(3)
    labels, probabilities = generator.integers(0, 2, 20), generator.random(20)

    once = score_forecasts(labels, probabilities, 0.5, seed=0)
    tenfold = score_forecasts(
        np.tile(labels, 10), np.tile(probabilities, 10), 0.5, seed=0, students=np.tile(np.arange(20), 10)
    )

    for name, figure in once.items():
        assert astuple(tenfold[name]) == pytest.approx(astuple(figure)), name


def test_the_intervals_of_a_long_table_are_those_of_students_resampled_one_by_one() -> None:
    """Of 2,400 students with two rows each, to a sixth of their width; beside 400 tables drawn by hand."""
    generator = np.random.default_rng(3)
    students = np.repeat(np.arange(2400), 2)
    logits = np.repeat(generator.normal(0, 1.5, 2400), 2) + generator.normal(0, 0.5, 4800)
    probabilities = 1 / (1 + np.exp(-logits))
    labels = (np.repeat(generator.random(2400), 2) < probabilities).astype(int)
    counts = generator.multinomial(2400, np.full(2400, 1 / 2400), size=400)[:, students]

    found = score_forecasts(labels, probabilities, 0.5, 0, students)
    found |= calibration_line(labels, logits, 0, students)

    slope, intercept = fit_line(labels, logits, counts)
    by_hand: dict[str, Sequence[float] | np.ndarray] = {
        "brier": [metrics.brier_score_loss(labels, probabilities, sample_weight=each) for each in counts],
        "roc_auc": [metrics.roc_auc_score(labels, probabilities, sample_weight=each) for each in counts],
        "slope": slope,
        "intercept": intercept,
    }
    for name, values in by_hand.items():
        low, high = np.percentile(np.asarray(values), [2.5, 97.5])
        assert (found[name].low, found[name].high) == pytest.approx((low, high), abs=(high - low) / 6), name


def test_intervals_take_as_long_as_a_table_has_rows() -> None:
    """The resamples of a table of 100,000 rows and of one of 200,000 are as many, drawn once."""
    generator = np.random.default_rng(3)
    took = []
    for num_rows in (100_000, 200_000):
        labels, probabilities = generator.integers(0, 2, num_rows), generator.random(num_rows)
        score_forecasts(labels, probabilities, 0.5, 0)  # what is drawn once
        start = perf_counter()
        score_forecasts(labels, probabilities, 0.5, 0)
        took.append(perf_counter() - start)

    assert took[1] < 4 * took[0]


def test_a_paired_difference_is_sharper_than_two_intervals() -> None:
    """Forecasts a little better on every student differ surely, though either's own interval is wide."""
    generator = np.random.default_rng(3)
    labels = generator.integers(0, 2, 100)
    others = np.clip(np.where(labels == 1, 0.6, 0.4) + generator.normal(0, 0.2, 100), 0.05, 0.95)
    better = np.where(labels == 1, others + 0.01, others - 0.01)

    difference = paired_difference(labels, better, others, 0, np.arange(100))

    first, second = (score_forecasts(labels, each, 0.5, 0)["log_loss"].value for each in (better, others))
    assert difference.value == pytest.approx(first - second)
    assert difference.low < difference.value < difference.high < 0
    assert paired_difference(labels, others, others, 0, np.arange(100)) == Figure(0, 0, 0)


def test_the_calibration_line_is_scikit_learns_logistic_regression() -> None:
    """Of labels on log odds, without a penalty; forecasts that mean what they say have slope 1 and intercept 0."""
    generator = np.random.default_rng(3)
    logits = generator.normal(0, 1.5, 500)
    labels = (generator.random(500) < 1 / (1 + np.exp(-(0.6 * logits + 0.3)))).astype(int)
    expected = LogisticRegression(C=np.inf, tol=1e-8).fit(logits[:, None], labels)

    line = calibration_line(labels, logits, 0, np.arange(500))
    true = calibration_line(labels, 0.6 * logits + 0.3, 0, np.arange(500))

    assert line["slope"].value == pytest.approx(expected.coef_[0, 0], abs=1e-3)
    assert line["intercept"].value == pytest.approx(expected.intercept_[0], abs=1e-3)
    assert line["slope"].high < 1
    assert true["slope"].low < 1 < true["slope"].high


def test_several_lines_are_fitted_as_one_by_one() -> None:
    """Rows that count twice are as two rows; labels without fault, or of one kind, end somewhere."""
    generator = np.random.default_rng(5)
    logits, labels = generator.normal(0, 2, 60), generator.integers(0, 2, 60)
    counts = np.stack([np.ones(60), generator.integers(0, 3, 60), np.r_[np.ones(30), np.zeros(30)]])

    slopes, intercepts = fit_line(labels, logits, counts)

    for row, weights in enumerate(counts):
        rows = np.repeat(np.arange(60), weights.astype(int))
        alone = fit_line(labels[rows], logits[rows], np.ones((1, len(rows))))
        assert (slopes[row], intercepts[row]) == pytest.approx((alone[0][0], alone[1][0]), abs=1e-4)
    without_fault = fit_line((logits > 0).astype(int), logits, np.ones((1, 60)))
    of_one_kind = fit_line(np.ones(60, dtype=int), logits, np.ones((1, 60)))
    assert np.isfinite([without_fault, of_one_kind]).all()
    assert without_fault[0] > 10


def test_reliability_is_counted_by_hand() -> None:
    """Two bins of ten: .2 was forecast and one in ten came; .8 and nine in ten. Wilson's interval of 1 in 10."""
    probabilities = np.repeat([0.8, 0.2], 10)
    labels = np.r_[np.ones(9), 0, 1, np.zeros(9)].astype(int)

    low, high = reliability(labels, probabilities, np.arange(20))
    [of_five, _] = reliability(labels, probabilities, np.arange(20) // 2)

    assert low.num_rows == 10
    assert low.mean_probability == pytest.approx(0.2)
    assert low.share_positive == pytest.approx(0.1)
    assert (low.low, low.high) == pytest.approx((0.0179, 0.4042), abs=1e-4)
    assert high.share_positive == pytest.approx(0.9)
    assert of_five.high > low.high
    assert reliability(labels[:19], probabilities[:19], np.arange(19)) == ()
