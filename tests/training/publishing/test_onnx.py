"""What tf2onnx makes of a version, run without TensorFlow: docs/api.md has the command."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from registry.contract.features import FeatureSchema
from registry.store.model_store import GOLDEN, ModelStore


@pytest.fixture(scope="module")
def version(odd: Path) -> Path:
    """With both kinds of feature, nulls, and names that TensorFlow takes only as safe ones."""
    return ModelStore(odd, "odd").path(1)


@pytest.fixture(scope="module")
def schema(odd: Path) -> FeatureSchema:
    """That of the version."""
    return ModelStore(odd, "odd").manifest(1).schema


@pytest.fixture(scope="module")
def converted(version: Path, tmp_path_factory: pytest.TempPathFactory) -> onnxruntime.InferenceSession:
    """The version as tf2onnx converts it, with ONNX's own operators alone."""
    path = tmp_path_factory.mktemp("onnx") / "model.onnx"
    options = ["--saved-model", str(version), "--tag", "serve", "--signature_def", "serving_default"]
    command = [sys.executable, "-m", "tf2onnx.convert", *options, "--output", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return onnxruntime.InferenceSession(path)


def tensors(schema: FeatureSchema, instances: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    """One array per feature under its safe name in small letters."""
    given = {}
    for safe_name, feature in zip(schema.safe_names, schema.features, strict=True):
        values = [feature.null if instance[feature.name] is None else instance[feature.name] for instance in instances]
        given[safe_name.lower()] = np.array(values, np.float32 if feature.dtype == "float32" else object)
    return given


def test_onnx_gives_the_golden_probabilities(
    converted: onnxruntime.InferenceSession, version: Path, schema: FeatureSchema
) -> None:
    """Every category, bound and null among them."""
    golden = json.loads((version / GOLDEN).read_bytes())

    [probabilities] = converted.run(["probability"], tensors(schema, golden["instances"]))

    np.testing.assert_allclose(probabilities, golden["probabilities"], atol=1e-5)


@pytest.mark.parametrize(
    ("feature", "value"),
    [("class", "4"), ("class", ""), ("mood", "so so"), ("self", np.nan), ("self", 1.5), ("Study hours/week", 81.0)],
)
def test_onnx_has_no_number_for_what_the_schema_forbids(
    converted: onnxruntime.InferenceSession, version: Path, schema: FeatureSchema, feature: str, value: Any
) -> None:
    """ONNX has no way to fail: the one student is answered NaN, the others as ever."""
    golden = json.loads((version / GOLDEN).read_bytes())
    good, other = golden["instances"][-2:]

    [probabilities] = converted.run(["probability"], tensors(schema, [good, other | {feature: value}]))

    np.testing.assert_allclose(probabilities, [golden["probabilities"][-2], np.nan], atol=1e-5)
