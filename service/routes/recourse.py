"""`/recourse`: the smallest changes after which the network answers otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from flask import Blueprint, Response, request

from registry.contract.features import Category, Feature, FeatureSchema, Number
from service.context import Context
from service.engines.budget import NUM_ROWS, Budget, MeteredEngine
from service.engines.engine import Engine
from service.errors import FieldFault, InvalidInstances, TooManyInstances
from service.reading.body import read_instances_and
from service.reading.instances import Batch
from service.reading.pointers import pointer
from service.reasons.actionable_features import Levers, as_written, shortest
from service.reasons.counterfactuals import find_changes
from service.routes.predict import MODEL, POST_ERRORS, VERSION, example_of, prediction_of, students_of
from service.server.lanes import Lane, lane
from service.settings import Settings
from service.telemetry import request_log
from service.versions.loaded_version import LoadedVersion
from service.versions.predictions import predict
from service.web.bodies import answer
from service.web.description import (
    PROBABILITY,
    Description,
    Json,
    answered,
    body_of,
    examples_of,
    in_query,
    list_of,
    object_of,
)

TARGET = "target_probability"  # the field of the body, and the parameter of the query
MAX_RECOURSE = 20  # students in one request: each takes the network some hundred thousand answers
MAX_OPTIONS = 5
REASONS = (
    "reached already",
    "none within bounds",
    "no feature is actionable",
    "what can be changed is not known",
    "none found in time",
)
# A change of more features is an option only where it is so much smaller than one of some of them.
_MUCH_SMALLER = 0.95
_NUM_WRITTEN = 10  # changes that are rounded, which may turn their order round
# Parts of the range that numbers are rounded to, at most; and, where the change is small, of its size and in all.
_ROUND_RANGE, _ROUND_SIZE = 1 / 200, 1 / 60
_FINER = (1.0, 0.1, 0.01, 0.001)  # tried in turn, since what reaches the target may not do so a step further


def blueprint(context: Context) -> Blueprint:
    """The route."""
    routes = Blueprint("recourse", __name__)
    settings, versions, _ = context

    @routes.post("/recourse")
    @lane(Lane.TURNS)
    def post_recourse() -> Response:
        version = versions.find(request.args.get("version"))
        batch, in_body = read_instances_and(TARGET, version.reader, settings.max_body_bytes)
        return answer(find_recourse(version, batch, read_target(version, in_body, request.args.getlist(TARGET))))

    return routes


class Target(NamedTuple):
    """The probability that is to be reached.

    Attributes:
        probability: Of the positive label.
        is_threshold: Whether it is the version's threshold, above which the positive label is answered.
    """

    probability: float
    is_threshold: bool

    def is_reached(self, probabilities: np.ndarray) -> np.ndarray:
        """Tell which of some probabilities, shape (num,), reach it."""
        reached: np.ndarray = (
            probabilities > self.probability if self.is_threshold else probabilities >= self.probability
        )
        return reached


@dataclass(frozen=True)
class _Option:
    """A change with numbers as people write them.

    Attributes:
        values: Feature's column → the new value, as JSON has it.
        row: The changed student, encoded, float32 of shape (num_features,).
        probability: What the network answers to the changed student.
        size: How large the change is.
    """

    values: dict[int, Any]
    row: np.ndarray
    probability: np.float32
    size: float


def read_target(version: LoadedVersion, in_body: Sequence[object], in_query: Sequence[str]) -> Target:
    """The target that a request asks for; unless it does, the version's threshold.

    Args:
        version: Answers.
        in_body: What stands in the body's field, if there is one.
        in_query: What stands in the query's parameters of that name.

    Raises:
        InvalidInstances: It is no number above 0 and below 1, or given twice.
    """
    number = Number(TARGET)
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
        first; `levers.Levers` says how large a change is. What is counted (`Number.whole`) stays whole where the
        student's own is. Options change different sets of features, and more features than another one only where that
        makes the change at least 5 % smaller. Where there is no option, `reason` is
        one of REASONS. `is_partial` is true where the request's budget of rows that the network answers was spent
        before the search was done; options are what was found by then. An option has `warnings`, as in `/predict`,
        where training has not seen a new value; the `id` that came is passed through.

    Raises:
        TooManyInstances: More than MAX_RECOURSE.
        ClientHasLeft: Nobody waits for the answer.
        NotAnswerable: A probability is not finite.
    """
    if len(batch.matrix) > MAX_RECOURSE:
        raise TooManyInstances(f"at most {MAX_RECOURSE} students are taken in one request for recourse")
    manifest = version.manifest
    probabilities = predict(version, batch.matrix).probabilities
    is_reached = target.is_reached(probabilities).tolist()
    is_actionable = np.array([feature.actionable is not None for feature in manifest.schema.features])
    budget = Budget(request.environ)
    recourse = []
    for position, row in enumerate(batch.matrix):
        found: dict[str, Any] = {"probability": probabilities[position], "options": []}
        if is_reached[position]:
            found["reason"] = REASONS[0]
        elif not is_actionable.any():
            found["reason"] = REASONS[2]
        elif np.isnan(row[is_actionable]).all():
            found["reason"] = REASONS[3]
        else:
            # Of what is left an equal share each: in a large request the last are not left with nothing.
            engine = MeteredEngine(version.engine, budget, len(batch.matrix) - position)
            options = _options(version, engine, Levers(manifest.schema, row), target)
            prefix = batch.pointer_to(position)
            found["options"] = [_describe(version, row, option, prefix) for option in options]
            if not options:
                found["reason"] = REASONS[4 if engine.is_spent else 1]
            if engine.is_spent:
                found["is_partial"] = True
        if batch.ids is not None and batch.ids[position] is not None:
            found["id"] = batch.ids[position]
        recourse.append(found)
    request_log.note(version=manifest.version, num_instances=len(batch.matrix))
    return {
        "model": {"name": manifest.name, "version": manifest.version},
        TARGET: target.probability,
        "recourse": recourse,
    }


def _options(version: LoadedVersion, engine: Engine, levers: Levers, target: Target) -> list[_Option]:
    rows = find_changes(engine, levers, target.is_reached)
    rows = _worth_it(rows, levers)[:_NUM_WRITTEN]
    written = [_write(version.engine, version.manifest.schema, levers, row, target) for row in rows]
    options = sorted((option for option in written if option is not None), key=lambda option: option.size)
    if not options:
        return []
    kept = {row.tobytes() for row in _worth_it(np.array([option.row for option in options]), levers)}
    return [option for option in options if option.row.tobytes() in kept][:MAX_OPTIONS]


def _worth_it(rows: np.ndarray, levers: Levers) -> np.ndarray:
    """Changes, smallest first, without those of more features than another that are not much smaller."""
    changed, sizes = levers.changed(rows), levers.sizes(rows)
    kept: list[int] = []
    for position in np.argsort(changed.sum(axis=1), kind="stable").tolist():
        contained = [other for other in kept if not (changed[other] & ~changed[position]).any()]
        if all(sizes[position] <= _MUCH_SMALLER * sizes[other] for other in contained):
            kept.append(position)
    return rows[sorted(kept)]


def _write(engine: Engine, schema: FeatureSchema, levers: Levers, row: np.ndarray, target: Target) -> _Option | None:
    """A change with numbers as round as reach the target still; None where no way to write it does."""
    places = levers.places[levers.changed(row[None])[0]].tolist()
    size = float(levers.sizes(row[None])[0])
    step_size = min(_ROUND_RANGE, size * _ROUND_SIZE / len(places))
    for finer in (*_FINER, None):
        values: dict[int, Any] = {}
        for place in places:
            feature = schema.features[place]
            if isinstance(feature, Category):
                values[place] = feature.vocabulary[int(row[place])]
            else:
                rounded = shortest(row[place]) if finer is None else levers.round_away(row, place, finer * step_size)
                values[place] = as_written(rounded)
        changed = levers.row.copy()
        for place, value in values.items():
            changed[place] = schema.features[place].encode(value)
        # Alone, as it will be asked for: in a batch an engine may give another last digit.
        [probability] = engine(changed[None]).probabilities
        if target.is_reached(np.array([probability])).all():
            return _Option(values, changed, probability, float(levers.sizes(changed[None])[0]))
    return None


def _describe(version: LoadedVersion, row: np.ndarray, option: _Option, prefix: str) -> dict[str, Any]:
    """An option as JSON has it; `prefix` is the pointer to the student."""
    features = version.manifest.schema.features
    described: dict[str, Any] = {
        "changes": {
            features[place].name: {"from": _show(features[place], row[place]), "to": value}
            for place, value in option.values.items()
        },
        "probability": option.probability,
        "size": float(f"{option.size:.4g}"),
    }
    unseen, _ = version.unseen_values.find(option.row[None])
    warnings = [
        {"pointer": pointer(prefix, name), "detail": detail}
        for _, name, detail in unseen
        if name in described["changes"]
    ]
    return described | ({"warnings": warnings} if warnings else {})


def _show(feature: Feature, code: np.float32) -> str | int | float:
    """An encoded value, which is no null, as people write it."""
    return feature.vocabulary[int(code)] if isinstance(feature, Category) else as_written(shortest(code))


def describe(description: Description, version: LoadedVersion, settings: Settings) -> None:
    """Describe it."""
    target: Json = {
        "type": "number",
        "exclusiveMinimum": 0,
        "exclusiveMaximum": 1,
        "description": "What the probability has to reach; unless given, the threshold above which the positive label "
        "is answered.",
    }
    schema, prediction = version.manifest.schema, prediction_of(version)
    students, student = students_of(version)["content"], example_of(version)
    # Where one of a student's own fields is called so, the target stands beside "instances" only.
    own = {} if TARGET in (*schema.names, schema.id) else {TARGET: 0.7}
    many = object_of(
        {"instances": list_of("Student", 1, min(MAX_RECOURSE, settings.max_instances)), TARGET: target}, ["instances"]
    )
    one = description.components.schemas["Student"]
    students["application/json"] = {
        "schema": {"anyOf": [one | {"properties": {TARGET: target} | one["properties"]}, many]}
    } | examples_of(one=student | own, several={"instances": [student, student], TARGET: 0.7})
    recourse = {"model": MODEL, TARGET: PROBABILITY, "recourse": list_of(_recourse(schema, prediction), 1)}
    description.add(
        "post",
        "/recourse",
        "recourse",
        "The smallest changes after which the network answers otherwise",
        answered(object_of(recourse), "In the order sent."),
        errors=POST_ERRORS,
        parameters=[VERSION, in_query(TARGET, target)],
        body=body_of(students),
        text="Changes of actionable features alone, within their bounds, each answered by the network. They say what "
        "the model associates with passing, not what causes it, and promise nothing. A target is given once: in the "
        "body or in the query. The size of a change is the sum over its features: of a number, how far it goes as a "
        "part of the range that training has seen; of a category, 1. What is counted stays whole. At most "
        f"{MAX_RECOURSE} students. Of a request the network answers at most {NUM_ROWS:,} rows: where they are spent "
        "before the search is done, `is_partial` says so, and the options are what was found by then.",
    )


def _recourse(schema: FeatureSchema, prediction: Json) -> Json:
    """The options of one student; what they share with a prediction is described there."""
    values: Json = {
        feature.name: {"enum": list(feature.vocabulary)} if isinstance(feature, Category) else {"type": "number"}
        for feature in schema.features
        if feature.actionable is not None
    }
    changes = object_of({name: object_of({"from": value, "to": value}) for name, value in values.items()}, [])
    option: Json = {
        "changes": changes | {"minProperties": 1},
        "probability": prediction["probability"] | {"description": "Of the changed student."},
        "size": {"type": "number", "minimum": 0},
        "warnings": prediction["warnings"],
    }
    found = {
        "probability": prediction["probability"],
        "options": list_of(object_of(option, ["changes", "probability", "size"]), 0, MAX_OPTIONS)
        | {"description": "The smallest change first; each of another set of features."},
        "reason": {"enum": list(REASONS), "description": "Why there is no option."},
        "is_partial": {"const": True, "description": "The budget of the request was spent before the search was done."},
    }
    own_id = {"id": prediction["id"]} if "id" in prediction else {}
    return object_of(found | own_id, ["probability", "options"])
