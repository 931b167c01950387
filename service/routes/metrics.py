"""`/metrics`: what the service counts, for Prometheus."""

from flask import Blueprint, Response

from service.context import Context
from service.server.lanes import Lane, lane
from service.settings import Settings
from service.telemetry.metrics import MEDIA_TYPE
from service.versions.loaded_version import LoadedVersion
from service.web.description import TEXT, Description, answered
from service.web.hosts import for_any_host


def blueprint(context: Context) -> Blueprint:
    """The route."""
    routes = Blueprint("metrics", __name__)

    @routes.get("/metrics")
    @for_any_host
    @lane(Lane.THREADS)
    def get_metrics() -> Response:
        return Response(context.metrics.exposition(), content_type=MEDIA_TYPE)

    return routes


def describe(description: Description, version: LoadedVersion, settings: Settings) -> None:
    """Describe it."""
    summary = "Counts and times of all workers, for Prometheus"
    description.add("get", "/metrics", "metrics", summary, answered(TEXT, "As text.", "text/plain"))
