"""Bodies: a request's as bytes or instances, and an answer's as JSON."""

from typing import Any

import orjson
from flask import Response, request

from service.errors import BodyTooLarge, NotParseable, UnsupportedMediaType
from service.validation import Batch, InstanceReader, parse_json


def read_body(max_body_bytes: int) -> bytes:
    """Read the request's body to its end.

    Raises:
        BodyTooLarge: More bytes than are taken.
        NotParseable: It was cut short, or its chunks are none.
    """
    environ = request.environ
    length = int(environ.get("CONTENT_LENGTH") or 0)  # the server has refused what is no number
    try:
        # As it comes from the server, which knows where it ends: Flask's way counts the bytes a second time.
        body: bytes = b"" if length > max_body_bytes else environ["wsgi.input"].read(max_body_bytes + 1)
    except Exception as error:  # what a WSGI server raises is its own
        raise NotParseable("the body could not be read to its end") from error
    if max(length, len(body)) > max_body_bytes:
        raise BodyTooLarge(max_body_bytes)
    if len(body) < length:
        raise NotParseable("the body is shorter than Content-Length says")
    return body


def read_instances(reader: InstanceReader, max_body_bytes: int) -> Batch:
    """Read the request's body after its media type.

    Raises:
        UnsupportedMediaType: Neither JSON nor CSV.
        BodyTooLarge: More bytes than are taken.
        RequestError: What the reader says of the body.
    """
    # Most send just "application/json", and parsing that takes longer than reading a student.
    if request.environ.get("CONTENT_TYPE") == "application/json" or request.mimetype == "application/json":
        return reader.read_json(read_body(max_body_bytes))
    if request.mimetype == "text/csv":
        return reader.read_csv(read_body(max_body_bytes), _charset())
    raise UnsupportedMediaType("send application/json or text/csv, and say so in Content-Type")


def read_instances_and(name: str, reader: InstanceReader, max_body_bytes: int) -> tuple[Batch, list[Any]]:
    """Read the request's body as `read_instances` does, and a field of JSON that stands beside the students.

    Args:
        name: The field's name.
        reader: Reads the students.
        max_body_bytes: Most bytes that are taken.

    Returns:
        The students, and the field's value or nothing where it is not there.

    Raises:
        RequestError: As `read_instances` has it.
    """
    if request.mimetype != "application/json":
        return read_instances(reader, max_body_bytes), []
    document = parse_json(read_body(max_body_bytes))
    beside = reader.take_beside(document, name)
    return reader.read_document(document), beside


def read_csv_body(max_body_bytes: int) -> tuple[bytes, str]:
    """Read the request's body, which has to be CSV.

    Returns:
        The body, and the charset that it is said to be in.

    Raises:
        UnsupportedMediaType: Not CSV.
        BodyTooLarge: More bytes than are taken.
        NotParseable: It was cut short, or its chunks are none.
    """
    if request.mimetype != "text/csv":
        raise UnsupportedMediaType("send text/csv, and say so in Content-Type")
    return read_body(max_body_bytes), _charset()


def _charset() -> str:
    charset: str = request.mimetype_params.get("charset", "utf-8")
    return charset


def answer(document: Any) -> Response:
    """A JSON answer; NumPy's float32 is written in its shortest form."""
    return answer_json(orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY))


def answer_json(text: bytes) -> Response:
    """An answer that is JSON already."""
    return Response(text, content_type="application/json")
