"""The training job on one screen: what is done, in order; each step is another file's."""

from dataclasses import dataclass

from registry.store.manifest import Manifest
from registry.store.model_store import BACKGROUND, ROWS, ModelStore, Published
from training.already_there import recipe_digest
from training.config import DatasetFile
from training.evaluation.answers import check_answers
from training.evaluation.audit import audit
from training.evaluation.baseline_forecasts import baselines_beside
from training.evaluation.cross_validation import HeldOut, forecast_held_out
from training.evaluation.evaluation import evaluate
from training.evaluation.importance import permutation_importance
from training.evaluation.learning_curve import learning_curve
from training.evaluation.response import response_curves
from training.network.recipes import Recipe, make_deterministic, train
from training.plan import Plan, make_plan
from training.progress import begin
from training.promotion.champion import compare_with_champion
from training.promotion.gate import decide
from training.provenance import provenance
from training.publishing.background import make_background
from training.publishing.export import export, identity
from training.publishing.row_digests import row_digests
from training.publishing.weights import write_members
from training.report.write import ReportData, write_report
from training.results import Results, as_document, write_manifest
from training.statistics.conformal import conformal
from training.statistics.threshold import choose_threshold
from training.table.dataset import Dataset


@dataclass(frozen=True)
class Outcome:
    """What a run published, and from what."""

    published: Published
    manifest: Manifest
    plan: Plan
    held_out: HeldOut


def run(dataset_file: DatasetFile, dataset: Dataset, store: ModelStore, seed: int, recipe: Recipe) -> Outcome:
    """Train on a table and publish the result as the next version.

    Args:
        dataset_file: What the table holds and how to train.
        dataset: The table.
        store: Where to, and what it is signed with.
        seed: Of everything that is drawn. The same seed gives the same `identity` on the same machine.
        recipe: What is trained and published.

    Returns:
        The published version and its manifest; the plan, and what was forecast for who was held out.

    Raises:
        InvalidData: The table can't be trained on.
        StoreError: The store can't be written.
        ChildProcessError: The process that fits the baselines was killed.
        ExportMismatch: What was exported does not give what was trained.
    """
    make_deterministic(seed)
    plan = make_plan(dataset, dataset_file, recipe.config(dataset_file), seed)
    key = store.row_key()  # a store that can't be used should show before the training, not after

    with baselines_beside(plan) as baseline_forecasts:
        trained = train(plan, recipe)
        begin("learning curve")
        curve = learning_curve(plan, trained)
        begin("baselines")
        held_out = forecast_held_out(plan, trained, baseline_forecasts())
    begin("evaluating")
    network, baselines = held_out.network, held_out.mean_baselines
    evaluation = evaluate(plan, trained, held_out, curve)
    calibration = recipe.calibration(plan, network.raw)
    threshold = choose_threshold(plan.decision, dataset.labels, network.mean, dataset.students, seed)
    model = recipe.model(plan, trained, calibration)

    sets = conformal(dataset, plan.folds, network.calibrated, plan.coverage, plan.decision, seed)
    audited = audit(dataset, baselines["logistic_regression"], plan.target)
    begin("comparing")
    champion = compare_with_champion(plan, network.mean, threshold.threshold.value, store)
    answers = check_answers(model, dataset.schema, dataset.matrix)
    begin("explaining")
    importances = permutation_importance(dataset, plan.folds, trained.members, trained.config, network, seed)
    by_importance = [importance.feature for importance in importances]
    decision = decide(evaluation, champion, answers, dataset, by_importance, may_replace=recipe.may_replace)
    results = Results(evaluation, calibration, threshold, sets, audited, champion, answers, importances, decision)

    responses = response_curves(dataset, model)
    report_data = ReportData(dataset.labels, network.mean, baselines, trained.curves, importances, responses)
    background = make_background(dataset)
    begin("exporting")
    with store.staging() as staged:
        engines = export(model, dataset.schema, staged)
        (staged / ROWS).write_bytes(row_digests(dataset.matrix, key))
        if background is not None:
            (staged / BACKGROUND).write_bytes(background.to_json())
        write_members(model, dataset.schema, calibration, staged)
        made_with = provenance(plan, trained, key, recipe_digest(dataset_file, recipe.name))
        made_with |= recipe.beside(plan, model)
        named = identity(model, dataset.schema, trained.config, recipe.name, threshold.threshold.value, calibration)
        manifest = write_manifest(plan, results, made_with, named, engines)
        begin("reporting")
        write_report(manifest, report_data, staged)
        published = store.publish(
            staged, manifest, promote=decision.promote, over=decision.over, audit=as_document(audited)
        )
    return Outcome(published, store.manifest(published.version), plan, held_out)
