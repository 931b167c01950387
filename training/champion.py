"""The candidate held against the champion, fairly: the champion's recipe on the same folds, its answers on new rows."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from marshmallow import ValidationError

from registry.errors import StoreError
from registry.features import FeatureSchema
from registry.manifest import Manifest
from registry.store import CHAMPION, LITERT_MODEL, ROWS, ModelStore, VerifiedVersion
from training.config import Target, TrainingConfig, TrainingSchema
from training.dataset import Dataset
from training.evaluation import Evaluation, forecast_folds, out_of_fold, plan_folds
from training.export import run_litert
from training.fitting import train_members
from training.folds import Folds
from training.group_table import group_table
from training.metrics import paired_difference
from training.progress import progress
from training.seen import key_name, seen

MIN_UNSEEN_ROWS = 50


def hold_against_champion(
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
        `recipe`: the difference in log loss to the champion's recipe, trained on the same folds, and `groups`, the
        recipe's group table; and `served`: `num_rows` that it has not seen, and where there are 50 the difference to
        what it answers for them. Differences are candidate minus champion, `{value, low, high}`.
    """
    number = store.aliases().get(CHAMPION)
    if number is None:
        return None
    try:
        champion = store.read(number)
    except StoreError as error:
        return {"version": number, "verdict": None, "unreadable": str(error)}
    manifest = champion.manifest
    found: dict[str, Any] = {"version": number, "verdict": manifest.verdict}
    changes = schema_changes(manifest.schema, dataset.schema) + target_changes(manifest, target)
    if changes:
        return found | {"changes": changes}
    labels, students = dataset.labels, dataset.students
    try:
        config = recipe(manifest)
    except ValidationError as error:
        return found | {"unreadable": f"its recipe can't be trained by this program: {error.messages}"}
    plans = plan_folds(folds.each, config, None, len(labels), seed)
    with progress(f"the champion's recipe, {len(plans) * config.members} networks", config.epochs) as tick:
        members = train_members(dataset.matrix, labels, plans, dataset.schema, config, seed, tick)
    again = out_of_fold(forecast_folds(members, folds.each, dataset), folds, len(labels))
    found["recipe"] = paired_difference(labels, evaluation.out_of_fold, again, seed, students)
    found["groups"] = group_table(dataset, again, threshold, seed)
    found["served"] = _served(dataset, evaluation.out_of_fold, champion, store, seed)
    return found


def schema_changes(former: FeatureSchema, schema: FeatureSchema) -> list[str]:
    """What differs between two schemas for a client, in words; empty if nothing does.

    Ranges seen, descriptions and what is actionable may differ: they change no input and no answer.
    """

    def for_clients(which: FeatureSchema) -> dict[str, dict[str, Any]]:
        plain = (replace(feature, observed=None, description=None, actionable=None) for feature in which.features)
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
        ValidationError: Not as this program can train.
    """
    described = manifest.training.get("config")
    if not isinstance(described, Mapping):
        raise ValidationError("there is none")
    given = {key: value for key, value in described.items() if value is not None}
    config: TrainingConfig = TrainingSchema().load(given)
    return config


def _served(
    dataset: Dataset, candidate: np.ndarray, champion: VerifiedVersion, store: ModelStore, seed: int
) -> dict[str, Any]:
    key = store.row_key()
    if champion.manifest.training.get("rows_key") != key_name(key):
        return {"left_out": "which rows it has seen is not known: the store's key is another"}
    new = np.flatnonzero(~seen(dataset.matrix, key, champion.files.get(ROWS, b"")))
    document: dict[str, Any] = {"num_rows": len(new)}
    if len(new) < MIN_UNSEEN_ROWS:
        return document | {"left_out": f"under {MIN_UNSEEN_ROWS} rows that it has not seen"}
    answers = run_litert(champion.files[LITERT_MODEL], dataset.matrix[new]).astype(np.float64)
    labels, students = dataset.labels[new], dataset.students[new]
    return document | {"difference": paired_difference(labels, candidate[new], answers, seed, students)}


def _plain(value: Any) -> Any:
    """One for a list of one, and lists for the tuples that JSON does not know."""
    if not isinstance(value, list | tuple):
        return value
    return value[0] if len(value) == 1 else list(value)
