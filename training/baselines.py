"""What the network is held against, fitted on the same folds."""

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from registry.features import FeatureSchema


def majority(labels: np.ndarray, num_rows: int) -> np.ndarray:
    """Forecast the share of positives among the training labels for everyone.

    Args:
        labels: Training labels, 0 or 1.
        num_rows: Rows to forecast.

    Returns:
        Probabilities, shape (num_rows,).
    """
    return np.full(num_rows, labels.mean())


def logistic_regression(schema: FeatureSchema) -> Pipeline:
    """scikit-learn's logistic regression with its defaults, on standardised numbers and one-hot categories.

    Returns:
        An unfitted pipeline over the encoded matrix; everything in it is fitted on the rows that it is given.
    """
    numbers = [column for column, feature in enumerate(schema.features) if feature.kind == "number"]
    categories = [column for column, feature in enumerate(schema.features) if feature.kind == "category"]
    impute = SimpleImputer(add_indicator=True, keep_empty_features=True)
    prepare = ColumnTransformer(
        [
            ("numbers", make_pipeline(impute, StandardScaler()), numbers),
            ("categories", OneHotEncoder(handle_unknown="ignore"), categories),
        ]
    )
    return make_pipeline(prepare, LogisticRegression(max_iter=1000))
