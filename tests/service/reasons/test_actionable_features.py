"""What a student can change: directions."""

from typing import Literal

import numpy as np
import pytest

from registry.contract.features import Category, FeatureSchema
from service.reasons.actionable_features import ActionableFeatures


@pytest.mark.parametrize(
    ("ordered", "actionable", "reached"),
    [
        (True, "increase", [2, 3]),
        (True, "decrease", [0]),
        (True, "both", [0, 2, 3]),
        (False, "increase", [0, 2, 3]),
    ],
)
def test_a_category_with_an_order_changes_in_its_direction(
    ordered: bool, actionable: Literal["increase", "decrease", "both"], reached: list[int]
) -> None:
    """From D; without an order there is no direction."""
    grade = Category("grade", vocabulary=("F", "D", "C", "A"), ordered=ordered, actionable=actionable)

    changes = ActionableFeatures(FeatureSchema((grade,)), np.array([1], np.float32)).changes

    assert [change.values.tolist() for change in changes] == [[1, code] for code in reached]
