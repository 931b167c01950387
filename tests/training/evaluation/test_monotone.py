"""Monotone features: the declared direction holds whatever the data says, and what is free stays free."""

import keras
import numpy as np
import pytest

from registry.contract.features import Category, FeatureSchema, Number
from tests.support.tables import of_rows, with_directions
from training.config import TrainingConfig
from training.evaluation.monotone import TOLERANCE, largest_violations
from training.network.fitting import GroupPlan, MemberPlan, train_members
from training.network.members import ensemble

PLAIN = FeatureSchema(
    (
        Number("up", nullable=True, observed=(-3, 3)),
        Number("down", observed=(-3, 3)),
        Number("free", observed=(-3, 3)),
        Category("kind", vocabulary=("a", "b")),
    )
)
DECLARED = with_directions(PLAIN, "increasing", "decreasing")


@pytest.fixture(scope="module")
def table() -> tuple[np.ndarray, np.ndarray]:
    """Labels that go against both declared directions, and that bend down and up again with `free`."""
    generator = np.random.default_rng(3)
    matrix = generator.uniform(-3, 3, size=(400, 4)).astype(np.float32)
    matrix[:, 3] = generator.integers(0, 2, 400)
    matrix[::11, 0] = np.nan
    score = -np.nan_to_num(matrix[:, 0]) + matrix[:, 1] + 3 * np.abs(matrix[:, 2]) - 4
    return matrix, (score + generator.logistic(size=400) * 0.3 > 0).astype(int)


def fitted(schema: FeatureSchema, config: TrainingConfig, table: tuple[np.ndarray, np.ndarray]) -> keras.Model:
    plan = GroupPlan(np.ones(400), tuple(MemberPlan((member,)) for member in range(3)))
    return ensemble(train_members(of_rows(*table, schema), [plan], config, seed=0), None)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "tanh", "sigmoid"])
@pytest.mark.parametrize(("hidden_units", "skip"), [((8,), True), ((6, 4), False)])
def test_declared_directions_hold_by_construction(
    table: tuple[np.ndarray, np.ndarray], activation: str, hidden_units: tuple[int, ...], skip: bool
) -> None:
    """On a grid over the range seen, for 200 students; the same network without the declaration breaks them."""
    config = TrainingConfig(hidden_units, activation, skip=skip, learning_rate=0.03, epochs=60)

    free, bound = (fitted(schema, config, table) for schema in (PLAIN, DECLARED))

    def violations(model: keras.Model) -> dict[str, float]:
        return largest_violations(lambda rows: np.asarray(model(rows)["probability"]), DECLARED, table[0])

    assert set(violations(bound)) == {"up", "down"}
    assert max(violations(bound).values()) <= TOLERANCE
    assert max(violations(free).values()) > 0.001


def test_what_is_not_declared_may_still_bend_both_ways(table: tuple[np.ndarray, np.ndarray]) -> None:
    """The label is likely at both ends of `free` and unlikely between; a network of one direction could not say so."""
    model = fitted(DECLARED, TrainingConfig((16,), learning_rate=0.03, epochs=150), table)
    rows = np.array([[0, 0, value, 0] for value in (-2.8, 0, 2.8)], np.float32)

    low, middle, high = np.asarray(model(rows)["probability"])

    assert low > 0.8
    assert middle < 0.2
    assert high > 0.8


def test_a_violation_is_measured() -> None:
    """By hand: a forecast that falls by .4 within the range is .4 / 32 off at each step."""
    schema = FeatureSchema((Number("a", monotone="increasing", observed=(0, 1)),))

    violations = largest_violations(lambda rows: 0.9 - 0.4 * rows[:, 0], schema, np.zeros((3, 1), np.float32))

    assert violations["a"] == pytest.approx(0.4 / 32, rel=1e-3)


def test_deep_networks_of_one_sign_start_small(table: tuple[np.ndarray, np.ndarray]) -> None:
    """Weights of one sign add up from layer to layer where others cancel out; training would start far off."""
    matrix, labels = table
    untrained = TrainingConfig((64, 64, 64, 64), skip=False, learning_rate=1e-30, epochs=1)
    plan = GroupPlan(np.ones(400), (MemberPlan((0,)),))

    logits = np.asarray(train_members(of_rows(matrix, labels, DECLARED), [plan], untrained, seed=0)(matrix))

    assert np.abs(logits).max() < 5
