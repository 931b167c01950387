"""`/openapi.json`: the description of the API, made from the schema of the version that serves."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response

from service.context import Context
from service.server.lanes import Lane, lane
from service.settings import Settings
from service.versions.loaded_version import LoadedVersion
from service.web.bodies import answer
from service.web.description import Description, answered

# Adds what a route answers: for a version, whose features, bounds, units, categories and labels it names; under
# settings, whose limits and model it names.
Describe = Callable[[Description, LoadedVersion, Settings], None]


def blueprint(context: Context, routes: Sequence[Describe]) -> Blueprint:
    """The route.

    Args:
        context: What is described.
        routes: Each describes its own.
    """
    blueprint = Blueprint("openapi", __name__)

    @blueprint.get("/openapi.json")
    @lane(Lane.THREADS)
    def get_openapi() -> Response:
        return answer(describe_api(context.versions.find(), context.settings, routes))

    return blueprint


def describe_api(version: LoadedVersion, settings: Settings, routes: Sequence[Describe]) -> dict[str, Any]:
    """Describe every route in OpenAPI 3.1."""
    description = Description(
        f"passfail: {version.manifest.name}",
        str(version.manifest.version),
        "The probability that a student passes, by the version of the model that serves; other serving systems' "
        "protocols are answered by the same network.",
        needs_key=settings.api_keys_file is not None,
    )
    for describe in routes:
        describe(description, version, settings)
    document = {"type": "object", "required": ["openapi", "info", "paths"]}
    description.add(
        "get", "/openapi.json", "openapi", "This description", answered(document, "There is one."), errors=[503]
    )
    return description.to_dict()
