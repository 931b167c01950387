"""Prediction sets: which labels a probability leaves possible, and what is decided by that."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

UNCERTAIN = "uncertain"
NO_DECISION = 2  # where a label would be 0 or 1


@dataclass(frozen=True)
class PredictionSets:
    """The rule of class-conditional conformal prediction.

    Attributes:
        coverage: Share of the students of each label whose label is to be among those left possible.
        quantiles: Largest score, 1 - P(label), with which the negative and the positive label are still possible.

    Reference:
        Vovk, Gammerman & Shafer (2005), Algorithmic Learning in a Random World, ch. 4.5, for sets per class.
    """

    coverage: float
    quantiles: tuple[float, float]

    def possible(self, probabilities: np.ndarray) -> np.ndarray:
        """Whether the negative and the positive label are possible; bool of shape (2, num_instances).

        Args:
            probabilities: P(positive), shape (num_instances,).
        """
        negative, positive = self.quantiles
        return np.stack([probabilities <= negative, 1 - probabilities <= positive])

    def decide(self, probabilities: np.ndarray) -> np.ndarray:
        """The only label that is possible, 0 or 1; NO_DECISION where both or neither are. Shape (num_instances,).

        Args:
            probabilities: P(positive), shape (num_instances,).
        """
        negative, positive = self.possible(probabilities)
        return np.where(negative == positive, NO_DECISION, positive)


def prediction_sets(conformal: Mapping[str, Any] | None, labels: tuple[str, str]) -> PredictionSets | None:
    """The rule that a manifest states; None where it offers none.

    Args:
        conformal: The manifest's part.
        labels: Names of the negative and the positive label.
    """
    if conformal is None or "quantiles" not in conformal:
        return None
    negative, positive = (conformal["quantiles"][label] for label in labels)
    return PredictionSets(conformal["coverage"], (negative, positive))
