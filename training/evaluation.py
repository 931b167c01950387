"""How good is it on students that it has not seen: cross-validation of the network and the baselines."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from training.baselines import Forecaster, baselines
from training.calibration import cross_calibrated, log_odds, sigmoid
from training.config import TrainingConfig
from training.dataset import Dataset, InvalidData
from training.fitting import GroupPlan, MemberPlan, member_logits
from training.folds import Fold, Folds
from training.group_table import group_table
from training.metrics import NUM_RESAMPLES, calibration_line, paired_difference, reliability, score
from training.selection import Selection


class NotFinite(InvalidData):
    """A network that was trained answers with something that is no finite number."""


@dataclass(frozen=True)
class Evaluation:
    """What held-out students show.

    Attributes:
        document: The manifest's `evaluation`.
        out_of_fold: P(positive) of each row, from folds that did not train on it, averaged over repeats; shape
            (num_rows,).
    """

    document: dict[str, Any]
    out_of_fold: np.ndarray


def plan_ensemble(rows: np.ndarray, config: TrainingConfig, seed: tuple[int, int]) -> GroupPlan:
    """An ensemble of the size that is served.

    Args:
        rows: 1 for each row that it trains on, shape (num_rows,).
        config: Number of members, and their penalties.
        seed: Of the initial weights, with each member's number.
    """
    members = (MemberPlan((*seed, member), config.l2 or 0.0, config.skip_l2 or 0.0) for member in range(config.members))
    return GroupPlan(rows, tuple(members))


def plan_folds(folds: list[Fold], configs: list[TrainingConfig], num_rows: int, seed: int) -> list[GroupPlan]:
    """An ensemble for each fold, with penalties of its own.

    Args:
        folds: What to train on.
        configs: How, for each fold.
        num_rows: Of the whole table.
        seed: Of the initial weights.
    """
    return [
        plan_ensemble(fold.mask(num_rows), config, (seed, 1 + number))
        for number, (fold, config) in enumerate(zip(folds, configs, strict=True))
    ]


def forecast_folds(members: keras.Model, folds: list[Fold], dataset: Dataset) -> list[np.ndarray]:
    """Mean probability of each fold's ensemble for its test rows.

    Args:
        members: Trained as `plan_folds` says; groups after those are left alone.
        folds: Whose ensembles they are.
        dataset: The rows.

    Raises:
        NotFinite: Training did not stay finite.
    """
    logits = member_logits(members, dataset.matrix)
    if not np.isfinite(logits).all():
        raise NotFinite(
            f"{dataset.file}: training did not stay finite; look for values that are far too large, or lower "
            "learning_rate, or set clip_norm in the dataset file"
        )
    probabilities = sigmoid(logits).mean(axis=2)
    return [probabilities[fold.test, number] for number, fold in enumerate(folds)]


def out_of_fold(forecasts: list[np.ndarray], folds: Folds, num_rows: int) -> np.ndarray:
    """Each row's forecast from folds that did not train on it, averaged over repeats; shape (num_rows,)."""
    total = np.zeros(num_rows)
    for forecast, fold in zip(forecasts, folds.each, strict=True):
        total[fold.test] += forecast
    return total / len(folds.repeats)


def evaluate(
    dataset: Dataset,
    folds: Folds,
    by_time: Fold | str,
    members: keras.Model,
    config: TrainingConfig,
    selection: Selection,
    threshold: float,
    at_least: float | None,
    seed: int,
) -> Evaluation:
    """Score each student once, by the mean of its out-of-fold probabilities over repeats.

    Args:
        dataset: The rows.
        folds: How they were split.
        by_time: The last period held out; or why it is not.
        members: Trained as `plan_folds` says, on the folds and then on the one by time.
        config: Of the network that is published.
        selection: What was chosen for each.
        threshold: The positive label is answered above it.
        at_least: The pass line of the target, if it has one.
        seed: Of the resamples.

    Raises:
        NotFinite: Training did not stay finite.
    """
    labels, students = dataset.labels, dataset.students
    num_rows = len(labels)
    timed = [by_time] if isinstance(by_time, Fold) else []
    of_network = forecast_folds(members, folds.each + timed, dataset)
    forecasts = of_network[: len(folds.each)]
    network = out_of_fold(forecasts, folds, num_rows)
    document: dict[str, Any] = {
        "protocol": {
            "method": "repeated stratified cross-validation, rows of one student together"
            + ("; penalties chosen within each training part" if selection.losses else ""),
            "folds": len(folds.repeats[0]),
            "repeats": len(folds.repeats),
            "members": config.members,
            "num_rows": num_rows,
            "num_students": dataset.num_students,
            "intervals": f"95 %, percentiles of {NUM_RESAMPLES} bootstrap resamples of students",
        },
        "selection": _describe(selection, len(folds.each)),
        "model": score(labels, network, threshold, seed, students),
        "baselines": {},
        "comparisons": {},
    }
    rivals = baselines(dataset, at_least)
    for name, rival in rivals.items():
        of_rival = [rival(fold) for fold in folds.each]
        held_out = out_of_fold(of_rival, folds, num_rows)
        figures = score(labels, held_out, threshold, seed, students)
        if all(np.ptp(forecast) == 0 for forecast in of_rival):
            # The same for everybody, only differing a little from fold to fold: ranking by that would be an artefact.
            figures["roc_auc"] = {"value": 0.5, "low": 0.5, "high": 0.5}
        document["baselines"][name] = figures
        document["comparisons"][name] = paired_difference(labels, network, held_out, seed, students)
    document["calibration"] = calibration_line(labels, log_odds(network), seed, students)
    calibrated = cross_calibrated(labels, forecasts, folds)
    document["recalibrated"] = {
        **calibration_line(labels, log_odds(calibrated), seed, students),
        "log_loss": score(labels, calibrated, threshold, seed, students)["log_loss"],
    }
    document["reliability"] = reliability(labels, network, students)
    document["groups"] = group_table(dataset, network, threshold, seed)
    if isinstance(by_time, Fold):
        document["by_time"] = _out_of_time(dataset, by_time, of_network[-1], rivals, threshold, seed)
    elif dataset.periods is not None:
        document["by_time"] = {"left_out": by_time}
    return Evaluation(document, network)


def _describe(selection: Selection, num_folds: int) -> dict[str, Any]:
    chosen = Counter(selection.by_fold[:num_folds])
    return {
        "num_candidates": selection.num_candidates,
        "log_loss": [loss if np.isfinite(loss) else None for loss in selection.losses],
        "chosen_in_folds": [chosen[position] for position in range(selection.num_candidates)],
        "published": selection.final,
    }


def _out_of_time(
    dataset: Dataset,
    fold: Fold,
    network: np.ndarray,
    rivals: dict[str, Forecaster],
    threshold: float,
    seed: int,
) -> dict[str, Any]:
    """Trained on earlier periods, scored on the last: what a school does when it uses last year's model."""
    labels, students, periods = dataset.labels[fold.test], dataset.students[fold.test], dataset.periods
    assert periods is not None
    document: dict[str, Any] = {
        "trained_on": [dataset.period_names[period] for period in np.unique(periods[fold.train])],
        "scored_on": [dataset.period_names[period] for period in np.unique(periods[fold.test])],
        "num_train": len(fold.train),
        "num_test": len(fold.test),
        "model": score(labels, network, threshold, seed, students),
        "baselines": {},
    }
    for name, rival in rivals.items():
        document["baselines"][name] = score(labels, rival(fold), threshold, seed, students)
    return document
