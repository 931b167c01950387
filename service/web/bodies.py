"""Bodies: a request's as bytes, and an answer's as JSON."""

from typing import Any

import orjson
from flask import Response, request

from service.errors import BodyTooLarge, NotParseable


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


def answer(document: Any) -> Response:
    """A JSON answer; NumPy's float32 is written in its shortest form."""
    return answer_json(orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY))


def answer_json(text: bytes) -> Response:
    """An answer that is JSON already."""
    return Response(text, content_type="application/json")
