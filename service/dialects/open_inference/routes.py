"""The Open Inference Protocol V2 over HTTP, after kserve/open-inference-protocol's inference_rest.md."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from flask import Blueprint, Response, request

from registry.contract.features import Feature
from registry.store.manifest import Manifest
from registry.store.model_store import ENCODED
from service.context import Context
from service.dialects.open_inference import binary_tensors
from service.dialects.open_inference.binary_tensors import Output
from service.errors import FieldFault, InvalidInstances, NotParseable, VersionNotLoaded
from service.reading.ids import MAX_ID
from service.reading.instances import InstanceReader
from service.reading.json_text import parse_json, repeated
from service.server.lanes import Lane, lane
from service.versions.listing import list_versions
from service.versions.loaded_version import LoadedVersion
from service.versions.predictions import Predictions, answer_batch
from service.web import access, hosts
from service.web.bodies import answer, read_body
from service.web.lean_flask import refuse_if_stopping

PREFIX = "/v2"
DATATYPES = (*binary_tensors.DTYPES, "BYTES")
_OUTPUTS = {"probability": "FP32", "label": "BYTES", "decision": "BYTES", "spread": "FP32"}


def blueprint(context: Context) -> Blueprint:
    """The routes below `/v2`."""
    settings, versions, metrics = context
    routes = Blueprint("open_inference", __name__, url_prefix="/v2")

    def find(name: str, version: str | None) -> LoadedVersion:
        if name != settings.model:
            raise VersionNotLoaded(f"the model is called {settings.model}")
        return versions.find(version)

    @routes.get("")
    @lane(Lane.THREADS)
    def get_server() -> Response:
        return answer({"name": "passfail", "version": "2", "extensions": ["binary_tensor_data", "model_repository"]})

    @routes.get("/health/live")
    @access.open_to_all
    @hosts.for_any_host
    @lane(Lane.PROBE)
    def get_live() -> Response:
        return answer({"live": True})

    @routes.get("/health/ready")
    @access.open_to_all
    @hosts.for_any_host
    @lane(Lane.PROBE)
    def get_ready() -> Response:
        refuse_if_stopping()
        versions.find()
        return answer({"ready": True})

    @routes.post("/repository/index")
    @lane(Lane.THREADS)
    def post_index() -> Response:
        body = read_body(settings.max_body_bytes)
        wanted = parse_json(body) if body.strip() else {}
        if not isinstance(wanted, dict) or not isinstance(wanted.get("ready", False), bool):
            raise NotParseable('the body must be empty, or an object in which "ready" is true or false')
        only_ready = wanted.get("ready", False)
        states = {"serving": "READY", "loaded": "READY"}
        return answer(
            [
                {
                    "name": settings.model,
                    "version": str(entry["version"]),
                    "state": states.get(entry["state"], "UNAVAILABLE"),
                    "reason": entry["reason"] or ("" if entry["state"] in states else "not asked for"),
                }
                for entry in list_versions(versions.store, versions.snapshot)
                if entry["state"] in states or not only_ready
            ]
        )

    @lane(Lane.THREADS)
    def metadata(name: str, version: str | None = None) -> Response:
        return answer(_metadata(find(name, version), versions.snapshot.loaded))

    @lane(Lane.PROBE)
    def ready(name: str, version: str | None = None) -> Response:
        refuse_if_stopping()
        found = find(name, version)
        return answer({"name": name, "version": str(found.manifest.version), "ready": True})

    @lane(Lane.QUICK)
    def infer(name: str, version: str | None = None) -> Response:
        found = find(name, version)
        most = settings.max_instances * len(found.manifest.schema.names)
        length = request.headers.get(binary_tensors.LENGTH)
        asked = binary_tensors.read(read_body(settings.max_body_bytes), length, most)
        matrix = _read(asked, found)
        wanted = _wanted(asked, _output_names(found))
        predictions = answer_batch(found, matrix, metrics)
        document = {"model_name": name, "model_version": str(found.manifest.version)}
        if asked.get("id") is not None:
            document["id"] = asked["id"]
        values = _outputs(predictions, found.manifest)
        outputs = [Output(name, _OUTPUTS[name], values[name], binary) for name, binary in wanted]
        return binary_tensors.write(document, outputs)

    for selection in ("/models/<name>", "/models/<name>/versions/<version>"):
        routes.add_url_rule(selection, view_func=metadata, methods=["GET"])
        routes.add_url_rule(f"{selection}/ready", view_func=ready, methods=["GET"])
        routes.add_url_rule(f"{selection}/infer", view_func=infer, methods=["POST"])
    return routes


def _read(asked: Any, version: LoadedVersion) -> np.ndarray:
    """The input tensors, encoded: one for each feature, or the one matrix `encoded`."""
    inputs = asked.get("inputs") if isinstance(asked, dict) else None
    if not isinstance(inputs, list) or not inputs or not all(isinstance(tensor, dict) for tensor in inputs):
        raise NotParseable('the body must hold "inputs", a list of at least one tensor')
    if repeated(asked) or any(repeated(tensor) for tensor in inputs):
        raise NotParseable("no key may stand twice")
    name = asked.get("id")
    if name is not None and not (isinstance(name, str) and len(name) <= MAX_ID and name.isprintable()):
        raise NotParseable(f'"id" must be printable text of at most {MAX_ID} characters')
    num_features = len(version.manifest.schema.names)
    if len(inputs) > num_features + 100:
        raise InvalidInstances([FieldFault("/inputs", f"must be no more than {num_features} tensors")])
    if [tensor.get("name") for tensor in inputs] == [ENCODED] and ENCODED not in version.manifest.schema.names:
        values = _values(inputs[0], 0, num_features, version.reader)
        rows = [values[start : start + num_features] for start in range(0, len(values), num_features)]
        return version.reader.read_encoded(rows, lambda row: f"/inputs/0/data/{row}")
    columns: dict[str, list[Any]] = {}
    indices: dict[str, int] = {}
    for index, tensor in enumerate(inputs):
        name = tensor.get("name")
        if not isinstance(name, str) or name in columns:
            raise InvalidInstances([FieldFault(f"/inputs/{index}/name", "must be a text, another for each tensor")])
        columns[name], indices[name] = _values(tensor, index, 1, version.reader), index
    return version.reader.read_columns(columns, lambda name, row: f"/inputs/{indices[name]}/data/{row}")


def _values(tensor: Mapping[str, Any], index: int, width: int, reader: InstanceReader) -> list[Any]:
    """The values of a tensor of shape [N] or [N, 1], or [N, width], in row-major order.

    Numbers and texts are not told apart by the datatype: the feature contract does that, value by value.
    """
    shape, data, datatype = tensor.get("shape"), tensor.get("data"), tensor.get("datatype")
    if datatype not in DATATYPES:
        raise InvalidInstances([FieldFault(f"/inputs/{index}/datatype", f"must be one of {', '.join(DATATYPES)}")])
    if not isinstance(data, list):
        raise InvalidInstances([FieldFault(f"/inputs/{index}/data", "must be a list")])
    while data and all(isinstance(row, list) for row in data):
        data = [value for row in data for value in row]
    reader.check_count(len(data) // width)
    shapes = ([len(data) // width, width], *([[len(data)]] if width == 1 else []))
    if shape not in shapes or len(data) % width:
        expected = "[N] or [N, 1]" if width == 1 else f"[N, {width}]"
        raise InvalidInstances([FieldFault(f"/inputs/{index}/shape", f"must be {expected} with N students in data")])
    return data


def _wanted(asked: Any, names: Sequence[str]) -> list[tuple[str, bool]]:
    """The output tensors that are asked for, all that there are if none is, and whether each goes out as bytes.

    Raises:
        InvalidInstances: One is asked for that there is not.
    """
    binary = _parameter(asked, "binary_data_output") is True
    outputs = asked.get("outputs")
    if not isinstance(outputs, list | None):
        raise NotParseable('"outputs" must be a list of tensors')
    if not outputs:
        return [(name, binary) for name in names]
    wanted: list[tuple[str, bool]] = []
    for index, output in enumerate(outputs):
        name = output.get("name") if isinstance(output, dict) else None
        if not isinstance(name, str) or name not in names or len(wanted) == len(names):
            raise InvalidInstances([FieldFault(f"/outputs/{index}/name", f"must be one of {', '.join(names)}")])
        own = _parameter(output, "binary_data")
        wanted.append((name, binary if own is None else own is True))
    return wanted


def _output_names(version: LoadedVersion) -> list[str]:
    """The output tensors that a version has."""
    has = {"decision": version.sets is not None, "spread": version.has_spread}
    return [name for name in _OUTPUTS if has.get(name, True)]


def _outputs(predictions: Predictions, manifest: Manifest) -> dict[str, Any]:
    return {
        "probability": predictions.probabilities,
        "label": predictions.labels(manifest.schema.labels),
        "decision": predictions.decisions,
        "spread": predictions.spreads,
    }


def _parameter(holder: Mapping[str, Any], name: str) -> Any:
    parameters = holder.get("parameters")
    if parameters is None:
        return None
    if not isinstance(parameters, dict):
        raise NotParseable('"parameters" must be an object')
    return parameters.get(name)


def datatype(feature: Feature) -> str:
    """The datatype that a feature's tensor is said to have."""
    return {"float32": "FP64", "string": "BYTES"}[feature.dtype]


def _metadata(version: LoadedVersion, loaded: Iterable[int]) -> dict[str, Any]:
    """What goes in and what comes out, by the safe names of the SavedModel's signature."""
    schema = version.manifest.schema
    return {
        "name": version.manifest.name,
        "versions": [str(number) for number in sorted(loaded)],
        "platform": "tensorflow_savedmodel",
        "inputs": [
            {"name": name, "datatype": datatype(feature), "shape": [-1]}
            for name, feature in zip(schema.safe_names, schema.features, strict=True)
        ],
        "outputs": [{"name": name, "datatype": _OUTPUTS[name], "shape": [-1]} for name in _output_names(version)],
    }
