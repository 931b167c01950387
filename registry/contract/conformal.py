"""Prediction sets: which labels a probability leaves possible, and what is decided by that."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

UNCERTAIN = "uncertain"
NO_DECISION = 2  # where a label would be 0 or 1


@dataclass(frozen=True)
class PredictionSets:
    """The rule of class-conditional conformal prediction, held to the label that is answered.

    Attributes:
        coverage: Share of the students of each label whose label is to be among those left possible.
        quantiles: Largest score, 1 - P(label), with which the negative and the positive label are still possible.
        threshold: The positive label is answered above it.

    Reference:
        Vovk, Gammerman & Shafer (2005), Algorithmic Learning in a Random World, ch. 4.5, for sets per class.
    """

    coverage: float
    quantiles: tuple[float, float]
    threshold: float

    def possible(self, probabilities: np.ndarray) -> np.ndarray:
        """Whether the negative and the positive label are possible; bool of shape (2, num_instances).

        Args:
            probabilities: P(positive), shape (num_instances,).
        """
        return np.stack(self._possible(probabilities))

    def is_uncertain(self, probabilities: np.ndarray) -> np.ndarray:
        """Whether not just the label that is answered is possible; bool of shape (num_instances,).

        Args:
            probabilities: P(positive), shape (num_instances,).
        """
        negative, positive = self._possible(probabilities)
        uncertain: np.ndarray = (negative == positive) | (positive != (probabilities > self.threshold))
        return uncertain

    def decide(self, probabilities: np.ndarray) -> np.ndarray:
        """The label that is answered where only that is possible, 0 or 1; else NO_DECISION. Shape (num_instances,).

        Args:
            probabilities: P(positive), shape (num_instances,).
        """
        return np.where(self.is_uncertain(probabilities), NO_DECISION, probabilities > self.threshold)

    def contradicting(self, probabilities: np.ndarray) -> np.ndarray:
        """Indices of the instances that have only the label possible that is not answered.

        There are none where limits are drawn as far as the threshold, as earlier releases did not.

        Args:
            probabilities: P(positive), shape (num_instances,).
        """
        low, high = sorted((self.quantiles[0], 1 - self.quantiles[1]))
        if low <= self.threshold <= high:
            return np.empty(0, int)
        negative, positive = self._possible(probabilities)
        return np.flatnonzero((negative != positive) & (positive != (probabilities > self.threshold)))

    @property
    def positive_above(self) -> float:
        """The probability above which the positive label is decided; 1 where it never is."""
        return min(max(self.quantiles[0], 1 - self.quantiles[1], self.threshold), 1.0)

    def _possible(self, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        negative, positive = self.quantiles
        return probabilities <= negative, 1 - probabilities <= positive


def prediction_sets(
    conformal: Mapping[str, Any] | None, labels: tuple[str, str], threshold: float
) -> PredictionSets | None:
    """The rule that a manifest states; None where it offers none.

    Args:
        conformal: The manifest's part.
        labels: Names of the negative and the positive label.
        threshold: The manifest's.
    """
    if conformal is None or "quantiles" not in conformal:
        return None
    negative, positive = (conformal["quantiles"][label] for label in labels)
    return PredictionSets(conformal["coverage"], (negative, positive), threshold)
