"""Where a request ends: what is framed in an odd way is refused and the connection closed, and nothing is split."""

import json

import pytest

from tests.service.server.conftest import LAST, Talk

BODY = b'{"study_hours": 6, "sleep_hours": 5}'
LENGTH = b"Content-Length: %d" % len(BODY)
CHUNKED = b"Transfer-Encoding: chunked"
CHUNKS = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
UPGRADE = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQ")


def post(*headers: bytes, body: bytes = BODY, line: bytes = b"POST /predict HTTP/1.1") -> bytes:
    """A student, asked for with some headers."""
    lines = (line, b"Host: localhost", b"Content-Type: application/json", *headers)
    return b"\r\n".join([*lines, b"", b""]) + body


def chunked(body: bytes) -> bytes:
    """A student in chunks."""
    return post(CHUNKED, body=body)


def get(
    *headers: bytes, line: bytes = b"GET /livez HTTP/1.1", host: bytes = b"Host: localhost", body: bytes = b""
) -> bytes:
    """A probe, asked for with some headers."""
    return b"\r\n".join([line, host, *headers, b"", b""]) + body


TAKEN = {
    "a length": post(LENGTH),
    "a length behind a tab": post(b"Content-Length:\t36"),
    "a length with zeros": post(b"Content-Length: 000036"),
    "chunks": chunked(CHUNKS),
    "chunks in capitals": post(b"TRANSFER-ENCODING: CHUNKED", body=CHUNKS),
    "chunks of one byte": chunked(b"".join(b"1\r\n%c\r\n" % byte for byte in BODY) + b"0\r\n\r\n"),
    "a size with zeros": chunked(b"0000" + CHUNKS),
    "extensions": chunked(b'24;a=b;c="d"\r\n' + BODY + b"\r\n0;x\r\n\r\n"),
    "trailers": chunked(b"24\r\n" + BODY + b"\r\n0\r\nAuthorization: x\r\nHost: other\r\n\r\n"),
    "line ends before": b"\r\n\r\n" + post(LENGTH),
    "a line end behind": post(LENGTH) + b"\r\n",
    "an absolute target": get(line=b"GET http://other/livez HTTP/1.1"),
    "an absolute target without a path": get(line=b"GET http://localhost HTTP/1.1", host=b"Host: other"),
    "an upgrade": get(*UPGRADE),
    "an upgrade to a websocket": get(b"Connection: Upgrade", b"Upgrade: websocket"),
    "an upgrade with a length": post(LENGTH, *UPGRADE),
    "an upgrade with chunks": post(CHUNKED, *UPGRADE, body=CHUNKS),
    "an old client that stays": get(b"Connection: keep-alive", line=b"GET /livez HTTP/1.0"),
    "a body where none is wanted": get(b"Content-Length: %d" % len(LAST), body=LAST),
    "a value in Latin-1": get(b"X: caf\xe9"),
    "a blank host": get(host=b"Host:"),
    "a fragment": get(line=b"GET /livez#x HTTP/1.1"),
}
LAST_TAKEN = {
    "close": get(b"Connection: close"),
    "close beside keep-alive": get(b"Connection: keep-alive, close"),
    "close in a line of its own": get(b"Connection: keep-alive", b"Connection: close"),
    "an old client": get(line=b"GET /livez HTTP/1.0", host=b"X: y"),
    "an old client that stays and closes": get(b"Connection: keep-alive, close", line=b"GET /livez HTTP/1.0"),
    "an upgrade that closes": post(LENGTH, b"Connection: Upgrade, close", b"Upgrade: h2c"),
}
REFUSED = {
    "length and chunks": (post(LENGTH, CHUNKED, body=CHUNKS), 400),
    "chunks and length": (post(CHUNKED, LENGTH, body=CHUNKS), 400),
    "two lengths alike": (post(LENGTH, LENGTH), 400),
    "two lengths": (post(LENGTH, b"Content-Length: 5"), 400),
    "a list of lengths": (post(b"Content-Length: 36, 36"), 400),
    "a length with a plus": (post(b"Content-Length: +36"), 400),
    "a length below zero": (post(b"Content-Length: -1"), 400),
    "a length in hexadecimal": (post(b"Content-Length: 0x24"), 400),
    "a length with a point": (post(b"Content-Length: 36.0"), 400),
    "a blank length": (post(b"Content-Length: "), 400),
    "a blank before the colon": (post(b"Content-Length : 36"), 400),
    "a blank in the length": (post(b"Content-Length: 3 6"), 400),
    "a length beyond 64 bits": (post(b"Content-Length: 99999999999999999999999"), 400),
    "an unknown encoding": (post(b"Transfer-Encoding: xchunked", body=CHUNKS), 501),
    "encodings one behind the other": (post(b"Transfer-Encoding: gzip, chunked", body=CHUNKS), 501),
    "chunks that are not last": (post(b"Transfer-Encoding: chunked, gzip", body=CHUNKS), 400),
    "chunks of chunks": (post(b"Transfer-Encoding: chunked, chunked", body=CHUNKS), 400),
    "chunks twice": (post(CHUNKED, CHUNKED, body=CHUNKS), 400),
    "chunks, then none": (post(CHUNKED, b"Transfer-Encoding: identity", body=CHUNKS), 400),
    "no encoding and a length": (post(b"Transfer-Encoding: identity", LENGTH), 400),
    "no encoding": (post(b"Transfer-Encoding: identity"), 501),
    "a vertical tab": (post(b"Transfer-Encoding: \x0bchunked", body=CHUNKS), 400),
    "a blank before the colon of chunks": (post(b"Transfer-Encoding : chunked", body=CHUNKS), 400),
    "quoted chunks": (post(b'Transfer-Encoding: "chunked"', body=CHUNKS), 501),
    "a blank encoding": (post(b"Transfer-Encoding: ", LENGTH), 400),
    "chunks of an old client": (post(CHUNKED, body=CHUNKS, line=b"POST /predict HTTP/1.0"), 400),
    "a folded header": (post(b"X: a\r\n b", LENGTH), 400),
    "a folded length": (post(b"Content-Length:\r\n 36"), 400),
    "folded chunks": (post(b"Transfer-Encoding:\r\n chunked", body=CHUNKS), 400),
    "a bare line feed behind the first line": (b"GET /livez HTTP/1.1\nHost: localhost\r\n\r\n", 400),
    "a bare line feed behind a header": (get(b"X: y\nZ: y"), 400),
    "a bare line feed at the end": (b"GET /livez HTTP/1.1\r\nHost: localhost\n\n", 400),
    "a bare carriage return behind the first line": (b"GET /livez HTTP/1.1\rHost: localhost\r\n\r\n", 400),
    "a bare carriage return in a header": (get(b"X: y\rZ: y"), 400),
    "two carriage returns": (b"GET /livez HTTP/1.1\r\nHost: localhost\r\r\n\r\n", 400),
    "NUL in a value": (get(b"X: a\0b"), 400),
    "NUL in a name": (get(b"X\0: a"), 400),
    "NUL in the target": (get(line=b"GET /livez\0 HTTP/1.1"), 400),
    "DEL in a value": (get(b"X: a\x7fb"), 400),
    "a name beyond ASCII": (get(b"X\xff: a"), 400),
    "a bracket in a name": (get(b"X(: a"), 400),
    "a header without a colon": (get(b"foo"), 400),
    "a header without a name": (get(b": a"), 400),
    "a blank before the first header": (get(host=b" Host: localhost"), 400),
    "a blank behind a size": (chunked(b"24 \r\n" + BODY + b"\r\n0\r\n\r\n"), 400),
    "a blank before a size": (chunked(b" " + CHUNKS), 400),
    "a size with a plus": (chunked(b"+" + CHUNKS), 400),
    "a size with its base": (chunked(b"0x" + CHUNKS), 400),
    "a size below zero": (chunked(b"-" + CHUNKS), 400),
    "a size beyond 64 bits": (chunked(b"1000000000000000" + CHUNKS), 400),
    "no size": (chunked(b"\r\n" + BODY + b"\r\n0\r\n\r\n"), 400),
    "a line feed behind a size": (chunked(b"24\n" + BODY + b"\r\n0\r\n\r\n"), 400),
    "no line end behind a chunk": (chunked(b"24\r\n" + BODY + b"0\r\n\r\n"), 400),
    "a chunk longer than its size": (chunked(b"24\r\n" + BODY + b"XX\r\n0\r\n\r\n"), 400),
    "a line feed in an extension": (chunked(b"24;a\nb\r\n" + BODY + b"\r\n0\r\n\r\n"), 400),
    "a carriage return in an extension": (chunked(b"24;a\rb\r\n" + BODY + b"\r\n0\r\n\r\n"), 400),
    "an extension without an end": (chunked(b"24;" + b"a" * 40_000), 400),
    "a length in a trailer": (chunked(b"24\r\n" + BODY + b"\r\n0\r\nContent-Length: 5\r\n\r\n"), 400),
    "chunks in a trailer": (chunked(b"24\r\n" + BODY + b"\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400),
    "a trailer that is none": (get(CHUNKED, body=b"0\r\nbad\r\n\r\n"), 400),
    "a trailer with a blank in its name": (get(CHUNKED, body=b"0\r\nb ad: x\r\n\r\n"), 400),
    "a folded trailer": (get(CHUNKED, body=b"0\r\na: b\r\n c\r\n\r\n"), 400),
    "a trailer without an end": (chunked(b"0\r\nX: " + b"a" * 40_000), 400),
    "a blank before": (b" " + get(), 400),
    "HTTP 0.9": (b"GET /livez\r\n", 400),
    "HTTP 0.9 by number": (get(line=b"GET /livez HTTP/0.9"), 505),
    "HTTP 1.2": (get(line=b"GET /livez HTTP/1.2"), 400),
    "HTTP 1.9": (get(line=b"GET /livez HTTP/1.9"), 400),
    "HTTP 2.0": (get(line=b"GET /livez HTTP/2.0"), 505),
    "HTTP 11.1": (get(line=b"GET /livez HTTP/11.1"), 400),
    "http in small letters": (get(line=b"GET /livez http/1.1"), 400),
    "the preface of HTTP 2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "another scheme": (get(line=b"GET ftp://x/livez HTTP/1.1"), 400),
    "an authority": (get(line=b"GET x:80 HTTP/1.1"), 400),
    "a star": (get(line=b"GET * HTTP/1.1"), 400),
    "a target without a slash": (get(line=b"GET livez HTTP/1.1"), 400),
    "a blank in the target": (get(line=b"GET /li vez HTTP/1.1"), 400),
    "a target beyond ASCII": (get(line="GET /é HTTP/1.1".encode()), 400),
    "a control character in the target": (get(line=b"GET /\x01 HTTP/1.1"), 400),
    "tabs in the first line": (get(line=b"GET\t/livez\tHTTP/1.1"), 400),
    "CONNECT": (get(line=b"CONNECT x:80 HTTP/1.1"), 400),
    "CONNECT to a path": (get(line=b"CONNECT /predict HTTP/1.1"), 400),
    "a method in small letters": (get(line=b"get /livez HTTP/1.1"), 400),
    "another method": (get(line=b"FOO /livez HTTP/1.1"), 400),
    "another expectation": (post(LENGTH, b"Expect: 200-ok"), 417),
    "no host": (get(host=b"X: y"), 400),
    "two hosts": (get(b"Host: y"), 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    "too long a target": (get(line=b"GET /" + b"x" * 5000 + b" HTTP/1.1"), 414),
    "too long a header": (get(b"X: " + b"x" * 9000), 431),
    "too many headers": (get(*[b"X%d: y" % number for number in range(100)]), 431),
    "a head without an end": (get(*[b"X%d: %s" % (number, b"x" * 60_000) for number in range(20)])[:-2], 431),
    "a body that is too long": (post(b"Content-Length: 100000000"), 413),
    "chunks that are too long": (chunked(b"800001\r\n" + b" " * 0x800001), 413),
    "no route for a body that is not there yet": (post(b"Content-Length: 100000", line=b"POST /nowhere HTTP/1.1"), 404),
}


@pytest.mark.parametrize("request_", TAKEN.values(), ids=TAKEN.keys())
@pytest.mark.parametrize("is_split", [False, True], ids=["whole", "bytewise"])
def test_what_is_framed_well_is_answered_and_the_next_too(talk: Talk, request_: bytes, is_split: bool) -> None:
    """In one piece with what follows, or byte by byte."""
    sent = [bytes([byte]) for byte in request_] if is_split else []

    heard = talk(*sent, LAST) if is_split else talk(request_ + LAST)

    assert heard.statuses == [404 if b"GET http://nowhere" in request_ else 200, 200]


@pytest.mark.parametrize("request_", LAST_TAKEN.values(), ids=LAST_TAKEN.keys())
def test_a_client_that_wants_to_close_gets_one_answer(talk: Talk, request_: bytes) -> None:
    """Whatever it says beside, and whatever it sends behind."""
    heard = talk(request_ + LAST)

    assert heard.statuses == [200]
    assert b"\r\nConnection: close\r\n" in heard.text


@pytest.mark.parametrize(("request_", "status"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_framed_in_an_odd_way_is_refused_once(talk: Talk, request_: bytes, status: int) -> None:
    """And nothing behind it is taken for a request: behind a proxy the answer would be somebody else's."""
    heard = talk(request_ + LAST)

    assert heard.statuses == [status]
    head, _, body = heard.text.partition(b"\r\n\r\n")
    assert b"\r\nConnection: close" in head
    assert json.loads(body)["status"] == status


@pytest.mark.parametrize(("request_", "status"), REFUSED.values(), ids=REFUSED.keys())
def test_what_came_before_is_answered_first(talk: Talk, request_: bytes, status: int) -> None:
    """In order, on the same connection, however slow it is."""
    slow = post(b"Content-Length: %d" % len(BODY), line=b"POST /explain HTTP/1.1")

    heard = talk(slow + post(LENGTH) + request_ + LAST)

    assert heard.statuses == [200, 200, status]


@pytest.mark.parametrize(
    ("request_", "statuses"),
    [(post(LENGTH), [200]), (post(LENGTH)[:-1], [400]), (b"GET /li", [400]), (b"", []), (get()[:-2], [400])],
)
def test_a_client_that_sends_no_more_gets_its_answers(talk: Talk, request_: bytes, statuses: list[int]) -> None:
    """To what is complete; what is not can't become so."""
    assert talk(request_, half_closed=True).statuses == statuses


def test_the_host_of_an_absolute_target_counts(talk: Talk) -> None:
    """As for a proxy; its path too, and its name, for which this service is not to be asked."""
    assert talk(get(line=b"GET http://other/nowhere HTTP/1.1") + LAST).statuses == [404, 200]
    assert talk(get(line=b"GET http://other/model HTTP/1.1") + LAST).statuses == [421, 200]


def test_a_header_with_an_underscore_is_none(talk: Talk) -> None:
    """In an environment it could not be told from one with a dash: the length is not one, nor is the key."""
    assert talk(post(b"Content_Length: 36", body=b"") + LAST).statuses == [400, 200]  # an empty body is no JSON
