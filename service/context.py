"""What every route is made with."""

from typing import NamedTuple

from service.settings import Settings
from service.telemetry.metrics import Metrics
from service.versions.versions import Versions


class Context(NamedTuple):
    """What every route is made with.

    Attributes:
        settings: How the service runs.
        versions: What answers.
        metrics: Count it.
    """

    settings: Settings
    versions: Versions
    metrics: Metrics
