"""Engines: what turns an encoded matrix into probabilities. The only file of the service that imports TensorFlow."""

import importlib.util
import os
import queue
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from registry.errors import StoreError
from registry.litert import make_interpreter
from registry.manifest import Manifest
from registry.store import ENCODED, ENCODED_WITH_SPREAD, EXTRA, LITERT_MODEL, VerifiedVersion

# In one call of a network; more takes no less time for each, and what its layers hold stays with the interpreter.
_MAX_ROWS = 2**13


class EngineUnavailable(StoreError):
    """No engine here can run the version; the message says what to install or set."""


class Answers(NamedTuple):
    """What a network gives for a batch, each float32 of shape (num_instances,).

    Attributes:
        probabilities: Of the positive label.
        spreads: Standard deviation of the members' probabilities; None where there is only one member.
    """

    probabilities: np.ndarray
    spreads: np.ndarray | None


class Engine(Protocol):
    """Matrix in, probabilities out; safe to call from several threads."""

    def __call__(self, matrix: np.ndarray) -> Answers:
        """Run the network.

        Args:
            matrix: float32 of shape (num_instances, num_features), at least one instance.
        """


def answer_in_parts(engine: Engine, matrix: np.ndarray) -> np.ndarray:
    """Let a network answer for many rows without what it holds for all of them at once.

    Args:
        engine: Runs it.
        matrix: float32 of shape (num_rows, num_features).

    Returns:
        Probabilities, float32 of shape (num_rows,).
    """
    parts = [engine(matrix[start : start + _MAX_ROWS]).probabilities for start in range(0, len(matrix), _MAX_ROWS)]
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.float32)


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
    saved_model = manifest.files.get("saved_model.pb")
    proven = any(
        engine.name == "litert" and saved_model is not None and engine.saved_model_sha256 == saved_model.sha256
        for engine in manifest.engines
    )
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


class LiteRTEngine:
    """The network compiled for LiteRT; an interpreter for each thread that is at work at once."""

    def __init__(self, content: bytes) -> None:
        """Load a model.

        Args:
            content: The bytes of `model.tflite`.

        Raises:
            ValueError: They are no model, or one with another signature.
        """
        self._content = content
        self._idle: queue.SimpleQueue[_Interpreter] = queue.SimpleQueue()
        self._idle.put(_Interpreter(content))

    def __call__(self, matrix: np.ndarray) -> Answers:
        """Run the network; see `Engine`."""
        try:
            interpreter = self._idle.get_nowait()
        except queue.Empty:
            interpreter = _Interpreter(self._content)
        try:
            return interpreter(matrix)
        finally:
            self._idle.put(interpreter)


class _Interpreter:
    """One LiteRT interpreter, allocated for the batch size that it saw last. Not for two threads at once."""

    def __init__(self, content: bytes) -> None:
        self._interpreter = make_interpreter(content)
        signature = self._interpreter.get_signature_runner()
        inputs, outputs = signature.get_input_details(), signature.get_output_details()
        if inputs.keys() != {"encoded"} or not {"probability"} <= outputs.keys() <= {"probability", "spread"}:
            raise ValueError("model.tflite must take encoded and give probability, and may give spread")
        self._input, self._probability = inputs["encoded"]["index"], outputs["probability"]["index"]
        self._spread = outputs["spread"]["index"] if "spread" in outputs else None
        self._shape: tuple[int, ...] = ()

    def __call__(self, matrix: np.ndarray) -> Answers:
        if matrix.shape != self._shape:
            self._interpreter.resize_tensor_input(self._input, matrix.shape)
            self._interpreter.allocate_tensors()
            self._shape = matrix.shape
        self._interpreter.set_tensor(self._input, matrix)
        self._interpreter.invoke()
        get = self._interpreter.get_tensor
        return Answers(get(self._probability), None if self._spread is None else get(self._spread))


class TensorFlowEngine:
    """The SavedModel itself, run by TensorFlow."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Load a SavedModel.

        Args:
            files: Path within the version → content.

        Raises:
            OSError: They are no SavedModel.
        """
        # Read when TensorFlow is loaded: no build options in the log, and the arithmetic of the training job.
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
        import tensorflow as tf  # takes seconds and 600 MB: only where this engine is chosen

        # TensorFlow's own file system in memory: what is loaded are the bytes that were hashed, not what a second
        # look at the disk might find.
        folder = f"ram://passfail-{uuid.uuid4().hex}"
        try:
            for path, content in files.items():
                if not path.startswith(f"{EXTRA}/"):
                    tf.io.gfile.makedirs(f"{folder}/{path}".rpartition("/")[0])
                    with tf.io.gfile.GFile(f"{folder}/{path}", "wb") as file:
                        file.write(content)
            self._model = tf.saved_model.load(folder)  # kept: its signatures hold its variables only weakly
        except (tf.errors.OpError, AttributeError) as error:
            raise OSError(str(error)) from error
        finally:
            if tf.io.gfile.exists(folder):
                tf.io.gfile.rmtree(folder)
        signatures = self._model.signatures
        self._run: Any = signatures[ENCODED_WITH_SPREAD if ENCODED_WITH_SPREAD in signatures else ENCODED]
        self._constant: Any = tf.constant

    def __call__(self, matrix: np.ndarray) -> Answers:
        """Run the network; see `Engine`."""
        given = self._run(encoded=self._constant(matrix))
        return Answers(given["probability"].numpy(), given["spread"].numpy() if "spread" in given else None)
