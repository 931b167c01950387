"""Flask without what no request here needs, each part switched off where Flask lets an application choose it."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request
from flask.sessions import NullSession, SessionInterface

_NO_SESSION = NullSession()


class NoSessions(SessionInterface):
    """No session is read, kept or sent."""

    def open_session(self, app: Flask, request: Request) -> NullSession:
        """The one that holds nothing."""
        return _NO_SESSION


class LeanFlask(Flask):
    """An application whose views are plain functions and whose clients have no sessions."""

    session_interface = NoSessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """A view as it is: none is a coroutine."""
        return func
