"""Many models over HTTP: below `/models/NAME`, in both dialects, listed, and held to keys."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from registry.store.model_store import ModelStore
from service.app import create_app
from service.routes.models import MOST_LISTED
from service.server.lanes import Lane
from service.settings import Settings
from service.web.api_keys import make_key
from tests.support.http import Answer, ask, eventually, json_of
from tests.support.processes import RunningService, Serve
from tests.support.stores import ODD, STUDENT, once, publish

V2 = {"inputs": [{"name": name, "shape": [1], "datatype": "FP64", "data": [value]} for name, value in STUDENT.items()]}


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, students: Path, odd: Path) -> Path:
    """A folder of stores: `pass_fail`, `odd` of another schema, and some more. Not to be written to."""

    def make(folder: Path) -> None:
        for name in ("pass_fail", "maths-a", "maths-b"):
            publish(ModelStore(folder, name), students / "pass_fail/1", name=name)
        publish(ModelStore(folder, "odd"), odd / "odd/1")

    return once(tmp_path_factory, "many", make)


@pytest.fixture(scope="module")
def client(many: Path) -> FlaskClient:
    """A client of the service with all of them, and `pass_fail` by default."""
    return create_app(Settings(models_dir=many, models=("*",))).test_client()


def test_each_model_answers_below_its_name(client: FlaskClient) -> None:
    """After its own schema; whoever names none is answered by the default one."""
    for name in ("pass_fail", "maths-a"):
        for route in ("predict", "explain", "recourse"):
            answer = client.post(f"/models/{name}/{route}", json=STUDENT)
            assert json_of(answer)["model"] == {"name": name, "version": 1}, route
        table = client.post(f"/models/{name}/score", data="study_hours,sleep_hours\n6,5\n", content_type="text/csv")
        assert json_of(table)["model"]["name"] == json_of(client.get(f"/models/{name}/model"))["name"] == name
        assert json_of(client.get(f"/models/{name}/model/versions"))["name"] == name
        assert client.get(f"/models/{name}/model/versions/1/report").text.startswith("<!")
        assert json_of(client.get(f"/models/{name}/openapi.json"))["info"]["title"] == f"passfail: {name}"
    assert json_of(client.post("/models/odd/predict", json=ODD))["model"]["name"] == "odd"
    assert client.post("/models/odd/predict", json=STUDENT).status_code == 422
    assert json_of(client.post("/predict", json=STUDENT))["model"]["name"] == "pass_fail"


def test_both_dialects_find_a_model_by_its_name(client: FlaskClient) -> None:
    """Each with its own errors for one that there is not."""
    predicted = json_of(client.post("/v1/models/maths-a:predict", json={"instances": [STUDENT]}))
    status = json_of(client.get("/v1/models/maths-a/labels/champion"))
    infer = json_of(client.post("/v2/models/maths-b/infer", json=V2))

    assert predicted["predictions"] == [pytest.approx(0.66, abs=0.1)]
    assert status["model_version_status"][0]["state"] == "AVAILABLE"
    assert infer["model_name"] == "maths-b"
    assert json_of(client.get("/v2/models/odd"))["name"] == "odd"
    assert json_of(client.get("/v2/models/maths-a/ready")) == {"name": "maths-a", "version": "1", "ready": True}
    missing = client.post("/v1/models/maths-z:predict", json={"instances": [STUDENT]})
    assert (missing.status_code, json_of(missing)) == (
        404,
        {"error": "Servable not found for request: Latest(maths-z)"},
    )
    assert client.post("/v2/models/maths-z/infer", json=V2).status_code == 404
    assert client.get("/v2/models/maths-z/ready").status_code == 404


def test_the_index_of_the_repository_has_every_model(many: Path) -> None:
    """What is loaded with its versions, what is not without."""
    client = create_app(Settings(models_dir=many, models=("*",), max_loaded=1)).test_client()
    client.get("/v2/models/maths-a")

    listed = json_of(client.post("/v2/repository/index"))
    ready = json_of(client.post("/v2/repository/index", json={"ready": True}))

    assert {(entry["name"], entry["version"], entry["state"]) for entry in listed} == {
        ("pass_fail", "1", "READY"),
        ("maths-a", "1", "READY"),
        ("maths-b", "", "UNAVAILABLE"),
        ("odd", "", "UNAVAILABLE"),
    }
    assert {entry["name"] for entry in ready} == {"pass_fail", "maths-a"}


def test_models_are_listed_some_at_a_time(tmp_path: Path, client: FlaskClient) -> None:
    """By name, each once; with none left there is nothing to go on with."""
    names = sorted(f"m{number}" for number in range(MOST_LISTED + 5))
    for name in names:
        (tmp_path / name).mkdir()
    large = create_app(Settings(models_dir=tmp_path, model="", models=("m*",))).test_client()

    first = json_of(large.get("/models"))
    second = json_of(large.get("/models", query_string={"after": first["next_after"]}))
    all_of_few = json_of(client.get("/models"))

    assert [entry["name"] for entry in (*first["models"], *second["models"])] == names
    assert (len(first["models"]), second["next_after"]) == (MOST_LISTED, None)
    assert [entry["name"] for entry in all_of_few["models"]] == ["maths-a", "maths-b", "odd", "pass_fail"]
    assert all_of_few["next_after"] is None


def test_without_a_default_model_one_must_be_named(many: Path) -> None:
    """In words; the service is ready all the same, and describes what there is without one."""
    client = create_app(Settings(models_dir=many, model="", models=("maths-*",))).test_client()

    answer = client.post("/predict", json=STUDENT)

    assert answer.status_code == client.get("/model").status_code == 404
    assert (
        json_of(answer)["detail"]
        == "no model answers here: name one, as in /models/NAME/predict; GET /models lists them"
    )
    assert json_of(client.get("/readyz")) == {"status": "ready"}
    assert client.get("/v2/health/ready").status_code == 200
    paths = json_of(client.get("/openapi.json"))["paths"].keys()
    assert {"/models", "/models/{name}/openapi.json", "/readyz", "/metrics"} < paths
    assert "/predict" not in paths
    assert client.post("/models/maths-b/predict", json=STUDENT).status_code == 200
    assert client.post("/models/pass_fail/predict", json=STUDENT).status_code == 404


def test_one_model_is_asked_by_its_name_too(students: Path) -> None:
    """Without a setting for more; no other is served."""
    app = create_app(Settings(models_dir=students))
    client = app.test_client()

    assert json_of(client.post("/models/pass_fail/predict", json=STUDENT))["model"]["version"] == 1
    assert client.post("/models/other/predict", json=STUDENT).status_code == 404
    assert [entry["name"] for entry in json_of(client.get("/models"))["models"]] == ["pass_fail"]


def test_what_is_not_loaded_is_not_loaded_by_the_loop(many: Path) -> None:
    """Neither for a probe, which would be answered there whatever it takes; what is at hand goes its way."""
    app = create_app(Settings(models_dir=many, models=("*",)))

    def admit(method: str, path: str) -> tuple[Lane, bool]:
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path}
        return app.admit(environ), app.must_load(environ)

    assert app.may_load
    assert admit("POST", "/models/maths-a/predict") == (Lane.QUICK, True)
    assert admit("GET", "/v2/models/maths-a/ready") == (Lane.THREADS, True)
    assert admit("POST", "/models/pass_fail/predict") == (Lane.QUICK, False)
    assert admit("POST", "/predict") == (Lane.QUICK, False)
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/v1/models/maths-a:predict"}
    app.admit(environ)
    app.load(environ)
    assert not app.must_load(environ)
    assert admit("POST", "/models/maths-a/explain") == (Lane.TURNS, False)
    assert admit("GET", "/v2/models/maths-a/ready") == (Lane.PROBE, False)
    missing = {"REQUEST_METHOD": "POST", "PATH_INFO": "/models/maths-z/predict"}
    app.admit(missing)
    assert app.must_load(missing)
    app.load(missing)
    assert admit("POST", "/models/maths-z/predict") == (Lane.QUICK, False)  # which is known, for a moment


def test_who_asks_for_methods_loads_no_model(many: Path) -> None:
    """OPTIONS needs no key, and is answered in the loop: it tells the same whether there is a model or not."""
    app = create_app(Settings(models_dir=many, models=("*",)))

    methods = [app.test_client().options(f"/models/{name}/predict").headers["Allow"] for name in ("maths-a", "no")]

    assert methods[0] == methods[1]
    assert app.may_load
    assert app.models is not None
    assert app.models.must_load("maths-a", None)


def test_what_was_let_go_of_before_its_answer_is_said_to_be(many: Path) -> None:
    """Where a worker holds few models, one that was loaded for a request may make way before that is answered."""
    app = create_app(Settings(models_dir=many, models=("*",), max_loaded=1))
    first, second = ({"REQUEST_METHOD": "GET", "PATH_INFO": f"/v2/models/{name}"} for name in ("maths-a", "odd"))
    for environ in (first, second):
        app.admit(environ)
        app.load(environ)

    assert app.must_load(first)
    assert not app.must_load(second)


@pytest.fixture
def of_two(serve: Serve, many: Path) -> Iterator[RunningService]:
    """A worker that holds one model beside the default one."""
    with serve(many, SERVICE_MODELS="*", SERVICE_MAX_LOADED="1") as service:
        yield service


def test_models_come_and_go_in_a_running_service(of_two: RunningService) -> None:
    """Each answers for itself whenever it is asked; counts and log name it, and of what is gone say no more."""
    answered = [
        ask(f"{of_two.url}/models/{name}/predict", ODD if name == "odd" else STUDENT).json["model"]["name"]
        for name in ("maths-a", "odd", "maths-b", "pass_fail") * 3
    ]
    ready = ask(f"{of_two.url}/v2/models/maths-a/ready")
    missing = ask(f"{of_two.url}/models/maths-z/predict", STUDENT)
    counts = eventually(lambda: (now := ask(f"{of_two.url}/metrics").body.decode()).count('"odd"') >= 3 and now)

    assert answered == ["maths-a", "odd", "maths-b", "pass_fail"] * 3
    assert (ready.status, missing.status) == (200, 404)
    serving = [line for line in counts.splitlines() if line.startswith("passfail_serving_version{")]
    assert sorted(line.partition('model="')[2].partition('"')[0] for line in serving) == ["maths-a", "pass_fail"]
    assert 'passfail_predictions_total{label="pass",model="maths-b",version="1"} 3.0' in counts
    lines = list(map(json.loads, of_two.log.read_text().splitlines()))
    assert {line["model"] for line in lines if line["message"] == "serving version 1"} == {
        "maths-a",
        "maths-b",
        "odd",
        "pass_fail",
    }
    assert [
        line["model"] for line in lines if line.get("route") == "/models/<name>/predict" and line["status"] == 200
    ] == (answered)


def test_a_key_is_held_to_models(serve: Serve, many: Path, tmp_path: Path) -> None:
    """In every dialect and list; another is forbidden, whether there is one or not, and so is what tells of all."""
    (held, held_line), (free, free_line) = make_key("maths", "maths-*,history"), make_key("operator")
    (tmp_path / "keys").write_text(f"{held_line}\n{free_line}\n")

    def send(path: str, body: object = None, key: str = held) -> Answer:
        return ask(f"{service.url}{path}", body, Authorization=f"Bearer {key}")

    with serve(many, SERVICE_MODELS="*", SERVICE_API_KEYS_FILE=str(tmp_path / "keys")) as service:
        allowed = [
            send("/models/maths-a/predict", STUDENT),
            send("/models/maths-b/model/versions"),
            send("/v1/models/maths-a:predict", {"instances": [STUDENT]}),
            send("/v2/models/maths-b/infer", V2),
            send("/v2/models/maths-b/ready"),
            send("/v2"),
        ]
        forbidden = [
            send("/predict", STUDENT),
            send("/model"),
            send("/openapi.json"),
            send("/models/odd/predict", ODD),
            send("/models/nowhere/predict", STUDENT),
            send("/models/nowhere/model/versions/1/report"),
            send("/v1/models/odd:predict", {"instances": [ODD]}),
            send("/v1/models/odd/labels/champion"),
            send("/v2/models/odd/infer", V2),
            send("/v2/models/odd/ready"),
            send("/metrics"),
            send("/monitoring/prometheus/metrics"),
        ]
        missing = send("/models/history/model")
        listed = send("/models").json["models"]
        indexed = send("/v2/repository/index", b"").json
        by_operator = [send(path, key=free) for path in ("/metrics", "/models/odd/model", "/model")]
        all_listed = send("/models", key=free).json["models"]

    assert [answer.status for answer in allowed] == [200] * len(allowed)
    assert [answer.status for answer in forbidden] == [403] * len(forbidden)
    assert forbidden[4].json["detail"] == "the key is for other models; GET /models lists them"
    assert forbidden[6].json == {"error": "the key is for other models; GET /models lists them"}
    assert missing.status == 404
    assert [entry["name"] for entry in listed] == ["maths-a", "maths-b"]
    assert {entry["name"] for entry in indexed} == {"maths-a", "maths-b"}
    assert [answer.status for answer in by_operator] == [200] * 3
    assert len(all_listed) == 4
