"""The REST API of TensorFlow Serving: what `service.app` takes of it. `routes` says which parts there are."""

from service.dialects.errors import to_error
from service.dialects.tensorflow_serving.openapi import describe
from service.dialects.tensorflow_serving.routes import PREFIX, blueprint

__all__ = ["PREFIX", "blueprint", "describe", "to_error"]
