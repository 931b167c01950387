"""The Open Inference Protocol V2 over HTTP, after kserve/open-inference-protocol's inference_rest.md."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import numpy as np
from flask import Blueprint, Response, request

from registry.store.manifest import Manifest
from registry.store.model_store import ENCODED
from service.context import Context
from service.dialects.errors import to_error
from service.dialects.open_inference import binary_tensors
from service.dialects.open_inference.binary_tensors import Output
from service.dialects.open_inference.metadata import DATATYPES, inputs_of, metadata, model_config, outputs_of
from service.errors import FieldFault, InvalidInstances, NotOffered, NotParseable
from service.reading.instances import InstanceReader
from service.reading.json_text import check_values, parse_json, repeated
from service.server.lanes import Lane, lane
from service.versions.listing import list_versions
from service.versions.loaded_version import LoadedVersion
from service.versions.predictions import Predictions, answer_batch
from service.web import access, hosts
from service.web.bodies import answer, read_body
from service.web.lean_flask import by_version, refuse_if_stopping

PREFIX = "/v2"
_EXTENSIONS = ["binary_tensor_data", "model_configuration", "model_repository"]
_NO_STATISTICS = "no statistics are kept by model; GET /metrics has what is counted and timed, for Prometheus"
_NO_SHARED_MEMORY = "there is no shared memory; tensors come in the body and go out in the answer"
_NO_TRACES = "requests are not traced; each has a line in the log, and X-Request-ID in its answer"
_AT_FIRST_USE = {"state": "UNAVAILABLE", "reason": "not loaded; it is when it is first asked"}
_SHARED_MEMORY = "shared_memory_region"
# What Triton has beyond these extensions, and why not here.
_NOT_OFFERED = {
    "/models/<name>/stats": _NO_STATISTICS,
    "/models/<name>/versions/<version>/stats": _NO_STATISTICS,
    "/systemsharedmemory/<path:rest>": _NO_SHARED_MEMORY,
    "/cudasharedmemory/<path:rest>": _NO_SHARED_MEMORY,
    "/models/<name>/trace/setting": _NO_TRACES,
    "/trace/setting": _NO_TRACES,
    "/logging": "how much is logged is set where the service is started",
}


def blueprint(context: Context) -> Blueprint:
    """The routes below `/v2`."""
    settings, models, metrics = context
    routes = Blueprint("open_inference", __name__, url_prefix="/v2")

    @routes.get("")
    @access.of_no_model
    @lane(Lane.THREADS)
    def get_server() -> Response:
        return answer({"name": "passfail", "version": "2", "extensions": _EXTENSIONS})

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
        models.check_ready()
        return answer({"ready": True})

    @routes.post("/repository/index")
    @access.of_no_model
    @lane(Lane.THREADS)
    def post_index() -> Response:
        body = read_body(settings.max_body_bytes)
        check_values(body, 1000)
        wanted = parse_json(body) if body.strip() else {}
        if not isinstance(wanted, dict) or not isinstance(wanted.get("ready", False), bool):
            raise NotParseable('the body must be empty, or an object in which "ready" is true or false')
        only_ready = wanted.get("ready", False)
        states = {"serving": "READY", "loaded": "READY"}
        loaded = {name: versions for name, versions in models.loaded().items() if access.may_ask(name)}
        listed = [
            {
                "name": name,
                "version": str(entry["version"]),
                "state": states.get(entry["state"], "UNAVAILABLE"),
                "reason": entry["reason"] or "",
            }
            for name, versions in loaded.items()
            for entry in list_versions(versions.snapshot)
            # What is in the store alone is left out as Triton does: of the highest number that is listed, clients
            # think that it must be ready.
            if entry["state"] in states or (entry["state"] == "refused" and not only_ready)
        ]
        others = [] if only_ready else [name for name in models.names() if name not in loaded and access.may_ask(name)]
        return answer([*listed, *({"name": name, "version": "", **_AT_FIRST_USE} for name in others)])

    @lane(Lane.THREADS)
    def refuse(**_: str) -> Response:
        raise NotOffered(_NOT_OFFERED[str(request.url_rule).removeprefix(PREFIX)])

    @lane(Lane.THREADS)
    def refuse_to_load(name: str) -> Response:
        # Versions go by the store's aliases; in Triton's words, which its clients know, and its status.
        text = "explicit model load / unload is not allowed if polling is enabled"
        return to_error(HTTPStatus.SERVICE_UNAVAILABLE, text, {})

    @by_version
    @lane(Lane.THREADS)
    def get_metadata(name: str, version: str | None = None) -> Response:
        if name == "stats" and not settings.serves(name):  # Triton's statistics of all models
            raise NotOffered(_NO_STATISTICS)
        found = models.find(name, version)
        return answer(metadata(found, models.of(name).snapshot.loaded))

    @by_version
    @lane(Lane.THREADS)
    def get_config(name: str, version: str | None = None) -> Response:
        return answer(model_config(models.find(name, version), settings.max_instances))

    @by_version
    @hosts.for_any_host
    @lane(Lane.PROBE)
    def ready(name: str, version: str | None = None) -> Response:
        refuse_if_stopping()
        found = models.find(name, version)
        return answer({"name": name, "version": str(found.manifest.version), "ready": True})

    @by_version
    @lane(Lane.QUICK)
    def infer(name: str, version: str | None = None) -> Response:
        found = models.find(name, version)
        most = settings.max_instances * len(found.manifest.schema.names)
        length = request.headers.get(binary_tensors.LENGTH)
        body = read_body(settings.max_body_bytes)
        if length == "0":
            asked: Any = binary_tensors.read_raw(body, inputs_of(found), most)
        else:
            asked = binary_tensors.read(body, length, most, found.reader.parse_json)
        matrix = _read(asked, found)
        wanted = _wanted(asked, outputs_of(found))
        predictions = answer_batch(found, matrix, metrics)
        document = {"model_name": name, "model_version": str(found.manifest.version)}
        if asked.get("id") is not None:
            document["id"] = asked["id"]
        values = _outputs(predictions, found.manifest)
        outputs = [Output(name, kind, values[name], binary) for name, kind, binary in wanted]
        return binary_tensors.write(document, outputs)

    for selection in ("/models/<name>", "/models/<name>/versions/<version>"):
        routes.add_url_rule(selection, view_func=get_metadata, methods=["GET"])
        routes.add_url_rule(f"{selection}/config", view_func=get_config, methods=["GET"])
        routes.add_url_rule(f"{selection}/ready", view_func=ready, methods=["GET"])
        routes.add_url_rule(f"{selection}/infer", view_func=infer, methods=["POST"])
    for path in _NOT_OFFERED:
        routes.add_url_rule(path, view_func=refuse, methods=["GET", "POST"])
    for change in ("load", "unload"):
        path = f"/repository/models/<name>/{change}"
        routes.add_url_rule(path, view_func=refuse_to_load, methods=["POST"])
    return routes


def _read(asked: Any, version: LoadedVersion) -> np.ndarray:
    """The input tensors, encoded: one for each feature, or the one matrix `encoded`."""
    inputs = asked.get("inputs") if isinstance(asked, dict) else None
    if not isinstance(inputs, list) or not inputs or not all(isinstance(tensor, dict) for tensor in inputs):
        raise NotParseable('the body must hold "inputs", a list of at least one tensor')
    if repeated(asked) or any(repeated(tensor) for tensor in inputs):
        raise NotParseable("no key may stand twice")
    name = asked.get("id")
    if name is not None and not (isinstance(name, str) and _is_unicode(name)):
        raise NotParseable('"id" must be a text')
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
    _refuse_shared_memory(tensor, f"/inputs/{index}")
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


def _wanted(asked: Any, there: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    """The output tensors that are asked for, all that there are if none is.

    Args:
        asked: The request.
        there: The outputs that there are, with their datatypes.

    Returns:
        Of each the name, the datatype, and whether it goes out as bytes.

    Raises:
        InvalidInstances: One is asked for that there is not.
    """
    binary = _parameter(asked, "binary_data_output") is True
    outputs = asked.get("outputs")
    if not isinstance(outputs, list | None):
        raise NotParseable('"outputs" must be a list of tensors')
    if not outputs:
        return [(name, kind, binary) for name, kind in there.items()]
    wanted: list[tuple[str, str, bool]] = []
    for index, output in enumerate(outputs):
        name = output.get("name") if isinstance(output, dict) else None
        if not isinstance(name, str) or name not in there or len(wanted) == len(there):
            raise InvalidInstances([FieldFault(f"/outputs/{index}/name", f"must be one of {', '.join(there)}")])
        if _parameter(output, "classification"):
            detail = "must not stand there; the output label has the label that is answered"
            raise InvalidInstances([FieldFault(f"/outputs/{index}/parameters/classification", detail)])
        _refuse_shared_memory(output, f"/outputs/{index}")
        own = _parameter(output, "binary_data")
        wanted.append((name, there[name], binary if own is None else own is True))
    return wanted


def _outputs(predictions: Predictions, manifest: Manifest) -> dict[str, Any]:
    return {
        "probability": predictions.probabilities,
        "label": predictions.labels,
        "decision": predictions.decisions,
        "spread": predictions.spreads,
    }


def _refuse_shared_memory(tensor: Mapping[str, Any], where: str) -> None:
    if _parameter(tensor, _SHARED_MEMORY) is not None:
        raise InvalidInstances(
            [FieldFault(f"{where}/parameters/{_SHARED_MEMORY}", f"must not stand there: {_NO_SHARED_MEMORY}")]
        )


def _is_unicode(text: str) -> bool:
    """Whether a text can be answered again: half a character can't."""
    return text.isascii() or text == text.encode("utf-8", "ignore").decode()


def _parameter(holder: Mapping[str, Any], name: str) -> Any:
    parameters = holder.get("parameters")
    if parameters is None:
        return None
    if not isinstance(parameters, dict):
        raise NotParseable('"parameters" must be an object')
    return parameters.get(name)
