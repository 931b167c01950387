"""A trained network to a version on disk: SavedModel, its LiteRT form, and the proof that all three agree."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, assert_never

import keras
import numpy as np
import tensorflow as tf

from registry.contract.features import WORDS, Amount, Category, FeatureSchema
from registry.contract.golden import MAX_DIFFERENCE, Golden
from registry.contract.litert import make_interpreter
from registry.errors import StoreError
from registry.store.manifest import ProvenEngine
from registry.store.model_store import ENCODED, ENCODED_WITH_SPREAD, EXTRA, GOLDEN, LITERT_MODEL
from registry.store.staging import digest
from training.config import TrainingConfig
from training.errors import ExportMismatch
from training.publishing.golden import golden_columns
from training.statistics.calibration import Calibration


def export(model: keras.Model, schema: FeatureSchema, staged: Path) -> tuple[ProvenEngine, ...]:
    """Write SavedModel, `model.tflite` and `golden.json`, reload the first two and compare.

    Args:
        model: Encoded matrix in; a dict of `probability` and, where it has several members, `spread` out.
        schema: What goes in.
        staged: An empty folder.

    Returns:
        The engines, each within MAX_DIFFERENCE of the model in memory.

    Raises:
        ExportMismatch: One is not.
        StoreError: The files can't be written, on a full disk for example.
    """
    columns = golden_columns(schema)
    matrix = schema.encode(columns)
    answers = {name: np.asarray(values) for name, values in model(matrix).items()}
    golden = Golden(columns, answers["probability"], answers.get("spread"))
    if not np.isfinite(golden.probabilities).all():
        raise ExportMismatch("the trained network gives no finite probability; nothing is published")
    try:
        (staged / EXTRA).mkdir()
        _write_saved_model(model, schema, staged)
        loaded = tf.saved_model.load(str(staged))  # kept: its signatures hold its variables only weakly
        compiled = _compile(loaded.signatures[ENCODED if golden.spreads is None else ENCODED_WITH_SPREAD])
        (staged / LITERT_MODEL).write_bytes(compiled)
        (staged / GOLDEN).write_bytes(golden.to_json())
    except (tf.errors.OpError, OSError) as error:
        raise StoreError(f"the version can't be written: {error}") from error
    return _prove(golden, matrix, schema, staged, loaded.signatures)


def identity(
    model: keras.Model,
    schema: FeatureSchema,
    config: TrainingConfig,
    recipe: str,
    threshold: float,
    calibration: Calibration | None,
) -> str:
    """A hash over named weights, schema, architecture, threshold and calibration.

    What people call features and their values is left out: it changes no network. Files won't do: two exports of one
    model differ in `saved_model.pb`.

    Returns:
        SHA-256 in hexadecimal.
    """
    described = {
        "schema": asdict(schema)
        | {
            "features": [
                {key: value for key, value in asdict(feature).items() if key not in WORDS}
                for feature in schema.features
            ]
        },
        "architecture": asdict(config),
        "recipe": recipe,
        "threshold": threshold,
        "calibration": None if calibration is None else asdict(calibration),
    }
    sha256 = hashlib.sha256(json.dumps(described, sort_keys=True).encode())
    for weight in sorted(model.weights, key=lambda weight: str(weight.path)):
        values = np.ascontiguousarray(weight.numpy())
        sha256.update(f"{weight.path} {values.dtype} {values.shape}".encode())
        sha256.update(values.tobytes())
    return sha256.hexdigest()


def _write_saved_model(model: keras.Model, schema: FeatureSchema, staged: Path) -> None:
    # One output each, so that other servers answer with bare values; whoever wants the spread asks for it by name.
    def encoded(encoded: Any) -> dict[str, Any]:
        return {"probability": model(encoded)["probability"]}

    def encoded_with_spread(encoded: Any) -> dict[str, Any]:
        answers: dict[str, Any] = model(encoded)
        return answers

    tables = {feature.name: _table(feature) for feature in schema.features if isinstance(feature, Category)}

    def serving_default(features: dict[str, Any]) -> dict[str, Any]:
        matrix, allowed = _encode_in_graph(features, schema, tables)
        return {"probability": tf.where(allowed, encoded(matrix)["probability"], np.nan)}

    tensors = {
        name: tf.TensorSpec([None], tf.as_dtype(feature.dtype), name=name)
        for name, feature in zip(schema.safe_names, schema.features, strict=True)
    }
    archive = keras.export.ExportArchive()
    for resource in (model, *tables.values()):
        archive.track(resource)
    no_rewriting = tf.autograph.experimental.do_not_convert  # plain Python already, on every Python
    archive.add_endpoint("serving_default", no_rewriting(serving_default), input_signature=[tensors])
    matrix = tf.TensorSpec([None, len(schema.features)], tf.float32, name="encoded")
    archive.add_endpoint(ENCODED, no_rewriting(encoded), input_signature=[matrix])
    if "spread" in model.output:
        archive.add_endpoint(ENCODED_WITH_SPREAD, no_rewriting(encoded_with_spread), input_signature=[matrix])
    # Into a folder of its own: the writer would not have `assets.extra` beside it.
    fresh = staged / ".saved_model"
    archive.write_out(str(fresh), verbose=False)
    for path in fresh.iterdir():
        path.rename(staged / path.name)
    shutil.rmtree(fresh)


def _encode_in_graph(features: dict[str, Any], schema: FeatureSchema, tables: dict[str, Any]) -> tuple[Any, Any]:
    """One tensor per feature to the encoded matrix, for servers that know nothing of the schema.

    Null is NaN, or "" for a category. What the schema forbids fails with a message instead of a silent answer.

    Returns:
        The matrix, and of which rows everything is allowed: all of them, except where the graph was converted to a form
        that can't fail, such as ONNX.
    """
    columns, all_allowed = [], []
    for safe_name, feature in zip(schema.safe_names, schema.features, strict=True):
        value = features[safe_name]
        match feature:
            case Category():
                code, allowed = _look_up(value, feature, tables[feature.name])
            case Amount():
                code, allowed = value, _within(value, feature)
                if feature.nullable:
                    allowed = tf.logical_or(allowed, tf.math.is_nan(value))
            case _:
                assert_never(feature)
        check = tf.debugging.Assert(tf.reduce_all(allowed), [f"{feature.name} {feature.requirement}"])
        with tf.control_dependencies([check]):
            columns.append(tf.identity(code))
        all_allowed.append(allowed)
    return tf.stack(columns, axis=1), tf.reduce_all(tf.stack(all_allowed, axis=1), axis=1)


def _table(feature: Category) -> Any:
    """Text to its position in the vocabulary, null where it is allowed to the one after the last, any other to -1.

    A table, since that is what other runtimes know of texts: tf2onnx makes one of ONNX of it, and of no comparison.
    """
    texts = [*feature.vocabulary, *([feature.null] if feature.nullable else [])]
    codes = tf.range(len(texts), dtype=tf.int64)
    return tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(tf.constant(texts), codes), -1)


def _look_up(value: Any, feature: Category, table: Any) -> tuple[Any, Any]:
    """The codes of texts, NaN for those that have none; and which are allowed."""
    code = table.lookup(value)
    return tf.where(code < len(feature.vocabulary), tf.cast(code, tf.float32), np.nan), code >= 0


def _within(value: Any, feature: Amount) -> Any:
    """Which numbers are valid; infinity is beyond all limits, and NaN within none."""
    low, high = feature.limits
    return tf.logical_and(value >= np.float32(low), value <= np.float32(high))


def _compile(signature: Any) -> bytes:
    """A signature for LiteRT, with its variables alone: made from the folder, it would have the tables of texts too."""
    module = tf.Module()
    module.variables_of_the_signature = signature.variables
    compiled: bytes = tf.lite.TFLiteConverter.from_concrete_functions([signature], module).convert()
    return compiled


def _prove(
    golden: Golden, matrix: np.ndarray, schema: FeatureSchema, staged: Path, signatures: Mapping[str, Any]
) -> tuple[ProvenEngine, ...]:
    saved_model_sha256 = digest((staged / "saved_model.pb").read_bytes()).sha256
    compiled = (staged / LITERT_MODEL).read_bytes()
    compiled_parts = [run_litert(compiled, part) for part in (matrix[:1], matrix[1:])]
    by_tensorflow = {"encoded": signatures[ENCODED](encoded=tf.constant(matrix))}
    if golden.spreads is not None:
        by_tensorflow["with spread"] = signatures[ENCODED_WITH_SPREAD](encoded=tf.constant(matrix))
    by_tensorflow["by feature"] = signatures["serving_default"](**_tensors(golden, matrix, schema))
    # The first at another batch size than the rest, so that a fixed one would show.
    by_litert = {name: np.concatenate([part[name] for part in compiled_parts]) for name in compiled_parts[0]}
    differences = {f"tensorflow, {name}": _difference(golden, answers) for name, answers in by_tensorflow.items()}
    differences["litert"] = golden.difference(by_litert["probability"], by_litert.get("spread"))
    if not all(difference <= MAX_DIFFERENCE for difference in differences.values()):  # NaN is not <= either
        raise ExportMismatch(f"the exported network differs from the trained one: {differences}; nothing is published")
    tensorflow = max(difference for name, difference in differences.items() if name != "litert")
    return (
        ProvenEngine("litert", differences["litert"], saved_model_sha256),
        ProvenEngine("tensorflow", tensorflow, saved_model_sha256),
    )


def _difference(golden: Golden, answers: Mapping[str, Any]) -> float:
    """Of a signature, which may leave the spread out."""
    spreads = answers["spread"].numpy() if "spread" in answers else golden.spreads
    return golden.difference(answers["probability"].numpy(), spreads)


def _tensors(golden: Golden, matrix: np.ndarray, schema: FeatureSchema) -> dict[str, Any]:
    """The golden instances as `serving_default` takes them: amounts as they are encoded, categories as they are."""
    tensors = {}
    for safe_name, feature, codes in zip(schema.safe_names, schema.features, matrix.T, strict=True):
        texts = [feature.null if value is None else value for value in golden.columns[feature.name]]
        tensors[safe_name] = tf.constant(codes if feature.dtype == "float32" else texts)
    return tensors


def run_litert(compiled: bytes, matrix: np.ndarray) -> dict[str, np.ndarray]:
    """What a compiled network answers.

    Args:
        compiled: A version's `model.tflite`.
        matrix: Encoded rows, float32 of shape (num_rows, num_features).

    Returns:
        `probability`, and `spread` where it gives one; float32 of shape (num_rows,).
    """
    answers: dict[str, np.ndarray] = make_interpreter(compiled).get_signature_runner()(encoded=matrix)
    return answers
