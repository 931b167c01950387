"""`/model`, what serves; and `/model/versions/...`, what versions hold for people and for the page, as published."""

from flask import Blueprint, Response

from registry.errors import StoreError
from registry.store.manifest import VERDICTS
from registry.store.model_store import CURVES, MEMBERS, MODEL_CARD, REPORT
from service.context import Context
from service.errors import NotOffered, NotReady, VersionNotLoaded
from service.server.lanes import Lane, lane
from service.settings import Settings
from service.versions.for_clients import text_for_clients
from service.versions.listing import USES, describe_model, describe_versions, list_versions, manifest_of
from service.versions.loaded_version import LoadedVersion
from service.versions.versions import Versions
from service.web.bodies import answer
from service.web.description import (
    NUMBER_FROM_1,
    PROBABILITY,
    TEXT,
    TEXT_OR_NULL,
    Description,
    Json,
    answered,
    in_path,
    list_of,
    object_of,
    one_of,
    open_object_of,
)
from service.web.problems import LISTED, STATUS, problem

# The report is one file with its own style and pictures, and nothing that runs.
_REPORT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "sandbox",
    )
)
_JSON = "application/json"


def blueprint(context: Context) -> Blueprint:
    """The routes."""
    routes = Blueprint("model", __name__)
    models = context.models

    @routes.get("/model")
    @lane(Lane.THREADS)
    def get_model(name: str | None = None) -> Response:
        versions = models.of(name)
        try:
            return answer(describe_model(versions))
        except NotReady as error:  # just when an operator needs to see what became of each version
            listed = list_versions(versions.snapshot)
            return problem(STATUS[NotReady], str(error), versions=listed)

    @routes.get("/model/versions")
    @lane(Lane.TURNS)
    def get_versions(name: str | None = None) -> Response:
        versions = models.of(name)
        return answer({"name": versions.store.name, "versions": describe_versions(versions.store, versions.snapshot)})

    @routes.get("/model/versions/<int:version>/report")
    @lane(Lane.TURNS)
    def get_report(version: int, name: str | None = None) -> Response:
        report = text_for_clients(_read(models.of(name), version, REPORT))
        response = Response(report, content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = _REPORT_POLICY
        return response

    @routes.get("/model/versions/<int:version>/model-card")
    @lane(Lane.TURNS)
    def get_model_card(version: int, name: str | None = None) -> Response:
        card = text_for_clients(_read(models.of(name), version, MODEL_CARD))
        return Response(card, content_type="text/markdown; charset=utf-8")

    @routes.get("/model/versions/<int:version>/training")
    @lane(Lane.TURNS)
    def get_training(version: int, name: str | None = None) -> Response:
        return Response(_read(models.of(name), version, CURVES), content_type=_JSON)

    @routes.get("/model/versions/<int:version>/members/<int:member>")
    @lane(Lane.TURNS)
    def get_member(version: int, member: int, name: str | None = None) -> Response:
        return Response(_read(models.of(name), version, f"{MEMBERS}/{member}.json"), content_type=_JSON)

    return routes


def _read(versions: Versions, number: int, path: str) -> bytes:
    """Read a file of a version that is on disk, served or not, and check it against the version's manifest.

    Raises:
        VersionNotLoaded: There is no such version, or it can't be read as it was published.
        NotOffered: It has no such file.
    """
    try:
        manifest = manifest_of(versions.store, versions.snapshot, number)
        if path not in manifest.files:
            raise NotOffered(f"version {number} does not have that")
        return versions.store.read_file(manifest, path)
    except StoreError as error:
        raise VersionNotLoaded(str(error)) from error


def describe(description: Description, version: LoadedVersion, settings: Settings) -> None:
    """Describe them."""
    made = {
        "created": TEXT,
        "verdict": one_of(VERDICTS),
        "use": one_of(USES),
        "advice": TEXT_OR_NULL,
        "num_students": {"type": ["integer", "null"]},
        "labels": list_of(TEXT, 2, 2),
        "threshold": PROBABILITY,
        "decision": {"type": ["object", "null"]},
        "evaluation": {"type": "object"},
    }
    model = {
        "name": TEXT,
        "version": NUMBER_FROM_1,
        "engine": object_of({"name": TEXT, "why": TEXT}),
        "manifest": {"type": "object"},
        "typical": {
            "type": ["object", "null"],
            "description": "A student like most, nobody in particular: each feature for itself.",
        },
        "versions": list_of("Listed"),
    }
    there_is_one = answered(object_of(model | {"problem": TEXT}, list(model)), "There is one.")
    description.add(
        "get", "/model", "model", "What serves, and what became of the other versions", there_is_one, errors=[503]
    )
    versions = object_of({"name": TEXT, "versions": list_of(object_of(LISTED | made, list(LISTED)))})
    description.add(
        "get",
        "/model/versions",
        "versions",
        "Every version: when it was made, and how good it is",
        answered(versions, "It does."),
    )
    member = open_object_of({"inputs": list_of({}), "hidden": list_of({}), "logit": {"type": "object"}})
    files: list[tuple[str, str, str, str, Json]] = [
        ("report", "report", "The report for people", "text/html", TEXT),
        ("model-card", "model_card", "The model card", "text/markdown", TEXT),
        ("training", "training", "How its networks learned, epoch by epoch", _JSON, {"type": "object"}),
        ("members/{member}", "members", "The weights of one network of the ensemble", _JSON, member),
    ]
    for path, name, summary, media_type, schema in files:
        parts = ["version", *(["member"] if name == "members" else [])]
        description.add(
            "get",
            f"/model/versions/{{version}}/{path}",
            name,
            summary,
            answered(schema, "As it was published.", media_type),
            errors=[404],
            parameters=[in_path(part, NUMBER_FROM_1) for part in parts],
        )
