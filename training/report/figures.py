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
_BLUE, _ORANGE, _GREEN, _PURPLE, _YELLOW, _GREY = "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b58900", "#6b6b6b"
_PALE = "#9ecae1"  # beside the orange told apart in grey too
_INK = "#1a1a1a"
# The same on a dark ground. The page has none of its own: what is on screen or paper shows through.
_IN_THE_DARK = {
    _INK: "#e6e6e6", _BLUE: "#5ab0e8", _ORANGE: "#f0803c", _GREEN: "#2fc49a", _PURPLE: "#e29cc4", _YELLOW: "#e0b93b",
    _GREY: "#a3a3a3", _PALE: "#9ecae1",
}  # fmt: skip
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
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), _INK),
    "text.parse_math": False,  # a column may be called "$"
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": False,
    "legend.frameon": False,
}
_MOST_SHORT = 24
_MIN_CALLED = 10
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def help_curve(help_found: Mapping[str, Any], baseline: str, negative: str, unit: str) -> bytes:
    """Share of the negative that is found, over how many are helped, beside chance and a perfect list.

    Args:
        help_found: As `training.statistics.help_curve` gives it.
        baseline: The best simple method in plain words.
        negative: The negative label: those who are to be found.
        unit: What is helped: students, or rows where a student has several.
    """
    num_rows, num_negative = help_found["num_rows"], help_found["num_negative"]
    num_helped = [0, *help_found["num_helped"], num_rows]
    served = help_found["at_threshold"]
    with _drawing((5.4, 4)) as (figure, save):
        axes = figure.subplots()
        axes.plot(
            [0, num_negative, num_rows], [0, 1, 1], color=_GREY, linewidth=1, linestyle=":", label="a perfect list"
        )
        low, high = ([0, *help_found[name], 1] for name in ("low", "high"))
        axes.fill_between(num_helped, low, high, color=_BLUE, alpha=0.2, linewidth=0, label="95 % interval")
        axes.plot(num_helped, [0, *help_found["found"], 1], **_NETWORK, label="the network")
        style = _OTHERS.get(help_found["baseline"], {"color": _ORANGE, "linestyle": "--"})
        axes.plot(num_helped, [0, *help_found["found_by_baseline"], 1], **style, label=baseline)
        axes.plot([0, num_rows], [0, 1], **_REFERENCE, label="chance")
        num = served["num_found"] + served["num_in_vain"]
        axes.plot(num, served["found"]["value"], color=_INK, marker="o", linewidth=0, label="its threshold")
        # What lies beyond matters to nobody: who can help as many needs no list.
        axes.set(xlim=(0, min(num_rows, max(3 * num_negative, 1.2 * num))), ylim=(0, 1.02))
        axes.set(xlabel=f"{unit} helped, those most at risk first", ylabel=f"of those with {_quoted(negative)}, found")
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
        axes.legend(loc="lower right", fontsize=9)
    return save()


def learning_curve(points: Sequence[Mapping[str, Any]]) -> bytes:
    """Log loss on held-out students over how many were trained on, with 95 % intervals."""
    with _drawing((4.4, 3)) as (figure, save):
        axes = figure.subplots()
        losses = [point["log_loss"] for point in points]
        values = np.array([loss["value"] for loss in losses])
        ends = _ends(values, [(loss["low"], loss["high"]) for loss in losses])
        nums = [point["num_students"] for point in points]
        axes.errorbar(nums, values, ends, **{**_POINTS, "linewidth": 1.8})
        axes.set(xlabel="students trained on", ylabel="log loss, lower is better", xlim=(0, 1.05 * nums[-1]))
    return save()


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
) -> tuple[bytes, bytes]:
    """ROC, and precision over recall of the negative label, on held-out students.

    Args:
        labels: 0 or 1, shape (num_rows,).
        network: Held-out P(positive), shape (num_rows,).
        baselines: Method → the same; the majority, which ranks nobody, is a straight line.
        negative: The negative label: those who are to be found.
        names: A method in plain words.
    """
    found = labels == 0
    lines = [("the network", network, _NETWORK)]
    lines += [(names(method), baselines[method], style) for method, style in _OTHERS.items() if method in baselines]
    with _drawing((4.8, 4.4)) as (figure, save_roc):
        axes = figure.subplots()
        for name, probabilities, style in reversed(lines):
            false, true, _ = roc_curve(found, 1 - probabilities)
            axes.plot(false, true, label=name, **style)
        axes.plot([0, 1], [0, 1], **_REFERENCE, label="guessing")
        axes.set(title="ROC", xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
        axes.set(
            xlabel=f"share of the others who are called {_quoted(negative)}",
            ylabel=f"share of {_quoted(negative)} found",
        )
        handles, shown = axes.get_legend_handles_labels()
        axes.legend(handles[::-1], shown[::-1], loc="lower right", fontsize=9)
    with _drawing((4.8, 4.4)) as (figure, save_precision):
        axes = figure.subplots()
        for _, probabilities, style in reversed(lines):
            axes.plot(*_precision_over_recall(found, 1 - probabilities), **style)
        axes.axhline(found.mean(), **_REFERENCE)
        axes.set(title="Precision and recall", xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
        axes.set(
            xlabel=f"share of {_quoted(negative)} found",
            ylabel=f"share of those called {_quoted(negative)} who are",
        )
    return save_roc(), save_precision()


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
    with _drawing((5.4, 4)) as (figure, save):
        axes = figure.subplots()
        if sets is not None:
            _show_decisions(axes, sets, names)
        bins = np.linspace(0, 1, 21)
        counts = [np.histogram(network[labels == label], bins)[0] for label in (0, 1)]
        bars: dict[str, Any] = {"width": 0.9 * bins[1], "align": "center"}
        middles = bins[:-1] + bins[1] / 2
        axes.bar(middles, counts[0], color=_ORANGE, label=_quoted(names[0]), **bars)
        axes.bar(middles, counts[1], bottom=counts[0], color=_PALE, label=_quoted(names[1]), **bars)
        axes.set(xlim=(0, 1), ylim=(0, 1.2 * max((counts[0] + counts[1]).max(), 1)))
        axes.set(xlabel=f"forecast P({_short(names[1])})", ylabel="students")
        figure.legend(loc="outside lower center", ncols=2, fontsize=9)
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
                axes.axvspan(low, high, 0.94, facecolor="none", edgecolor=_GREY, linewidth=0, hatch=hatch, label=label)


def learning_curves(curves: Curves, majority: float) -> tuple[bytes, bytes]:
    """Losses, and norms of gradients on a logarithmic scale, over the epochs.

    Args:
        curves: How networks learned.
        majority: Log loss of the same forecast for everybody.
    """
    with _drawing((4.8, 3.6)) as (figure, save_losses):
        axes = figure.subplots()
        dashed: tuple[float, tuple[float, float]] = (0, (5, 1.5))
        axes.plot(curves.epochs, curves.train_loss, color=_BLUE, linewidth=1.3, linestyle=dashed, label="training")
        axes.plot(curves.epochs, curves.held_out_loss, color=_ORANGE, linewidth=2.2, label="held out")
        axes.axhline(majority, **_REFERENCE, label="the same for everybody")
        axes.set(title="Log loss of single networks", xlabel="epoch", ylabel="nats, lower is better")
        axes.set_ylim(bottom=0)
        axes.legend(fontsize=9)
    with _drawing((4.8, 3.6)) as (figure, save_norms):
        axes = figure.subplots()
        for number, (layer, norms) in enumerate(curves.gradient_norms.items()):
            axes.plot(
                curves.epochs,
                np.maximum(norms, 1e-12),
                label=layer.replace("_", " "),
                color=_COLOURS[number % len(_COLOURS)],
                linestyle=_LAYERS[number % len(_LAYERS)],
                linewidth=1.6,
            )
        axes.set(title="Gradient norm of each layer", xlabel="epoch", yscale="log")
        # At least two powers of ten, so that small wiggles look small; and numbers as numbers, not as formulas.
        low, high = axes.get_ylim()
        axes.set_ylim(min(low, high / 100), high)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.yaxis.set_minor_formatter(lambda _value, _: "")
        axes.legend(fontsize=9)
    return save_losses(), save_norms()


def importance_bars(importances: Sequence[Importance]) -> bytes:
    """By how much the log loss rises without each feature, with 95 % intervals."""
    with _drawing((5.4, 0.9 + 0.26 * len(importances))) as (figure, save):
        axes = figure.subplots()
        heights = np.arange(len(importances))[::-1]
        values = np.array([entry.increase.value for entry in importances])
        ends = _ends(values, [(entry.increase.low, entry.increase.high) for entry in importances])
        axes.barh(
            heights,
            values,
            color=_BLUE,
            height=0.6,
            xerr=ends,
            error_kw={"elinewidth": 1.2, "capsize": 2.5, "ecolor": _INK},
        )
        axes.axvline(0, color=_GREY, linewidth=1)
        axes.set_yticks(heights, [_short(entry.feature) for entry in importances])
        axes.set_ylim(-0.7, len(importances) - 0.3)
        axes.set(xlabel="rise of the log loss when the feature is shuffled")
    return save()


def response_panel(response: Response, title: str) -> bytes:
    """What the network answers as a feature moves, with one standard deviation of the members around it."""
    middle, spread = response.probability, response.spread
    with _drawing((2.5, 2)) as (figure, save):
        axes = figure.subplots()
        if isinstance(response.feature, Category):
            ticks = np.arange(len(middle))
            axes.errorbar(ticks, middle, spread, **_POINTS)
            names = [_short(response.feature.labels.get(str(value), str(value)), 12) for value in response.values]
            is_upright = len(names) > 4 or sum(map(len, names)) > 18
            axes.set_xticks(ticks, names, rotation=90 if is_upright else 0, fontsize=8)
            axes.set_xlim(-0.6, len(middle) - 0.4)
        else:
            values = np.array(response.values, dtype=float)
            if spread is not None:
                axes.fill_between(values, middle - spread, middle + spread, color=_BLUE, alpha=0.25, linewidth=0)
            axes.plot(values, middle, color=_BLUE, linewidth=1.8)
        axes.set_title(_short(title), fontsize=10)
        axes.set_ylim(0, 1)
        if response.feature.unit:
            axes.set_xlabel(_short(f"({response.feature.unit})"), fontsize=8)
    return save()


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
        yield figure, lambda: _light_and_dark(content.getvalue())
        figure.savefig(content, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)


def _light_and_dark(svg: bytes) -> bytes:
    """With each colour named, and its value by what the reader's screen prefers."""
    for number, colour in enumerate(_IN_THE_DARK):
        svg = svg.replace(f": {colour}".encode(), b": var(--c%d)" % number)
    light, dark = (
        "".join(f"--c{number}:{colour};" for number, colour in enumerate(colours))
        for colours in (_IN_THE_DARK, _IN_THE_DARK.values())
    )
    themes = f"svg{{{light}}}@media screen and (prefers-color-scheme:dark){{svg{{{dark}}}}}"
    return svg.replace(b'<style type="text/css">', f'<style type="text/css">{themes}'.encode(), 1)
