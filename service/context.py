"""What every route is made with."""

from typing import NamedTuple

from service.settings import Settings
from service.telemetry.metrics import Metrics
from service.versions.models import Models


class Context(NamedTuple):
    """What every route is made with.

    Attributes:
        settings: How the service runs.
        models: What answers.
        metrics: Count it.
    """

    settings: Settings
    models: Models
    metrics: Metrics
