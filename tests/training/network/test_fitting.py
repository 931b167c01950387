"""Training many members at once: each trains as it would alone, whatever the options."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from registry.contract.features import FeatureSchema, Number
from tests.support.tables import of_rows, with_directions
from tests.training.network.test_members import CONFIG, SCHEMA, table
from training.config import TrainingConfig
from training.network.fitting import (
    GroupPlan,
    MemberPlan,
    automatic_batch_size,
    clip_each_member,
    members_loss,
    train_members,
)
from training.network.members import ensemble, pick_group

__all__ = ["table"]  # a fixture, used by name

MONOTONE = with_directions(SCHEMA, "increasing")


@pytest.mark.parametrize(
    ("config", "schema"),
    [
        (CONFIG, SCHEMA),
        (replace(CONFIG, scale_inputs=False), SCHEMA),
        (replace(CONFIG, batch_size=64), SCHEMA),
        (replace(CONFIG, batch_size=None), SCHEMA),
        (replace(CONFIG, hidden_units=(6,), learning_rate=0.1, learning_rate_decay=False), SCHEMA),
        (replace(CONFIG, hidden_units=(5, 4, 3)), SCHEMA),
        (replace(CONFIG, skip=False), SCHEMA),
        (replace(CONFIG, activation="leaky_relu"), SCHEMA),
        (replace(CONFIG, activation="tanh"), SCHEMA),
        (replace(CONFIG, activation="sigmoid", initializer="he"), SCHEMA),
        (replace(CONFIG, optimizer="sgd", learning_rate=0.3), SCHEMA),
        (replace(CONFIG, clip_norm=0.05, optimizer="sgd", learning_rate=1.0), SCHEMA),
        (CONFIG, MONOTONE),
        (replace(CONFIG, activation="tanh", skip=False), MONOTONE),
    ],
)
def test_a_member_among_many_trains_as_it_does_alone(
    table: tuple[np.ndarray, np.ndarray], config: TrainingConfig, schema: FeatureSchema
) -> None:
    """Same rows, same initial weights, same batches: the same weights, whoever trains beside it.

    The others have other rows, other penalties, and one of them has none of its own.
    """
    matrix, labels = table
    generator = np.random.default_rng(1)
    plans = [
        GroupPlan(
            (generator.random(40) < share).astype(float),
            tuple(MemberPlan((3, group, member), 0.01 * member, 0.1 * group) for member in range(3)),
        )
        for group, share in enumerate((0.8, 0.5, 0.0))
    ]
    group, member = 1, 2

    rows = of_rows(matrix, labels, schema)
    together = pick_group(train_members(rows, plans, config, seed=5), group, schema, config)
    plan = GroupPlan(plans[group].rows, plans[group].members[member : member + 1])
    alone = train_members(rows, [plan], config, seed=5)

    start = train_members(rows, [plan], replace(config, epochs=1, learning_rate=1e-30), seed=5)
    np.testing.assert_allclose(together(matrix)[:, member], alone(matrix)[:, 0], atol=5e-5)
    moved = False
    for one in together.weights:
        if "skip" in one.path or "pieces" in one.path:
            continue  # another group may have more pieces, which are 0 here
        other, first = (next(weight for weight in each.weights if weight.path == one.path) for each in (alone, start))
        of_member = one.numpy()[member : member + 1] if one.shape[0] > 1 else one.numpy()
        np.testing.assert_allclose(of_member, other.numpy(), atol=5e-6, err_msg=one.path)
        moved = moved or not np.allclose(other.numpy(), first.numpy(), atol=1e-3)
    assert moved, "nothing was trained"


def test_a_single_member_trains_as_a_plain_keras_network(table: tuple[np.ndarray, np.ndarray]) -> None:
    """The same weights as `keras.layers.Dense` under Keras's own loss, schedule and `fit`, on the same batches."""
    matrix, labels = np.nan_to_num(table[0]), table[1]
    schema = FeatureSchema(tuple(Number(name) for name in SCHEMA.names))
    config = TrainingConfig(hidden_units=(4,), skip=False, epochs=30, batch_size=40, scale_inputs=False)
    plan = GroupPlan(np.ones(40), (MemberPlan((3,), l2=0.01),))

    rows = of_rows(matrix, labels, schema)
    start = train_members(rows, [plan], replace(config, epochs=1, learning_rate=1e-30), seed=0)
    plain = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(4, "relu", kernel_regularizer=keras.regularizers.L2(0.01)),
            keras.layers.Dense(1, "sigmoid", kernel_regularizer=keras.regularizers.L2(0.01)),
        ]
    )
    layers = (start.get_layer("hidden_1"), start.get_layer("logit"))
    plain.set_weights(
        [
            weight[0].reshape(shape)
            for layer in layers
            for weight, shape in zip(layer.get_weights(), [(-1, layer.units), (layer.units,)], strict=True)
        ]
    )
    rate = keras.optimizers.schedules.PolynomialDecay(config.learning_rate, 30, 0.0)
    plain.compile(keras.optimizers.Adam(rate), "binary_crossentropy")
    plain.fit(matrix, labels.astype("float32"), batch_size=40, epochs=30, shuffle=False, verbose=0)
    ours = ensemble(train_members(rows, [plan], config, seed=0), None)

    np.testing.assert_allclose(np.asarray(ours(matrix)["probability"]), np.asarray(plain(matrix))[:, 0], atol=1e-5)


def test_the_loss_is_a_sum_of_each_members_mean_over_its_own_rows() -> None:
    """By hand: two rows, three members, one of which has no row of its own."""
    labels = np.array([[1.0], [0.0]], np.float32)
    logits = np.array([[0.0, 2.0, 5.0], [0.0, -1.0, 5.0]], np.float32)
    own = np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0]], np.float32)

    loss = float(members_loss(labels, logits, own))

    assert loss == pytest.approx(np.log(2) + np.log1p(np.exp(-2)))


def test_a_gradient_is_clipped_for_each_member_alone() -> None:
    """By hand: a member of norm 5 over two weights shrinks to 1; one of norm 0.5 stays."""
    kernel = np.array([[[3.0]], [[0.3]]], np.float32)
    bias = np.array([[[4.0]], [[0.4]]], np.float32)

    clipped = [np.asarray(gradient).ravel() for gradient in clip_each_member([kernel, bias], 1.0)]

    np.testing.assert_allclose(clipped, [[0.6, 0.3], [0.8, 0.4]], atol=1e-6)


def test_members_differ_by_their_seed_and_by_nothing_else(table: tuple[np.ndarray, np.ndarray]) -> None:
    """An ensemble of equal members would be one network."""
    matrix, labels = table
    plan = GroupPlan(np.ones(40), tuple(MemberPlan((seed,)) for seed in (1, 2, 1)))

    members = train_members(of_rows(matrix, labels, SCHEMA), [plan], CONFIG, seed=5)

    first, second, again = np.asarray(members(matrix)).T
    assert not np.allclose(first, second)
    np.testing.assert_allclose(first, again, atol=1e-6)


def test_a_stronger_penalty_gives_smaller_weights(table: tuple[np.ndarray, np.ndarray]) -> None:
    """The hidden layers' and the skip's, each by its own."""
    matrix, labels = table
    penalties = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0))
    plan = GroupPlan(np.ones(40), tuple(MemberPlan((1,), *both) for both in penalties))

    members = train_members(of_rows(matrix, labels, SCHEMA), [plan], replace(CONFIG, epochs=60), seed=5)

    hidden, skip = ((members.get_layer(name).kernel.numpy() ** 2).sum(axis=(1, 2)) for name in ("hidden_1", "skip"))
    assert hidden[1] < 0.5 * hidden[0]
    assert hidden[2] > 0.5 * hidden[0]
    assert skip[2] < 0.5 * skip[0]
    assert skip[1] > 0.5 * skip[0]


@pytest.mark.parametrize(("num_rows", "batch_size"), [(15, 32), (1000, 32), (2000, 64), (30_000, 1024), (10**6, 1024)])
def test_long_tables_have_larger_batches(num_rows: int, batch_size: int) -> None:
    """As many steps an epoch, about, until memory would be the limit."""
    assert automatic_batch_size(num_rows) == batch_size
