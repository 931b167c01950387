"""What every request leaves behind: an id, a line in the log, a count and a time."""

import logging
import random
import re
import time
from functools import cache
from typing import TYPE_CHECKING

from flask import request

from service.server.connection import WAITED_S
from service.telemetry import logs
from service.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_CONVERTER = re.compile(r"<[^<>]*:")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
_LOGGER = "service.request_log"  # as operators know it
_log = logging.getLogger(_LOGGER)
_REQUEST_ID = re.compile(r"[\w.=/+:@-]{1,128}", re.ASCII)  # as gateways make them
# W3C Trace Context: a version but ff, a trace and a span that are not zero, flags.
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_FIELDS = "passfail.fields"  # where the environment of a request keeps what its line will say
_BEGUN = "passfail.begun"  # and when that began


class RequestLog:
    """Keeps track of every request."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def name(self, environ: "WSGIEnvironment") -> None:
        """Name a request; once its head is there."""
        given = environ.get("HTTP_X_REQUEST_ID", "")
        method = environ["REQUEST_METHOD"]
        environ[_FIELDS] = {
            "request_id": given if given and _REQUEST_ID.fullmatch(given) else f"{random.getrandbits(128):032x}",
            "method": method if method in METHODS else "other",  # a client can make any up
        }

    def begin(self, environ: "WSGIEnvironment") -> None:
        """Take the time; before the request is answered."""
        environ[_BEGUN] = time.perf_counter()

    def end(self, environ: "WSGIEnvironment", rule: str | None, status: int, level: int = logging.INFO) -> str:
        """Count a request and write its line, once its answer is known.

        Args:
            environ: The same.
            rule: Its route's; None where there is none.
            status: Of the answer.
            level: From which on there is a line.

        Returns:
            Its name.
        """
        duration_s = time.perf_counter() - environ[_BEGUN] + environ.get(WAITED_S, 0.0)
        fields = environ[_FIELDS]
        route = "none" if rule is None else _template(rule)
        self._metrics.answered_request(route, status, duration_s)
        if _log.isEnabledFor(level):
            traceparent = environ.get("HTTP_TRACEPARENT", "")
            if traceparent and _TRACEPARENT.fullmatch(traceparent):
                fields["traceparent"] = traceparent
            fields.update(route=route, status=status, duration_ms=round(1e3 * duration_s, 3))
            logs.write(_LOGGER, "request", fields)
        name: str = fields["request_id"]
        return name


@cache
def _template(rule: str) -> str:
    """A route without what its parts must be: `/v1/models/<name>/versions/<number>`."""
    return _CONVERTER.sub("<", rule)


def note(environ: "WSGIEnvironment | None" = None, **fields: object) -> None:
    """Add to the log line of a request: counts and names, never a feature's value or a student's id.

    Args:
        environ: The request's; None: of the one at hand.
        fields: By name.
    """
    (request.environ if environ is None else environ)[_FIELDS].update(fields)


def request_id() -> str | None:
    """The id of the request at hand; None of an application without this log."""
    found: str | None = request.environ.get(_FIELDS, {}).get("request_id")
    return found
