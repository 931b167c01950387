"""The description of the API in OpenAPI 3.1, made from the schema of the version that serves."""

import csv
import io
from http import HTTPStatus
from typing import Any

from registry.contract.conformal import UNCERTAIN
from registry.contract.features import FLOAT32_MAX, FeatureSchema, FeatureSpec
from registry.store.manifest import VERDICTS
from service.dialects.open_inference import routes as open_inference
from service.dialects.tensorflow_serving import routes as tensorflow_serving
from service.engines.budget import NUM_ROWS
from service.reading.ids import MAX_ID
from service.reasons.shapley import MAX_EXACT
from service.routes.explain import max_explained
from service.routes.recourse import MAX_OPTIONS, MAX_RECOURSE, REASONS, TARGET
from service.routes.score import DECIMALS, MAX_LISTED
from service.settings import Settings
from service.versions.loaded_version import LoadedVersion

_Json = dict[str, Any]
_TEXT: _Json = {"type": "string"}
_PROBABILITY: _Json = {"type": "number", "minimum": 0, "maximum": 1}
_TARGET: _Json = {
    "type": "number",
    "exclusiveMinimum": 0,
    "exclusiveMaximum": 1,
    "description": "What the probability has to reach; unless given, the threshold above which the positive label is "
    "answered.",
}
_SPREAD: _Json = {"type": "number", "minimum": 0, "description": "Standard deviation over the ensemble's members."}
_NUMBER: _Json = {"type": "integer", "minimum": 1, "maximum": tensorflow_serving.MAX_VERSION}
_ROW: _Json = {"type": "integer", "minimum": 1}
_TAGS = {"/v1": "TensorFlow Serving", "/v2": "Open Inference Protocol", "/": "passfail"}  # by path, the first that fits
_PRINTABLE = r"^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$"  # what Python's isprintable takes
_WHEN = {
    HTTPStatus.BAD_REQUEST: "The body can't be read.",
    HTTPStatus.UNAUTHORIZED: "No API key, or one that is not known.",
    HTTPStatus.NOT_FOUND: "No such model, or a version that is not loaded.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "More bytes, or more students, than one request may hold.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "Of a media type that is not taken.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Fields are at fault; each is named.",
    HTTPStatus.SERVICE_UNAVAILABLE: "No version is loaded yet, or more is asked for than can be answered in time.",
}


def describe_api(version: LoadedVersion, settings: Settings) -> _Json:
    """Describe every route.

    Args:
        version: Whose features, bounds, units, categories and labels the description has.
        settings: Limits, the model's name, and whether a key is needed.
    """
    schema = version.manifest.schema
    document: _Json = {
        "openapi": "3.1.0",
        "info": {
            "title": f"passfail: {version.manifest.name}",
            "version": str(version.manifest.version),
            "description": "The probability that a student passes, by the version of the model that serves. "
            "TensorFlow Serving's REST API and the Open Inference Protocol V2 are answered by the same network.",
        },
        "paths": _own_paths(schema, max_explained(version.explainer))
        | _serving_paths(schema, settings)
        | _inference_paths(schema, settings),
        "components": {"schemas": _own_schemas(version, settings) | _serving_schemas(version) | _inference_schemas()},
    }
    for path, methods in document["paths"].items():
        for operation in methods.values():
            operation["tags"] = [next(tag for prefix, tag in _TAGS.items() if path.startswith(prefix))]
    if settings.api_keys_file is not None:
        document["components"]["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer"},
            "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        }
        for path, methods in document["paths"].items():
            for operation in methods.values():
                if path not in ("/livez", "/readyz", "/v2/health/live", "/v2/health/ready"):
                    operation["security"] = [{"bearer": []}, {"header": []}]
                    is_dialect = path.startswith(("/v1", "/v2"))
                    operation["responses"] |= (_texts if is_dialect else _problems)(HTTPStatus.UNAUTHORIZED)
    return document


def _own_paths(schema: FeatureSchema, most: int) -> _Json:
    student = {feature.name: example_of(feature) for feature in schema.features}
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows([list(schema.names), list(student.values())])
    body: _Json = {
        "application/json": {
            "schema": {"anyOf": [_ref("Student"), _ref("Students")]},
            "examples": {"one": {"value": student}, "several": {"value": {"instances": [student, student]}}},
        },
        "text/csv": {
            "schema": _TEXT | {"description": "A table with a header that names the features."},
            "examples": {"one": {"value": table.getvalue()}},
        },
    }
    version = {
        "name": "version",
        "in": "query",
        "description": "Number or alias of a version that is loaded; unless given, the one that serves.",
        "schema": _TEXT,
    }
    return {
        "/predict": _post("predict", "How likely students pass", "Predictions", [version], body),
        "/explain": _post(
            "explain",
            "What each feature adds to the probability",
            "Explanations",
            [version],
            body,
            "Shapley values, held against means of at least five students each, which the version keeps: exact up to "
            f"{MAX_EXACT} features, sampled beyond. At most {most} students: of a request the network answers at most "
            f"{NUM_ROWS:,} rows.",
        ),
        "/recourse": _post(
            "recourse",
            "The smallest changes after which the network answers otherwise",
            "Recourse",
            [version, {"name": TARGET, "in": "query", "schema": _TARGET}],
            _recourse_body(schema, student, body["text/csv"]),
            "Changes of actionable features alone, within their bounds, each answered by the network. They say what "
            "the model associates with passing, not what causes it, and promise nothing. A target is given once: in "
            "the body or in the query. The size of a change is the sum over its features: of a number, how far it "
            "goes as a part of the range that training has seen; of a category, 1. What is counted stays whole. At "
            f"most {MAX_RECOURSE} students. Of a request the network answers at most {NUM_ROWS:,} rows: where they are "
            "spent before the search is done, `is_partial` says so, and the options are what was found by then.",
        ),
        "/score": _score_path(version, table.getvalue()),
        "/model": _get("model", "What serves, and what became of the other versions", "Model", 503),
        **_version_paths(),
        "/livez": _get("livez", "Whether the process answers", "Alive"),
        "/readyz": _get("readyz", "Whether a version is loaded", "Ready", 503),
        "/metrics": {
            "get": {
                "operationId": "metrics",
                "summary": "Counts and times of all workers, for Prometheus",
                "responses": {"200": {"description": "As text.", "content": {"text/plain": {"schema": _TEXT}}}},
            }
        },
        "/openapi.json": _get("openapi", "This description", "Description", 503),
    }


def _recourse_body(schema: FeatureSchema, student: _Json, table: _Json) -> _Json:
    """What `/predict` takes, and the target beside it."""
    # Where one of a student's own fields is called so, the target stands beside "instances" only.
    is_own = TARGET in (*schema.names, schema.id)
    examples = {
        "one": {"value": student if is_own else student | {TARGET: 0.7}},
        "several": {"value": {"instances": [student, student], TARGET: 0.7}},
    }
    return {
        "application/json": {
            "schema": {"anyOf": [_ref("RecourseStudent"), _ref("RecourseStudents")]},
            "examples": examples,
        },
        "text/csv": table,
    }


def _score_path(version: _Json, example: str) -> _Json:
    """The route that takes a whole table; the version is picked as elsewhere."""
    decimal = {
        "name": "decimal",
        "in": "query",
        "description": "Decimal mark of the table; unless given, the one with which fewer rows are at fault.",
        "schema": {"enum": list(DECIMALS)},
    }
    table = _TEXT | {"description": "A table with a header that has every feature, and whatever other columns."}
    return _post(
        "score",
        "How likely the students of a table pass, row by row",
        "ScoredTable",
        [version, decimal],
        {"text/csv": {"schema": table, "examples": {"one": {"value": example}}}},
        "Rows that are at fault are named, and the others answered. Nothing is kept.",
    )


def _version_paths() -> _Json:
    """What versions hold, on disk or loaded."""
    whole = {"type": "integer", "minimum": 1}
    number = _path("version", whole)
    files: dict[str, tuple[str, str, _Json, list[_Json]]] = {
        "report": ("The report for people", "text/html", _TEXT, []),
        "model-card": ("The model card", "text/markdown", _TEXT, []),
        "training": ("How its networks learned, epoch by epoch", "application/json", {"type": "object"}, []),
        "members/{member}": (
            "The weights of one network of the ensemble",
            "application/json",
            _ref("Member"),
            [_path("member", whole)],
        ),
    }
    paths = {"/model/versions": _get("versions", "Every version: when it was made, and how good it is", "Versions")}
    for name, (summary, media_type, schema, parameters) in files.items():
        get = {
            "operationId": name.partition("/")[0].replace("-", "_"),
            "summary": summary,
            "parameters": [number, *parameters],
            "responses": {"200": {"description": "As it was published.", "content": {media_type: {"schema": schema}}}}
            | _problems(404),
        }
        paths[f"/model/versions/{{version}}/{name}"] = {"get": get}
    return paths


def _own_schemas(version: LoadedVersion, settings: Settings) -> _Json:
    schema = version.manifest.schema
    labels = list(schema.labels)
    student = {feature.name: _feature(feature) for feature in schema.features}
    prediction: _Json = {
        "label": {"enum": labels},
        "probability": _PROBABILITY | {"description": f"Of {labels[1]}."},
        "decision": {"enum": [*labels, UNCERTAIN], "description": "A label where the network is sure enough of it."},
        "spread": _SPREAD,
        "warnings": _list(_ref("Fault"), 1) | {"description": "Values that training has not seen."},
    }
    contribution = {"type": "number", "minimum": -1, "maximum": 1}
    standard_error = {"type": "number", "minimum": 0}
    explanation: _Json = {
        "base": _PROBABILITY | {"description": "What the network answers for the background."},
        "probability": _PROBABILITY | {"description": f"Of {labels[1]}: the base and all contributions."},
        "contributions": _object(dict.fromkeys(schema.names, contribution)),
        "standard_errors": _object(dict.fromkeys(schema.names, standard_error)),
    }
    if schema.id is not None:
        text = {"type": "string", "maxLength": MAX_ID, "pattern": _PRINTABLE}
        whole = {"type": "integer", "minimum": -(2**63) + 1, "maximum": 2**63 - 1}
        prediction["id"] = explanation["id"] = {"anyOf": [text, whole]}
        student[schema.id] = {
            "anyOf": [text, whole, {"type": "null"}],
            "description": "Comes back with the prediction; the network does not see it. Printable text.",
        }
    text_or_null = {"type": ["string", "null"]}
    state = {"enum": ["serving", "loaded", "refused", "stored"]}
    listed = {"version": _NUMBER, "state": state, "aliases": _list(_TEXT), "reason": text_or_null}
    made = {
        "created": _TEXT,
        "verdict": {"enum": list(VERDICTS)},
        "advice": text_or_null,
        "num_students": {"type": ["integer", "null"]},
        "labels": _list(_TEXT, 2, 2),
        "threshold": _PROBABILITY,
        "evaluation": {"type": "object"},
    }
    problem = {"type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT, "request_id": _TEXT}
    faults = {"errors": _list(_ref("Fault")), "num_errors": {"type": "integer"}, "versions": _list(_ref("Listed"))}
    return {
        "Student": _object(student, list(schema.names)),
        "Students": _object({"instances": _list(_ref("Student"), 1, settings.max_instances)}),
        "Predictions": _object(
            {
                "model": _object({"name": _TEXT, "version": _NUMBER}),
                "predictions": _list(_object(prediction, ["label", "probability"]), 1),
                "num_warnings": {"type": "integer", "description": "Where there are more than are listed."},
            },
            ["model", "predictions"],
        ),
        "Explanations": _object(
            {
                "model": _object({"name": _TEXT, "version": _NUMBER}),
                "method": {"enum": ["exact", "sampled"]},
                "explanations": _list(_object(explanation, ["base", "probability", "contributions"]), 1),
            }
        ),
        "RecourseStudent": _object({TARGET: _TARGET} | student, list(schema.names)),
        "RecourseStudents": _object(
            {
                "instances": _list(_ref("Student"), 1, min(MAX_RECOURSE, settings.max_instances)),
                TARGET: _TARGET,
            },
            ["instances"],
        ),
        "Recourse": _object(
            {
                "model": _object({"name": _TEXT, "version": _NUMBER}),
                TARGET: _PROBABILITY,
                "recourse": _list(_recourse(schema, prediction), 1),
            }
        ),
        "ScoredTable": _scored_table(schema, prediction),
        "RowFault": _object({"row": _ROW, "line": _ROW, "column": _TEXT, "detail": _TEXT}),
        "Model": _object(
            {
                "name": _TEXT,
                "version": _NUMBER,
                "engine": _object({"name": _TEXT, "why": _TEXT}),
                "manifest": {"type": "object"},
                "versions": _list(_ref("Listed")),
            }
        ),
        "Listed": _object(listed),
        "Versions": _object({"name": _TEXT, "versions": _list(_object(listed | made, list(listed)))}),
        "Member": _open({"inputs": {"type": "array"}, "hidden": {"type": "array"}, "logit": {"type": "object"}}),
        "Alive": _object({"status": {"const": "alive"}}),
        "Ready": _object({"status": {"const": "ready"}, "version": _NUMBER}),
        "Description": {"type": "object", "required": ["openapi", "info", "paths"]},
        "Fault": _object({"pointer": _TEXT | {"description": "JSON pointer, RFC 6901."}, "detail": _TEXT}),
        "Problem": _object(problem | faults, list(problem)) | {"description": "RFC 9457."},
    }


def _recourse(schema: FeatureSchema, prediction: _Json) -> _Json:
    """The options of one student; what they share with a prediction is described there."""
    values = {
        feature.name: {"enum": list(feature.vocabulary)} if feature.kind == "category" else {"type": "number"}
        for feature in schema.features
        if feature.actionable is not None
    }
    changes = _object({name: _object({"from": value, "to": value}) for name, value in values.items()}, [])
    option: _Json = {
        "changes": changes | {"minProperties": 1},
        "probability": prediction["probability"] | {"description": "Of the changed student."},
        "size": {"type": "number", "minimum": 0},
        "warnings": prediction["warnings"],
    }
    found = {
        "probability": prediction["probability"],
        "options": _list(_object(option, ["changes", "probability", "size"]), 0, MAX_OPTIONS)
        | {"description": "The smallest change first; each of another set of features."},
        "reason": {"enum": list(REASONS), "description": "Why there is no option."},
        "is_partial": {"const": True, "description": "The budget of the request was spent before the search was done."},
    }
    own_id = {"id": prediction["id"]} if "id" in prediction else {}
    return _object(found | own_id, ["probability", "options"])


def _scored_table(schema: FeatureSchema, prediction: _Json) -> _Json:
    row = {"row": _ROW, "cells": _list(_TEXT) | {"description": "As they stand in the table."}} | prediction
    values = {feature.name: _list(_feature(feature)) for feature in schema.features}
    num: _Json = {"type": "integer", "minimum": 0}
    properties: _Json = {
        "model": _object({"name": _TEXT, "version": _NUMBER}),
        "delimiter": _TEXT,
        "decimal": {"enum": list(DECIMALS)},
        "header": _list(_TEXT, 1),
        "rows": _list(_object(row, ["row", "cells", "label", "probability"])),
        "features": _object(values) | {"description": "Of the same rows, values as a student has them."},
        "faults": _list(_ref("RowFault"), 0, MAX_LISTED) | {"description": 'Column "" is the row as a whole.'},
        "num_rows_at_fault": num,
        "num_faults": num,
    }
    num_warnings = {"num_warnings": num | {"description": "Where there are more than are listed."}}
    return _object(properties | num_warnings, list(properties))


def _feature(feature: FeatureSpec) -> _Json:
    described: _Json = {"description": feature.description or feature.name, "examples": [example_of(feature)]}
    if feature.kind == "number":
        described |= {
            "type": ["number", "null"] if feature.nullable else "number",
            "minimum": -FLOAT32_MAX if feature.minimum is None else feature.minimum,
            "maximum": FLOAT32_MAX if feature.maximum is None else feature.maximum,
        }
        if feature.unit:
            described["description"] += f", in {feature.unit}"
            described["x-unit"] = feature.unit
        return described
    # Codes may come as JSON's integers, too.
    codes = [int(entry) for entry in feature.vocabulary if entry.isdecimal() and str(int(entry)) == entry]
    return described | {"enum": [*feature.vocabulary, *codes, *([None] if feature.nullable else [])]}


def example_of(feature: FeatureSpec) -> Any:
    """A value in the middle of what training has seen: nobody's in particular."""
    if feature.kind == "category":
        return feature.vocabulary[0]
    least = -FLOAT32_MAX if feature.minimum is None else feature.minimum
    most = FLOAT32_MAX if feature.maximum is None else feature.maximum
    low, high = feature.observed or (max(least, -1e6), min(most, 1e6))
    middle = min(max(float(f"{low / 2 + high / 2:.3g}"), least), most)
    return int(middle) if middle.is_integer() else middle


def _serving_paths(schema: FeatureSchema, settings: Settings) -> _Json:
    """TensorFlow Serving's routes; by version number and by label as well."""
    paths: _Json = {}
    student = {name: example_of(feature) for name, feature in zip(schema.safe_names, schema.features, strict=True)}
    examples = {"rows": {"instances": [student]}, "columns": {"inputs": {name: [v] for name, v in student.items()}}}
    for key, selection, parameters in (
        ("", "", []),
        ("_version", "/versions/{number}", [_path("number", _NUMBER)]),
        ("_label", "/labels/{label}", [_path("label", _TEXT)]),
    ):
        base = f"/v1/models/{settings.model}{selection}"
        predict = {
            "operationId": f"serving_predict{key}",
            "summary": "Predict, by rows or by columns",
            "parameters": parameters,
            "requestBody": {"required": True, "content": _json("ServingRequest", examples)},
            "responses": _ok("ServingAnswer", "In the order sent.") | _texts(400, 404, 413, 503),
        }
        paths[f"{base}:predict"] = {"post": predict}
        for name, suffix, answered in (("status", "", "ServingStatus"), ("metadata", "/metadata", "ServingMetadata")):
            get = {
                "operationId": f"serving_{name}{key}",
                "summary": f"The model's {name}",
                "parameters": parameters,
                "responses": _ok(answered, "As TensorFlow Serving has it.") | _texts(404, 503),
            }
            paths[f"{base}{suffix}"] = {"get": get}
    return paths


def _serving_schemas(version: LoadedVersion) -> _Json:
    schema = version.manifest.schema
    row = {name: _feature(feature) for name, feature in zip(schema.safe_names, schema.features, strict=True)}
    columns = {name: _list(value, 1) for name, value in row.items()}
    signature = {"const": tensorflow_serving.SERVING_DEFAULT}
    either = [
        _object({"signature_name": signature, "instances": _list(_object(row), 1)}, ["instances"]),
        _object({"signature_name": signature, "inputs": _object(columns)}, ["inputs"]),
    ]
    for either_way in either:  # clients may say more, and may name features as people do
        either_way["additionalProperties"] = True
    status = _object({"error_code": _TEXT, "error_message": _TEXT})
    state = {"enum": ["UNKNOWN", "START", "LOADING", "AVAILABLE", "UNLOADING", "END"]}
    values = {"type": "array"}
    return {
        "ServingRequest": {"anyOf": either},
        "ServingAnswer": {
            "anyOf": [_object({"predictions": values}), _object({"outputs": {"type": ["array", "object"]}})]
        },
        "ServingStatus": _object(
            {"model_version_status": _list(_object({"version": _TEXT, "state": state, "status": status}))}
        ),
        "ServingMetadata": _object({"model_spec": {"type": "object"}, "metadata": {"type": "object"}}),
        "Error": _object({"error": _TEXT}),
    }


def _inference_paths(schema: FeatureSchema, settings: Settings) -> _Json:
    """The Open Inference Protocol's routes; by version as well."""
    tensors = [
        {"name": name, "datatype": open_inference.datatype(feature), "shape": [1], "data": [example_of(feature)]}
        for name, feature in zip(schema.safe_names, schema.features, strict=True)
    ]
    paths: _Json = {
        "/v2": _get("inference_server", "The server", "InferenceServer"),
        "/v2/health/live": _get("inference_live", "Whether the process answers", "InferenceLive"),
        "/v2/health/ready": _get("inference_ready", "Whether a version is loaded", "InferenceReady"),
    }
    paths["/v2/health/ready"]["get"]["responses"] |= _texts(503)
    paths["/v2/repository/index"] = {
        "post": {
            "operationId": "inference_index",
            "summary": "Every version, and whether it is ready",
            "requestBody": {"content": _json("InferenceIndexRequest")},
            "responses": _ok("InferenceIndex", "By number.") | _texts(400, 413),
        }
    }
    for key, selection, parameters in (("", "", []), ("_version", "/versions/{version}", [_path("version", _TEXT)])):
        base = f"/v2/models/{settings.model}{selection}"
        for name, suffix, answered in (("metadata", "", "InferenceModel"), ("model_ready", "/ready", "InferenceReady")):
            get = {
                "operationId": f"inference_{name}{key}",
                "summary": "What goes in and comes out" if not suffix else "Whether it is ready",
                "parameters": parameters,
                "responses": _ok(answered, "It is loaded.") | _texts(404, 503),
            }
            paths[f"{base}{suffix}"] = {"get": get}
        infer = {
            "operationId": f"inference_infer{key}",
            "summary": "Infer, from tensors in JSON or behind it",
            "parameters": parameters,
            "requestBody": {"required": True, "content": _json("InferenceRequest", {"one": {"inputs": tensors}})},
            "responses": _ok("InferenceAnswer", "In the order sent.") | _texts(400, 404, 413, 503),
        }
        paths[f"{base}/infer"] = {"post": infer}
    return paths


def _inference_schemas() -> _Json:
    datatype = {"enum": list(open_inference.DATATYPES)}
    shape = _list({"type": "integer"})
    named = _object({"name": _TEXT, "datatype": datatype, "shape": shape})
    tensor = _open({"name": _TEXT, "datatype": datatype, "shape": shape, "data": {"type": "array"}})
    return {
        "InferenceServer": _object({"name": _TEXT, "version": _TEXT, "extensions": _list(_TEXT)}),
        "InferenceLive": _object({"live": {"const": True}}),
        "InferenceReady": _open({"ready": {"const": True}}),
        "InferenceIndexRequest": {"type": "object", "properties": {"ready": {"type": "boolean"}}},
        "InferenceIndex": _list(_object({"name": _TEXT, "version": _TEXT, "state": _TEXT, "reason": _TEXT})),
        "InferenceModel": _object(
            {
                "name": _TEXT,
                "versions": _list(_TEXT),
                "platform": _TEXT,
                "inputs": _list(named),
                "outputs": _list(named),
            }
        ),
        "InferenceRequest": {
            "type": "object",
            "properties": {
                "id": {"type": ["string", "null"]},
                "parameters": {"type": ["object", "null"]},
                "inputs": _list(tensor, 1),
                "outputs": _list(_open({"name": _TEXT})) | {"type": ["array", "null"]},
            },
            "required": ["inputs"],
        },
        "InferenceAnswer": _open({"model_name": _TEXT, "model_version": _TEXT, "outputs": _list(tensor, 1)}),
    }


def _ref(name: str) -> _Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(properties: _Json, required: list[str] | None = None) -> _Json:
    """An object with these properties and no others, all of them unless it is said which."""
    required = list(properties) if required is None else required
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _open(properties: _Json) -> _Json:
    """An object with these properties at least."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: _Json, least: int = 0, most: int | None = None) -> _Json:
    limits = {"minItems": least, "maxItems": most}
    return {"type": "array", "items": items} | {name: limit for name, limit in limits.items() if limit}


def _path(name: str, schema: _Json) -> _Json:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _json(name: str, examples: _Json | None = None) -> _Json:
    shown = {} if examples is None else {"examples": {key: {"value": value} for key, value in examples.items()}}
    return {"application/json": {"schema": _ref(name)} | shown}


def _ok(name: str, description: str) -> _Json:
    return {"200": {"description": description, "content": _json(name)}}


def _get(operation: str, summary: str, answered: str, *statuses: int) -> _Json:
    responses = _ok(answered, "It does." if not statuses else "There is one.") | _problems(*statuses)
    return {"get": {"operationId": operation, "summary": summary, "responses": responses}}


def _post(
    operation: str, summary: str, answered: str, parameters: list[_Json], content: _Json, description: str | None = None
) -> _Json:
    """A route of this project's own that takes students."""
    post = {
        "operationId": operation,
        "summary": summary,
        "parameters": parameters,
        "requestBody": {"required": True, "content": content},
        "responses": _ok(answered, "In the order sent.") | _problems(400, 404, 413, 415, 422, 503),
    }
    return {"post": post if description is None else post | {"description": description}}


def _problems(*statuses: int) -> _Json:
    return _errors(statuses, {"application/problem+json": {"schema": _ref("Problem")}})


def _texts(*statuses: int) -> _Json:
    return _errors(statuses, _json("Error"))


def _errors(statuses: tuple[int, ...], content: _Json) -> _Json:
    return {str(int(status)): {"description": _WHEN[HTTPStatus(status)], "content": content} for status in statuses}
