"""The Open Inference Protocol over HTTP: what `service.app` takes of it. `routes` says which parts there are."""

from service.dialects.errors import to_error
from service.dialects.open_inference.openapi import describe
from service.dialects.open_inference.routes import PREFIX, blueprint

__all__ = ["PREFIX", "blueprint", "describe", "to_error"]
