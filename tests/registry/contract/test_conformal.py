"""Which labels a probability leaves possible."""

import numpy as np
import pytest

from registry.contract.conformal import PredictionSets, prediction_sets


@pytest.mark.parametrize(
    ("quantiles", "decisions"),
    [
        # 'fail' is possible up to .3, 'pass' from .8 on: in between neither is.
        ((0.3, 0.2), [0, 0, 2, 1, 1]),
        # 'fail' up to .8, 'pass' from .3 on: in between both are.
        ((0.8, 0.7), [0, 2, 2, 2, 1]),
        ((1.0, 1.0), [2, 2, 2, 2, 2]),
    ],
)
def test_a_decision_is_the_only_label_that_is_possible(quantiles: tuple[float, float], decisions: list[int]) -> None:
    """Both or neither: uncertain. The limits themselves are still possible."""
    probabilities = np.array([0.1, 0.3, 0.5, 0.8, 0.95])

    assert PredictionSets(0.9, quantiles).decide(probabilities).tolist() == decisions


def test_a_manifest_that_offers_none_gives_none() -> None:
    """Of an earlier release, or with too few students."""
    labels = ("fail", "pass")
    offered = {"coverage": 0.8, "quantiles": {"pass": 0.6, "fail": 0.7}}

    assert prediction_sets(None, labels) is None
    assert prediction_sets({"left_out": "too few"}, labels) is None
    assert prediction_sets(offered, labels) == PredictionSets(0.8, (0.7, 0.6))
