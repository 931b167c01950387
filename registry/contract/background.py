"""The background: what an explanation holds a student against, means of several students each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from registry.contract.features import FeatureSchema

MAX_INSTANCES = 100  # the network answers for each of them again and again to explain one student
_TOLERANCE = 1e-6  # of the sum of weights


@dataclass(frozen=True)
class Background:
    """Typical instances and how much each of them counts.

    Attributes:
        columns: Feature name → values as JSON has them, each of length num_instances.
        weights: Share of the students that each instance stands for, float64 of shape (num_instances,); they sum to 1.
        num_students: How many these are, of length num_instances; for people.
    """

    columns: Mapping[str, Sequence[Any]]
    weights: np.ndarray
    num_students: Sequence[int]

    def typical(self, schema: FeatureSchema) -> dict[str, Any]:
        """A student like most, nobody in particular: each feature for itself.

        Returns:
            Feature name → the mean of a number, whole where that is counted; of a category what most have.
        """
        return {feature.name: self._usual(self.columns[feature.name], feature) for feature in schema.features}

    def _usual(self, values: Sequence[Any], feature: Any) -> Any:
        known = [(value, weight) for value, weight in zip(values, self.weights, strict=True) if value is not None]
        if not known:
            return None
        if feature.kind == "category":
            return max(dict(known), key=lambda entry: sum(weight for value, weight in known if value == entry))
        mean = float(np.average([value for value, _ in known], weights=[weight for _, weight in known]))
        return round(mean) if feature.whole else mean

    def to_json(self) -> bytes:
        """As it is written to disk."""
        document = {
            "instances": [
                dict(zip(self.columns, row, strict=True)) for row in zip(*self.columns.values(), strict=True)
            ],
            "weights": self.weights.tolist(),
            "num_students": list(self.num_students),
        }
        return json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False).encode() + b"\n"

    @classmethod
    def from_json(cls, content: bytes, schema: FeatureSchema) -> "Background":
        """Read from disk.

        Raises:
            ValueError: Not a background for this schema: its encoder must take every instance.
        """
        try:
            document = json.loads(content)
            instances, weights, num_students = (document[part] for part in ("instances", "weights", "num_students"))
            columns = {name: [instance[name] for instance in instances] for name in schema.names}
            counted = len(instances), len(weights), len(num_students)
            are_numbers = {type(weight) for weight in weights} <= {int, float}
            are_counts = all(type(num) is int and num >= 1 for num in num_students)
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError(f"not a background for this schema: {error!r}") from error
        if not 1 <= counted[0] <= MAX_INSTANCES:
            raise ValueError(f"a background must have 1 to {MAX_INSTANCES} instances")
        if len(set(counted)) != 1:
            raise ValueError("each instance of a background must have one weight and one number of students")
        # No weight above 1, so that none is too large for a float; NaN is within nothing.
        if not are_numbers or not all(0 < weight <= 1 for weight in weights) or abs(sum(weights) - 1) > _TOLERANCE:
            raise ValueError("the weights of a background must be numbers above 0 that sum to 1")
        if not are_counts:
            raise ValueError("the numbers of students of a background must be whole numbers of at least 1")
        schema.encode(columns)
        return cls(columns, np.array(weights, dtype=np.float64), num_students)
