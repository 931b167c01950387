"""The network: what its layers compute, and what leaves it."""

from dataclasses import replace

import numpy as np
import pytest

from registry.contract.features import Category, FeatureSchema, Number
from tests.support.tables import of_rows, with_directions
from training.config import TrainingConfig
from training.network.fitting import GroupPlan, MemberPlan, train_members
from training.network.members import MemberDense, build_members, copy_group, ensemble, input_features, pick_group
from training.statistics.calibration import Calibration

SCHEMA = FeatureSchema(
    (
        Number("hours", nullable=True),
        Category("school", vocabulary=("a", "b"), nullable=True),
        Number("age"),
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


def test_preprocessing_imputes_scales_and_codes_by_hand() -> None:
    """Mean of the group's own rows, their standard deviation, zeros for a null category, indicators."""
    matrix = np.array([[1, 0, 10], [3, 1, 10], [np.nan, np.nan, 10], [100, 0, 99]], np.float32)
    own = np.array([1.0, 1.0, 1.0, 0.0])  # the last row is another's
    plan = GroupPlan(own, (MemberPlan((0,)),))

    members = train_members(of_rows(matrix, np.array([0, 1, 1, 0]), SCHEMA), [plan], replace(CONFIG, epochs=1), seed=0)
    inputs = np.asarray(members.get_layer("preprocessing")(matrix))

    # hours: mean 2, deviation 1; age: mean 10, constant, so unscaled; school a; school b; hours null; school null
    assert inputs[0].tolist() == [
        [-1, 0, 1, 0, 0, 0],
        [1, 0, 0, 1, 0, 0],
        [0, 0, 0, 0, 1, 1],
        [98, 89, 1, 0, 0, 0],
    ]
    assert [feature.name for feature in input_features(SCHEMA)] == [
        "hours",
        "age",
        "school",
        "school",
        "hours",
        "school",
    ]


def test_an_ordered_category_is_all_that_it_reaches() -> None:
    """F, C, A and null, as at least F, at least C, at least A and null; one without an order stays one of them."""
    grade = Category("grade", vocabulary=("F", "C", "A"), nullable=True, ordered=True)
    schema = FeatureSchema((grade, Category("school", vocabulary=("a", "b"))))
    matrix = np.array([[0, 1], [1, 1], [2, 1], [np.nan, 1]], np.float32)

    inputs = np.asarray(build_members(schema, CONFIG, 1, 1).get_layer("preprocessing")(matrix))

    assert inputs[0].tolist() == [[1, 0, 0, 0, 1, 0], [1, 1, 0, 0, 1, 0], [1, 1, 1, 0, 1, 0], [0, 0, 0, 0, 1, 1]]


def test_groups_and_members_multiply_as_a_loop_over_them_would() -> None:
    """Two groups of three members: each group's inputs with each of its members' kernels."""
    generator = np.random.default_rng(1)
    inputs = generator.normal(size=(2, 5, 4)).astype(np.float32)
    layer = MemberDense(6, 3, "tanh")
    layer.build(inputs.shape)
    kernel, bias = generator.normal(size=(6, 4, 3)), generator.normal(size=(6, 1, 3))
    layer.set_weights([kernel, bias])

    outputs = np.asarray(layer(inputs))

    for member in range(6):
        expected = np.tanh(inputs[member // 3] @ kernel[member] + bias[member])
        np.testing.assert_allclose(outputs[member], expected, atol=1e-6)


def test_every_other_unit_of_a_mirrored_layer_bends_the_other_way() -> None:
    """By hand: a ReLU of -2 and 3, and its mirror image."""
    layer = MemberDense(1, 2, "relu", use_bias=False, mirrored=True)
    layer.build((1, 2, 1))
    layer.set_weights([np.ones((1, 1, 2))])

    outputs = np.asarray(layer(np.array([[[-2.0], [3.0]]], np.float32)))

    assert outputs.tolist() == [[[0, -2], [3, 0]]]


def test_the_published_network_is_the_mean_of_its_members(table: tuple[np.ndarray, np.ndarray]) -> None:
    """Probabilities are averaged, not logits; then calibrated. The spread is of the members' calibrated ones."""
    matrix, labels = table
    plan = GroupPlan(np.ones(40), tuple(MemberPlan((3, member)) for member in range(3)))
    members = train_members(of_rows(matrix, labels, SCHEMA), [plan], CONFIG, seed=5)

    plain, calibrated = (ensemble(members, how)(matrix) for how in (None, Calibration("platt", 0.5, 0.3)))

    logits = np.asarray(members(matrix))
    assert logits.shape == (40, 3)
    mean = (1 / (1 + np.exp(-logits))).mean(axis=1)
    np.testing.assert_allclose(plain["probability"], mean, atol=1e-6)
    np.testing.assert_allclose(plain["spread"], (1 / (1 + np.exp(-logits))).std(axis=1), atol=1e-6)
    expected = 1 / (1 + np.exp(-(0.5 * np.log(mean / (1 - mean)) + 0.3)))
    np.testing.assert_allclose(calibrated["probability"], expected, atol=1e-6)
    members_calibrated = 1 / (1 + np.exp(-(0.5 * logits + 0.3)))
    np.testing.assert_allclose(calibrated["spread"], members_calibrated.std(axis=1), atol=1e-6)


def test_what_is_nearly_certain_is_calibrated_too() -> None:
    """1 - p of a float32 has no digits left there: log odds of 14 halved are 7; beyond 16 they are held."""
    schema = FeatureSchema((Number("a"),))
    members = build_members(schema, replace(CONFIG, hidden_units=(1,)), 1, 1)
    members.get_layer("skip").set_weights([np.ones((1, 1, 1), np.float32)])
    logits = np.array([[-1e9], [-40], [-14], [0], [14], [40], [1e9]], np.float32)

    probability = np.asarray(ensemble(members, Calibration("platt", 0.5, 0.0))(logits)["probability"])

    expected = 1 / (1 + np.exp(-np.array([-7.0, 0, 7])))
    np.testing.assert_allclose(probability[2:5], expected, rtol=1e-4)
    ends = Calibration("platt", 0.5, 0.0).apply(np.array([0.0, 1.0]))
    np.testing.assert_allclose(probability[[0, 1, 5, 6]], ends[[0, 0, 1, 1]], rtol=1e-4)


def test_a_single_member_has_no_spread(table: tuple[np.ndarray, np.ndarray]) -> None:
    """It has nobody to differ from."""
    members = build_members(SCHEMA, CONFIG, 1, 1)

    assert ensemble(members, None)(table[0]).keys() == {"probability"}


def test_a_group_that_is_picked_answers_as_it_did_among_the_others(table: tuple[np.ndarray, np.ndarray]) -> None:
    """Its scaling and its weights come with it."""
    matrix, labels = table
    own = (np.arange(40) % 3 > 0).astype(float)
    plans = [
        GroupPlan(rows, tuple(MemberPlan((number, member)) for member in range(2)))
        for number, rows in enumerate((np.ones(40), own, 1 - own))
    ]
    members = train_members(of_rows(matrix, labels, SCHEMA), plans, CONFIG, seed=5)

    picked = pick_group(members, 1, SCHEMA, CONFIG)

    np.testing.assert_allclose(np.asarray(picked(matrix)), np.asarray(members(matrix))[:, 2:4], atol=1e-6)


@pytest.mark.parametrize(
    ("schema", "config"),
    [
        (SCHEMA, CONFIG),
        (SCHEMA, replace(CONFIG, skip=False)),
        (SCHEMA, replace(CONFIG, hidden_units=(5,), activation="tanh")),
        (with_directions(SCHEMA, "increasing"), CONFIG),
    ],
)
def test_members_in_one_product_answer_as_each_in_its_own(
    table: tuple[np.ndarray, np.ndarray], schema: FeatureSchema, config: TrainingConfig
) -> None:
    """The form that is published: the same weights, laid out to answer fast."""
    members = build_members(schema, config, 1, 3)
    generator = np.random.default_rng(1)
    members.set_weights([generator.normal(size=weight.shape).astype(np.float32) for weight in members.weights])
    wide = build_members(schema, config, 1, 3, wide=True)

    copy_group(members, 0, wide)

    assert wide.get_layer("logit").wide == "own"
    np.testing.assert_allclose(np.asarray(wide(table[0])), np.asarray(members(table[0])), rtol=1e-4, atol=1e-5)


def test_wide_layers_are_not_widened_further(table: tuple[np.ndarray, np.ndarray]) -> None:
    """Most of such a product would be zeros; what is picked answers the same either way."""
    config = replace(CONFIG, hidden_units=(300, 300), members=2)
    members = build_members(SCHEMA, config, 1, 2)

    picked = pick_group(members, 0, SCHEMA, config)

    assert picked.get_layer("logit").wide is None
    np.testing.assert_allclose(np.asarray(picked(table[0])), np.asarray(members(table[0])), atol=1e-6)


def test_an_untrained_network_is_as_wide_as_asked() -> None:
    """Shapes only: kernels have a leading member axis, and the skip goes from the inputs to the logit."""
    members = build_members(SCHEMA, CONFIG, 1, 5)
    without = build_members(SCHEMA, replace(CONFIG, skip=False), 1, 5)

    shapes = {layer.name: tuple(layer.kernel.shape) for layer in members.layers if hasattr(layer, "kernel")}
    assert shapes == {"hidden_1": (5, 6, 4), "hidden_2": (5, 4, 3), "logit": (5, 3, 1), "skip": (5, 6, 1)}
    assert "skip" not in [layer.name for layer in without.layers]
