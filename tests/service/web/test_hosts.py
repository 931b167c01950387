"""Without keys, the service is answered by the names that are its own: a page that was led here has another."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.settings import Settings
from service.web.api_keys import make_key
from tests.support.stores import STUDENT


@pytest.fixture(scope="module")
def named(students: Path) -> FlaskClient:
    """A client of a service with names."""
    return create_app(Settings(models_dir=students, allowed_hosts=("service", ".school.example"))).test_client()


def status(client: FlaskClient, host: str | None, path: str = "/model") -> int:
    """What a request for a host is answered; None sends no such header."""
    return client.get(path, environ_overrides={} if host is None else {"HTTP_HOST": host}).status_code


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1:8000",
            "10.1.2.3",
            "[::1]:8000",
            "[fe80::1%eth0]",
            "localhost",
            "LOCALHOST.:8000",
            "app.localhost",
        ),
        *("", "service:8000", "Service", "school.example", "a.b.school.example.:443"),
    ],
)
def test_an_own_name_is_answered(named: FlaskClient, host: str) -> None:
    """Every address, every name of this machine alone, and those that are listed; old clients send none."""
    assert status(named, host) == 200


@pytest.mark.parametrize(
    "host",
    [
        *("rebound.example", "127.0.0.1.rebound.example", "localhost.rebound.example", "xlocalhost", "xschool.example"),
        *("x.service", "[::1", "::1", "service:x", "user@service", "service:80:80", "[service]", "a" * 9000, "\xff"),
    ],
)
def test_another_name_is_not(named: FlaskClient, host: str) -> None:
    """It is told what to set, in the form of the dialect, and the name is not repeated."""
    refused = named.post("/predict", json=STUDENT, environ_overrides={"HTTP_HOST": host})
    in_dialect = named.get("/v1/models/pass_fail", environ_overrides={"HTTP_HOST": host})

    assert refused.status_code == in_dialect.status_code == 421
    assert "SERVICE_ALLOWED_HOSTS" in refused.text
    assert in_dialect.json is not None
    assert in_dialect.json.keys() == {"error"}
    assert len(refused.data) < 400


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/v2/health/live", "/v2/health/ready", "/metrics"])
def test_a_probe_is_answered_by_any_name(named: FlaskClient, path: str) -> None:
    """Orchestrators and Prometheus have their own for it."""
    assert status(named, "pod-7.internal", path) == 200


def test_by_which_names_can_be_left_open(students: Path, tmp_path: Path) -> None:
    """By the setting, and with keys, which a page that was led here does not have."""
    key, line = make_key("app")
    (tmp_path / "keys").write_text(line)
    open_to_any = create_app(Settings(models_dir=students, allowed_hosts=("*",))).test_client()
    locked = create_app(Settings(models_dir=students, api_keys_file=tmp_path / "keys")).test_client()
    elsewhere = {"HTTP_HOST": "school.example"}

    assert status(open_to_any, "school.example") == 200
    assert status(locked, "school.example") == 401
    assert locked.get("/model", headers={"X-API-Key": key}, environ_overrides=elsewhere).status_code == 200
