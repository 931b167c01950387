"""The headers of every answer that keep a browser from doing what nobody asked for."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Nothing here is for a browser to run, keep or frame; the viewer loosens what it needs.
SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class SecurityHeaders:
    """Adds to every answer of an application those of the headers that it does not set itself."""

    def __init__(self, application: "WSGIApplication") -> None:
        """Wrap a WSGI application."""
        self._application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            given = {name for name, _ in headers}
            headers.extend(header for header in SECURITY_HEADERS.items() if header[0] not in given)
            return start_response(status, headers, exc_info)

        return self._application(environ, start)
