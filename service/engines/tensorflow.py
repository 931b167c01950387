"""The engine `SERVICE_ENGINE=tensorflow`: the only file of the service that imports TensorFlow."""

import os
import uuid
from collections.abc import Mapping
from typing import Any

import numpy as np

from registry.store.model_store import ENCODED, ENCODED_WITH_SPREAD, EXTRA
from service.engines.engine import Answers
from service.engines.operations import check_operations


class TensorFlowEngine:
    """The SavedModel itself, run by TensorFlow."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Load a SavedModel.

        Args:
            files: Path within the version → content.

        Raises:
            OSError: They are no SavedModel.
            StoreError: It has operations that no training job writes.
        """
        # Read when TensorFlow is loaded: no build options in the log, and the arithmetic of the training job.
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
        import tensorflow as tf  # takes seconds and 600 MB: only where this engine is chosen
        from google.protobuf.message import DecodeError
        from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

        try:
            check_operations(SavedModel.FromString(files["saved_model.pb"]))
        except DecodeError as error:
            raise OSError(str(error)) from error

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
