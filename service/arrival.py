"""The bytes of one request as they come in, and when there are enough of them to be read without waiting."""

import re

# More than gunicorn's parser takes of request line and headers, or of a chunk's size: what is longer, it refuses.
MAX_HEAD_BYTES = 2**20
MAX_CHUNK_HEAD_BYTES = 2**14
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*\r\n", re.IGNORECASE)
_ENCODED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"[0-9a-f]{1,16}", re.IGNORECASE)


class Arrival:
    """One request, as far as it has come.

    It decides when the parser gets the bytes, never what they mean: a request that is framed in an odd way is settled
    at once, and the parser says what is wrong with it.

    Attributes:
        received: Every byte so far.
        settled: Whether a parser can take it from here without waiting for the client.
        whole: Whether that is because the request is complete; otherwise it can only be refused, and where the next one
            would start is unknown.
        expects: Whether the client waits for "100 Continue" before it sends the body.
    """

    def __init__(self, max_body_bytes: int) -> None:
        """Start with nothing.

        Args:
            max_body_bytes: A body that is longer is not waited for.
        """
        self._max_body_bytes = max_body_bytes
        self.received = bytearray()
        self.settled = self.whole = self.expects = False
        self._body = 0  # where it begins, once the head is complete
        self._end: int | None = None  # where it ends, if the head says so
        self._searched = 0  # how far the bytes have been looked at
        self._chunked_bytes = 0  # sizes of all chunks so far

    def add(self, data: bytes) -> None:
        """Take what came in."""
        self.received += data
        if not self._body:
            self._read_head()
        if self._body and not self.settled:
            if self._end is None:
                self._read_chunks()
            elif len(self.received) >= self._end:
                self.settled = self.whole = True

    def end(self) -> None:
        """No more is waited for."""
        self.settled = True

    def drop_body(self) -> None:
        """Keep the head alone."""
        if self._body:
            del self.received[self._body :]

    def _read_head(self) -> None:
        end = self.received.find(b"\r\n\r\n", max(self._searched - 3, 0))
        self._searched = len(self.received)
        if end < 0:
            self.settled = len(self.received) > MAX_HEAD_BYTES
            return
        self._body = self._searched = end + 4
        head = self.received[: end + 2]
        length = _LENGTH.search(head)
        if not _ENCODED.search(head):
            num_bytes = int(length[1]) if length else 0
            self._end = self._body + num_bytes
            self.settled = num_bytes > self._max_body_bytes
        self.expects = bool(_EXPECTS.search(head)) and not self.settled

    def _read_chunks(self) -> None:
        """Follow the chunks' sizes (RFC 9112, 7.1) from where the last look ended."""
        while (line := self.received.find(b"\r\n", self._searched)) >= 0:
            size = _CHUNK_SIZE.match(self.received, self._searched, line)
            if not size:
                self.settled = True
                return
            num_bytes = int(size[0], 16)
            if num_bytes == 0:
                # Trailers may follow; an empty line ends them, which is this one's where there are none.
                self.settled = self.whole = self.received.find(b"\r\n\r\n", line) >= 0
                return
            self._searched = line + 2 + num_bytes + 2
            self._chunked_bytes += num_bytes
        missing = max(self._searched - 2 - len(self.received), 0)
        self.settled = (
            self._chunked_bytes - missing > self._max_body_bytes
            or len(self.received) - self._body > 2 * self._max_body_bytes + MAX_CHUNK_HEAD_BYTES
            or len(self.received) - self._searched > MAX_CHUNK_HEAD_BYTES
        )
