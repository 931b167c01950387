"""`/docs`: Swagger UI over `/openapi.json`, from an installed package; nothing comes from another host."""

from importlib.resources import files
from pathlib import Path

from flask import Blueprint, Response, send_from_directory
from werkzeug.exceptions import NotFound

from service.server.lanes import Lane, lane
from service.web import access

_VIEWER = Path(__file__).parent.parent / "viewer"
_SWAGGER_UI = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
# Swagger UI sets styles inline and draws with images in its style sheet.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


def blueprint() -> Blueprint:
    """The routes of the page and of its files; open to all, since what it shows asks for a key itself."""
    routes = Blueprint("viewer", __name__)
    swagger_ui = str(files("flask_swagger_ui").joinpath("dist"))

    @routes.get("/docs")
    @access.open_to_all
    @lane(Lane.THREADS)
    def get_docs() -> Response:
        response = send_from_directory(_VIEWER, "docs.html")
        response.headers["Content-Security-Policy"] = _POLICY
        return response

    @routes.get("/docs/docs.js")
    @access.open_to_all
    @lane(Lane.THREADS)
    def get_script() -> Response:
        return send_from_directory(_VIEWER, "docs.js")

    @routes.get("/docs/<file>")
    @access.open_to_all
    @lane(Lane.THREADS)
    def get_swagger_ui(file: str) -> Response:
        if file not in _SWAGGER_UI:
            raise NotFound
        response = send_from_directory(swagger_ui, file)
        response.headers["Cache-Control"] = "max-age=3600"
        return response

    return routes
