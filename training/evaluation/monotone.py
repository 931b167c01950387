"""Whether declared directions hold: every monotone feature over its range, for many students."""

from collections.abc import Callable

import numpy as np

from registry.contract.features import FeatureSchema

TOLERANCE = 1e-6  # float32's rounding in a sum over units and members
_NUM_STUDENTS, _NUM_VALUES = 200, 33


def largest_violations(
    forecast: Callable[[np.ndarray], np.ndarray], schema: FeatureSchema, matrix: np.ndarray
) -> dict[str, float]:
    """Move each monotone feature over the range seen, everything else left, and look how far the probability goes back.

    Args:
        forecast: Encoded matrix in, probabilities of shape (num_rows,) out.
        schema: With the ranges seen.
        matrix: Encoded students to start from, shape (num_rows, num_features); the first 200 are taken.

    Returns:
        Feature name → the largest step in the wrong direction, 0 if there is none.
    """
    violations = {}
    start = matrix[:_NUM_STUDENTS]
    for column, feature in schema.amounts.items():
        if feature.monotone is None or feature.observed is None:
            continue
        values = np.linspace(*feature.observed, _NUM_VALUES, dtype=np.float32)
        moved = np.repeat(start[:, None], _NUM_VALUES, axis=1)
        moved[:, :, column] = values
        probabilities = forecast(moved.reshape(-1, matrix.shape[1])).reshape(len(start), _NUM_VALUES)
        steps = np.diff(probabilities.astype(np.float64), axis=1)
        wrong = -steps if feature.monotone == "increasing" else steps
        violations[feature.name] = float(max(wrong.max(), 0))
    return violations
