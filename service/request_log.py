"""What every request leaves behind: an id, a line in the log, a count and a time."""

import logging
import math
import os
import re
import time
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Request, request

from service import logs
from service.overload import queued_s
from service.telemetry import Metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_CONVERTER = re.compile(r"<[^<>]*:")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
_log = logging.getLogger(__name__)
_REQUEST_ID = re.compile(r"[\w.-]{1,100}", re.ASCII)
# W3C Trace Context: a version but ff, a trace and a span that are not zero, flags.
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_FIELDS = "passfail.fields"  # where the environment of a request keeps what its line will say


class RequestLog:
    """WSGI middleware that keeps track of every request."""

    def __init__(self, application: "WSGIApplication", metrics: Metrics) -> None:
        """Wrap a Flask application's WSGI callable."""
        self._application = application
        self._metrics = metrics

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request, and note it once its status is known."""
        started = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID", "")
        request_id = given if given and _REQUEST_ID.fullmatch(given) else os.urandom(16).hex()
        method = environ["REQUEST_METHOD"]
        fields = environ[_FIELDS] = {
            "request_id": request_id,
            "method": method if method in METHODS else "other",  # a client can make any up
        }

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            waited_s = queued_s.get()
            duration_s = time.perf_counter() - started + (waited_s if math.isfinite(waited_s) else 0.0)
            asked: Request = environ["werkzeug.request"]
            rule = asked.url_rule
            route = "none" if rule is None else _template(rule.rule)
            code = int(status[:3])
            self._metrics.requests.labels(route, code).observe(duration_s)
            if _log.isEnabledFor(logging.INFO):
                traceparent = environ.get("HTTP_TRACEPARENT", "")
                if traceparent and _TRACEPARENT.fullmatch(traceparent):
                    fields["traceparent"] = traceparent
                fields.update(route=route, status=code, duration_ms=round(1e3 * duration_s, 3))
                logs.write(__name__, "request", fields)
            headers.append(("X-Request-ID", request_id))
            return start_response(status, headers, exc_info)

        return self._application(environ, start)


@cache
def _template(rule: str) -> str:
    """A route without what its parts must be: `/v1/models/<name>/versions/<number>`."""
    return _CONVERTER.sub("<", rule)


def note(**fields: object) -> None:
    """Add to the log line of the request at hand: counts and names, never a feature's value or a student's id."""
    request.environ[_FIELDS].update(fields)


def request_id() -> str | None:
    """The id of the request at hand; None of an application without this log."""
    found: str | None = request.environ.get(_FIELDS, {}).get("request_id")
    return found
