"""What one request may ask of a network: so many rows, and nothing once its client has left."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from registry.store.model_store import ModelStore
from service.app import create_app
from service.engines.budget import NUM_ROWS, Budget, BudgetSpent, MeteredEngine
from service.errors import ClientHasLeft
from service.reasons.actionable_features import ActionableFeatures
from service.reasons.counterfactuals import Target, find_counterfactuals
from service.server.connection import REQUEST
from service.settings import Settings
from service.versions.loaded_version import load_version
from tests.support.http import json_of
from tests.support.stores import make_wide


def test_an_engine_answers_as_long_as_there_is_a_budget(students: Path) -> None:
    """A part of it is not gone beyond, and what it leaves the others have."""
    engine = load_version(ModelStore(students, "pass_fail").read(1), Settings()).engine
    rows = np.ones((10, 2), np.float32)
    budget = Budget({}, 100)
    first, second = MeteredEngine(engine, budget, 2), MeteredEngine(engine, budget)

    assert first(rows).probabilities.tolist() == engine(rows).probabilities.tolist()
    for _ in range(4):
        first(rows)
    with pytest.raises(BudgetSpent):
        first(rows[:1])
    second(rows.repeat(5, axis=0))
    with pytest.raises(BudgetSpent):
        second(rows)

    assert (first.is_spent, second.is_spent, budget.num_rows) == (True, True, 0)


def test_work_for_a_client_that_has_left_stops_at_its_next_step(students: Path) -> None:
    """Whatever is left of the budget."""
    engine = load_version(ModelStore(students, "pass_fail").read(1), Settings()).engine
    request = SimpleNamespace(has_left=False)
    metered = MeteredEngine(engine, Budget({REQUEST: request}))

    metered(np.ones((1, 2), np.float32))
    request.has_left = True

    with pytest.raises(ClientHasLeft):
        metered(np.ones((1, 2), np.float32))


def test_a_search_that_is_cut_short_gives_what_it_has_found(students: Path) -> None:
    """Whatever is found reaches the target; more rows never find less."""
    version = load_version(ModelStore(students, "pass_fail").read(1), Settings())
    weak = np.array([2.0, 5.0], np.float32)
    features = ActionableFeatures(version.manifest.schema, weak)
    found = []
    for num_rows in (0, 10, 1_000, 5_000, 50_000):
        engine = MeteredEngine(version.engine, Budget({}, num_rows))
        rows = find_counterfactuals(engine, features, Target(0.55, is_above=False)).reaching
        assert len(rows) == 0 or (version.engine(rows).probabilities > 0.54).all()
        found.append((len(rows), engine.is_spent))

    assert found[0] == (0, True)
    assert not found[-1][1]
    assert found[-1][0] > 0
    assert found == sorted(found, key=lambda each: each[0])


def test_more_students_than_the_budget_explains_are_too_many(tmp_path: Path) -> None:
    """The answer says how many would fit, and so does the description; that many are explained."""
    client = create_app(Settings(models_dir=make_wide(tmp_path, 12), model="wide")).test_client()
    student = {f"x{number}": 0.5 for number in range(12)}
    described = json_of(client.get("/openapi.json"))["paths"]["/explain"]["post"]["description"]

    refused = client.post("/explain", json={"instances": [student] * 100})
    most = int(json_of(refused)["detail"].split()[2])
    answered = client.post("/explain", json={"instances": [student] * most})
    beyond = client.post("/explain", json={"instances": [student] * (most + 1)})

    assert (refused.status_code, answered.status_code, beyond.status_code) == (413, 200, 413)
    assert f"at most {most} students" in described.lower()
    assert f"{NUM_ROWS:,} rows" in described
    assert NUM_ROWS / 2 < most * 2**12 * 20 <= NUM_ROWS or most * 2**12 < NUM_ROWS


def test_recourse_is_what_was_found_by_then(wide: Path) -> None:
    """Of many features twenty students take more than there is: each has had a share, and each answer says so."""
    client = create_app(Settings(models_dir=wide, model="wide")).test_client()
    student = {f"x{number}": -0.5 for number in range(30)}

    one = client.post("/recourse?target_probability=0.9", json=student)
    many = client.post("/recourse?target_probability=0.9", json={"instances": [student] * 20})

    assert (one.status_code, many.status_code) == (200, 200)
    [alone] = json_of(one)["recourse"]
    assert "is_partial" not in alone
    partial = [found for found in json_of(many)["recourse"] if found.get("is_partial")]
    assert len(partial) > 10
    for found in json_of(many)["recourse"]:
        assert found["options"] or found["reason"] in ("none found in time", "none within bounds")
