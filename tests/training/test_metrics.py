"""Scores, against hand-computed numbers and scikit-learn."""

import numpy as np
import pytest
from sklearn import metrics

from training.metrics import score


def test_scores_by_hand() -> None:
    """Four students: one positive wrong, a tie between the classes."""
    labels = np.array([1, 0, 1, 0])
    probabilities = np.array([0.8, 0.4, 0.4, 0.1])

    figures = {name: figure["value"] for name, figure in score(labels, probabilities, 0.5, seed=0).items()}

    assert figures == pytest.approx(
        {
            "log_loss": -(np.log(0.8) + np.log(0.6) + np.log(0.4) + np.log(0.9)) / 4,
            "brier": (0.04 + 0.16 + 0.36 + 0.01) / 4,
            "roc_auc": 3.5 / 4,
            "accuracy": 0.75,
            "balanced_accuracy": (0.5 + 1) / 2,
        }
    )


def test_scores_are_scikit_learns() -> None:
    """On 300 students with many equal forecasts."""
    generator = np.random.default_rng(3)
    labels = generator.integers(0, 2, 300)
    probabilities = np.round(np.clip(0.3 * labels + generator.random(300) * 0.7, 0.01, 0.99), 2)
    passed = probabilities > 0.5

    figures = {name: figure["value"] for name, figure in score(labels, probabilities, 0.5, seed=0).items()}

    assert figures == pytest.approx(
        {
            "log_loss": metrics.log_loss(labels, probabilities),
            "brier": metrics.brier_score_loss(labels, probabilities),
            "roc_auc": metrics.roc_auc_score(labels, probabilities),
            "accuracy": metrics.accuracy_score(labels, passed),
            "balanced_accuracy": metrics.balanced_accuracy_score(labels, passed),
        }
    )


def test_the_interval_of_an_accuracy_is_the_binomials() -> None:
    """The notebook's 0.60: 3 of 5 right says next to nothing; 240 of 400 says more."""
    for num_rows, low, high in ((5, 0.2, 1.0), (400, 0.552, 0.648)):
        labels = np.tile([0, 1, 0, 1, 0], num_rows // 5)
        probabilities = np.tile([0.1, 0.9, 0.2, 0.1, 0.9], num_rows // 5)

        accuracy = score(labels, probabilities, 0.5, seed=0)["accuracy"]

        assert accuracy["value"] == pytest.approx(0.6)
        assert (accuracy["low"], accuracy["high"]) == pytest.approx((low, high), abs=0.01)


def test_certain_and_wrong_is_finite() -> None:
    """A float32 sigmoid reaches 0 and 1; the loss is large, not infinite."""
    figures = score(np.array([1, 0, 1, 0]), np.array([0.0, 1.0, 1.0, 0.0], np.float32), 0.5, seed=0)

    assert 8 < figures["log_loss"]["value"] < 9
    assert all(np.isfinite(list(figure.values())).all() for figure in figures.values())


def test_the_same_seed_gives_the_same_interval() -> None:
    """And another seed another."""
    labels, probabilities = np.array([1, 0, 1, 0, 1]), np.array([0.8, 0.4, 0.4, 0.1, 0.6])

    assert score(labels, probabilities, 0.5, seed=1) == score(labels, probabilities, 0.5, seed=1)
    assert score(labels, probabilities, 0.5, seed=1) != score(labels, probabilities, 0.5, seed=2)


def test_rows_of_one_student_are_drawn_together() -> None:
    """The same 20 students ten times over say no more than once."""
    generator = np.random.default_rng(3)
    labels, probabilities = generator.integers(0, 2, 20), generator.random(20)

    once = score(labels, probabilities, 0.5, seed=0)
    tenfold = score(np.tile(labels, 10), np.tile(probabilities, 10), 0.5, seed=0, students=np.tile(np.arange(20), 10))

    for name, figure in once.items():
        assert tenfold[name] == pytest.approx(figure), name
