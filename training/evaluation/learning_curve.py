"""Would more students help? Held-out forecasts of networks that trained on a quarter and on half of them."""

from dataclasses import dataclass, replace

import numpy as np

from training.evaluation.cross_validation import mean_probabilities
from training.network.fitting import GroupPlan, member_logits, plan_ensemble, train_members
from training.network.recipes import Trained
from training.network.selection import candidates
from training.plan import Plan
from training.statistics.calibration import sigmoid
from training.statistics.figure import Figure, LeftOut
from training.statistics.folds import MANY_ROWS, Fold
from training.statistics.metrics import log_losses, means_over_students
from training.table.dataset import Dataset

_SHARES = (0.25, 0.5)
_MEMBERS = 2  # more would lie lower at each size, all alike, and cost as much as the fit itself
_MIN_STUDENTS = 60  # a quarter of the others are a dozen


@dataclass(frozen=True)
class Point:
    """Networks that trained on as many students.

    Attributes:
        num_students: Mean over folds.
        log_loss: Of students that were held out, the same at every point, in nats; forecasts are not calibrated.
    """

    num_students: int
    log_loss: Figure


@dataclass(frozen=True)
class LearningCurve:
    """How forecasts get better with more students to train on.

    Attributes:
        points: A quarter, half and all of the training students of each fold.
        last_doubling: Log loss at the last point minus that before, student by student, in nats; negative: it helped.
    """

    points: tuple[Point, ...]
    last_doubling: Figure


def learning_curve(plan: Plan, trained: Trained) -> LearningCurve | LeftOut:
    """Train small ensembles on parts of the students, penalties as chosen for each fold, beside those that have all.

    On one repeat of the folds; above 5,000 rows on its first fold alone.

    Args:
        plan: The rows, and who is held out when.
        trained: Networks of all training students: as many of each fold as of the parts speak for these.
    """
    dataset = plan.dataset
    if dataset.num_students < _MIN_STUDENTS:
        return LeftOut(f"fewer than {_MIN_STUDENTS} students")
    folds = scored_folds(plan)
    each = min(_MEMBERS, trained.config.members)
    generator = np.random.default_rng(plan.seed)
    groups: list[GroupPlan] = []
    sizes: list[list[int]] = []
    for number, fold in enumerate(folds):
        masks = [*_parts(dataset, fold, generator), fold.mask(len(dataset.labels))]
        sizes.append([len(np.unique(dataset.students[mask > 0])) for mask in masks])
        for mask in masks[:-1]:
            config = candidates(plan.config, int(mask.sum()))[trained.selection.by_fold[number]]
            # Initial weights as those of the fold have: what differs is who was trained on.
            groups.append(plan_ensemble(mask, replace(config, members=each), (plan.seed, 1 + number)))
    used = np.flatnonzero(np.any([group.rows for group in groups], axis=0))
    groups = [replace(group, rows=group.rows[used]) for group in groups]
    members = train_members(dataset.taken(used), groups, trained.config, plan.seed)

    scored = np.concatenate([fold.test for fold in folds])
    losses = np.empty((len(_SHARES) + 1, len(scored)))
    at = 0
    for number, fold in enumerate(folds):
        matrix, labels = dataset.matrix[fold.test], dataset.labels[fold.test]
        of_parts = mean_probabilities(members, matrix)[:, number * len(_SHARES) : (number + 1) * len(_SHARES)]
        of_all = sigmoid(member_logits(trained.members, matrix)[:, number, :each]).mean(axis=1)
        forecasts = np.column_stack([of_parts, of_all])
        losses[:, at : at + len(labels)] = log_losses(labels[:, None], forecasts).T
        at += len(labels)
    if not np.isfinite(losses).all():
        return LeftOut("training on a part of the students did not stay finite")
    values = {str(point): row for point, row in enumerate(losses)} | {"last": losses[-1] - losses[-2]}
    figures = means_over_students(values, dataset.students[scored], plan.seed)
    num_students = np.mean(sizes, axis=0).round().astype(int).tolist()
    points = tuple(Point(num, figures[str(point)]) for point, num in enumerate(num_students))
    return LearningCurve(points, figures["last"])


def scored_folds(plan: Plan) -> tuple[Fold, ...]:
    """The folds of which the curve is made."""
    first = plan.folds.repeats[0]
    return first[:1] if len(plan.dataset.labels) > MANY_ROWS else first


def _parts(dataset: Dataset, fold: Fold, generator: np.random.Generator) -> list[np.ndarray]:
    """1 for each row of a share of the fold's training students, as many of each label; each part is in the next."""
    students, first = np.unique(dataset.students[fold.train], return_index=True)
    labels = dataset.labels[fold.train][first]
    rank = np.empty(len(students))
    for label in (0, 1):
        alike = np.flatnonzero(labels == label)
        rank[alike] = generator.permutation(len(alike)) / max(len(alike), 1)
    parts = []
    for share in _SHARES:
        mask = np.zeros(len(dataset.labels))
        mask[fold.train[np.isin(dataset.students[fold.train], students[rank < share])]] = 1
        parts.append(mask)
    return parts
