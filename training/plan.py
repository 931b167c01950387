"""What a run sets out with, and every step of it is handed."""

from dataclasses import dataclass

from training.config import NOBODY_CHOSE, DatasetFile, DecisionRule, Target, TrainingConfig
from training.statistics.folds import Fold, Folds, split, split_by_time
from training.table.dataset import Dataset


@dataclass(frozen=True)
class Plan:
    """A table, who is held out when, and how to train on the others.

    Attributes:
        dataset: The rows.
        target: What is predicted.
        config: How to train; penalties that are None are to be chosen.
        folds: Of cross-validation.
        by_time: The last period held out; or why it is not.
        seed: Of everything that is drawn.
        decision: How the threshold is chosen above which the positive label is answered.
        coverage: Share of the students of each label that a decision must leave room for.
    """

    dataset: Dataset
    target: Target
    config: TrainingConfig
    folds: Folds
    by_time: Fold | str
    seed: int
    decision: DecisionRule = NOBODY_CHOSE
    coverage: float = 0.9

    @property
    def outer(self) -> list[Fold]:
        """All folds of all repeats, then the one by time if there is one."""
        return self.folds.each + ([self.by_time] if isinstance(self.by_time, Fold) else [])


def make_plan(dataset: Dataset, dataset_file: DatasetFile, config: TrainingConfig, seed: int) -> Plan:
    """Split a table.

    Args:
        dataset: The rows.
        dataset_file: What they hold.
        config: How to train.
        seed: Of everything that is drawn.

    Raises:
        InvalidData: Too few students of a label to hold some of them out.
    """
    folds, by_time = split(dataset, seed), split_by_time(dataset)
    return Plan(
        dataset,
        dataset_file.target,
        config,
        folds,
        by_time,
        seed,
        decision=dataset_file.decision,
        coverage=dataset_file.coverage,
    )
