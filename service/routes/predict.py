"""`/predict`: how likely students pass."""

import csv
import io
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, repeat

import orjson
from flask import Blueprint, Response, request

from registry.contract.conformal import UNCERTAIN
from registry.contract.features import json_choice
from registry.contract.verdicts import AT_RISK, NO_SIGN, NOT_SURE, RISK_LEVELS, Verdicts
from service.context import Context
from service.reading.body import read_instances
from service.reading.ids import MAX_ID
from service.reading.instances import Batch
from service.server.lanes import Lane, lane
from service.settings import Settings
from service.telemetry.metrics import Metrics
from service.versions.loaded_version import LoadedVersion
from service.versions.predictions import Predictions, answer_batch, to_texts
from service.web.bodies import answer_json
from service.web.description import (
    CSV,
    NUMBER_FROM_1,
    PROBABILITY,
    TEXT,
    Description,
    Json,
    answered,
    body_of,
    examples_of,
    in_query,
    list_of,
    object_of,
)
from service.web.lean_flask import by_version

MODEL = object_of({"name": TEXT, "version": NUMBER_FROM_1})  # in every answer about students
VERSION = in_query("version", TEXT, "Number of a stored version, or alias; unless given, the one that serves.")
POST_ERRORS = (400, 404, 413, 415, 422, 503)  # of what takes students
ALWAYS = ("label", "risk_level", "probability", "risk")  # what every prediction has
# Printable is what Python's isprintable takes, for which no pattern is one to every language.
ID: Json = {
    "anyOf": [
        {"type": "string", "maxLength": MAX_ID, "format": "printable"},
        {"type": "integer", "minimum": -(2**63) + 1, "maximum": 2**63 - 1},
    ]
}


def blueprint(context: Context) -> Blueprint:
    """The route."""
    routes = Blueprint("predict", __name__)
    settings, models, metrics = context

    @routes.post("/predict")
    @by_version
    @lane(Lane.QUICK)
    def post_predict(name: str | None = None) -> Response:
        version = models.find(name, request.args.get("version") if request.query_string else None)
        return answer_json(predict(version, read_instances(version.reader, settings.max_body_bytes), metrics))

    return routes


def predict(version: LoadedVersion, batch: Batch, metrics: Metrics) -> bytes:
    """Answer a batch.

    Args:
        version: Answers.
        batch: Its instances, encoded.
        metrics: Count it.

    Returns:
        JSON: `{"model": {"name", "version"}, "predictions": [{"label", "risk_level", "probability", "risk"}]}` in the
        order sent; `risk` is the probability of the negative label, and `risk_level` one of RISK_LEVELS. Where they
        apply, and only then, a prediction also has `decision` (the label, or `uncertain`), `spread` (standard deviation
        of the members' probabilities), `warnings` (`{"pointer", "detail"}` for each value that training has not seen,
        and for a decision that could only be the other label) and the `id` that came. Of more than 1,000 warnings there
        are the first, and `num_warnings` beside the predictions. Numbers are float32 in their shortest form.

    Raises:
        NotAnswerable: A probability is not finite.
    """
    predictions = answer_batch(version, batch.matrix, metrics)
    manifest = version.manifest
    # As text, column by column: a large answer is mostly this, and an object for each prediction takes twice as long.
    columns: list[Iterable[str]] = [
        predictions.of_each(_begins(version.verdicts)),
        to_texts(predictions.probabilities),
        repeat(',"risk":'),
        to_texts(predictions.risks),
    ]
    if predictions.spreads is not None:
        columns += repeat(',"spread":'), to_texts(predictions.spreads)
    if predictions.unseen or predictions.contradicting or batch.ids is not None:
        columns.append(_rest(predictions, batch))
    listed = "".join(chain.from_iterable(zip(*columns, strict=False))).removeprefix("},") + "}"
    model = _to_json({"name": manifest.name, "version": manifest.version})
    num_warnings = "" if predictions.num_warnings is None else f',"num_warnings":{predictions.num_warnings}'
    return f'{{"model":{model},"predictions":[{listed}]{num_warnings}}}'.encode()


@lru_cache
def _begins(verdicts: Verdicts) -> list[str]:
    """The beginning of a prediction's text, for each verdict: up to the probability."""
    return [
        "},{"
        + _to_json({name: text for name, text in verdict._asdict().items() if text is not None})[1:-1]
        + ',"probability":'
        for verdict in verdicts
    ]


def _rest(predictions: Predictions, batch: Batch) -> list[str]:
    """What only some predictions have, as the end of each one's text: warnings and id."""
    rest = [""] * len(batch.matrix)
    warnings: dict[int, list[dict[str, str]]] = {}
    for row, warning in predictions.warnings(batch.pointer_to):
        warnings.setdefault(row, []).append(warning)
    for row, found in warnings.items():
        rest[row] = f',"warnings":{_to_json(found)}'
    for row, value in enumerate(batch.ids or ()):
        if value is not None:
            rest[row] += f',"id":{_to_json(value)}'
    return rest


def _to_json(value: object) -> str:
    return orjson.dumps(value).decode()


def describe(description: Description, version: LoadedVersion, settings: Settings) -> None:
    """Describe it, and what others share with it: a student, and one's prediction."""
    schema = version.manifest.schema
    student = {feature.name: feature.json_schema() for feature in schema.features}
    if schema.id is not None:
        student[schema.id] = {
            "anyOf": [*ID["anyOf"], {"type": "null"}],
            "description": "Comes back with the prediction; the network does not see it. Printable text.",
        }
    description.add_schemas(
        {
            "Student": object_of(student, schema.names),
            "Students": object_of({"instances": list_of("Student", 1, settings.max_instances)}),
            "Predictions": object_of(
                {
                    "model": MODEL,
                    "predictions": list_of(object_of(prediction_of(version), ALWAYS), 1),
                    "num_warnings": {"type": "integer", "description": "Where there are more than are listed."},
                },
                ["model", "predictions"],
            ),
        }
    )
    description.add(
        "post",
        "/predict",
        "predict",
        "How likely students pass",
        answered("Predictions", "In the order sent."),
        errors=POST_ERRORS,
        parameters=[VERSION],
        body=students_of(version),
    )


def prediction_of(version: LoadedVersion) -> Json:
    """What a prediction has, by name."""
    schema = version.manifest.schema
    labels = list(schema.labels)
    sure = "The label where the network is sure enough of it; never the other."
    level = f"{AT_RISK!r}, {NOT_SURE!r} or {NO_SIGN!r}: by label and decision, and by how the threshold was chosen."
    prediction: Json = {
        "label": json_choice(labels)
        | {"description": f"{labels[1]} where the probability is above {version.manifest.threshold:.3g}."},
        "risk_level": json_choice(RISK_LEVELS) | {"description": level},
        "probability": PROBABILITY | {"description": f"Of {labels[1]}."},
        "risk": PROBABILITY | {"description": f"Of {labels[0]}: 1 less the probability."},
        "decision": json_choice([*labels, UNCERTAIN]) | {"description": sure},
        "spread": {"type": "number", "minimum": 0, "description": "Standard deviation over the ensemble's members."},
        "warnings": list_of("Fault", 1)
        | {"description": "Values that training has not seen; and where only the other label would be possible."},
    }
    return prediction if schema.id is None else prediction | {"id": ID}


def students_of(version: LoadedVersion) -> Json:
    """The body: one student or many, as JSON or CSV."""
    student = example_of(version)
    content = {
        "application/json": {"schema": {"anyOf": ["Student", "Students"]}}
        | examples_of(one=student, several={"instances": [student, student]}),
        "text/csv": {"schema": CSV | {"description": "A table with a header that names the features."}}
        | examples_of(one=csv_of(version)),
    }
    return body_of(content)


def example_of(version: LoadedVersion) -> Json:
    """A student in the middle of what training has seen."""
    return {feature.name: feature.example for feature in version.manifest.schema.features}


def csv_of(version: LoadedVersion) -> str:
    """The same as a table."""
    table = io.StringIO()
    student = example_of(version)
    csv.writer(table, lineterminator="\n").writerows([student.keys(), student.values()])
    return table.getvalue()
