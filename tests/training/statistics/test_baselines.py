"""What baselines are told of a table."""

import numpy as np
import pytest

from registry.contract.features import Category, FeatureSchema
from tests.support.tables import of_rows
from training.statistics.baselines import baselines
from training.statistics.folds import Fold


@pytest.mark.parametrize("ordered", [True, False])
def test_an_order_lets_logistic_regression_answer_for_a_grade_that_it_has_hardly_seen(ordered: bool) -> None:
    """Of D there is one student, who passed, and of B one, who did not: with an order the other grades decide."""
    codes = np.repeat([0, 1, 2, 3, 4], [40, 1, 40, 1, 40]).astype(np.float32)
    labels = np.r_[np.zeros(40), 1, np.arange(40) % 2, 0, np.ones(40)].astype(int)
    schema = FeatureSchema((Category("grade", vocabulary=("F", "D", "C", "B", "A"), nullable=True, ordered=ordered),))
    dataset = of_rows(np.r_[codes, np.nan][:, None].astype(np.float32), np.r_[labels, 0], schema)

    forecast = baselines(dataset, None)["logistic_regression"](Fold(np.arange(122), np.array([0, 40, 41, 81, 82, 122])))

    assert (forecast[1] < forecast[3]) == ordered
    assert np.isfinite(forecast).all()
