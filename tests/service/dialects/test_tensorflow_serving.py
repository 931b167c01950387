"""TensorFlow Serving's REST API: what its clients send is answered in its forms, by the same networks as `/predict`."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from tensorflow.core.framework.types_pb2 import DataType
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel
from werkzeug.test import TestResponse

from tests.support.stores import ODD, STUDENT

MODEL = "/v1/models/pass_fail"
STUDENTS: list[dict[str, float]] = [{**STUDENT}, {"study_hours": 2, "sleep_hours": 8.5}]
COLUMNS = {name: [student[name] for student in STUDENTS] for name in STUDENT}


def probabilities(client: FlaskClient, instances: list[Any]) -> list[float]:
    """What `/predict` answers."""
    document = client.post("/predict", json={"instances": instances}).json
    assert document is not None
    return [prediction["probability"] for prediction in document["predictions"]]


def error(response: TestResponse) -> str:
    """The text of an answer that is nothing but an error."""
    assert response.content_type == "application/json"
    assert response.json is not None
    assert response.json.keys() == {"error"}
    return str(response.json["error"])


@pytest.mark.parametrize("selection", ["", "/versions/1", "/labels/champion"])
def test_rows_and_columns_are_answered_as_predict_does(client: FlaskClient, selection: str) -> None:
    """Bare values, since there is one output."""
    rows = client.post(f"{MODEL}{selection}:predict", json={"instances": STUDENTS})
    columns = client.post(f"{MODEL}{selection}:predict", json={"inputs": COLUMNS})

    expected = probabilities(client, STUDENTS)
    assert rows.json == {"predictions": expected}
    assert columns.json == {"outputs": expected}


def test_columns_of_no_students_are_answered_with_none(client: FlaskClient) -> None:
    """As TensorFlow Serving does; each feature must be there all the same, and rows are at least one."""
    empty: dict[str, list[float]] = {name: [] for name in COLUMNS}

    answered = client.post(f"{MODEL}:predict", json={"inputs": empty})

    assert answered.json == {"outputs": []}
    for body, said in (
        ({"inputs": {"study_hours": []}}, "/sleep_hours is missing"),
        ({"inputs": empty | {"study_hours": [1]}}, "must have one value per student in every column"),
        ({"inputs": {}}, "/study_hours is missing"),
        ({"signature_name": "encoded", "inputs": {"encoded": []}}, "must be a list with an entry for each student"),
    ):
        assert said in error(client.post(f"{MODEL}:predict", json=body))


def test_the_content_type_does_not_matter(client: FlaskClient) -> None:
    """`curl -d` sends it as a form."""
    body = json.dumps({"signature_name": "serving_default", "instances": STUDENTS})

    response = client.post(f"{MODEL}:predict", data=body, content_type="application/x-www-form-urlencoded")

    assert response.json == {"predictions": probabilities(client, STUDENTS)}


def test_the_other_signatures_take_the_matrix(client: FlaskClient) -> None:
    """By rows, by columns, with the input's name or without; several outputs are objects."""
    matrix = [list(student.values()) for student in STUDENTS]
    expected = probabilities(client, STUDENTS)

    def ask(signature: str, **body: object) -> Any:
        return client.post(f"{MODEL}:predict", json={"signature_name": signature, **body}).json

    assert ask("encoded", instances=matrix) == {"predictions": expected}
    assert ask("encoded", instances=[{"encoded": row} for row in matrix]) == {"predictions": expected}
    assert ask("encoded", inputs=matrix) == ask("encoded", inputs={"encoded": matrix}) == {"outputs": expected}
    several = ask("encoded_with_spread", instances=matrix)["predictions"]
    assert [row["probability"] for row in several] == expected
    assert all(row.keys() == {"probability", "spread"} for row in several)
    assert ask("encoded_with_spread", inputs=matrix)["outputs"] == {
        "probability": expected,
        "spread": [row["spread"] for row in several],
    }


def test_odd_names_nulls_and_texts_come_in_either_form(odd_client: FlaskClient, odd: Path) -> None:
    """Display names or the signature's; null, or NaN and "" as the SavedModel has them; text in Base64."""
    safe = json.loads((odd / "odd/1/assets.extra/manifest.json").read_bytes())["safe_names"]
    student = ODD | {"Study hours/week": 4.5}
    in_graph = {safe[name]: value for name, value in ODD.items()} | {
        safe["class"]: "1",
        safe["Study hours/week"]: float("nan"),
        safe["school"]: {"b64": "THljw6ll"},
        safe["mood"]: "",
    }

    def ask(*instances: Any) -> Any:
        body = json.dumps({"instances": instances})
        return odd_client.post("/v1/models/odd:predict", data=body).json

    assert ask(ODD) == {"predictions": probabilities(odd_client, [ODD])}
    assert ask(in_graph) == ask(ODD)
    assert ask(student) == {"predictions": probabilities(odd_client, [student])} != ask(ODD)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "not JSON"),
        (b"[1]", "must be an object"),
        (b"{}", 'either "instances" or "inputs"'),
        ({"instances": STUDENTS, "inputs": COLUMNS}, 'either "instances" or "inputs"'),
        ({"instances": []}, "/instances must be a list"),
        ({"instances": {}}, "/instances must be a list"),
        ({"instances": [1]}, "/instances/0 must be an object"),
        ({"instances": [STUDENT, {"study_hours": 6}]}, "/instances/1 must be an object with one value per feature"),
        ({"instances": [{"study_hours": 6}]}, "/sleep_hours is missing"),
        ({"instances": [STUDENT | {"x/y": 1}]}, "/x~1y is not a feature"),
        ({"instances": [STUDENT | {"study_hours": "6"}]}, "/instances/0/study_hours must be a number from 0 to 24"),
        ({"instances": [STUDENT | {"study_hours": True}]}, "/instances/0/study_hours must be a number"),
        ({"instances": [STUDENT | {"study_hours": None}]}, "/instances/0/study_hours must be a number"),
        ({"instances": [STUDENT | {"study_hours": 24.0000001}]}, "/instances/0/study_hours must be a number"),
        ({"instances": [STUDENT | {"study_hours": [6]}]}, "/instances/0/study_hours must be a number"),
        (b'{"instances": [{"study_hours": 1, "sleep_hours": 1, "study_hours": 2}]}', "/instances/0 must be an object"),
        ({"inputs": [1, 2]}, "/inputs must be an object"),
        ({"inputs": COLUMNS | {"study_hours": 1}}, "/inputs/study_hours must be a list"),
        ({"inputs": COLUMNS | {"study_hours": [1]}}, "must have one value per student in every column"),
        ({"inputs": COLUMNS | {"study_hours": [1, -1]}}, "/inputs/study_hours/1 must be a number from 0 to 24"),
        ({"signature_name": "x", "instances": STUDENTS}, "signature key not found"),
        ({"signature_name": ["x"], "instances": STUDENTS}, "signature key not found"),
        ({"signature_name": "encoded", "instances": [[1]]}, "/instances/0 must be a list of 2 values"),
        ({"signature_name": "encoded", "instances": [[1, 99]]}, "/instances/0/1 must be a number from 0 to 24"),
    ],
)
def test_what_is_wrong_is_a_text_with_400(client: FlaskClient, body: object, said: str) -> None:
    """In TensorFlow Serving's form, with a pointer and never the value."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    response = client.post(f"{MODEL}:predict", data=data)

    assert response.status_code == 400
    assert said in error(response)


def test_limits_hold_here_too(client: FlaskClient) -> None:
    """The settings' own: 50 instances and 20,000 bytes in these tests."""
    many = client.post(f"{MODEL}:predict", json={"instances": STUDENTS * 26})
    long = client.post(f"{MODEL}:predict", data=b" " * 20_001)

    assert (many.status_code, long.status_code) == (413, 413)
    assert "at most 50 instances" in error(many)
    assert error(long)


@pytest.mark.parametrize("path", ["/v1/models/other", f"{MODEL}/versions/9", "/v1/nowhere"])
@pytest.mark.parametrize("suffix", ["", "/metadata", ":predict"])
def test_what_is_not_there_is_404(client: FlaskClient, path: str, suffix: str) -> None:
    """In words that TensorFlow Serving's clients know."""
    body: dict[str, Any] = {"json": {"instances": STUDENTS}} if suffix == ":predict" else {}

    response = client.open(f"{path}{suffix}", method="POST" if body else "GET", **body)

    assert response.status_code == 404
    assert error(response)


@pytest.mark.parametrize("path", [f"{MODEL}/labels/none", "/v1/models/other/labels/champion"])
@pytest.mark.parametrize("suffix", ["", "/metadata", ":predict", ":classify"])
def test_a_label_that_is_not_there_is_400(client: FlaskClient, path: str, suffix: str) -> None:
    """Unlike a version: to TensorFlow Serving it is a fault of the request."""
    method, body = ("POST", {"instances": STUDENTS}) if ":" in suffix else ("GET", None)

    response = client.open(f"{path}{suffix}", method=method, json=body)

    assert response.status_code == 400
    assert error(response) == f"Unrecognized servable version label: {path.rpartition('/')[2]}"


def test_its_address_of_the_metrics_is_known(client: FlaskClient) -> None:
    """What watches TensorFlow Serving need not be told another."""
    counts = client.get("/monitoring/prometheus/metrics")

    assert counts.status_code == 200
    assert counts.content_type == client.get("/metrics").content_type
    assert "\npassfail_instances_total " in counts.text


@pytest.mark.parametrize("selection", ["", "/versions/1", "/labels/champion"])
@pytest.mark.parametrize(("method", "kind"), [("classify", "classification"), ("regress", "regression")])
def test_methods_that_no_signature_has_are_400(client: FlaskClient, selection: str, method: str, kind: str) -> None:
    """In TensorFlow Serving's words, and with what to ask; of another model 404, as there."""
    examples = {"examples": STUDENTS}

    response = client.post(f"{MODEL}{selection}:{method}", json=examples)

    assert response.status_code == 400
    assert f"Expected {kind} signature method_name to be tensorflow/serving/{method}. Was: " in error(response)
    assert ":predict" in error(response)
    assert client.post(f"/v1/models/other:{method}", json=examples).status_code == 404


def test_status_and_metadata(client: FlaskClient) -> None:
    """As TensorFlow Serving words them; the doubled `signature_def` is real."""
    status = client.get(MODEL).json
    document = client.get(f"{MODEL}/metadata").json

    available = {"version": "1", "state": "AVAILABLE", "status": {"error_code": "OK", "error_message": ""}}
    assert status == {"model_version_status": [available]}
    assert client.get(f"{MODEL}/versions/1").json == client.get(f"{MODEL}/labels/champion").json == status
    assert document is not None
    assert document["model_spec"] == {"name": "pass_fail", "signature_name": "", "version": "1"}
    signatures = document["metadata"]["signature_def"]["signature_def"]
    assert signatures.keys() == {"serving_default", "encoded", "encoded_with_spread"}
    [size] = signatures["serving_default"]["inputs"]["study_hours"]["tensor_shape"]["dim"]
    assert size == {"size": "-1", "name": ""}
    assert signatures["serving_default"]["outputs"].keys() == {"probability"}
    assert signatures["serving_default"]["method_name"] == "tensorflow/serving/predict"


def test_the_documented_requests_are_answered(half_plus_three: FlaskClient) -> None:
    """Those of api_rest.md's example, byte for byte."""
    form = {"content_type": "application/x-www-form-urlencoded"}

    answer = half_plus_three.post("/v1/models/half_plus_three:predict", data='{"instances": [1.0,2.0,5.0]}', **form)
    status = half_plus_three.get("/v1/models/half_plus_three")
    missing = half_plus_three.post("/v1/models/half:predict", data='{"instances": [1.0,5.0]}', **form)

    expected = probabilities(half_plus_three, [{"x": 1.0}, {"x": 2.0}, {"x": 5.0}])
    assert answer.json == {"predictions": expected}
    assert half_plus_three.post("/v1/models/half_plus_three:predict", data='{"inputs": [1.0,2.0,5.0]}').json == {
        "outputs": expected
    }
    assert status.json is not None
    assert status.json["model_version_status"][0]["state"] == "AVAILABLE"
    assert missing.status_code == 404
    assert error(missing) == "Servable not found for request: Latest(half)"


def test_the_metadata_is_what_tensorflow_reads_in_the_file(
    client: FlaskClient, students: Path, odd_client: FlaskClient, odd: Path, half_plus_three: FlaskClient, toy: Path
) -> None:
    """Signatures, and of each tensor its name in the graph, its type and its shape."""
    for served, folder in (
        (client, students / "pass_fail"),
        (odd_client, odd / "odd"),
        (half_plus_three, toy / "half_plus_three"),
    ):
        document = served.get(f"/v1/models/{folder.name}/metadata").json

        assert document is not None
        [graph] = SavedModel.FromString((folder / "1/saved_model.pb").read_bytes()).meta_graphs
        assert document["metadata"]["signature_def"]["signature_def"] == {
            name: {
                "inputs": {key: tensor_of(info) for key, info in definition.inputs.items()},
                "outputs": {key: tensor_of(info) for key, info in definition.outputs.items()},
                "method_name": definition.method_name,
            }
            for name, definition in graph.signature_def.items()
            if definition.method_name  # loading has one of its own, which nobody calls
        }


def tensor_of(info: Any) -> dict[str, Any]:
    """A TensorInfo as JSON has it."""
    dim = [{"size": str(dim.size), "name": dim.name} for dim in info.tensor_shape.dim]
    shape = {"dim": dim, "unknown_rank": info.tensor_shape.unknown_rank}
    return {"dtype": DataType.Name(info.dtype), "tensor_shape": shape, "name": info.name}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"instances": [STUDENT | {"study_hours": {"b64": "é"}}]}, "/instances/0/study_hours must be a number"),
        ({"instances": [STUDENT | {"study_hours": ""}]}, "/instances/0/study_hours must be a number"),
        ({"inputs": {"\ud800": 1}}, "must be a list"),
        ({"inputs": {"x" * 3000: 1}}, "x… must be a list"),
        ({"instances": [1] * 51}, "at most 50 instances"),
        ({"instances": [STUDENT] * 51}, "at most 50 instances"),
        ({"signature_name": "encoded", "instances": [[1, 2]] * 51}, "at most 50 instances"),
        ({"inputs": {name: [1] * 51 for name in STUDENT}}, "at most 50 instances"),
        ('{"instances": [1], "instances": [2]}', "no key of the body may stand twice"),
        (
            '{"inputs": {"study_hours": [1], "study_hours": [2], "sleep_hours": [3]}}',
            "/inputs/study_hours must be given",
        ),
    ],
)
def test_hostile_bodies_are_refused(client: FlaskClient, body: object, said: str) -> None:
    """With the reason, shortened; none of them is the service's fault."""
    data = body if isinstance(body, str) else json.dumps(body)

    response = client.post(f"{MODEL}:predict", data=data)

    assert response.status_code in (400, 413)
    assert said in error(response)
    assert len(error(response)) < 1000


def test_nan_is_null_in_every_signature(odd_client: FlaskClient) -> None:
    """As in the SavedModel; and nothing said in a category is null."""
    row = [0, 0.5, None, 90, 1, 1, None]
    path = "/v1/models/odd:predict"

    def predicted(signature: str, instance: object) -> Any:
        body = json.dumps({"signature_name": signature, "instances": [instance]})
        return odd_client.post(path, data=body).json

    by_name = ODD | {"Study hours/week": None, "mood": None}
    expected = predicted("serving_default", by_name)
    assert "predictions" in expected
    assert predicted("serving_default", by_name | {"Study hours/week": float("nan"), "mood": ""}) == expected
    expected = predicted("encoded", row)
    assert "predictions" in expected
    assert predicted("encoded", [float("nan") if value is None else value for value in row]) == expected
