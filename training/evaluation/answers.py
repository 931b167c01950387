"""What the published network answers, checked before anybody is served: finite, and monotone where that is declared."""

from typing import Any

import keras
import numpy as np

from registry.contract.features import FeatureSchema
from training.evaluation.monotone import largest_violations


def check_answers(model: keras.Model, schema: FeatureSchema, matrix: np.ndarray) -> dict[str, Any]:
    """Ask for every training row, and move every monotone feature.

    Args:
        model: As it is published.
        schema: What goes in.
        matrix: Encoded training rows.

    Returns:
        `finite` (bool) and `monotone` (feature → largest step in the wrong direction).
    """
    return {
        "finite": bool(np.isfinite(answer(model, matrix)).all()),
        "monotone": largest_violations(lambda rows: answer(model, rows), schema, matrix),
    }


def answer(model: keras.Model, matrix: np.ndarray) -> np.ndarray:
    """The published network's probabilities, shape (num_rows,)."""
    return np.asarray(model(matrix)["probability"])
