"""`/openapi.json`: the description of the API, made from the schema of the version that serves."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from flask import Blueprint, Response

from service.context import Context
from service.server.lanes import Lane, lane
from service.settings import Settings
from service.versions.loaded_version import LoadedVersion
from service.web import problems
from service.web.bodies import answer
from service.web.description import Description, answered

# Adds what a route answers: for a version, whose features, bounds, units, categories, labels and model it names; under
# settings, whose limits it names.
Describe = Callable[[Description, Any, Settings], None]


class Parts(NamedTuple):
    """What describes routes.

    Attributes:
        of_a_model: Of those that are below /models/NAME too.
        others: Of those that are of no model; they ask for no version.
        dialects: Of other systems' protocols.
    """

    of_a_model: Sequence[Describe]
    others: Sequence[Describe]
    dialects: Sequence[Describe]


def blueprint(context: Context, parts: Parts) -> Blueprint:
    """The routes.

    Args:
        context: What is described.
        parts: Each describes its own.
    """
    blueprint = Blueprint("openapi", __name__)

    @blueprint.get("/openapi.json")
    @lane(Lane.THREADS)
    def get_openapi(name: str | None = None) -> Response:
        settings, models, _ = context
        if name is not None:
            return answer(describe_api(models.find(name), settings, parts.of_a_model))
        if not settings.model:
            return answer(describe_api(None, settings, parts.others))
        return answer(describe_api(models.find(), settings, [*parts.of_a_model, *parts.others, *parts.dialects]))

    return blueprint


def describe_api(version: LoadedVersion | None, settings: Settings, routes: Sequence[Describe]) -> dict[str, Any]:
    """Describe routes in OpenAPI 3.1.

    Args:
        version: That of a model; None describes what is of none.
        settings: How the service runs.
        routes: Each describes its own.
    """
    description = Description(
        "passfail" if version is None else f"passfail: {version.manifest.name}",
        "1" if version is None else str(version.manifest.version),
        "The probability that a student passes, by the version of the model that serves; other serving systems' "
        "protocols are answered by the same network. What there is of each model is also below /models/NAME, and "
        "described by /models/NAME/openapi.json.",
        needs_key=settings.api_keys_file is not None,
    )
    problems.describe(description)
    for describe in routes:
        describe(description, version, settings)
    document = {"type": "object", "required": ["openapi", "info", "paths"]}
    description.add(
        "get", "/openapi.json", "openapi", "This description", answered(document, "There is one."), errors=[503]
    )
    return description.to_dict()
