"""What is recorded of training is what happened, and recording changes nothing."""

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.support.tables import made
from training.config import TrainingConfig
from training.network.fitting import plan_ensemble, plan_folds, train_members
from training.network.monitor import Curves, TrainingMonitor
from training.statistics.calibration import sigmoid
from training.statistics.folds import split
from training.table.dataset import Dataset

CONFIG = TrainingConfig(hidden_units=(3,), epochs=4, members=2, batch_size=1000, l2=0.0, skip_l2=0.0)


def watched(table: Dataset, config: TrainingConfig, *, published: bool = False) -> tuple[Curves, np.ndarray]:
    """Curves of cross-validation, and the logits of all members at the end."""
    folds, num_rows = split(table, 0), len(table.labels)
    plans = plan_folds(folds.each, [config] * len(folds.each), num_rows, 0)
    if published:
        plans.append(plan_ensemble(np.ones(num_rows), config, (0, 0)))
    monitor = TrainingMonitor(len(folds.each), len(plans) - 1 if published else None)
    members = train_members(table, plans, config, 0, monitor=monitor)
    return monitor.curves(), np.asarray(members(table.matrix))


def test_losses_are_those_of_the_networks_on_their_own_and_on_other_rows() -> None:
    """Counted again from what the trained networks answer."""
    table = made(60, 1, signal=2)
    folds = split(table, 0)

    curves, logits = watched(table, CONFIG, published=True)

    losses = np.logaddexp(0, logits) - table.labels[:, None] * logits
    train, held_out = [], []
    for member in range(2 * len(folds.each)):  # without the published ones
        fold = folds.each[member // 2]
        train.append(losses[fold.train, member].mean())
        held_out.append(losses[fold.test, member].mean())
    assert curves.epochs.tolist() == [0, 1, 2, 3, 4]
    assert curves.train_loss[-1] == pytest.approx(np.mean(train), abs=1e-5)
    assert curves.held_out_loss[-1] == pytest.approx(np.mean(held_out), abs=1e-5)
    assert curves.train_loss[0] > curves.train_loss[-1]


def test_gradients_are_those_of_the_loss() -> None:
    """By hand, of the skip before the first step: the mean over a network's own rows of (p - y) x.

    Of eight students, too few for a number to have pieces.
    """
    table = made(40, 1, signal=2, rows_each=5)
    folds = split(table, 0)
    untrained = replace(CONFIG, scale_inputs=False, learning_rate=1e-30, epochs=1)

    curves, logits = watched(table, untrained)

    residuals = sigmoid(logits) - table.labels[:, None]
    norms = []
    for member in range(2 * len(folds.each)):
        own = folds.each[member // 2].train
        norms.append(np.linalg.norm(table.matrix[own].T @ residuals[own, member] / len(own)))
    assert curves.gradient_norms.keys() == curves.weight_norms.keys() == {"hidden_1", "logit", "skip"}
    assert curves.gradient_norms["skip"][0] == pytest.approx(np.median(norms), abs=1e-5)
    assert curves.weight_norms["skip"][0] == 0
    assert curves.weight_norms["hidden_1"][0] > 0


def test_recording_changes_nothing() -> None:
    """The same weights as without, to the bit."""
    table = made(60, 1, signal=2)
    plans = plan_folds(split(table, 0).each, [CONFIG] * 10, 60, 0)

    plain = train_members(table, plans, CONFIG, 0)
    _, logits = watched(table, CONFIG)

    np.testing.assert_array_equal(np.asarray(plain(table.matrix)), logits)


def test_units_are_told_by_their_kind() -> None:
    """Dead ones where there are ReLUs, saturated ones where there are sigmoids or tanh."""
    table = made(60, 1, signal=2)

    relu, sigmoid, leaky = (
        watched(table, replace(CONFIG, activation=activation))[0] for activation in ("relu", "sigmoid", "leaky_relu")
    )

    assert relu.dead is not None
    assert relu.saturated is None
    assert sigmoid.saturated is not None
    assert sigmoid.dead is None
    assert (leaky.dead, leaky.saturated) == (None, None)


def test_weights_of_a_small_published_network_are_kept() -> None:
    """By epoch, as JSON; of a large one none are, and nothing else is missing."""
    table = made(60, 1, signal=2)

    small, _ = watched(table, CONFIG, published=True)
    large, _ = watched(table, replace(CONFIG, hidden_units=(200, 100)), published=True)
    document = json.loads(json.dumps(small.to_dict(), allow_nan=False))

    assert [entry["epoch"] for entry in document["weights_of_the_first_network"]] == [0, 1, 2, 3, 4]
    last = document["weights_of_the_first_network"][-1]["layers"]
    assert np.shape(last["hidden_1"]["kernel"]) == (3, 3)
    assert np.shape(last["hidden_1"]["bias"]) == (3,)
    assert last["skip"].keys() == {"kernel"}
    assert large.to_dict()["weights_of_the_first_network"] == []
    assert document["epochs"] == [0, 1, 2, 3, 4]
    assert document.keys() >= {"loss", "gradient_norm", "weight_norm", "dead_units"}


def test_many_epochs_are_thinned() -> None:
    """The first and the last are among those that stay."""
    curves, _ = watched(made(40, 1, signal=2), replace(CONFIG, epochs=250))

    assert len(curves.epochs) == 101
    assert (curves.epochs[0], curves.epochs[-1]) == (0, 250)
