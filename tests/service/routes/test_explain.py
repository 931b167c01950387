"""`POST /explain`."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from registry.errors import BrokenVersion
from registry.store.model_store import BACKGROUND, ModelStore, VerifiedVersion
from service.errors import NotOffered
from service.reading.instances import Batch
from service.routes.explain import explain
from service.settings import Settings
from service.versions.loaded_version import load_version
from tests.support.http import ask, json_of
from tests.support.processes import Serve

STUDENT = {"study_hours": 6, "sleep_hours": 5}
ODD = {
    "class": "2",
    "self": 0.5,
    "Study hours/week": None,
    "Présence %": 40,
    "study hours-week": 3,
    "school": "Lycée",
    "mood": None,
    "student": "s7",
}


def test_contributions_add_up_to_the_probability(client: FlaskClient) -> None:
    """Less the base; and the probability is the one that /predict gives."""
    answer = json_of(client.post("/explain", json=STUDENT))
    [prediction] = json_of(client.post("/predict", json=STUDENT))["predictions"]

    assert answer["model"] == {"name": "pass_fail", "version": 1}
    assert answer["method"] == "exact"
    [explanation] = answer["explanations"]
    assert explanation.keys() == {"base", "probability", "contributions"}
    assert explanation["contributions"].keys() == STUDENT.keys()
    total = explanation["base"] + sum(explanation["contributions"].values())
    assert total == pytest.approx(explanation["probability"], abs=1e-9)
    assert explanation["probability"] == pytest.approx(prediction["probability"], abs=1e-6)


def test_many_students_with_categories_nulls_and_ids_are_explained(odd_client: FlaskClient) -> None:
    """In the order sent, all against one base, with the id that came."""
    instances = [ODD, ODD | {"class": "3", "student": "s8"}, {**ODD, "mood": "good", "Study hours/week": 30}]

    explanations = json_of(odd_client.post("/explain", json={"instances": instances}))["explanations"]

    assert [explanation["id"] for explanation in explanations] == ["s7", "s8", "s7"]
    assert len({explanation["base"] for explanation in explanations}) == 1
    predictions = json_of(odd_client.post("/predict", json={"instances": instances}))["predictions"]
    for explanation, prediction in zip(explanations, predictions, strict=True):
        assert explanation["contributions"].keys() == ODD.keys() - {"student"}
        added = sum(explanation["contributions"].values())
        assert added == pytest.approx(prediction["probability"] - explanation["base"], abs=1e-6)


def test_a_student_of_the_background_alone_would_have_nothing_to_explain(students: Path) -> None:
    """Held against themselves, no value adds anything."""
    version = load_version(ModelStore(students, "pass_fail").read(1), Settings())
    assert version.explainer is not None
    alone = type(version.explainer)(version.explainer._background[:1], np.ones(1))

    found = alone.explain(version.engine, version.explainer._background[:1])

    assert found.values == pytest.approx(0, abs=1e-7)


def test_a_table_is_explained_row_by_row(client: FlaskClient) -> None:
    """As /predict takes it."""
    answer = json_of(client.post("/explain", data="study_hours,sleep_hours\n6,5\n1,8\n", content_type="text/csv"))

    assert len(answer["explanations"]) == 2
    assert answer["explanations"][0]["contributions"]["study_hours"] > 0
    assert answer["explanations"][1]["contributions"]["study_hours"] < 0


@pytest.mark.parametrize(
    ("path", "body", "status", "detail"),
    [
        ("/explain", {"study_hours": 25, "sleep_hours": 5}, 422, "1 field(s) are at fault"),
        ("/explain?version=7", STUDENT, 404, "that version is not loaded; loaded: 1"),
        ("/explain", {"instances": [STUDENT] * 51}, 413, "at most 50 instances are taken in one request"),
    ],
)
def test_what_is_refused_is_refused_as_by_predict(
    client: FlaskClient, path: str, body: object, status: int, detail: str
) -> None:
    """Faults, versions that are not there, too many."""
    response = client.post(path, json=body)

    assert (response.status_code, json_of(response)["detail"]) == (status, detail)


def test_more_than_a_hundred_are_too_many(odd_client: FlaskClient) -> None:
    """Each of them is some ten thousand answers."""
    response = odd_client.post("/explain", json={"instances": [ODD] * 101})

    assert response.status_code == 413
    assert json_of(response)["detail"] == "at most 100 students are explained in one request to this version"


def test_a_version_of_an_earlier_release_is_served_but_not_explained(students: Path) -> None:
    """It has no background; it says what to do."""
    read = ModelStore(students, "pass_fail").read(1)
    files = {path: content for path, content in read.files.items() if path != BACKGROUND}
    version = load_version(VerifiedVersion(read.manifest, files), Settings())

    with pytest.raises(NotOffered, match="version 1 keeps nothing to explain against: an earlier release published it"):
        explain(version, Batch(np.ones((1, 2), np.float32), None, str))


def test_a_version_with_a_background_that_is_none_is_refused(students: Path) -> None:
    """Before it serves."""
    read = ModelStore(students, "pass_fail").read(1)
    document = json.loads(read.files[BACKGROUND])
    document["weights"] = [1.0] * len(document["weights"])
    broken = replace(read, files={**read.files, BACKGROUND: json.dumps(document).encode()})

    with pytest.raises(BrokenVersion, match=r"background\.json can't be used"):
        load_version(broken, Settings())


def test_no_row_of_training_is_in_the_background(students: Path) -> None:
    """At least five students are behind each instance."""
    document = json.loads(ModelStore(students, "pass_fail").read(1).files[BACKGROUND])

    assert min(document["num_students"]) >= 5
    assert sum(document["num_students"]) == 15


def test_of_many_features_the_values_are_estimated_and_say_how_closely(serve: Serve, wide: Path) -> None:
    """Thirty, of a real version: they add up all the same, and asked again they are the same."""
    names = [f"x{place}" for place in range(30)]
    rows = np.random.default_rng(0).normal(size=(3, 30)).round(2).tolist()
    instances = [dict(zip(names, row, strict=True)) for row in rows]
    with serve(wide, SERVICE_MODEL="wide") as service:
        answer = ask(f"{service.url}/explain", {"instances": instances}).json
        again = ask(f"{service.url}/explain", instances[1]).json
        predictions = ask(f"{service.url}/predict", {"instances": instances}).json["predictions"]

    assert answer["method"] == "sampled"
    for explanation, prediction in zip(answer["explanations"], predictions, strict=True):
        added = sum(explanation["contributions"].values())
        assert added == pytest.approx(prediction["probability"] - explanation["base"], abs=1e-6)
        assert explanation["standard_errors"].keys() == explanation["contributions"].keys() == set(names)
        assert 0 < max(explanation["standard_errors"].values()) < 0.05
    assert again["explanations"][0]["contributions"] == pytest.approx(
        answer["explanations"][1]["contributions"], abs=1e-6
    )
