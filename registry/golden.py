"""Golden answers: what the network gave in memory at training, and every engine must give since."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from registry.features import FeatureSchema

MAX_DIFFERENCE = 1e-5


@dataclass(frozen=True)
class Golden:
    """Synthetic instances and their probabilities.

    Attributes:
        columns: Feature name → values as JSON has them.
        probabilities: Of the Keras model in memory, shape (num_instances,).
    """

    columns: Mapping[str, Sequence[Any]]
    probabilities: np.ndarray

    def to_json(self) -> bytes:
        """As it is written to disk."""
        instances = [dict(zip(self.columns, row, strict=True)) for row in zip(*self.columns.values(), strict=True)]
        document = {"instances": instances, "probabilities": [float(value) for value in self.probabilities]}
        return json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False).encode() + b"\n"

    @classmethod
    def from_json(cls, content: bytes, schema: FeatureSchema) -> "Golden":
        """Read from disk.

        Raises:
            ValueError: Not golden answers for this schema.
        """
        try:
            document = json.loads(content)
            columns = {name: [instance[name] for instance in document["instances"]] for name in schema.names}
            probabilities = np.array(document["probabilities"], dtype=np.float32)
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError(f"not golden answers for this schema: {error!r}") from error
        if not len(probabilities) or probabilities.shape != (len(document["instances"]),):
            raise ValueError("not one probability for each golden instance")
        return cls(columns, probabilities)

    def difference(self, probabilities: np.ndarray) -> float:
        """Largest difference to what an engine gave, shape (num_instances,); NaN where it gave one."""
        return float(np.max(np.abs(probabilities - self.probabilities)))
