"""The network: many members that train side by side in one Keras model, and the model that is published.

Every kernel has a leading member axis, so that all networks that honest evaluation needs (folds, repeats, members) and
those that are published train in one fit. A member trains exactly as it would alone on the same batches: the loss is
the sum over members (a mean would shrink the gradients toward Adam's epsilon), and each has its own row weights, its
own scaling and its own initial weights.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from registry.features import FeatureSchema
from training.config import TrainingConfig

_FARTHEST = 1e9
_CONSTANT = 1e-30  # a deviation below this is 0 in float32, or close enough to it


@keras.saving.register_keras_serializable("passfail")
class Preprocessing(keras.layers.Layer):  # type: ignore[misc]  # Keras is untyped
    """Encoded matrix to network inputs, per member: imputing, scaling, one-hot of categories, null indicators.

    Numbers become `(value - shift) / scale`, within _FARTHEST; a null number is first filled with the mean of the
    member's training rows. A category becomes one input per vocabulary entry, a null category zeros. A nullable feature
    adds an input that is 1 where it is null.
    """

    def __init__(self, num_members: int, num_categories: list[int], nullable: list[bool], **options: Any) -> None:
        """Describe the columns.

        Args:
            num_members: keras.Model side by side.
            num_categories: Size of each feature's vocabulary; 0 for a number.
            nullable: Whether each feature may be null.
            options: Keras's own.
        """
        super().__init__(**options)
        self.num_members = num_members
        self.num_categories = num_categories
        self.nullable = nullable

    def build(self, _input_shape: tuple[int | None, ...]) -> None:
        """Make room for the statistics, each of shape (num_members, num_features)."""
        shape = (self.num_members, len(self.num_categories))
        self.mean = self.add_weight(shape=shape, initializer="zeros", trainable=False, name="mean")
        self.shift = self.add_weight(shape=shape, initializer="zeros", trainable=False, name="shift")
        self.scale = self.add_weight(shape=shape, initializer="ones", trainable=False, name="scale")

    def call(self, encoded: Any) -> Any:
        """Shape (num_rows, num_features) in, (num_members, num_rows, num_inputs) out."""
        is_null = ops.isnan(encoded)
        indicators = ops.cast(is_null, "float32")
        inputs = []
        for column, size in enumerate(self.num_categories):
            value = encoded[:, column : column + 1]
            if size:
                # Compared with every code: one_hot of a NaN raises in LiteRT. NaN equals none of them.
                one_hot = ops.cast(ops.equal(value, ops.arange(size, dtype="float32")), "float32")
                inputs.append(ops.broadcast_to(one_hot[None], (self.num_members, ops.shape(encoded)[0], size)))
            else:
                mean, shift, scale = (weight[:, column, None, None] for weight in (self.mean, self.shift, self.scale))
                filled = ops.where(is_null[None, :, column : column + 1], mean, value[None])
                # What is far out must not overflow: NaN in one engine is some number in another.
                inputs.append(ops.clip((filled - shift) / scale, -_FARTHEST, _FARTHEST))
            if self.nullable[column]:
                indicator = indicators[None, :, column : column + 1]
                inputs.append(ops.broadcast_to(indicator, (self.num_members, ops.shape(encoded)[0], 1)))
        return ops.concatenate(inputs, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Keras's own serialisation."""
        own = {"num_members": self.num_members, "num_categories": self.num_categories, "nullable": self.nullable}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable("passfail")
class MemberDense(keras.layers.Layer):  # type: ignore[misc]  # Keras is untyped
    """A dense layer per member: shape (num_members, num_rows, inputs) in, (num_members, num_rows, units) out."""

    def __init__(self, units: int, activation: str | None = None, l2: float = 0.0, **options: Any) -> None:
        """As `keras.layers.Dense`, with the weight of an L2 penalty on the kernel."""
        super().__init__(**options)
        self.units = units
        self.activation = activation
        self.l2 = l2

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make kernel (num_members, inputs, units) and bias (num_members, 1, units); `initialise` fills the kernel."""
        num_members, _, num_inputs = input_shape
        self.kernel = self.add_weight(
            shape=(num_members, num_inputs, self.units),
            initializer="zeros",
            regularizer=keras.regularizers.L2(self.l2) if self.l2 else None,
            name="kernel",
        )
        self.bias = self.add_weight(shape=(num_members, 1, self.units), initializer="zeros", name="bias")

    def call(self, inputs: Any) -> Any:
        """Multiply, add, activate."""
        return keras.activations.get(self.activation)(ops.matmul(inputs, self.kernel) + self.bias)

    def get_config(self) -> dict[str, Any]:
        """Keras's own serialisation."""
        return {**super().get_config(), "units": self.units, "activation": self.activation, "l2": self.l2}


@dataclass(frozen=True)
class MemberPlan:
    """What one member of a fit is.

    Attributes:
        rows: 1 for each row that it trains on, shape (num_rows,).
        seed: Of its initial weights.
    """

    rows: np.ndarray
    seed: tuple[int, ...]


def build_members(schema: FeatureSchema, config: TrainingConfig, num_members: int) -> keras.Model:
    """Build untrained members side by side.

    Args:
        schema: What goes in.
        config: Layers and penalties.
        num_members: How many.

    Returns:
        Encoded matrix in, logits of shape (num_rows, num_members) out.
    """
    encoded = keras.Input((len(schema.features),), name="encoded")
    values = Preprocessing(
        num_members,
        [len(feature.vocabulary) for feature in schema.features],
        [feature.nullable for feature in schema.features],
        name="preprocessing",
    )(encoded)
    for number, units in enumerate(config.hidden_units, start=1):
        values = MemberDense(units, "relu", config.l2, name=f"hidden_{number}")(values)
    logits = MemberDense(1, None, config.l2, name="logit")(values)
    return keras.Model(encoded, ops.transpose(logits[:, :, 0]), name="members")


def train_members(
    matrix: np.ndarray,
    labels: np.ndarray,
    plans: list[MemberPlan],
    schema: FeatureSchema,
    config: TrainingConfig,
    seed: int,
    on_epoch: Callable[[], None] = lambda: None,
) -> keras.Model:
    """Train every planned member in one fit.

    Args:
        matrix: Encoded rows, shape (num_rows, num_features).
        labels: 0 or 1, shape (num_rows,).
        plans: One entry per member.
        schema: What the columns are.
        config: How to build and train.
        seed: Of the order in which rows are seen.
        on_epoch: Called after each epoch.

    Returns:
        The trained members, in the order of the plans: logits of shape (num_rows, num_members) out.
    """
    members = build_members(schema, config, len(plans))
    rows = np.stack([plan.rows for plan in plans], axis=1).astype(np.float32)
    _fit_statistics(members.get_layer("preprocessing"), matrix, rows, schema, scale=config.scale_inputs)
    _initialise(members, plans)
    train_epoch = _compile_epoch(members, matrix, labels, rows, config)
    generator = np.random.default_rng(seed)
    for _ in range(config.epochs):
        train_epoch(generator.permutation(len(matrix)))
        on_epoch()
    return members


def _compile_epoch(
    members: keras.Model, matrix: np.ndarray, labels: np.ndarray, rows: np.ndarray, config: TrainingConfig
) -> Callable[[np.ndarray], object]:
    """One pass over the rows in a given order, as one graph.

    A whole epoch a call: Keras's own `fit` sets up each epoch anew, which took 8 times as long on 400 rows.
    """
    inputs, targets, own = (tf.constant(array, tf.float32) for array in (matrix, labels[:, None], rows))
    optimizer = keras.optimizers.Adam(config.learning_rate)
    optimizer.build(members.trainable_variables)

    def train_epoch(order: Any) -> None:
        def step(start: Any) -> Any:
            batch = order[start : start + config.batch_size]
            with tf.GradientTape() as tape:
                logits = members(tf.gather(inputs, batch), training=True)
                loss = members_loss(tf.gather(targets, batch), logits, tf.gather(own, batch)) + sum(members.losses)
            optimizer.apply(tape.gradient(loss, members.trainable_variables), members.trainable_variables)
            return start + config.batch_size

        tf.while_loop(lambda start: start < len(matrix), step, [tf.constant(0)])

    # Without AutoGraph, which rewrites source code and is not sure of every new Python.
    return tf.function(train_epoch, autograph=False)  # type: ignore[no-any-return]  # TensorFlow is untyped


def members_loss(labels: Any, logits: Any, own: Any) -> Any:
    """Binary cross-entropy: each member's mean over its own rows of the batch, summed over members.

    Args:
        labels: 0 or 1, shape (num_rows, 1).
        logits: Shape (num_rows, num_members).
        own: 1 where a row is a member's own, shape (num_rows, num_members).
    """
    losses = ops.softplus(logits) - labels * logits
    return ops.sum(ops.sum(losses * own, axis=0) / ops.maximum(ops.sum(own, axis=0), 1.0))


def pick_members(members: keras.Model, chosen: slice, schema: FeatureSchema, config: TrainingConfig) -> keras.Model:
    """Some of the members as a model of their own, weights copied."""
    picked = build_members(schema, config, len(range(*chosen.indices(members.output_shape[-1]))))
    picked.set_weights([weight[chosen] for weight in members.get_weights()])
    return picked


def averaged(members: keras.Model) -> keras.Model:
    """The model that is published: encoded matrix in, mean probability of the members out, shape (num_rows, 1)."""
    probability = ops.mean(ops.sigmoid(members.output), axis=1, keepdims=True)
    return keras.Model(members.input, probability, name="probability")


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


def _fit_statistics(
    layer: Preprocessing, matrix: np.ndarray, rows: np.ndarray, schema: FeatureSchema, *, scale: bool
) -> None:
    """Give each member the mean and standard deviation of its own rows, nulls left out."""
    shape = (rows.shape[1], matrix.shape[1])
    means, deviations = np.zeros(shape), np.ones(shape)
    for column, feature in enumerate(schema.features):
        if feature.kind == "category":
            continue
        values = matrix[:, column].astype(np.float64)
        present = rows * ~np.isnan(values)[:, None]
        values = np.nan_to_num(values)[:, None]
        num_present = np.maximum(present.sum(axis=0), 1)
        means[:, column] = (present * values).sum(axis=0) / num_present
        deviation = np.sqrt((present * (values - means[:, column]) ** 2).sum(axis=0) / num_present)
        deviations[:, column] = np.where(deviation > _CONSTANT, deviation, 1)
    layer.mean.assign(means)
    if scale:
        layer.shift.assign(means)
        layer.scale.assign(deviations)


def _initialise(members: keras.Model, plans: list[MemberPlan]) -> None:
    """Glorot-uniform kernels, drawn for each member alone from its own seed.

    Drawn here, since on a three-dimensional kernel Keras would count the member axis as a receptive field.

    Reference:
        Glorot & Bengio (2010), AISTATS: limit = sqrt(6 / (fan_in + fan_out)).
    """
    kernels = [layer.kernel for layer in members.layers if isinstance(layer, MemberDense)]
    drawn = [np.empty(kernel.shape, dtype=np.float32) for kernel in kernels]
    for member, plan in enumerate(plans):
        generator = np.random.default_rng(plan.seed)
        for values in drawn:
            limit = np.sqrt(6 / (values.shape[1] + values.shape[2]))
            values[member] = generator.uniform(-limit, limit, values.shape[1:])
    for kernel, values in zip(kernels, drawn, strict=True):
        kernel.assign(values)
