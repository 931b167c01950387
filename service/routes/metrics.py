"""`/metrics`: what the service counts, for Prometheus."""

from flask import Blueprint, Response

from service.context import Context
from service.server.lanes import Lane, lane
from service.telemetry.metrics import MEDIA_TYPE
from service.web import access
from service.web.description import TEXT, Description, answered
from service.web.hosts import for_any_host

_SERVING = "/monitoring/prometheus/metrics"  # where those who watch TensorFlow Serving look


def blueprint(context: Context) -> Blueprint:
    """The route, by its name and by TensorFlow Serving's."""
    routes = Blueprint("metrics", __name__)

    @routes.get("/metrics")
    @routes.get(_SERVING)
    @access.of_all_models
    @for_any_host
    @lane(Lane.THREADS)
    def get_metrics() -> Response:
        return Response(context.metrics.exposition(), content_type=MEDIA_TYPE)

    return routes


def describe(description: Description, *_: object) -> None:
    """Describe it."""
    summary = "Counts and times of all workers, for Prometheus"
    counts = answered(TEXT, "As text.", "text/plain")
    description.add("get", "/metrics", "metrics", summary, counts)
    description.add(
        "get", _SERVING, "serving_metrics", f"{summary}: the same as /metrics", counts, tag="TensorFlow Serving"
    )
