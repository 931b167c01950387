"""Who is answered: with a file of API keys, who has one of them; and probes."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from service.errors import NotAllowed
from service.telemetry import request_log
from service.web.api_keys import ApiKeys
from service.web.lean_flask import LeanFlask

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_View = TypeVar("_View", bound=Callable[..., Any])


def register(app: LeanFlask, path: Path) -> None:
    """Let only who has a key in; probes and the viewer's own files are for everyone.

    Args:
        app: Its views answer without a key only where they are marked by `open_to_all`.
        path: The file of keys.
    """
    keys = ApiKeys(path, app.metrics.stale_keys.set)

    def check(environ: "WSGIEnvironment", view: Callable[..., Any]) -> None:
        # OPTIONS is answered with the methods of a path alone, and a browser asks without a key.
        if getattr(view, "is_open_to_all", False) or environ["REQUEST_METHOD"] == "OPTIONS":
            return
        scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        name = keys.find(token.strip()) if scheme.lower() == "bearer" else None
        if name is None:  # what stands in Authorization may be for a proxy
            name = keys.find(environ.get("HTTP_X_API_KEY", ""))
        if name is None:
            raise NotAllowed("send an API key that is known here: Authorization: Bearer KEY, or X-API-Key: KEY")
        request_log.note(environ, key=name)

    app.checks.append(check)


def open_to_all(view: _View) -> _View:
    """Mark a view that answers without a key."""
    view.is_open_to_all = True  # type: ignore[attr-defined]  # functions take attributes
    return view
