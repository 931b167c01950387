"""The gate: what a candidate must show, and whom it may replace."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from registry.contract.features import FeatureSchema, Number
from training.evaluation.answers import Answers
from training.evaluation.evaluation import Evaluation, Protocol, SelectionSummary
from training.promotion.champion import Comparison, Contest
from training.promotion.gate import GateDecision, decide
from training.statistics.figure import Figure
from training.statistics.group_table import Group, SuppressedGroups
from training.table.dataset import Dataset

PUBLISHED = Answers(finite=True, monotone={"hours": 1e-8})


def table(labels: list[int], rows_each: int = 1) -> Dataset:
    """A table of which the gate sees labels and students only."""
    schema = FeatureSchema((Number("a"),))
    students = np.arange(len(labels)) // rows_each
    return Dataset("made", schema, np.zeros((len(labels), 1)), np.array(labels), students, "", "made.csv")


ENOUGH = table([0, 1] * 30)


def figure(value: float, half: float = 0.01) -> Figure:
    return Figure(value, value - half, value + half)


def group(name: str, recall: float, num_negative: int = 20) -> Group:
    return Group("sex", name, 60, num_negative, figure(0.4), figure(0.8), figure(recall))


def evaluated(**changes: Any) -> Evaluation:
    """An evaluation that passes, with parts of it changed."""
    passes = Evaluation(
        protocol=Protocol("", 5, 2, 1, num_rows=60, num_students=60, intervals=""),
        selection=SelectionSummary(1, (), (10,), 0),
        model={"log_loss": figure(0.4), "roc_auc": figure(0.9), "accuracy": figure(0.8)},
        baselines={"majority": {"log_loss": figure(0.6)}, "logistic_regression": {"log_loss": figure(0.39)}},
        comparisons={"majority": figure(-0.2), "logistic_regression": figure(0.01)},
        calibration={"slope": figure(1.1)},
        groups=(group("F", 0.5), group("M", 0.7)),
    )
    return replace(passes, **changes)


def champion(**changes: Any) -> Comparison:
    """A champion that was promoted and that the candidate is as good as, with parts of it changed."""
    as_good = Comparison(
        version=3,
        verdict="promoted",
        recipe=Contest(difference=figure(0.01), groups=(group("F", 0.55), group("M", 0.7))),
        served=Contest(num_rows=12, left_out="under 50 rows that it has not seen"),
    )
    return replace(as_good, **changes)


def judged(evaluation: Evaluation, former: Comparison | None, published: Answers, dataset: Dataset) -> GateDecision:
    """What the gate says of a network that goes by four features."""
    return decide(evaluation, former, published, dataset, ("hours", "points", "age", "sleep"))


def test_a_candidate_that_passes_everything_is_promoted() -> None:
    """Every reason is given with its figures, what passed too."""
    decision = judged(evaluated(), champion(), PUBLISHED, ENOUGH)

    assert (decision.verdict, decision.promote, decision.over) == ("promoted", True, 3)
    assert decision.reasons == (
        "log loss 0.400 is below majority's 0.600: difference -0.200 (-0.210 to -0.190)",
        "log loss 0.400 is at most 0.02 above logistic regression's 0.390: difference +0.010 (+0.000 to +0.020)",
        "calibration slope 1.10 (1.09 to 1.11) is in 0.5 to 2",
        "every answer is a finite number",
        "the probability moves only in the declared direction as 'hours' grows",
        "log loss is at most 0.02 above the champion's, version 3, trained anew on the same folds: "
        "difference +0.010 (+0.000 to +0.020)",
        "not held against the champion's, version 3, by its answers on new rows: under 50 rows that it has not seen",
        "recall of the negative label does not drop by more than 0.10 from the champion's recipe in any of 2 groups; "
        "most for sex F: 0.55 to 0.50",
    )


@pytest.mark.parametrize(
    ("evaluation", "former", "published", "reason"),
    [
        (
            evaluated(comparisons={"majority": figure(-0.005), "logistic_regression": figure(0)}),
            None,
            PUBLISHED,
            "log loss 0.400 is not shown to be below majority's 0.600: difference -0.005 (-0.015 to +0.005)",
        ),
        (
            evaluated(comparisons={"majority": figure(-0.2), "logistic_regression": figure(0.021)}),
            None,
            PUBLISHED,
            "log loss 0.400 is not at most 0.02 above logistic regression's 0.390",
        ),
        (evaluated(calibration={"slope": figure(0.4)}), None, PUBLISHED, "calibration slope 0.40"),
        (evaluated(calibration={"slope": figure(2.1)}), None, PUBLISHED, "is not in 0.5 to 2"),
        (evaluated(), None, Answers(finite=False, monotone={}), "not every answer is a finite number"),
        (
            evaluated(),
            None,
            Answers(finite=True, monotone={"hours": 0.03}),
            "the probability goes back by up to 0.03 as 'hours' grows",
        ),
        (
            evaluated(),
            champion(recipe=Contest(difference=figure(0.03), groups=())),
            PUBLISHED,
            "log loss is not at most 0.02 above the champion's, version 3, trained anew on the same folds: difference "
            "+0.030 (+0.020 to +0.040)",
        ),
        (
            evaluated(),
            champion(served=Contest(num_rows=60, difference=figure(0.05))),
            PUBLISHED,
            "log loss is not at most 0.02 above the champion's, version 3, on 60 rows that it has not seen: difference "
            "+0.050 (+0.040 to +0.060)",
        ),
        (
            evaluated(),
            champion(recipe=Contest(difference=figure(0), groups=(group("F", 0.61), group("M", 0.7)))),
            PUBLISHED,
            "recall of the negative label drops by more than 0.10 from the champion's recipe in one of 2 groups; most "
            "for sex F: 0.61 to 0.50",
        ),
        (
            evaluated(),
            champion(changes=("'hours' is gone",)),
            PUBLISHED,
            "schema or target is not the champion's, version 3: 'hours' is gone; `python -m registry promote` with "
            "--force takes it over",
        ),
    ],
)
def test_what_speaks_against_a_candidate_comes_first(
    evaluation: Evaluation, former: Comparison | None, published: Answers, reason: str
) -> None:
    """One thing wrong is enough, and is said with its figure."""
    decision = judged(evaluation, former, published, ENOUGH)

    assert (decision.verdict, decision.promote) == ("rejected", False)
    assert reason in decision.reasons[0]
    assert len(decision.reasons) >= 4


@pytest.mark.parametrize(("low", "verdict"), [(0.99, "promoted"), (0.9901, "rejected")])
def test_what_is_too_good_to_be_true_is_asked_about(low: float, verdict: str) -> None:
    """By the lower end of the interval; with the most important features, and what frees it. Not of few students."""
    too_good = evaluated(model={**evaluated().model, "roc_auc": Figure(0.998, low, 1)})

    decision = judged(too_good, champion(), PUBLISHED, ENOUGH)

    assert (decision.verdict, decision.failed) == (verdict, ("too_good",) if verdict == "rejected" else ())
    assert decision.reasons[0].startswith("AUC 0.998 (0.990 to 1.000) is too good") == (verdict == "rejected")
    assert ("'hours', 'points', 'age'; if all is known before" in decision.reasons[0]) == (verdict == "rejected")
    assert ("`python -m registry promote` with --force" in decision.reasons[0]) == (verdict == "rejected")
    assert judged(too_good, champion(), PUBLISHED, table([0, 1] * 24)).verdict == "insufficient_data"


def test_a_small_group_does_not_decide() -> None:
    """Of nine with the negative label one alone is more than .10; a group that is not shown has no recall."""
    small = evaluated(groups=(group("F", 0.1, num_negative=9), group("M", 0.7)))
    hidden = champion(recipe=Contest(difference=figure(0), groups=(SuppressedGroups("sex", 1),)))

    assert judged(small, champion(), PUBLISHED, ENOUGH).verdict == "promoted"
    assert judged(evaluated(), hidden, PUBLISHED, ENOUGH).verdict == "promoted"


def test_labels_told_apart_without_fault_need_no_slope() -> None:
    """The likeliest line is upright, and one row that is wrong lays it down; a nearly perfect network must not fail."""
    for num_wrong, verdict in ((0, "promoted"), (4, "promoted"), (5, "rejected")):
        model = {"log_loss": figure(0.01), "roc_auc": figure(0.985), "accuracy": figure(1 - num_wrong / 60, 0)}

        decision = judged(evaluated(model=model, calibration={"slope": figure(9)}), None, PUBLISHED, ENOUGH)

        assert decision.verdict == verdict
        assert ("too few to tell a calibration slope" in str(decision.reasons)) == (num_wrong < 5)


def test_a_recipe_that_does_not_stay_finite_is_no_rival() -> None:
    """It is said, and the champion's answers still count."""
    left_out = champion(recipe=Contest(left_out="it does not stay finite on this table"))

    decision = judged(evaluated(), left_out, PUBLISHED, ENOUGH)

    assert decision.verdict == "promoted"
    assert any("by its recipe: it does not stay finite" in reason for reason in decision.reasons)


@pytest.mark.parametrize(
    ("dataset", "num_students"),
    [(table([0, 1] * 24), 48), (table([0] * 9 + [1] * 200), 209), (table([0, 1] * 100, rows_each=10), 20)],
)
def test_too_few_students_show_nothing(dataset: Dataset, num_students: int) -> None:
    """However good the figures look, and however many rows each of them has."""
    decision = judged(evaluated(), None, PUBLISHED, dataset)

    assert decision.verdict == "insufficient_data"
    assert f"{num_students} students" in decision.reasons[0]


@pytest.mark.parametrize(
    ("former", "replaced"),
    [
        ({"verdict": "insufficient_data"}, True),
        ({"verdict": "promoted"}, False),
        ({"verdict": "rejected"}, False),
        ({"verdict": None, "unreadable": "broken"}, False),
        ({"verdict": "insufficient_data", "unreadable": "broken"}, True),
    ],
)
def test_too_few_students_replace_only_a_champion_of_too_few(former: dict[str, Any], replaced: bool) -> None:
    """A school's first own table replaces the demonstration, and nothing that was shown to be good."""
    decision = judged(evaluated(), champion(**former), PUBLISHED, table([0, 1] * 8))

    assert (decision.verdict, decision.promote, decision.over) == ("insufficient_data", replaced, 3)


@pytest.mark.parametrize("difference", [{"changes": ("'hours' is gone",)}, {"unreadable": "broken"}])
def test_another_schema_replaces_a_champion_of_too_few(difference: dict[str, Any]) -> None:
    """The demonstration again: what can't be compared with it need not be; a promoted one stays."""
    for verdict, replaced in (("insufficient_data", True), ("promoted", False)):
        decision = judged(evaluated(), champion(verdict=verdict, **difference), PUBLISHED, ENOUGH)

        assert decision.promote == replaced
        assert decision.verdict == ("promoted" if replaced else "rejected")


def test_another_threshold_is_told_and_speaks_against_nothing() -> None:
    """It is somebody's choice: the last reason, after those with figures."""
    words = "'pass' is answered above 0.8, by the champion, version 3, above 0.5"

    decision = decide(evaluated(), champion(threshold=words), PUBLISHED, ENOUGH, ())

    assert (decision.verdict, decision.promote, decision.reasons[-1]) == ("promoted", True, words)


@pytest.mark.parametrize("verdict", ["promoted", "insufficient_data"])
def test_a_recipe_that_may_replace_none_is_only_the_first(verdict: str) -> None:
    """The verdict stays what it is; where there is no champion it becomes one as any other does."""
    names = ("hours", "points")

    beside = decide(evaluated(), champion(verdict=verdict), PUBLISHED, ENOUGH, names, may_replace=False)
    first = decide(evaluated(), None, PUBLISHED, ENOUGH, names, may_replace=False)

    assert (beside.verdict, beside.promote, beside.over) == ("promoted", False, 3)
    assert beside.reasons[-1].startswith("it is published beside the champion, version 3")
    assert (first.verdict, first.promote) == ("promoted", True)
