"""The published network in plain numbers, one file a member, so that a page can compute and draw it without Keras."""

from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

import keras
import numpy as np
import orjson

from registry.contract.features import Category, FeatureSchema
from registry.store.model_store import MEMBERS
from training.network.members import FARTHEST, MemberDense
from training.network.piecewise_linear import PiecewiseLinear
from training.statistics.calibration import LARGEST_LOG_ODDS, Calibration

MAX_WEIGHTS = 200_000  # of one member: some 2 MB of text, beyond what a page draws or a phone loads


def write_members(model: keras.Model, schema: FeatureSchema, calibration: Calibration | None, staged: Path) -> None:
    """Write `members/1.json`, `members/2.json` and so on; none where a member has more than MAX_WEIGHTS weights.

    A member's logit is `logit` of its last hidden layer, or of the inputs where it has none, plus `skip` of the inputs,
    plus `curves`: for each, of its feature's value, or `mean` where that is null, the straight line between the two
    `knots` that it lies between, from one of the `values` to the next; beyond the first and the last knot as there. Its
    `pieces` are the rows, counted from behind the inputs, that the skip's kernel in `training.json` has for them.
    Kernels have a row for each input and a column for each unit. A number's input is its value, or `mean` where that is
    null, minus `shift`, over `scale`, held within ±`limit`; a category's is 1 where the value is that `category`, or of
    an ordered one among those `at_least`; a null's is 1 where the value is null; all others are 0. In a layer that is
    `mirrored`, every other unit from the second on gives -activation(-x). The slope of `leaky_relu` is .2 below 0.

    The probability is the mean of the members' sigmoids. Where there is a calibration, its log odds are held within
    ±`limit`, multiplied by `slope`, and `intercept` is added; the sigmoid of that is the probability.

    Args:
        model: As it is published: an ensemble, or the notebook's network.
        schema: What goes in.
        calibration: That of the ensemble.
        staged: The version's folder, with its `assets.extra`.
    """
    layers = {layer.name: layer for layer in model.layers}
    hidden = [(name, layer) for name, layer in layers.items() if name.startswith("hidden_")]
    logit = layers["logit"] if "logit" in layers else layers["probability"]
    num_members = len(_kernel(logit))
    if sum(prod(weight.shape) for weight in model.trainable_variables) > MAX_WEIGHTS * num_members:
        return
    inputs = _inputs(schema, layers.get("preprocessing"))
    skip = _kernel(layers["skip"]) if "skip" in layers else None
    calibrated = None
    if calibration is not None:
        constants = {"slope": calibration.slope, "intercept": calibration.intercept, "limit": LARGEST_LOG_ODDS}
        calibrated = {name: np.float32(value) for name, value in constants.items()}
    (staged / MEMBERS).mkdir()
    for member in range(num_members):
        document = {
            "member": member + 1,
            "num_members": num_members,
            "inputs": inputs,
            "hidden": [{"name": name, **_activation(layer), **_weights(layer, member)} for name, layer in hidden],
            "logit": _weights(logit, member),
            "skip": None if skip is None else {"kernel": skip[member, : len(inputs)]},
            "curves": [] if skip is None else _curves(schema, layers.get("pieces"), skip[member, len(inputs) :]),
            "calibration": calibrated,
        }
        content = orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)
        (staged / MEMBERS / f"{member + 1}.json").write_bytes(content)


def _inputs(schema: FeatureSchema, preprocessing: keras.layers.Layer | None) -> list[Mapping[str, Any]]:
    """In the order of `training.network.members.input_features`."""
    numbers = [feature.name for feature in schema.amounts.values()]
    statistics = np.zeros((3, len(numbers)), np.float32)
    statistics[2] = 1  # the notebook's: numbers as they are
    if preprocessing is not None:
        parts = (preprocessing.mean, preprocessing.shift, preprocessing.scale)
        statistics = np.stack([part.numpy()[0, 0] for part in parts])
    return [
        *(
            {
                "feature": name,
                "kind": "number",
                "mean": mean,
                "shift": shift,
                "scale": scale,
                "limit": np.float32(FARTHEST),
            }
            for name, mean, shift, scale in zip(numbers, *statistics, strict=True)
        ),
        *(
            {"feature": feature.name, "kind": "category", "category": entry}
            | ({"at_least": feature.vocabulary[code:]} if feature.ordered else {})
            for feature in schema.features
            if isinstance(feature, Category)
            for code, entry in enumerate(feature.vocabulary)
        ),
        *({"feature": feature.name, "kind": "null"} for feature in schema.features if feature.nullable),
    ]


def _curves(schema: FeatureSchema, pieces: PiecewiseLinear | None, kernel: np.ndarray) -> list[dict[str, Any]]:
    """What the pieces of each number add to a member's logit, summed up from the lowest; kernel (num_pieces, 1)."""
    if pieces is None:
        return []
    mean, start, width = (weight.numpy()[0, 0] for weight in (pieces.mean, pieces.start, pieces.width))
    found = []
    for column, filled in zip(pieces.numbers, mean, strict=True):
        own = pieces.used(column)
        if len(own):
            found.append(
                {
                    "feature": schema.features[column].name,
                    "mean": filled,
                    "knots": np.append(start[own], start[own[-1]] + width[own[-1]]),
                    "values": np.append(np.float32(0), np.cumsum(kernel[own, 0])),
                    "pieces": own,
                }
            )
    return found


def _activation(layer: keras.layers.Layer) -> dict[str, Any]:
    if isinstance(layer, MemberDense):
        return {"activation": layer.activation, "mirrored": layer.mirrored}
    return {"activation": keras.activations.serialize(layer.activation), "mirrored": False}


def _weights(layer: keras.layers.Layer, member: int) -> dict[str, np.ndarray]:
    weights: dict[str, np.ndarray] = {"kernel": _kernel(layer)[member]}
    if layer.use_bias:
        # (num_members, 1, units) of members, (units,) of a plain layer.
        weights["bias"] = layer.bias.numpy().reshape(-1, layer.units)[member]
    return weights


def _kernel(layer: keras.layers.Layer) -> np.ndarray:
    """Shape (num_members, inputs, units), also of a plain layer."""
    kernel: np.ndarray = layer.kernel.numpy()
    return kernel.reshape(-1, *kernel.shape[-2:])
