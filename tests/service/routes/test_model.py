"""`/model/versions`: what every version is, and what it holds for people and for the page."""

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from registry.store.model_store import CURVES, EXTRA, MODEL_CARD, REPORT
from tests.support.http import json_of


def test_every_version_is_listed_with_its_figures(client: FlaskClient, students: Path) -> None:
    """As its manifest has them, beside what the service has made of it."""
    manifest = json.loads((students / "pass_fail/1" / EXTRA / "manifest.json").read_text())

    document = json_of(client.get("/model/versions"))

    assert document["name"] == "pass_fail"
    [entry] = document["versions"]
    assert (entry["version"], entry["state"], entry["aliases"], entry["reason"]) == (1, "serving", ["champion"], None)
    assert (entry["created"], entry["verdict"]) == (manifest["created"], "insufficient_data")
    assert entry["advice"] == manifest["gate"]["advice"]["headline"]
    assert entry["use"] == manifest["gate"]["advice"]["use"] == "no"
    assert entry["advice"].startswith("Do not use this network to judge anyone: 15 students")
    assert entry["num_students"] == 15
    assert (entry["labels"], entry["threshold"]) == (["fail", "pass"], 0.5)
    assert entry["evaluation"] == {name: manifest["evaluation"][name] for name in ("model", "baselines")}


@pytest.mark.parametrize(
    ("name", "path", "media_type"),
    [
        ("report", REPORT, "text/html; charset=utf-8"),
        ("model-card", MODEL_CARD, "text/markdown; charset=utf-8"),
        ("training", CURVES, "application/json"),
        ("members/8", f"{EXTRA}/members/8.json", "application/json"),
    ],
)
def test_a_file_is_given_as_it_was_published(
    client: FlaskClient, students: Path, name: str, path: str, media_type: str
) -> None:
    """To the byte; a report may show its own style and pictures, and run nothing."""
    response = client.get(f"/model/versions/1/{name}")

    assert response.status_code == 200
    assert response.content_type == media_type
    assert response.data == (students / "pass_fail/1" / path).read_bytes()
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert ("style-src" in policy) == (name == "report")
    assert "script" not in policy
    assert {"form-action 'none'", "sandbox"} <= {*policy.split("; ")} or name != "report"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/model/versions/2/report", "'pass_fail' has no version 2"),
        ("/model/versions/0/report", "'pass_fail' has no version 0"),
        ("/model/versions/1/members/9", "version 1 does not have that"),
        ("/model/versions/1/members/0", "version 1 does not have that"),
    ],
)
def test_what_is_not_there_is_missed_in_words(client: FlaskClient, path: str, detail: str) -> None:
    """A version, or a member."""
    response = client.get(path)

    assert (response.status_code, json_of(response)["detail"]) == (404, detail)


@pytest.mark.parametrize(
    "path", ["/model/versions/1/manifest", "/model/versions/-1/report", "/model/versions/x/report"]
)
def test_nothing_else_of_a_version_is_given(client: FlaskClient, path: str) -> None:
    """No path leads to another file."""
    assert client.get(path).status_code == 404
