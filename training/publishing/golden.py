"""Golden instances: synthetic students that try every category, bound and permitted null."""

from typing import Any

import numpy as np

from registry.contract.features import FeatureSchema

_NUM_RANDOM = 32


def golden_columns(schema: FeatureSchema) -> dict[str, list[Any]]:
    """Draw instances with every category, every bound and every permitted null among them.

    No value is a student's own: numbers are drawn between the ends of the range seen, or the bounds.
    """
    generator = np.random.default_rng(0)  # the same instances for the same schema
    columns = {}
    tried = [[*([None] if feature.nullable else []), *feature.edges()] for feature in schema.features]
    num_instances = _NUM_RANDOM + max(map(len, tried))
    for feature, edges in zip(schema.features, tried, strict=True):
        columns[feature.name] = [
            edges[row] if row < len(edges) else feature.draw(generator) for row in range(num_instances)
        ]
    return columns
