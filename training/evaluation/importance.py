"""Permutation importance: how much worse held-out forecasts get when a feature is shuffled among students."""

from dataclasses import dataclass

import keras
import numpy as np

from training.config import TrainingConfig
from training.evaluation.cross_validation import Forecasts
from training.network.graph import as_graph
from training.network.members import copy_group, pick_group
from training.statistics.calibration import sigmoid
from training.statistics.figure import Figure
from training.statistics.folds import Folds
from training.statistics.metrics import log_losses, means_over_students
from training.table.dataset import Dataset

_NUM_SHUFFLES = 5
MOST_ROWS_OF_IMPORTANCE = 400  # of a fold
_MAX_CELLS = 5_000_000  # of the shuffled tables that are forecast at once


@dataclass(frozen=True)
class Importance:
    """What a feature is worth to the network.

    Attributes:
        feature: Its display name.
        increase: By how much the log loss of held-out students rises without it, in nats.
    """

    feature: str
    increase: Figure


def permutation_importance(
    dataset: Dataset, folds: Folds, members: keras.Model, config: TrainingConfig, forecasts: Forecasts, seed: int
) -> list[Importance]:
    """Shuffle each feature among the held-out students of each fold, and let that fold's ensemble forecast again.

    Features that say the same stand in for each other, so that each of them alone seems worth little.

    Args:
        dataset: The rows.
        folds: Who was held out when.
        members: Trained, a group for each fold, as `plan_folds` says.
        config: How they were built.
        forecasts: What they forecast, and how that was calibrated.
        seed: Of the shuffling and the resamples.

    Returns:
        Every feature, the most important first. On long tables some rows of each fold speak for all.

    Reference:
        Breiman (2001), Machine Learning 45, 5-32; Fisher, Rudin & Dominici (2019), JMLR 20(177), for held-out rows.
    """
    generator = np.random.default_rng(seed)
    num_features = dataset.matrix.shape[1]
    total = np.zeros((num_features, len(dataset.labels)))
    counts = np.zeros(len(dataset.labels))
    network = pick_group(members, 0, dataset.schema, config)
    answer = as_graph(network)
    for number, fold in enumerate(folds.each):
        copy_group(members, number, network)
        rows = np.sort(generator.permutation(fold.test)[:MOST_ROWS_OF_IMPORTANCE])
        labels, matrix = dataset.labels[rows], dataset.matrix[rows]

        def losses(table: np.ndarray, labels: np.ndarray = labels, number: int = number) -> np.ndarray:
            probabilities = sigmoid(answer(table)["answers"].astype(np.float64)).mean(axis=1)
            if forecasts.calibrations is not None:
                probabilities = forecasts.calibrations[number].apply(probabilities)
            return log_losses(labels, probabilities.reshape(-1, len(labels)))

        before = losses(matrix)[0]
        at_once = max(1, _MAX_CELLS // (_NUM_SHUFFLES * matrix.size))
        for first in range(0, num_features, at_once):
            features = range(first, min(first + at_once, num_features))
            shuffled = np.broadcast_to(matrix, (len(features), _NUM_SHUFFLES, *matrix.shape)).copy()
            for index, feature in enumerate(features):
                for shuffle in shuffled[index]:
                    shuffle[:, feature] = generator.permutation(matrix[:, feature])
            after = losses(shuffled.reshape(-1, num_features)).reshape(len(features), _NUM_SHUFFLES, -1)
            total[first : first + len(features), rows] += after.mean(axis=1) - before
        counts[rows] += 1
    looked_at = counts > 0
    increases = dict(zip(dataset.schema.names, total[:, looked_at] / counts[looked_at], strict=True))
    figures = means_over_students(increases, dataset.students[looked_at], seed)
    return sorted(
        (Importance(name, increase) for name, increase in figures.items()), key=lambda entry: -entry.increase.value
    )
