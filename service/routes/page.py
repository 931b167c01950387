"""`/`: the page for people; plain ES modules, made from the schema of the version that serves, as `/model` tells it."""

from pathlib import Path

from flask import Blueprint, Response, send_from_directory
from werkzeug.exceptions import NotFound

from service.server.lanes import Lane, lane
from service.web import access

_PAGE = Path(__file__).parent.parent / "page"
_FILES = frozenset(
    path.relative_to(_PAGE).as_posix() for path in _PAGE.rglob("*") if path.suffix in (".css", ".js", ".json", ".svg")
) - {"tsconfig.json"}
# Nothing inline, nothing from elsewhere, and no text is ever made into markup.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)


def blueprint() -> Blueprint:
    """The routes of the page and of its files; open to all, since what it shows asks for a key itself."""
    routes = Blueprint("page", __name__)

    @routes.get("/")
    @access.open_to_all
    @lane(Lane.THREADS)
    def get_page() -> Response:
        response = _send("index.html")
        response.headers["Content-Security-Policy"] = _POLICY
        return response

    @routes.get("/page/<path:file>")
    @access.open_to_all
    @lane(Lane.THREADS)
    def get_file(file: str) -> Response:
        if file not in _FILES:
            raise NotFound
        return _send(file)

    return routes


def _send(name: str) -> Response:
    response = send_from_directory(_PAGE, name)
    response.headers["Cache-Control"] = "no-cache"  # kept, but asked for again: after an upgrade all are the new ones
    return response
