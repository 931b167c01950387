"""When a request is complete, however its bytes come in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.arrival import MAX_CHUNK_HEAD_BYTES, MAX_HEAD_BYTES, MAX_LINE_BYTES, Arrival

LIMIT = 100
CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
COMPLETE = [
    b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /predict HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
    b"POST /predict HTTP/1.1\r\nHost: x\r\ncontent-length:\t5 \r\nA: b\r\n\r\n12345",
    b"POST /predict HTTP/1.1\r\nContent-Length: 0000000000000000000000000005\r\n\r\n12345",
    b"POST /predict HTTP/1.1\r\nX-Content-Length: 9\r\nContent-Length: 3\r\n\r\n\r\n\r",
    CHUNKED + b"3\r\nabc\r\nB;x=y\r\n0\r\n\r\n567890\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\nTrailer: x\r\n\r\n",
]
REFUSED = [
    b"POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 999999999999999999\r\n\r\n",
    CHUNKED + b"zz\r\n",
    CHUNKED + b"\r\n",
    CHUNKED + b"50\r\n" + b"x" * 80 + b"\r\n50\r\n" + b"x" * 21,
    CHUNKED + b"1" * (MAX_CHUNK_HEAD_BYTES + 1),
    CHUNKED + ((b"1;" + b"e" * 9000 + b"\r\nx\r\n") * 2)[: 2 * LIMIT + MAX_CHUNK_HEAD_BYTES + 1],
    CHUNKED + b"0" + b"\r\nTrailer: ".ljust(MAX_CHUNK_HEAD_BYTES + 1, b"x"),
    CHUNKED + b"fffffffffffffffff\r\n",
    CHUNKED + b"0x5\r\n",
    b"GET / HTTP/1.1\r\n".ljust(MAX_HEAD_BYTES + 1, b"x"),
    b"GET / HTTP/1.1\n",
    b"GET / HTTP/1.1\r\nHost: x\n",
    b"GET /".ljust(MAX_LINE_BYTES + 1, b"x"),
    b"POST / HTTP/1.1\r\nContent-Length: 1000000000000000000\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length:\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: a" + b" " * 900_000 + b"b\r\n\r\n",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: a" + b" " * 900_000 + b"b\r\n\r\n",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
    b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
]


@pytest.mark.parametrize("request_", COMPLETE)
@given(data=st.data())
def test_a_request_is_whole_with_its_last_byte(request_: bytes, data: st.DataObject) -> None:
    """Cut anywhere; and what follows on the connection is left for the next."""
    cuts = sorted(data.draw(st.sets(st.integers(1, len(request_) - 1))))
    arrival = Arrival(LIMIT)

    for start, end in zip([0, *cuts], [*cuts, len(request_)], strict=True):
        assert not arrival.settled
        arrival.add(request_[start:end])

    assert arrival.settled
    assert arrival.whole
    assert arrival.received == request_


@pytest.mark.parametrize("request_", COMPLETE)
def test_what_comes_behind_a_request_changes_nothing(request_: bytes) -> None:
    """Two in one packet."""
    arrival = Arrival(LIMIT)

    arrival.add(request_ + COMPLETE[0])

    assert arrival.whole


@pytest.mark.parametrize("request_", REFUSED, ids=lambda request_: request_[-20:])
def test_what_can_only_be_refused_is_not_waited_for(request_: bytes) -> None:
    """Too long, or no request: settled with the byte that shows it, and never whole."""
    arrival = Arrival(LIMIT)

    arrival.add(request_[:-1])
    before = arrival.settled
    arrival.add(request_[-1:])

    assert (before, arrival.settled, arrival.whole) == (False, True, False)


def test_what_speaks_another_language_is_not_waited_for() -> None:
    """TLS, with its first byte."""
    arrival = Arrival(LIMIT)

    arrival.add(b"\x16")

    assert (arrival.settled, arrival.whole) == (True, False)


def test_long_trailers_are_refused_however_they_come() -> None:
    """In one piece too."""
    arrival = Arrival(LIMIT)

    arrival.add(CHUNKED + b"0" + b"\r\nTrailer: ".ljust(MAX_CHUNK_HEAD_BYTES + 1, b"x") + b"\r\n\r\n")

    assert (arrival.settled, arrival.whole) == (True, False)


def test_a_client_that_waits_to_be_asked_for_its_body_is_known() -> None:
    """Unless the body is too long to be asked for."""
    head = b"POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: %d\r\n\r\n"
    welcome, too_long, old = Arrival(LIMIT), Arrival(LIMIT), Arrival(LIMIT)

    welcome.add(head % 100)
    too_long.add(head % 101)
    old.add(head.replace(b"1.1", b"1.0") % 100)

    assert (welcome.expects, welcome.settled) == (True, False)
    assert (too_long.expects, too_long.settled) == (False, True)
    assert (old.expects, old.settled) == (False, False)


def test_a_body_can_be_dropped() -> None:
    """The head is left, for a refusal that names the request."""
    arrival = Arrival(LIMIT)
    arrival.add(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n1234")

    arrival.give_up()
    arrival.drop_body()

    assert arrival.received.endswith(b"\r\n\r\n")
    assert (arrival.settled, arrival.whole) == (True, False)
