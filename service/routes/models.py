"""`/models`: which models there are, and what serves of each."""

from bisect import bisect_right

from flask import Blueprint, Response, request

from registry.store.manifest import VERDICTS
from service.context import Context
from service.server.lanes import Lane, lane
from service.versions.listing import describe_models
from service.web import access
from service.web.bodies import answer
from service.web.description import (
    TEXT,
    TEXT_OR_NULL,
    Description,
    answered,
    in_path,
    in_query,
    list_of,
    object_of,
    one_of,
)

MOST_LISTED = 100  # models in one answer: some of them are looked up in the store


def blueprint(context: Context) -> Blueprint:
    """The route."""
    routes = Blueprint("models", __name__)
    models = context.models

    @routes.get("/models")
    @access.of_no_model
    @lane(Lane.TURNS)
    def get_models() -> Response:
        names = [name for name in models.names() if access.may_ask(name)]
        begin = bisect_right(names, request.args.get("after", ""))
        end = begin + MOST_LISTED
        next_after = names[end - 1] if end < len(names) else None
        return answer({"models": describe_models(models, names[begin:end]), "next_after": next_after})

    return routes


def describe(description: Description, *_: object) -> None:
    """Describe it."""
    listed = {
        "name": TEXT,
        "version": {"type": ["integer", "null"]},
        "verdict": {"anyOf": [one_of(VERDICTS), {"type": "null"}]},
        "published": TEXT_OR_NULL,
        "age_s": {"type": ["integer", "null"]},
        "loaded": {"type": "boolean"},
        "problem": TEXT_OR_NULL,
    }
    document = {"type": "object", "required": ["openapi", "info", "paths"]}
    description.add(
        "get",
        "/models/{name}/openapi.json",
        "model_openapi",
        "What there is below /models/{name}: the same as of the default model, with this one's features",
        answered(document, "There is one."),
        errors=[404, 503],
        parameters=[in_path("name", TEXT)],
    )
    models = list_of(object_of(listed), 0, MOST_LISTED)
    description.add(
        "get",
        "/models",
        "models",
        "Every model, and what serves of it",
        answered(object_of({"models": models, "next_after": TEXT_OR_NULL}), "By name."),
        parameters=[in_query("after", TEXT, "A name: only models behind it are listed.")],
        text=f"At most {MOST_LISTED}; where there are more, `next_after` is what to ask for them with. "
        "A key that is held to models is shown those alone.",
    )
