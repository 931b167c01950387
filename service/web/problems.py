"""The one error shape: RFC 9457 problem details, for every error but of dialects."""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from service.errors import (
    BodyTooLarge,
    ClientHasLeft,
    InvalidInstances,
    ModelNotFound,
    NotAllowed,
    NotAnswerable,
    NotOffered,
    NotParseable,
    NotReady,
    NotYours,
    Overloaded,
    RequestError,
    TooManyInstances,
    UnsupportedCoding,
    UnsupportedMediaType,
    VersionNotLoaded,
    WrongHost,
)
from service.telemetry.request_log import request_id
from service.web.bodies import TAKEN
from service.web.description import (
    NUMBER_FROM_1,
    TEXT,
    TEXT_OR_NULL,
    Description,
    Json,
    list_of,
    object_of,
    one_of,
)

RETRY_AFTER_S = 1
_FORMS = "passfail.error_forms"
_log = logging.getLogger("service.problems")  # as operators know it

STATUS: dict[type[RequestError], HTTPStatus] = {
    NotParseable: HTTPStatus.BAD_REQUEST,
    NotAllowed: HTTPStatus.UNAUTHORIZED,
    NotYours: HTTPStatus.FORBIDDEN,
    WrongHost: HTTPStatus.MISDIRECTED_REQUEST,
    ModelNotFound: HTTPStatus.NOT_FOUND,
    VersionNotLoaded: HTTPStatus.NOT_FOUND,
    NotOffered: HTTPStatus.NOT_FOUND,
    BodyTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooManyInstances: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnsupportedCoding: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    UnsupportedMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    InvalidInstances: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotAnswerable: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotReady: HTTPStatus.SERVICE_UNAVAILABLE,
    Overloaded: HTTPStatus.SERVICE_UNAVAILABLE,
    ClientHasLeft: HTTPStatus.REQUEST_TIMEOUT,  # nobody reads it; the log has it
}


# How errors are answered below some path: status, detail in words, and what else is given.
Form = Callable[[HTTPStatus, str, Mapping[str, Any]], Response]


def register(app: Flask, forms: Mapping[str, Form]) -> None:
    """Answer every error of an application.

    Args:
        app: The application.
        forms: Of errors below some paths, those of dialects.
    """
    app.extensions[_FORMS] = forms
    app.register_error_handler(RequestError, _of_request)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _of_bug)


def problem(status: HTTPStatus, detail: str, **more: object) -> Response:
    """Build an answer: `type`, `title`, `status`, `detail`, `request_id`, and what else is given; or a dialect's."""
    detail = detail.encode("utf-8", "replace").decode()  # names that came from outside may hold half a character
    forms: Mapping[str, Form] = current_app.extensions[_FORMS]
    path = f"{request.path}/"
    form = next((form for below, form in forms.items() if path.startswith(f"{below}/")), _to_problem)
    response = form(status, detail, more)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _to_problem(status: HTTPStatus, detail: str, more: Mapping[str, Any]) -> Response:
    document = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    body = orjson.dumps({**document, "request_id": request_id(), **more})
    return Response(body, status.value, content_type="application/problem+json")


def _of_request(error: RequestError) -> Response:
    if not isinstance(error, InvalidInstances):
        response = problem(STATUS[type(error)], str(error))
        if isinstance(error, UnsupportedCoding):
            response.headers["Accept-Encoding"] = ", ".join(TAKEN)
        return response
    shown = [{"pointer": fault.pointer, "detail": fault.detail} for fault in error.faults]
    return problem(STATUS[type(error)], str(error), errors=shown, num_errors=error.num_faults)


def _of_http(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    response = problem(status, error.description or status.description)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _of_bug(error: Exception) -> Response:
    _log.error("request %s to %s failed", request_id(), request.url_rule, exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the service failed to answer; its log has the request_id")


# A version in a list of what became of each.
LISTED: Json = {
    "version": NUMBER_FROM_1,
    "state": one_of(["serving", "loaded", "refused", "stored"]),
    "aliases": list_of(TEXT),
    "reason": TEXT_OR_NULL,
}


def describe(description: Description, *_: object) -> None:
    """Describe what the form of errors is made of."""
    problem = {"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT, "request_id": TEXT}
    more: Json = {"errors": list_of("Fault"), "num_errors": {"type": "integer"}, "versions": list_of("Listed")}
    description.add_schemas(
        {
            "Listed": object_of(LISTED),
            "Fault": object_of({"pointer": TEXT | {"description": "JSON pointer, RFC 6901."}, "detail": TEXT}),
            "Problem": object_of(problem | more, list(problem)) | {"description": "RFC 9457."},
        }
    )
