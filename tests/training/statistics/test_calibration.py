"""Calibration: what is known to be off is put right, by rows other than those it is shown on."""

import numpy as np
import pytest

from tests.support.tables import made
from training.evaluation.cross_validation import calibrate
from training.statistics.calibration import MIN_ROWS_OF_PLATT, fit_calibration, log_odds, sigmoid
from training.statistics.folds import split
from training.statistics.metrics import calibration_line


def drawn(num_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """True log odds, and labels drawn by them."""
    generator = np.random.default_rng(2)
    logits = generator.normal(0, 2, num_rows)
    return (generator.random(num_rows) < sigmoid(logits)).astype(int), logits


def test_forecasts_that_are_too_extreme_and_shifted_are_put_right() -> None:
    """Platt's line on many rows: twice the log odds plus one is taken back."""
    labels, logits = drawn(5000)

    calibration = fit_calibration(labels, 2 * logits[None] + 1)

    assert calibration.method == "platt"
    assert calibration.slope == pytest.approx(0.5, abs=0.05)
    assert calibration.intercept == pytest.approx(-0.5, abs=0.1)


def test_few_rows_have_a_temperature_only() -> None:
    """A shift of so few rows is noise."""
    labels, logits = drawn(MIN_ROWS_OF_PLATT - 1)

    calibration = fit_calibration(labels, 3 * logits[None])

    assert (calibration.method, calibration.intercept) == ("temperature", 0)
    assert calibration.slope == pytest.approx(1 / 3, abs=0.05)


@pytest.mark.parametrize("num_rows", [20, 4000])
def test_forecasts_without_fault_have_an_end(num_rows: int) -> None:
    """The likeliest slope would be infinite."""
    labels = np.arange(num_rows) % 2

    calibration = fit_calibration(labels, np.where(labels == 1, 3.0, -3.0)[None])

    assert 1 < calibration.slope <= 30


def test_forecasts_that_are_the_wrong_way_round_are_not_turned_around() -> None:
    """The order is the network's."""
    labels, logits = drawn(4000)

    assert 0 < fit_calibration(labels, -logits[None]).slope < 0.1


@pytest.mark.parametrize(("wrong_order", "slope"), [(True, 0.01), (False, 30)])
def test_the_share_of_positives_is_kept_where_the_slope_is_held(wrong_order: bool, slope: float) -> None:
    """86 % pass and the order is wrong: everybody is answered .86. Hardly any differences: they are not blown up."""
    generator = np.random.default_rng(4)
    labels = (generator.random(4000) < 0.86).astype(int)
    signal = labels - 0.5 + 0.3 * generator.normal(size=4000)
    logits = 2 + (-signal if wrong_order else 0.01 * signal)

    calibration = fit_calibration(labels, logits[None])

    assert calibration.slope == slope
    assert sigmoid(slope * logits + calibration.intercept).mean() == pytest.approx(labels.mean(), abs=0.001)


def test_a_temperature_that_flattens_everything_leaves_the_share_of_positives() -> None:
    """Certain and wrong, on few rows: what is left is that 80 % pass."""
    labels = np.array([1, 1, 1, 1, 0] * 200)

    calibration = fit_calibration(labels, np.where(labels == 1, -8.0, 8.0)[None])

    answers = sigmoid(calibration.slope * np.array([-8.0, 8.0]) + calibration.intercept)
    assert calibration.slope == 0.01
    assert answers == pytest.approx([0.8, 0.8], abs=0.03)


def test_a_row_that_is_forecast_twice_is_one_row() -> None:
    """Else a repeat of the same folds would count as twice the students."""
    for num_rows in (60, 4000):
        labels, logits = drawn(num_rows)

        once = fit_calibration(labels, 3 * logits[None])
        twice = fit_calibration(labels, 3 * np.stack([logits, logits]))

        assert twice.slope == pytest.approx(once.slope)
        assert twice.intercept == pytest.approx(once.intercept)


def test_few_rows_hardly_move_the_probabilities() -> None:
    """Three students who happen to be told apart do not make the others certain."""
    calibration = fit_calibration(np.array([0, 1, 1]), np.array([[-0.5, 0.5, 0.5]]))

    assert 1 < calibration.slope < 1.2  # by themselves, without end


def test_each_fold_is_calibrated_by_the_others() -> None:
    """Forecasts are twice too extreme; one fold's labels don't matter to its own calibrated forecasts."""
    table = made(1000, 1, signal=1)
    labels, logits = drawn(1000)
    folds = split(table, 0)
    raw = sigmoid(2 * np.stack([logits, logits + 0.1]))
    one = folds.repeats[0][0].test
    turned = labels.copy()
    turned[one] = 1 - turned[one]

    found = calibrate(labels, raw, folds, calibrated=True)
    again = calibrate(turned, raw, folds, calibrated=True)

    slope = calibration_line(labels, log_odds(found.mean), 0, np.arange(1000))["slope"]
    assert slope.low < 1 < slope.high
    assert calibration_line(labels, 2 * logits, 0, np.arange(1000))["slope"].high < 0.8
    np.testing.assert_array_equal(found.calibrated[0, one], again.calibrated[0, one])
    assert not np.array_equal(found.calibrated, again.calibrated)
    assert len(found.calibrations or ()) == 10


def test_a_network_that_is_not_calibrated_is_left_as_it_is() -> None:
    """The notebook's own."""
    raw = np.array([[0.2, 0.9]])

    found = calibrate(np.array([0, 1]), raw, split(made(60, 1, signal=1), 0), calibrated=False)

    assert found.calibrations is None
    assert found.mean.tolist() == [0.2, 0.9]
