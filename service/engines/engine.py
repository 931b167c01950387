"""What an engine is: a matrix in, probabilities out."""

from typing import NamedTuple, Protocol

import numpy as np

# In one call of a network; more takes no less time for each, and what its layers hold stays with the interpreter.
_MAX_ROWS = 2**13


class Answers(NamedTuple):
    """What a network gives for a batch, each float32 of shape (num_instances,).

    Attributes:
        probabilities: Of the positive label.
        spreads: Standard deviation of the members' probabilities; None where there is only one member.
    """

    probabilities: np.ndarray
    spreads: np.ndarray | None


class Engine(Protocol):
    """Matrix in, probabilities out; safe to call from several threads."""

    def __call__(self, matrix: np.ndarray) -> Answers:
        """Run the network.

        Args:
            matrix: float32 of shape (num_instances, num_features), at least one instance.
        """


def answer_in_parts(engine: Engine, matrix: np.ndarray) -> np.ndarray:
    """Let a network answer for many rows without what it holds for all of them at once.

    Args:
        engine: Runs it.
        matrix: float32 of shape (num_rows, num_features).

    Returns:
        Probabilities, float32 of shape (num_rows,).
    """
    parts = [engine(matrix[start : start + _MAX_ROWS]).probabilities for start in range(0, len(matrix), _MAX_ROWS)]
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.float32)
