"""The error form that both protocols have: `error`, a text, and nothing else."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response

from service.web.description import TEXT, Description, object_of

MAX_IN_WORDS = 10  # fields at fault that the text names


def to_error(status: HTTPStatus, detail: str, more: Mapping[str, Any]) -> Response:
    """Answer an error; `more` has `errors` where fields are at fault. Neither protocol knows the status 422."""
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        status = HTTPStatus.BAD_REQUEST
    if faults := more.get("errors"):
        first = "; ".join(f"{fault['pointer']} {fault['detail']}" for fault in faults[:MAX_IN_WORDS])
        detail = f"{detail}: {first}"
    return Response(orjson.dumps({"error": detail}), status.value, content_type="application/json")


def describe(description: Description, *_: object) -> None:
    """Describe it."""
    description.add_schemas({"Error": object_of({"error": TEXT})})
