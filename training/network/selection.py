"""Which penalties: chosen inside each outer fold, so that nothing is chosen on the rows that are reported."""

from dataclasses import dataclass, replace

import numpy as np

from training.config import TrainingConfig
from training.network.fitting import GroupPlan, MemberPlan, member_logits, train_members
from training.plan import Plan
from training.statistics.calibration import sigmoid
from training.statistics.folds import MANY_ROWS, split_within
from training.statistics.metrics import log_losses
from training.table.dataset import Dataset

# Weights of the squared kernels of the skip and of the rest, times the number of training rows: the more rows, the less
# a penalty weighs, as in scikit-learn, whose logistic regression has 0.5 by default.
_STRENGTHS = ((0.5, 3.0), (3.0, 3.0), (8.0, 6.0), (3.0, 10.0), (15.0, 10.0), (50.0, 30.0))
# Networks of each candidate in a trial. Four choose no better than two; on a long table one says as much.
_MEMBERS, _MEMBERS_OF_MANY = 2, 1
# Of a longer table trials take as many rows: what is chosen is a strength, which is the same at any number of rows.
MOST_ROWS_OF_TRIALS = 10_000
_TRIAL_SEEDS = 1_000_000  # apart from the seeds of what is reported and published


@dataclass(frozen=True)
class Selection:
    """What was chosen for whom.

    Attributes:
        num_candidates: How many were tried; 1 where there was nothing to choose.
        losses: Log loss of each over all trials, shape (num_candidates,); empty where there was nothing to choose.
        by_fold: Index of the chosen one for each outer fold, the fold by time last if there is one.
        final: Index of the one that is published.
    """

    num_candidates: int
    losses: tuple[float, ...]
    by_fold: tuple[int, ...]
    final: int

    def configs(self, plan: Plan) -> list[TrainingConfig]:
        """What each outer fold trains with, its penalties by its own number of training rows."""
        folds = zip(plan.outer, self.by_fold, strict=True)
        return [candidates(plan.config, len(fold.train))[chosen] for fold, chosen in folds]


@dataclass(frozen=True)
class _Trial:
    """A training part within outer folds, and the rows that it is scored on for each of them."""

    train: np.ndarray
    scored: tuple[tuple[int, np.ndarray], ...]


def candidates(config: TrainingConfig, num_rows: int) -> tuple[TrainingConfig, ...]:
    """At most six configurations that differ in what the dataset file leaves open.

    Args:
        config: As the dataset file has it; penalties that are None are to be chosen.
        num_rows: Training rows; penalties are the weaker, the more there are.

    Returns:
        As many, in the same order, for any number of rows.
    """
    found = []
    for skip_l2, l2 in _STRENGTHS:
        candidate = replace(
            config,
            l2=l2 / num_rows if config.l2 is None else config.l2,
            skip_l2=skip_l2 / num_rows if config.skip_l2 is None and config.skip else config.skip_l2,
        )
        if candidate not in found:
            found.append(candidate)
    return tuple(found)


def select(plan: Plan) -> Selection:
    """Choose the configuration for each outer fold, and for the network that is published.

    All candidates train without each pair of folds of a repeat. What was left out with an outer fold scores them for
    it: each outer fold's choice knows nothing of its rows. The published network's choice is by all of these together.
    On long tables some students, drawn by lot, speak for all.
    """
    config, outer = plan.config, plan.outer
    num_tried = len(candidates(config, 1))
    rows = _rows_of_trials(plan.dataset, plan.seed)
    dataset, trials = plan.dataset.taken(rows), _trials(plan, rows)
    if num_tried == 1 or not trials:
        return Selection(num_tried, (), (num_tried // 2,) * len(outer), num_tried // 2)
    plans = [GroupPlan(trial.train, tuple(_members(trial, plan, number))) for number, trial in enumerate(trials)]
    members = train_members(dataset, plans, config, plan.seed)
    logits = member_logits(members, dataset.matrix)
    probabilities = sigmoid(logits).reshape(*logits.shape[:2], num_tried, -1).mean(axis=3)
    totals, counts = np.zeros((len(outer), num_tried)), np.zeros((len(outer), 1))
    for number, trial in enumerate(trials):
        for fold, rows in trial.scored:
            losses = log_losses(dataset.labels[rows, None], probabilities[rows, number])
            # What did not stay finite is worse than anything that did.
            totals[fold] += np.nan_to_num(losses, nan=np.inf).sum(axis=0)
            counts[fold] += len(rows)
    in_folds = slice(len(plan.folds.each))
    overall = totals[in_folds].sum(axis=0) / counts[in_folds].sum()
    # A middling one where there are too few students to choose by.
    by_fold = np.where(counts[:, 0] > 0, totals.argmin(axis=1), num_tried // 2)
    return Selection(num_tried, tuple(map(float, overall)), tuple(map(int, by_fold)), int(overall.argmin()))


def _rows_of_trials(dataset: Dataset, seed: int) -> np.ndarray:
    """All of them; of a long table those of as many students, drawn by lot, as have no more rows than trials take."""
    num_rows = len(dataset.labels)
    if num_rows <= MOST_ROWS_OF_TRIALS:
        return np.arange(num_rows)
    rows_of = np.bincount(dataset.students)
    students = np.random.default_rng(seed).permutation(len(rows_of))
    drawn = students[np.cumsum(rows_of[students]) <= MOST_ROWS_OF_TRIALS]
    return np.flatnonzero(np.isin(dataset.students, drawn))


def _trials(plan: Plan, rows: np.ndarray) -> list[_Trial]:
    """The trials on some of the rows, by which they are numbered."""
    number_of = np.full(len(plan.dataset.labels), -1)
    number_of[rows] = np.arange(len(rows))
    labels, trials, first = plan.dataset.labels[rows], [], 0

    def numbered(some: np.ndarray) -> np.ndarray:
        numbers: np.ndarray = number_of[some]
        return numbers[numbers >= 0]

    def add(train: np.ndarray, *scored: tuple[int, np.ndarray]) -> None:
        if len(set(labels[train == 1])) == 2:
            trials.append(_Trial(train, tuple((fold, numbered(some)) for fold, some in scored)))

    for repeat in plan.folds.repeats:
        for one in range(len(repeat)):
            for other in range(one + 1, len(repeat)):
                train = np.ones(len(rows))
                train[numbered(repeat[one].test)] = train[numbered(repeat[other].test)] = 0
                add(train, (first + one, repeat[other].test), (first + other, repeat[one].test))
        first += len(repeat)
    for by_time in plan.outer[first:]:
        for fold in split_within(plan.dataset, by_time.train, plan.seed):
            train = np.zeros(len(rows))
            train[numbered(fold.train)] = 1
            add(train, (first, fold.test))
    return trials


def _members(trial: _Trial, plan: Plan, number: int) -> list[MemberPlan]:
    """Every candidate from the same initial weights."""
    return [
        MemberPlan((plan.seed, _TRIAL_SEEDS + number, member), candidate.l2 or 0.0, candidate.skip_l2 or 0.0)
        for candidate in candidates(plan.config, int(trial.train.sum()))
        for member in range(_MEMBERS if len(trial.train) <= MANY_ROWS else _MEMBERS_OF_MANY)
    ]
