"""What the network is held against, fitted on the same folds."""

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from registry.contract.features import Category, FeatureSchema
from training.statistics.folds import FEW_ROWS, Fold
from training.table.dataset import Dataset

_ROWS_FOR_THREADS = 2000
# Of more training rows each tree of the forest draws this many, of fewer as many as there are: a tree takes no more
# time and memory than of this many, and 200 of them have seen all rows together.
MOST_ROWS_OF_A_TREE = 10_000
_FARTHEST = 1e9

Forecaster = Callable[[Fold], np.ndarray]


def baselines(dataset: Dataset, at_least: float | None, at_most: float | None = None) -> dict[str, Forecaster]:
    """Every baseline: fitted on a fold's training rows, it forecasts P(positive) of its test rows.

    scikit-learn's models have its defaults, but for more trees: these are what anybody would have without effort.

    Args:
        dataset: The rows; with an earlier mark, the rule of that mark is among the baselines.
        at_least: The pass line of the target, if it has one.
        at_most: The same where less is better; earlier marks are then taken to be alike.
    """
    labels, schema = dataset.labels, dataset.schema
    matrix = dataset.matrix.astype(np.float64)  # squares of large values overflow in float32

    prepared: list[tuple[Fold, np.ndarray, np.ndarray]] = []  # of the fold that was last asked for

    def prepare(fold: Fold) -> tuple[np.ndarray, np.ndarray]:
        if not prepared or prepared[0][0] is not fold:
            inputs = _prepare(schema).fit(matrix[fold.train])
            prepared[:] = [(fold, inputs.transform(matrix[fold.train]), inputs.transform(matrix[fold.test]))]
        return prepared[0][1:]

    def fitted(make: Callable[[int], Any]) -> Forecaster:
        def forecast(fold: Fold) -> np.ndarray:
            # Threads that wait for one another cost more than they save on few rows, and forty times as much where
            # others, such as the networks' training beside this, use the processors.
            with threadpool_limits(1):
                train, test = prepare(fold)
                probabilities: np.ndarray = (
                    make(len(fold.train)).fit(train, labels[fold.train]).predict_proba(test)[:, 1]
                )
            return probabilities

        return forecast

    found: dict[str, Forecaster] = {
        "majority": lambda fold: np.full(len(fold.test), labels[fold.train].mean()),
        "logistic_regression": fitted(lambda _: LogisticRegression(max_iter=1000)),
        "random_forest": fitted(lambda num_train: _forest(len(labels), num_train)),
        "hist_gradient_boosting": fitted(lambda _: HistGradientBoostingClassifier(random_state=0)),
    }
    prior_mark = dataset.prior_mark
    if prior_mark is not None and at_most is not None:
        prior_mark, at_least = -prior_mark, -at_most
    if prior_mark is not None:
        found["prior_mark"] = lambda fold: prior_mark_rule(
            prior_mark[fold.train], labels[fold.train], prior_mark[fold.test], at_least
        )
    return found


def prior_mark_rule(marks: np.ndarray, labels: np.ndarray, new_marks: np.ndarray, at_least: float | None) -> np.ndarray:
    """Forecast by whether an earlier mark was a pass: the rule that a teacher has already.

    Args:
        marks: Earlier marks of the training rows, NaN where there is none, shape (num_rows,).
        labels: Their labels, 0 or 1.
        new_marks: Earlier marks to forecast from.
        at_least: The pass line. Where there is none, or all marks lie on one side of it, for they may be on another
            scale: the line that tells the training rows apart best.

    Returns:
        The share of positives among training rows on the same side of the line (or without a mark), with half a row of
        each label added, so that it is never 0 or 1.
    """
    lines = np.unique(marks[~np.isnan(marks)])
    if at_least is None or len(set(lines >= at_least)) < 2:
        right = [((marks >= line) == (labels == 1)).mean() for line in lines]
        at_least = float(lines[int(np.argmax(right))]) if len(lines) else 0.0

    def side(values: np.ndarray) -> np.ndarray:
        return np.where(np.isnan(values), 2, values >= at_least).astype(int)

    counts = np.bincount(side(marks), minlength=3)
    positives = np.bincount(side(marks), weights=labels, minlength=3)
    shares: np.ndarray = ((positives + 0.5) / (counts + 1))[side(new_marks)]
    return shares


def _forest(num_rows: int, num_train: int) -> RandomForestClassifier:
    threads = None if num_rows < _ROWS_FOR_THREADS else -1
    trees = 200 if num_rows >= FEW_ROWS else 50  # a fit takes half a second, and few rows have 25 folds
    drawn = MOST_ROWS_OF_A_TREE if num_train > MOST_ROWS_OF_A_TREE else None
    return RandomForestClassifier(trees, max_samples=drawn, n_jobs=threads, random_state=0)


def _prepare(schema: FeatureSchema) -> ColumnTransformer:
    """Numbers imputed, with indicators, and standardised; categories one-hot; all of it fitted on the rows given.

    Ordered categories are as the network has them. Trees need no scaling, but their sums of very large values overflow
    in float32.
    """
    numbers = list(schema.amounts)
    coded = {column: feature for column, feature in enumerate(schema.features) if isinstance(feature, Category)}
    ordered = {column: len(feature.vocabulary) for column, feature in coded.items() if feature.ordered}
    categories = [column for column in coded if column not in ordered]
    impute = SimpleImputer(add_indicator=True, keep_empty_features=True)
    # One value far out, in a column that is narrow else, is too large for the trees' float32 once it is scaled.
    clip = FunctionTransformer(np.clip, kw_args={"a_min": -_FARTHEST, "a_max": _FARTHEST})
    return ColumnTransformer(
        [
            ("numbers", make_pipeline(impute, StandardScaler(), clip), numbers),
            ("categories", OneHotEncoder(handle_unknown="ignore", sparse_output=False), categories),
            *(
                (f"ordered {column}", FunctionTransformer(_at_least, kw_args={"num_categories": num}), [column])
                for column, num in ordered.items()
            ),
        ]
    )


def _at_least(codes: np.ndarray, num_categories: int) -> np.ndarray:
    """Which categories a code is or lies above, none for NaN: (num_rows, 1) in, (num_rows, num_categories) out."""
    reached: np.ndarray = codes >= np.arange(num_categories)
    return reached.astype(np.float64)
