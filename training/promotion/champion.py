"""The candidate held against the champion, fairly: the champion's recipe on the same folds, its answers on new rows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np
from marshmallow import ValidationError

from registry.contract.features import WORDS, FeatureSchema
from registry.errors import StoreError
from registry.store.manifest import Manifest
from registry.store.model_store import CHAMPION, LITERT_MODEL, ROWS, ModelStore
from training.config import DEMONSTRATION, Target, TrainingConfig, TrainingSchema
from training.evaluation.cross_validation import NotFinite, by_repeat, calibrate, forecast_folds
from training.network.fitting import plan_folds, train_members
from training.plan import Plan
from training.publishing.export import run_litert
from training.publishing.row_digests import key_name, was_trained_on
from training.statistics.figure import Figure
from training.statistics.group_table import GroupTable, group_table
from training.statistics.metrics import paired_difference
from training.statistics.threshold import thresholds_of_others

MIN_UNSEEN_ROWS = 50
MIN_THRESHOLD_CHANGE = 0.005  # what two decimals show


@dataclass(frozen=True)
class Contest:
    """The candidate beside the champion in one way, or why that could not be.

    Attributes:
        num_rows: Rows that the champion has not seen, where its answers for them are asked.
        difference: Log loss of the candidate minus the champion's, in nats.
        groups: The group table of the champion's recipe.
        left_out: Why there is no difference.
    """

    num_rows: int | None = None
    difference: Figure | None = None
    groups: GroupTable | None = None
    left_out: str | None = None


@dataclass(frozen=True)
class Comparison:
    """What was found of the champion that is there.

    Attributes:
        version: Its number.
        verdict: The gate's of it; None where that is not known.
        unreadable: Why nothing could be compared.
        changes: What differs in schema or target, in words, so that it can't be compared.
        recipe: The champion's recipe, trained on the same folds.
        served: Its answers for rows that it has not seen, where there are 50.
        demonstration: True where it is of the 15 students, which people try first, and something differs.
        threshold: How the candidate's differs from its own, in words; no fault, since somebody may have chosen another.
    """

    version: int
    verdict: str | None
    unreadable: str | None = None
    changes: tuple[str, ...] | None = None
    demonstration: bool | None = None
    recipe: Contest | None = None
    served: Contest | None = None
    threshold: str | None = None


def compare_with_champion(plan: Plan, candidate: np.ndarray, threshold: float, store: ModelStore) -> Comparison | None:
    """Compare with the champion that is there.

    Args:
        plan: The rows, and the folds of the candidate.
        candidate: Its held-out forecasts, shape (num_rows,).
        threshold: Above which it answers the positive label.
        store: Where the champion is.

    Returns:
        None where there is no champion.
    """
    number = store.aliases().get(CHAMPION)
    if number is None:
        return None
    try:
        manifest = store.manifest(number)
    except StoreError as error:
        return Comparison(number, (store.publication(number) or {}).get("verdict"), unreadable=str(error))
    changes = schema_changes(manifest.schema, plan.dataset.schema) + target_changes(manifest, plan.target)
    if changes:
        demonstration = manifest.training.get("data") == DEMONSTRATION or None
        return Comparison(number, manifest.verdict, changes=tuple(changes), demonstration=demonstration)
    try:
        config = trained_config(manifest)
        num_rows = int(manifest.training["num_rows"])
    except (ValidationError, KeyError, TypeError, ValueError) as error:
        why = f"its recipe can't be trained by this program: {error}"
        return Comparison(number, manifest.verdict, unreadable=why)
    configs = [at_size(config, manifest, num_rows, len(fold.train)) for fold in plan.folds.each]
    return Comparison(
        number,
        manifest.verdict,
        recipe=_train_anew(plan, candidate, configs, calibrated=manifest.calibration is not None),
        served=_ask(plan, candidate, number, store),
        threshold=threshold_change(manifest, threshold, plan.dataset.schema.labels),
    )


# Of a feature's document; the last four say how its cells may be written in a table.
_NOT_FOR_CLIENTS = {"observed", "unseen", "whole", "description", "actionable", *WORDS} | {
    *("missing", "suffixes", "out_of", "other_mark")
}


def schema_changes(former: FeatureSchema, schema: FeatureSchema) -> list[str]:
    """What differs between two schemas for a client, in words; empty if nothing does.

    What was seen, words for people, what is actionable and how cells are written may differ: they change no answer.
    """

    def for_clients(which: FeatureSchema) -> dict[str, dict[str, Any]]:
        return {
            feature.name: {key: value for key, value in feature.to_document().items() if key not in _NOT_FOR_CLIENTS}
            for feature in which.features
        }

    before, after = for_clients(former), for_clients(schema)
    changes = [f"{name!r} is gone" for name in before if name not in after]
    changes += [f"{name!r} is new" for name in after if name not in before]
    for name in after:
        if name in before:
            changes += [
                f"{name!r}: {key} was {before[name].get(key)!r}, is {after[name].get(key)!r}"
                for key in before[name] | after[name]
                if before[name].get(key) != after[name].get(key)
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


def threshold_change(manifest: Manifest, threshold: float, labels: tuple[str, str]) -> str | None:
    """What another threshold than the champion's does to its users, in words; None where it is nearly the same."""
    if abs(threshold - manifest.threshold) < MIN_THRESHOLD_CHANGE:
        return None
    more = "more" if threshold > manifest.threshold else "fewer"
    return (
        f"{labels[1]!r} is answered above {threshold:.3g}, by the champion, version {manifest.version}, above "
        f"{manifest.threshold_in_words}: of the same students {more} are called {labels[0]!r}; groups are compared at "
        "thresholds chosen alike"
    )


def trained_config(manifest: Manifest) -> TrainingConfig:
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


def _train_anew(plan: Plan, candidate: np.ndarray, configs: list[TrainingConfig], *, calibrated: bool) -> Contest:
    dataset, folds, seed = plan.dataset, plan.folds, plan.seed
    labels = dataset.labels
    groups = plan_folds(folds.each, configs, len(labels), seed)
    members = train_members(dataset, groups, configs[0], seed)
    try:
        forecasts = forecast_folds(members, folds.each, dataset)
    except NotFinite:
        return Contest(left_out="it does not stay finite on this table")
    again = calibrate(labels, by_repeat(forecasts, folds, len(labels)), folds, calibrated=calibrated).mean
    difference = paired_difference(labels, candidate, again, seed, dataset.students)
    thresholds = thresholds_of_others(plan.decision, labels, again, folds)
    return Contest(difference=difference, groups=group_table(dataset, again, thresholds, seed))


def _ask(plan: Plan, candidate: np.ndarray, version: int, store: ModelStore) -> Contest:
    try:
        champion = store.read(version)
    except StoreError as error:
        return Contest(left_out=str(error))
    key = store.row_key()
    if ROWS not in champion.files or LITERT_MODEL not in champion.files:
        return Contest(left_out="it does not know which rows it has seen")
    if champion.manifest.training.get("rows_key") != key_name(key):
        return Contest(left_out="which rows it has seen is not known: the store's key is another")
    dataset = plan.dataset
    new = np.flatnonzero(~was_trained_on(dataset.matrix, key, champion.files[ROWS]))
    if len(new) < MIN_UNSEEN_ROWS:
        return Contest(num_rows=len(new), left_out=f"under {MIN_UNSEEN_ROWS} rows that it has not seen")
    answers = run_litert(champion.files[LITERT_MODEL], dataset.matrix[new])["probability"].astype(np.float64)
    difference = paired_difference(dataset.labels[new], candidate[new], answers, plan.seed, dataset.students[new])
    return Contest(num_rows=len(new), difference=difference)


def _plain(value: Any) -> Any:
    """One for a list of one, and lists for the tuples that JSON does not know."""
    if not isinstance(value, list | tuple):
        return value
    return value[0] if len(value) == 1 else list(value)
