"""Calibration: what the network's log odds must be stretched and shifted by so that they mean what they say."""

from dataclasses import dataclass

import numpy as np

from training.folds import Folds
from training.metrics import fit_line

MIN_ROWS_OF_PLATT = 200  # below, a shift is noise: only the stretch is fitted
_FARTHEST = 30.0
_PRIOR_ROWS = 0.1


@dataclass(frozen=True)
class Calibration:
    """Calibrated log odds = slope x log odds + intercept.

    Attributes:
        method: `temperature` (no intercept) or `platt`.
        slope: Above 0.
        intercept: 0 for `temperature`.
    """

    method: str
    slope: float
    intercept: float

    def apply(self, logits: np.ndarray) -> np.ndarray:
        """Calibrated log odds, of the same shape."""
        return self.slope * logits + self.intercept


def fit_calibration(labels: np.ndarray, logits: np.ndarray) -> Calibration:
    """Fit on held-out log odds: one temperature on few rows, Platt's line from 200 rows on.

    Args:
        labels: 0 or 1, shape (num_rows,).
        logits: Log odds that were forecast for rows that were not trained on, shape (num_rows,).

    Reference:
        Platt (1999), Advances in Large Margin Classifiers, 61-74; Guo et al. (2017), ICML, for the temperature.
    """
    if len(labels) >= MIN_ROWS_OF_PLATT:
        slopes, intercepts = fit_line(labels, logits, np.ones((1, len(labels))))
        slope, intercept, method = float(slopes[0]), float(intercepts[0]), "platt"
    else:
        slope, intercept, method = _fit_temperature(labels, logits), 0.0, "temperature"
    # A slope of 0 or less would turn the order around; the gate sees from the figures that nothing was learned.
    return Calibration(method, min(max(slope, 0.01), _FARTHEST), intercept)


def cross_calibrated(labels: np.ndarray, forecasts: list[np.ndarray], folds: Folds) -> np.ndarray:
    """Calibrate each fold's forecasts by what the other folds of its repeat show.

    Args:
        labels: 0 or 1, shape (num_rows,).
        forecasts: Per fold, P(positive) of its test rows.
        folds: Whose test rows they are.

    Returns:
        Calibrated probabilities averaged over repeats, shape (num_rows,).
    """
    total, first = np.zeros(len(labels)), 0
    for repeat in folds.repeats:
        logits = np.zeros(len(labels))
        for number, fold in enumerate(repeat):
            logits[fold.test] = log_odds(forecasts[first + number])
        for fold in repeat:
            others = np.ones(len(labels), dtype=bool)
            others[fold.test] = False
            calibration = fit_calibration(labels[others], logits[others])
            total[fold.test] += sigmoid(calibration.apply(logits[fold.test]))
        first += len(repeat)
    return total / len(folds.repeats)


def log_odds(probabilities: np.ndarray) -> np.ndarray:
    """log(p / (1 - p)), with p clipped to [1e-7, 1 - 1e-7]."""
    clipped = np.clip(probabilities.astype(np.float64), 1e-7, 1 - 1e-7)
    return np.log(clipped / (1 - clipped))


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), without overflow."""
    probabilities: np.ndarray = 1 / (1 + np.exp(-np.clip(logits, -500, 500)))
    return probabilities


def _fit_temperature(labels: np.ndarray, logits: np.ndarray) -> float:
    """The slope alone, by Newton's method; drawn a little towards 1, since few rows can be told apart by chance."""
    slope = 1.0
    for _ in range(50):
        forecast = sigmoid(slope * logits)
        gradient = (labels - forecast) @ logits - _PRIOR_ROWS * (slope - 1)
        curvature = (forecast * (1 - forecast)) @ logits**2 + _PRIOR_ROWS
        slope = float(np.clip(slope + np.clip(gradient / curvature, -1, 1), -_FARTHEST, _FARTHEST))
    return slope
