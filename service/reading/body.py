"""The body of the request at hand to instances, after its media type."""

from typing import Any

from flask import request

from service.errors import UnsupportedMediaType
from service.reading.instances import Batch, InstanceReader
from service.web.bodies import read_body


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
    raise UnsupportedMediaType(
        "send application/json or text/csv, and say so in Content-Type (curl -H 'content-type: application/json')"
    )


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
    document = reader.parse_json(read_body(max_body_bytes))
    beside = reader.take_beside(document, name)
    return reader.read_document(document), beside


def read_csv_body(max_body_bytes: int) -> tuple[bytes, str]:
    """Read the request's body, which has to be CSV.

    Returns:
        The body, and the charset that it is said to be in, "" where none is.

    Raises:
        UnsupportedMediaType: Not CSV.
        BodyTooLarge: More bytes than are taken.
        NotParseable: It was cut short, or its chunks are none.
    """
    if request.mimetype != "text/csv":
        raise UnsupportedMediaType("send text/csv, and say so in Content-Type")
    return read_body(max_body_bytes), _charset()


def _charset() -> str:
    charset: str = request.mimetype_params.get("charset", "")
    return charset
