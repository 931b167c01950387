"""The training job, whole: read, split, choose, train, evaluate, calibrate, audit, compare, advise, report, publish.

Each step is another file's.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from registry.store.manifest import Manifest
from registry.store.model_store import BACKGROUND, ROWS, ModelStore, Published
from training.config import NOTEBOOK, DatasetFile
from training.evaluation.answers import check_answers
from training.evaluation.audit import audit
from training.evaluation.cross_validation import evaluate
from training.evaluation.diagnostics import diagnose
from training.evaluation.importance import permutation_importance
from training.evaluation.response import response_curves
from training.network.fitting import plan_ensemble, plan_folds, train_members
from training.network.members import ensemble, pick_group
from training.network.monitor import TrainingMonitor
from training.network.notebook import train_notebook
from training.network.selection import candidates, select
from training.progress import progress
from training.promotion.champion import compare_with_champion
from training.promotion.gate import decide
from training.provenance import git_commit, library_versions
from training.publishing.background import make_background
from training.publishing.export import export, identity
from training.publishing.row_digests import key_name, row_digests
from training.publishing.weights import write_members
from training.report.advice import advise
from training.report.write import ReportData, write_report
from training.statistics.calibration import fit_calibration, log_odds
from training.statistics.conformal import conformal
from training.statistics.folds import Fold, split, split_by_time
from training.table.dataset import load_dataset

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
    target = dataset_file.target

    dataset = load_dataset(dataset_file, data)
    matrix, labels, schema = dataset.matrix, dataset.labels, dataset.schema
    folds, by_time = split(dataset, seed), split_by_time(dataset)
    store = ModelStore(models, dataset_file.name)
    key = store.row_key()  # a store that can't be used should show before the training, not after

    timed = [by_time] if isinstance(by_time, Fold) else []
    open_config = NOTEBOOK if notebook else dataset_file.training
    selection = select(dataset, folds, timed, open_config, seed)
    config = candidates(open_config, len(labels))[selection.final]
    outer = folds.each + timed
    plans = plan_folds(outer, selection.configs(open_config, outer), len(labels), seed)
    if not notebook:
        plans.append(plan_ensemble(np.ones(len(labels)), config, (seed, 0)))
    monitor = TrainingMonitor(len(folds.each), None if notebook else len(plans) - 1)
    members = train_members(dataset, plans, config, seed, monitor=monitor)
    curves = monitor.curves()

    evaluation = evaluate(
        dataset, folds, by_time, members, config, selection, THRESHOLD, target.at_least, seed, calibrated=not notebook
    )
    if notebook:
        evaluation.document["protocol"]["note"] = "the same recipe trained anew on each fold, not the published network"
        calibration = None
        with progress("notebook", config.epochs) as tick:
            model = train_notebook(dataset, seed, tick, say)
    else:
        calibration = fit_calibration(labels, log_odds(evaluation.network.raw))
        model = ensemble(pick_group(members, len(plans) - 1, schema, config), calibration)
    sets = conformal(dataset, folds, evaluation.network.calibrated, dataset_file.coverage, seed)
    audited = audit(dataset, evaluation.baselines["logistic_regression"])

    champion = compare_with_champion(dataset, folds, evaluation, target, store, THRESHOLD, seed)
    answers = check_answers(model, schema, matrix)
    background = make_background(dataset)
    decision = decide(evaluation.document, champion, answers, dataset)
    report_data = ReportData(
        labels=labels,
        network=evaluation.network.mean,
        baselines=evaluation.baselines,
        curves=curves,
        importances=permutation_importance(dataset, folds, members, config, evaluation.network, seed),
        responses=response_curves(dataset, model),
    )
    with store.staging() as staged:
        engines = export(model, schema, staged)
        (staged / ROWS).write_bytes(row_digests(matrix, key))
        if background is not None:
            (staged / BACKGROUND).write_bytes(background.to_json())
        write_members(model, schema, calibration, staged)
        recipe = "notebook" if notebook else "ensemble"
        manifest = Manifest(
            name=dataset_file.name,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            identity=identity(model, schema, config, recipe, THRESHOLD, calibration),
            schema=schema,
            threshold=THRESHOLD,
            engines=engines,
            training={
                "recipe": recipe,
                "config": asdict(config),
                "chosen": [name for name in ("l2", "skip_l2") if getattr(open_config, name) is None],
                "findings": [finding.to_dict() for finding in diagnose(curves, open_config)],
                "seed": seed,
                "data": dataset.file,
                "data_sha256": dataset.sha256,
                "num_rows": len(labels),
                "num_students": dataset.num_students,
                "num_positive": int(labels.sum()),
                "target": asdict(target),
                "rows_key": key_name(key),
                "versions": library_versions(),
                "git_commit": git_commit(),
            },
            evaluation=evaluation.document,
            calibration=None if calibration is None else asdict(calibration),
            conformal=sets,
            audit=audited,
            gate={
                "verdict": decision.verdict,
                "reasons": list(decision.reasons),
                "failed": list(decision.failed),
                "champion": champion,
                "published": answers,
            },
        )
        manifest = replace(manifest, gate={**manifest.gate, "advice": asdict(advise(manifest))})
        write_report(manifest, report_data, staged)
        outcome = store.publish(staged, manifest, promote=decision.promote, over=decision.over)
    return Outcome(outcome, store.manifest(outcome.version))
