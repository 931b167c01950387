"""What a run has to say at its end, for people."""

import shlex
from collections.abc import Mapping
from typing import Any

from registry.command_line import printable
from registry.store.manifest import Manifest
from registry.store.model_store import REPORT, Published
from training.report.advice import advise, audit_findings, decisions, learning, wrong_way
from training.report.comparisons import over_majority, over_the_rest, replaced_demonstration
from training.report.help import whom_to_help
from training.report.notebook import notebook_table
from training.report.threshold import at_threshold
from training.report.words import METRICS, in_words, spaced
from training.statistics.group_table import MIN_STUDENTS_OF_GROUP


def summarise(manifest: Manifest, published: Published, sheet: str = "") -> str:
    """What was trained, how good it is beside the baselines and for whom, the verdict, and where the version lies.

    Args:
        manifest: The version's.
        published: What became of it.
        sheet: Which of a workbook's sheets was read, in words, where there are several.
    """
    lines = [
        *replaced_demonstration(manifest, champion=published.champion),
        *wrong_way(manifest),
        *_notebook(manifest),
        *([f"{sheet}; sheet in the dataset file names another"] if sheet else []),
        *_what(manifest),
        *_figures(manifest.evaluation),
        *over_majority(manifest.evaluation),
        *over_the_rest(manifest.evaluation),
        *at_threshold(manifest),
        *_by_time(manifest.evaluation),
        *_by_group(manifest),
        *decisions(manifest),
        *audit_findings(manifest),
        *learning(manifest),
        f"verdict: {spaced(manifest.verdict)}",
        *(f"  {reason}" for reason in manifest.gate["reasons"]),
        f"in short: {advise(manifest).headline}",
        whom_to_help(manifest),
    ]
    if not published.champion:
        standing = "challenger: the champion stays"
    elif manifest.verdict == "rejected":
        standing = "champion all the same: there is no other"
    else:
        standing = "champion: the service uses it"
    if any(manifest.audit[f"num_{rows}"] for rows in ("suspect_labels", "duplicate_rows", "contradictory_rows")):
        command = f"python -m registry audit {manifest.version} --name {manifest.name} --models"
        lines.append(f"which rows look odd: {command} {shlex.quote(published.path.rsplit('/', 2)[0])}")
    lines.append(f"version {manifest.version} ({standing}) in {published.path}")
    lines.append(f"report for people: {published.path}/{REPORT}")
    return "\n".join(map(printable, lines))


def _notebook(manifest: Manifest) -> list[str]:
    table = notebook_table(manifest)
    if table is None:
        return []
    lines = [["", *table.heads], *([name, *cells] for name, cells in table.rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    shown = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]
    return ["the notebook, answered:", *(f"  {line}" for line in shown), *(f"  {text}" for text in table.sentences), ""]


def _what(manifest: Manifest) -> list[str]:
    training, protocol = manifest.training, manifest.evaluation["protocol"]
    rows = f"{training['num_students']} students"
    if training["num_rows"] != training["num_students"]:
        rows = f"{training['num_rows']} rows of {rows}"
    config = training["config"]
    lines = [
        f"{manifest.name}: {rows}, {training['num_positive']} {manifest.schema.labels[1]}; "
        f"{len(manifest.schema.features)} features; {config['members']} network(s) of "
        f"{' + '.join(map(str, config['hidden_units']))} hidden units",
        f"on students that it has not seen ({protocol['folds']}-fold cross-validation, {protocol['repeats']} times; "
        "95 % intervals):",
    ]
    return [*lines, f"  ({protocol['note']})"] if "note" in protocol else lines


def _figures(evaluation: Mapping[str, Any]) -> list[str]:
    shown = ("log_loss", "roc_auc", "accuracy")
    lines = ["  {:<22} {:<22} {:<22} {}".format("", *(METRICS[metric] for metric in shown))]
    for name, figures in {"network": evaluation["model"], **evaluation["baselines"]}.items():
        cells = [in_words(figures[metric]) for metric in shown]
        lines.append(f"  {spaced(name):<22} {cells[0]:<22} {cells[1]:<22} {cells[2]}")
    return lines


def _by_time(evaluation: Mapping[str, Any]) -> list[str]:
    by_time = evaluation.get("by_time")
    if by_time is None:
        return []
    if "left_out" in by_time:
        return [f"over time: not evaluated, {by_time['left_out']}"]
    trained, scored = _periods(by_time["trained_on"]), _periods(by_time["scored_on"])
    losses = {"network": by_time["model"], **by_time["baselines"]}
    shown = ", ".join(f"{spaced(name)} {figures['log_loss']['value']:.3f}" for name, figures in losses.items())
    return [f"over time, trained on {trained}, {by_time['num_test']} rows of {scored}: log loss {shown}"]


def _by_group(manifest: Manifest) -> list[str]:
    groups = manifest.evaluation["groups"]
    if not groups:
        return []
    negative = manifest.schema.labels[0]
    lines = ["by group (columns that the network does not see):"]
    for entry in groups:
        if "num_suppressed" in entry:
            lines.append(
                f"  {entry['column']:<22} {entry['num_suppressed']} more, of under {MIN_STUDENTS_OF_GROUP} students: "
                "not shown"
            )
            continue
        name = f"{entry['column']} {entry['group']}"
        recall = entry.get("negative_recall")
        found = f"; finds {in_words(recall)} of those with {negative!r} ({entry['num_negative']})" if recall else ""
        lines.append(f"  {name:<22} {entry['num_students']} students, log loss {in_words(entry['log_loss'])}{found}")
    return lines


def _periods(names: list[str]) -> str:
    return " and ".join(names) if len(names) < 3 else f"{names[0]} to {names[-1]}"
