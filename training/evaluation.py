"""How good is it on students that it has not seen: repeated cross-validation of the network and the baselines."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from training.baselines import logistic_regression, majority
from training.config import TrainingConfig
from training.dataset import Dataset, InvalidData
from training.metrics import NUM_RESAMPLES, Figures, score
from training.network import MemberPlan

_NUM_FOLDS = 5
_FEW_ROWS = 40
_NUM_REPEATS, _NUM_REPEATS_OF_FEW = 2, 10


@dataclass(frozen=True)
class Fold:
    """Row positions to train on and to score, both int arrays; the two are disjoint."""

    train: np.ndarray
    test: np.ndarray


@dataclass(frozen=True)
class Folds:
    """Every row is in the test part of one fold of each repeat."""

    repeats: tuple[tuple[Fold, ...], ...]

    @property
    def each(self) -> list[Fold]:
        """All folds of all repeats, in order."""
        return [fold for folds in self.repeats for fold in folds]


def split(dataset: Dataset, seed: int) -> Folds:
    """Stratified folds; rows with the same id stay together.

    Args:
        dataset: What to split.
        seed: Of the shuffling.

    Raises:
        InvalidData: A class is left out of a training part.
    """
    labels, students = dataset.labels, dataset.students
    smallest = min(len(np.unique(students[labels == label])) for label in (0, 1))
    if smallest < 2:
        raise InvalidData(f"{dataset.file}: only one student has rows of one of the labels; at least 2 are needed")
    num_folds = min(_NUM_FOLDS, smallest)
    grouped = dataset.num_students < len(labels)
    kind = StratifiedGroupKFold if grouped else StratifiedKFold
    repeats = []
    for repeat in range(_NUM_REPEATS_OF_FEW if len(labels) < _FEW_ROWS else _NUM_REPEATS):
        splitter = kind(num_folds, shuffle=True, random_state=seed + repeat)
        try:
            parts = list(splitter.split(dataset.matrix, labels, students if grouped else None))
        except ValueError as error:
            raise InvalidData(f"{dataset.file}: can't be split for cross-validation: {error}") from error
        repeats.append(tuple(Fold(train, test) for train, test in parts))
    folds = Folds(tuple(repeats))
    if any(len(set(labels[fold.train])) < 2 for fold in folds.each):
        raise InvalidData(f"{dataset.file}: too few students of one label to hold some of them out")
    return folds


def plan_members(folds: Folds, num_rows: int, config: TrainingConfig, seed: int) -> list[MemberPlan]:
    """One ensemble of the size that is served for every fold."""
    plans = []
    for number, fold in enumerate(folds.each):
        rows = np.zeros(num_rows)
        rows[fold.train] = 1
        plans += [MemberPlan(rows, (seed, 1 + number, member)) for member in range(config.members)]
    return plans


def evaluate(
    dataset: Dataset, folds: Folds, members: keras.Model, config: TrainingConfig, threshold: float, seed: int
) -> dict[str, Any]:
    """Score each student's out-of-fold probability, averaged over repeats.

    Args:
        dataset: The rows.
        folds: How they were split.
        members: Trained as `plan_members` says; more members after those are left alone.
        config: How they were trained.
        threshold: The positive label is answered above it.
        seed: Of the resamples.

    Raises:
        InvalidData: The network's answers are not finite.

    Returns:
        The manifest's `evaluation`: protocol, the model's figures, the baselines' figures.
    """
    logits = np.asarray(members(dataset.matrix)).astype(np.float64)
    if not np.isfinite(logits).all():
        raise InvalidData(f"{dataset.file}: training did not stay finite; look for values that are far too large")
    probabilities = 1 / (1 + np.exp(-np.clip(logits, -500, 500)))
    ensembles = [
        probabilities[:, number * config.members : (number + 1) * config.members].mean(axis=1)
        for number in range(len(folds.each))
    ]
    matrix, labels = dataset.matrix.astype(np.float64), dataset.labels  # squares of large values overflow in float32

    def figures(forecasts: Iterable[np.ndarray]) -> Figures:
        return score(labels, _out_of_fold(forecasts, folds, len(labels)), threshold, seed, dataset.students)

    of_network = (ensemble[fold.test] for ensemble, fold in zip(ensembles, folds.each, strict=True))
    of_majority = (majority(labels[fold.train], len(fold.test)) for fold in folds.each)
    of_logistic_regression = (
        logistic_regression(dataset.schema)
        .fit(matrix[fold.train], labels[fold.train])
        .predict_proba(matrix[fold.test])[:, 1]
        for fold in folds.each
    )
    constant = figures(of_majority)
    # The share of positives differs a little from fold to fold; ranking by that would be an artefact of the split.
    constant["roc_auc"] = {"value": 0.5, "low": 0.5, "high": 0.5}
    return {
        "protocol": {
            "method": "repeated stratified cross-validation, rows of one student together",
            "folds": len(folds.repeats[0]),
            "repeats": len(folds.repeats),
            "members": config.members,
            "num_rows": len(dataset.labels),
            "num_students": dataset.num_students,
            "intervals": f"95 %, percentiles of {NUM_RESAMPLES} bootstrap resamples of students",
        },
        "model": figures(of_network),
        "baselines": {"majority": constant, "logistic_regression": figures(of_logistic_regression)},
    }


def _out_of_fold(forecasts: Iterable[np.ndarray], folds: Folds, num_rows: int) -> np.ndarray:
    """Each row's forecast from folds that did not train on it, averaged over repeats."""
    total = np.zeros(num_rows)
    for forecast, fold in zip(forecasts, folds.each, strict=True):
        total[fold.test] += forecast
    return total / len(folds.repeats)
