"""The binary tensor data extension of the Open Inference Protocol: tensors as bytes behind the JSON."""

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import orjson
from flask import Response

from service.errors import NotParseable, TooManyInstances
from service.web.bodies import answer

LENGTH = "Inference-Header-Content-Length"
# Datatype → NumPy's, little-endian; BYTES are a length of 4 bytes and as many bytes, for each element.
DTYPES = {f"{s}INT{8 * n}": f"<{'u' if s else 'i'}{n}" for s in ("", "U") for n in (1, 2, 4, 8)}
DTYPES |= {f"FP{8 * n}": f"<f{n}" for n in (2, 4, 8)} | {"BOOL": "?"}


class Output(NamedTuple):
    """An output tensor of shape (num_instances,), and whether it goes out as bytes."""

    name: str
    datatype: str
    values: Sequence[Any]
    binary: bool


def read(body: bytes, length: str | None, most: int, parse_json: Callable[[bytes], Any]) -> Any:
    """Read a request; `data` of each input is filled in from the bytes behind the JSON.

    Args:
        body: All of it.
        length: Of the JSON at its start, as the header LENGTH has it; None where there is nothing else.
        most: Values that all tensors together may have.
        parse_json: Reads the JSON.

    Raises:
        NotParseable: Not JSON, or not as many bytes as it says, or of a datatype that there is not.
        TooManyInstances: More values.
    """
    if length is None:
        return parse_json(body)
    if not (length.isascii() and length.isdecimal() and len(length) < 12 and int(length) <= len(body)):
        raise NotParseable(f"{LENGTH} must be the length of the JSON at the start of the body, in bytes")
    document, start = parse_json(body[: int(length)]), int(length)
    inputs = document.get("inputs") if isinstance(document, dict) else None
    for tensor in inputs if isinstance(inputs, list) else []:
        parameters = tensor.get("parameters") if isinstance(tensor, dict) else None
        size = parameters.get("binary_data_size") if isinstance(parameters, dict) else None
        if size is not None:
            if not isinstance(size, int) or not 0 <= size <= len(body) - start:
                raise NotParseable("binary_data_size must be the length of a tensor behind the JSON, in bytes")
            tensor["data"] = _from_bytes(body[start : start + size], tensor.get("datatype"), most)
            start, most = start + size, most - len(tensor["data"])
    if start != len(body):
        raise NotParseable("there are more bytes behind the JSON than binary_data_size says")
    return document


def read_raw(body: bytes, inputs: Mapping[str, str], most: int) -> dict[str, Any]:
    """Read a request that is the bytes of a model's only input and nothing else: LENGTH is 0.

    Args:
        body: All of it; of BYTES it is the one text, without its length.
        inputs: The model's inputs, with their datatypes.
        most: Values that it may have.

    Returns:
        The request as `read` gives it; the answer goes out as bytes too.

    Raises:
        NotParseable: The model has several inputs, or the bytes are not of its datatype.
        TooManyInstances: More values.
    """
    if len(inputs) > 1:
        raise NotParseable(f"a body of bytes alone is for models of one input, and this one has {len(inputs)}")
    [(name, datatype)] = inputs.items()
    data = _from_bytes(struct.pack("<I", len(body)) + body if datatype == "BYTES" else body, datatype, most)
    tensor = {"name": name, "shape": [len(data)], "datatype": datatype, "data": data}
    return {"inputs": [tensor], "parameters": {"binary_data_output": True}}


def _from_bytes(data: bytes, datatype: object, most: int) -> list[Any]:
    too_many = TooManyInstances("more values than one request may have")
    try:
        if datatype == "BYTES":
            texts: list[str] = []
            start = 0
            while start < len(data):
                if len(texts) == most:
                    raise too_many
                end = start + 4 + struct.unpack_from("<I", data, start)[0]
                if end > len(data):
                    raise ValueError
                texts.append(data[start + 4 : end].decode())
                start = end
            return texts
        array = np.frombuffer(data, DTYPES[str(datatype)])
    except (KeyError, ValueError, struct.error) as error:
        raise NotParseable("a tensor behind the JSON is not of its datatype") from error
    if len(array) > most:
        raise too_many
    if array.dtype.kind != "f" or array.dtype.itemsize == 8:
        return list(array.tolist())
    # 0.1 in 32 bits is 0.1 again, as JSON would have it, and not beyond a maximum of 0.1.
    if array.dtype.itemsize == 4 and np.isfinite(array).all():
        return list(orjson.loads(orjson.dumps(array, option=orjson.OPT_SERIALIZE_NUMPY)))
    return [float(str(value)) for value in array]


def write(document: dict[str, Any], outputs: Sequence[Output]) -> Response:
    """Answer with the outputs in JSON, or as bytes behind it where that was asked for."""
    document["outputs"], behind = [], []
    for name, datatype, values, binary in outputs:
        tensor: dict[str, Any] = {"name": name, "shape": [len(values)], "datatype": datatype}
        if binary:
            data = (
                b"".join(struct.pack("<I", len(text)) + text for text in (value.encode() for value in values))
                if datatype == "BYTES"
                else np.asarray(values, DTYPES[datatype]).tobytes()
            )
            behind.append(data)
            tensor["parameters"] = {"binary_data_size": len(data)}
        else:
            tensor["data"] = values
        document["outputs"].append(tensor)
    in_json = answer(document)
    if not behind:
        return in_json
    head = in_json.get_data()
    return Response(
        b"".join([head, *behind]), content_type="application/octet-stream", headers={LENGTH: str(len(head))}
    )
