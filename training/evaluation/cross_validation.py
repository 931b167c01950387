"""What is forecast for students by networks and baselines that have not seen them."""

from dataclasses import dataclass

import keras
import numpy as np

from training.evaluation.baseline_forecasts import BaselineForecasts
from training.network.fitting import member_logits
from training.network.recipes import Trained
from training.plan import Plan
from training.statistics.calibration import Calibration, cross_calibrated, cross_calibrations, log_odds, sigmoid
from training.statistics.folds import Fold, Folds
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
class HeldOut:
    """What was forecast for rows that were not trained on.

    Attributes:
        network: By the networks of cross-validation.
        baselines: By each baseline, fitted on the same folds, shape (num_repeats, num_rows).
        by_time: By `network` and each baseline for the rows of the last period, shape (num_test,); empty where there is
            no fold by time. Not calibrated: out-of-fold forecasts of the earlier periods come from networks that have
            seen the last.
    """

    network: Forecasts
    baselines: dict[str, np.ndarray]
    by_time: dict[str, np.ndarray]

    @property
    def mean_baselines(self) -> dict[str, np.ndarray]:
        """What is scored of each baseline: the mean over repeats, shape (num_rows,)."""
        return {name: forecasts.mean(axis=0) for name, forecasts in self.baselines.items()}


def forecast_held_out(plan: Plan, trained: Trained, baselines: BaselineForecasts) -> HeldOut:
    """Forecast every row by networks that did not train on it, beside baselines that did not either.

    Raises:
        NotFinite: Training did not stay finite.
    """
    dataset, folds = plan.dataset, plan.folds
    labels = dataset.labels
    of_network = forecast_folds(trained.members, plan.outer, dataset)
    raw = by_repeat(of_network[: len(folds.each)], folds, len(labels))
    by_time = {"network": of_network[-1]} | baselines.by_time if isinstance(plan.by_time, Fold) else {}
    return HeldOut(
        network=calibrate(labels, raw, folds, calibrated=trained.recipe.calibrated),
        baselines={name: by_repeat(forecasts, folds, len(labels)) for name, forecasts in baselines.of_folds.items()},
        by_time=by_time,
    )


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
        members: Trained as `plan_folds` says; groups after these are left alone.
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
