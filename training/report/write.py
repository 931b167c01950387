"""Writes a version's `report.html`, `model_card.md` and `training.json`: what is in them, none of how it looks."""

import base64
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from registry.contract.conformal import prediction_sets
from registry.contract.features import Feature
from registry.store.manifest import Manifest
from registry.store.model_store import CURVES, MODEL_CARD, REPORT
from training.evaluation.importance import Importance
from training.evaluation.response import Response
from training.network.monitor import Curves
from training.report import figures
from training.report.advice import advise
from training.report.comparisons import more_students, over_the_version_before, verdict_on
from training.report.help import lead_point, right_of, unit_of, where_wrong, whom_to_help
from training.report.notebook import notebook_table
from training.report.threshold import at_threshold
from training.report.words import METRICS, in_words, leak_name, name_of, of_100, spaced
from training.statistics.group_table import MIN_STUDENTS_OF_GROUP

_MOST_FEATURES = 40  # pictures of more would be large, and nobody looks at them
_FLAT = 0.05  # of probability, that a feature moves the forecast by from one end of its range to the other
_MIN_STUDENTS_SHOWN = 50  # below, a histogram or a curve would show single students


@dataclass(frozen=True)
class ReportData:
    """What the report shows beside what the manifest says.

    Attributes:
        labels: 0 or 1, shape (num_rows,).
        network: Held-out P(positive) of the network, calibrated, shape (num_rows,).
        baselines: Method → the same of each baseline.
        curves: How networks learned.
        importances: Of every feature, the most important first.
        responses: Of every feature.
    """

    labels: np.ndarray
    network: np.ndarray
    baselines: Mapping[str, np.ndarray]
    curves: Curves
    importances: Sequence[Importance]
    responses: Sequence[Response]


def write_report(manifest: Manifest, data: ReportData, staged: Path) -> None:
    """Write the three files; no student's row is in any of them.

    Args:
        manifest: Of the version, about to be published.
        data: What the pictures show.
        staged: The version's folder.
    """
    context = _context(manifest, data)
    (staged / REPORT).write_text(_render("report.html.jinja", context), encoding="utf-8")
    (staged / MODEL_CARD).write_text(_render("model_card.md.jinja", context), encoding="utf-8")
    document = data.curves.to_dict() | {"findings": manifest.training["findings"]}
    (staged / CURVES).write_text(json.dumps(document, allow_nan=False, ensure_ascii=False) + "\n", encoding="utf-8")


def _context(manifest: Manifest, data: ReportData) -> dict[str, Any]:
    evaluation, schema = manifest.evaluation, manifest.schema
    titles = schema.titles
    by_name = {response.feature.name: response for response in data.responses}
    shown = data.importances[:_MOST_FEATURES]
    responses = [by_name[entry.feature] for entry in shown if entry.feature in by_name]
    flat = [response.feature.name for response in responses if np.ptp(response.probability) < _FLAT]
    called = [replace(entry, feature=titles[entry.feature]) for entry in shown]
    help_found = None if "left_out" in evaluation["help"] else evaluation["help"]
    learning_curve = evaluation.get("learning_curve")
    pictures = _pictures(manifest, data, help_found)
    pictures["importance"] = _data_url(figures.importance_bars(called))
    pictures["responses"] = [
        (titles[response.feature.name], _data_url(figures.response_panel(response, titles[response.feature.name])))
        for response in responses
        if response.feature.name not in flat
    ]
    return {
        "manifest": manifest,
        "training": manifest.training,
        "evaluation": evaluation,
        "conformal": manifest.conformal or {},
        "audit": manifest.audit,
        "schema": schema,
        "negative": schema.labels[0],
        "positive": schema.labels[1],
        "advice": advise(manifest),
        "whom": whom_to_help(manifest),
        # Where the list is as long as what the threshold calls, that would be said twice.
        "threshold": [] if manifest.rule == "help" else list(at_threshold(manifest)),
        "help": help_found,
        "lead": None if help_found is None else lead_point(manifest, help_found),
        "baseline": None if help_found is None else name_of(help_found["baseline"]),
        "unit": unit_of(manifest),
        "learning_curve": learning_curve,
        "more": more_students(learning_curve) if learning_curve and pictures["more"] else None,
        "before": list(over_the_version_before(manifest)),
        "wrong": list(where_wrong(manifest)),
        "metrics": METRICS,
        "scores": {"the network": evaluation["model"]}
        | {name_of(method): scores for method, scores in evaluation["baselines"].items()},
        "comparisons": {name_of(method): figure for method, figure in evaluation["comparisons"].items()},
        "pictures": pictures,
        "notebook": (notebook := notebook_table(manifest)),
        "contents": _contents(
            is_notebook=notebook is not None, is_help_shown=help_found is not None, has_curve=learning_curve is not None
        ),
        "titles": titles,
        "importances": called,
        "flat": [titles[name] for name in flat],
        "flattest": _FLAT,
        "curves": data.curves,
        "fewest": _MIN_STUDENTS_SHOWN,
        "min_students": MIN_STUDENTS_OF_GROUP,
        "num_features_left_out": len(data.importances) - len(shown),
    }


def _pictures(manifest: Manifest, data: ReportData, help_found: Mapping[str, Any] | None) -> dict[str, Any]:
    """Those that need no choice of features, as addresses; None for what is not shown."""
    evaluation, (negative, positive) = manifest.evaluation, manifest.schema.labels
    majority = evaluation["baselines"]["majority"]["log_loss"]["value"]
    pictures: dict[str, Any] = {
        "learning": figures.learning_curves(data.curves, majority),
        "ranking": None,
        "help": None,
        "more": None,
        "reliability": None,
        "answers": None,
    }
    if help_found is not None:
        pictures["help"] = figures.help_curve(help_found, name_of(help_found["baseline"]), negative, unit_of(manifest))
    if points := evaluation.get("learning_curve", {}).get("points"):
        pictures["more"] = figures.learning_curve(points)
    if evaluation["reliability"]:
        pictures["reliability"] = figures.reliability_diagram(evaluation["reliability"], positive)
    if manifest.training["num_students"] >= _MIN_STUDENTS_SHOWN:
        # Those that rank nobody have no curve.
        ranking = {
            method: probabilities
            for method, probabilities in data.baselines.items()
            if evaluation["baselines"][method]["roc_auc"] != {"value": 0.5, "low": 0.5, "high": 0.5}
        }
        pictures["ranking"] = figures.curves_beside_baselines(data.labels, data.network, ranking, negative, name_of)
        sets = prediction_sets(manifest.conformal, manifest.schema.labels, manifest.threshold)
        pictures["answers"] = figures.answers_by_label(data.labels, data.network, manifest.schema.labels, sets)
    return {
        name: tuple(map(_data_url, content)) if isinstance(content, tuple) else content and _data_url(content)
        for name, content in pictures.items()
    }


def _contents(*, is_notebook: bool, is_help_shown: bool, has_curve: bool) -> list[tuple[str, str]]:
    """Where each part of the report begins, and what it is called."""
    return [
        *([("notebook", "The notebook, answered")] if is_notebook else []),
        *([("help", "Whom to help")] if is_help_shown else []),
        ("why", "Why"),
        *([("costs", "Costs")] if is_help_shown else []),
        ("groups", "For whom it works"),
        *([("more", "More students")] if has_curve else []),
        ("before", "The version before"),
        ("wrong", "Where it is wrong"),
        ("complete", "Completeness"),
        ("scores", "Beside simple methods"),
        ("probabilities", "Probabilities and decisions"),
        ("features", "What it goes by"),
        ("odd", "What is odd"),
        ("learning", "How it learned"),
        ("made", "How it was made"),
    ]


def _render(template: str, context: Mapping[str, Any]) -> str:
    is_html = template.endswith(".html.jinja")
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        # Names and labels come from a table: no cell may become markup.
        autoescape=is_html,
        finalize=None if is_html else _plain_in_markdown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "interval": _interval,
        "per_100": _per_100,
        "points": _points,
        "percent": _percent,
        "right_of": right_of,
        "verdict_on": verdict_on,
        "of": _of,
        "spaced": spaced,
        "leak_name": leak_name,
        "in_full": _in_full,
    }
    return environment.get_template(template).render(context)


def _in_full(feature: Feature) -> str:
    """What people call it, and what tables and requests do."""
    return feature.name if feature.title is None else f"{feature.title} ({feature.name})"


def _plain_in_markdown(value: Any) -> Any:
    """Text that Markdown shows as it is, on one line; at its start no list begins."""
    if not isinstance(value, str):
        return value
    text = re.sub(r"([\\`*_{}\[\]<>|#&])", r"\\\1", " ".join(value.split()))
    return re.sub(r"^(\d+)?([-+.)])(?=\s)", r"\1\\\2", text)


def _interval(figure: Mapping[str, float] | None, form: str = ".3f") -> str:
    if figure is None or not math.isfinite(figure["value"]):
        return "-"
    return in_words(figure, form)


def _per_100(figure: Mapping[str, float] | None) -> str:
    return "-" if figure is None else of_100(figure, " %")


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _points(figure: Mapping[str, float] | None) -> str:
    """A difference of shares with its interval, in points of a hundred."""
    return "-" if figure is None else in_words({name: 100 * value for name, value in figure.items()}, "+.0f")


def _of(num: int, noun: str) -> str:
    return f"{num} {noun}" if num == 1 else f"{num} {noun}s"


def _data_url(svg: bytes) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode()
