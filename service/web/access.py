"""Who is answered: with a file of API keys, who has one of them, about the models that it is for; and probes."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from flask import request

from service.errors import NotAllowed, NotYours
from service.telemetry import request_log
from service.web.api_keys import ApiKey, ApiKeys
from service.web.lean_flask import NAME, LeanFlask, arguments_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_View = TypeVar("_View", bound=Callable[..., Any])
_KEY = "passfail.key"  # in the environment: the key of a request


def register(app: LeanFlask, path: Path, default_model: str) -> None:
    """Let only who has a key in; probes and the viewer's own files are for everyone.

    A key that is held to models is let in to these alone: a view that names none is about the default one, or, marked
    by `of_no_model`, asks `may_ask` itself.

    Args:
        app: Its views answer without a key only where they are marked by `open_to_all`.
        path: The file of keys.
        default_model: What views without a name are about.
    """
    keys = ApiKeys(path, app.metrics.stale_keys.set)

    def check(environ: "WSGIEnvironment", view: Callable[..., Any]) -> None:
        # OPTIONS is answered with the methods of a path alone, and a browser asks without a key.
        if getattr(view, "is_open_to_all", False) or environ["REQUEST_METHOD"] == "OPTIONS":
            return
        scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        key = keys.find(token.strip()) if scheme.lower() == "bearer" else None
        if key is None:  # what stands in Authorization may be for a proxy
            key = keys.find(environ.get("HTTP_X_API_KEY", ""))
        if key is None:
            raise NotAllowed("send an API key that is known here: Authorization: Bearer KEY, or X-API-Key: KEY")
        request_log.note(environ, key=key.name)
        environ[_KEY] = key
        if key.models is None or getattr(view, "is_of_no_model", False):
            return
        if getattr(view, "is_of_all_models", False):
            raise NotYours("this tells of all models; the key is for some of them")
        if not key.is_for(arguments_of(environ).get(NAME, default_model)):
            raise NotYours("the key is for other models; GET /models lists them")

    app.checks.append(check)


def may_ask(model: str) -> bool:
    """Whether the request at hand may be about a model, if there is one of the name."""
    key: ApiKey | None = request.environ.get(_KEY)
    return key is None or key.is_for(model)


def open_to_all(view: _View) -> _View:
    """Mark a view that answers without a key."""
    view.is_open_to_all = True  # type: ignore[attr-defined]  # functions take attributes
    return view


def of_no_model(view: _View) -> _View:
    """Mark a view that tells of no model but those for which `may_ask` is true."""
    view.is_of_no_model = True  # type: ignore[attr-defined]  # functions take attributes
    return view


def of_all_models(view: _View) -> _View:
    """Mark a view that tells of all models at once: keys that are held to some are not let in."""
    view.is_of_all_models = True  # type: ignore[attr-defined]  # functions take attributes
    return view
