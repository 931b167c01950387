"""Compressed bodies: inflated by what zlib says, limited by what comes out, in time by their length."""

import gzip
import json
import os
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.server.content_codings import LITTLE_BYTES, PIECE_BYTES, TooLong, inflate
from tests.reliability.test_clients import BODY, HEAD, TABLE, connect, memory, read_answer, workers
from tests.support.growth import grows_linearly
from tests.support.http import ask
from tests.support.processes import Serve
from tests.support.stores import STUDENT

NAMED = b"\x1f\x8b\x08\x18" + bytes(6)  # a gzip that begins with a name and a comment of any length
GZIP = HEAD.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")


@given(st.lists(st.binary(max_size=3 * PIECE_BYTES), min_size=1, max_size=4), st.integers(0, 2 * PIECE_BYTES))
def test_what_was_compressed_comes_out(parts: list[bytes], most: int) -> None:
    """All members of a gzip; one byte more than may come out does not."""
    whole = b"".join(parts)
    several = b"".join(map(gzip.compress, parts))

    assert inflate(several, "gzip", len(whole)) == inflate(zlib.compress(whole), "deflate", len(whole)) == whole
    if most < len(whole):
        with pytest.raises(TooLong):
            inflate(several, "x-gzip", most)


@pytest.mark.parametrize("num", [1, 3 * PIECE_BYTES])
def test_zeros_behind_a_gzip_are_passed_over(num: int) -> None:
    """As `gzip` does: tapes and block devices leave them."""
    assert inflate(gzip.compress(b"a") + bytes(num), "gzip", 10) == b"a"
    assert inflate(gzip.compress(b"a") + bytes(num) + gzip.compress(b"b"), "gzip", 10) == b"ab"


@pytest.mark.parametrize("garbage", [b"\0x", b"garbage", gzip.compress(b"more", mtime=0)[:-1]])
@pytest.mark.parametrize("coding", ["gzip", "deflate"])
@pytest.mark.parametrize("length", [10, PIECE_BYTES - 18, 3 * PIECE_BYTES])
def test_what_is_cut_short_or_goes_on_is_none(coding: str, length: int, garbage: bytes) -> None:
    """Wherever it ends, and whatever stands behind it."""
    content = os.urandom(length)
    compressed = gzip.compress(content) if coding == "gzip" else zlib.compress(content)
    wrong = bytearray(compressed)
    wrong[-1] ^= 1

    for broken in (compressed + garbage, compressed[:-1], compressed[:5], wrong, content):
        with pytest.raises(ValueError, match=r"short|not what Content-Encoding says|behind"):
            inflate(broken, coding, 2 * length)


@pytest.mark.parametrize(
    "make",
    [
        lambda size: gzip.compress(b"") * (size // 20),
        lambda size: zlib.compress(b"")[:2] + b"\x00\x00\x00\xff\xff" * (size // 5),
        lambda size: NAMED + b"a" * size,
        lambda size: gzip.compress(bytes(size)),
    ],
    ids=["empty members", "empty blocks", "a long name", "zeros"],
)
def test_a_body_takes_no_longer_than_it_is_long(make: Callable[[int], bytes]) -> None:
    """However it is made."""

    def work(text: str) -> None:
        body = text.encode("latin-1")
        for coding in ("gzip", "deflate"):
            try:
                inflate(body, coding, 2**30)
            except ValueError:
                pass

    assert grows_linearly(work, lambda size: make(size).decode("latin-1"))


def test_a_bomb_holds_up_nobody_and_takes_no_memory(serve: Serve, students: Path) -> None:
    """Of 8 KB that would be 8 MB and more; small bodies, large ones and broken ones are answered beside it."""
    bomb = gzip.compress(bytes(2**23 + 1))
    bombs = [bomb, gzip.compress(bomb), gzip.compress(b"") * 5000, NAMED + b"a" * 2_000_000, b"\x1f\x8b", bomb[:-8]]
    table, little = gzip.compress(TABLE), gzip.compress(BODY)
    with serve(students) as service:
        [worker] = workers(service)
        before = memory(worker, "VmRSS")
        statuses = []
        for body in (*bombs, little, little + little, table, b""):
            with connect(service, GZIP % len(body) + body) as connection:
                statuses.append(read_answer(connection)[0])
        chunked = GZIP.replace(b"Content-Length: %d", b"Transfer-Encoding: chunked")
        with connect(service, chunked + b"%x\r\n%s\r\n0\r\n\r\n" % (len(table), table)) as connection:
            answered = json.loads(read_answer(connection)[2])
        with connect(service, b"".join(GZIP % len(body) + body for body in bombs[:1] * 50)) as connection:
            others = [ask(f"{service.url}/predict", STUDENT).status for _ in range(20)]
        grown = memory(worker, "VmHWM") - before

    assert statuses == [413, 400, 400, 400, 400, 413, 200, 400, 200, 400]
    assert len(answered["predictions"]) == 10_000
    assert others == [200] * 20
    assert len(table) < LITTLE_BYTES
    assert grown < 100e6
