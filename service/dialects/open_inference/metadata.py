"""What goes in and what comes out of a version: as the protocol's metadata, and as Triton's model configuration."""

from collections.abc import Iterable
from typing import Any

from registry.contract.features import Feature
from service.dialects.open_inference.binary_tensors import DTYPES
from service.versions.loaded_version import LoadedVersion

DATATYPES = (*DTYPES, "BYTES")
OUTPUTS = {"probability": "FP32", "label": "BYTES", "decision": "BYTES", "spread": "FP32"}
_PLATFORM = "tensorflow_savedmodel"


def datatype(feature: Feature) -> str:
    """The datatype that a feature's tensor is said to have."""
    return {"float32": "FP64", "string": "BYTES"}[feature.dtype]


def inputs_of(version: LoadedVersion) -> dict[str, str]:
    """The input tensors that a version has, by the safe names of the SavedModel's signature, with their datatypes."""
    schema = version.manifest.schema
    return {name: datatype(feature) for name, feature in zip(schema.safe_names, schema.features, strict=True)}


def outputs_of(version: LoadedVersion) -> dict[str, str]:
    """The output tensors that a version has, with their datatypes."""
    has = {"decision": version.sets is not None, "spread": version.has_spread}
    return {name: kind for name, kind in OUTPUTS.items() if has.get(name, True)}


def metadata(version: LoadedVersion, loaded: Iterable[int]) -> dict[str, Any]:
    """The protocol's metadata of a version; `loaded` are the numbers of all that can be asked."""

    def tensors(datatypes: dict[str, str]) -> list[dict[str, Any]]:
        return [{"name": name, "datatype": kind, "shape": [-1]} for name, kind in datatypes.items()]

    return {
        "name": version.manifest.name,
        "versions": [str(number) for number in sorted(loaded)],
        "platform": _PLATFORM,
        "inputs": tensors(inputs_of(version)),
        "outputs": tensors(outputs_of(version)),
    }


def model_config(version: LoadedVersion, max_instances: int) -> dict[str, Any]:
    """What Triton's clients ask before they infer: its ModelConfig, as Triton fills it in for such a SavedModel.

    Args:
        version: Is described.
        max_instances: Most students in one request.
    """

    def tensors(datatypes: dict[str, str]) -> list[dict[str, Any]]:
        # A value for each student: Triton has no tensors without dimensions, and says by a shape that it means one.
        return [
            {
                "name": name,
                "data_type": f"TYPE_{'STRING' if kind == 'BYTES' else kind}",
                "dims": [1],
                "reshape": {"shape": []},
            }
            for name, kind in datatypes.items()
        ]

    return {
        "name": version.manifest.name,
        "platform": _PLATFORM,
        "backend": "tensorflow",
        "max_batch_size": max_instances,
        "input": tensors(inputs_of(version)),
        "output": tensors(outputs_of(version)),
    }
