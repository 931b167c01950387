"""Which other sites' pages may ask the service from a browser (CORS, as the Fetch standard has it): none by default."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from service.web.lean_flask import LeanFlask

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

MAX_AGE_S = 600  # that a browser goes by an answer to its question before the request
_MAY_ASK = (
    ("Access-Control-Allow-Methods", "GET, POST"),
    (
        "Access-Control-Allow-Headers",
        "authorization, content-encoding, content-type, inference-header-content-length, traceparent, x-api-key, "
        "x-request-id",
    ),
    ("Access-Control-Max-Age", str(MAX_AGE_S)),
)
_MAY_READ = (
    ("Access-Control-Expose-Headers", "Accept-Encoding, Inference-Header-Content-Length, Retry-After, X-Request-ID"),
)


def register(app: LeanFlask, origins: Collection[str]) -> None:
    """Let pages of some origins read every answer, errors too; keys are asked for as of anybody.

    Args:
        app: The application.
        origins: Such as `https://school.example`; none: no answer has a header of CORS.
    """
    if not origins:
        return

    def headers(environ: "WSGIEnvironment") -> Iterator[tuple[str, str]]:
        yield "Vary", "Origin"
        origin = environ.get("HTTP_ORIGIN", "")
        if origin in origins:
            yield "Access-Control-Allow-Origin", origin
            is_asking = environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
            yield from _MAY_ASK if is_asking else _MAY_READ

    app.headers_for.append(headers)
