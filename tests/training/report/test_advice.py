"""Whether to use a network is said in words that follow from the figures."""

import re
from dataclasses import replace
from typing import Any

import pytest

from registry.store.manifest import Manifest
from tests.support import ROOT
from tests.support.manifests import figure, manifest
from training.report.advice import Advice, advise
from training.report.words import WHY_REJECTED

FINDING = {"detail": "gradients vanish", "advice": "activation = relu"}


@pytest.mark.parametrize(
    ("given", "use", "headline"),
    [
        (manifest(), "yes", "Usable: on students that it has not seen it tells them apart well."),
        (manifest(area=0.75), "care", "Usable with care"),
        (manifest(area=0.65), "care", "Use it only as a hint"),
        (
            manifest(comparisons={"majority": figure(-0.2), "random_forest": figure(0.05)}),
            "care",
            "Usable, but on these students better forecasts come from a random forest.",
        ),
        (manifest(audit={"leakage": [{"feature": "G3", "auc": 0.995}]}), "care", "Too good to be true: 'G3' alone"),
        (
            manifest("rejected", gate={"failed": ["majority", "calibration"]}),
            "no",
            "Do not use this network: it is not shown to be better than the same forecast for everybody.",
        ),
        (manifest("rejected", gate={"failed": ["calibration"]}), "no", "its probabilities do not mean what they say"),
        (manifest("rejected", gate={"failed": ["schema"]}), "no", "what goes in or out is not what the version in use"),
        (manifest(training={"findings": [FINDING]}), "care", "tells them apart well, but how it learned is not sound."),
        (manifest("insufficient_data"), "no", "200 students are too little data to show anything"),
    ],
)
def test_the_headline_follows_from_verdict_and_figures(given: Manifest, use: str, headline: str) -> None:
    """What speaks against it comes first."""
    advice = advise(given)

    assert advice.use == use
    assert headline in advice.headline


def said(advice: Advice) -> str:
    return "\n".join(advice.reasons)


def test_the_reasons_are_counted_in_students() -> None:
    """Recall of 'pass' is 2 x .8 - .7 = .9: of 100, 10 are called 'fail'."""
    reasons = said(advise(manifest()))

    assert "log loss 0.400 against 0.500" in reasons
    assert "It is better than a random forest. It is not shown to differ from logistic regression" in reasons
    assert "ranks the right one higher in 90 (89 to 91) of 100 pairs" in reasons
    found = "it finds 70 (69 to 71) of 100 with 'fail', and calls 10 of 100 with 'pass' 'fail'"
    assert (
        f"Unless [decision] in the dataset file chooses another threshold, 'pass' is answered above 0.5: {found}."
        in reasons
    )
    assert "its probabilities mean what they say" in reasons


@pytest.mark.parametrize(
    ("rule", "given", "said_of_it"),
    [
        (
            "help",
            0.2,
            "So that 20 of 100 students are helped, 'pass' is answered above 0.765 (0.755 to 0.775): it",
        ),
        ("cost_ratio", 5, "Since to miss one is as bad as to help 5 in vain, 'pass' is answered above 0.765 (0.755 to"),
        ("threshold", 0.765, "As was chosen, 'pass' is answered above 0.765: it finds 70"),
    ],
)
def test_a_threshold_that_somebody_chose_is_told_with_what_it_does(rule: str, given: float, said_of_it: str) -> None:
    """Rule, interval and what is said beside it; nothing else is proposed."""
    decision = {"rule": rule, "given": given, "threshold": figure(0.765), "note": "two are alike"}

    reasons = said(advise(replace(manifest(), threshold=0.765, decision=decision)))

    assert said_of_it in reasons
    assert "Of the threshold: two are alike." in reasons
    assert "[decision]" not in reasons


def test_what_is_odd_is_among_the_reasons() -> None:
    """Labels, leaks, rows alike, groups apart, and how it learned."""
    reasons = said(
        advise(
            manifest(
                audit={
                    "num_suspect_labels": 2,
                    "num_duplicate_rows": 4,
                    "num_contradictory_rows": 3,
                    "leakage": [
                        {"feature": "G3", "auc": 0.995},
                        {"feature": "paid", "auc": 0.998, "by": "blank"},
                        {"feature": "earned", "auc": 0.999, "by": "/", "other": "possible"},
                    ],
                    "one_sided": [{"feature": "asked", "filled": False, "label": "fail", "num_rows": 40}],
                },
                groups=[
                    {"column": "sex", "group": "F", "num_negative": 20, "negative_recall": figure(0.4)},
                    {"column": "sex", "group": "M", "num_negative": 20, "negative_recall": figure(0.8)},
                    {"column": "sex", "group": "X", "num_negative": 2, "negative_recall": figure(0.0)},
                ],
                training={"findings": [FINDING], "target": ENTERED},
                slope=figure(0.7, 0.1),
            )
        )
    )

    assert "2 labels look wrong, and should be checked." in reasons
    assert "'G3' alone orders the labels with an AUC of 0.995" in reasons
    assert "Whether 'paid' is blank alone orders the labels with an AUC of 0.998" in reasons
    assert "'earned' / 'possible' alone orders the labels with an AUC of 0.999" in reasons
    assert "Only students with 'fail' lack 'asked' (40 rows): is it known before the label is?" in reasons
    assert "3 rows are the same in every feature as another row with the other label" in reasons
    assert "4 rows stand there more than once" in reasons
    assert "finds 40 in the group sex F (20), and 80 in sex M (20)" in reasons
    assert "How it learned is not sound: gradients vanish (set activation = relu)." in reasons
    assert "too extreme" in reasons
    alike = said(advise(manifest(audit={"num_duplicate_rows": 180, "num_different_rows": 20})))
    assert "stand there more than once" not in alike  # of 20 that there can be


def test_a_group_that_is_called_in_vain_more_often_is_named() -> None:
    """Where intervals of one column's groups are apart; two columns' groups may be the same students."""
    rural, urban = ({"column": "address", "group": group} for group in "RU")
    woman = {"column": "sex", "group": "F", "false_alarms": figure(0.1, 0.03)}

    def told(of_urban: float) -> str:
        alarms = rural | {"false_alarms": figure(0.24, 0.06)}, urban | {"false_alarms": figure(of_urban, 0.03)}
        return said(advise(manifest(groups=[*alarms, woman, woman | {"group": "X", "false_alarms": None}])))

    assert (
        "It does not call everybody in vain alike: of 100 students with 'pass' it calls 24 (18 to 30) 'fail' in the "
        "group address R, and 10 (7 to 13) in address U."
    ) in told(0.1)
    assert "in vain alike" not in told(0.16)


@pytest.mark.parametrize(
    ("slope", "words"),
    [
        (figure(1.1, 0.2), "its probabilities mean what they say"),
        (figure(0.7, 0.1), "too extreme"),
        (figure(1.5, 0.2), "too timid"),
        (figure(-11.8, 30), "can't be told"),
        (figure(1.3, 0.9), "can't be told"),
    ],
)
def test_probabilities_are_not_praised_where_nothing_can_be_told(slope: dict[str, float], words: str) -> None:
    """An interval that holds 1 and everything else says nothing."""
    assert words in said(advise(manifest(slope=slope)))


def test_every_check_of_the_gate_has_its_words() -> None:
    """A new one must not end in a KeyError, after all the training."""
    source = (ROOT / "training/promotion/gate.py").read_text(encoding="utf-8")
    checks = set(re.findall(r'_(?:Check|at_most)\(\s*"(\w+)"', source))

    assert checks == WHY_REJECTED.keys()
    for check in checks:
        assert advise(manifest("rejected", gate={"failed": [check]})).use == "no"


def direction(verdict: str, **target: Any) -> Advice:
    """What is said where two of three columns point the other way."""
    columns = [{"column": "gpa", "auc": 0.1}, {"column": "absences", "auc": 0.8}]
    made = {"column": "Result", "positive": ["1"], "negative": ["0"], "at_least": None} | target
    return advise(
        manifest(
            verdict,
            audit={"direction": {"columns": columns, "num_compared": 3}},
            training={"target": made},
            gate={"failed": ["majority"]},
        )
    )


@pytest.mark.parametrize("verdict", ["promoted", "rejected", "insufficient_data"])
def test_a_label_the_wrong_way_round_is_the_first_thing_that_is_said(verdict: str) -> None:
    """Whatever the verdict; the headline is about it where nothing else forbids the network."""
    advice = direction(verdict)

    assert advice.use == ("care" if verdict == "promoted" else "no")
    assert ("whether the right label passes" in advice.headline) == (verdict == "promoted")
    assert advice.reasons[0] == (
        "Check which label passes before anything else: those with 'pass' have less 'gpa' and more 'absences' than "
        "those with 'fail', which is the other way round in 2 of 3 columns whose direction is known; if '1' in "
        "'Result' is the bad end, swap positive and negative."
    )


@pytest.mark.parametrize(
    ("target", "remedy"),
    [
        ({"positive": [], "at_least": 4.0}, "if less is better in 'Result', set at_most in place of at_least = 4."),
        ({"positive": [], "at_most": 4.5}, "if more is better in 'Result', set at_least in place of at_most = 4.5."),
    ],
)
def test_a_pass_line_the_wrong_way_round_has_its_remedy(target: dict[str, Any], remedy: str) -> None:
    """The other line, in the dataset file."""
    assert direction("promoted", **target).reasons[0].endswith(remedy)


ENTERED = {"column": "Result", "positive": ["1"], "negative": ["0"], "at_least": None}


@pytest.mark.parametrize(
    "training",
    [
        {"target": ENTERED | {"positive": [], "at_least": 10.0}},
        {"target": ENTERED | {"positive": [], "at_most": 4.0}},
        {},
    ],
)
def test_a_label_that_a_pass_line_makes_is_surprising_and_not_wrong(training: dict[str, Any]) -> None:
    """Nor one of which it isn't known how it came about."""
    reasons = said(advise(manifest(audit={"num_suspect_labels": 40}, training=training)))

    assert "40 of 200 rows are surprising: most others like them have the other label." in reasons
    assert "wrong" not in reasons


def test_many_suspects_say_more_about_the_forecast() -> None:
    """86 of 395 are no typing errors."""
    reasons = said(advise(manifest(audit={"num_suspect_labels": 40}, training={"target": ENTERED})))

    assert "should be checked. So many rather show students who did otherwise" in reasons


def test_decisions_are_told_with_what_was_measured() -> None:
    """Or why there are none."""
    conformal = {
        "coverage": 0.9,
        "quantiles": {"fail": 0.5, "pass": 0.5},
        "measured": {
            "coverage": figure(0.91),
            "coverage_by_label": {"fail": figure(0.92), "pass": figure(0.9)},
            "decided": figure(0.6),
            "right_by_decision": {"fail": figure(0.55), "pass": figure(0.95)},
        },
    }

    assert "right in 55 (54 to 56) of 100 when it says 'fail' and in 95" in said(advise(manifest(conformal=conformal)))
    assert "clear for 60 (59 to 61) of 100 students and 'uncertain' for the others, who are 'not sure'." in said(
        advise(manifest(conformal=conformal))
    )
    assert "measured: 92 % of those with 'fail', 90 % of those with 'pass'" in said(
        advise(manifest(conformal=conformal))
    )
    threshold = {"value": 0.7, "low": 0.6, "high": 0.8}
    helped = replace(manifest(conformal=conformal), decision={"rule": "help", "given": 0.2, "threshold": threshold})
    assert "the others, who are 'at risk' up to the threshold and 'not sure' above it." in said(advise(helped))
    assert "no decisions with a stated coverage: too few" in said(advise(manifest(conformal={"left_out": "too few"})))
