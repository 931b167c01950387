"""Bodies: a request's as bytes, and an answer's as JSON."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson
from flask import Response, request

from service.errors import BodyTooLarge, NotParseable, UnsupportedCoding
from service.server.content_codings import CODING, FORMATS, TooLong, inflate

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

TAKEN = ("gzip", "deflate")  # content codings, by their usual names


def check_coding(environ: "WSGIEnvironment", view: Callable[..., Any]) -> None:
    """Refuse a body at its head that is compressed in another way than is taken.

    Raises:
        UnsupportedCoding: It is, or in several.
    """
    if CODING not in environ:
        return
    coding = environ.pop(CODING).lower()
    if environ["REQUEST_METHOD"] == "POST" and coding not in ("", "identity"):  # no other has a body that is read
        if coding not in FORMATS:
            raise UnsupportedCoding(f"a body may be compressed as {' or '.join(TAKEN)}, and in no other way")
        environ[CODING] = coding


def read_body(max_body_bytes: int) -> bytes:
    """Read the request's body to its end, and inflate it where it is compressed still.

    Raises:
        BodyTooLarge: More bytes than are taken; inflated, too.
        NotParseable: It was cut short, or its chunks are none, or it can't be inflated.
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
    if CODING not in environ:
        return body
    try:
        return inflate(body, environ[CODING], max_body_bytes)
    except TooLong as error:
        raise BodyTooLarge(max_body_bytes) from error
    except ValueError as error:
        raise NotParseable(f"the body can't be inflated: {error}") from error


def answer(document: Any) -> Response:
    """A JSON answer; NumPy's float32 is written in its shortest form."""
    return answer_json(orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY))


def answer_json(text: bytes) -> Response:
    """An answer that is JSON already."""
    return Response(text, content_type="application/json")
