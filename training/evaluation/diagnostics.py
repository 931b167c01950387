"""What is wrong with the way in which networks learned, in plain words, and what to set to cure it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.config import TrainingConfig
from training.network.monitor import Curves

_VANISHED = 0.005  # at the first layer, in nats per unit of weight; not relative to the output's, which may be lost too
_LOST_ON_THE_WAY = 0.01  # of the output's gradient; where more is left at the first layer, the signal was lost forwards
_EXPLODED = 100.0  # nats per unit of weight; on standardised inputs a gradient is about 1 at most
_DIVERGED = 1.5  # times the loss before the first step
_MOST_DEAD = _MOST_SATURATED = 1 / 3
_SHRUNK = 0.7  # of the first layer's weights at the start
_STILL_FALLING = (
    0.1  # share of the whole fall that the second half still brings; with a rate that falls to 0, .01 to .03
)
_OVERFITTED = 0.05  # nats above the lowest held-out loss


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        kind: `vanishing_gradients`, `vanishing_signal`, `exploding_gradients`, `dead_units`, `saturated_units`,
            `not_converged` or `overfitting`.
        detail: What was seen, with its figures, and what it means.
        change: Key of `[training]` → the value that is advised; never one that is set already. Empty where no setting
            mends it.
    """

    kind: str
    detail: str
    change: Mapping[str, Any]

    @property
    def advice(self) -> str:
        """The change as TOML says it, which is JSON's way here."""
        return ", ".join(f"{key} = {json.dumps(value)}" for key, value in self.change.items())


def diagnose(curves: Curves, config: TrainingConfig) -> list[Finding]:
    """Look for what keeps a network from learning, what most explains the rest first.

    Args:
        curves: How it learned.
        config: How it was built and trained.

    Reference:
        Glorot & Bengio (2010), AISTATS, for vanishing gradients and saturation; Pascanu et al. (2013), ICML, for
        explosion and clipping; Maas et al. (2013), ICML, for leaky units in place of dead ones.
    """
    found = [_exploding(curves, config)]
    if found == [None]:
        found += [_vanishing(curves, config), _dead(curves, config), _saturated(curves, config)]
        found += [_not_converged(curves, config), _overfitting(curves, config)]
    return [finding for finding in found if finding is not None]


def _exploding(curves: Curves, config: TrainingConfig) -> Finding | None:
    norms = np.stack(list(curves.gradient_norms.values()))
    largest = float(np.max(norms)) if np.isfinite(norms).all() else np.inf
    first, last = curves.train_loss[[0, -1]]
    if largest <= _EXPLODED and last <= _DIVERGED * max(first, np.log(2)):  # NaN is not <= either
        return None
    change: dict[str, Any] = {} if config.scale_inputs else {"scale_inputs": True}
    if config.clip_norm is None or config.clip_norm > 1:
        change["clip_norm"] = 1.0
    if config.optimizer == "sgd" or not change:
        change["learning_rate"] = config.learning_rate / 10
    size = f"reach a norm of {largest:.0f}" if np.isfinite(largest) else "do not stay finite"
    return Finding(
        "exploding_gradients",
        f"gradients explode: they {size}, and the loss goes from {first:.3f} to {last:.3f}: steps are far too long",
        change,
    )


def _vanishing(curves: Curves, config: TrainingConfig) -> Finding | None:
    early = curves.gradient_norms["hidden_1"][: max(2, len(curves.epochs) // 10)]
    # Before the first step and early on: later a small gradient can mean that all is learned.
    arriving = max(early[0], float(np.median(early)))
    is_dead = curves.dead is not None and curves.dead[0] > _MOST_DEAD
    if arriving >= _VANISHED or (is_dead and len(config.hidden_units) == 1):  # dead units alone are why, and are named
        return None
    change: dict[str, Any] = {}
    if config.activation not in ("relu", "leaky_relu"):
        change["activation"] = "relu"
    if config.initializer != "he":
        change["initializer"] = "he"
    if not change:
        change["hidden_units"] = list(config.hidden_units[: max(1, len(config.hidden_units) // 2)])
    if not config.scale_inputs:
        change["scale_inputs"] = True
    first, last = early[0], curves.gradient_norms["logit"][0]
    layers = "1 hidden layer" if len(config.hidden_units) == 1 else f"{len(config.hidden_units)} hidden layers"
    if first < _LOST_ON_THE_WAY * last:
        return Finding(
            "vanishing_gradients",
            f"gradients vanish on their way back through {layers}: before the first step their norm is {last:.2g} at "
            f"the output, but {first:.2g} at the first layer; below {_VANISHED:g} early in training is too little to "
            "learn from: the first layers learn late or not at all",
            change,
        )
    return Finding(
        "vanishing_signal",
        f"the signal is lost on its way forward through {layers}: students hardly differ where they reach the output, "
        f"so that before the first step the gradient's norm is {last:.2g} there and {first:.2g} at the first layer; "
        f"below {_VANISHED:g} early in training is too little to learn from: the network learns late or not at all",
        change,
    )


def _dead(curves: Curves, config: TrainingConfig) -> Finding | None:
    if curves.dead is None or not curves.dead[-1] > _MOST_DEAD:
        return None
    weights = curves.weight_norms["hidden_1"]
    if curves.dead[0] < _MOST_DEAD / 2 and weights[-1] < _SHRUNK * weights[0]:
        return None  # the penalty has switched them off, since fewer do: that is what it is for
    change: dict[str, Any] = {"activation": "leaky_relu"} if config.scale_inputs else {"scale_inputs": True}
    if curves.dead[0] < _MOST_DEAD / 2 and config.learning_rate > TrainingConfig.learning_rate:
        change = {"learning_rate": TrainingConfig.learning_rate}  # long steps have killed them
    return Finding(
        "dead_units",
        f"{curves.dead[-1]:.0%} of the hidden units are dead: they give 0 for every student, so that they neither "
        f"answer nor learn ({curves.dead[0]:.0%} were before training)",
        change,
    )


def _saturated(curves: Curves, config: TrainingConfig) -> Finding | None:
    if curves.saturated is None or not curves.saturated[-1] > _MOST_SATURATED:
        return None
    change: dict[str, Any] = {"activation": "relu"} if config.scale_inputs else {"scale_inputs": True}
    return Finding(
        "saturated_units",
        f"{curves.saturated[-1]:.0%} of the hidden activations are at an end of their range, where their gradient is "
        "nearly 0, so that they hardly learn",
        change,
    )


def _not_converged(curves: Curves, config: TrainingConfig) -> Finding | None:
    half = int(np.searchsorted(curves.epochs, curves.epochs[-1] / 2, side="right")) - 1
    first, middle, last = curves.train_loss[[0, half, -1]]
    falls_elsewhere = curves.held_out_loss[-1] < curves.held_out_loss[half]
    if not (middle - last > _STILL_FALLING * (first - last) > 0 and falls_elsewhere):
        return None
    change: dict[str, Any] = {"epochs": 2 * config.epochs}
    if config.learning_rate < TrainingConfig.learning_rate:
        change["learning_rate"] = TrainingConfig.learning_rate
    return Finding(
        "not_converged",
        f"training has not converged: its second half still lowers the loss from {middle:.3f} to {last:.3f}, "
        f"{(middle - last) / (first - last):.0%} of all that it does, on held-out rows too",
        change,
    )


def _overfitting(curves: Curves, config: TrainingConfig) -> Finding | None:
    if not np.isfinite(curves.held_out_loss).all():
        return None
    best = int(np.argmin(curves.held_out_loss))
    lowest, last = curves.held_out_loss[[best, -1]]
    if last - lowest <= _OVERFITTED:
        return None
    if best == 0:
        return Finding(
            "overfitting",
            "a single network learns its training rows by heart (overfitting), and nothing that holds for others: on "
            f"held-out rows the loss is lowest, {lowest:.3f}, before training, and {last:.3f} at the end; shorter "
            "training mends nothing, more rows or features that tell more may",
            {},
        )
    change: dict[str, Any] = {}
    if (epochs := int(curves.epochs[best])) < config.epochs:
        change["epochs"] = epochs
    else:
        change["learning_rate"] = config.learning_rate / 10
    if config.l2 is not None:
        change["l2"] = max(10 * config.l2, 0.01)
    return Finding(
        "overfitting",
        f"a single network learns its training rows by heart (overfitting): on held-out rows the loss is lowest, "
        f"{lowest:.3f}, after epoch {curves.epochs[best]}, and {last:.3f} at the end",
        change,
    )
