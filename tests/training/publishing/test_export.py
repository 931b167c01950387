"""What lies on disk gives what was trained, in plain TensorFlow, in LiteRT, at any batch size."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

from registry.contract.features import Feature, FeatureSchema, Number
from registry.store.model_store import ModelStore
from tests.support.tables import of_rows
from training.config import TrainingConfig
from training.errors import ExportMismatch
from training.network.fitting import GroupPlan, MemberPlan, train_members
from training.network.members import ensemble
from training.publishing.export import export, identity
from training.publishing.golden import golden_columns
from training.statistics.calibration import Calibration

ODD_VALUES: dict[str, list[Any]] = {
    "class": ["1", "3"],
    "self": [0.25, 1.0],
    "Study hours/week": [np.nan, 12.0],
    "Présence %": [90.5, 3.0],
    "study hours-week": [4.0, 0.0],
    "school": ["Lycée", 'The "old" one; north'],
    "mood": ["", "bad"],
}


def load(models: Path, name: str) -> tuple[Any, FeatureSchema, dict[str, Any]]:
    store = ModelStore(models, name)
    schema = store.manifest(1).schema
    golden = json.loads((store.path(1) / "assets.extra/golden.json").read_bytes())
    return tf.saved_model.load(str(store.path(1))), schema, golden


def tensors(schema: FeatureSchema, columns: dict[str, list[Any]]) -> dict[str, Any]:
    """One tensor per feature under its safe name, as any client of TensorFlow would make them."""
    given = {}
    for safe_name, feature in zip(schema.safe_names, schema.features, strict=True):
        values, category = columns[feature.name], feature.kind == "category"
        values = [("" if category else np.nan) if value is None else value for value in values]
        given[safe_name] = tf.constant(values, tf.string if category else tf.float32)
    return given


@pytest.mark.parametrize("name", ["pass_fail", "odd"])
def test_plain_tensorflow_gives_the_golden_probabilities(name: str, students: Path, odd: Path) -> None:
    """`tf.saved_model.load(...).signatures["serving_default"]`, with one tensor per feature."""
    loaded, schema, golden = load(odd if name == "odd" else students, name)
    columns = {feature: [instance[feature] for instance in golden["instances"]] for feature in schema.names}

    by_feature = loaded.signatures["serving_default"](**tensors(schema, columns))["probability"]
    encoded = loaded.signatures["encoded"](encoded=tf.constant(schema.encode(columns)))["probability"]

    assert by_feature.shape == (len(golden["instances"]),)
    np.testing.assert_allclose(by_feature, golden["probabilities"], atol=1e-5)
    np.testing.assert_allclose(encoded, golden["probabilities"], atol=1e-5)
    both = loaded.signatures["encoded_with_spread"](encoded=tf.constant(schema.encode(columns)))
    np.testing.assert_allclose(both["probability"], golden["probabilities"], atol=1e-5)
    np.testing.assert_allclose(both["spread"], golden["spreads"], atol=1e-5)
    assert np.ptp(golden["spreads"]) > 0.001
    assert np.ptp(by_feature) > 0.01


def test_the_signature_has_the_safe_names(odd: Path) -> None:
    """TensorFlow renames some names silently; what the manifest says must be what the file has."""
    loaded, schema, _ = load(odd, "odd")

    inputs = loaded.signatures["serving_default"].structured_input_signature[1]

    assert inputs.keys() == set(schema.safe_names)
    assert loaded.signatures.keys() == {"serving_default", "encoded", "encoded_with_spread"}
    outputs = {name: signature.structured_outputs.keys() for name, signature in loaded.signatures.items()}
    # One output where other servers look: they answer with bare values then.
    assert outputs["serving_default"] == outputs["encoded"] == {"probability"}
    assert outputs["encoded_with_spread"] == {"probability", "spread"}


def test_null_is_nan_or_a_blank_string_for_other_servers(odd: Path) -> None:
    """And gives what the encoded null gives."""
    loaded, schema, _ = load(odd, "odd")
    nulls = {
        name: [None if value in ("",) or value != value else value for value in values]
        for name, values in ODD_VALUES.items()
    }

    by_feature = loaded.signatures["serving_default"](**tensors(schema, ODD_VALUES))["probability"]

    encoded = loaded.signatures["encoded"](encoded=tf.constant(schema.encode(nulls)))["probability"]
    np.testing.assert_allclose(by_feature, encoded, atol=1e-6)
    assert np.isfinite(by_feature).all()


@pytest.mark.parametrize(
    ("feature", "value"),
    [
        ("class", "4"),
        ("class", ""),
        ("self", np.nan),
        ("self", 1.5),
        ("Présence %", np.inf),
        ("Study hours/week", np.inf),
        ("Study hours/week", 81.0),
        ("mood", "so so"),
    ],
)
def test_other_servers_refuse_what_the_schema_forbids(odd: Path, feature: str, value: Any) -> None:
    """A stock TensorFlow Serving knows no schema; the graph does, and fails with the requirement."""
    loaded, schema, _ = load(odd, "odd")
    columns = ODD_VALUES | {feature: [ODD_VALUES[feature][0], value]}
    [spec] = [spec for spec in schema.features if spec.name == feature]

    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        loaded.signatures["serving_default"](**tensors(schema, columns))

    assert spec.requirement in caught.value.message.replace('\\"', '"')  # TensorFlow quotes quotes


@pytest.mark.parametrize("num_rows", [1, 2, 7, 1000])
def test_litert_gives_what_tensorflow_gives_at_any_batch_size(odd: Path, num_rows: int) -> None:
    """The batch is free in both, also after another size."""
    loaded, schema, golden = load(odd, "odd")
    instances = [golden["instances"][row % len(golden["instances"])] for row in range(num_rows)]
    matrix = schema.encode({name: [instance[name] for instance in instances] for name in schema.names})
    interpreter = Interpreter(str(odd / "odd/1/assets.extra/model.tflite"))
    run = interpreter.get_signature_runner()
    run(encoded=matrix[:1])

    given = run(encoded=matrix)

    expected = loaded.signatures["encoded_with_spread"](encoded=tf.constant(matrix))
    np.testing.assert_allclose(given["probability"], expected["probability"], atol=1e-5)
    np.testing.assert_allclose(given["spread"], expected["spread"], atol=1e-5)


def test_golden_instances_cover_categories_bounds_and_nulls(odd: Path) -> None:
    """And are synthetic: drawn, not taken from a student."""
    schema = ModelStore(odd, "odd").manifest(1).schema

    columns = golden_columns(schema)

    assert {None, "good", "bad"} <= set(columns["mood"])
    assert {"1", "2", "3"} <= set(columns["class"])
    assert {None, 0.0, 80.0} <= set(columns["Study hours/week"])
    assert columns == golden_columns(schema)


def trained(schema: FeatureSchema, seed: int = 1) -> keras.Model:
    matrix = np.array([[1.0], [2.0], [3.0], [4.0]], np.float32)
    plan = GroupPlan(np.ones(4), (MemberPlan((seed,)),))
    config = TrainingConfig(hidden_units=(2,), epochs=2, members=1)
    return ensemble(train_members(of_rows(matrix, np.array([0, 0, 1, 1]), schema), [plan], config, seed=0), None)


@pytest.mark.parametrize(
    "feature",
    [
        Number("a", minimum=5, maximum=9, nullable=True),
        Number("a", minimum=0.7, observed=(float(np.float32(0.7)), float(np.float32(0.7)))),
        Number("a", maximum=0.1, observed=(float(np.float32(0.1)), float(np.float32(0.1)))),
        Number("a", minimum=0.0004, maximum=2.0004, observed=(0.0004, 2.0004)),
        Number("a", minimum=1e35),
        Number("a", minimum=-5e38, maximum=5e38, observed=(0.0, 1.0)),  # beyond what float32 holds
        Number("a", minimum=-1e308, maximum=1.7e308),
    ],
)
def test_golden_instances_keep_to_the_bounds(feature: Feature) -> None:
    """Whatever was seen, or nothing: float32 may lie beside a bound."""
    schema = FeatureSchema((feature,))

    assert np.isfinite(schema.encode(golden_columns(schema))[3:]).all()


SIMPLE = FeatureSchema((Number("hours"),))


def test_an_export_that_differs_from_the_network_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison is real: with the bound below float32's own rounding it fails."""
    monkeypatch.setattr("training.publishing.export.MAX_DIFFERENCE", -1.0)

    with pytest.raises(ExportMismatch, match="differs from the trained one"):
        export(trained(SIMPLE), SIMPLE, tmp_path)


def test_a_network_that_gives_nan_is_refused(tmp_path: Path) -> None:
    """NaN equals nothing, not even NaN, and must not pass for that."""
    model = trained(SIMPLE)
    model.set_weights([np.full_like(weight, np.nan) for weight in model.get_weights()])

    with pytest.raises(ExportMismatch):
        export(model, SIMPLE, tmp_path)


def test_identity_follows_weights_schema_architecture_threshold_and_calibration() -> None:
    """Two exports of one model differ in their files; their identity does not."""
    config, calibration = TrainingConfig(hidden_units=(2,)), Calibration("platt", 1.5, 0.1)
    model = trained(SIMPLE)

    def identified(**changes: Any) -> str:
        given = {
            "model": model,
            "schema": SIMPLE,
            "config": config,
            "recipe": "ensemble",
            "threshold": 0.5,
            "calibration": calibration,
        }
        return identity(**(given | changes))

    other = FeatureSchema((Number("hours", minimum=0),))
    identities = [
        identified(),
        identified(model=trained(SIMPLE, seed=2)),
        identified(threshold=0.6),
        identified(config=TrainingConfig(hidden_units=(2,), l2=1)),
        identified(schema=other),
        identified(calibration=None),
        identified(calibration=replace(calibration, slope=1.4)),
    ]

    [hours] = SIMPLE.features
    named = replace(SIMPLE, features=(replace(hours, title="Hours of study", group="At home"),))
    assert identified(model=trained(SIMPLE)) == identified(schema=named) == identities[0]
    assert len(set(identities)) == len(identities)
