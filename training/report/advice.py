"""Whether to use a network, and why, in words that need no statistics."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from registry.contract.verdicts import every_verdict
from registry.store.manifest import Manifest
from training.promotion.gate import MIN_SMALLER_CLASS, MIN_STUDENTS_OF_TABLE, SLOPES
from training.report.comparisons import over_majority, over_the_rest, rivals
from training.report.threshold import at_threshold
from training.report.words import WHY_REJECTED, capital, in_words, leak_name, listed, of_100, quoted
from training.table.direction import in_words as more_or_less

_GOOD_AUC, _FAIR_AUC = 0.8, 0.7
_MANY_SUSPECTS = 0.1  # of all rows: then they say more about the forecast than about the labels
_SHOWN_COLUMNS = 4


@dataclass(frozen=True)
class Advice:
    """What to do with a network.

    Attributes:
        use: `yes`, `care` or `no`.
        headline: One sentence.
        reasons: Why, a sentence or two each, the weightiest first.
    """

    use: str
    headline: str
    reasons: tuple[str, ...]


def advise(manifest: Manifest) -> Advice:
    """Say whether to use a network, from the gate's verdict and the figures behind it.

    Args:
        manifest: Of the version, as it is about to be published.
    """
    if manifest.verdict == "insufficient_data":
        return _insufficient(manifest)
    evaluation = manifest.evaluation
    area = evaluation["model"]["roc_auc"]["value"]
    better = rivals(evaluation, better=True)
    if manifest.verdict == "rejected":
        use, headline = "no", f"Do not use this network: {WHY_REJECTED[manifest.gate['failed'][0]]}."
    elif manifest.audit.get("direction"):
        use, headline = "care", "Find out first whether the right label passes: the table says that it is the other."
    elif leaks := manifest.audit.get("leakage"):
        names = ", ".join(leak_name(leak) for leak in leaks)
        use = "care"
        headline = f"Too good to be true: {names} alone gives the label away. Find out why before using it."
    elif area < _FAIR_AUC:
        use = "care"
        headline = "Use it only as a hint: it is better than guessing, but it tells students apart poorly."
    elif better:
        use, headline = "care", f"Usable, but on these students better forecasts come from {listed(better)}."
    elif area < _GOOD_AUC:
        use, headline = "care", "Usable with care: it tells students apart fairly well, and is often wrong."
    else:
        use, headline = "yes", "Usable: on students that it has not seen it tells them apart well."
        if manifest.training["findings"]:
            use, headline = "care", f"{headline[:-1]}, but how it learned is not sound."
    reasons = (
        *wrong_way(manifest),
        *over_majority(evaluation),
        *over_the_rest(evaluation),
        *_apart(manifest),
        *decisions(manifest),
        *_probabilities(evaluation),
        *audit_findings(manifest),
        *_groups(manifest),
        *learning(manifest),
    )
    return Advice(use, headline, reasons)


def _insufficient(manifest: Manifest) -> Advice:
    evaluation, training = manifest.evaluation, manifest.training
    num_students = training["num_students"]
    rarer = min(training["num_positive"], training["num_rows"] - training["num_positive"])
    loss, other = evaluation["model"]["log_loss"], evaluation["baselines"]["majority"]["log_loss"]["value"]
    headline = f"Do not use this network to judge anyone: {num_students} students are too little data to show anything."
    reasons = (
        *wrong_way(manifest),
        f"At least {MIN_STUDENTS_OF_TABLE} students, {MIN_SMALLER_CLASS} of them with the rarer label, are needed "
        f"before any figure says something. Here are {num_students} students, and {rarer} rows with the rarer label.",
        f"Its log loss on students that it has not seen is {loss['value']:.2f}, but may as well be anything from "
        f"{loss['low']:.2f} to {loss['high']:.2f}; the same forecast for everybody gives {other:.2f}.",
        "All figures below are as uncertain: they show how the program works, and nothing about these students.",
        *audit_findings(manifest),
        *learning(manifest),
    )
    return Advice("no", headline, reasons)


def wrong_way(manifest: Manifest) -> Iterator[str]:
    """What speaks against which label passes."""
    if direction := manifest.audit.get("direction"):
        columns = [(quoted(each["column"]), each["auc"]) for each in direction["columns"]]
        target, (negative, positive) = manifest.training["target"], map(quoted, manifest.schema.labels)
        at_least, at_most = target["at_least"], target.get("at_most")
        if at_least is not None:
            remedy = f"if less is better in {quoted(target['column'])}, set at_most in place of at_least = {at_least:g}"
        elif at_most is not None:
            remedy = f"if more is better in {quoted(target['column'])}, set at_least in place of at_most = {at_most:g}"
        else:
            passing = ", ".join(target["positive"])
            remedy = f"if {passing!r} in {quoted(target['column'])} is the bad end, swap positive and negative"
        yield (
            f"Check which label passes before anything else: those with {positive} have "
            f"{more_or_less(columns[:_SHOWN_COLUMNS])} than those with {negative}, which is the other way round in "
            f"{len(columns)} of {direction['num_compared']} columns whose direction is known; {remedy}."
        )


def _apart(manifest: Manifest) -> Iterator[str]:
    area, (negative, positive) = manifest.evaluation["model"]["roc_auc"], map(quoted, manifest.schema.labels)
    yield (
        f"Of two students, one with {positive} and one with {negative}, it ranks the right one higher in "
        f"{of_100(area)} of 100 pairs (50 is guessing)."
    )
    yield from at_threshold(manifest)


def decisions(manifest: Manifest) -> Iterator[str]:
    """How often a decision is clear and what it covers, or why there are none."""
    conformal = manifest.conformal or {}
    if "left_out" in conformal:
        yield f"It gives no decisions with a stated coverage: {conformal['left_out']}."
    elif conformal:
        measured = conformal["measured"]
        by_label = ", ".join(
            f"{100 * figure['value']:.0f} % of those with {quoted(label)}"
            for label, figure in measured["coverage_by_label"].items()
        )
        right = " and ".join(
            f"in {of_100(figure)} of 100 when it says {quoted(label)}"
            for label, figure in measured["right_by_decision"].items()
        )
        if right:
            yield f"A clear decision is right {right}."
        *_, below, above = every_verdict(manifest.schema.labels, manifest.rule, decides=True)
        levels = quoted(above.risk_level)
        if below.risk_level != above.risk_level:
            levels = f"{quoted(below.risk_level)} up to the threshold and {levels} above it"
        yield (
            f"Its decision is clear for {of_100(measured['decided'])} of 100 students and 'uncertain' for the others, "
            f"who are {levels}. "
            f"For about {conformal['coverage']:.0%} of the students of each label that label is left possible; "
            f"measured: {by_label}."
        )


def _probabilities(evaluation: Mapping[str, Any]) -> Iterator[str]:
    slope = evaluation["calibration"]["slope"]
    if slope["low"] < SLOPES[0] or slope["high"] > SLOPES[1]:
        said = "Whether its probabilities mean what they say can't be told from so few students"
    elif slope["low"] <= 1 <= slope["high"]:
        said = "As far as can be told its probabilities mean what they say"
    elif slope["high"] < 1:
        said = "Its probabilities are too extreme: what it calls nearly certain is less so"
    else:
        said = "Its probabilities are too timid: what it calls likely is likelier still"
    yield f"{said} (calibration slope {in_words(slope, '.2f')}; 1 is right)."


def audit_findings(manifest: Manifest) -> Iterator[str]:
    """What the audit found."""
    audit = manifest.audit
    if not audit:
        return
    for leak in audit["leakage"] or ():
        yield (
            f"{capital(leak_name(leak))} alone orders the labels with an AUC of {leak['auc']:.3f}: is it known before "
            "the label is, or does it give it away?"
        )
    for sided in audit.get("one_sided", ()):
        yield (
            f"Only students with {quoted(sided['label'])} {'have' if sided['filled'] else 'lack'} "
            f"{quoted(sided['feature'])} ({sided['num_rows']} rows): is it known before the label is?"
        )
    num, num_rows = audit["num_suspect_labels"], manifest.training["num_rows"]
    if num and manifest.has_entered_labels:
        text = f"{num} {'label looks' if num == 1 else 'labels look'} wrong, and should be checked."
        if num > max(_MANY_SUSPECTS * num_rows, 5):
            text += " So many rather show students who did otherwise than these features suggest."
        elif manifest.verdict == "insufficient_data":
            text += " Of so few students that may be chance."
        yield text
    elif num:
        yield (
            f"{num} of {num_rows} rows {'is' if num == 1 else 'are'} surprising: most others like them have the other "
            "label. That is no sign of a slip, but of students who did otherwise than these features suggest."
        )
    if audit["num_different_rows"] > num_rows / 2:
        # Else features have so few values that many students must be alike.
        if num := audit["num_contradictory_rows"]:
            yield f"{num} rows are the same in every feature as another row with the other label."
        if num := audit["num_duplicate_rows"]:
            yield f"{num} rows stand there more than once, alike in every feature and the label."


def _groups(manifest: Manifest) -> Iterator[str]:
    negative, positive = map(quoted, manifest.schema.labels)
    found = [
        (entry["negative_recall"]["value"], f"{entry['column']} {entry['group']} ({entry['num_negative']})")
        for entry in manifest.evaluation["groups"]
        if entry.get("num_negative", 0) >= MIN_SMALLER_CLASS and "negative_recall" in entry
    ]
    if len(found) > 1:
        (low, worst), (high, best) = min(found), max(found)
        yield (
            f"It may not find everybody alike: of 100 students with {negative} it finds {100 * low:.0f} in the "
            f"group {worst}, and {100 * high:.0f} in {best}."
        )
    called = [entry for entry in manifest.evaluation["groups"] if entry.get("false_alarms")]
    apart = [
        (more, fewer)
        for more in called
        for fewer in called
        if more["column"] == fewer["column"] and more["false_alarms"]["low"] > fewer["false_alarms"]["high"]
    ]
    if apart:
        more, fewer = max(apart, key=lambda pair: pair[0]["false_alarms"]["value"] - pair[1]["false_alarms"]["value"])
        yield (
            f"It does not call everybody in vain alike: of 100 students with {positive} it calls "
            f"{of_100(more['false_alarms'])} {negative} in the group {more['column']} {more['group']}, and "
            f"{of_100(fewer['false_alarms'])} in {fewer['column']} {fewer['group']}."
        )


def learning(manifest: Manifest) -> Iterator[str]:
    """What was wrong with training, and what to set."""
    settable = "set" if manifest.training["recipe"] == "ensemble" else "this recipe is fixed; others would set"
    for finding in manifest.training["findings"]:
        advised = f" ({settable} {finding['advice']})" if finding["advice"] else ""
        yield f"How it learned is not sound: {finding['detail']}{advised}."
