"""The two recipes: an ensemble as the dataset file says, and the tutorial notebook's own network as it was."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import keras
import numpy as np
import tensorflow as tf

from training.config import NOTEBOOK, DatasetFile, TrainingConfig
from training.network.fitting import GroupPlan, plan_ensemble, plan_folds, train_members
from training.network.members import ensemble, notebook_network, pick_group, publish_notebook
from training.network.monitor import Curves, TrainingMonitor
from training.network.notebook import draw, split_rows
from training.network.selection import Selection, candidates, select
from training.plan import Plan
from training.progress import begin, progress
from training.statistics.calibration import Calibration, fit_calibration, log_odds


class Ensemble:
    """Members that train side by side on all rows; what is published is their calibrated mean.

    Attributes:
        name: As the manifest has it.
        calibrated: Whether what is published is calibrated.
        note: What must be said where it was evaluated; None for nothing.
        may_replace: Whether it may become champion where there is one.
    """

    name: ClassVar[str] = "ensemble"
    calibrated: ClassVar[bool] = True
    may_replace: ClassVar[bool] = True
    note: ClassVar[str | None] = None

    def config(self, dataset_file: DatasetFile) -> TrainingConfig:
        """How to train, with penalties of None where they are to be chosen."""
        return dataset_file.training

    def groups(self, plan: Plan, config: TrainingConfig) -> list[GroupPlan]:
        """The members to train beside those of the folds."""
        return [plan_ensemble(np.ones(len(plan.dataset.labels)), config, (plan.seed, 0))]

    def calibration(self, plan: Plan, held_out: np.ndarray) -> Calibration | None:
        """Fit the calibration on held-out forecasts, shape (num_repeats, num_rows)."""
        return fit_calibration(plan.dataset.labels, log_odds(held_out))

    def model(self, plan: Plan, trained: "Trained", calibration: Calibration | None) -> keras.Model:
        """What is published: encoded matrix in, a dict with `probability` of shape (num_rows,) out."""
        members = pick_group(trained.members, len(plan.outer), plan.dataset.schema, trained.config)
        return ensemble(members, calibration)

    def beside(self, _plan: Plan, _model: keras.Model) -> dict[str, Any]:
        """What the manifest's `training` has of this recipe alone: nothing."""
        return {}


class Notebook:
    """One network, trained on 70 % of the rows as the notebook did; on the folds its recipe is tried anew."""

    name: ClassVar[str] = "notebook"
    calibrated: ClassVar[bool] = False
    may_replace: ClassVar[bool] = False  # it is there to be compared
    note: ClassVar[str | None] = "the same recipe trained anew on each fold, not the published network"

    def config(self, _dataset_file: DatasetFile) -> TrainingConfig:
        """The notebook's own, whatever the dataset file says."""
        return NOTEBOOK

    def groups(self, _plan: Plan, _config: TrainingConfig) -> list[GroupPlan]:
        """None beside those of the folds."""
        return []

    def calibration(self, _plan: Plan, _held_out: np.ndarray) -> None:
        """None."""

    def model(self, plan: Plan, _trained: "Trained", _calibration: Calibration | None) -> keras.Model:
        """Train the notebook's network; its seed is the plan's, where the notebook had none."""
        dataset = plan.dataset
        rows, _ = split_rows(dataset)
        keras.utils.set_random_seed(plan.seed)
        network = notebook_network(dataset.schema)
        with progress(NOTEBOOK.epochs) as tick:
            on_epoch = keras.callbacks.LambdaCallback(on_epoch_end=lambda _epoch, _logs: tick())
            network.fit(
                dataset.matrix[rows], dataset.labels[rows], epochs=NOTEBOOK.epochs, verbose=0, callbacks=[on_epoch]
            )
        return publish_notebook(network)

    def beside(self, plan: Plan, model: keras.Model) -> dict[str, Any]:
        """What the notebook printed, beside what its network gives from this seed and from others."""
        return {"notebook": asdict(draw(plan.dataset, model))}


Recipe = Ensemble | Notebook


@dataclass(frozen=True)
class Trained:
    """Every network of a run, trained side by side.

    Attributes:
        recipe: By which.
        members: A group for each outer fold, then those of the recipe.
        config: Of the recipe's, its penalties chosen.
        selection: What was chosen for whom.
        curves: How the networks of cross-validation learned.
    """

    recipe: Recipe
    members: keras.Model
    config: TrainingConfig
    selection: Selection
    curves: Curves


def train(plan: Plan, recipe: Recipe) -> Trained:
    """Choose penalties, then train the networks of all folds and the recipe's own in one fit."""
    num_rows = len(plan.dataset.labels)
    begin("choosing penalties")
    selection = select(plan)
    begin("training")
    config = candidates(plan.config, num_rows)[selection.final]
    of_folds = plan_folds(plan.outer, selection.configs(plan), num_rows, plan.seed)
    own = recipe.groups(plan, config)
    monitor = TrainingMonitor(len(plan.folds.each), len(of_folds) if own else None)
    members = train_members(plan.dataset, of_folds + own, config, plan.seed, monitor=monitor)
    return Trained(recipe, members, config, selection, monitor.curves())


def make_deterministic(seed: int) -> None:
    """Let the same seed give the same networks on the same machine, whatever ~/.keras/keras.json says."""
    keras.config.set_floatx("float32")
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
