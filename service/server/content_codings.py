"""Bodies that a client has compressed (RFC 9110, 8.4): inflated piece by piece, limited by what comes out."""

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.server.connection import Request

CODING = "HTTP_CONTENT_ENCODING"  # in the environment: one of FORMATS, of a body that is still compressed
FORMATS = {"gzip": 31, "x-gzip": 31, "deflate": 15}  # as zlib has them
PIECE_BYTES = 2**12  # inflated at once; what is behind a member of a gzip is copied
LITTLE_BYTES, LITTLE_INFLATED_BYTES = 2**13, 2**16  # of a body that the loop inflates, in a millisecond or two


class TooLong(ValueError):
    """More comes out than is wanted."""


def inflate(body: bytes | bytearray, coding: str, most: int) -> bytes:
    """Inflate a body; a gzip may have several members, one behind the other. An empty one stays empty.

    Args:
        body: All of it.
        coding: One of FORMATS.
        most: Bytes that may come out; no more than that are ever held.

    Raises:
        TooLong: There are more.
        ValueError: It is cut short, not of the coding, or something else stands behind it.
    """
    if not body:
        return b""
    decoder, parts, left = zlib.decompressobj(FORMATS[coding]), list[bytes](), most
    try:
        for start in range(0, len(body), PIECE_BYTES):
            piece = bytes(body[start : start + PIECE_BYTES])
            while piece := _without_padding(piece, decoder, coding):
                if decoder.eof and coding == "deflate":
                    raise ValueError("something stands behind it")
                decoder = zlib.decompressobj(FORMATS[coding]) if decoder.eof else decoder
                parts.append(decoder.decompress(piece, left + 1))
                left -= len(parts[-1])
                if left < 0:
                    raise TooLong
                piece = decoder.unused_data
    except zlib.error as error:
        raise ValueError("it is not what Content-Encoding says") from error
    if not decoder.eof:
        raise ValueError("it is cut short")
    return b"".join(parts)


def _without_padding(piece: bytes, decoder: "zlib._Decompress", coding: str) -> bytes:
    """What comes next; behind a member of a gzip there may be zeros."""
    return piece.lstrip(b"\0") if decoder.eof and coding != "deflate" else piece


def inflate_little(request: "Request") -> None:
    """In the loop: inflate a body that is little, so that it is answered where others are.

    One that is not, or is broken, is left to the thread for large bodies, where it may take as much as those.
    """
    environ, body = request.environ, request.body
    try:
        most = min(LITTLE_INFLATED_BYTES, request.connection.clients.max_body_bytes)
        if len(body) <= LITTLE_BYTES:
            request.body = bytearray(inflate(body, environ[CODING], most))
            environ["CONTENT_LENGTH"] = str(len(request.body))
            del environ[CODING]
    except ValueError:
        pass
