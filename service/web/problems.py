"""The one error shape: RFC 9457 problem details, for every error of every route but those of the dialects."""

import logging
from http import HTTPStatus

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from service.errors import (
    BodyTooLarge,
    ClientHasLeft,
    InvalidInstances,
    NotAllowed,
    NotAnswerable,
    NotOffered,
    NotParseable,
    NotReady,
    Overloaded,
    RequestError,
    TooManyInstances,
    UnsupportedMediaType,
    VersionNotLoaded,
)
from service.telemetry.request_log import request_id

MAX_ERRORS_IN_WORDS = 10
RETRY_AFTER_S = 1
_log = logging.getLogger("service.problems")  # as operators know it

STATUS: dict[type[RequestError], HTTPStatus] = {
    NotParseable: HTTPStatus.BAD_REQUEST,
    NotAllowed: HTTPStatus.UNAUTHORIZED,
    VersionNotLoaded: HTTPStatus.NOT_FOUND,
    NotOffered: HTTPStatus.NOT_FOUND,
    BodyTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooManyInstances: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnsupportedMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    InvalidInstances: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotAnswerable: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotReady: HTTPStatus.SERVICE_UNAVAILABLE,
    Overloaded: HTTPStatus.SERVICE_UNAVAILABLE,
    ClientHasLeft: HTTPStatus.REQUEST_TIMEOUT,  # nobody reads it; the log has it
}


def register(app: Flask) -> None:
    """Answer every error of an application in this shape."""
    app.register_error_handler(RequestError, _of_request)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _of_bug)


def problem(status: HTTPStatus, detail: str, **more: object) -> Response:
    """Build an answer: `type`, `title`, `status`, `detail`, `request_id`, and what else is given.

    TensorFlow Serving and the Open Inference Protocol know `error`, a text, and nothing else; both on these paths.
    """
    detail = detail.encode("utf-8", "replace").decode()  # names that came from outside may hold half a character
    if _is_dialect():
        if status == HTTPStatus.UNPROCESSABLE_ENTITY:
            status = HTTPStatus.BAD_REQUEST
        response = Response(orjson.dumps({"error": detail}), status.value, content_type="application/json")
    else:
        document = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
        body = orjson.dumps(document | {"request_id": request_id()} | more)
        response = Response(body, status.value, content_type="application/problem+json")
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _of_request(error: RequestError) -> Response:
    if not isinstance(error, InvalidInstances):
        return problem(STATUS[type(error)], str(error))
    if _is_dialect():
        first = "; ".join(f"{fault.pointer} {fault.detail}" for fault in error.faults[:MAX_ERRORS_IN_WORDS])
        return problem(STATUS[type(error)], f"{error}: {first}")
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


def _is_dialect() -> bool:
    return request.path.startswith(("/v1/", "/v2/")) or request.path == "/v2"
