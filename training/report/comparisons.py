"""The network beside the baselines, the version before, and itself with fewer students, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from registry.store.manifest import Manifest
from training.report.words import capital, in_words, listed, name_of

_TREES = tuple(map(name_of, ("random_forest", "hist_gradient_boosting")))


def over_majority(evaluation: Mapping[str, Any]) -> Iterator[str]:
    """The network beside the share of the positive label as everybody's forecast."""
    difference = evaluation["comparisons"]["majority"]
    loss, other = (part["log_loss"]["value"] for part in (evaluation["model"], evaluation["baselines"]["majority"]))
    is_better = "are better" if difference["high"] < 0 else "are not shown to be better"
    yield (
        f"On students that it has not seen its forecasts {is_better} than the same forecast for everybody: log loss "
        f"{loss:.3f} against {other:.3f} (lower is better), a difference of {in_words(difference, '+.3f')}."
    )


def over_the_rest(evaluation: Mapping[str, Any]) -> Iterator[str]:
    """The network beside the baselines, by the intervals of the paired differences."""
    better, worse = rivals(evaluation, better=True), rivals(evaluation, better=False)
    others = [name_of(method) for method in evaluation["comparisons"] if method != "majority"]
    same = [name for name in others if name not in better + worse]
    parts = []
    if worse:
        parts.append(f"It is better than {listed(worse)}.")
    if same:
        parts.append(f"It is not shown to differ from {listed(same)}: as far as these figures go, either will do.")
    if better:
        parts.append(f"{capital(listed(better))} {'is' if len(better) == 1 else 'are'} better.")
    yield "Compared with simple methods in log loss, student by student. " + " ".join(parts)
    if better:
        yield _about_better(evaluation, better)


def _about_better(evaluation: Mapping[str, Any], better: list[str]) -> str:
    """What it matters that another method forecasts better, and what can be tried."""
    found, text = evaluation.get("help", {}), ""
    if "table" in found and found["baseline"] in evaluation["comparisons"]:
        # As many as there are to be found, of those in the table: there lists differ most.
        point = min(found["table"], key=lambda each: abs(each["num_helped"] - found["num_negative"]))
        over, num = point["over_baseline"], found["num_negative"]
        more, most, least = (round(-num * over[end]) for end in ("value", "low", "high"))
        name = name_of(found["baseline"])
        matters = "it matters" if over["high"] < 0 else "that is not shown to matter"
        text = (
            f"For who is helped {matters}: among the {point['num_helped']} most at risk {name} finds {abs(more)} "
            f"{'more' if more >= 0 else 'fewer'} of {num} than the network ({least:+d} to {most:+d}). "
        )
    if better[0] in _TREES:
        text += (
            "Trees see steps, and features that matter only together. To give the network more to see of them: more "
            "students, and a column of its own for what matters together. "
        )
    else:
        text += "What is simpler does better where students are few: more of them help, or fewer features. "
    return f"{text}What is served stays the network."


def rivals(evaluation: Mapping[str, Any], *, better: bool) -> list[str]:
    """Baselines other than the majority that are shown to be better than the network, or to be worse."""
    return [
        name_of(method)
        for method, difference in evaluation["comparisons"].items()
        if method != "majority" and (difference["low"] > 0 if better else difference["high"] < 0)
    ]


def over_the_version_before(manifest: Manifest) -> Iterator[str]:
    """The network beside the champion that was there, or why that is not known."""
    champion = manifest.gate["champion"]
    if champion is None:
        yield "There was no version before."
        return
    named = f"version {champion['version']}"
    if why := champion.get("unreadable") or "; ".join(champion.get("changes", ())):
        yield f"It can't be compared with {named}, which was in use: {why}."
        return
    for part, beside, left_out in (
        (
            "recipe",
            "On these students, beside the recipe of {} trained on them anew",
            "The recipe of {} was not tried",
        ),
        ("served", "On {} rows that {} has not seen, beside what it answers", "The answers of {} were not looked at"),
    ):
        contest = champion[part]
        if difference := contest.get("difference"):
            given = (named,) if part == "recipe" else (contest["num_rows"], named)
            yield (
                f"{beside.format(*given)}, it is {verdict_on(difference)}: log loss {in_words(difference, '+.3f')} "
                "(below 0: the new one is better)."
            )
        else:
            yield f"{left_out.format(named)}: {contest['left_out']}."


def verdict_on(difference: Mapping[str, float]) -> str:
    """Whether the network is better, by its log loss minus another's."""
    return "better" if difference["high"] < 0 else "worse" if difference["low"] > 0 else "not shown to differ"


def more_students(learning_curve: Mapping[str, Any]) -> str:
    """What twice the students brought, and what that says of more of them."""
    fewer, whole = learning_curve["points"][-2:]
    brought = learning_curve["last_doubling"]
    said = f"From {fewer['num_students']} students to {whole['num_students']} the log loss changed by"
    if brought["high"] < 0:
        hope = "it still fell, so that more students would help"
    elif brought["low"] > 0:
        hope = "it rose, which is chance or students of another kind"
    else:
        hope = "whether more students would help is not shown"
    return f"{said} {in_words(brought, '+.3f')}: {hope}."


def replaced_demonstration(manifest: Manifest, *, champion: bool) -> list[str]:
    """Who tried the 15 students first, and then a table of their own, is told that the service answers anew.

    Args:
        manifest: Of what was published.
        champion: Whether it is one now.

    Returns:
        A line; none where the champion before was another, or nothing changes for who asks.
    """
    former = manifest.gate["champion"]
    if not (champion and former and former.get("demonstration")):
        return []
    changes = "; ".join(former["changes"][:3]) + ("; …" if len(former["changes"]) > 3 else "")
    return [
        f"{manifest.name}: replaces the demonstration, version {former['version']} of the 15 students, as champion; "
        f"who asks the service must ask otherwise now: {changes}"
    ]
