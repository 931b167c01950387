"""The training job, whole: read, split, train, evaluate, judge, export, publish. Each step is another file's."""

import os
import platform
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from tqdm import tqdm

from registry.manifest import Manifest
from registry.store import ModelStore, Published
from training.config import NOTEBOOK, DatasetFile
from training.dataset import load_dataset
from training.evaluation import evaluate, plan_members, split
from training.export import export, identity
from training.gate import decide
from training.network import MemberPlan, averaged, pick_members, train_members
from training.notebook import train_notebook

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
    with _progress(f"{len(plans)} networks", config.epochs) as tick:
        members = train_members(dataset.matrix, dataset.labels, plans, dataset.schema, config, seed, tick)
    if notebook:
        with _progress("notebook", config.epochs) as tick:
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
                "versions": _library_versions(),
                "git_commit": _git_commit(),
            },
            evaluation=evaluation,
            gate={"verdict": decision.verdict, "reasons": list(decision.reasons)},
        )
        published = store.publish(staged, manifest, promote=decision.promote, over=decision.over)
    return Outcome(published, store.manifest(published.version))


class _progress:
    """A progress bar over epochs with the time left; silent where stderr is no terminal."""

    def __init__(self, what: str, epochs: int) -> None:
        self._bar = tqdm(total=epochs, desc=f"training {what}", unit="epoch", disable=None)

    def __enter__(self) -> Callable[[], None]:
        return lambda: self._bar.update() and None

    def __exit__(self, *_: object) -> None:
        self._bar.close()


def _library_versions() -> dict[str, str]:
    versions = {"python": platform.python_version(), "tensorflow": tf.__version__}
    return versions | {name: metadata.version(name) for name in ("keras", "ai-edge-litert", "numpy", "scikit-learn")}


def _git_commit() -> str | None:
    """The commit that this program was checked out at, with `-dirty` where it was changed; None outside git."""
    command = ["git", "-C", os.path.dirname(__file__), "describe", "--always", "--dirty", "--abbrev=40", "--match="]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None


def summary(outcome: Outcome) -> str:
    """What was trained, how good it is beside the baselines, which version it became, and where it lies."""
    manifest = outcome.manifest
    training, evaluation = manifest.training, manifest.evaluation
    protocol: dict[str, Any] = evaluation["protocol"]
    scores = {"network": evaluation["model"], **evaluation["baselines"]}
    rows = f"{training['num_students']} students"
    if training["num_rows"] != training["num_students"]:
        rows = f"{training['num_rows']} rows of {rows}"
    lines = [
        f"{manifest.name}: {rows}, {training['num_positive']} {manifest.schema.labels[1]}; "
        f"{len(manifest.schema.features)} features; {training['config']['members']} network(s) of "
        f"{' + '.join(map(str, training['config']['hidden_units']))} hidden units",
        f"on students that it has not seen ({protocol['folds']}-fold cross-validation, {protocol['repeats']} times; "
        "95 % intervals):",
        f"  {'':<20} {'log loss':<22} {'AUC':<22} accuracy",
    ]
    if "note" in protocol:
        lines.insert(2, f"  ({protocol['note']})")
    for name, figures in scores.items():
        cells = [
            f"{figures[metric]['value']:.3f} ({figures[metric]['low']:.3f} to {figures[metric]['high']:.3f})"
            for metric in ("log_loss", "roc_auc", "accuracy")
        ]
        lines.append(f"  {name.replace('_', ' '):<20} {cells[0]:<22} {cells[1]:<22} {cells[2]}")
    lines.append(f"verdict: {manifest.verdict.replace('_', ' ')}")
    lines += [f"  {reason}" for reason in manifest.gate["reasons"]]
    if not outcome.published.champion:
        standing = "challenger: the champion stays"
    elif manifest.verdict == "rejected":
        standing = "champion all the same: there is no other"
    else:
        standing = "champion: the service uses it"
    lines.append(f"version {manifest.version} ({standing}) in {outcome.published.path}")
    return "\n".join(lines)
