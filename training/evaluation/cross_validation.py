"""How good is it on students that it has not seen: cross-validation of the network and the baselines."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from training.config import TrainingConfig
from training.network.fitting import member_logits
from training.network.selection import Selection
from training.statistics.baselines import Forecaster, baselines
from training.statistics.calibration import Calibration, cross_calibrated, cross_calibrations, log_odds, sigmoid
from training.statistics.folds import Fold, Folds
from training.statistics.group_table import group_table
from training.statistics.metrics import NUM_RESAMPLES, calibration_line, paired_difference, reliability, score
from training.table.dataset import Dataset, InvalidData


class NotFinite(InvalidData):
    """A network that was trained answers with something that is no finite number."""


@dataclass(frozen=True)
class Forecasts:
    """P(positive) of each row, from networks that did not train on it.

    Attributes:
        raw: As the ensembles answer, shape (num_repeats, num_rows).
        calibrated: By what the rows outside each fold show, of the same shape; the same as `raw` where the network is
            not calibrated.
        calibrations: Of each fold of each repeat; None where the network is not calibrated.
    """

    raw: np.ndarray
    calibrated: np.ndarray
    calibrations: list[Calibration] | None

    @property
    def mean(self) -> np.ndarray:
        """What is scored: the mean over repeats, shape (num_rows,)."""
        mean: np.ndarray = self.calibrated.mean(axis=0)
        return mean


@dataclass(frozen=True)
class Evaluation:
    """What held-out students show.

    Attributes:
        document: The manifest's `evaluation`.
        network: What the network forecast for them.
        baselines: P(positive) by each baseline, averaged over repeats, shape (num_rows,).
    """

    document: dict[str, Any]
    network: Forecasts
    baselines: dict[str, np.ndarray]


def mean_probabilities(members: keras.Model, matrix: np.ndarray) -> np.ndarray:
    """What each group's ensemble answers for every row, not calibrated.

    Args:
        members: As trained.
        matrix: Encoded rows, shape (num_rows, num_features).

    Returns:
        Shape (num_rows, num_groups); NaN where a member does not stay finite.
    """
    logits = member_logits(members, matrix)
    probabilities: np.ndarray = np.where(np.isfinite(logits), sigmoid(logits), np.nan).mean(axis=2)
    return probabilities


def forecast_folds(members: keras.Model, folds: list[Fold], dataset: Dataset) -> list[np.ndarray]:
    """Mean probability of each fold's ensemble for its test rows.

    Args:
        members: Trained as `plan_folds` says; groups after those are left alone.
        folds: Whose ensembles they are.
        dataset: The rows.

    Raises:
        NotFinite: Training did not stay finite.
    """
    probabilities = mean_probabilities(members, dataset.matrix)
    if not np.isfinite(probabilities).all():
        raise NotFinite(
            f"{dataset.file}: training did not stay finite; look for values that are far too large, or lower "
            "learning_rate, or set clip_norm in the dataset file"
        )
    return [probabilities[fold.test, number] for number, fold in enumerate(folds)]


def by_repeat(forecasts: list[np.ndarray], folds: Folds, num_rows: int) -> np.ndarray:
    """Each row's forecast from the fold that did not train on it, in each repeat; shape (num_repeats, num_rows)."""
    held_out = np.empty((len(folds.repeats), num_rows))
    for forecast, (number, fold) in zip(forecasts, folds.numbered, strict=True):
        held_out[number, fold.test] = forecast
    return held_out


def calibrate(labels: np.ndarray, raw: np.ndarray, folds: Folds, *, calibrated: bool) -> Forecasts:
    """Calibrate held-out forecasts as the published network is, but each fold by the rows outside it.

    Args:
        labels: 0 or 1, shape (num_rows,).
        raw: Held-out forecasts, shape (num_repeats, num_rows).
        folds: Who was held out when.
        calibrated: Whether the network is; the notebook's is not.
    """
    if not calibrated:
        return Forecasts(raw, raw, None)
    calibrations = cross_calibrations(labels, log_odds(raw), folds)
    return Forecasts(raw, cross_calibrated(raw, calibrations, folds), calibrations)


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
    *,
    calibrated: bool = True,
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
        calibrated: Whether the network is calibrated; the notebook's is not.

    Raises:
        NotFinite: Training did not stay finite.
    """
    labels, students = dataset.labels, dataset.students
    num_rows = len(labels)
    timed = [by_time] if isinstance(by_time, Fold) else []
    of_network = forecast_folds(members, folds.each + timed, dataset)
    raw = by_repeat(of_network[: len(folds.each)], folds, num_rows)
    forecasts = calibrate(labels, raw, folds, calibrated=calibrated)
    network = forecasts.mean
    document: dict[str, Any] = {
        "protocol": {
            "method": "repeated stratified cross-validation, rows of one student together"
            + ("; penalties chosen within each training part" if selection.losses else "")
            + ("; calibrated by the rows outside each fold" if calibrated else ""),
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
    rivals, of_rivals = baselines(dataset, at_least), {}
    for name, rival in rivals.items():
        of_rival = [rival(fold) for fold in folds.each]
        held_out = of_rivals[name] = by_repeat(of_rival, folds, num_rows).mean(axis=0)
        figures = score(labels, held_out, threshold, seed, students)
        if all(np.ptp(forecast) == 0 for forecast in of_rival):
            # The same for everybody, only differing a little from fold to fold: ranking by that would be an artefact.
            figures["roc_auc"] = {"value": 0.5, "low": 0.5, "high": 0.5}
        document["baselines"][name] = figures
        document["comparisons"][name] = paired_difference(labels, network, held_out, seed, students)
    document["calibration"] = calibration_line(labels, log_odds(network), seed, students)
    if calibrated:
        uncalibrated = raw.mean(axis=0)
        document["uncalibrated"] = {
            **calibration_line(labels, log_odds(uncalibrated), seed, students),
            "log_loss": score(labels, uncalibrated, threshold, seed, students)["log_loss"],
        }
    document["reliability"] = reliability(labels, network, students)
    document["groups"] = group_table(dataset, network, threshold, seed)
    if isinstance(by_time, Fold):
        document["by_time"] = _out_of_time(dataset, by_time, of_network[-1], rivals, threshold, seed)
    elif dataset.periods is not None:
        document["by_time"] = {"left_out": by_time}
    return Evaluation(document, forecasts, of_rivals)


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
    """Trained on earlier periods, scored on the last: what a school does when it uses last year's model.

    Not calibrated: out-of-fold forecasts of the earlier periods come from networks that have seen the last.
    """
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
