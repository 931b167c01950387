"""A batch of students to the answer of `/recourse`: the smallest changes after which the network answers otherwise."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from flask import request

from registry.contract.features import FeatureSpec
from service.engines.budget import Budget, MeteredEngine
from service.engines.engine import Engine
from service.errors import FieldFault, InvalidInstances, TooManyInstances
from service.reading.instances import Batch
from service.reading.pointers import pointer
from service.reasons.actionable_features import ActionableFeatures
from service.reasons.counterfactuals import Target, find_counterfactuals
from service.telemetry import request_log
from service.versions.loaded_version import LoadedVersion
from service.versions.predictions import score

TARGET = "target_probability"  # the field of the body, and the parameter of the query
MAX_RECOURSE = 20  # Students in one request: each takes the network some ten thousand answers.
MAX_OPTIONS = 5  # Of one student.
_NUM_COMPARED = 10 * MAX_OPTIONS  # Changes that are held against each other: each pair takes some time.
_NUM_ASKED = 2 * MAX_OPTIONS  # Changes whose answer is asked for alone, since it may just miss the target there.
REASONS = (
    "reached already",
    "none within bounds",
    "no feature is actionable",
    "what can be changed is not known",
    "none found in time",
)
# A change of more features is an option only where it is so much smaller than one of some of them.
_MUCH_SMALLER = 0.95


def read_target(version: LoadedVersion, in_body: Sequence[object], in_query: Sequence[str]) -> Target:
    """The target that a request asks for; unless it does, the version's threshold.

    Args:
        version: Answers.
        in_body: What stands in the body's field, if there is one.
        in_query: What stands in the query's parameters of that name.

    Raises:
        InvalidInstances: It is no number above 0 and below 1, or given twice.
    """
    number = FeatureSpec(TARGET, "number")
    given = [*in_body, *map(number.parse, in_query)]
    if not given:
        return Target(version.manifest.threshold, is_threshold=True)
    if len(given) > 1:
        raise InvalidInstances([FieldFault(f"/{TARGET}", "must be given once")])
    [value] = given
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise InvalidInstances([FieldFault(f"/{TARGET}", "must be a number above 0 and below 1")])
    return Target(value, is_threshold=False)


def find_recourse(version: LoadedVersion, batch: Batch, target: Target) -> dict[str, Any]:
    """Find for each student the smallest changes of actionable features after which the network reaches a target.

    This says what the model associates with the outcome, not what causes it: no promise that a student who changes so
    will pass.

    Args:
        version: Answers.
        batch: Its instances, encoded.
        target: What is to be reached.

    Returns:
        `{"model", "target_probability", "recourse": [{"probability", "options": [{"changes": {feature: {"from",
        "to"}}, "probability", "size"}]}]}` in the order sent, at most MAX_OPTIONS options each, the smallest change
        first; `ActionableFeatures` says how large a change is. What is counted (`FeatureSpec.whole`) stays whole where
        the student's own is. Options change different sets of features, and more features than another one only where
        that makes the change at least 5 % smaller. Where there is no option, `reason` is one of REASONS.
        `is_partial` is true where the request's budget of rows was spent before the search was done; options are
        what was found by then. An option has `warnings`, as in `/predict`, where training has not seen a new value; the
        `id` that came is passed through.

    Raises:
        TooManyInstances: More than MAX_RECOURSE.
        ClientHasLeft: Nobody waits for the answer.
        NotAnswerable: A probability is not finite.
    """
    if len(batch.matrix) > MAX_RECOURSE:
        raise TooManyInstances(f"at most {MAX_RECOURSE} students are taken in one request for recourse")
    manifest = version.manifest
    probabilities = score(version, batch.matrix).probabilities
    is_reached = target.is_reached(probabilities).tolist()
    is_actionable = np.array([feature.actionable is not None for feature in manifest.schema.features])
    budget = Budget(request.environ)
    recourse = []
    for index, row in enumerate(batch.matrix):
        found: dict[str, Any] = {"probability": probabilities[index], "options": []}
        if is_reached[index]:
            found["reason"] = REASONS[0]
        elif not is_actionable.any():
            found["reason"] = REASONS[2]
        elif np.isnan(row[is_actionable]).all():
            found["reason"] = REASONS[3]
        else:
            # Of what is left an equal share each: in a large request the last are not left with nothing.
            engine = MeteredEngine(version.engine, budget, len(batch.matrix) - index)
            features = ActionableFeatures(manifest.schema, row)
            options = _options(version.engine, engine, features, target)
            prefix = batch.pointer_to(index)
            found["options"] = [_describe(version, features, *option, prefix) for option in options]
            if not options:
                found["reason"] = REASONS[4 if engine.is_spent else 1]
            if engine.is_spent:
                found["is_partial"] = True
        if batch.ids is not None and batch.ids[index] is not None:
            found["id"] = batch.ids[index]
        recourse.append(found)
    request_log.note(version=manifest.version, num_instances=len(batch.matrix))
    return {
        "model": {"name": manifest.name, "version": manifest.version},
        TARGET: target.probability,
        "recourse": recourse,
    }


def _options(
    engine: Engine, metered: Engine, features: ActionableFeatures, target: Target
) -> list[tuple[np.ndarray, np.float32]]:
    """The smallest changes that are worth an option: changed students, and what the network answers to them."""
    rows = find_counterfactuals(metered, features, target)[:_NUM_COMPARED]
    rows = _worth_it(rows, features)[:_NUM_ASKED]
    # Each alone, as it will be asked for: in a batch an engine may give another last digit.
    answers = [engine(row[None]).probabilities for row in rows]
    answered = [(row, answer[0]) for row, answer in zip(rows, answers, strict=True) if target.is_reached(answer).all()]
    return answered[:MAX_OPTIONS]


def _worth_it(rows: np.ndarray, features: ActionableFeatures) -> np.ndarray:
    """Changes, smallest first, without those of more features than another that are not much smaller."""
    changed, sizes = features.changed(rows), features.sizes(rows)
    kept: list[int] = []
    for index in np.argsort(changed.sum(axis=1), kind="stable").tolist():
        contained = [other for other in kept if not (changed[other] & ~changed[index]).any()]
        if all(sizes[index] <= _MUCH_SMALLER * sizes[other] for other in contained):
            kept.append(index)
    return rows[sorted(kept)]


def _describe(
    version: LoadedVersion, features: ActionableFeatures, row: np.ndarray, probability: np.float32, prefix: str
) -> dict[str, Any]:
    """An option as JSON has it; `prefix` is the pointer to the student."""
    names = version.manifest.schema.names
    described: dict[str, Any] = {
        "changes": {
            names[column]: {
                "from": features.written(column, features.row[column]),
                "to": features.written(column, row[column]),
            }
            for column in features.columns[features.changed(row[None])[0]].tolist()
        },
        "probability": probability,
        "size": float(f"{features.sizes(row[None])[0]:.4g}"),
    }
    unseen, _ = version.seen.find(row[None])
    warnings = [
        {"pointer": pointer(prefix, name), "detail": detail}
        for _, name, detail in unseen
        if name in described["changes"]
    ]
    return described | ({"warnings": warnings} if warnings else {})
