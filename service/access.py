"""Who is answered: with a file of API keys, who has one of them; and probes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask, request

from service import request_log
from service.api_keys import ApiKeys
from service.errors import NotAllowed

_View = TypeVar("_View", bound=Callable[..., Any])


def register(app: Flask, path: Path | None) -> None:
    """Let only who has a key in, where there is a file of keys; probes and the viewer's own files are for everyone.

    Args:
        app: Its views answer without a key only where they are marked by `open_to_all`.
        path: The file, or None for no keys.
    """
    if path is None:
        return
    keys = ApiKeys(path)

    @app.before_request
    def check() -> None:
        if request.endpoint is None or getattr(app.view_functions[request.endpoint], "is_open_to_all", False):
            return  # where there is no route there is nothing to guard
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        given = token.strip() if scheme.lower() == "bearer" else request.headers.get("X-API-Key", "")
        name = keys.find(given)
        if name is None:
            raise NotAllowed("send an API key: Authorization: Bearer KEY, or X-API-Key: KEY")
        request_log.note(key=name)


def open_to_all(view: _View) -> _View:
    """Mark a view that answers without a key."""
    view.is_open_to_all = True  # type: ignore[attr-defined]  # functions take attributes
    return view
