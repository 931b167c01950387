"""The network: what its layers compute, and that a member among many trains as it would alone."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from registry.features import FeatureSchema, FeatureSpec
from training.config import TrainingConfig
from training.network import MemberPlan, averaged, build_members, members_loss, pick_members, train_members

SCHEMA = FeatureSchema(
    (
        FeatureSpec("hours", "number", nullable=True),
        FeatureSpec("school", "category", vocabulary=("a", "b"), nullable=True),
        FeatureSpec("age", "number"),
    )
)
CONFIG = TrainingConfig(hidden_units=(4, 3), epochs=5, batch_size=8, members=1)


@pytest.fixture(scope="module")
def table() -> tuple[np.ndarray, np.ndarray]:
    """40 rows with nulls and both labels."""
    generator = np.random.default_rng(7)
    matrix = np.column_stack(
        [generator.normal(5, 2, 40), generator.integers(0, 2, 40).astype(float), generator.normal(16, 1, 40)]
    ).astype(np.float32)
    matrix[::6, 0] = np.nan
    matrix[::9, 1] = np.nan
    return matrix, (np.nan_to_num(matrix[:, 0]) + generator.normal(0, 1, 40) > 5).astype(int)


def test_preprocessing_imputes_scales_and_codes_by_hand(table: tuple[np.ndarray, np.ndarray]) -> None:
    """Mean of the member's own rows, their standard deviation, zeros for a null category, indicators."""
    matrix = np.array([[1, 0, 10], [3, 1, 10], [np.nan, np.nan, 10], [100, 0, 99]], np.float32)
    own = np.array([1.0, 1.0, 1.0, 0.0])  # the last row is another's
    config = replace(CONFIG, epochs=1)

    members = train_members(matrix, np.array([0, 1, 1, 0]), [MemberPlan(own, (0,))], SCHEMA, config, seed=0)
    inputs = np.asarray(members.get_layer("preprocessing")(matrix))

    # hours: mean 2, deviation 1; is null; school a; school b; is null; age: mean 10, constant, so unscaled
    assert inputs[0].tolist() == [
        [-1, 0, 1, 0, 0, 0],
        [1, 0, 0, 1, 0, 0],
        [0, 1, 0, 0, 1, 0],
        [98, 0, 1, 0, 0, 89],
    ]


@pytest.mark.parametrize(
    "config",
    [
        CONFIG,
        replace(CONFIG, scale_inputs=False),
        replace(CONFIG, l2=0.0),
        replace(CONFIG, batch_size=64),
        replace(CONFIG, hidden_units=(6,), learning_rate=0.1),
    ],
)
def test_a_member_among_many_trains_as_it_does_alone(
    table: tuple[np.ndarray, np.ndarray], config: TrainingConfig
) -> None:
    """Same rows, same initial weights, same batches: the same weights, whoever trains beside it."""
    matrix, labels = table
    generator = np.random.default_rng(1)
    plans = [MemberPlan((generator.random(40) < 0.8).astype(float), (3, member)) for member in range(7)]

    together = train_members(matrix, labels, plans, SCHEMA, config, seed=5)
    alone = train_members(matrix, labels, plans[4:5], SCHEMA, config, seed=5)

    for one, other in zip(pick_members(together, slice(4, 5), SCHEMA, config).weights, alone.weights, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), atol=2e-6, err_msg=one.path)


def test_a_single_member_trains_as_a_plain_keras_network(table: tuple[np.ndarray, np.ndarray]) -> None:
    """The same weights as `keras.layers.Dense` under Keras's own loss and `fit`, on the same batches."""
    matrix, labels = np.nan_to_num(table[0]), table[1]
    schema = FeatureSchema(
        tuple(replace(feature, kind="number", vocabulary=(), nullable=False) for feature in SCHEMA.features)
    )
    config = TrainingConfig(hidden_units=(4,), epochs=30, batch_size=40, l2=0.01, scale_inputs=False)
    plan = MemberPlan(np.ones(40), (3,))

    start = train_members(matrix, labels, [plan], schema, replace(config, epochs=1, learning_rate=1e-30), seed=0)
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
    plain.compile(keras.optimizers.Adam(config.learning_rate), "binary_crossentropy")
    plain.fit(matrix, labels.astype("float32"), batch_size=40, epochs=30, shuffle=False, verbose=0)
    ours = averaged(train_members(matrix, labels, [plan], schema, config, seed=0))

    np.testing.assert_allclose(np.asarray(ours(matrix)), np.asarray(plain(matrix)), atol=1e-5)


def test_the_loss_is_a_sum_of_each_members_mean_over_its_own_rows() -> None:
    """By hand: two rows, three members, one of which has no row of its own."""
    labels = np.array([[1.0], [0.0]], np.float32)
    logits = np.array([[0.0, 2.0, 5.0], [0.0, -1.0, 5.0]], np.float32)
    own = np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0]], np.float32)

    loss = float(members_loss(labels, logits, own))

    assert loss == pytest.approx(np.log(2) + np.log1p(np.exp(-2)))


def test_the_published_network_is_the_mean_of_its_members(table: tuple[np.ndarray, np.ndarray]) -> None:
    """Probabilities are averaged, not logits."""
    matrix, labels = table
    plans = [MemberPlan(np.ones(40), (3, member)) for member in range(3)]
    members = train_members(matrix, labels, plans, SCHEMA, CONFIG, seed=5)

    probability = np.asarray(averaged(members)(matrix))

    logits = np.asarray(members(matrix))
    assert logits.shape == (40, 3)
    np.testing.assert_allclose(probability[:, 0], (1 / (1 + np.exp(-logits))).mean(axis=1), atol=1e-6)


def test_members_differ_by_their_seed_and_by_nothing_else(table: tuple[np.ndarray, np.ndarray]) -> None:
    """An ensemble of equal members would be one network."""
    matrix, labels = table
    everyone = np.ones(40)

    members = train_members(
        matrix,
        labels,
        [MemberPlan(everyone, (1,)), MemberPlan(everyone, (2,)), MemberPlan(everyone, (1,))],
        SCHEMA,
        CONFIG,
        seed=5,
    )

    first, second, again = np.asarray(members(matrix)).T
    assert not np.allclose(first, second)
    np.testing.assert_allclose(first, again, atol=1e-6)


def test_an_untrained_network_is_as_wide_as_asked() -> None:
    """Shapes only: kernels have a leading member axis."""
    members = build_members(SCHEMA, CONFIG, 5)

    assert [tuple(layer.kernel.shape) for layer in members.layers if hasattr(layer, "kernel")] == [
        (5, 6, 4),
        (5, 4, 3),
        (5, 3, 1),
    ]
