"""`/recourse`: the smallest changes after which the network answers otherwise."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import numpy as np
from flask import Blueprint, Response, request

from registry.contract.features import FeatureSchema, Number
from registry.contract.verdicts import SAYS_WHOM_TO_HELP
from service.context import Context
from service.engines.budget import Budget, MeteredEngine
from service.engines.engine import Engine
from service.errors import FieldFault, InvalidInstances, TooManyInstances
from service.reading.body import read_instances_and
from service.reading.instances import Batch
from service.reading.pointers import pointer
from service.reasons.actionable_features import ActionableFeatures
from service.reasons.counterfactuals import Target, find_counterfactuals
from service.routes.predict import MODEL, POST_ERRORS, VERSION, example_of, prediction_of, students_of
from service.server.lanes import Lane, lane
from service.settings import Settings
from service.telemetry import request_log
from service.versions.loaded_version import LoadedVersion
from service.versions.predictions import predict
from service.web.bodies import answer
from service.web.description import (
    PROBABILITY,
    TRUE,
    Description,
    Json,
    answered,
    body_of,
    examples_of,
    in_query,
    list_of,
    object_of,
    one_of,
)
from service.web.lean_flask import by_version

TARGET = "target_probability"  # the field of the body, and the parameter of the query
MAX_RECOURSE = 20  # Students in one request: each takes the network some ten thousand answers.
MAX_OPTIONS = 5  # Of one student.
# Of the network in one request: a search takes up to 10 µs for each beside it, so that this is some seconds.
NUM_ROWS = 2**20
_NUM_COMPARED = 10 * MAX_OPTIONS  # Changes that are held against each other: each pair takes some time.
_NUM_ASKED = 2 * MAX_OPTIONS  # Changes whose answer is asked for alone, since it may just miss the target there.
REASONS = (
    "reached already",
    "none within bounds",
    "no feature is actionable",
    "what can be changed is not known",
    "none found in time",
)
_Answered = tuple[np.ndarray, np.float32]  # a changed student, and what the network answers
# A change of more features is an option only where it is so much smaller than one of some of them.
_MUCH_SMALLER = 0.95


def blueprint(context: Context) -> Blueprint:
    """The route."""
    routes = Blueprint("recourse", __name__)
    settings, models, _ = context

    @routes.post("/recourse")
    @by_version
    @lane(Lane.TURNS)
    def post_recourse(name: str | None = None) -> Response:
        version = models.find(name, request.args.get("version"))
        batch, in_body = read_instances_and(TARGET, version.reader, settings.max_body_bytes)
        return answer(find_recourse(version, batch, read_target(version, in_body, request.args.getlist(TARGET))))

    return routes


def read_target(version: LoadedVersion, in_body: Sequence[object], in_query: Sequence[str]) -> Target:
    """The target that a request asks for; unless it does, that the decision is the positive label.

    Where the version does not decide, or never for that label, it is that the label is the positive one; so it is where
    the school has said whom it helps, since the way out of risk ends at the line that it has drawn.

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
        sets, manifest = version.sets, version.manifest
        above = 1.0 if sets is None or manifest.rule in SAYS_WHOM_TO_HELP else sets.positive_above
        return Target(above if above < 1 else manifest.threshold, is_above=True)
    if len(given) > 1:
        raise InvalidInstances([FieldFault(f"/{TARGET}", "must be given once")])
    [value] = given
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise InvalidInstances([FieldFault(f"/{TARGET}", "must be a number above 0 and below 1")])
    return Target(value, is_above=False)


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
        first; `ActionableFeatures` says how large a change is. What is counted (`Number.whole`) stays whole where
        the student's own is. Options change different sets of features, and more features than another one only where
        that makes the change at least 5 % smaller. Where there is no option, `reason` is one of REASONS; and where
        changes gain something all the same, `best`, as an option, is what gains most: see `Counterfactuals`.
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
    probabilities = predict(version, batch.matrix).probabilities
    is_reached = target.is_reached(probabilities).tolist()
    is_actionable = np.array([feature.actionable is not None for feature in manifest.schema.features])
    budget = Budget(request.environ, NUM_ROWS)
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
            options, best = _options(version.engine, engine, features, target)
            prefix = batch.pointer_to(index)
            found["options"] = [_describe(version, features, *option, prefix) for option in options]
            if not options:
                found["reason"] = REASONS[4 if engine.is_spent else 1]
                if best is not None and best[1] > probabilities[index]:
                    found["best"] = _describe(version, features, *best, prefix)
            if engine.is_spent:
                found["is_partial"] = True
        if batch.ids is not None and batch.ids[index] is not None:
            found["id"] = batch.ids[index]
        recourse.append(found)
    request_log.note(model=manifest.name, version=manifest.version, num_instances=len(batch.matrix))
    return {
        "model": {"name": manifest.name, "version": manifest.version},
        TARGET: target.probability,
        "recourse": recourse,
    }


def _options(
    engine: Engine, metered: Engine, features: ActionableFeatures, target: Target
) -> tuple[list[_Answered], _Answered | None]:
    """The smallest changes that are worth an option, and the best where none reaches the target."""
    reaching, best = find_counterfactuals(metered, features, target)
    rows = _worth_it(reaching[:_NUM_COMPARED], features)[:_NUM_ASKED]
    if best is not None:
        rows = best[None]
    # Each alone, as it will be asked for: in a batch an engine may give another last digit.
    answered = [(row, engine(row[None]).probabilities[0]) for row in rows]
    options = [each for each in answered if target.is_reached(each[1])]
    return options[:MAX_OPTIONS], max(answered, key=itemgetter(1), default=None)


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
    all_features = version.manifest.schema.features
    described: dict[str, Any] = {
        "changes": {
            all_features[column].name: {
                "from": all_features[column].show(features.row[column]),
                "to": all_features[column].show(row[column]),
            }
            for column in features.columns[features.changed(row[None])[0]].tolist()
        },
        "probability": probability,
        "size": float(f"{features.sizes(row[None])[0]:.4g}"),
    }
    unseen, _ = version.unseen_values.find(row[None])
    warnings = [
        {"pointer": pointer(prefix, name), "detail": detail}
        for _, name, detail in unseen
        if name in described["changes"]
    ]
    return described | ({"warnings": warnings} if warnings else {})


def describe(description: Description, version: LoadedVersion, settings: Settings) -> None:
    """Describe it."""
    target: Json = {
        "type": "number",
        "exclusiveMinimum": 0,
        "exclusiveMaximum": 1,
        "description": "What the probability has to reach; unless given, that above which the decision is the positive "
        "label, or the label is, where there are no decisions or the threshold says whom to help.",
    }
    schema, prediction = version.manifest.schema, prediction_of(version)
    students, student = students_of(version)["content"], example_of(version)
    # Where one of a student's own fields is called so, the target stands beside "instances" only.
    own = {} if TARGET in (*schema.names, schema.id) else {TARGET: 0.7}
    many = object_of(
        {"instances": list_of("Student", 1, min(MAX_RECOURSE, settings.max_instances)), TARGET: target}, ["instances"]
    )
    one = description.components.schemas["Student"]
    description.add_schemas(
        {
            "StudentWithTarget": one | {"properties": {TARGET: target} | one["properties"]},
            "StudentsWithTarget": many,
        }
    )
    either = {"schema": {"anyOf": ["StudentWithTarget", "StudentsWithTarget"]}}
    students["application/json"] = either | examples_of(
        one=student | own, several={"instances": [student, student], TARGET: 0.7}
    )
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
        feature.name: feature.json_schema() for feature in schema.features if feature.actionable is not None
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
        "reason": one_of(REASONS) | {"description": "Why there is no option."},
        "best": object_of(option, ["changes", "probability", "size"])
        | {
            "description": "Where there is no option though changes gain something: the highest probability that was "
            "found, and the smallest change to it, for which it may be .001 lower."
        },
        "is_partial": TRUE | {"description": "The budget of the request was spent before the search was done."},
    }
    own_id = {"id": prediction["id"]} if "id" in prediction else {}
    return object_of(found | own_id, ["probability", "options"])
