"""Features that matter are told from those that don't, on students that were held out."""

from dataclasses import astuple, replace

import numpy as np
import pytest

from tests.support.tables import made
from training.config import TrainingConfig
from training.evaluation.cross_validation import by_repeat, calibrate, forecast_folds
from training.evaluation.importance import permutation_importance
from training.network.fitting import plan_folds, train_members
from training.statistics.folds import split
from training.statistics.metrics import log_losses

CONFIG = TrainingConfig(members=2, l2=0.01, skip_l2=0.01, epochs=60)


def test_the_feature_with_the_signal_is_worth_most_and_noise_is_worth_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the first of three the loss rises to that of a forecast that knows nothing, or beyond."""
    table = made(300, 4, signal=4)
    folds = split(table, 0)
    plans = plan_folds(folds.each, [CONFIG] * 10, 300, 0)
    members = train_members(table, plans, CONFIG, 0)
    raw = by_repeat(forecast_folds(members, folds.each, table), folds, 300)
    forecasts = calibrate(table.labels, raw, folds, calibrated=True)

    found = permutation_importance(table, folds, members, CONFIG, forecasts, seed=0)

    assert found[0].feature == "a"
    loss = log_losses(table.labels, forecasts.mean).mean()
    assert found[0].increase.value > np.log(2) - loss
    assert found[0].increase.low > 0
    for entry in found[1:]:
        assert abs(entry.increase.value) < 0.02
    monkeypatch.setattr(
        "training.evaluation.importance._MAX_CELLS", 1
    )  # one feature after the other, as on wide tables
    again = permutation_importance(table, folds, members, CONFIG, forecasts, seed=0)
    for entry, other in zip(again, found, strict=True):
        assert entry.feature == other.feature
        assert astuple(entry.increase) == pytest.approx(astuple(other.increase), abs=1e-6)


def test_what_is_shuffled_is_forecast_by_the_folds_own_ensemble() -> None:
    """A feature that nobody uses changes no forecast: its worth is 0 to the last digit."""
    table = made(60, 4, signal=4)
    folds = split(table, 0)
    plans = plan_folds(folds.each, [CONFIG] * 10, 60, 0)
    members = train_members(table, plans, replace(CONFIG, epochs=20), 0)
    hidden, skip = members.get_layer("hidden_1").kernel, members.get_layer("skip").kernel
    hidden.assign(hidden.numpy() * np.array([1, 0, 1])[None, :, None])
    skip.assign(np.zeros(skip.shape))
    raw = by_repeat(forecast_folds(members, folds.each, table), folds, 60)
    forecasts = calibrate(table.labels, raw, folds, calibrated=True)

    found = {
        entry.feature: entry.increase for entry in permutation_importance(table, folds, members, CONFIG, forecasts, 0)
    }

    assert abs(found["b"].value) < 1e-6
    assert found["a"].value > 0.1
