"""TensorFlow Serving's routes in the words of OpenAPI."""

from functools import partial

from service.dialects.tensorflow_serving.routes import MAX_VERSION, SERVING_DEFAULT
from service.settings import Settings
from service.versions.loaded_version import LoadedVersion
from service.web.description import (
    PROBABILITY,
    TEXT,
    Description,
    Json,
    answered,
    body_of,
    examples_of,
    in_path,
    list_of,
    object_of,
    one_of,
)

_NUMBER: Json = {"type": "integer", "minimum": 1, "maximum": MAX_VERSION}


def describe(description: Description, version: LoadedVersion, settings: Settings) -> None:
    """Describe the routes; by version number and by label as well."""
    schema = version.manifest.schema
    row = {name: feature.json_schema() for name, feature in zip(schema.safe_names, schema.features, strict=True)}
    columns = {name: list_of(value) for name, value in row.items()}
    signature = one_of([SERVING_DEFAULT])
    requests = {
        "ServingRows": object_of({"signature_name": signature, "instances": list_of("ServingRow", 1)}, ["instances"]),
        "ServingColumns": object_of({"signature_name": signature, "inputs": object_of(columns)}, ["inputs"]),
    }
    for request in requests.values():  # clients may say more, and may name features as people do
        request["additionalProperties"] = True
    state = one_of(["UNKNOWN", "START", "LOADING", "AVAILABLE", "UNLOADING", "END"])
    status = {"version": TEXT, "state": state, "status": object_of({"error_code": TEXT, "error_message": TEXT})}
    description.add_schemas(
        requests
        | {
            "ServingRow": object_of(row),
            "ServingRequest": {"anyOf": list(requests)},
            "ServingPredictions": object_of({"predictions": list_of(PROBABILITY)}),
            "ServingOutputs": object_of({"outputs": list_of(PROBABILITY)}),
            "ServingAnswer": {"anyOf": ["ServingPredictions", "ServingOutputs"]},
            "ServingStatus": object_of({"model_version_status": list_of(object_of(status))}),
            "ServingMetadata": object_of({"model_spec": {"type": "object"}, "metadata": {"type": "object"}}),
        }
    )
    add = partial(description.add, tag="TensorFlow Serving", error="Error")
    student = {name: feature.example for name, feature in zip(schema.safe_names, schema.features, strict=True)}
    examples = examples_of(
        rows={"instances": [student]}, columns={"inputs": {name: [value] for name, value in student.items()}}
    )
    body = body_of({"application/json": {"schema": "ServingRequest"} | examples})
    for key, selection, parameters in (
        ("", "", []),
        ("_version", "/versions/{number}", [in_path("number", _NUMBER)]),
        ("_label", "/labels/{label}", [in_path("label", TEXT)]),
    ):
        base = f"/v1/models/{version.manifest.name}{selection}"
        add(
            "post",
            f"{base}:predict",
            f"serving_predict{key}",
            "Predict, by rows or by columns",
            answered("ServingAnswer", "In the order sent."),
            errors=[400, 404, 413, 415, 503],
            parameters=parameters,
            body=body,
        )
        for name, path, schema_name in (
            ("status", base, "ServingStatus"),
            ("metadata", f"{base}/metadata", "ServingMetadata"),
        ):
            add(
                "get",
                path,
                f"serving_{name}{key}",
                f"The model's {name}",
                answered(schema_name, "As TensorFlow Serving has it."),
                errors=[404, 503],
                parameters=parameters,
            )
