"""Which engine runs a version, and why; and building it."""

import importlib.util
from dataclasses import dataclass

from registry.errors import StoreError
from registry.store.manifest import Manifest
from registry.store.model_store import LITERT_MODEL, VerifiedVersion
from service.engines.engine import Engine
from service.engines.litert import LiteRTEngine
from service.engines.tensorflow import TensorFlowEngine


class EngineUnavailable(StoreError):
    """No engine here can run the version; the message says what to install or set."""


@dataclass(frozen=True)
class Choice:
    """Which engine runs a version, and why."""

    name: str
    why: str


def choose_engine(requested: str, manifest: Manifest, *, tensorflow_installed: bool) -> Choice:
    """Pick the engine; a pure rule.

    Args:
        requested: `auto`, `litert` or `tensorflow`.
        manifest: Which engines were proven, and from which SavedModel.
        tensorflow_installed: Whether TensorFlow can be imported here.

    Raises:
        EngineUnavailable: None fits.
    """
    proven = manifest.is_proven("litert")
    if requested == "tensorflow":
        if not tensorflow_installed:
            raise EngineUnavailable("SERVICE_ENGINE=tensorflow needs the package tensorflow; install it or use litert")
        return Choice("tensorflow", "SERVICE_ENGINE asks for it")
    if requested == "litert":
        if not proven:
            raise EngineUnavailable("the manifest does not list litert as proven; use SERVICE_ENGINE=tensorflow")
        return Choice("litert", "SERVICE_ENGINE asks for it")
    if proven:
        return Choice("litert", "proven equal to the SavedModel at export")
    if tensorflow_installed:
        return Choice("tensorflow", "litert is not proven for this version")
    raise EngineUnavailable("litert is not proven for this version; install the package tensorflow to serve it")


def is_tensorflow_installed() -> bool:
    """Whether TensorFlow could be imported, found without importing it."""
    return importlib.util.find_spec("tensorflow") is not None


def load_engine(choice: Choice, version: VerifiedVersion) -> Engine:
    """Build an engine from the bytes that were verified.

    Raises:
        EngineUnavailable: The engine can't read them.
    """
    try:
        if choice.name == "tensorflow":
            return TensorFlowEngine(version.files)
        return LiteRTEngine(version.files[LITERT_MODEL])
    except (KeyError, ValueError, RuntimeError, OSError) as error:
        # What the library says stays in the log: it names files and versions of its own.
        raise EngineUnavailable(f"the {choice.name} engine can't load it") from error
