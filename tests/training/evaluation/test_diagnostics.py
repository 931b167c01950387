"""What keeps a network from learning is named, and what is advised cures it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.support.tables import made
from tests.training.network.test_monitor import watched
from training.config import NOTEBOOK, SHIPPED, TrainingConfig, read_dataset_file
from training.evaluation.diagnostics import Finding, diagnose
from training.network.monitor import Curves
from training.table.dataset import Dataset, load_dataset

SOUND = TrainingConfig(l2=0.01, skip_l2=0.01, members=4)
DEEP_SIGMOID = TrainingConfig(
    hidden_units=(8, 8, 8, 8),
    activation="sigmoid",
    initializer="random_uniform",
    skip=False,
    optimizer="sgd",
    learning_rate=0.3,
    l2=0.0,
    members=2,
    epochs=60,
)


@pytest.fixture(scope="module")
def table() -> Dataset:
    """400 rows with a strong signal."""
    return made(400, 2, signal=6)


def found(table: Dataset, config: TrainingConfig) -> tuple[dict[str, Finding], Curves]:
    """Findings by kind, and the curves behind them."""
    curves, _ = watched(table, config)
    return {finding.kind: finding for finding in diagnose(curves, config)}, curves


def test_a_sound_network_has_no_findings(table: Dataset) -> None:
    """With a signal and without, and on as few rows as there may be."""
    students = load_dataset(read_dataset_file(SHIPPED / "students.toml"))

    for rows in (table, made(400, 2, signal=1), students):
        assert found(rows, replace(SOUND, l2=5 / len(rows.labels), skip_l2=5 / len(rows.labels)))[0] == {}


def test_vanishing_gradients_are_diagnosed_and_the_advice_cures_them(table: Dataset) -> None:
    """A deep sigmoid network from bad initial weights has learned nothing; set as advised it learns."""
    majority = np.log(2)

    before, stuck = found(table, DEEP_SIGMOID)
    advised = replace(DEEP_SIGMOID, **before["vanishing_gradients"].change)
    after, cured = found(table, advised)

    assert before["vanishing_gradients"].advice == 'activation = "relu", initializer = "he"'
    assert stuck.held_out_loss[-1] > 0.95 * majority
    assert "vanishing_gradients" not in after
    assert cured.held_out_loss[-1] < 0.5 * majority
    ratio = cured.gradient_norms["hidden_1"][0] / cured.gradient_norms["logit"][0]
    assert ratio > 100 * stuck.gradient_norms["hidden_1"][0] / stuck.gradient_norms["logit"][0]


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("depth", [4, 16])
def test_a_signal_that_vanishes_forwards_too_is_diagnosed(table: Dataset, activation: str, depth: int) -> None:
    """Then the gradient at the output is as small, or 0 in float32; what a sound start has is known all the same."""
    config = replace(DEEP_SIGMOID, activation=activation, hidden_units=(4,) * depth, epochs=4)

    findings, _ = found(table, config)
    lost = {"vanishing_gradients", "vanishing_signal"}
    expected = "vanishing_gradients" if activation == "sigmoid" else "vanishing_signal"
    assert lost & set(findings) == {expected}
    for _ in range(3):  # activation and initialiser first; then fewer layers, where these are too many of 4 units
        for kind in lost & set(findings):
            config = replace(config, **findings[kind].change)
            findings, _ = found(table, config)
    assert not lost & set(findings)


@pytest.mark.parametrize(
    ("kind", "make", "config"),
    [
        # Values in the hundreds of thousands, as they are.
        (
            "exploding_gradients",
            lambda table: replace(table, matrix=table.matrix * 1e5),
            replace(SOUND, scale_inputs=False, optimizer="sgd"),
        ),
        # All values far from 0 on one side, as they are: half the units give 0 for everybody from the start.
        (
            "dead_units",
            lambda table: replace(table, matrix=table.matrix + 30),
            replace(SOUND, scale_inputs=False, l2=0.0, skip_l2=0.0, learning_rate=0.001),
        ),
        # The same into sigmoids.
        (
            "saturated_units",
            lambda table: replace(table, matrix=table.matrix + 30),
            replace(SOUND, scale_inputs=False, l2=0.0, skip_l2=0.0, activation="sigmoid"),
        ),
        ("not_converged", lambda table: table, replace(SOUND, learning_rate=0.0003, learning_rate_decay=False)),
        (
            "overfitting",
            lambda table: made(400, 2, signal=1),
            replace(SOUND, hidden_units=(64,), l2=0.0, skip_l2=0.0, learning_rate=0.03),
        ),
    ],
)
def test_each_trouble_is_named_and_the_advice_cures_it(
    table: Dataset, kind: str, make: Callable[[Dataset], Dataset], config: TrainingConfig
) -> None:
    """Set exactly as advised, it is not found again."""
    rows = make(table)

    before, _ = found(rows, config)
    finding = before[kind]
    after, _ = found(rows, replace(config, **finding.change))

    assert finding.detail
    assert finding.change
    assert all(getattr(config, key) != value for key, value in finding.change.items())
    assert kind not in after


def test_where_nothing_can_be_learned_no_setting_is_advised(table: Dataset) -> None:
    """Of labels drawn by lot the loss elsewhere only rises: other data are needed, which no setting is."""
    by_lot = replace(table, labels=np.random.default_rng(0).integers(0, 2, 400))

    findings, _ = found(by_lot, replace(SOUND, hidden_units=(64,), l2=0.0, skip_l2=0.0, learning_rate=0.03))

    assert "nothing that holds for others" in findings["overfitting"].detail
    assert findings["overfitting"].change == {}


def test_what_does_not_stay_finite_is_an_explosion(table: Dataset) -> None:
    """And nothing else is said of it: the rest follows from that."""
    curves, _ = watched(table, replace(SOUND, epochs=2))
    broken = replace(curves, train_loss=curves.train_loss * np.nan)

    assert [finding.kind for finding in diagnose(broken, SOUND)] == ["exploding_gradients"]


def test_what_is_set_already_is_not_advised(table: Dataset) -> None:
    """Fewer layers are what is left where activation and initialiser are right."""
    curves, _ = watched(table, replace(DEEP_SIGMOID, epochs=10))
    config = replace(DEEP_SIGMOID, activation="relu", initializer="he")

    [finding] = [finding for finding in diagnose(curves, config) if finding.kind == "vanishing_gradients"]

    assert finding.change == {"hidden_units": [8, 8]}


@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_a_few_epochs_are_not_called_enough(table: Dataset, epochs: int) -> None:
    """One that still brings all there is has not converged."""
    findings, _ = found(table, replace(SOUND, epochs=epochs, learning_rate_decay=False))

    assert findings["not_converged"].change["epochs"] == 2 * epochs


def test_the_notebooks_own_network_is_told_what_is_wrong_with_it() -> None:
    """Unscaled inputs, a rate too low for 200 epochs."""
    students = load_dataset(read_dataset_file(SHIPPED / "students.toml"))

    findings, _ = found(students, NOTEBOOK)

    assert findings.keys() == {"dead_units", "not_converged"}
    assert findings["dead_units"].change == {"scale_inputs": True}
