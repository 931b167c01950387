"""Calibration: what is known to be off is put right, by rows other than those it is shown on."""

import numpy as np
import pytest

from tests.training.made import made
from training.calibration import MIN_ROWS_OF_PLATT, cross_calibrated, fit_calibration, log_odds, sigmoid
from training.folds import split
from training.metrics import calibration_line


def drawn(num_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """True log odds, and labels drawn by them."""
    generator = np.random.default_rng(2)
    logits = generator.normal(0, 2, num_rows)
    return (generator.random(num_rows) < sigmoid(logits)).astype(int), logits


def test_forecasts_that_are_too_extreme_and_shifted_are_put_right() -> None:
    """Platt's line on many rows: twice the log odds plus one is taken back."""
    labels, logits = drawn(5000)

    calibration = fit_calibration(labels, 2 * logits + 1)

    assert calibration.method == "platt"
    assert calibration.slope == pytest.approx(0.5, abs=0.05)
    assert calibration.intercept == pytest.approx(-0.5, abs=0.1)


def test_few_rows_have_a_temperature_only() -> None:
    """A shift of so few rows is noise."""
    labels, logits = drawn(MIN_ROWS_OF_PLATT - 1)

    calibration = fit_calibration(labels, 3 * logits)

    assert (calibration.method, calibration.intercept) == ("temperature", 0)
    assert calibration.slope == pytest.approx(1 / 3, abs=0.1)


@pytest.mark.parametrize("num_rows", [20, 400])
def test_forecasts_without_fault_have_an_end(num_rows: int) -> None:
    """The likeliest slope would be infinite."""
    labels = np.arange(num_rows) % 2

    calibration = fit_calibration(labels, np.where(labels == 1, 3.0, -3.0))

    assert 1 < calibration.slope <= 30


def test_forecasts_that_are_the_wrong_way_round_are_not_turned_around() -> None:
    """The order is the network's."""
    labels, logits = drawn(400)

    assert 0 < fit_calibration(labels, -logits).slope < 0.1


def test_each_fold_is_calibrated_by_the_others() -> None:
    """Forecasts are twice too extreme; one fold's labels don't matter to its own calibrated forecasts."""
    table = made(300, 1, signal=1)
    labels, logits = drawn(300)
    folds = split(table, 0)
    forecasts = [sigmoid(2 * logits[fold.test]) for fold in folds.each]
    one = folds.repeats[0][0].test
    turned = labels.copy()
    turned[one] = 1 - turned[one]
    only_first = type(folds)(folds.repeats[:1])

    calibrated = cross_calibrated(labels, forecasts, folds)
    first = cross_calibrated(labels, forecasts[:5], only_first)
    again = cross_calibrated(turned, forecasts[:5], only_first)

    slope = calibration_line(labels, log_odds(calibrated), 0, np.arange(300))["slope"]
    assert slope["low"] < 1 < slope["high"]
    assert calibration_line(labels, 2 * logits, 0, np.arange(300))["slope"]["high"] < 0.8
    np.testing.assert_array_equal(first[one], again[one])
    assert not np.array_equal(first, again)
