"""Training: every planned member at once, each as it would train alone.

A member sees the same batches as all others and takes from them its own rows. The loss is the sum over members (a mean
would shrink the gradients toward Adam's epsilon), initial weights are drawn for each alone, penalties and clipping are
each member's own; so its weights do not depend on who trains beside it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from training.config import TrainingConfig
from training.network.graph import in_parts
from training.network.members import MemberDense, Preprocessing, build_members
from training.network.monitor import TrainingMonitor
from training.network.piecewise_linear import fit_knots, num_pieces
from training.progress import progress
from training.statistics.folds import Fold
from training.table.dataset import Dataset

_CONSTANT = 1e-30  # a deviation below this is 0 in float32, or close enough to it
_SMALL = 0.05  # of random_uniform, as Keras has it
_MIN_BATCH, _MAX_BATCH, _BATCHES = 32, 1024, 32


@dataclass(frozen=True)
class MemberPlan:
    """What one member of a fit is.

    Attributes:
        seed: Of its initial weights.
        l2: Weight of the squared kernels in its loss, but for the skip's.
        skip_l2: Weight of the skip's squared kernel.
    """

    seed: tuple[int, ...]
    l2: float = 0.0
    skip_l2: float = 0.0


@dataclass(frozen=True)
class GroupPlan:
    """Members that train on the same rows.

    Attributes:
        rows: 1 for each row that they train on, shape (num_rows,).
        members: As many in every group of a fit.
    """

    rows: np.ndarray
    members: tuple[MemberPlan, ...]


def plan_ensemble(rows: np.ndarray, config: TrainingConfig, seed: tuple[int, int]) -> GroupPlan:
    """An ensemble of the size that is served.

    Args:
        rows: 1 for each row that it trains on, shape (num_rows,).
        config: Number of members, and their penalties.
        seed: Of the initial weights, with each member's number.
    """
    members = (MemberPlan((*seed, member), config.l2 or 0.0, config.skip_l2 or 0.0) for member in range(config.members))
    return GroupPlan(rows, tuple(members))


def plan_folds(folds: list[Fold], configs: list[TrainingConfig], num_rows: int, seed: int) -> list[GroupPlan]:
    """An ensemble for each fold, with penalties of its own.

    Args:
        folds: What to train on.
        configs: How, for each fold.
        num_rows: Of the whole table.
        seed: Of the initial weights.
    """
    return [
        plan_ensemble(fold.mask(num_rows), config, (seed, 1 + number))
        for number, (fold, config) in enumerate(zip(folds, configs, strict=True))
    ]


def train_members(
    dataset: Dataset,
    plans: list[GroupPlan],
    config: TrainingConfig,
    seed: int,
    monitor: TrainingMonitor | None = None,
    kernels: list[np.ndarray] | None = None,
) -> keras.Model:
    """Train every planned member in one fit.

    Args:
        dataset: The rows.
        plans: Groups of members; penalties are theirs, not the configuration's.
        config: How to build and train.
        seed: Of the order in which rows are seen.
        monitor: Records how they learn.
        kernels: To begin with, of each layer, shape (num_members, inputs, units); None: drawn from the members' seeds.

    Returns:
        The trained members, in the order of the plans: logits of shape (num_rows, num_members) out.
    """
    matrix, labels = dataset.matrix, dataset.labels
    everyone = [member for plan in plans for member in plan.members]
    rows = np.stack([plan.rows for plan in plans], axis=1).astype(np.float32)
    knots = fit_knots(dataset, rows) if config.skip else {}
    pieces = [column for column, of_groups in knots.items() for _ in range(num_pieces(of_groups))]
    members = build_members(dataset.schema, config, len(plans), len(everyone), pieces=pieces)
    means = _fit_statistics(members.get_layer("preprocessing"), matrix, rows, scale=config.scale_inputs)
    if pieces:
        members.get_layer("pieces").fit(knots, means)
    _initialise(members, everyone, config.initializer, kernels)
    own = np.repeat(rows, len(everyone) // len(plans), axis=1)
    train_epoch = _compile_epoch(members, matrix, labels, own, everyone, config)
    record = (lambda _: None) if monitor is None else monitor.begin(members, matrix, labels, own, config.epochs)
    generator = np.random.default_rng(seed)
    record(0)
    with progress(config.epochs) as tick:
        for epoch in range(1, config.epochs + 1):
            train_epoch(generator.permutation(len(matrix)))
            record(epoch)
            tick()
    return members


def member_logits(members: keras.Model, matrix: np.ndarray) -> np.ndarray:
    """What every member answers for every row.

    Args:
        members: As trained.
        matrix: Encoded rows, shape (num_rows, num_features).

    Returns:
        Logits, float64 of shape (num_rows, num_groups, members of a group).
    """
    num_groups = members.get_layer("preprocessing").num_groups
    parts = [np.asarray(members(part)) for part in in_parts(matrix)]
    return np.concatenate(parts).astype(np.float64).reshape(len(matrix), num_groups, -1)


def _compile_epoch(
    members: keras.Model,
    matrix: np.ndarray,
    labels: np.ndarray,
    own: np.ndarray,
    plans: list[MemberPlan],
    config: TrainingConfig,
) -> Callable[[np.ndarray], object]:
    """One pass over the rows in a given order, as one graph.

    A whole epoch a call: Keras's own `fit` sets up each epoch anew, which took 8 times as long on 400 rows.
    """
    batch_size = config.batch_size or automatic_batch_size(len(matrix))
    inputs, targets, own = (tf.constant(array, tf.float32) for array in (matrix, labels[:, None], own))
    weights = members.trainable_variables
    layers = [layer for layer in members.layers if isinstance(layer, MemberDense)]
    # Their gradients are added by hand: to follow squares back through the loss takes several times as long.
    penalties = {
        layer.kernel.path: 2
        * np.array([plan.skip_l2 if layer.name == "skip" else plan.l2 for plan in plans], np.float32)
        for layer in layers
    }
    num_steps = config.epochs * -(-len(matrix) // batch_size)
    optimizer = _optimizer(config, num_steps)
    optimizer.build(weights)

    def train_epoch(order: Any) -> None:
        def step(start: Any) -> Any:
            batch = order[start : start + batch_size]
            with tf.GradientTape() as tape:
                logits = members(tf.gather(inputs, batch), training=True)
                loss = members_loss(tf.gather(targets, batch), logits, tf.gather(own, batch))
            gradients = [
                gradient + weight * penalties[weight.path][:, None, None] if weight.path in penalties else gradient
                for gradient, weight in zip(tape.gradient(loss, weights), weights, strict=True)
            ]
            if config.clip_norm is not None:
                gradients = clip_each_member(gradients, config.clip_norm)
            optimizer.apply(gradients, weights)
            _keep_signs(layers)
            return start + batch_size

        tf.while_loop(lambda start: start < len(matrix), step, [tf.constant(0)])

    # Without AutoGraph, which rewrites source code and is not sure of every new Python.
    return tf.function(train_epoch, autograph=False)  # type: ignore[no-any-return]  # TensorFlow is untyped


def automatic_batch_size(num_rows: int) -> int:
    """Rows per step where the dataset file names none: 32, and more where an epoch would have many more steps."""
    return int(np.clip(2 ** round(np.log2(num_rows / _BATCHES)), _MIN_BATCH, _MAX_BATCH))


def members_loss(labels: Any, logits: Any, own: Any) -> Any:
    """Binary cross-entropy: each member's mean over its own rows of the batch, summed over members.

    Args:
        labels: 0 or 1, shape (num_rows, 1).
        logits: Shape (num_rows, num_members).
        own: 1 where a row is a member's own, shape (num_rows, num_members).
    """
    losses = ops.softplus(logits) - labels * logits
    return ops.sum(ops.sum(losses * own, axis=0) / ops.maximum(ops.sum(own, axis=0), 1.0))


def clip_each_member(gradients: list[Any], clip_norm: float) -> list[Any]:
    """Shrink each member's gradient, over all its weights, to at most a norm; each of shape (num_members, ...)."""
    norms = ops.sqrt(sum(ops.sum(gradient**2, axis=(1, 2), keepdims=True) for gradient in gradients))
    factor = clip_norm / ops.maximum(norms, clip_norm)
    return [gradient * factor for gradient in gradients]


class _Adam:
    """Adam with Keras's defaults, by TensorFlow's own operation for a whole step: a third of the time of Keras's parts.

    Reference:
        Kingma & Ba (2015), Adam, ICLR, with the order of computation of its section 2.
    """

    _BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-7

    def __init__(self, rate: Callable[[Any], Any]) -> None:
        self._rate = rate

    def build(self, weights: list[Any]) -> None:
        self._num_steps = tf.Variable(0.0)
        self._moments = [[tf.Variable(tf.zeros(weight.shape)) for _ in range(2)] for weight in weights]

    def apply(self, gradients: list[Any], weights: list[Any]) -> None:
        rate = self._rate(self._num_steps)
        count = self._num_steps.assign_add(1.0)
        for gradient, weight, (first, second) in zip(gradients, weights, self._moments, strict=True):
            tf.raw_ops.ResourceApplyAdam(
                var=weight.value.handle,
                m=first.handle,
                v=second.handle,
                beta1_power=self._BETA_1**count,
                beta2_power=self._BETA_2**count,
                lr=rate,
                beta1=self._BETA_1,
                beta2=self._BETA_2,
                epsilon=self._EPSILON,
                grad=gradient,
            )


def _optimizer(config: TrainingConfig, num_steps: int) -> Any:
    if config.learning_rate_decay:
        rate = keras.optimizers.schedules.PolynomialDecay(config.learning_rate, num_steps, end_learning_rate=0.0)
    else:
        rate = config.learning_rate
    if config.optimizer == "sgd":
        return keras.optimizers.SGD(rate)
    return _Adam(rate if callable(rate) else lambda _: rate)


def _keep_signs(layers: list[MemberDense]) -> None:
    """Take weights that a step has given the wrong sign back to 0."""
    for layer in layers:
        if layer.signs is not None:
            signs = ops.convert_to_tensor(np.array(layer.signs, np.float32)[None, :, None])
            layer.kernel.assign(ops.where(signs * layer.kernel < 0, 0.0, layer.kernel))


def _fit_statistics(
    layer: Preprocessing, matrix: np.ndarray, rows: np.ndarray, *, scale: bool
) -> dict[int, np.ndarray]:
    """Give each group the mean and standard deviation of its own rows, nulls left out; each column's means."""
    shape = (rows.shape[1], 1, len(layer.numbers))
    means, deviations = np.zeros(shape), np.ones(shape)
    for index, column in enumerate(layer.numbers):
        values = matrix[:, column].astype(np.float64)
        present = rows * ~np.isnan(values)[:, None]
        values = np.nan_to_num(values)[:, None]
        num_present = np.maximum(present.sum(axis=0), 1)
        mean = (present * values).sum(axis=0) / num_present
        deviation = np.sqrt((present * (values - mean) ** 2).sum(axis=0) / num_present)
        means[:, 0, index] = mean
        deviations[:, 0, index] = np.where(deviation > _CONSTANT, deviation, 1)
    layer.mean.assign(means)
    if scale:
        layer.shift.assign(means)
        layer.scale.assign(deviations)
    return dict(zip(layer.numbers, means[:, 0].T, strict=True))


def _limit(initializer: str, fan_in: int, fan_out: int) -> float:
    if initializer == "random_uniform":
        return _SMALL
    return float(np.sqrt(6 / (fan_in if initializer == "he" else fan_in + fan_out)))


def _initialise(
    members: keras.Model, plans: list[MemberPlan], initializer: str, kernels: list[np.ndarray] | None
) -> None:
    """Those that are given, or uniform kernels, drawn for each member alone from its own seed; the skip starts at zero.

    Drawn here, since on a three-dimensional kernel Keras would count the member axis as a receptive field.

    Reference:
        Glorot & Bengio (2010), AISTATS: limit = sqrt(6 / (fan_in + fan_out)); He et al. (2015), ICCV: limit =
        sqrt(6 / fan_in).
    """
    layers = [layer for layer in members.layers if isinstance(layer, MemberDense) and layer.name != "skip"]
    if kernels is not None:
        for layer, values in zip(layers, kernels, strict=True):
            layer.kernel.assign(values)
        return
    drawn = [np.empty(layer.kernel.shape, dtype=np.float32) for layer in layers]
    for member, plan in enumerate(plans):
        generator = np.random.default_rng(plan.seed)
        for layer, values in zip(layers, drawn, strict=True):
            fan_in, fan_out = values.shape[1:]
            limit = _limit(initializer, fan_in, fan_out)
            if layer.signs is not None and all(layer.signs):
                limit = min(limit, 2 / fan_in)  # weights of one sign add up instead of cancelling out
            values[member] = generator.uniform(-limit, limit, (fan_in, fan_out))
    for layer, values in zip(layers, drawn, strict=True):
        if layer.signs is not None:
            signs = np.array(layer.signs)[None, :, None]
            values = np.where(signs == 0, values, signs * np.abs(values))
        layer.kernel.assign(values)
