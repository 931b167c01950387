"""Whether a candidate may become champion, and the reasons with their figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from training.evaluation.monotone import TOLERANCE as ROUNDING
from training.statistics.metrics import in_words
from training.table.dataset import Dataset

MIN_STUDENTS_OF_TABLE = 50
MIN_SMALLER_CLASS = 10
TOLERANCE = 0.02  # nats of log loss
SLOPES = (0.5, 2.0)
# Where nearly nobody is answered wrongly the slope has no end: it would stand and fall with one row.
MIN_WRONG = 5
MAX_RECALL_DROP = 0.10
MIN_NEGATIVE = 10  # students of a group with the negative label: of fewer, one alone is a drop of more than .10


@dataclass(frozen=True)
class Decision:
    """What the gate says.

    Attributes:
        verdict: `promoted`, `rejected` or `insufficient_data`.
        reasons: Why, with figures; first what speaks against it.
        failed: Names of the checks that speak against it, as the reasons stand: `majority`, `logistic_regression`,
            `calibration`, `finite`, `monotone`, `unreadable`, `schema`, `champion` or `groups`.
        promote: Whether the candidate replaces the champion.
        over: The champion that it was held against.
    """

    verdict: str
    reasons: tuple[str, ...]
    failed: tuple[str, ...]
    promote: bool
    over: int | None


@dataclass(frozen=True)
class _Check:
    name: str
    passed: bool
    reason: str


def decide(
    evaluation: Mapping[str, Any],
    champion: Mapping[str, Any] | None,
    published: Mapping[str, Any],
    dataset: Dataset,
) -> Decision:
    """Judge a candidate by its evaluation and by the champion that it would replace.

    Log loss decides, not accuracy: the probability is what is answered.

    Args:
        evaluation: The manifest's `evaluation`.
        champion: What `training.promotion.champion` found; None where there is no champion.
        published: Of the network that would be served: `finite` (bool) and `monotone` (feature → largest step in the
            wrong direction).
        dataset: What it was trained on; students are counted, not their rows.

    Returns:
        The decision. Neither `insufficient_data` nor another schema replaces a champion that was promoted; they do
        replace one that itself had insufficient data. `rejected` replaces none.
    """
    over = None if champion is None else champion["version"]
    replaceable = champion is None or champion["verdict"] == "insufficient_data"
    smaller = dataset.num_rarer()
    if dataset.num_students < MIN_STUDENTS_OF_TABLE or smaller < MIN_SMALLER_CLASS:
        reason = (
            f"{dataset.num_students} students, {smaller} with the rarer label: under {MIN_STUDENTS_OF_TABLE} students, "
            f"or {MIN_SMALLER_CLASS} with the rarer label, nothing can be shown"
        )
        return Decision("insufficient_data", (reason,), (), replaceable, over)
    checks = [
        *_baselines(evaluation),
        _calibrated(evaluation),
        *_answers(published),
        *([] if champion is None else _champion(evaluation, champion, replaceable=replaceable)),
    ]
    ordered = sorted(checks, key=lambda check: check.passed)
    reasons = tuple(check.reason for check in ordered)
    failed = tuple(check.name for check in ordered if not check.passed)
    return Decision("rejected" if failed else "promoted", reasons, failed, not failed, over)


def _baselines(evaluation: Mapping[str, Any]) -> list[_Check]:
    loss = evaluation["model"]["log_loss"]["value"]
    over_majority = evaluation["comparisons"]["majority"]
    other = evaluation["baselines"]["majority"]["log_loss"]["value"]
    better = over_majority["high"] < 0
    checks = [
        _Check(
            "majority",
            better,
            f"log loss {loss:.3f} {'is' if better else 'is not shown to be'} below majority's {other:.3f}: "
            f"difference {in_words(over_majority, '+.3f')}",
        )
    ]
    other = evaluation["baselines"]["logistic_regression"]["log_loss"]["value"]
    over_linear = evaluation["comparisons"]["logistic_regression"]
    return [*checks, _at_most("logistic_regression", over_linear, f"logistic regression's {other:.3f}", loss)]


def _at_most(name: str, difference: Mapping[str, float], other: str, loss: float | None = None) -> _Check:
    passed = difference["value"] <= TOLERANCE
    shown = "log loss" if loss is None else f"log loss {loss:.3f}"
    return _Check(
        name,
        passed,
        f"{shown} {'is' if passed else 'is not'} at most {TOLERANCE} above {other}: difference "
        f"{in_words(difference, '+.3f')}",
    )


def _calibrated(evaluation: Mapping[str, Any]) -> _Check:
    num_rows = evaluation["protocol"]["num_rows"]
    num_wrong = round((1 - evaluation["model"]["accuracy"]["value"]) * num_rows)
    if num_wrong < MIN_WRONG:
        return _Check(
            "calibration",
            True,
            f"{num_wrong} of {num_rows} rows are answered wrongly: too few to tell a calibration slope",
        )
    slope = evaluation["calibration"]["slope"]
    passed = SLOPES[0] <= slope["value"] <= SLOPES[1]
    return _Check(
        "calibration",
        passed,
        f"calibration slope {in_words(slope, '.2f')} {'is' if passed else 'is not'} in {SLOPES[0]:g} to {SLOPES[1]:g}",
    )


def _answers(published: Mapping[str, Any]) -> list[_Check]:
    finite = published["finite"]
    checks = [_Check("finite", finite, f"{'every' if finite else 'not every'} answer is a finite number")]
    for feature, violation in published["monotone"].items():
        passed = violation <= ROUNDING
        how = "moves only in the declared direction" if passed else f"goes back by up to {violation:.2g}"
        checks.append(_Check("monotone", passed, f"the probability {how} as {feature!r} grows"))
    return checks


def _champion(evaluation: Mapping[str, Any], champion: Mapping[str, Any], *, replaceable: bool) -> list[_Check]:
    name = f"the champion's, version {champion['version']}"
    if "unreadable" in champion:
        return [_Check("unreadable", replaceable, f"could not be compared with {name}: {champion['unreadable']}")]
    if "changes" in champion:
        changes = "; ".join(champion["changes"][:5]) + ("; …" if len(champion["changes"]) > 5 else "")
        what = f"schema or target is not {name}: {changes}"
        if not replaceable:
            what += "; `python -m registry promote` with --force takes it over"
        return [_Check("schema", replaceable, what)]
    checks = []
    for which, rows in (("recipe", "trained anew on the same folds"), ("served", "on {} rows that it has not seen")):
        held = champion[which]
        if "difference" in held:
            checks.append(_at_most("champion", held["difference"], f"{name}, {rows.format(held.get('num_rows'))}"))
        else:
            what = "recipe" if which == "recipe" else "answers on new rows"
            checks.append(_Check("champion", True, f"not held against {name}, by its {what}: {held['left_out']}"))
    return [*checks, *_groups(evaluation["groups"], champion["recipe"].get("groups", []))]


def _groups(groups: list[Mapping[str, Any]], former_groups: list[Mapping[str, Any]]) -> list[_Check]:
    former = {(entry["column"], entry.get("group")): entry for entry in former_groups}
    drops = []
    for entry in groups:
        before = former.get((entry["column"], entry.get("group")), {})
        if entry.get("num_negative", 0) >= MIN_NEGATIVE and "negative_recall" in before:
            recall, recall_before = entry["negative_recall"]["value"], before["negative_recall"]["value"]
            drops.append((recall_before - recall, f"{entry['column']} {entry['group']}", recall_before, recall))
    if not drops:
        return []
    drop, group, recall_before, recall = max(drops)
    passed = drop <= MAX_RECALL_DROP
    return [
        _Check(
            "groups",
            passed,
            f"recall of the negative label {'drops' if not passed else 'does not drop'} by more than "
            f"{MAX_RECALL_DROP:.2f} from the champion's recipe {'in any of' if passed else 'in one of'} {len(drops)} "
            f"groups; most for {group}: {recall_before:.2f} to {recall:.2f}",
        )
    ]
