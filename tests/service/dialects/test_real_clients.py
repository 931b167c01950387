"""Clients that people use with Triton and KServe, against the running service; nothing but the host is changed."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.service.dialects.test_tensorflow_serving import COLUMNS, STUDENTS
from tests.support import ROOT
from tests.support.http import ask
from tests.support.processes import RunningService, Serve

# They live in an environment of their own, which `make test` sets up.
PYTHON = ROOT / ".venv/clients/bin/python"

TRITON = """
import json, sys
import numpy as np
from tritonclient.http import InferenceServerClient, InferInput, InferRequestedOutput
from tritonclient.utils import InferenceServerException

columns = json.loads(sys.argv[2])
client = InferenceServerClient(sys.argv[1].removeprefix("http://"))
assert client.is_server_live() and client.is_server_ready()
assert client.is_model_ready("pass_fail") and client.is_model_ready("pass_fail", "1")
assert not client.is_model_ready("other")
metadata = client.get_model_metadata("pass_fail")
config = client.get_model_config("pass_fail")
[entry] = client.get_model_repository_index()

def infer(binary, **more):
    inputs = []
    for tensor in metadata["inputs"]:
        values = np.array(columns[tensor["name"]], np.float64)
        inputs.append(InferInput(tensor["name"], list(values.shape), tensor["datatype"]))
        inputs[-1].set_data_from_numpy(values, binary_data=binary)
    result = client.infer("pass_fail", inputs, request_id="7", **more)
    labels = [label.decode() if isinstance(label, bytes) else label for label in result.as_numpy("label")]
    return {"probability": result.as_numpy("probability").tolist(), "label": labels}

def refused(ask, *arguments, **more):
    try:
        ask(*arguments, **more)
    except InferenceServerException as error:
        return error.message()

names = [output["name"] for output in metadata["outputs"]]
unknown = [InferInput("age", [1], "FP64").set_data_from_numpy(np.ones(1), binary_data=False)]
in_json = [InferRequestedOutput(name, binary_data=False) for name in names]
print(json.dumps({
    "server": client.get_server_metadata()["name"],
    "index": entry["state"],
    "in_json": infer(False, outputs=in_json),
    "in_bytes": infer(True),
    "in_gzip": infer(True, request_compression_algorithm="gzip", response_compression_algorithm="gzip"),
    "in_deflate": infer(False, request_compression_algorithm="deflate", response_compression_algorithm="deflate"),
    "configured": [one["name"] for one in config["input"]] == list(columns) and config["max_batch_size"],
    "refused": [
        refused(client.infer, "pass_fail", unknown),
        refused(infer, True, outputs=[InferRequestedOutput("label", class_count=2)]),
        refused(client.get_inference_statistics, "pass_fail"),
        refused(client.get_inference_statistics),
        refused(client.load_model, "pass_fail"),
        refused(client.unload_model, "pass_fail"),
        refused(client.register_system_shared_memory, "r", "/r", 64),
        refused(client.get_trace_settings, "pass_fail"),
        refused(client.update_log_settings, {"log_verbose_level": 1}),
    ],
}))
"""

KSERVE = """
import asyncio, json, sys
import numpy as np
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig

url, columns, students = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])

async def main():
    client = InferenceRESTClient(RESTConfig(protocol="v2"))
    found = {
        "live": await client.is_server_live(url),
        "ready": await client.is_server_ready(url),
        "model": await client.is_model_ready(url, "pass_fail"),
        "other": await client.is_model_ready(url, "other"),
    }
    for how, binary in (("in_json", False), ("in_bytes", True)):
        inputs = []
        for name, values in columns.items():
            inputs.append(InferInput(name, [len(values)], "FP64"))
            inputs[-1].set_data_from_numpy(np.array(values, np.float64), binary_data=binary)
        parameters = {"binary_data_output": True} if binary else None
        answer = await client.infer(url, InferRequest("pass_fail", inputs, parameters=parameters), "pass_fail")
        found[how] = {o.name: o.as_numpy().tolist() for o in answer.outputs if o.name == "probability"}
    v1 = InferenceRESTClient(RESTConfig(protocol="v1"))
    found["v1"] = await v1.infer(url, {"instances": students}, "pass_fail")
    print(json.dumps(found))

asyncio.run(main())
"""


def run_client(program: str, *arguments: str) -> Any:
    """Run a program in the clients' environment and read what it prints as JSON."""
    assert PYTHON.exists(), "make test sets up the clients' environment"
    done = subprocess.run([PYTHON, "-c", program, *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def expected_of() -> Callable[[RunningService], list[float]]:
    """What `/predict` answers."""

    def expected(service: RunningService) -> list[float]:
        predictions = ask(f"{service.url}/predict", {"instances": STUDENTS}).json["predictions"]
        return [prediction["probability"] for prediction in predictions]

    return expected


def test_tritons_client(serve: Serve, students: Path, expected_of: Callable[[RunningService], list[float]]) -> None:
    """Health, metadata, configuration, index, and inference in JSON, in bytes as it does by default, and compressed.

    What is not offered is refused in words, whatever of its methods asks.
    """
    with serve(students) as service:
        found = run_client(TRITON, service.url, json.dumps(COLUMNS))
        expected = expected_of(service)

    assert found["server"] == "passfail"
    assert found["index"] == "READY"
    for how in ("in_json", "in_bytes", "in_gzip", "in_deflate"):
        assert found[how]["probability"] == pytest.approx(expected, abs=1e-7)
        assert found[how]["label"] == ["pass" if probability > 0.5 else "fail" for probability in expected]
    assert found["configured"] == 10_000
    for text, said in zip(
        found["refused"],
        [
            "/age is not a feature",
            "/outputs/0/parameters/classification must not stand there",
            *["GET /metrics"] * 2,
            *["explicit model load / unload is not allowed"] * 2,
            "no shared memory",
            "not traced",
            "where the service is started",
        ],
        strict=True,
    ):
        assert said in text


def test_kserves_client(serve: Serve, students: Path, expected_of: Callable[[RunningService], list[float]]) -> None:
    """The SDK's inference client, over V2 and over V1, which is TensorFlow Serving's."""
    with serve(students) as service:
        found = run_client(KSERVE, service.url, json.dumps(COLUMNS), json.dumps(STUDENTS))
        expected = expected_of(service)

    assert (found["live"], found["ready"], found["model"], found["other"]) == (True, True, True, False)
    for how in ("in_json", "in_bytes"):
        assert found[how]["probability"] == pytest.approx(expected, abs=1e-7)
    assert found["v1"]["predictions"] == pytest.approx(expected, abs=1e-7)
