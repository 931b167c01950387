"""Which labels a probability leaves possible."""

import numpy as np
import pytest

from registry.contract.conformal import NO_DECISION, PredictionSets, prediction_sets


@pytest.mark.parametrize(
    ("quantiles", "decisions"),
    [
        # 'fail' is possible up to .3, 'pass' from .8 on: in between neither is.
        ((0.3, 0.2), [0, 0, 2, 1, 1]),
        # 'fail' up to .8, 'pass' from .25 on: in between both are.
        ((0.8, 0.75), [0, 2, 2, 2, 1]),
        ((1.0, 1.0), [2, 2, 2, 2, 2]),
    ],
)
def test_a_decision_is_the_only_label_that_is_possible(quantiles: tuple[float, float], decisions: list[int]) -> None:
    """Both or neither: uncertain. The limits themselves are still possible."""
    probabilities = np.array([0.1, 0.3, 0.5, 0.8, 0.95])

    assert PredictionSets(0.9, quantiles, 0.5).decide(probabilities).tolist() == decisions


def test_a_manifest_that_offers_none_gives_none() -> None:
    """Of an earlier release, or with too few students."""
    labels = ("fail", "pass")
    offered = {"coverage": 0.8, "quantiles": {"pass": 0.6, "fail": 0.7}}

    assert prediction_sets(None, labels, 0.5) is None
    assert prediction_sets({"left_out": "too few"}, labels, 0.5) is None
    assert prediction_sets(offered, labels, 0.5) == PredictionSets(0.8, (0.7, 0.6), 0.5)


@pytest.mark.parametrize("quantiles", [(0.9, 0.3), (0.6, 0.1), (0.3, 0.9), (0.2, 0.7), (0.8, 0.8), (0.1, 0.1)])
@pytest.mark.parametrize("threshold", [0.05, 0.5, 0.7, 0.97])
def test_a_decision_is_never_the_other_label(quantiles: tuple[float, float], threshold: float) -> None:
    """Where only that would be possible it is uncertain, and just these are told; else it is the label."""
    probabilities = np.linspace(0, 1, 1002, dtype=np.float32)
    sets = PredictionSets(0.9, quantiles, threshold)

    decided, told = sets.decide(probabilities), sets.contradicting(probabilities)

    positive = probabilities > threshold
    only = np.where(np.logical_xor(*sets.possible(probabilities)), sets.possible(probabilities)[1], NO_DECISION)
    assert decided.tolist() == np.where(only == positive, only, NO_DECISION).tolist()
    assert told.tolist() == np.flatnonzero((only != NO_DECISION) & (only != positive)).tolist()
    assert (decided == 1).tolist() == (probabilities > sets.positive_above).tolist()


def test_limits_at_the_threshold_contradict_nothing() -> None:
    """As versions have them now: the label is always among the possible ones."""
    probabilities = np.linspace(0, 1, 1001, dtype=np.float32)
    sets = PredictionSets(0.9, (0.95, 0.3), 0.7)

    assert not len(sets.contradicting(probabilities))
    assert sets.possible(probabilities)[(probabilities > 0.7).astype(int), np.arange(1001)].all()
