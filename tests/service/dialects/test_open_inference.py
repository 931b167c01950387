"""The Open Inference Protocol V2: tensors in JSON and behind it, answered by the same networks as `/predict`."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.store.model_store import ModelStore
from service.app import create_app
from service.dialects.open_inference.binary_tensors import read_raw
from service.settings import Settings
from tests.service.dialects.test_tensorflow_serving import COLUMNS, STUDENTS, error, probabilities
from tests.support.http import json_of
from tests.support.stores import ODD, publish

MODEL = "/v2/models/pass_fail"
LENGTH = "Inference-Header-Content-Length"


def tensor(name: str, data: Any, datatype: str = "FP64", shape: Any = None) -> dict[str, Any]:
    return {"name": name, "shape": [len(data)] if shape is None else shape, "datatype": datatype, "data": data}


def infer(client: FlaskClient, *inputs: Any, path: str = MODEL, **more: object) -> TestResponse:
    return client.post(f"{path}/infer", json={"inputs": inputs, **more})


TENSORS = [tensor(name, column) for name, column in COLUMNS.items()]


def outputs(response: TestResponse) -> dict[str, Any]:
    """Name → data of an answer in JSON."""
    assert response.status_code == 200, response.text
    assert response.json is not None
    for output in response.json["outputs"]:
        assert output["shape"] == [len(output["data"])]
    return {output["name"]: output["data"] for output in response.json["outputs"]}


@pytest.mark.parametrize("selection", ["", "/versions/1", "/versions/champion"])
def test_one_tensor_for_each_feature(client: FlaskClient, selection: str) -> None:
    """The answer has the model, the version, the id that came, and every output."""
    response = infer(client, *TENSORS, path=MODEL + selection, id="42", parameters={"mine": 1})

    document = response.json
    assert document is not None
    assert (document["model_name"], document["model_version"], document["id"]) == ("pass_fail", "1", "42")
    answered = outputs(response)
    assert answered.keys() == {"probability", "label", "spread"}
    assert answered["probability"] == probabilities(client, STUDENTS)
    assert [output["datatype"] for output in document["outputs"]] == ["FP32", "BYTES", "FP32"]


@pytest.mark.parametrize("given", ["", "a" * 5000, "tab\t, line\n, nothing\0 and \u202e", "Zoë \U0001f600"])
def test_any_text_is_an_id(client: FlaskClient, given: str) -> None:
    """It goes back as it came, and nowhere else."""
    document = infer(client, *TENSORS, id=given).json

    assert document is not None
    assert document["id"] == given


def test_only_the_outputs_that_are_asked_for(client: FlaskClient) -> None:
    """In the order asked."""
    asked = infer(client, *TENSORS, outputs=[{"name": "label"}, {"name": "probability"}])
    unknown = infer(client, *TENSORS, outputs=[{"name": "logit"}])

    assert list(outputs(asked)) == ["label", "probability"]
    assert unknown.status_code == 400
    assert "/outputs/0/name must be one of probability, label, spread" in error(unknown)


def test_shapes_of_one_column_and_nested_data_are_the_same(client: FlaskClient) -> None:
    """[N] and [N, 1], flat or nested; and the whole matrix as `encoded`."""
    expected = probabilities(client, STUDENTS)
    columns = [tensor(name, [[value] for value in column], "FP32", [2, 1]) for name, column in COLUMNS.items()]
    flat = [value for student in STUDENTS for value in student.values()]

    for inputs in (
        columns,
        [tensor("encoded", flat, "FP32", [2, 2])],
        [tensor("encoded", [flat[:2], flat[2:]], "FP32", [2, 2])],
    ):
        assert outputs(infer(client, *inputs))["probability"] == expected


def test_odd_names_categories_and_nulls(odd_client: FlaskClient, odd: Path) -> None:
    """Display names or the signature's; texts are BYTES; null where a feature may be null."""
    manifest = json.loads((odd / "odd/1/assets.extra/manifest.json").read_bytes())
    shown = [tensor(name, [value], "BYTES" if isinstance(value, str) else "FP64") for name, value in ODD.items()]
    safe = [one | {"name": manifest["safe_names"][one["name"]]} for one in shown]
    vocabulary = {feature["name"]: feature.get("vocabulary") for feature in manifest["schema"]["features"]}
    codes = [
        vocabulary[name].index(str(value)) if vocabulary[name] and value is not None else value
        for name, value in ODD.items()
    ]
    expected = probabilities(odd_client, [ODD])

    path = "/v2/models/odd"
    assert outputs(infer(odd_client, *shown, path=path))["probability"] == expected
    assert outputs(infer(odd_client, *safe, path=path))["probability"] == expected
    encoded = tensor("encoded", codes, "FP64", [1, len(codes)])
    answered = outputs(infer(odd_client, encoded, path=path))
    assert answered["probability"] == expected
    assert answered["decision"][0] in ("not yet", "passed", "uncertain")


def test_codes_that_there_are_not_are_refused(odd_client: FlaskClient) -> None:
    """A category's code is a whole number within its vocabulary."""
    for place, code in ((0, 3), (0, -1), (0, 0.5), (5, True), (5, "Lycée")):
        codes: list[Any] = [0, 0.5, None, 90, 1, 1, None]
        codes[place] = code

        response = infer(odd_client, tensor("encoded", codes, "FP64", [1, 7]), path="/v2/models/odd")

        assert response.status_code == 400
        assert f"/inputs/0/data/0/{place} must be one of" in error(response)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ([], 'must hold "inputs"'),
        ([1], 'must hold "inputs"'),
        ([{}], "/inputs/0/name must be a text"),
        ([tensor("study_hours", [1]), tensor("study_hours", [1])], "/inputs/1/name must be a text, another for each"),
        ([tensor("study_hours", [1])], "/sleep_hours is missing"),
        ([*TENSORS, tensor("age", [1, 2])], "/age is not a feature"),
        ([tensor("study_hours", [1], "FP8"), TENSORS[1]], "/inputs/0/datatype must be one of"),
        ([tensor("study_hours", [1, 2], shape=[3]), TENSORS[1]], "/inputs/0/shape must be [N] or [N, 1]"),
        ([tensor("study_hours", [1, 2], shape="2"), TENSORS[1]], "/inputs/0/shape must be"),
        ([{"name": "study_hours", "shape": [1], "datatype": "FP32"}, TENSORS[1]], "/inputs/0/data must be a list"),
        ([tensor("study_hours", [1, 25]), TENSORS[1]], "/inputs/0/data/1 must be a number from 0 to 24"),
        ([TENSORS[0], tensor("sleep_hours", [1, "2"])], "/inputs/1/data/1 must be a number from 0 to 24"),
        ([TENSORS[0], tensor("sleep_hours", [1, True], "BOOL")], "/inputs/1/data/1 must be a number"),
        ([TENSORS[0], tensor("sleep_hours", [1])], "must have one value per student in every column"),
        ([tensor("study_hours", []), tensor("sleep_hours", [])], "at least one student"),
        ([tensor("encoded", [1, 2, 3], shape=[1, 2])], "/inputs/0/shape must be [N, 2]"),
        ([tensor("encoded", [], shape=[0, 2])], "must hold at least one student"),
        (
            [TENSORS[0], TENSORS[1] | {"parameters": {"shared_memory_region": "r"}}],
            "/inputs/1/parameters/shared_memory_region must not stand there: there is no shared memory",
        ),
    ],
)
def test_what_is_wrong_is_a_text_with_400(client: FlaskClient, inputs: list[Any], said: str) -> None:
    """In the protocol's form, with a pointer and never the value."""
    response = infer(client, *inputs)

    assert response.status_code == 400
    assert said in error(response)


@pytest.mark.parametrize("path", ["/v2/models/other", f"{MODEL}/versions/9", f"{MODEL}/versions/none", "/v2/nowhere"])
@pytest.mark.parametrize("suffix", ["", "/config", "/ready", "/infer"])
def test_what_is_not_there_is_404(client: FlaskClient, path: str, suffix: str) -> None:
    """Another model, another version, another route."""
    response = infer(client, *TENSORS, path=path) if suffix == "/infer" else client.get(path + suffix)

    assert response.status_code == 404
    assert error(response)


def test_health_metadata_and_index(client: FlaskClient) -> None:
    """What clients look at before they ask."""
    server, model = client.get("/v2").json, client.get(MODEL).json

    assert server is not None
    assert server["name"] == "passfail"
    assert "binary_tensor_data" in server["extensions"]
    assert client.get("/v2/health/live").json == {"live": True}
    assert client.get("/v2/health/ready").json == {"ready": True}
    assert client.get(f"{MODEL}/ready").status_code == 200
    assert model is not None
    assert (model["name"], model["versions"]) == ("pass_fail", ["1"])
    assert model["inputs"] == [{"name": name, "datatype": "FP64", "shape": [-1]} for name in COLUMNS]
    assert [output["name"] for output in model["outputs"]] == ["probability", "label", "spread"]
    index = [{"name": "pass_fail", "version": "1", "state": "READY", "reason": ""}]
    assert client.post("/v2/repository/index").json == client.post("/v2/repository/index", json={"ready": True}).json
    assert client.post("/v2/repository/index").json == index


def test_the_index_has_what_was_to_be_loaded(students_copy: Path) -> None:
    """Of the highest number PyTriton's client thinks that it must be ready: after a rollback it would not ask."""
    store = ModelStore(students_copy, "pass_fail")
    publish(store, store.path(1))
    store.rollback("the new one warns too often")
    client = create_app(Settings(models_dir=students_copy)).test_client()

    assert store.versions() == [1, 2]
    index = [{"name": "pass_fail", "version": "1", "state": "READY", "reason": ""}]
    assert client.post("/v2/repository/index").json == index


@pytest.mark.parametrize("selection", ["", "/versions/1"])
def test_the_model_configuration_names_the_same_tensors(odd_client: FlaskClient, selection: str) -> None:
    """As Triton's clients read it: a value for each student, of so many students."""
    path = f"/v2/models/odd{selection}"
    config, model = json_of(odd_client.get(f"{path}/config")), json_of(odd_client.get(path))

    assert (config["name"], config["platform"], config["backend"]) == ("odd", model["platform"], "tensorflow")
    assert config["max_batch_size"] == 10_000
    for key in ("input", "output"):
        assert [
            (one["name"], one["data_type"].removeprefix("TYPE_").replace("STRING", "BYTES")) for one in config[key]
        ] == [(one["name"], one["datatype"]) for one in model[f"{key}s"]]
        assert all((one["dims"], one["reshape"]) == ([1], {"shape": []}) for one in config[key])
    assert "model_configuration" in json_of(odd_client.get("/v2"))["extensions"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/v2/models/stats", "GET /metrics"),
        (f"{MODEL}/stats", "GET /metrics"),
        (f"{MODEL}/versions/1/stats", "GET /metrics"),
        ("/v2/systemsharedmemory/status", "no shared memory"),
        ("/v2/systemsharedmemory/region/r/register", "no shared memory"),
        ("/v2/cudasharedmemory/region/r/unregister", "no shared memory"),
        ("/v2/trace/setting", "not traced"),
        (f"{MODEL}/trace/setting", "not traced"),
        ("/v2/logging", "where the service is started"),
    ],
)
def test_what_triton_has_beyond_is_404_in_words(client: FlaskClient, path: str, said: str) -> None:
    """So that who misses it knows where to look."""
    response = client.get(path)

    assert response.status_code == 404
    assert said in error(response)


def test_loading_is_refused_as_under_tritons_polling(client: FlaskClient) -> None:
    """In its words and with its status, but without asking to come again."""
    for change in ("load", "unload"):
        response = client.post(f"/v2/repository/models/pass_fail/{change}", json={})

        assert response.status_code == 503
        assert error(response) == "explicit model load / unload is not allowed if polling is enabled"
        assert "Retry-After" not in response.headers


def raw(client: FlaskClient, path: str, body: bytes) -> TestResponse:
    """Infer with the bytes of the only input and nothing else."""
    return client.post(f"{path}/infer", data=body, headers={LENGTH: "0", "Content-Type": "application/octet-stream"})


def test_the_only_input_comes_as_bytes_alone(half_plus_three: FlaskClient) -> None:
    """Of the datatype that the metadata has; every output goes out as bytes."""
    path = "/v2/models/half_plus_three"
    students = np.array([1.0, 2.0, 5.0])

    answered = raw(half_plus_three, path, students.astype("<f8").tobytes())

    head = int(answered.headers[LENGTH])
    document = json.loads(answered.data[:head])
    sizes = [output["parameters"]["binary_data_size"] for output in document["outputs"]]
    assert sizes[0] == 12
    assert sum(sizes) == len(answered.data) - head
    expected = probabilities(half_plus_three, [{"x": x} for x in students])
    assert np.frombuffer(answered.data[head : head + 12], "<f4").tolist() == np.array(expected, np.float32).tolist()
    for body, said in ((b"\0" * 12, "not of its datatype"), (b"", "at least one student")):
        assert raw(half_plus_three, path, body).status_code == 400
        assert said in error(raw(half_plus_three, path, body))


def test_a_text_comes_as_its_bytes_alone() -> None:
    """Without the length that stands before each of several."""
    [tensor] = read_raw("Lycée".encode(), {"school": "BYTES"}, 10)["inputs"]

    assert tensor == {"name": "school", "shape": [1], "datatype": "BYTES", "data": ["Lycée"]}


def test_bytes_alone_are_of_one_input(client: FlaskClient) -> None:
    """Of two nobody could tell which."""
    response = raw(client, MODEL, bytes(16))

    assert response.status_code == 400
    assert error(response) == "a body of bytes alone is for models of one input, and this one has 2"


def binary(client: FlaskClient, inputs: dict[str, tuple[str, bytes, int]], **more: object) -> TestResponse:
    """Infer with tensors behind the JSON: name → datatype, bytes, number of values."""
    document = {
        "inputs": [
            {"name": name, "shape": [num], "datatype": kind, "parameters": {"binary_data_size": len(data)}}
            for name, (kind, data, num) in inputs.items()
        ],
        **more,
    }
    head = orjson.dumps(document)
    body = head + b"".join(data for _, data, _ in inputs.values())
    return client.post(f"{MODEL}/infer", data=body, headers={LENGTH: str(len(head))})


@pytest.mark.parametrize(("datatype", "dtype"), [("FP16", "<f2"), ("FP32", "<f4"), ("FP64", "<f8")])
def test_tensors_come_as_bytes_too(client: FlaskClient, datatype: str, dtype: str) -> None:
    """And go out as bytes where that is asked for, of one output or of all."""
    inputs = {name: (datatype, np.array(column, dtype).tobytes(), 2) for name, column in COLUMNS.items()}
    expected = probabilities(client, STUDENTS)

    in_json = binary(client, inputs)
    as_bytes = binary(client, inputs, parameters={"binary_data_output": True}, outputs=[{"name": "probability"}])
    mixed = binary(
        client,
        inputs,
        outputs=[{"name": "label", "parameters": {"binary_data": True}}, {"name": "probability"}],
    )

    assert outputs(in_json)["probability"] == expected
    head = int(as_bytes.headers[LENGTH])
    assert as_bytes.content_type == "application/octet-stream"
    assert np.frombuffer(as_bytes.data[head:], "<f4").tolist() == np.array(expected, np.float32).tolist()
    head = int(mixed.headers[LENGTH])
    assert json.loads(mixed.data[:head])["outputs"][1]["data"] == expected
    assert mixed.data[head:] == b"".join(b"\4\0\0\0" + label.encode() for label in outputs(in_json)["label"])


def test_a_bound_is_no_fault_for_having_32_bits(client: FlaskClient) -> None:
    """24.1 is not 24.1 in 32 bits, but is beyond 24; 24 itself is within."""
    for value, status in ((24.0, 200), (24.1, 400), (float("nan"), 400)):
        data = np.array([value], "<f4").tobytes()
        assert binary(client, {name: ("FP32", data, 1) for name in COLUMNS}).status_code == status


@pytest.mark.parametrize(
    ("kind", "data", "num", "said"),
    [
        ("FP32", b"\0" * 3, 1, "not of its datatype"),
        ("FP8", b"\0" * 4, 1, "not of its datatype"),
        ("BYTES", b"\5\0\0\0abc", 1, "not of its datatype"),
        ("BYTES", b"\1\0\0", 1, "not of its datatype"),
        ("BYTES", b"\1\0\0\0\xff", 1, "not of its datatype"),
        ("BYTES", b"\1\0\0\0a", 1, "must be a number"),
        ("FP32", b"\0" * 8, 1, "shape"),
    ],
)
def test_bytes_that_are_wrong_are_400(client: FlaskClient, kind: str, data: bytes, num: int, said: str) -> None:
    """Whatever follows the JSON is data from outside."""
    response = binary(client, {name: (kind, data, num) for name in COLUMNS})

    assert response.status_code == 400
    assert said in error(response)


@pytest.mark.parametrize("length", ["-1", "x", "999999", "1e3", "٣", "3"])
def test_a_length_that_is_none_is_400(client: FlaskClient, length: str) -> None:
    """Or that does not lie within the body."""
    response = client.post(f"{MODEL}/infer", data=b'{"inputs":[]}', headers={LENGTH: length})

    assert response.status_code == 400
    assert error(response)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"id": "\ud800"}, '"id" must be a text'),
        ({"id": 7}, '"id" must be a text'),
        ({"outputs": {}}, '"outputs" must be a list'),
        ({"outputs": [{"name": "logit"}]}, "/outputs/0/name must be one of"),
        ({"outputs": [{"name": "label"}] * 4}, "/outputs/3/name must be one of"),
        ({"parameters": [1]}, '"parameters" must be an object'),
        ({"outputs": [{"name": "label", "parameters": {"classification": 2}}]}, "/classification must not stand there"),
        (
            {"outputs": [{"name": "label", "parameters": {"shared_memory_region": "r", "shared_memory_byte_size": 4}}]},
            "/outputs/0/parameters/shared_memory_region must not stand there: there is no shared memory",
        ),
    ],
)
def test_what_is_refused_is_not_counted_as_answered(client: FlaskClient, more: dict[str, Any], said: str) -> None:
    """Everything is checked before the network is asked."""

    def num_answered() -> str:
        return client.get("/metrics").text.partition("\npassfail_instances_total ")[2].partition("\n")[0]

    before = num_answered()
    response = infer(client, *TENSORS, **more)

    assert response.status_code == 400
    assert said in error(response)
    assert num_answered() == before != ""


@pytest.mark.parametrize("datatype", ["INT8", "FP16", "BYTES"])
def test_too_many_values_in_bytes_are_refused(client: FlaskClient, datatype: str) -> None:
    """Before anything is made of them."""
    size = {"INT8": 1, "FP16": 2, "BYTES": 4}[datatype] * 2000
    head = json.dumps(
        {"inputs": [tensor("encoded", None, datatype, [1000, 2]) | {"parameters": {"binary_data_size": size}}]}
    ).encode()

    response = client.post(f"{MODEL}/infer", data=head + bytes(size), headers={LENGTH: str(len(head))})

    assert response.status_code == 413
    assert "more values" in error(response)


def test_a_category_in_bytes_may_be_null(odd_client: FlaskClient) -> None:
    """Nothing at all is null there, as in the SavedModel."""

    def probability(mood: object) -> Any:
        tensors = [
            tensor(name, [value], "BYTES" if isinstance(value, str) or name == "mood" else "FP64")
            for name, value in (ODD | {"mood": mood}).items()
        ]
        return outputs(infer(odd_client, *tensors, path="/v2/models/odd"))["probability"]

    assert probability("") == probability(None)
