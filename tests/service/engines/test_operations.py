"""What a SavedModel may do when TensorFlow loads and runs it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from registry.contract.features import Category, FeatureSchema, Number
from registry.errors import StoreError
from registry.store.manifest import Manifest
from registry.store.model_store import ModelStore, VerifiedVersion
from service.engines.choice import Choice, EngineUnavailable, load_engine
from training.config import TrainingConfig
from training.network.members import build_members, ensemble, notebook_network, publish_notebook
from training.publishing.export import export
from training.statistics.calibration import Calibration

SCHEMA = FeatureSchema(
    (
        Number("hours", minimum=0, monotone="increasing"),
        Number("absences", nullable=True, monotone="decreasing"),
        Category("school", vocabulary=("north", "south"), nullable=True),
        Category("effort", vocabulary=("low", "middle", "high"), ordered=True),
    )
)
CALIBRATION = Calibration("platt", 1.1, 0.1)


@pytest.fixture(scope="module")
def manifest(students: Path) -> Manifest:
    """Any: the engine does not ask it."""
    return ModelStore(students, "pass_fail").manifest(1)


def load(folder: Path, manifest: Manifest) -> Any:
    """Load what lies in a folder as a version, with TensorFlow."""
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return load_engine(Choice("tensorflow", ""), VerifiedVersion(manifest, files))


def an_ensemble(activation: str, *, wide: bool, skip: bool, calibration: Calibration | None) -> keras.Model:
    config = TrainingConfig(hidden_units=(4, 3), activation=activation, skip=skip)
    pieces = (0, 0, 1) if skip else ()
    return ensemble(build_members(SCHEMA, config, 1, 2, pieces=pieces, wide=wide), calibration)


@pytest.mark.parametrize(
    "make",
    [
        lambda: an_ensemble("leaky_relu", wide=False, skip=True, calibration=None),
        lambda: an_ensemble("tanh", wide=True, skip=False, calibration=CALIBRATION),
        lambda: an_ensemble("sigmoid", wide=False, skip=False, calibration=CALIBRATION),
    ],
)
def test_whatever_training_writes_is_loaded(
    make: Callable[[], keras.Model], manifest: Manifest, tmp_path: Path
) -> None:
    """Each kind of feature and activation, with members side by side and apart; ReLU has every other test."""
    model, matrix = make(), np.array([[6, np.nan, 0, 2], [1, 4, np.nan, 0]], np.float32)
    export(model, SCHEMA, tmp_path)

    answers = load(tmp_path, manifest)(matrix)

    np.testing.assert_allclose(answers.probabilities, np.asarray(model(matrix)["probability"]), atol=1e-6)


def test_the_notebook_s_network_is_loaded(manifest: Manifest, tmp_path: Path) -> None:
    """Which is made of Keras's own layers."""
    numbers = FeatureSchema((Number("hours"), Number("sleep")))

    export(publish_notebook(notebook_network(numbers)), numbers, tmp_path)

    assert load(tmp_path, manifest)(np.ones((3, 2), np.float32)).probabilities.shape == (3,)


def answer(encoded: Any) -> dict[str, Any]:
    return {"probability": encoded[:, 0]}


def write_a_file(module: tf.Module, encoded: Any) -> Any:
    tf.io.write_file(module.path, tf.io.read_file("/etc/hostname"))
    return answer(encoded)


def write_a_checkpoint(module: tf.Module, encoded: Any) -> Any:
    """By operations that each SavedModel has, in functions that nothing here runs."""
    tf.raw_ops.SaveV2(prefix=module.path, tensor_names=["x"], shape_and_slices=[""], tensors=[encoded])
    return answer(encoded)


def call_one_that_writes(module: tf.Module, encoded: Any) -> Any:
    """Two functions further down."""
    inner = tf.function(lambda encoded: write_a_file(module, encoded))
    return tf.function(lambda encoded: inner(encoded))(encoded)


def call_python(module: tf.Module, encoded: Any) -> Any:
    return {"probability": tf.py_function(lambda x: x, [encoded[:, 0]], tf.float32)}


@pytest.mark.parametrize(
    ("do", "operations"),
    [
        (write_a_file, ["'ReadFile'", "'WriteFile'"]),
        (write_a_checkpoint, ["'SaveV2'"]),
        (call_one_that_writes, ["'ReadFile'", "'WriteFile'"]),
        (call_python, ["'EagerPyFunc'"]),
    ],
)
def test_a_saved_model_that_does_more_than_compute_is_refused(
    do: Callable[[Any, Any], Any], operations: list[str], manifest: Manifest, tmp_path: Path
) -> None:
    """By name, before anything of it is loaded; nothing is written."""
    module = tf.Module()
    module.path = str(tmp_path / "written")
    module.run = tf.function(lambda encoded: do(module, encoded), input_signature=[tf.TensorSpec([None, 2])])
    signature = module.run.get_concrete_function()
    tf.saved_model.save(module, str(tmp_path / "model"), signatures={"encoded": signature})

    with pytest.raises(StoreError, match="has what no training job writes: ") as refused:
        load(tmp_path / "model", manifest)(np.ones((1, 2), np.float32))

    assert all(operation in str(refused.value) for operation in operations)
    assert not list(tmp_path.glob("written*"))


def test_a_signature_that_no_list_names_is_looked_at_too(manifest: Manifest, tmp_path: Path) -> None:
    """TensorFlow runs what an object names, whether or not it stands among the functions that the file lists."""
    module = tf.Module()
    module.path = str(tmp_path / "written")
    spec = [tf.TensorSpec([None, 2])]
    module.run = tf.function(lambda encoded: answer(encoded), input_signature=spec)
    module.bad = tf.function(lambda encoded: write_a_checkpoint(module, encoded), input_signature=spec)
    bad, run = module.bad.get_concrete_function(), module.run.get_concrete_function()
    tf.saved_model.save(module, str(tmp_path / "model"), signatures={"encoded": run, "bad": bad})
    path = tmp_path / "model/saved_model.pb"
    saved = SavedModel.FromString(path.read_bytes())
    listed = saved.meta_graphs[0].object_graph_def.concrete_functions
    for name in [name for name in listed if "bad" in name or "lambda" in name]:
        del listed[name]
    path.write_bytes(saved.SerializeToString())

    with pytest.raises(StoreError, match="'SaveV2'"):
        load(tmp_path / "model", manifest)


def save_a_table_of_a_file(folder: Path) -> Path:
    """Which would be read while the table is made."""
    (folder / "words").write_text("north\nsouth\n")
    lines = tf.lookup.TextFileInitializer(
        str(folder / "words"),
        tf.string,
        tf.lookup.TextFileIndex.WHOLE_LINE,
        tf.int64,
        tf.lookup.TextFileIndex.LINE_NUMBER,
    )
    module = tf.Module()
    module.table = tf.lookup.StaticHashTable(lines, -1)
    tf.saved_model.save(module, str(folder / "model"))
    return folder / "model"


def test_a_table_that_is_filled_from_a_file_is_refused(manifest: Manifest, tmp_path: Path) -> None:
    """While the tables of the categories, filled from constants, are loaded."""
    model = save_a_table_of_a_file(tmp_path)

    with pytest.raises(StoreError, match="'InitializeTableFromTextFileV2'") as refused:
        load(model, manifest)
    assert "'asset'" in str(refused.value)


def test_an_object_is_what_it_is_whatever_it_is_called(manifest: Manifest, tmp_path: Path) -> None:
    """A file under the name of a class that is allowed stays a file."""
    path = save_a_table_of_a_file(tmp_path) / "saved_model.pb"
    saved = SavedModel.FromString(path.read_bytes())
    [asset] = [an_object for an_object in saved.meta_graphs[0].object_graph_def.nodes if an_object.HasField("asset")]
    asset.registered_name = "tf.TrackableConstant"
    path.write_bytes(saved.SerializeToString())

    with pytest.raises(StoreError, match="'asset'"):
        load(path.parent, manifest)


def test_a_graph_of_tensorflow_1_is_refused(manifest: Manifest, tmp_path: Path) -> None:
    """It would be run while it is loaded."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        encoded = tf.compat.v1.placeholder(tf.float32, [None, 2])
        tf.compat.v1.saved_model.simple_save(session, str(tmp_path / "model"), {"encoded": encoded}, answer(encoded))

    with pytest.raises(EngineUnavailable, match="can't load it"):
        load(tmp_path / "model", manifest)
