"""The candidate held against the champion, fairly: the champion's recipe on the same folds, its answers on new rows."""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

import numpy as np
from marshmallow import ValidationError

from registry.contract.features import FeatureSchema
from registry.errors import StoreError
from registry.store.manifest import Manifest
from registry.store.model_store import CHAMPION, LITERT_MODEL, ROWS, ModelStore
from training.config import Target, TrainingConfig, TrainingSchema
from training.evaluation.cross_validation import Evaluation, NotFinite, by_repeat, calibrate, forecast_folds
from training.network.fitting import plan_folds, train_members
from training.publishing.export import run_litert
from training.publishing.row_digests import key_name, was_trained_on
from training.statistics.folds import Folds
from training.statistics.group_table import group_table
from training.statistics.metrics import paired_difference
from training.table.dataset import Dataset

MIN_UNSEEN_ROWS = 50


def compare_with_champion(
    dataset: Dataset,
    folds: Folds,
    evaluation: Evaluation,
    target: Target,
    store: ModelStore,
    threshold: float,
    seed: int,
) -> dict[str, Any] | None:
    """Compare with the champion that is there.

    Args:
        dataset: The rows.
        folds: The candidate's.
        evaluation: The candidate's.
        target: What is predicted.
        store: Where the champion is.
        threshold: The positive label is answered above it.
        seed: Of initial weights, order and resamples.

    Returns:
        None where there is no champion. Else its `version` and `verdict`, and
        `unreadable`: why nothing could be compared; or
        `changes`: what differs in schema or target, so that it can't be compared; or
        `recipe`: the `difference` in log loss to the champion's recipe, trained on the same folds, and `groups`, the
        recipe's group table; and `served`: `num_rows` that it has not seen, and where there are 50 the `difference`
        to what it answers for them; either may have been `left_out`, with the reason. Differences are candidate minus
        champion, `{value, low, high}`.
    """
    number = store.aliases().get(CHAMPION)
    if number is None:
        return None
    found: dict[str, Any] = {"version": number, "verdict": (store.publication(number) or {}).get("verdict")}
    try:
        manifest = store.manifest(number)
    except StoreError as error:
        return found | {"unreadable": str(error)}
    found["verdict"] = manifest.verdict
    changes = schema_changes(manifest.schema, dataset.schema) + target_changes(manifest, target)
    if changes:
        return found | {"changes": changes}
    try:
        config = recipe(manifest)
        num_rows = int(manifest.training["num_rows"])
    except (ValidationError, KeyError, TypeError, ValueError) as error:
        return found | {"unreadable": f"its recipe can't be trained by this program: {error}"}
    found["recipe"] = _trained_anew(
        dataset,
        folds,
        evaluation.network.mean,
        [at_size(config, manifest, num_rows, len(fold.train)) for fold in folds.each],
        threshold,
        seed,
        calibrated=manifest.calibration is not None,
    )
    found["served"] = _served(dataset, evaluation.network.mean, number, store, seed)
    return found


def schema_changes(former: FeatureSchema, schema: FeatureSchema) -> list[str]:
    """What differs between two schemas for a client, in words; empty if nothing does.

    What was seen, descriptions and what is actionable may differ: they change no input and no answer.
    """

    def for_clients(which: FeatureSchema) -> dict[str, dict[str, Any]]:
        plain = (
            replace(feature, observed=None, unseen=(), whole=False, description=None, actionable=None)
            for feature in which.features
        )
        return {feature.name: asdict(feature) for feature in plain}

    before, after = for_clients(former), for_clients(schema)
    changes = [f"{name!r} is gone" for name in before if name not in after]
    changes += [f"{name!r} is new" for name in after if name not in before]
    for name in after:
        if name in before:
            changes += [
                f"{name!r}: {key} was {before[name][key]!r}, is {value!r}"
                for key, value in after[name].items()
                if value != before[name][key]
            ]
    if not changes and former.names != schema.names:
        changes.append("the features stand in another order")
    if former.labels != schema.labels:
        changes.append(f"the labels were {former.labels}, are {schema.labels}")
    if former.id != schema.id:
        changes.append(f"the id was {former.id!r}, is {schema.id!r}")
    return changes


def target_changes(manifest: Manifest, target: Target) -> list[str]:
    """What differs in what is predicted, in words."""
    former, now = manifest.training.get("target", {}), asdict(target)
    return [
        f"target {key} was {_plain(former.get(key))!r}, is {_plain(value)!r}"
        for key, value in now.items()
        if _plain(former.get(key)) != _plain(value)
    ]


def recipe(manifest: Manifest) -> TrainingConfig:
    """How a version was trained.

    Raises:
        ValidationError: Not as this program can train. A part that is missing is not guessed: another release had
            other defaults.
    """
    described = manifest.training.get("config")
    if not isinstance(described, Mapping):
        raise ValidationError("there is none")
    if missing := {field.name for field in fields(TrainingConfig)} - set(described):
        raise ValidationError(f"it does not say {', '.join(sorted(missing))}")
    given = {key: value for key, value in described.items() if value is not None}
    config: TrainingConfig = TrainingSchema().load(given)
    return config


def at_size(config: TrainingConfig, manifest: Manifest, num_rows: int, num_train: int) -> TrainingConfig:
    """The recipe for another number of training rows: penalties that were chosen fall with it, as they did then."""
    chosen = manifest.training.get("chosen", ())
    scaled = {name: getattr(config, name) * num_rows / num_train for name in ("l2", "skip_l2") if name in chosen}
    return replace(config, **scaled)


def _trained_anew(
    dataset: Dataset,
    folds: Folds,
    candidate: np.ndarray,
    configs: list[TrainingConfig],
    threshold: float,
    seed: int,
    *,
    calibrated: bool,
) -> dict[str, Any]:
    labels, config = dataset.labels, configs[0]
    plans = plan_folds(folds.each, configs, len(labels), seed)
    members = train_members(dataset, plans, config, seed, " of the champion's recipe")
    try:
        forecasts = forecast_folds(members, folds.each, dataset)
    except NotFinite:
        return {"left_out": "it does not stay finite on this table"}
    again = calibrate(labels, by_repeat(forecasts, folds, len(labels)), folds, calibrated=calibrated).mean
    return {
        "difference": paired_difference(labels, candidate, again, seed, dataset.students),
        "groups": group_table(dataset, again, threshold, seed),
    }


def _served(dataset: Dataset, candidate: np.ndarray, version: int, store: ModelStore, seed: int) -> dict[str, Any]:
    try:
        champion = store.read(version)
    except StoreError as error:
        return {"left_out": str(error)}
    key = store.row_key()
    if ROWS not in champion.files or LITERT_MODEL not in champion.files:
        return {"left_out": "it does not know which rows it has seen"}
    if champion.manifest.training.get("rows_key") != key_name(key):
        return {"left_out": "which rows it has seen is not known: the store's key is another"}
    new = np.flatnonzero(~was_trained_on(dataset.matrix, key, champion.files[ROWS]))
    document: dict[str, Any] = {"num_rows": len(new)}
    if len(new) < MIN_UNSEEN_ROWS:
        return document | {"left_out": f"under {MIN_UNSEEN_ROWS} rows that it has not seen"}
    answers = run_litert(champion.files[LITERT_MODEL], dataset.matrix[new])["probability"].astype(np.float64)
    labels, students = dataset.labels[new], dataset.students[new]
    return document | {"difference": paired_difference(labels, candidate[new], answers, seed, students)}


def _plain(value: Any) -> Any:
    """One for a list of one, and lists for the tuples that JSON does not know."""
    if not isinstance(value, list | tuple):
        return value
    return value[0] if len(value) == 1 else list(value)
