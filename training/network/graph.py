"""How a model is asked: as one graph by whoever asks it many times, and for a few thousand rows at once."""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

_ROWS_AT_ONCE = 4096  # hundreds of members' hidden units for every row of a long table would fill the memory


def in_parts(matrix: np.ndarray) -> list[np.ndarray]:
    """The rows of a matrix, as many at a time as a model is asked for."""
    return [matrix[at : at + _ROWS_AT_ONCE] for at in range(0, len(matrix), _ROWS_AT_ONCE)]


def as_graph(model: keras.Model) -> Callable[[np.ndarray], dict[str, np.ndarray]]:
    """Compile a model's answers: layer by layer, a few rows take ten times as long.

    Args:
        model: Encoded matrix in, a tensor or a dict of tensors out, with a row for each. Its weights may change later.

    Returns:
        Float32 matrix of shape (num_rows, num_features) in; what the model gives out, a single tensor as `answers`.
    """

    def answer(encoded: tf.Tensor) -> dict[str, tf.Tensor]:
        answers = model(encoded)
        return answers if isinstance(answers, dict) else {"answers": answers}

    spec = tf.TensorSpec((None, model.input_shape[-1]), tf.float32)
    graph = tf.function(answer, input_signature=[spec], autograph=False)

    def of_rows(matrix: np.ndarray) -> dict[str, np.ndarray]:
        parts = [graph(part) for part in in_parts(matrix)]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    return of_rows
