"""The Open Inference Protocol's routes in the words of OpenAPI."""

from functools import partial

from service.dialects.open_inference.metadata import DATATYPES, datatype
from service.settings import Settings
from service.versions.loaded_version import LoadedVersion
from service.web.description import (
    NUMBER,
    TEXT,
    TRUE,
    Description,
    Json,
    answered,
    body_of,
    examples_of,
    in_path,
    list_of,
    object_of,
    one_of,
    open_object_of,
)


def describe(description: Description, version: LoadedVersion, settings: Settings) -> None:
    """Describe the routes; by version as well."""
    _describe_schemas(description)
    add = partial(description.add, tag="Open Inference Protocol", error="Error")
    add("get", "/v2", "inference_server", "The server", answered("InferenceServer", "It does."))
    add(
        "get",
        "/v2/health/live",
        "inference_live",
        "Whether the process answers",
        answered(object_of({"live": TRUE}), "It does."),
        open_to_all=True,
    )
    add(
        "get",
        "/v2/health/ready",
        "inference_ready",
        "Whether a version is loaded",
        answered("InferenceReady", "It does."),
        errors=[503],
        open_to_all=True,
    )
    only_ready: Json = {"type": "object", "properties": {"ready": {"type": "boolean"}}}
    add(
        "post",
        "/v2/repository/index",
        "inference_index",
        "Every version that was to be loaded, and whether it is ready",
        answered("InferenceIndex", "By number."),
        errors=[400, 413],
        body=body_of({"application/json": {"schema": only_ready}}, required=False),
    )
    schema = version.manifest.schema
    tensors = [
        {"name": name, "datatype": datatype(feature), "shape": [1], "data": [feature.example]}
        for name, feature in zip(schema.safe_names, schema.features, strict=True)
    ]
    body = body_of({"application/json": {"schema": "InferenceRequest"} | examples_of(one={"inputs": tensors})})
    for key, selection, parameters in (("", "", []), ("_version", "/versions/{version}", [in_path("version", TEXT)])):
        base = f"/v2/models/{version.manifest.name}{selection}"
        for name, path, summary, schema_name in (
            ("metadata", base, "What goes in and comes out", "InferenceModel"),
            ("config", f"{base}/config", "The same as Triton's model configuration", "InferenceConfig"),
            ("model_ready", f"{base}/ready", "Whether it is ready", "InferenceReady"),
        ):
            loaded = answered(schema_name, "It is loaded.")
            add("get", path, f"inference_{name}{key}", summary, loaded, errors=[404, 503], parameters=parameters)
        add(
            "post",
            f"{base}/infer",
            f"inference_infer{key}",
            "Infer, from tensors in JSON or behind it",
            answered("InferenceAnswer", "In the order sent."),
            errors=[400, 404, 413, 415, 503],
            parameters=parameters,
            body=body,
        )


def _describe_schemas(description: Description) -> None:
    kind = one_of(DATATYPES)
    shape = list_of({"type": "integer"})
    named = object_of({"name": TEXT, "datatype": kind, "shape": shape})
    tensor = open_object_of({"name": TEXT, "datatype": kind, "shape": shape, "data": list_of({})})
    request: Json = {
        "id": {"type": ["string", "null"]},
        "parameters": {"type": ["object", "null"]},
        "inputs": list_of(tensor, 1),
        "outputs": list_of(open_object_of({"name": TEXT})) | {"type": ["array", "null"]},
    }
    model = {
        "name": TEXT,
        "versions": list_of(TEXT),
        "platform": TEXT,
        "inputs": list_of(named),
        "outputs": list_of(named),
    }
    configured = open_object_of({"name": TEXT, "data_type": TEXT, "dims": shape})
    config = {
        "name": TEXT,
        "platform": TEXT,
        "backend": TEXT,
        "max_batch_size": NUMBER,
        "input": list_of(configured),
        "output": list_of(configured),
    }
    answer = {"model_name": TEXT, "model_version": TEXT, "outputs": list_of(tensor, 1)}
    description.add_schemas(
        {
            "InferenceServer": object_of({"name": TEXT, "version": TEXT, "extensions": list_of(TEXT)}),
            "InferenceReady": open_object_of({"ready": TRUE}),
            "InferenceIndex": list_of(object_of({"name": TEXT, "version": TEXT, "state": TEXT, "reason": TEXT})),
            "InferenceModel": object_of(model),
            "InferenceConfig": object_of(config),
            "InferenceRequest": {"type": "object", "properties": request, "required": ["inputs"]},
            "InferenceAnswer": open_object_of(answer),
        }
    )
