"""Bodies: a request's as bytes or instances, and an answer's as JSON."""

from typing import Any

import orjson
from flask import Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from service.errors import BodyTooLarge, NotParseable, UnsupportedMediaType
from service.validation import Batch, InstanceReader


def read_body(max_body_bytes: int) -> bytes:
    """Read the request's body to its end.

    Raises:
        BodyTooLarge: More bytes than are taken.
        NotParseable: It was cut short, or its chunks are none.
    """
    too_large = BodyTooLarge(f"at most {max_body_bytes} bytes are taken in one request")
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        raise too_large from error
    except HTTPException:
        raise
    except Exception as error:  # gunicorn's own, of several kinds: a chunk that is none, a client that went away
        raise NotParseable("the body could not be read to its end") from error
    if len(body) < (request.content_length or 0):
        raise NotParseable("the body is shorter than Content-Length says")
    if len(body) > max_body_bytes:
        raise too_large
    return body


def read_instances(reader: InstanceReader, max_body_bytes: int) -> Batch:
    """Read the request's body after its media type.

    Raises:
        UnsupportedMediaType: Neither JSON nor CSV.
        BodyTooLarge: More bytes than are taken.
        RequestError: What the reader says of the body.
    """
    if request.mimetype not in ("application/json", "text/csv"):
        raise UnsupportedMediaType("send application/json or text/csv, and say so in Content-Type")
    body = read_body(max_body_bytes)
    if request.mimetype == "text/csv":
        return reader.read_csv(body, request.mimetype_params.get("charset", "utf-8"))
    return reader.read_json(body)


def answer(document: Any) -> Response:
    """A JSON answer; NumPy's float32 is written in its shortest form."""
    return Response(orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY), content_type="application/json")
