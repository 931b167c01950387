"""What is said of a student: label, decision and how much at risk."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.contract.conformal import NO_DECISION, UNCERTAIN, PredictionSets
from registry.contract.verdicts import RISK_LEVELS, every_verdict

LABELS = ("fail", "pass")
RULES = ("default", "threshold", "help", "cost_ratio")
SHARES = st.floats(0, 1)


@pytest.mark.parametrize(
    ("rule", "below"),
    [("default", "not sure"), ("threshold", "not sure"), ("help", "at risk"), ("cost_ratio", "at risk")],
)
def test_the_level_follows_from_label_decision_and_rule(rule: str, below: str) -> None:
    """Where somebody said whom to help, whoever is not above the threshold is at risk, however uncertain that is."""
    assert every_verdict(LABELS, rule, decides=True) == (
        ("fail", "fail", "at risk"),
        ("pass", "pass", "no sign"),
        ("fail", UNCERTAIN, below),
        ("pass", UNCERTAIN, "not sure"),
    )


@pytest.mark.parametrize("rule", RULES)
def test_a_version_that_does_not_decide_goes_by_the_label(rule: str) -> None:
    """With too few students, or of an earlier release."""
    negative, positive, *_ = every_verdict(LABELS, rule, decides=False)

    assert (negative, positive) == (("fail", None, "at risk"), ("pass", None, "no sign"))


@given(quantiles=st.tuples(SHARES, SHARES), threshold=SHARES, rule=st.sampled_from(RULES))
def test_nothing_contradicts_and_more_risk_is_never_a_lower_level(
    quantiles: tuple[float, float], threshold: float, rule: str
) -> None:
    """Whatever limits a version has, those of earlier releases beyond the threshold too."""
    sets = PredictionSets(0.9, quantiles, threshold)
    limits = [quantiles[0], 1 - quantiles[1], threshold]
    probabilities = np.sort(np.array([*np.linspace(0, 1, 101), *limits], np.float32))
    positive, decided = probabilities > threshold, sets.decide(probabilities)

    said = positive + 2 * sets.is_uncertain(probabilities)
    verdicts = [every_verdict(LABELS, rule, decides=True)[index] for index in said]

    assert [verdict.label for verdict in verdicts] == [LABELS[label] for label in positive.astype(int)]
    names = {0: "fail", 1: "pass", NO_DECISION: UNCERTAIN}
    assert [verdict.decision for verdict in verdicts] == [names[index] for index in decided.tolist()]
    assert all(verdict.decision in (verdict.label, UNCERTAIN) for verdict in verdicts)
    levels = [RISK_LEVELS.index(verdict.risk_level) for verdict in verdicts]
    assert levels == sorted(levels)
    if rule in ("help", "cost_ratio"):
        assert [level == 0 for level in levels] == (~positive).tolist()
