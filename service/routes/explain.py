"""`/explain`: what each feature adds to the probability of a student."""

import sys
from typing import Any

import numpy as np
from flask import Blueprint, Response, request

from service.context import Context
from service.engines.budget import NUM_ROWS, Budget, MeteredEngine
from service.errors import NotAnswerable, NotOffered, TooManyInstances
from service.reading.body import read_instances
from service.reading.instances import Batch
from service.reasons.shapley import MAX_EXACT, Explainer
from service.routes.predict import ID, MODEL, POST_ERRORS, VERSION, students_of
from service.server.lanes import Lane, lane
from service.settings import Settings
from service.telemetry import request_log
from service.versions.loaded_version import LoadedVersion
from service.web.bodies import answer
from service.web.description import PROBABILITY, Description, Json, answered, list_of, object_of, one_of
from service.web.lean_flask import by_version

MAX_EXPLAINED = 100  # students in one request, and fewer where they would take more rows of the network than it has


def blueprint(context: Context) -> Blueprint:
    """The route."""
    routes = Blueprint("explain", __name__)
    settings, models, _ = context

    @routes.post("/explain")
    @by_version
    @lane(Lane.TURNS)
    def post_explain(name: str | None = None) -> Response:
        version = models.find(name, request.args.get("version"))
        return answer(explain(version, read_instances(version.reader, settings.max_body_bytes)))

    return routes


def max_explained(explainer: Explainer | None) -> int:
    """How many students are explained in one request: as many as there are rows in its budget for."""
    return MAX_EXPLAINED if explainer is None else max(1, min(MAX_EXPLAINED, NUM_ROWS // explainer.num_rows))


def explain(version: LoadedVersion, batch: Batch) -> dict[str, Any]:
    """Explain what a version answers for a batch.

    Args:
        version: Answers.
        batch: Its instances, encoded.

    Returns:
        `{"model", "method", "explanations": [{"base", "probability", "contributions": {feature: value}}]}` in the order
        sent. `base` is what the network answers for the background, means of at least 5 students each, weighted by how
        many; with all contributions it adds up to `probability`. `method` is `exact`, or `sampled`: then each
        explanation also has `standard_errors` of the contributions. The `id` that came is passed through.

    Raises:
        NotOffered: The version keeps no background.
        TooManyInstances: More than `max_explained`.
        ClientHasLeft: Nobody waits for the answer.
        NotAnswerable: A probability is not finite.
    """
    manifest = version.manifest
    if version.explainer is None:
        raise NotOffered(
            f"version {manifest.version} keeps nothing to explain against: "
            "an earlier release published it, or it was trained on too few students"
        )
    most = max_explained(version.explainer)
    if len(batch.matrix) > most:
        raise TooManyInstances(f"at most {most} students are explained in one request to this version")
    found = version.explainer.explain(MeteredEngine(version.engine, Budget(request.environ, sys.maxsize)), batch.matrix)
    if not np.isfinite(found.values).all():
        raise NotAnswerable("the network gives no finite probability for some of these values; are they too large?")
    request_log.note(model=manifest.name, version=manifest.version, num_instances=len(batch.matrix))
    names = manifest.schema.names
    explanations: list[dict[str, Any]] = []
    for row, (probability, values) in enumerate(zip(found.probabilities, found.values, strict=True)):
        explanation = {
            "base": found.base,
            "probability": float(probability),
            "contributions": dict(zip(names, values.tolist(), strict=True)),
        }
        if found.standard_errors is not None:
            explanation["standard_errors"] = dict(zip(names, found.standard_errors[row].tolist(), strict=True))
        if batch.ids is not None and batch.ids[row] is not None:
            explanation["id"] = batch.ids[row]
        explanations.append(explanation)
    return {
        "model": {"name": manifest.name, "version": manifest.version},
        "method": "sampled" if found.standard_errors is not None else "exact",
        "explanations": explanations,
    }


def describe(description: Description, version: LoadedVersion, settings: Settings) -> None:
    """Describe it."""
    names, labels = version.manifest.schema.names, version.manifest.schema.labels
    explanation: Json = {
        "base": PROBABILITY | {"description": "What the network answers for the background."},
        "probability": PROBABILITY | {"description": f"Of {labels[1]}: the base and all contributions."},
        "contributions": object_of({name: {"type": "number", "minimum": -1, "maximum": 1} for name in names}),
        "standard_errors": object_of({name: {"type": "number", "minimum": 0} for name in names}),
    }
    if version.manifest.schema.id is not None:
        explanation["id"] = ID
    required = ["base", "probability", "contributions"]
    explanations = {
        "model": MODEL,
        "method": one_of(["exact", "sampled"]),
        "explanations": list_of(object_of(explanation, required), 1),
    }
    description.add(
        "post",
        "/explain",
        "explain",
        "What each feature adds to the probability",
        answered(object_of(explanations), "In the order sent."),
        errors=POST_ERRORS,
        parameters=[VERSION],
        body=students_of(version),
        text="Shapley values, held against means of at least five students each, which the version keeps: exact up to "
        f"{MAX_EXACT} features, sampled beyond. At most {max_explained(version.explainer)} students: of a request the "
        f"network answers at most {NUM_ROWS:,} rows.",
    )
