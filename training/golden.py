"""Golden instances: synthetic students, and what the Keras model in memory answers for them."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from registry.features import FeatureSchema, FeatureSpec

_NUM_RANDOM = 32


@dataclass(frozen=True)
class Golden:
    """Instances as columns, and their probabilities.

    Attributes:
        columns: Feature name → values as JSON has them.
        matrix: The same, encoded, shape (num_instances, num_features).
        probabilities: Of the Keras model in memory, shape (num_instances,).
    """

    columns: dict[str, list[Any]]
    matrix: np.ndarray
    probabilities: np.ndarray

    def to_json(self) -> bytes:
        """As it is written to `golden.json`."""
        names = list(self.columns)
        instances = [dict(zip(names, row, strict=True)) for row in zip(*self.columns.values(), strict=True)]
        document = {"instances": instances, "probabilities": [float(value) for value in self.probabilities]}
        return json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False).encode() + b"\n"


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
    return edges + [bound for bound in (feature.minimum, feature.maximum) if bound is not None]


def _draw(feature: FeatureSpec, generator: np.random.Generator) -> Any:
    if feature.kind == "category":
        return feature.vocabulary[generator.integers(len(feature.vocabulary))]
    low, high = feature.observed or (0.0, 1.0)
    return round(float(generator.uniform(low, high)), 3) if high - low > 1 else float(generator.uniform(low, high))
