"""The other routes, and the one error shape on every route."""

import json
import logging
from http import HTTPStatus

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.errors import InvalidInstances, RequestError
from service.web import problems


def test_model_tells_what_serves_and_why(client: FlaskClient, engine: str) -> None:
    """Name, version, engine with its reason, the manifest, every version."""
    document = client.get("/model").json

    assert document is not None
    assert document.keys() == {"name", "version", "engine", "manifest", "typical", "versions"}
    assert document["typical"].keys() == {"study_hours", "sleep_hours"}
    assert (document["name"], document["version"]) == ("pass_fail", 1)
    assert document["engine"]["name"] == engine
    assert document["engine"]["why"]
    assert document["manifest"]["gate"]["verdict"] == "insufficient_data"
    assert document["versions"] == [{"version": 1, "state": "serving", "aliases": ["champion"], "reason": None}]


def test_the_probes_answer(client: FlaskClient) -> None:
    """Alive, and ready with a version."""
    assert client.get("/livez").json == {"status": "alive"}
    assert client.get("/readyz").json == {"status": "ready", "version": 1}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/predict", 405), ("PUT", "/model", 405), ("POST", "/livez", 405), ("GET", "/nowhere", 404)],
)
def test_a_wrong_path_or_method_is_a_problem(client: FlaskClient, method: str, path: str, status: int) -> None:
    """In the same form as every other error; 405 says what is allowed."""
    response = client.open(path, method=method)

    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert response.json is not None
    assert response.json.keys() == {"type", "title", "status", "detail", "request_id"}
    assert ("Allow" in response.headers) == (status == 405)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_route_redirects(client: FlaskClient, method: str) -> None:
    """Behind a proxy that speaks TLS it would lead to plain http, and take key and students along."""
    for rule in client.application.url_map.iter_rules():
        path = rule.rule.replace("<", "").replace(">", "")
        for variant in (f"/{path}", path.replace("/", "//"), f"{path}/", f"{path}//", f"/.{path}"):
            overrides = {"PATH_INFO": variant}
            with client.open(
                environ_overrides=overrides, method=method, data=b"{}", content_type="application/json"
            ) as answer:
                assert answer.status_code not in range(300, 400), variant
                assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("abc-1.2_X", True),
        ("Root=1-67891233-abcdef012345678912345678/a+b:c@d=", True),  # as gateways make them
        ("x" * 128, True),
        ("x" * 129, False),
        *((f"abcdefgh{character}", False) for character in ' "\\,;<\u00e9'),
        ("", False),
    ],
)
def test_a_request_is_named(client: FlaskClient, given: str, taken: bool) -> None:
    """By the caller's name if it is well-formed, else by a new one; the same in header and body."""
    response = client.get("/nowhere", headers={"X-Request-ID": given})

    name = response.headers["X-Request-ID"]
    assert (name == given) == taken
    assert len(name) > 8
    assert response.json is not None
    assert response.json["request_id"] == name


def test_every_error_of_a_request_has_a_status() -> None:
    """One table maps class to status; a class that is missing there would be a 500."""
    assert set(RequestError.__subclasses__()) == set(problems.STATUS)


def test_a_bug_is_a_500_without_internals(caplog: pytest.LogCaptureFixture) -> None:
    """The log has the traceback, the answer has not."""
    app = Flask(__name__)
    problems.register(app, {})

    @app.get("/bug")
    def bug() -> str:
        raise KeyError("secret")

    with caplog.at_level(logging.ERROR):
        response = app.test_client().get("/bug")

    assert response.status_code == 500
    assert "secret" not in response.text
    assert "KeyError" not in response.text
    assert "KeyError: 'secret'" in caplog.text


def test_all_faults_of_a_request_are_one_document() -> None:
    """The shape of RFC 9457 with what this project adds."""
    app = Flask(__name__)
    problems.register(app, {})

    @app.get("/")
    def faulty() -> str:
        raise InvalidInstances([])

    document = json.loads(app.test_client().get("/").data)

    assert document == {
        "type": "about:blank",
        "title": HTTPStatus(422).phrase,  # Python 3.13 has a new one
        "status": 422,
        "detail": "0 field(s) are at fault",
        "request_id": None,
        "errors": [],
        "num_errors": 0,
    }


@pytest.mark.parametrize(
    "path",
    ["/predict", "/v1/models/pass_fail:predict", "/v2/models/pass_fail/infer", "/v2/repository/index"],
)
@pytest.mark.parametrize("level", ["[", '{"instances":', '{"inputs":'])
def test_what_is_nested_without_end_is_refused(client: FlaskClient, path: str, level: str) -> None:
    """On every route that takes JSON, with what is wrong."""
    response = client.post(path, data=level * 1300, content_type="application/json")

    assert response.status_code == 400
    assert "nested too deeply" in response.text
