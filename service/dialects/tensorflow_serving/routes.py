"""TensorFlow Serving's REST API, after tensorflow/serving's g3doc/api_rest.md and util/json_tensor.cc."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from flask import Blueprint, Response
from werkzeug.routing import BaseConverter

from registry.contract.features import FeatureSchema
from registry.store.model_store import ENCODED, ENCODED_WITH_SPREAD
from service.context import Context
from service.errors import MAX_FAULTS, FieldFault, InvalidInstances, ModelNotFound, NotParseable, VersionNotLoaded
from service.reading.instances import InstanceReader, to_columns
from service.reading.json_text import repeated
from service.reading.pointers import pointer
from service.server.lanes import Lane, lane
from service.versions.listing import list_versions
from service.versions.loaded_version import LoadedVersion
from service.versions.predictions import Predictions, answer_batch
from service.web.bodies import answer, read_body
from service.web.lean_flask import by_version

SERVING_DEFAULT = "serving_default"
MAX_VERSION = 10**18 - 1
PREFIX = "/v1"
_DTYPES = {"float32": "DT_FLOAT", "string": "DT_STRING"}
_METHOD = "tensorflow/serving/predict"
_OTHER_METHODS = {"classify": "classification", "regress": "regression"}  # which no signature here has
_STATES = {"serving": "AVAILABLE", "loaded": "AVAILABLE", "refused": "END"}


def blueprint(context: Context) -> Blueprint:
    """The routes below `/v1/models`."""
    settings, models, metrics = context
    routes = Blueprint("tensorflow_serving", __name__, url_prefix="/v1/models")
    routes.record_once(lambda state: state.app.url_map.converters.update(name=_NameConverter))
    selections = ("", f"/versions/<int(max={MAX_VERSION}):number>", "/labels/<name:label>")

    def find(name: str, number: int | None, label: str | None) -> LoadedVersion:
        try:
            versions = models.of(name)
        except ModelNotFound as error:
            if label is not None:
                raise _unrecognized(label) from error
            raise ModelNotFound(f"Servable not found for request: Latest({name[:100]})") from error
        if label is not None and label not in versions.snapshot.aliases:
            raise _unrecognized(label)
        try:
            return versions.find(label if number is None else str(number))
        except VersionNotLoaded as error:
            asked = "Latest" if number is None else "Specific"
            which = "" if number is None else f", {number}"
            raise VersionNotLoaded(f"Servable not found for request: {asked}({name}{which})") from error

    @by_version
    @lane(Lane.QUICK)
    def predict(name: str, number: int | None = None, label: str | None = None) -> Response:
        version = find(name, number, label)
        request = version.reader.parse_json(read_body(settings.max_body_bytes))
        if not isinstance(request, dict):
            raise NotParseable('the body must be an object: {"instances": [{…}, {…}]}')
        if repeated(request):
            raise NotParseable("no key of the body may stand twice")
        signature = _signature(request, version)
        if ("instances" in request) == ("inputs" in request):
            raise NotParseable('the body must hold either "instances" or "inputs"')
        key = "instances" if "instances" in request else "inputs"
        matrix = _read(request[key], key, signature, version)
        if not len(matrix):  # columns alone may be empty, and have the bare outputs of SERVING_DEFAULT
            return answer({"outputs": []})
        outputs = _outputs(answer_batch(version, matrix, metrics), signature)
        if key == "inputs":
            return answer({"outputs": outputs if len(outputs) > 1 else outputs["probability"]})
        if len(outputs) == 1:
            return answer({"predictions": outputs["probability"]})
        rows = zip(*outputs.values(), strict=True)
        return answer({"predictions": [dict(zip(outputs, row, strict=True)) for row in rows]})

    @by_version
    @lane(Lane.THREADS)
    def refuse(name: str, method: str, number: int | None = None, label: str | None = None) -> Response:
        find(name, number, label)
        kind, path = _OTHER_METHODS[method], f"tensorflow/serving/{method}"
        raise NotParseable(
            f"Expected {kind} signature method_name to be {path}. Was: {_METHOD}; ask :predict for the probability"
        )

    @by_version
    @lane(Lane.THREADS)
    def status(name: str, number: int | None = None, label: str | None = None) -> Response:
        found, versions = find(name, number, label).manifest.version, models.of(name)
        only = None if number is None and label is None else found
        return answer(
            {
                "model_version_status": [
                    {
                        "version": str(entry["version"]),
                        "state": _STATES.get(entry["state"], "AVAILABLE"),  # what is asked by its number is loaded
                        "status": {
                            "error_code": "OK" if entry["reason"] is None else "FAILED_PRECONDITION",
                            "error_message": entry["reason"] or "",
                        },
                    }
                    for entry in reversed(list_versions(versions.snapshot))
                    if (entry["state"] in _STATES if only is None else entry["version"] == only)
                ]
            }
        )

    @by_version
    @lane(Lane.THREADS)
    def metadata(name: str, number: int | None = None, label: str | None = None) -> Response:
        return answer(_metadata(find(name, number, label)))

    for selection in selections:
        routes.add_url_rule(f"/<name:name>{selection}:predict", view_func=predict, methods=["POST"])
        for other in _OTHER_METHODS:
            path = f"/<name:name>{selection}:{other}"
            routes.add_url_rule(path, view_func=refuse, methods=["POST"], defaults={"method": other})
        routes.add_url_rule(f"/<name:name>{selection}", view_func=status, methods=["GET"])
        routes.add_url_rule(f"/<name:name>{selection}/metadata", view_func=metadata, methods=["GET"])
    return routes


def _unrecognized(label: str) -> NotParseable:
    return NotParseable(f"Unrecognized servable version label: {label[:100]}")


class _NameConverter(BaseConverter):
    """A part of a path up to the colon before a method."""

    regex = "[^/:]+"


def _signature(request: Mapping[str, Any], version: LoadedVersion) -> str:
    """The signature that is asked for: one that the SavedModel has."""
    name = request.get("signature_name", "")
    if name == "":
        return SERVING_DEFAULT
    if not isinstance(name, str) or name not in _signatures(version):
        raise NotParseable("Serving signature key not found; there are: " + ", ".join(_signatures(version)))
    return name


def _signatures(version: LoadedVersion) -> list[str]:
    return [SERVING_DEFAULT, ENCODED, *([ENCODED_WITH_SPREAD] if version.has_spread else [])]


def _read(values: Any, key: str, signature: str, version: LoadedVersion) -> np.ndarray:
    """What stands under `instances` or `inputs`, encoded."""
    reader, schema = version.reader, version.manifest.schema
    if signature != SERVING_DEFAULT:
        if isinstance(values, dict) and values.keys() == {ENCODED}:
            values = values[ENCODED]
        rows = _list(values, f"/{key}", reader)
        rows = [row[ENCODED] if isinstance(row, dict) and row.keys() == {ENCODED} else row for row in rows]
        return reader.read_encoded(rows, lambda row: f"/{key}/{row}")
    if key == "instances":
        columns = _columns(_list(values, f"/{key}", reader), schema)
        return reader.read_columns(columns, lambda name, row: pointer(f"/instances/{row}", name))
    if not isinstance(values, dict):
        if len(schema.names) > 1:
            raise InvalidInstances([FieldFault("/inputs", "must be an object with one list per feature")])
        values = {schema.names[0]: values}
    if twice := repeated(values):
        raise InvalidInstances([FieldFault(pointer("/inputs", name), "must be given once") for name in sorted(twice)])
    columns = {
        name: _plain_column(_list(column, pointer("/inputs", name), reader, least=0)) for name, column in values.items()
    }
    return reader.read_columns(columns, lambda name, row: f"{pointer('/inputs', name)}/{row}", least=0)


def _columns(instances: Sequence[Any], schema: FeatureSchema) -> dict[str, list[Any]]:
    """Instances to columns. Each has the same keys, as there; of a single feature the value alone will do."""
    if len(schema.names) == 1:
        instances = [row if isinstance(row, dict) else {schema.names[0]: row} for row in instances]
    if set(map(type, instances)) == {dict}:  # none of them with a key twice
        columns = to_columns(instances, instances[0])
        if columns is not None and sum(map(len, instances)) == len(instances) * len(columns):
            return {name: _plain_column(values) for name, values in columns.items()}
    first = instances[0].keys() if isinstance(instances[0], dict) else None
    bad = [
        row
        for row, instance in enumerate(instances)
        if not isinstance(instance, dict) or instance.keys() != first or repeated(instance)
    ]
    detail = "must be an object with one value per feature, the same as in the first"
    raise InvalidInstances([FieldFault(f"/instances/{row}", detail) for row in bad[:MAX_FAULTS]], len(bad))


def _list(values: Any, where: str, reader: InstanceReader, least: int = 1) -> list[Any]:
    if not isinstance(values, list) or len(values) < least:
        raise InvalidInstances([FieldFault(where, "must be a list with an entry for each student")])
    reader.check_count(len(values))
    return values


def _plain_column(values: list[Any]) -> list[Any]:
    return [_plain(value) for value in values] if dict in set(map(type, values)) else values


def _plain(value: Any) -> Any:
    """A value as `/predict` has it: a text may come in Base64."""
    if isinstance(value, dict) and value.keys() == {"b64"} and isinstance(value["b64"], str):
        try:
            return base64.b64decode(value["b64"], validate=True).decode()
        except ValueError:  # not ASCII, not Base64, or not UTF-8
            return value
    return value


def _outputs(predictions: Predictions, signature: str) -> dict[str, np.ndarray]:
    outputs = {"probability": predictions.probabilities}
    if signature == ENCODED_WITH_SPREAD and predictions.spreads is not None:
        outputs["spread"] = predictions.spreads
    return outputs


def _metadata(version: LoadedVersion) -> dict[str, Any]:
    """The signatures of a version as the SavedModel declares them."""
    manifest, schema = version.manifest, version.manifest.schema
    by_feature = {
        name: _tensor(f"{SERVING_DEFAULT}_{name}:0", _DTYPES[feature.dtype], -1)
        for name, feature in zip(schema.safe_names, schema.features, strict=True)
    }
    definitions = {}
    # As TensorFlow names outputs: after the call that gives them, and calls by the place of their signature in order.
    for place, signature in enumerate(sorted(_signatures(version))):
        matrix = {ENCODED: _tensor(f"{signature}_{ENCODED}:0", "DT_FLOAT", -1, len(schema.names))}
        call = "StatefulPartitionedCall" + (f"_{place}" if place else "")
        outputs = ("probability", "spread") if signature == ENCODED_WITH_SPREAD else ("probability",)
        definitions[signature] = {
            "inputs": by_feature if signature == SERVING_DEFAULT else matrix,
            "outputs": {name: _tensor(f"{call}:{index}", "DT_FLOAT", -1) for index, name in enumerate(sorted(outputs))},
            "method_name": _METHOD,
        }
    return {
        "model_spec": {"name": manifest.name, "signature_name": "", "version": str(manifest.version)},
        "metadata": {"signature_def": {"signature_def": definitions}},
    }


def _tensor(name: str, dtype: str, *shape: int) -> dict[str, Any]:
    dim = [{"size": str(size), "name": ""} for size in shape]
    return {"dtype": dtype, "tensor_shape": {"dim": dim, "unknown_rank": False}, "name": name}
