"""What happens while networks learn: losses, gradients, units and weights, epoch by epoch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from training.network.members import MemberDense

_NUM_RECORDS = 100  # epochs that are recorded; all of them where there are no more
_MIN_ROWS, _MAX_ROWS, _MAX_CELLS = 64, 1000, 20_000_000
_MAX_WEIGHTS = 20_000  # numbers in the record of one network's weights
# How close to its ends a unit is saturated: there its slope is under a twentieth of the steepest.
_SATURATED = 0.98


@dataclass(frozen=True)
class Curves:
    """How networks learned, over the networks of cross-validation; epoch 0 is before the first step.

    Attributes:
        epochs: Which epochs were recorded, shape (num_records,).
        train_loss: Mean log loss on rows that a network trains on, without penalties, shape (num_records,).
        held_out_loss: The same on rows that are held out from it.
        gradient_norms: Layer → median norm of the gradient of its kernel, of the loss without penalties.
        weight_norms: Layer → median norm of its kernel.
        dead: Share of hidden units that give 0 for every row; None unless they are ReLUs.
        saturated: Share of hidden activations close to an end of their range; None unless they are sigmoid or tanh.
        weights: Epoch, and layer → `kernel` and `bias` then, of the first network that is published; empty where it has
            too many, or where none of these is published.
    """

    epochs: np.ndarray
    train_loss: np.ndarray
    held_out_loss: np.ndarray
    gradient_norms: Mapping[str, np.ndarray]
    weight_norms: Mapping[str, np.ndarray]
    dead: np.ndarray | None
    saturated: np.ndarray | None
    weights: tuple[tuple[int, Mapping[str, Mapping[str, np.ndarray]]], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As `training.json` has them, to six digits; null is what is no finite number."""
        document: dict[str, Any] = {
            "epochs": self.epochs.tolist(),
            "loss": {"train": _plain(self.train_loss), "held_out": _plain(self.held_out_loss)},
            "gradient_norm": {layer: _plain(values) for layer, values in self.gradient_norms.items()},
            "weight_norm": {layer: _plain(values) for layer, values in self.weight_norms.items()},
        }
        for name, share in (("dead_units", self.dead), ("saturated_activations", self.saturated)):
            if share is not None:
                document[name] = _plain(share)
        document["weights_of_the_first_network"] = [
            {
                "epoch": epoch,
                "layers": {
                    layer: {name: _plain(values) for name, values in weights.items()}
                    for layer, weights in layers.items()
                },
            }
            for epoch, layers in self.weights
        ]
        return document


@dataclass
class TrainingMonitor:
    """Records how members learn while they train side by side.

    Attributes:
        num_groups: The first groups of the fit, those of cross-validation, over which curves are made.
        published: Index of the group that is published; None where there is none.
    """

    num_groups: int
    published: int | None
    _records: list[tuple[int, dict[str, np.ndarray]]] = field(default_factory=list)
    _weights: list[tuple[int, dict[str, dict[str, np.ndarray]]]] = field(default_factory=list)
    _layers: list[str] = field(default_factory=list)

    def begin(
        self, members: keras.Model, matrix: np.ndarray, labels: np.ndarray, own: np.ndarray, num_epochs: int
    ) -> Callable[[int], None]:
        """Get ready.

        Args:
            members: About to be trained.
            matrix: Encoded rows, shape (num_rows, num_features).
            labels: 0 or 1, shape (num_rows,).
            own: 1 where a row is trained on by a member, shape (num_rows, num_members).
            num_epochs: That are to come.

        Returns:
            What to call with the number of epochs that are done, from 0 on.
        """
        layers = [layer for layer in members.layers if isinstance(layer, MemberDense)]
        self._layers = [layer.name for layer in layers]
        num_members = members.output_shape[-1]
        each = num_members // members.get_layer("preprocessing").num_groups
        widest = max(layer.units for layer in layers)
        num_rows = int(np.clip(_MAX_CELLS // (num_members * widest), _MIN_ROWS, _MAX_ROWS))
        rows = np.sort(np.random.default_rng(0).permutation(len(matrix))[:num_rows])
        measure = _compile(members, layers, matrix[rows], labels[rows], own[rows])
        recorded = set(np.linspace(0, num_epochs, min(num_epochs, _NUM_RECORDS) + 1).round().astype(int).tolist())
        watched = self.num_groups * each
        first = None if self.published is None else self.published * each
        num_weights = sum(weight[0].numpy().size for weight in members.trainable_variables)
        keep = _MAX_WEIGHTS // max(num_weights, 1)
        kept = set(np.linspace(0, num_epochs, keep).round().astype(int).tolist()) if keep > 1 else set()

        def record(epoch: int) -> None:
            if epoch in recorded:
                found = {name: np.asarray(value)[..., :watched] for name, value in measure().items()}
                self._records.append((epoch, found))
            if epoch in recorded & kept and first is not None:
                self._weights.append((epoch, {layer.name: _of_member(layer, first) for layer in layers}))

        return record

    def curves(self) -> Curves:
        """What was recorded."""

        def over(name: str, reduce: Callable[..., Any]) -> np.ndarray:
            with np.errstate(all="ignore"):
                values: np.ndarray = np.stack([reduce(found[name], axis=-1) for _, found in self._records])
            return values

        gradients, weights = over("gradients", np.median), over("weights", np.median)
        has = self._records[0][1]
        return Curves(
            epochs=np.array([epoch for epoch, _ in self._records]),
            train_loss=over("train", np.mean),
            held_out_loss=over("held_out", _mean_of_known),
            gradient_norms=dict(zip(self._layers, gradients.T, strict=True)),
            weight_norms=dict(zip(self._layers, weights.T, strict=True)),
            dead=over("dead", np.mean) if "dead" in has else None,
            saturated=over("saturated", np.mean) if "saturated" in has else None,
            weights=tuple(self._weights),
        )


def _compile(
    members: keras.Model, layers: list[MemberDense], matrix: np.ndarray, labels: np.ndarray, own: np.ndarray
) -> Callable[[], dict[str, Any]]:
    """Everything that is recorded, of all members at once; arrays end in the member axis."""
    hidden = [layer for layer in layers if layer.activation is not None]
    inner = keras.Model(members.input, [*(layer.output for layer in hidden), members.output])
    inputs, targets, own = (tf.constant(array, tf.float32) for array in (matrix, labels[:, None], own))
    others = 1 - own
    kernels = [layer.kernel for layer in layers]
    activations = {layer.activation for layer in hidden}

    def measure() -> dict[str, Any]:
        with tf.GradientTape() as tape:
            *outputs, logits = inner(inputs)
            losses = ops.softplus(logits) - targets * logits
            train = ops.sum(losses * own, axis=0) / ops.maximum(ops.sum(own, axis=0), 1)
            loss = ops.sum(train)
        gradients = tape.gradient(loss, kernels)
        found = {
            "train": train,
            "held_out": ops.sum(losses * others, axis=0) / ops.sum(others, axis=0),
            "gradients": ops.stack([_norm(gradient) for gradient in gradients]),
            "weights": ops.stack([_norm(kernel) for kernel in kernels]),
        }
        rows = ops.transpose(own)[:, :, None]
        if "relu" in activations:
            alive = ops.concatenate([ops.any((output != 0) & (rows > 0), axis=1) for output in outputs], axis=1)
            found["dead"] = 1 - ops.mean(ops.cast(alive, "float32"), axis=1)
        if activations & {"sigmoid", "tanh"}:
            scaled = [2 * output - 1 if "sigmoid" in activations else output for output in outputs]
            ends = [ops.sum(ops.cast(abs(output) > _SATURATED, "float32") * rows, axis=(1, 2)) for output in scaled]
            cells = ops.sum(rows, axis=(1, 2)) * sum(layer.units for layer in hidden)
            found["saturated"] = sum(ends) / ops.maximum(cells, 1)
        return found

    return tf.function(measure, autograph=False)  # type: ignore[no-any-return]  # TensorFlow is untyped


def _norm(values: Any) -> Any:
    """Per member, over inputs and units; (num_members, inputs, units) in, (num_members,) out."""
    return ops.sqrt(ops.sum(values**2, axis=(1, 2)))


def _mean_of_known(values: np.ndarray, axis: int) -> np.ndarray:
    """A network of which no held-out row is among those recorded says nothing; NaN where none says anything."""
    known = np.isfinite(values)
    mean: np.ndarray = np.where(known, values, 0).sum(axis=axis) / known.sum(axis=axis)
    return mean


def _of_member(layer: MemberDense, member: int) -> dict[str, np.ndarray]:
    weights = {"kernel": layer.kernel[member].numpy()}
    if layer.use_bias:
        weights["bias"] = layer.bias[member, 0].numpy()
    return weights


def _plain(values: np.ndarray) -> Any:
    if values.ndim:
        return [_plain(value) for value in values]
    return float(f"{values:.6g}") if np.isfinite(values) else None
