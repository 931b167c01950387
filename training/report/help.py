"""Whom to help, and what comes of it, in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from registry.store.manifest import Manifest
from training.report.words import name_of, of_100, quoted

_TIME_FOR = 20  # students, of whom the first sentence speaks


def whom_to_help(manifest: Manifest) -> str:
    """What comes of it to help as many students as there may be time for."""
    found = manifest.evaluation.get("help", {"left_out": "no run said it"})
    if "left_out" in found:
        return f"Whom to help is not shown: {found['left_out']}."
    point = lead_point(manifest, found)
    num, unit, (negative, positive) = point["num_helped"], unit_of(manifest), map(quoted, manifest.schema.labels)
    those = f"{num} to whom it gives the lowest probability of {positive}"
    if manifest.verdict != "promoted":
        begin = f"Nor should it say whom to help: of the {those},"
    elif manifest.audit.get("direction") or manifest.audit.get("leakage"):
        begin = f"Do not go by it before that is settled: of the {those},"
    else:
        begin = f"With time for {num} {unit}, help the {those}: of {num} such,"
    by_chance = num * found["num_negative"] / found["num_rows"]
    return (
        f"{begin} {right_of(point)} have {negative}, where {by_chance:.0f} would by chance. That finds "
        f"{of_100(point['found'])} of 100 with {negative}; {name_of(found['baseline'])} finds "
        f"{100 * point['found_by_baseline']['value']:.0f}, which is {_beside(point['over_baseline'])}."
    )


def _beside(over: Mapping[str, float]) -> str:
    """What a simple method finds beside the network, by what the network finds more."""
    return "fewer" if over["low"] > 0 else "more" if over["high"] < 0 else "not shown to differ"


def right_of(point: Mapping[str, Any]) -> str:
    """How many of those helped have the negative label, with the interval."""
    hit, low, high = (round(point["num_helped"] * point["right"][end]) for end in ("value", "low", "high"))
    return f"{hit} ({low} to {high})"


def lead_point(manifest: Manifest, found: Mapping[str, Any]) -> Mapping[str, Any]:
    """As many as the school said that it can help, else 20, else the first number of the table."""
    chosen = found["num_called"] if manifest.rule == "help" else _TIME_FOR
    table: Sequence[Mapping[str, Any]] = found["table"]
    return next((point for point in table if point["num_helped"] == chosen), table[0])


def unit_of(manifest: Manifest) -> str:
    """What is counted: students, or rows where one can have several."""
    return "students" if manifest.training["num_rows"] == manifest.training["num_students"] else "rows"


def where_wrong(manifest: Manifest) -> Iterator[str]:
    """Whom it misses and calls in vain, and how sure it was where it is surest."""
    evaluation, (negative, positive) = manifest.evaluation, map(quoted, manifest.schema.labels)
    if "at_threshold" in (found := evaluation["help"]):
        served = found["at_threshold"]
        num_positive = found["num_rows"] - found["num_negative"]
        yield (
            f"At its threshold it misses {served['num_missed']} of {found['num_negative']} with {negative}, and calls "
            f"{served['num_in_vain']} of {num_positive} with {positive} {negative}."
        )
    if bins := evaluation["reliability"]:
        for which, group in (("lowest", bins[0]), ("highest", bins[-1])):
            came = {name: group[key] for name, key in (("value", "share_positive"), ("low", "low"), ("high", "high"))}
            yield (
                f"Of the {group['num_rows']} to whom it gives the {which} probabilities of {positive}, "
                f"{100 * group['mean_probability']:.0f} % on the average, {of_100(came, ' %')} have {positive}."
            )
