"""The training job, whole: read, split, train, evaluate, judge, export, publish. Each step is another file's."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from registry.manifest import Manifest
from registry.store import ModelStore, Published
from training.config import NOTEBOOK, DatasetFile
from training.dataset import load_dataset
from training.evaluation import evaluate, plan_members, split
from training.export import export, identity
from training.gate import decide
from training.network import MemberPlan, averaged, pick_members, train_members
from training.notebook import train_notebook
from training.progress import progress
from training.provenance import git_commit, library_versions

THRESHOLD = 0.5


@dataclass(frozen=True)
class Outcome:
    """What a run published."""

    published: Published
    manifest: Manifest


def run(
    dataset_file: DatasetFile,
    data: Path | None,
    models: Path,
    seed: int,
    say: Callable[[str], None],
    *,
    notebook: bool = False,
) -> Outcome:
    """Train on a table and publish the result as the next version.

    Args:
        dataset_file: What the table holds and how to train.
        data: Another CSV for the same dataset file.
        models: The folder of stores.
        seed: Of everything that is drawn. The same seed gives the same `identity` on the same machine.
        say: Takes lines that are part of the result, the notebook's printout.
        notebook: Publish the tutorial notebook's own network instead of an ensemble.

    Returns:
        The published version and its manifest.

    Raises:
        InvalidData: The CSV can't be trained on.
        StoreError: The store can't be written.
        ExportMismatch: What was exported does not give what was trained.
    """
    keras.config.set_floatx("float32")  # whatever ~/.keras/keras.json says
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
    config = NOTEBOOK if notebook else dataset_file.training

    dataset = load_dataset(dataset_file, data)
    folds = split(dataset, seed)
    store = ModelStore(models, dataset_file.name)
    store.prepare()  # a store that can't be used should show before the training, not after
    plans = plan_members(folds, len(dataset.labels), config, seed)
    num_held_out = len(plans)
    if not notebook:
        everyone = np.ones(len(dataset.labels))
        plans += [MemberPlan(everyone, (seed, 0, member)) for member in range(config.members)]
    with progress(f"{len(plans)} networks", config.epochs) as tick:
        members = train_members(dataset.matrix, dataset.labels, plans, dataset.schema, config, seed, tick)
    if notebook:
        with progress("notebook", config.epochs) as tick:
            model = train_notebook(dataset, seed, tick, say)
    else:
        model = averaged(pick_members(members, slice(num_held_out, None), dataset.schema, config))
    evaluation = evaluate(dataset, folds, members, config, THRESHOLD, seed)
    if notebook:
        evaluation["protocol"]["note"] = "the same recipe trained anew on each fold, not the published network"

    decision = decide(evaluation, dataset, store)
    with store.staging() as staged:
        engines = export(model, dataset.schema, staged)
        manifest = Manifest(
            name=dataset_file.name,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            identity=identity(model, dataset.schema, config, "notebook" if notebook else "ensemble", THRESHOLD),
            schema=dataset.schema,
            threshold=THRESHOLD,
            engines=engines,
            training={
                "recipe": "notebook" if notebook else "ensemble",
                "config": asdict(config),
                "seed": seed,
                "data": dataset.file,
                "data_sha256": dataset.sha256,
                "num_rows": len(dataset.labels),
                "num_students": dataset.num_students,
                "num_positive": int(dataset.labels.sum()),
                "target": asdict(dataset_file.target),
                "versions": library_versions(),
                "git_commit": git_commit(),
            },
            evaluation=evaluation,
            gate={"verdict": decision.verdict, "reasons": list(decision.reasons)},
        )
        published = store.publish(staged, manifest, promote=decision.promote, over=decision.over)
    return Outcome(published, store.manifest(published.version))
