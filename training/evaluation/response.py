"""Response curves: what the published network answers as one feature moves and all else stays."""

from dataclasses import dataclass

import keras
import numpy as np

from registry.contract.features import Category, Feature
from training.network.graph import as_graph
from training.table.dataset import Dataset

_NUM_STUDENTS, _NUM_VALUES = 200, 33
_MOST_CATEGORIES = 20


@dataclass(frozen=True)
class Response:
    """The answer to one feature.

    Attributes:
        feature: Which.
        values: What it is set to: numbers from the smallest to the largest seen, or categories that were seen.
        probability: Mean answer over students with each value, shape (num_values,).
        spread: Mean over students of the members' standard deviation, shape (num_values,); None of a single member.
    """

    feature: Feature
    values: tuple[float, ...] | tuple[str, ...]
    probability: np.ndarray
    spread: np.ndarray | None


def response_curves(dataset: Dataset, model: keras.Model) -> list[Response]:
    """Set each feature of the same students to one value after the other.

    Args:
        dataset: Students to start from; at most 200 of them, evenly chosen.
        model: As it is published.

    Returns:
        One for each feature that has values, in the schema's order.

    Reference:
        Friedman (2001), Annals of Statistics 29(5), 1189-1232, partial dependence.
    """
    rows = np.unique(np.linspace(0, len(dataset.matrix) - 1, _NUM_STUDENTS).round().astype(int))
    students = dataset.matrix[rows]
    found, answer = [], as_graph(model)
    for column, feature in enumerate(dataset.schema.features):
        values, codes = _values(feature)
        if not values:
            continue
        moved = np.repeat(students[None], len(codes), axis=0)
        moved[:, :, column] = codes[:, None]
        tables = moved.reshape(-1, students.shape[1])
        answers = {name: each.reshape(len(codes), -1).mean(axis=1) for name, each in answer(tables).items()}
        found.append(Response(feature, values, answers["probability"], answers.get("spread")))
    return found


def _values(feature: Feature) -> tuple[tuple[float, ...] | tuple[str, ...], np.ndarray]:
    if isinstance(feature, Category):
        seen = tuple(entry for entry in feature.vocabulary if entry not in feature.unseen)[:_MOST_CATEGORIES]
        return seen, np.array([feature.encode(entry) for entry in seen], dtype=np.float32)
    if feature.observed is None:
        return (), np.empty(0, dtype=np.float32)
    codes = np.linspace(*feature.observed, _NUM_VALUES, dtype=np.float32)
    return tuple(codes.tolist()), codes
