"""The members' files: from them alone, without Keras, anyone computes what the network answers."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from registry.contract.features import Category, FeatureSchema, Number
from registry.contract.golden import Golden
from registry.store.model_store import EXTRA, GOLDEN, MEMBERS, ModelStore
from tests.support.stores import train
from tests.support.tables import of_rows, with_directions
from training.config import TrainingConfig
from training.network.fitting import GroupPlan, MemberPlan, train_members
from training.network.members import ensemble, input_features, pick_group
from training.publishing.golden import golden_columns
from training.publishing.weights import write_members
from training.statistics.calibration import Calibration

SCHEMA = FeatureSchema(
    (
        Category("school", vocabulary=("a", "b"), nullable=True),
        Number("hours", nullable=True, monotone="increasing"),
        Number("age", monotone="decreasing"),
        Category("grade", vocabulary=("F", "C", "A"), nullable=True, ordered=True),
    )
)
FREE = with_directions(SCHEMA)
ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda values: np.maximum(values, 0),
    "leaky_relu": lambda values: np.where(values < 0, 0.2 * values, values),
    "tanh": np.tanh,
    "sigmoid": lambda values: sigmoid(values),
}


def sigmoid(values: np.ndarray) -> np.ndarray:
    chances: np.ndarray = 1 / (1 + np.exp(-np.clip(values, -700, 700)))
    return chances


def documents(version: Path) -> list[dict[str, Any]]:
    """The members' files in order, each in its place."""
    folder = version / MEMBERS
    found = [json.loads((folder / f"{number}.json").read_bytes()) for number in range(1, len([*folder.iterdir()]) + 1)]
    assert [document["member"] for document in found] == [*range(1, len(found) + 1)]
    assert {document["num_members"] for document in found} == {len(found)}
    return found


def input_of(description: dict[str, Any], value: Any) -> float:
    if description["kind"] == "null":
        return float(value is None)
    if description["kind"] == "category":
        return float(value in description.get("at_least", [description["category"]]))
    number = description["mean"] if value is None else value
    scaled = (number - description["shift"]) / description["scale"]
    limit = float(description["limit"])
    return min(max(float(scaled), -limit), limit)


def logits(document: dict[str, Any], columns: Mapping[str, Sequence[Any]]) -> np.ndarray:
    """A member's, shape (num_instances,)."""
    inputs = np.array(
        [
            [input_of(description, value) for value in columns[description["feature"]]]
            for description in document["inputs"]
        ]
    ).T
    values = inputs
    for layer in document["hidden"]:
        values = values @ np.array(layer["kernel"]) + layer["bias"]
        directions = np.where(layer["mirrored"] & (np.arange(values.shape[1]) % 2 == 1), -1, 1)
        values = ACTIVATIONS[layer["activation"]](values * directions) * directions
    values = values @ np.array(document["logit"]["kernel"]) + document["logit"]["bias"]
    if document["skip"] is not None:
        values = values + inputs @ np.array(document["skip"]["kernel"])
    found: np.ndarray = values[:, 0]
    for curve in document["curves"]:
        numbers = [curve["mean"] if value is None else value for value in columns[curve["feature"]]]
        found = found + np.interp(numbers, curve["knots"], curve["values"])
    return found


def computed(version: Path, columns: Mapping[str, Sequence[Any]]) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities and spreads, each of shape (num_instances,)."""
    members = documents(version)
    each = np.stack([logits(member, columns) for member in members])
    probability, calibration = sigmoid(each).mean(axis=0), members[0]["calibration"]
    if calibration is not None:
        odds = np.log(probability) - np.log(sigmoid(-each).mean(axis=0))
        odds = np.clip(odds, -calibration["limit"], calibration["limit"])
        probability = sigmoid(calibration["slope"] * odds + calibration["intercept"])
        each = calibration["slope"] * each + calibration["intercept"]
    return probability, sigmoid(each).std(axis=0)


def assert_gives_golden(store: ModelStore) -> list[dict[str, Any]]:
    version = store.read(1)
    golden = Golden.from_json(version.files[GOLDEN], version.manifest.schema)

    probabilities, spreads = computed(store.path(1), golden.columns)

    np.testing.assert_allclose(probabilities, golden.probabilities, rtol=0, atol=1e-5)
    if golden.spreads is not None:
        np.testing.assert_allclose(spreads, golden.spreads, rtol=0, atol=1e-5)
    assert np.ptp(probabilities) > 0.01
    members = documents(store.path(1))
    assert {f"{MEMBERS}/{member['member']}.json" for member in members} <= version.files.keys()
    expected = [feature.name for feature in input_features(version.manifest.schema)]
    assert [description["feature"] for description in members[0]["inputs"]] == expected
    return members


@pytest.mark.parametrize(("name", "num_members"), [("pass_fail", 8), ("odd", 2)])
def test_a_published_version_can_be_computed_from_its_files(
    students: Path, odd: Path, name: str, num_members: int
) -> None:
    """The golden probabilities and spreads, extremes and nulls among them, from the JSON alone."""
    members = assert_gives_golden(ModelStore(odd if name == "odd" else students, name))

    assert len(members) == num_members
    assert all(member["skip"] is not None and member["calibration"] is not None for member in members)


def test_so_can_a_deeper_one_with_monotone_features(odd_dataset: Path, tmp_path: Path) -> None:
    """Two mirrored layers of leaky units and a skip, trained by the job."""
    text = odd_dataset.read_text(encoding="utf-8").replace(
        'name = "Présence %"\nkind = "number"', 'name = "Présence %"\nkind = "number"\nmonotone = "increasing"'
    )
    (tmp_path / "odd.toml").write_text(f'{text}activation = "leaky_relu"\nskip = true\n', encoding="utf-8")
    (tmp_path / "odd.csv").symlink_to(odd_dataset.with_name("odd.csv"))
    train(tmp_path / "models", tmp_path / "odd.toml")

    members = assert_gives_golden(ModelStore(tmp_path / "models", "odd"))

    layers = [(layer["name"], layer["activation"], layer["mirrored"]) for layer in members[0]["hidden"]]
    assert layers == [("hidden_1", "leaky_relu", True), ("hidden_2", "leaky_relu", True)]
    assert members[0]["skip"] is not None


@pytest.mark.long
def test_so_can_the_notebooks_network(tmp_path: Path) -> None:
    """One member, inputs as they are, nothing calibrated; and it has a background too."""
    train(tmp_path, "notebook")
    store = ModelStore(tmp_path, "pass_fail")

    [member] = assert_gives_golden(store)

    assert [(entry["mean"], entry["shift"], entry["scale"]) for entry in member["inputs"]] == [(0, 0, 1)] * 2
    assert [(layer["activation"], len(layer["bias"])) for layer in member["hidden"]] == [("relu", 5)]
    assert member["skip"] is None
    assert member["calibration"] is None
    assert (store.path(1) / EXTRA / "background.json").is_file()


@pytest.mark.parametrize("schema", [SCHEMA, FREE], ids=["monotone", "free"])
@pytest.mark.parametrize(
    ("hidden_units", "activation", "skip"),
    [
        ((), "relu", False),
        ((3,), "relu", True),
        ((3, 2), "leaky_relu", True),
        ((3,), "tanh", False),
        ((2, 2), "sigmoid", True),
    ],
)
@pytest.mark.parametrize("picked", [True, False], ids=["wide", "side by side"])
def test_any_architecture_can_be_computed(
    tmp_path: Path, schema: FeatureSchema, hidden_units: tuple[int, ...], activation: str, skip: bool, picked: bool
) -> None:
    """Every activation, with and without skip, hidden layers, signs and mirrored units, in both layouts of weights."""
    generator = np.random.default_rng(0)
    codes = generator.integers(0, (2, 3), (40, 2))
    matrix = np.column_stack([codes[:, 0], generator.normal(5, 2, (40, 2)), codes[:, 1]]).astype(np.float32)
    matrix[::6, 0], matrix[::5, 1], matrix[::7, 3] = np.nan, np.nan, np.nan
    schema = schema.with_observed(matrix)
    config = TrainingConfig(hidden_units, activation, skip=skip, learning_rate=0.05, epochs=10, members=2)
    plan = GroupPlan(np.ones(40), (MemberPlan((1,)), MemberPlan((2,))))
    members = train_members(of_rows(matrix, (matrix[:, 2] > 5).astype(int), schema), [plan], config, seed=0)
    calibration = Calibration("platt", 0.7, 0.3)
    model = ensemble(pick_group(members, 0, schema, config) if picked else members, calibration)
    (tmp_path / EXTRA).mkdir()

    write_members(model, schema, calibration, tmp_path)

    columns = golden_columns(schema)
    answers = model(schema.encode(columns))
    probabilities, spreads = computed(tmp_path, columns)
    np.testing.assert_allclose(probabilities, answers["probability"], rtol=0, atol=1e-5)
    np.testing.assert_allclose(spreads, answers["spread"], rtol=0, atol=1e-5)
    assert np.ptp(probabilities) > 0.1
    assert np.ptp(spreads) > 1e-4
    assert [curve["feature"] for curve in documents(tmp_path)[0]["curves"]] == (["hours", "age"] if skip else [])


def test_numbers_are_the_shortest_that_give_the_same_float32(students: Path) -> None:
    """Compact JSON, as it goes over the wire."""
    content = (students / f"pass_fail/1/{MEMBERS}/1.json").read_bytes()

    numbers = np.array(json.loads(content)["hidden"][0]["kernel"])

    assert numbers.astype(np.float32).astype(str).tolist() == [[str(value) for value in row] for row in numbers]
    assert not set(content) & set(b" \n")


def test_too_large_a_member_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One weight more than a page takes, and no file is there."""
    matrix = np.array([[1.0], [2.0], [3.0], [4.0]], np.float32)
    schema = FeatureSchema((Number("hours"),))
    plan = GroupPlan(np.ones(4), (MemberPlan((1,)), MemberPlan((2,))))
    config = TrainingConfig(hidden_units=(2,), skip=False, epochs=1, members=2)
    model = ensemble(train_members(of_rows(matrix, np.array([0, 0, 1, 1]), schema), [plan], config, seed=0), None)
    (tmp_path / EXTRA).mkdir()

    monkeypatch.setattr("training.publishing.weights.MAX_WEIGHTS", 6)  # 2 + 2 of the hidden layer, 2 + 1 of the logit
    write_members(model, schema, None, tmp_path)
    assert not (tmp_path / MEMBERS).exists()

    monkeypatch.setattr("training.publishing.weights.MAX_WEIGHTS", 7)
    write_members(model, schema, None, tmp_path)
    assert len(documents(tmp_path)) == 2
