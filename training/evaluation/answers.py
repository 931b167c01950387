"""What the published network answers, checked before anybody is served: finite, and monotone where that is declared."""

from collections.abc import Mapping
from dataclasses import dataclass

import keras
import numpy as np

from registry.contract.features import FeatureSchema
from training.evaluation.monotone import largest_violations


@dataclass(frozen=True)
class Answers:
    """What was found about the answers of the published network.

    Attributes:
        finite: Whether every training row is answered with a finite number.
        monotone: Monotone feature → largest step of the probability in the wrong direction, 0 if there is none.
    """

    finite: bool
    monotone: Mapping[str, float]


def check_answers(model: keras.Model, schema: FeatureSchema, matrix: np.ndarray) -> Answers:
    """Ask for every training row, and move every monotone feature.

    Args:
        model: As it is published.
        schema: What goes in.
        matrix: Encoded training rows.
    """
    return Answers(
        finite=bool(np.isfinite(answer(model, matrix)).all()),
        monotone=largest_violations(lambda rows: answer(model, rows), schema, matrix),
    )


def answer(model: keras.Model, matrix: np.ndarray) -> np.ndarray:
    """The published network's probabilities, shape (num_rows,)."""
    return np.asarray(model(matrix)["probability"])
