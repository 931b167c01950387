"""Response curves: one feature moves, all else stays."""

import keras
import numpy as np
from keras import ops

from registry.contract.features import Category, FeatureSchema, Number
from training.evaluation.response import response_curves
from training.table.dataset import Dataset


def test_a_curve_is_the_mean_answer_with_the_feature_set() -> None:
    """Of a network that answers a / 10 + b's code / 4, for numbers, categories and nulls, counted by hand."""
    schema = FeatureSchema(
        (
            Number("a", nullable=True),
            Category("b", vocabulary=("x", "y", "z")),
        )
    )
    matrix = np.array([[1, 0], [3, 1], [np.nan, 0]], np.float32)
    dataset = Dataset("made", schema.with_observed(matrix), matrix, np.array([0, 1, 1]), np.arange(3), "", "made.csv")
    encoded = keras.Input((2,))
    number = ops.where(ops.isnan(encoded[:, 0]), 0.0, encoded[:, 0])
    probability = number / 10 + encoded[:, 1] / 4
    model = keras.Model(encoded, {"probability": probability, "spread": number / 100})

    a, b = response_curves(dataset, model)

    assert (a.values[0], a.values[-1], len(a.values)) == (1.0, 3.0, 33)
    np.testing.assert_allclose(a.probability[[0, -1]], [0.1 + 0.25 / 3, 0.3 + 0.25 / 3], rtol=1e-6)
    assert a.spread is not None
    np.testing.assert_allclose(a.spread[[0, -1]], [0.01, 0.03], rtol=1e-6)
    # z was never seen: nothing is shown for it.
    assert b.values == ("x", "y")
    np.testing.assert_allclose(b.probability, [0.4 / 3, 0.4 / 3 + 0.25], rtol=1e-6)


def test_a_single_network_has_no_band_and_an_empty_column_no_curve() -> None:
    """Nothing is invented."""
    schema = FeatureSchema((Number("a"), Number("never", nullable=True)))
    matrix = np.array([[1, np.nan], [2, np.nan]], np.float32)
    dataset = Dataset("made", schema.with_observed(matrix), matrix, np.array([0, 1]), np.arange(2), "", "made.csv")
    encoded = keras.Input((2,))
    model = keras.Model(encoded, {"probability": encoded[:, 0] / 4})

    [response] = response_curves(dataset, model)

    assert response.feature.name == "a"
    assert response.spread is None
