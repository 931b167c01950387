"""Golden instances: synthetic students that try every category, bound and permitted null."""

from typing import Any

import numpy as np

from registry.contract.features import FeatureSchema, FeatureSpec

_NUM_RANDOM = 32
# Where a number has no bounds: far out, but within what the encoder takes.
_EXTREME = 1e30


def golden_columns(schema: FeatureSchema) -> dict[str, list[Any]]:
    """Draw instances with every category, every bound and every permitted null among them.

    No value is a student's own: numbers are drawn between the ends of the range seen, or the bounds.
    """
    generator = np.random.default_rng(0)  # the same instances for the same schema
    columns = {}
    num_instances = _NUM_RANDOM + max(len(_edges(feature)) for feature in schema.features)
    for feature in schema.features:
        edges = _edges(feature)
        columns[feature.name] = [
            edges[row] if row < len(edges) else _draw(feature, generator) for row in range(num_instances)
        ]
    return columns


def _edges(feature: FeatureSpec) -> list[Any]:
    edges: list[Any] = [None] if feature.nullable else []
    if feature.kind == "category":
        return edges + list(feature.vocabulary)
    low, high = feature.minimum, feature.maximum
    low = min(-_EXTREME, high or 0) if low is None else low
    high = max(_EXTREME, low) if high is None else high
    return [*edges, low, high]


def _draw(feature: FeatureSpec, generator: np.random.Generator) -> Any:
    if feature.kind == "category":
        return feature.vocabulary[generator.integers(len(feature.vocabulary))]
    low, high = feature.observed or (feature.minimum or 0.0, feature.maximum or 1.0)
    value = float(generator.uniform(min(low, high), max(low, high)))
    value = round(value, 3) if high - low > 1 else value
    # Last: a range that was seen is in float32, which may lie beside the bound, and so may what was rounded.
    value = value if feature.minimum is None else max(value, feature.minimum)
    return value if feature.maximum is None else min(value, feature.maximum)
