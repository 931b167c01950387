"""Whether more students would help."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.tables import made, planned
from training.config import TrainingConfig
from training.evaluation.learning_curve import LearningCurve, learning_curve
from training.network.recipes import Ensemble, train
from training.results import as_document
from training.statistics.figure import LeftOut
from training.statistics.folds import Folds

CONFIG = TrainingConfig(epochs=20, members=3, l2=0.01, skip_l2=0.01)


def test_more_students_forecast_better_where_there_is_much_to_learn() -> None:
    """Ten numbers of which all say something; two rows a student, who count once. In the manifest's form."""
    dataset = made(400, 4, signal=0, rows_each=2)
    generator = np.random.default_rng(2)
    matrix = generator.normal(size=(400, 10)).astype(np.float32)
    labels = (matrix.sum(axis=1) + generator.logistic(size=400) > 0).astype(int)
    schema = replace(
        dataset.schema, features=tuple(replace(dataset.schema.features[0], name=f"x{i}") for i in range(10))
    )
    plan = planned(replace(dataset, matrix=matrix, labels=labels, schema=schema.with_observed(matrix)), CONFIG)
    plan = replace(plan, folds=Folds(plan.folds.repeats[:1]))

    curve = learning_curve(plan, train(plan, Ensemble()))

    assert isinstance(curve, LearningCurve)
    quarter, half, whole = curve.points
    assert 40 <= quarter.num_students <= 42  # a quarter of each label, rounded up
    assert (half.num_students, whole.num_students) == (80, 160)
    assert quarter.log_loss.value > half.log_loss.value > whole.log_loss.value
    assert curve.last_doubling.value == pytest.approx(whole.log_loss.value - half.log_loss.value)
    # Student by student: sharper than either figure.
    assert curve.last_doubling.high - curve.last_doubling.low < half.log_loss.high - half.log_loss.low
    assert as_document(curve)["points"][0] == {
        "num_students": quarter.num_students,
        "log_loss": as_document(quarter.log_loss),
    }


def test_a_long_table_is_scored_on_one_fold() -> None:
    """Of 6,000 students; what there is to learn was learned from a quarter of them."""
    plan = planned(made(6000, 3, signal=1), replace(CONFIG, epochs=5))

    curve = learning_curve(plan, train(plan, Ensemble()))

    assert isinstance(curve, LearningCurve)
    assert [point.num_students for point in curve.points] == [1200, 2400, 4800]
    assert abs(curve.last_doubling.value) < 0.01


def test_few_students_have_no_curve() -> None:
    """Nor is anything trained for it."""
    plan = planned(made(58, 3, signal=1), CONFIG)

    assert learning_curve(plan, train(plan, Ensemble())) == LeftOut("fewer than 60 students")
