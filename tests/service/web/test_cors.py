"""Pages of other sites may ask the service where their origin is named, and nowhere else."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.settings import Settings
from service.web.api_keys import make_key
from tests.support.stores import STUDENT

OURS, OTHERS = "https://school.example", "https://other.example"
ASKING = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,x-api-key"}


@pytest.fixture(scope="module")
def client(students: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of a service with an origin, a key that nobody here has, and small limits."""
    keys = tmp_path_factory.mktemp("keys") / "keys"
    keys.write_text(make_key("app")[1])
    settings = Settings(models_dir=students, api_keys_file=keys, cors_origins=(OURS,), max_body_bytes=100)
    return create_app(settings).test_client()


@pytest.mark.parametrize("path", ["/predict", "/v1/models/pass_fail:predict", "/v2/models/pass_fail/infer", "/score"])
def test_a_browser_that_asks_before_the_request_is_told(client: FlaskClient, path: str) -> None:
    """Without a key, which it does not send then."""
    answer = client.options(path, headers={"Origin": OURS, **ASKING})

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == OURS
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert {"content-type", "x-api-key", "authorization"} <= set(
        answer.headers["Access-Control-Allow-Headers"].split(", ")
    )
    assert int(answer.headers["Access-Control-Max-Age"]) > 0
    assert answer.headers["Vary"] == "Origin"


def test_every_answer_can_be_read(client: FlaskClient) -> None:
    """Errors too: else its script could not say what is wrong."""
    for answer, status in (
        (client.get("/livez", headers={"Origin": OURS}), 200),
        (client.post("/predict", json=STUDENT, headers={"Origin": OURS}), 401),
        (client.get("/nowhere", headers={"Origin": OURS}), 404),
    ):
        assert answer.status_code == status
        assert answer.headers["Access-Control-Allow-Origin"] == OURS
        assert "X-Request-ID" in answer.headers["Access-Control-Expose-Headers"]
        assert "Access-Control-Allow-Headers" not in answer.headers
        assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize("origin", [OTHERS, "null", f"{OURS}:444", f"{OURS}.other.example", f"{OURS},{OURS}", None])
def test_an_origin_that_is_not_named_is_not_let_in(client: FlaskClient, origin: str | None) -> None:
    """No header says so, and caches keep both apart."""
    given = {} if origin is None else {"Origin": origin}
    for answer in (client.get("/livez", headers=given), client.options("/predict", headers={**given, **ASKING})):
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
        assert answer.headers["Vary"] == "Origin"


def test_by_default_no_origin_is_named(students: Path) -> None:
    """A question for other sites is answered like any other."""
    client = create_app(Settings(models_dir=students)).test_client()

    answer = client.options("/predict", headers={"Origin": OURS, **ASKING})

    assert answer.status_code == 200
    assert not [name for name, _ in answer.headers if name.startswith(("Access-Control", "Vary"))]
