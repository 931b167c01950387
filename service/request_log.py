"""What every request leaves behind: an id, a line in the log, a count and a time."""

import logging
import math
import re
import time
import uuid
from functools import cache

from flask import Flask, Response, g, request

from service.overload import queued_s
from service.telemetry import Metrics

_CONVERTER = re.compile(r"<[^<>]*:")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
_log = logging.getLogger(__name__)
_REQUEST_ID = re.compile(r"[\w.-]{1,100}", re.ASCII)
# W3C Trace Context: a version but ff, a trace and a span that are not zero, flags.
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def register(app: Flask, metrics: Metrics) -> None:
    """Keep track of every request of an application; to be registered before whatever may refuse one."""

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        g.started = time.perf_counter()
        g.logged = {}

    @app.after_request
    def end(response: Response) -> Response:
        waited_s = queued_s.get()
        duration_s = time.perf_counter() - g.started + (waited_s if math.isfinite(waited_s) else 0.0)
        route = _template(request.url_rule.rule) if request.url_rule else "none"
        metrics.requests.labels(route, response.status_code).observe(duration_s)
        fields = {
            "request_id": g.request_id,
            "method": request.method if request.method in METHODS else "other",  # a client can make any up
            "route": route,
            "status": response.status_code,
            **g.logged,
            "duration_ms": round(1e3 * duration_s, 3),
        }
        traceparent = request.headers.get("traceparent", "")
        if _TRACEPARENT.fullmatch(traceparent):
            fields["traceparent"] = traceparent
        _log.info("request", extra={"fields": fields})
        response.headers["X-Request-ID"] = g.request_id
        return response


@cache
def _template(rule: str) -> str:
    """A route without what its parts must be: `/v1/models/<name>/versions/<number>`."""
    return _CONVERTER.sub("<", rule)


def note(**fields: object) -> None:
    """Add to the log line of the request at hand: counts and names, never a feature's value or a student's id."""
    g.logged |= fields
