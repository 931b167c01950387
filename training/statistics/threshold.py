"""The threshold above which the positive label is answered: chosen on out-of-fold forecasts, as somebody asked for."""

from dataclasses import dataclass

import numpy as np

from training.config import DecisionRule
from training.statistics.calibration import log_odds, sigmoid
from training.statistics.figure import Figure
from training.statistics.folds import Folds
from training.statistics.metrics import calibration_line, fit_line, means_over_students

_ROUNDING = 1e-9  # of a share times a number of rows


@dataclass(frozen=True)
class Threshold:
    """What serves, and who chose it how.

    Attributes:
        rule: Of the dataset file: `default`, `threshold`, `help` or `cost_ratio`.
        given: What was given with it.
        threshold: On P(positive), with its interval from resampling students; a number that was given has none.
        note: What must be said beside it.
    """

    rule: str
    given: float
    threshold: Figure
    note: str | None = None


def choose_threshold(
    rule: DecisionRule, labels: np.ndarray, forecasts: np.ndarray, students: np.ndarray, seed: int
) -> Threshold:
    """Choose the threshold that serves.

    Args:
        rule: What was given.
        labels: 0 or 1, shape (num_rows,).
        forecasts: Out-of-fold P(positive), shape (num_rows,).
        students: Who each row is of, int of shape (num_rows,), from 0.
        seed: Of the resamples.

    Reference:
        Woodruff (1952), JASA 47, 635-646: the interval of the share that is answered negative, as thresholds.
    """
    value = threshold_of(rule, labels, forecasts)
    low, high, note = value, value, None
    if rule.rule == "help":
        shares = means_over_students({"helped": (forecasts <= value).astype(float)}, students, seed)["helped"]
        low, high = (_among_those_at_risk(forecasts, share) for share in (shares.low, shares.high))
        note = _about_ties(forecasts, value, rule.given)
    elif rule.rule == "cost_ratio":
        line = calibration_line(labels, log_odds(forecasts), seed, students, np.log(rule.given))
        if (reached := line.get("reached")) is None:
            note = f"the forecasts tell nothing of the labels: {value:.3g} is what the ratio means of right ones"
        else:
            low, high = (float(sigmoid(np.array(end))) for end in (reached.low, reached.high))
    # What was chosen is within: by forecasts of exactly 0, and by few students, the resamples may all be beside it.
    return Threshold(rule.rule, rule.given, Figure(value, min(low, value), max(high, value)), note)


def threshold_of(rule: DecisionRule, labels: np.ndarray, forecasts: np.ndarray) -> float:
    """The threshold alone.

    For a cost ratio c it is where the line of calibration reaches c / (1 + c), from which on to help costs more than to
    miss; c / (1 + c) itself where forecasts mean what they say, or tell nothing.

    Args:
        rule: What was given.
        labels: 0 or 1, shape (num_rows,).
        forecasts: P(positive) of rows that were not trained on, shape (num_rows,).

    Returns:
        In [0, 1].

    Reference:
        Elkan (2001), IJCAI, 973-978, for the threshold of a cost ratio.
    """
    if rule.rule == "help":
        return _among_those_at_risk(forecasts, rule.given)
    if rule.rule == "cost_ratio":
        slope, intercept = (float(each[0]) for each in fit_line(labels, log_odds(forecasts), np.ones((1, len(labels)))))
        odds = np.log(rule.given)
        return float(sigmoid(np.array((odds - intercept) / slope if slope > 0 else odds)))
    return rule.given


def thresholds_of_others(rule: DecisionRule, labels: np.ndarray, forecasts: np.ndarray, folds: Folds) -> np.ndarray:
    """For each row the threshold that the rows outside its fold give, so that nobody is scored by one fitted on them.

    Args:
        rule: What was given.
        labels: 0 or 1, shape (num_rows,).
        forecasts: Out-of-fold P(positive), shape (num_rows,).
        folds: Who was held out when.

    Returns:
        Their mean over the repeats, shape (num_rows,).
    """
    if rule.rule in ("default", "threshold"):
        return np.full(len(labels), rule.given)
    thresholds = np.empty((len(folds.repeats), len(labels)))
    for number, fold in folds.numbered:
        thresholds[number, fold.test] = threshold_of(rule, labels[fold.train], forecasts[fold.train])
    of_rows: np.ndarray = thresholds.mean(axis=0)
    return of_rows


def _among_those_at_risk(forecasts: np.ndarray, share: float) -> float:
    """Between the last of a share of the rows, those with the lowest forecasts, and the next; before any that tie."""
    values, counts = np.unique(forecasts.astype(np.float64), return_counts=True)
    num_within = int(np.searchsorted(np.cumsum(counts), share * len(forecasts) + _ROUNDING, side="right"))
    ends = np.concatenate([[0.0], values, [1.0]])
    return float(ends[num_within : num_within + 2].mean())


def _about_ties(forecasts: np.ndarray, threshold: float, share: float) -> str | None:
    num, most = int((forecasts <= threshold).sum()), int(share * len(forecasts) + _ROUNDING)
    if num == most:
        return None if most else f"{share:g} of {len(forecasts)} rows is not one"
    above = forecasts[forecasts > threshold]
    alike = forecasts == (above.min() if num < most else threshold)
    return f"{num} rows instead of {most}: {int(alike.sum())} have one and the same forecast there"
