"""The report's pictures: SVG that is legible in print and without colours, since lines differ in their dashes too."""

import io
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.metrics import precision_recall_curve, roc_curve

from registry.contract.conformal import NO_DECISION, UNCERTAIN, PredictionSets
from registry.contract.features import Category
from training.evaluation.importance import Importance
from training.evaluation.response import Response
from training.network.monitor import Curves

# Okabe & Ito's colours, which colour-blind readers tell apart, each with dashes of its own.
_BLUE, _ORANGE, _GREEN, _PURPLE, _YELLOW, _GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B58900", "#6B6B6B"
_PALE = "#9ECAE1"  # beside the orange told apart in grey too
_REFERENCE: Mapping[str, Any] = {"color": _GREY, "linewidth": 1, "linestyle": (0, (4, 3))}  # what to compare with
_POINTS: Mapping[str, Any] = {"color": _BLUE, "marker": "o", "linewidth": 0, "elinewidth": 1.4, "capsize": 3}
_NETWORK: Mapping[str, Any] = {"color": _BLUE, "linewidth": 2.4, "linestyle": "-"}
_OTHERS: Mapping[str, Mapping[str, Any]] = {
    "logistic_regression": {"color": _ORANGE, "linewidth": 1.3, "linestyle": (0, (5, 1.5))},
    "random_forest": {"color": _GREEN, "linewidth": 1.3, "linestyle": (0, (1, 1))},
    "hist_gradient_boosting": {"color": _PURPLE, "linewidth": 1.3, "linestyle": (0, (5, 1.5, 1, 1.5))},
    "prior_mark": {"color": _YELLOW, "linewidth": 1.3, "linestyle": (0, (8, 2, 1, 1, 1, 2))},
}
_LAYERS = ("-", (0, (5, 1.5)), (0, (1, 1)), (0, (5, 1.5, 1, 1.5)), (0, (8, 2)))
_COLOURS = (_BLUE, _ORANGE, _GREEN, _PURPLE, _YELLOW, _GREY)
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: small, sharp, and in whatever script the reader's fonts have
    "svg.hashsalt": "passfail",
    "font.size": 10,
    "text.parse_math": False,  # a column may be called "$"
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": False,
    "legend.frameon": False,
}
_COLUMNS = 4
_MOST_SHORT = 24
_MIN_CALLED = 10
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def reliability_diagram(bins: Sequence[Mapping[str, float]], positive: str) -> bytes:
    """What was forecast beside what came; bins as `training.statistics.metrics.reliability` gives them."""
    with _drawing((5, 4.6)) as (figure, save):
        axes = figure.subplots()
        forecast = np.array([entry["mean_probability"] for entry in bins])
        share = np.array([entry["share_positive"] for entry in bins])
        ends = _ends(share, [(entry["low"], entry["high"]) for entry in bins])
        axes.plot([0, 1], [0, 1], **_REFERENCE, label="as it should be")
        axes.errorbar(forecast, share, ends, **_POINTS, label="students")
        axes.set(
            xlim=(0, 1),
            ylim=(0, 1),
            xlabel=f"forecast P({_short(positive)})",
            ylabel=f"share that is {_quoted(positive)}",
        )
        axes.legend(loc="upper left")
    return save()


def curves_beside_baselines(
    labels: np.ndarray,
    network: np.ndarray,
    baselines: Mapping[str, np.ndarray],
    negative: str,
    names: Callable[[str], str],
) -> bytes:
    """ROC, and precision over recall of the negative label, on held-out students.

    Args:
        labels: 0 or 1, shape (num_rows,).
        network: Held-out P(positive), shape (num_rows,).
        baselines: Method → the same; the majority, which ranks nobody, is a straight line.
        negative: The negative label: those who are to be found.
        names: A method in plain words.
    """
    with _drawing((10, 4.6)) as (figure, save):
        left, right = figure.subplots(1, 2)
        found = labels == 0
        lines = [("the network", network, _NETWORK)]
        lines += [(names(method), baselines[method], style) for method, style in _OTHERS.items() if method in baselines]
        for name, probabilities, style in reversed(lines):
            false, true, _ = roc_curve(found, 1 - probabilities)
            left.plot(false, true, label=name, **style)
            right.plot(*_precision_over_recall(found, 1 - probabilities), label=name, **style)
        left.plot([0, 1], [0, 1], **_REFERENCE, label="guessing")
        right.axhline(found.mean(), **_REFERENCE, label="guessing")
        left.set(
            title="ROC",
            xlabel=f"share of the others who are called {_quoted(negative)}",
            ylabel=f"share of {_quoted(negative)} found",
        )
        right.set(
            title="Precision and recall",
            xlabel=f"share of {_quoted(negative)} found",
            ylabel=f"share of those called {_quoted(negative)} who are",
        )
        for axes in (left, right):
            axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
        handles, shown = left.get_legend_handles_labels()
        left.legend(handles[::-1], shown[::-1], loc="lower right", fontsize=9)
    return save()


def _precision_over_recall(found: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Recall, and precision at it; from where at least ten are called, since a share of fewer is chance."""
    precision, recall, thresholds = precision_recall_curve(found, scores)
    called = len(scores) - np.searchsorted(np.sort(scores), thresholds)
    enough = called >= min(_MIN_CALLED, len(scores) // 2)
    return recall[:-1][enough], precision[:-1][enough]


def answers_by_label(
    labels: np.ndarray, network: np.ndarray, names: tuple[str, str], sets: PredictionSets | None
) -> bytes:
    """How many students get which probability, and what is decided there.

    Args:
        labels: 0 or 1, shape (num_rows,).
        network: Held-out P(positive), shape (num_rows,).
        names: Of the negative and the positive label.
        sets: Where decisions are clear; None where none are offered.
    """
    with _drawing((7.5, 3.6)) as (figure, save):
        axes = figure.subplots()
        if sets is not None:
            _show_decisions(axes, sets, names)
        bins = np.linspace(0, 1, 21)
        counts = [np.histogram(network[labels == label], bins)[0] for label in (0, 1)]
        width = bins[1]
        axes.bar(bins[:-1], counts[0], width, align="edge", color=_ORANGE, edgecolor="white", label=_quoted(names[0]))
        axes.bar(
            bins[:-1], counts[1], width, counts[0], align="edge", color=_PALE, edgecolor="white", linewidth=0.8,
            label=_quoted(names[1]),
        )  # fmt: skip
        axes.set(xlim=(0, 1), ylim=(0, 1.2 * max((counts[0] + counts[1]).max(), 1)))
        axes.set(xlabel=f"forecast P({_short(names[1])})", ylabel="students")
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=9)
    return save()


def _show_decisions(axes: Axes, sets: PredictionSets, names: tuple[str, str]) -> None:
    """A strip at the top, hatched by what is decided at each probability."""
    probabilities = np.linspace(0, 1, 1001)
    decided = sets.decide(probabilities)
    for code, hatch, name in ((0, "//", names[0]), (1, "\\\\", names[1]), (NO_DECISION, "..", UNCERTAIN)):
        here = np.flatnonzero(decided == code)
        for number, run in enumerate(np.split(here, np.flatnonzero(np.diff(here) > 1) + 1)):
            if run.size:
                label = f"decision {_quoted(name)}" if number == 0 else None
                low, high = probabilities[run[[0, -1]]]
                axes.axvspan(low, high, 0.94, facecolor="white", edgecolor=_GREY, linewidth=0, hatch=hatch, label=label)


def learning_curves(curves: Curves, majority: float) -> bytes:
    """Losses, and norms of gradients on a logarithmic scale, over the epochs.

    Args:
        curves: How networks learned.
        majority: Log loss of the same forecast for everybody.
    """
    with _drawing((10, 3.8)) as (figure, save):
        left, right = figure.subplots(1, 2)
        left.plot(
            curves.epochs, curves.train_loss, color=_BLUE, linewidth=1.3, linestyle=(0, (5, 1.5)), label="training"
        )
        left.plot(curves.epochs, curves.held_out_loss, color=_ORANGE, linewidth=2.2, label="held out")
        left.axhline(majority, **_REFERENCE, label="the same for everybody")
        left.set(title="Log loss of single networks", xlabel="epoch", ylabel="nats, lower is better")
        left.set_ylim(bottom=0)
        left.legend(fontsize=9)
        for number, (layer, norms) in enumerate(curves.gradient_norms.items()):
            right.plot(
                curves.epochs,
                np.maximum(norms, 1e-12),
                label=layer.replace("_", " "),
                color=_COLOURS[number % len(_COLOURS)],
                linestyle=_LAYERS[number % len(_LAYERS)],
                linewidth=1.6,
            )
        right.set(title="Gradient norm of each layer", xlabel="epoch", yscale="log")
        # At least two powers of ten, so that small wiggles look small; and numbers as numbers, not as formulas.
        low, high = right.get_ylim()
        right.set_ylim(min(low, high / 100), high)
        right.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        right.yaxis.set_minor_formatter(lambda _value, _: "")
        right.legend(fontsize=9)
    return save()


def importance_bars(importances: Sequence[Importance]) -> bytes:
    """By how much the log loss rises without each feature, with 95 % intervals."""
    with _drawing((7.5, 0.9 + 0.28 * len(importances))) as (figure, save):
        axes = figure.subplots()
        heights = np.arange(len(importances))[::-1]
        values = np.array([entry.increase.value for entry in importances])
        ends = _ends(values, [(entry.increase.low, entry.increase.high) for entry in importances])
        axes.barh(heights, values, color=_BLUE, height=0.6, xerr=ends, error_kw={"elinewidth": 1.2, "capsize": 2.5})
        axes.axvline(0, color=_GREY, linewidth=1)
        axes.set_yticks(heights, [_short(entry.feature) for entry in importances])
        axes.set_ylim(-0.7, len(importances) - 0.3)
        axes.set(xlabel="rise of the log loss when the feature is shuffled")
    return save()


def response_panels(responses: Sequence[Response], positive: str) -> bytes:
    """What the network answers as each feature moves, with one standard deviation of the members around it."""
    num_lines = -(-len(responses) // _COLUMNS)
    with _drawing((10, 0.4 + 2.1 * num_lines)) as (figure, save):
        grid = figure.subplots(num_lines, min(_COLUMNS, len(responses)), sharey=True, squeeze=False)
        for axes, response in zip(grid.ravel(), responses, strict=False):
            _respond(axes, response)
        for axes in grid.ravel()[len(responses) :]:
            axes.set_axis_off()
        for axes in grid[:, 0]:
            axes.set(ylim=(0, 1), ylabel=f"P({_short(positive)})")
    return save()


def _respond(axes: Axes, response: Response) -> None:
    middle, spread = response.probability, response.spread
    if isinstance(response.feature, Category):
        ticks = np.arange(len(middle))
        axes.errorbar(ticks, middle, spread, **_POINTS)
        names = [_short(str(value), 12) for value in response.values]
        axes.set_xticks(ticks, names, rotation=90 if len(names) > 4 or sum(map(len, names)) > 18 else 0, fontsize=8)
        axes.set_xlim(-0.6, len(middle) - 0.4)
    else:
        values = np.array(response.values, dtype=float)
        if spread is not None:
            axes.fill_between(values, middle - spread, middle + spread, color=_BLUE, alpha=0.25, linewidth=0)
        axes.plot(values, middle, color=_BLUE, linewidth=1.8)
    axes.set_title(_short(response.feature.name), fontsize=10)
    if response.feature.unit:
        axes.set_xlabel(_short(f"({response.feature.unit})"), fontsize=8)


def _ends(values: np.ndarray, intervals: Sequence[tuple[float, float]]) -> np.ndarray:
    """How far intervals reach below and above their values, shape (2, num_values), as error bars take it."""
    ends: np.ndarray = np.abs(np.array(intervals).T - values)
    return ends


def _short(text: str, limit: int = _MOST_SHORT) -> str:
    """A name from a table: not too long, and without what XML, and so SVG, can't hold."""
    text = _NO_XML.sub("\ufffd", text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _quoted(label: str) -> str:
    return f"'{_short(label)}'"


@contextmanager
def _drawing(size: tuple[float, float]) -> Iterator[tuple[Figure, Callable[[], bytes]]]:
    """A figure of a size in inches, and what gives its SVG once it is drawn."""
    content = io.BytesIO()
    # A name in a script that the font in which it is measured does not have: the reader's fonts draw it.
    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        warnings.filterwarnings("ignore", message="Matplotlib currently does not support")
        figure = Figure(figsize=size, layout="constrained")
        yield figure, content.getvalue
        figure.savefig(content, format="svg", metadata={"Date": None, "Creator": None})
