"""Golden answers: what the network gave in memory at training, and every engine must give since."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from registry.contract.documents import parse_json
from registry.contract.features import FeatureSchema

MAX_DIFFERENCE = 1e-5


@dataclass(frozen=True)
class Golden:
    """Synthetic instances and their probabilities.

    Attributes:
        columns: Feature name → values as JSON has them.
        probabilities: Of the Keras model in memory, shape (num_instances,).
        spreads: Of its members, shape (num_instances,); None where it has only one.
    """

    columns: Mapping[str, Sequence[Any]]
    probabilities: np.ndarray
    spreads: np.ndarray | None = None

    def to_json(self) -> bytes:
        """As it is written to disk."""
        instances = [dict(zip(self.columns, row, strict=True)) for row in zip(*self.columns.values(), strict=True)]
        document = {"instances": instances, "probabilities": [float(value) for value in self.probabilities]}
        if self.spreads is not None:
            document["spreads"] = [float(value) for value in self.spreads]
        return json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False).encode() + b"\n"

    @classmethod
    def from_json(cls, content: bytes, schema: FeatureSchema) -> "Golden":
        """Read from disk.

        Raises:
            ValueError: Not golden answers for this schema.
        """
        try:
            document = parse_json(content)
            columns = {name: [instance[name] for instance in document["instances"]] for name in schema.names}
            probabilities = np.array(document["probabilities"], dtype=np.float32)
            spreads = np.array(document["spreads"], dtype=np.float32) if "spreads" in document else None
            num_instances = len(document["instances"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"not golden answers for this schema: {error!r}") from error
        if not num_instances or probabilities.shape != (num_instances,):
            raise ValueError("not one probability for each golden instance")
        if spreads is not None and spreads.shape != probabilities.shape:
            raise ValueError("not one spread for each golden instance")
        return cls(columns, probabilities, spreads)

    def difference(self, probabilities: np.ndarray, spreads: np.ndarray | None) -> float:
        """Largest difference to what an engine gave, each of shape (num_instances,); NaN where it gave one.

        Infinite where an engine gives spreads and the network had none, or the reverse.
        """
        if (spreads is None) != (self.spreads is None):
            return math.inf
        differences = [np.abs(probabilities - self.probabilities)]
        if spreads is not None:
            differences.append(np.abs(spreads - self.spreads))
        return float(np.max(differences))
