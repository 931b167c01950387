"""Whether a candidate may become champion, and the reasons with their figures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from training.evaluation.answers import Answers
from training.evaluation.evaluation import Evaluation
from training.evaluation.monotone import TOLERANCE
from training.promotion.champion import Comparison
from training.statistics.figure import Figure
from training.statistics.group_table import Group, GroupTable
from training.table.dataset import Dataset

MIN_STUDENTS_OF_TABLE = 50
MIN_SMALLER_CLASS = 10
MAX_EXCESS = 0.02  # nats of log loss above a baseline's or the champion's
# Students are not told apart so well by what is known before: the best figures on real ones are .97.
TOO_GOOD_AUC = 0.99
_MOST_NAMED = 3
SLOPES = (0.5, 2.0)
# Where nearly nobody is answered wrongly the slope has no end: it would stand and fall with one row.
MIN_WRONG = 5
MAX_RECALL_DROP = 0.10
MIN_NEGATIVE = 10  # students of a group with the negative label: of fewer, one alone is a drop of more than .10


@dataclass(frozen=True)
class GateDecision:
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
    evaluation: Evaluation,
    champion: Comparison | None,
    published: Answers,
    dataset: Dataset,
    most_important: Sequence[str],
    *,
    may_replace: bool = True,
) -> GateDecision:
    """Decide on a candidate by its evaluation and by the champion that it would replace.

    Log loss decides, not accuracy: the probability is what is answered.

    Args:
        evaluation: Of the candidate.
        champion: What it was compared with; None where there is no champion.
        published: Of the network that would be served.
        dataset: What it was trained on; students are counted, not their rows.
        most_important: Names of the features, the most important first.
        may_replace: Whether its recipe may become champion where there is one; else it is published beside it.

    Returns:
        The decision. Neither `insufficient_data` nor another schema replaces a champion that was promoted; they do
        replace one that itself had insufficient data. `rejected` replaces none.
    """
    decision = _decide(evaluation, champion, published, dataset, most_important)
    if champion is None or may_replace:
        return decision
    reason = (
        f"it is published beside the champion, version {champion.version}, to be compared: this recipe replaces none"
    )
    return replace(decision, reasons=(*decision.reasons, reason), promote=False)


def _decide(
    evaluation: Evaluation,
    champion: Comparison | None,
    published: Answers,
    dataset: Dataset,
    most_important: Sequence[str],
) -> GateDecision:
    over = None if champion is None else champion.version
    replaceable = champion is None or champion.verdict == "insufficient_data"
    smaller = dataset.num_rarer()
    if dataset.num_students < MIN_STUDENTS_OF_TABLE or smaller < MIN_SMALLER_CLASS:
        reason = (
            f"{dataset.num_students} students, {smaller} with the rarer label: under {MIN_STUDENTS_OF_TABLE} students, "
            f"or {MIN_SMALLER_CLASS} with the rarer label, nothing can be shown"
        )
        return GateDecision("insufficient_data", (reason,), (), replaceable, over)
    checks = [
        *_too_good(evaluation, most_important),
        *_baselines(evaluation),
        _calibrated(evaluation),
        *_answers(published),
        *([] if champion is None else _champion(evaluation, champion, replaceable=replaceable)),
    ]
    ordered = sorted(checks, key=lambda check: check.passed)
    reasons = tuple(check.reason for check in ordered)
    if champion is not None and champion.threshold is not None:
        reasons = (*reasons, champion.threshold)
    failed = tuple(check.name for check in ordered if not check.passed)
    return GateDecision("rejected" if failed else "promoted", reasons, failed, not failed, over)


def _too_good(evaluation: Evaluation, most_important: Sequence[str]) -> list[_Check]:
    area = evaluation.model["roc_auc"]
    if not area.low > TOO_GOOD_AUC:
        return []
    named = ", ".join(map(repr, most_important[:_MOST_NAMED]))
    return [
        _Check(
            "too_good",
            False,
            f"AUC {area:.3f} is too good to be true, above {TOO_GOOD_AUC} with its whole interval: what is known only "
            f"afterwards? first of what it goes by: {named}; if all is known before, `python -m registry promote` with "
            "--force makes it champion",
        )
    ]


def _baselines(evaluation: Evaluation) -> list[_Check]:
    loss, comparisons = evaluation.model["log_loss"].value, evaluation.comparisons
    majority, logistic = (evaluation.baselines[name]["log_loss"].value for name in ("majority", "logistic_regression"))
    better = comparisons["majority"].high < 0
    return [
        _Check(
            "majority",
            better,
            f"log loss {loss:.3f} {'is' if better else 'is not shown to be'} below majority's {majority:.3f}: "
            f"difference {comparisons['majority']:+.3f}",
        ),
        _at_most(
            "logistic_regression", comparisons["logistic_regression"], f"logistic regression's {logistic:.3f}", loss
        ),
    ]


def _at_most(name: str, difference: Figure, other: str, loss: float | None = None) -> _Check:
    passed = difference.value <= MAX_EXCESS
    shown = "log loss" if loss is None else f"log loss {loss:.3f}"
    return _Check(
        name,
        passed,
        f"{shown} {'is' if passed else 'is not'} at most {MAX_EXCESS} above {other}: difference {difference:+.3f}",
    )


def _calibrated(evaluation: Evaluation) -> _Check:
    num_rows = evaluation.protocol.num_rows
    num_wrong = round((1 - evaluation.model["accuracy"].value) * num_rows)
    if num_wrong < MIN_WRONG:
        return _Check(
            "calibration",
            True,
            f"{num_wrong} of {num_rows} rows are answered wrongly: too few to tell a calibration slope",
        )
    slope = evaluation.calibration["slope"]
    passed = SLOPES[0] <= slope.value <= SLOPES[1]
    return _Check(
        "calibration",
        passed,
        f"calibration slope {slope:.2f} {'is' if passed else 'is not'} in {SLOPES[0]:g} to {SLOPES[1]:g}",
    )


def _answers(published: Answers) -> list[_Check]:
    finite = published.finite
    checks = [_Check("finite", finite, f"{'every' if finite else 'not every'} answer is a finite number")]
    for feature, violation in published.monotone.items():
        passed = violation <= TOLERANCE
        how = "moves only in the declared direction" if passed else f"goes back by up to {violation:.2g}"
        checks.append(_Check("monotone", passed, f"the probability {how} as {feature!r} grows"))
    return checks


def _champion(evaluation: Evaluation, champion: Comparison, *, replaceable: bool) -> list[_Check]:
    name = f"the champion's, version {champion.version}"
    if champion.unreadable is not None:
        return [_Check("unreadable", replaceable, f"could not be compared with {name}: {champion.unreadable}")]
    if champion.changes is not None:
        changes = "; ".join(champion.changes[:5]) + ("; …" if len(champion.changes) > 5 else "")
        what = f"schema or target is not {name}: {changes}"
        if not replaceable:
            what += "; `python -m registry promote` with --force takes it over"
        return [_Check("schema", replaceable, what)]
    assert champion.recipe is not None
    assert champion.served is not None
    checks = []
    for contest, how, what in (
        (champion.recipe, "trained anew on the same folds", "recipe"),
        (champion.served, f"on {champion.served.num_rows} rows that it has not seen", "answers on new rows"),
    ):
        if contest.difference is not None:
            checks.append(_at_most("champion", contest.difference, f"{name}, {how}"))
        else:
            checks.append(_Check("champion", True, f"not held against {name}, by its {what}: {contest.left_out}"))
    return [*checks, *_groups(evaluation.groups, champion.recipe.groups or ())]


def _groups(groups: GroupTable, former_groups: GroupTable) -> list[_Check]:
    former = {(group.column, group.group): group.negative_recall for group in former_groups if isinstance(group, Group)}
    drops = []
    for group in groups:
        if isinstance(group, Group) and group.num_negative >= MIN_NEGATIVE:
            recall, before = group.negative_recall, former.get((group.column, group.group))
            if recall is not None and before is not None:
                drops.append((before.value - recall.value, f"{group.column} {group.group}", before.value, recall.value))
    if not drops:
        return []
    drop, name, recall_before, recall_now = max(drops)
    passed = drop <= MAX_RECALL_DROP
    return [
        _Check(
            "groups",
            passed,
            f"recall of the negative label {'drops' if not passed else 'does not drop'} by more than "
            f"{MAX_RECALL_DROP:.2f} from the champion's recipe {'in any of' if passed else 'in one of'} {len(drops)} "
            f"groups; most for {name}: {recall_before:.2f} to {recall_now:.2f}",
        )
    ]
