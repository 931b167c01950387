"""What things are called for people, and how figures of a manifest are said."""

from collections.abc import Mapping
from typing import Any

from training.statistics.figure import Figure

BASELINES = {
    "majority": "the same forecast for everybody",
    "logistic_regression": "logistic regression",
    "random_forest": "a random forest",
    "hist_gradient_boosting": "gradient boosting",
    "prior_mark": "the rule of the earlier mark",
}
METRICS = {
    "log_loss": "log loss",
    "brier": "Brier score",
    "roc_auc": "AUC",
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
}
WHY_REJECTED = {
    "too_good": "it is too good to be true, as where something is known only after the label",
    "majority": "it is not shown to be better than the same forecast for everybody",
    "logistic_regression": "logistic regression forecasts better, and is simpler",
    "calibration": "its probabilities do not mean what they say",
    "finite": "not every answer is a number",
    "monotone": "it does not move in the declared direction as a feature grows",
    "unreadable": "it could not be compared with the version in use",
    "schema": "what goes in or out is not what the version in use has, so that programs which ask it would fail",
    "champion": "the version in use forecasts better",
    "groups": "in one group it finds fewer than the version in use",
}


def name_of(baseline: str) -> str:
    """A baseline in plain words."""
    return BASELINES.get(baseline, spaced(baseline))


def spaced(key: str) -> str:
    """A key of the manifest as people write it: a baseline in a narrow table, a verdict."""
    return key.replace("_", " ")


def quoted(text: str) -> str:
    """A name from a table, as people quote."""
    return f"'{text}'"


def leak_name(leak: Mapping[str, Any]) -> str:
    """What gives the label away: a feature, whether it is blank, or what two make together."""
    name, by = quoted(leak["feature"]), leak.get("by")
    if by is None:
        return name
    return f"whether {name} is blank" if by == "blank" else f"{name} {by} {quoted(leak['other'])}"


def in_words(figure: Mapping[str, float], form: str = ".3f") -> str:
    """A manifest's figure with its interval, each in a number format of Python's."""
    return format(Figure(figure["value"], figure["low"], figure["high"]), form)


def of_100(figure: Mapping[str, float], unit: str = "") -> str:
    """A manifest's share with its interval, as so many of a hundred."""
    return f"{100 * figure['value']:.0f}{unit} ({100 * figure['low']:.0f} to {100 * figure['high']:.0f})"


def listed(names: list[str]) -> str:
    """As a sentence lists them."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def capital(text: str) -> str:
    """As a sentence begins."""
    return text[:1].upper() + text[1:]
