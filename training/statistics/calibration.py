"""Calibration: what the network's log odds must be stretched and shifted by so that they mean what they say."""

from dataclasses import dataclass

import numpy as np

from training.statistics.folds import Folds
from training.statistics.metrics import fit_line

MIN_ROWS_OF_PLATT = 2000  # below, a shift is noise: it costs .001 to .005 in log loss on public tables of 400 to 650
_FLATTEST, _FARTHEST = 0.01, 30.0
_SMALLEST = 1e-7
LARGEST_LOG_ODDS = float(np.log((1 - _SMALLEST) / _SMALLEST))  # about 16: beyond, a float32 probability is 0 or 1
# An ensemble with chosen penalties needs next to no stretch: on public tables, and parts of them, of 16 to 650 rows
# each step from 5 to 50 and 100 forecast a little better. With more than that, what is plainly off would stay so.
_HELD_ROWS = 100.0


@dataclass(frozen=True)
class Calibration:
    """Calibrated log odds = slope x log odds + intercept.

    Attributes:
        method: `temperature` (no intercept) or `platt`.
        slope: Above 0.
        intercept: 0 for `temperature`, unless there is nothing to stretch.
    """

    method: str
    slope: float
    intercept: float

    def apply(self, probabilities: np.ndarray) -> np.ndarray:
        """Calibrated probabilities, of the same shape."""
        return sigmoid(self.slope * log_odds(probabilities) + self.intercept)


def fit_calibration(labels: np.ndarray, logits: np.ndarray) -> Calibration:
    """Fit on held-out log odds: one temperature, Platt's line from 2,000 rows on.

    Args:
        labels: 0 or 1, shape (num_rows,).
        logits: Log odds that were forecast for rows that were not trained on, shape (num_repeats, num_rows): by other
            networks in each repeat.

    Reference:
        Platt (1999), Advances in Large Margin Classifiers, 61-74; Guo et al. (2017), ICML, for the temperature.
    """
    num_repeats, num_rows = logits.shape
    labels, logits = np.tile(labels, num_repeats), logits.ravel()
    weights = np.full(len(labels), 1 / num_repeats)  # a row that was forecast twice is one row
    if num_rows >= MIN_ROWS_OF_PLATT:
        slopes, intercepts = fit_line(labels, logits, weights[None])
        slope, intercept, method = float(slopes[0]), float(intercepts[0]), "platt"
    else:
        slope, intercept, method = _fit_temperature(labels, logits, weights), 0.0, "temperature"
    # A slope of 0 or less would turn the order around; the gate sees from the figures that nothing was learned.
    held = min(max(slope, _FLATTEST), _FARTHEST)
    if held != slope and (method == "platt" or held == _FLATTEST):
        # The intercept that goes with this slope, not with the one that it was found with: what is left is the share.
        intercept = _fit_intercept(labels, held * logits, weights)
    return Calibration(method, held, intercept)


def cross_calibrations(labels: np.ndarray, logits: np.ndarray, folds: Folds) -> list[Calibration]:
    """For each fold the calibration that the rows outside it show, so that nobody is calibrated by their own label.

    Args:
        labels: 0 or 1, shape (num_rows,).
        logits: Held-out log odds of each repeat, shape (num_repeats, num_rows).
        folds: Who was held out when.

    Returns:
        One for each fold of each repeat, in order.
    """
    return [fit_calibration(labels[fold.train], logits[:, fold.train]) for fold in folds.each]


def cross_calibrated(probabilities: np.ndarray, calibrations: list[Calibration], folds: Folds) -> np.ndarray:
    """Held-out probabilities, each fold's by its own calibration; shape (num_repeats, num_rows) in and out."""
    calibrated = np.empty_like(probabilities)
    for calibration, (number, fold) in zip(calibrations, folds.numbered, strict=True):
        calibrated[number, fold.test] = calibration.apply(probabilities[number, fold.test])
    return calibrated


def log_odds(probabilities: np.ndarray) -> np.ndarray:
    """log(p / (1 - p)), clipped to within LARGEST_LOG_ODDS of 0."""
    clipped = np.clip(probabilities.astype(np.float64), _SMALLEST, 1 - _SMALLEST)
    return np.log(clipped / (1 - clipped))


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), without overflow."""
    probabilities: np.ndarray = 1 / (1 + np.exp(-np.clip(logits, -500, 500)))
    return probabilities


def _fit_intercept(labels: np.ndarray, logits: np.ndarray, weights: np.ndarray) -> float:
    """What must be added to log odds so that their mean probability is the share of positives, by Newton's method."""
    intercept = 0.0
    for _ in range(100):
        forecast = sigmoid(logits + intercept)
        curvature = weights @ (forecast * (1 - forecast)) + 1e-9
        intercept += float(np.clip(weights @ (labels - forecast) / curvature, -1, 1))
    return intercept


def _fit_temperature(labels: np.ndarray, logits: np.ndarray, weights: np.ndarray) -> float:
    """The slope alone, by Newton's method.

    Rows can be told apart by chance: some rows' worth of students who do just what was forecast hold it near 1.
    """
    held = _HELD_ROWS / weights.sum()
    towards = (labels + held * sigmoid(logits)) / (1 + held)
    weights = weights * (1 + held)
    slope = 1.0
    for _ in range(50):
        forecast = sigmoid(slope * logits)
        gradient = (weights * (towards - forecast)) @ logits
        curvature = (weights * forecast * (1 - forecast)) @ logits**2 + 1e-9
        slope = float(np.clip(slope + np.clip(gradient / curvature, -1, 1), -_FARTHEST, _FARTHEST))
    return slope
