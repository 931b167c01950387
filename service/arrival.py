"""The bytes of one request as they come in, and when there are enough of them to be read without waiting."""

import re

# Of a request line, of all headers, and of a chunk's size or the trailers behind the last. What is longer is not waited
# for; gunicorn's parser takes less of all but trailers.
MAX_LINE_BYTES = 2**13
MAX_HEAD_BYTES = 2**20
MAX_CHUNK_HEAD_BYTES = 2**14
_LENGTH = re.compile(rb"\r\ncontent-length:([^\r\n]*)\r\n", re.IGNORECASE)
_ENCODING = re.compile(rb"\r\ntransfer-encoding:([^\r\n]*)\r\n", re.IGNORECASE)
_EXPECTATION = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)
_BARE_LINE_FEED = re.compile(rb"(?<!\r)\n")
_NO_METHOD = bytes({*range(32)} - {*b"\r\n"})  # a client that speaks TLS, say
_SIZE = re.compile(rb"0*([0-9]{1,18})")
_CHUNK_SIZE = re.compile(rb"0*([0-9a-f]{1,15})(?=[ \t]*;|\Z)", re.IGNORECASE)


class Arrival:
    """One request, as far as it has come.

    It decides when the parser gets the bytes, never what they mean: a request that is framed in an odd way is settled
    at once, and the parser says what is wrong with it.

    Attributes:
        received: Every byte so far.
        settled: Whether a parser can take it from here without waiting for the client.
        whole: Whether that is because the request is complete; otherwise it can only be refused, and where the next one
            would start is unknown.
        has_body: Whether its head announces a body.
        expects: Whether the client waits for "100 Continue" before it sends the body.
    """

    def __init__(self, max_body_bytes: int) -> None:
        """Start with nothing.

        Args:
            max_body_bytes: A body that is longer is not waited for.
        """
        self._max_body_bytes = max_body_bytes
        self.received = bytearray()
        self.settled = self.whole = self.has_body = self.expects = False
        self._body = 0  # where it begins, once the head is complete
        self._end: int | None = None  # where it ends, if the head says so
        self._searched = 0  # how far the bytes have been looked at
        self._chunked_bytes = 0  # sizes of all chunks so far
        self._trailers: int | None = None  # where they begin, once the last chunk has come

    def add(self, data: bytes | memoryview) -> None:
        """Take what came in."""
        if not data:
            return
        self.received += data
        if not self._body:
            self._read_head()
        if self._body and not self.settled:
            if self._end is not None:
                self.settled = self.whole = len(self.received) >= self._end
            elif self._trailers is None:
                self._read_chunks()
            else:
                self._read_trailers(self._trailers)

    def give_up(self) -> None:
        """Wait for no more: it goes to the parser as it is."""
        self.settled = True

    def drop_body(self) -> None:
        """Keep the head alone."""
        if self._body:
            del self.received[self._body :]

    def _read_head(self) -> None:
        start = max(self._searched - 3, 0)
        end = self.received.find(b"\r\n\r\n", start)
        if end < 0 or _BARE_LINE_FEED.search(self.received, start, end):
            self.settled = (
                self.received[0] in _NO_METHOD
                or len(self.received) > MAX_HEAD_BYTES
                or (len(self.received) > MAX_LINE_BYTES and b"\n" not in self.received[:MAX_LINE_BYTES])
                or _BARE_LINE_FEED.search(self.received, start) is not None
            )
            self._searched = len(self.received)
            return
        self._body = self._searched = end + 4
        head = bytes(self.received[: end + 2])
        length, encoding = _LENGTH.search(head), _ENCODING.search(head)
        is_new = head.partition(b"\r\n")[0].endswith(b"HTTP/1.1")
        if encoding:
            self.has_body = True
            self.settled = not (is_new and encoding[1].strip(b" \t").lower() == b"chunked")
        elif length:
            size = _SIZE.fullmatch(length[1].strip(b" \t"))
            num_bytes = int(size[1]) if size else 0
            self.has_body = num_bytes > 0
            self._end = self._body + num_bytes
            self.settled = size is None or num_bytes > self._max_body_bytes
        else:
            self._end = self._body
        self.expects = is_new and not self.settled and _EXPECTATION.search(head) is not None

    def _read_chunks(self) -> None:
        """Follow the chunks' sizes (RFC 9112, 7.1) from where the last look ended."""
        while (line := self.received.find(b"\r\n", self._searched)) >= 0:
            size = _CHUNK_SIZE.match(self.received, self._searched, line)
            if not size:
                self.settled = True
                return
            num_bytes = int(size[1], 16)
            if num_bytes == 0:
                self._trailers = self._searched = line
                self._read_trailers(line)
                return
            self._searched = line + 2 + num_bytes + 2
            self._chunked_bytes += num_bytes
        missing = max(self._searched - 2 - len(self.received), 0)
        self.settled = (
            self._chunked_bytes - missing > self._max_body_bytes
            or len(self.received) - self._body > 2 * self._max_body_bytes + MAX_CHUNK_HEAD_BYTES
            or len(self.received) - self._searched > MAX_CHUNK_HEAD_BYTES
        )

    def _read_trailers(self, begin: int) -> None:
        """An empty line ends them, which is the last chunk's own where there are none."""
        end = self.received.find(b"\r\n\r\n", max(self._searched - 3, begin))
        self._searched = len(self.received)
        is_long = (end if end >= 0 else len(self.received)) - begin > MAX_CHUNK_HEAD_BYTES
        self.whole = end >= 0 and not is_long
        self.settled = self.whole or is_long
