"""The network: many members that train side by side in one Keras model, and the model that is published.

Every kernel has a leading member axis, so that all networks that honest evaluation needs (folds, repeats, members,
configurations) train in one fit. Members that train on the same rows are a group: they share the scaling that was
fitted on those rows, and their inputs are computed once.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal, assert_never

import keras
import numpy as np
from keras import ops

from registry.contract.features import Amount, Category, Feature, FeatureSchema
from training.config import TrainingConfig
from training.network.piecewise_linear import PiecewiseLinear
from training.statistics.calibration import LARGEST_LOG_ODDS, Calibration

FARTHEST = 1e9
_WIDEST = 2**16  # weights of one product for all members, most of them 0, beyond which one for each is faster
_DIRECTIONS = {"increasing": 1, "decreasing": -1, None: 0}
_SMALLEST = 1e-30  # of what has a logarithm; a float32


class Preprocessing(keras.layers.Layer):  # type: ignore[misc]  # Keras is untyped
    """Encoded matrix to network inputs, per group: imputing, scaling, categories to zeros and ones, null indicators.

    Numbers become `(value - shift) / scale`, within FARTHEST; a null number is first filled with the mean of the
    group's training rows. A category becomes one input per vocabulary entry: 1 for the entry that it is, of an ordered
    one also for those below, so that neighbours share weights; a null category zeros. A nullable feature adds an input
    that is 1 where it is null. Numbers come first, then categories, then indicators, as `input_features` lists them.
    """

    def __init__(
        self,
        num_groups: int,
        num_categories: list[int],
        ordered: list[bool],
        nullable: list[bool],
        *,
        flat: bool = False,
        **options: Any,
    ) -> None:
        """Describe the columns.

        Args:
            num_groups: Groups of members side by side.
            num_categories: Size of each feature's vocabulary; 0 for a number.
            ordered: Whether each feature's categories have an order.
            nullable: Whether each feature may be null.
            flat: Whether a single group has no axis of its own.
            options: Keras's own.
        """
        super().__init__(**options)
        self.num_groups = num_groups
        self.flat = flat
        self.num_categories = num_categories
        self.ordered = ordered
        self.nullable = nullable
        self.numbers = [column for column, size in enumerate(num_categories) if not size]

    def build(self, _input_shape: tuple[int | None, ...]) -> None:
        """Make room for the statistics of the numbers, each of shape (num_groups, 1, num_numbers)."""
        shape = (self.num_groups, 1, len(self.numbers))
        self.mean = self.add_weight(shape=shape, initializer="zeros", trainable=False, name="mean")
        self.shift = self.add_weight(shape=shape, initializer="zeros", trainable=False, name="shift")
        self.scale = self.add_weight(shape=shape, initializer="ones", trainable=False, name="scale")

    def call(self, encoded: Any) -> Any:
        """Shape (num_rows, num_features) in, (num_groups, num_rows, num_inputs) out; flat: (num_rows, num_inputs)."""
        num_rows = ops.shape(encoded)[0]
        inputs = []
        if self.numbers:
            value = ops.take(encoded, self.numbers, axis=1)
            mean, shift, scale = (weight[0] if self.flat else weight for weight in (self.mean, self.shift, self.scale))
            filled = ops.where(ops.isnan(value), mean, value)
            # What is far out must not overflow: NaN in one engine is some number in another.
            inputs.append(ops.clip((filled - shift) / scale, -FARTHEST, FARTHEST))
        shared = []
        coded = [(column, code) for column, size in enumerate(self.num_categories) for code in range(size)]
        if coded:
            # Compared with every code: one_hot of a NaN raises in LiteRT. NaN equals none of them.
            value = ops.take(encoded, [column for column, _ in coded], axis=1)
            codes = np.array([code for _, code in coded], np.float32)
            is_so = ops.equal(value, codes)
            if any(self.ordered):
                ordered = np.array([self.ordered[column] for column, _ in coded])
                is_so = ops.logical_or(is_so, ops.logical_and(ops.greater(value, codes), ordered))
            shared.append(ops.cast(is_so, "float32"))
        nullable = [column for column, allowed in enumerate(self.nullable) if allowed]
        if nullable:
            shared.append(ops.cast(ops.isnan(ops.take(encoded, nullable, axis=1)), "float32"))
        for values in shared:
            shape = (self.num_groups, num_rows, values.shape[1])
            inputs.append(values if self.flat else ops.broadcast_to(values[None], shape))
        return ops.concatenate(inputs, axis=-1)


def num_categories(feature: Feature) -> int:
    """Network inputs that tell a feature's categories apart; a number has one input, for its amount."""
    match feature:
        case Category():
            return len(feature.vocabulary)
        case Amount():
            return 0
    assert_never(feature)


def input_features(schema: FeatureSchema) -> list[Feature]:
    """The feature behind each network input, in the order of `Preprocessing`'s output."""
    return [
        *schema.amounts.values(),
        *(feature for feature in schema.features for _ in range(num_categories(feature))),
        *(feature for feature in schema.features if feature.nullable),
    ]


class MemberDense(keras.layers.Layer):  # type: ignore[misc]  # Keras is untyped
    """A dense layer per member: (num_groups or num_members, num_rows, inputs) in, (num_members, num_rows, units) out.

    Inputs with one entry per group are each shared by the group's members, which lie next to each other.

    Where it is `wide`, one group's members lie next to each other in each row: (num_rows, inputs of all) in,
    (num_rows, num_members * units) out, by one product. It answers a batch in a quarter of the time; to train many
    members that way would cost their number squared.
    """

    def __init__(
        self,
        num_members: int,
        units: int,
        activation: str | None = None,
        *,
        use_bias: bool = True,
        signs: list[int] | None = None,
        mirrored: bool = False,
        wide: Literal["shared", "own"] | None = None,
        **options: Any,
    ) -> None:
        """As `keras.layers.Dense`.

        Args:
            num_members: Networks side by side.
            units: Outputs.
            activation: Keras's name of it; None: linear.
            use_bias: Whether something is added.
            signs: Per input 1 where its weights must not be negative, -1 where they must not be positive, 0 where they
                are free; None: all are free. `training.network.fitting` keeps them so.
            mirrored: Every other unit gives -activation(-x). Both rise with x, and together they can bend either way,
                which units with weights of one sign can't do with a ReLU.
            wide: Whether a row has the inputs that all members share, or each member's own side by side; None: neither.
            options: Keras's own.

        Reference:
            Runje & Shankaranarayana (2023), Constrained Monotonic Neural Networks, ICML, for the mirrored units.
        """
        super().__init__(**options)
        self.num_members = num_members
        self.units = units
        self.activation = activation
        self.use_bias = use_bias
        self.signs = signs
        self.mirrored = mirrored
        self.wide = wide

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make kernel (num_members, inputs, units) and bias (num_members, 1, units), zeros until they are drawn."""
        inputs = input_shape[-1] or 0
        each = inputs // self.num_members if self.wide == "own" else inputs
        shape = (self.num_members, each, self.units)
        self.kernel = self.add_weight(shape=shape, initializer="zeros", name="kernel")
        if self.use_bias:
            self.bias = self.add_weight(shape=(self.num_members, 1, self.units), initializer="zeros", name="bias")

    def call(self, inputs: Any) -> Any:
        """Multiply, add, activate."""
        if self.wide:
            values = ops.matmul(inputs, self._wide_kernel())
            bias = ops.reshape(self.bias, (-1,)) if self.use_bias else 0.0
            return self._activate(values + bias, np.tile(self._directions(), self.num_members))
        groups, _, num_inputs = inputs.shape
        kernel = self.kernel
        if groups == self.num_members:
            values = ops.matmul(inputs, kernel)
        else:
            # One product for all members of a group: a fifth of the time of one for each.
            each = self.num_members // groups
            kernel = ops.transpose(ops.reshape(kernel, (groups, each, num_inputs, self.units)), (0, 2, 1, 3))
            values = ops.matmul(inputs, ops.reshape(kernel, (groups, num_inputs, each * self.units)))
            values = ops.transpose(ops.reshape(values, (groups, -1, each, self.units)), (0, 2, 1, 3))
            values = ops.reshape(values, (self.num_members, -1, self.units))
        if self.use_bias:
            values = values + self.bias
        return self._activate(values, self._directions())

    def _wide_kernel(self) -> Any:
        """All members' kernels in one: next to each other, or along the diagonal where each has inputs of its own."""
        kernel, width = self.kernel, self.num_members * self.units
        if self.wide == "shared":
            return ops.reshape(ops.transpose(kernel, (1, 0, 2)), (-1, width))
        own = np.eye(self.num_members, dtype=np.float32)[:, None, :, None]
        return ops.reshape(kernel[:, :, None, :] * own, (-1, width))

    def _directions(self) -> np.ndarray:
        """Which units are mirrored, as -1."""
        return np.where(np.arange(self.units) % 2, -1, 1).astype(np.float32)

    def _activate(self, values: Any, directions: np.ndarray) -> Any:
        if self.activation is None:
            return values
        activate = keras.activations.get(self.activation)
        return activate(values * directions) * directions if self.mirrored else activate(values)


def build_members(
    schema: FeatureSchema,
    config: TrainingConfig,
    num_groups: int,
    num_members: int,
    *,
    pieces: Sequence[int] = (),
    wide: bool = False,
) -> keras.Model:
    """Build untrained members side by side.

    Where the schema declares monotone features, the probability moves in their direction by construction: no weight
    on the way from such an input to the logit has the wrong sign. The other inputs stay free.

    Args:
        schema: What goes in.
        config: Layers.
        num_groups: Groups of members that share rows.
        num_members: Members of all groups together, as many in each; a group's lie next to each other.
        pieces: Column of the encoded matrix for each piece of a number, in the order of the columns; fed to the skip.
        wide: Whether to answer fast rather than to train fast; of one group. The weights are the same.

    Returns:
        Encoded matrix in, logits of shape (num_rows, num_members) out.
    """
    encoded = keras.Input((len(schema.features),), name="encoded")
    inputs = Preprocessing(
        num_groups,
        [num_categories(feature) for feature in schema.features],
        [isinstance(feature, Category) and feature.ordered for feature in schema.features],
        [feature.nullable for feature in schema.features],
        flat=wide,
        name="preprocessing",
    )(encoded)
    of_skip = inputs
    if pieces:
        code = PiecewiseLinear(num_groups, pieces, flat=wide, name="pieces")(encoded)
        of_skip = ops.concatenate([inputs, code], axis=-1)
    shared: Literal["shared"] | None = "shared" if wide else None
    own: Literal["own"] | None = "own" if wide else None
    first, amounts = _signs(schema), schema.amounts
    monotone = any(first)
    signs, values = first if monotone else None, inputs
    for number, units in enumerate(config.hidden_units, start=1):
        layer = MemberDense(
            num_members,
            units,
            config.activation,
            signs=signs,
            mirrored=monotone,
            wide=shared if number == 1 else own,
            name=f"hidden_{number}",
        )
        values = layer(values)
        signs = [1] * units if monotone else None
    last = own if config.hidden_units else shared
    logits = MemberDense(num_members, 1, signs=signs, wide=last, name="logit")(values)
    if config.skip:
        # A piece rises with its number.
        signs = first + [_DIRECTIONS[amounts[column].monotone] for column in pieces] if monotone else None
        skip = MemberDense(num_members, 1, use_bias=False, signs=signs, wide=shared, name="skip")
        logits = logits + skip(of_skip)
    return keras.Model(encoded, logits if wide else ops.transpose(logits[:, :, 0]), name="members")


def _signs(schema: FeatureSchema) -> list[int]:
    """The sign that the weights of each input must have: only a number's own input can have one."""
    inputs = input_features(schema)
    signs = [_DIRECTIONS[feature.monotone] for feature in schema.amounts.values()]
    return signs + [0] * (len(inputs) - len(signs))


def pick_group(members: keras.Model, group: int, schema: FeatureSchema, config: TrainingConfig) -> keras.Model:
    """One group's members as a model of their own, to answer with; weights copied."""
    num_groups = members.get_layer("preprocessing").num_groups
    each = members.output_shape[-1] // num_groups
    widths = [each * units for units in (*config.hidden_units, 1)]
    wide = all(before * after <= _WIDEST for before, after in pairwise(widths))
    pieces = next((layer.columns for layer in members.layers if isinstance(layer, PiecewiseLinear)), ())
    picked = build_members(schema, config, 1, each, pieces=pieces, wide=wide)
    copy_group(members, group, picked)
    return picked


def copy_group(members: keras.Model, group: int, picked: keras.Model) -> None:
    """Give a model of one group the weights of another of the same configuration; building one takes far longer."""
    whole = {weight.path: weight for weight in members.weights}
    for weight in picked.weights:
        width = weight.shape[0]
        weight.assign(whole[weight.path][group * width : (group + 1) * width])


def ensemble(members: keras.Model, calibration: Calibration | None) -> keras.Model:
    """The model that is published: an ensemble's calibrated mean.

    Args:
        members: One ensemble: encoded matrix in, logits of shape (num_rows, num_members) out.
        calibration: Of the mean's log odds; None leaves it as it is.

    Returns:
        Encoded matrix in; a dict out: `probability`, the calibrated mean of the members' probabilities, and, of more
        than one member, `spread`, the standard deviation of their calibrated probabilities; each of shape (num_rows,).
    """
    logits = members.output
    probability = ops.mean(ops.sigmoid(logits), axis=1)
    if calibration is not None:
        # The rest to 1 as a mean of its own: 1 - p has no digits left where p is close to 1.
        rest = ops.mean(ops.sigmoid(-logits), axis=1)
        odds = ops.log(ops.maximum(probability, _SMALLEST)) - ops.log(ops.maximum(rest, _SMALLEST))
        odds = ops.clip(odds, -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS)  # as those that the calibration was fitted on
        probability = ops.sigmoid(calibration.slope * odds + calibration.intercept)
        logits = calibration.slope * logits + calibration.intercept
    answers = {"probability": probability}
    if members.output_shape[-1] > 1:
        each = ops.sigmoid(logits)
        # Not as the difference of two large numbers, so that engines agree where members do.
        answers["spread"] = ops.sqrt(ops.mean((each - ops.mean(each, axis=1, keepdims=True)) ** 2, axis=1))
    return keras.Model(members.input, answers, name="ensemble")


def notebook_network(schema: FeatureSchema) -> keras.Model:
    """The tutorial notebook's network as it was: unscaled inputs, five ReLU units, one sigmoid unit, compiled."""
    network = keras.Sequential(
        [
            keras.Input((len(schema.features),), name="encoded"),
            keras.layers.Dense(5, activation="relu", name="hidden_1"),
            keras.layers.Dense(1, activation="sigmoid", name="probability"),
        ],
        name="notebook",
    )
    network.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return network


def publish_notebook(network: keras.Model) -> keras.Model:
    """The notebook's network as it is published: the same layers, behind inputs that are held within FARTHEST.

    Beyond, sums overflow, or a sigmoid does: NaN in one engine, on some machines, is some number in another.

    Returns:
        Encoded matrix in, a dict with `probability` of shape (num_rows,) out.
    """
    encoded = keras.Input(network.input_shape[1:], name="encoded")
    values = ops.clip(encoded, -FARTHEST, FARTHEST)
    for layer in network.layers:
        values = layer(values)
    return keras.Model(encoded, {"probability": values[:, 0]}, name="notebook_published")
