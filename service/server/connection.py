"""A client's connection: requests as they come in, framed by llhttp, and their answers in the same order."""

import asyncio
import json
import logging
import time
import uuid
from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httptools

from service.server import content_codings, wsgi
from service.server.lanes import Lane

if TYPE_CHECKING:
    from service.server.clients import Clients

REFUSAL = "server.refusal"  # in the environment: the status with which the server has the application refuse
REQUEST = "server.request"  # in the environment: the request, of which it may ask `has_left`
WAITED_S = "server.waited_s"  # in the environment: how long it has waited for a thread
REQUEST_S = 75  # for a request to be complete, and for an answer to be read
LINGER_S = 5  # for a client to close once its last answer is sent: closed at once, that might be lost (RFC 9112, 9.6)
ASK_S, ASK_AGAIN_S = 2.0, 0.5  # until a client that sends no more, but waits for work, is asked whether it is there
MAX_TARGET, MAX_HEADER, MAX_HEADERS, MAX_HEAD = 4094, 8190, 100, 2**20  # bytes, but for the number of headers
MAX_OVERHEAD = 2**14  # bytes of sizes, extensions and trailers of chunks without any of the body
REQUEST_BYTES = 2**11  # that a request takes in memory beside its body
PASSED_OVER_BYTES = 2**16  # of a body that is not wanted: of a longer one the end is not waited for
SLICE_BYTES = 2**12  # parsed at once: of what a client sends ahead, only so much becomes objects
_log = logging.getLogger(__name__)


class Request:
    """One request: as it comes in, then as a job for a lane."""

    def __init__(self, connection: "Connection") -> None:
        """Begin with nothing; the lane is known once the head is complete."""
        self.connection = connection
        self.environ = connection.environ | {REQUEST: self}
        self.target = b""
        self.lane: Lane | None = None
        self.body = bytearray()
        self.num_headers = self.head_bytes = 0
        self.num_bytes = 0  # since the last piece of the body, that is of its head to begin with
        self.missing_bytes = 0  # of a body whose length is known
        self.keep_alive = self.expects = self.has_left = False
        self.since = time.monotonic()  # when it began; once it is complete, since when it waits for a thread

    def weight(self) -> int:
        """Bytes that it takes in memory, about."""
        return REQUEST_BYTES + self.head_bytes + (0 if self.lane else self.num_bytes) + len(self.body)

    def refuse(self, status: HTTPStatus) -> None:
        """Have the application refuse it, without its body."""
        self.environ[REFUSAL], self.lane, self.body = status, Lane.REFUSED, bytearray()

    def answer(self) -> wsgi.Answer:
        """Let the application answer; in the loop or in a thread."""
        self.environ[WAITED_S] = time.monotonic() - self.since
        return wsgi.call(self.connection.clients.application, self.environ, bytes(self.body))

    def finish(self, answer: wsgi.Answer) -> None:
        """Send the answer; in the loop."""
        self.connection.finish(self, answer)
        # It refers to itself there: its body would stay until a collection, which may be hours away.
        self.environ, self.body = {}, bytearray()


class Connection(asyncio.Protocol):
    """A connection; only the loop has to do with it."""

    transport: asyncio.Transport

    def __init__(self, clients: "Clients") -> None:
        self.clients = clients
        self.parser: Any = httptools.HttpRequestParser(self)
        self.backlog = bytearray()  # came in, but its turn has not come
        self.request: Request | None = None  # comes in
        self.ready: deque[Request] = deque()  # are all there
        self.working: Request | None = None  # is being answered
        self.failure: HTTPStatus | None = None  # of what came behind these
        self.is_last = False  # whether nothing is taken any more
        self.has_ended = False  # whether the client sends no more
        self.is_unsent = False  # whether the client must read first
        self.is_upgrade = self.is_muted = False
        self.num_bytes = 0  # that it takes in memory
        self.since = time.monotonic()  # when it was the client's turn

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the first request."""
        self.transport = transport  # type: ignore[assignment]
        self.transport.set_write_buffer_limits(high=0)
        self.environ = wsgi.base_environ(*map(transport.get_extra_info, ("sockname", "peername")))
        self.wait()

    def connection_lost(self, error: Exception | None) -> None:
        """Forget it; work for it stops at its next step."""
        for request in (self.working, *self.ready):
            if request:
                request.has_left = True
        self.ready.clear()
        self.backlog.clear()
        self.is_last, self.parser, self.working, self.request = True, None, None, None
        self.clients.remove(self)

    def data_received(self, data: bytes) -> None:
        """Take what came in, or keep it until its turn comes."""
        if self.is_last:
            return
        if self.working or self.is_unsent or self.ready or self.backlog:
            self.backlog += data
            self.transport.pause_reading()
            self.clients.weigh(self)
        else:
            self.feed(data)
            self.proceed()

    def eof_received(self) -> bool:
        """The client sends no more; it may still read."""
        self.has_ended = True
        if self.working:
            self.clients.loop.call_later(ASK_S, self.ask_if_there, self.working)
        self.proceed()
        return not self.is_last or bool(self.working or self.ready)

    def ask_if_there(self, request: Request) -> None:
        """Send what clients of HTTP/1.1 pass over: of one that has gone, the system then says so."""
        if self.working is request and request.environ.get("SERVER_PROTOCOL") == "HTTP/1.1":
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.clients.loop.call_later(ASK_AGAIN_S, self.ask_if_there, request)

    def pause_writing(self) -> None:
        """The client must read first."""
        self.is_unsent = True

    def resume_writing(self) -> None:
        """It has."""
        self.is_unsent, self.since = False, time.monotonic()
        self.proceed()

    def proceed(self) -> None:
        """Do what comes next, until it is the client's turn or somebody works for it."""
        while not (self.working or self.is_unsent or self.transport.is_closing()):
            if self.ready:
                self.clients.waiting.pop(self, None)
                self.working = request = self.ready.popleft()
                request.since = time.monotonic()
                if content_codings.CODING in request.environ:
                    content_codings.inflate_little(request)
                if len(request.body) > SLICE_BYTES:
                    self.clients.weigh(self)
                if self.has_ended:
                    self.clients.loop.call_later(ASK_S, self.ask_if_there, request)
                self.clients.lanes.add(request)
                return
            if self.is_last:
                break
            if self.failure:
                self.send_problem(self.failure)
            elif self.backlog:
                data = bytes(self.backlog[: self.slice_bytes()])
                del self.backlog[: len(data)]
                self.feed(data)
            elif self.has_ended:
                if self.request is None:
                    self.is_last = True
                    self.transport.close()
                self.failure = HTTPStatus.BAD_REQUEST
            else:
                if self.request and self.request.expects:
                    self.request.expects = False
                    self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                self.transport.resume_reading()
                break
        self.wait()

    def wait(self) -> None:
        """Leave it to the client, for a while."""
        if self.parser is None or self.working:  # it is lost, or not the client's turn
            return
        if self.request or self.backlog or self.is_unsent or self.num_bytes:
            self.clients.weigh(self)
        if self.is_unsent:
            wait_s: float = REQUEST_S
        elif self.is_last:
            wait_s = LINGER_S
        else:
            since, most_s = (self.request.since, REQUEST_S) if self.request else (self.since, self.clients.idle_s)
            wait_s = most_s + since - time.monotonic()
        self.clients.wait(self, wait_s)

    def weight(self) -> int:
        """Bytes that it takes in memory, about."""
        requests = [*filter(None, (self.request, self.working)), *self.ready]
        unsent = self.transport.get_write_buffer_size() if self.is_unsent else 0
        return len(self.backlog) + unsent + sum(request.weight() for request in requests)

    def slice_bytes(self) -> int:
        """How much may be parsed at once: all of a body, else a little."""
        return max(SLICE_BYTES, self.request.missing_bytes if self.request else 0)

    def feed(self, data: bytes) -> None:
        """Parse what came in, as far as it is this request's turn."""
        num = self.slice_bytes()
        if len(data) > num:
            self.backlog[:0] = data[num:]
            data = data[:num]
        if self.request:
            self.request.num_bytes += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self.go_on(data[upgrade.args[0] :])
        except httptools.HttpParserError:  # what a callback raises is one too
            self.failure = self.failure or HTTPStatus.BAD_REQUEST
        request = self.request
        if request is None:
            return
        if request.lane is Lane.REFUSED:
            is_little = not request.expects and 0 < request.missing_bytes <= PASSED_OVER_BYTES
            if self.failure or not is_little:
                self.end_with(request)
        elif request.num_bytes > (MAX_OVERHEAD if request.lane else MAX_HEAD):
            status = HTTPStatus.BAD_REQUEST if request.lane else HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            self.failure = self.failure or status
        if self.failure:
            self.request = None

    def end_with(self, request: Request) -> None:
        """Answer a request that is refused before all of it is there, and take nothing behind it."""
        request.keep_alive, self.request, self.is_last = False, None, True
        self.backlog.clear()
        self.ready.append(request)

    def go_on(self, rest: bytes) -> None:
        """Go on in HTTP/1.1 where a client would rather have another protocol; its body is framed as it says."""
        assert self.request
        environ, self.parser, self.is_muted = self.request.environ, httptools.HttpRequestParser(self), True
        is_chunked = "HTTP_TRANSFER_ENCODING" in environ
        framing = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {self.request.missing_bytes}"
        self.parser.feed_data(f"POST / HTTP/1.1\r\n{framing}\r\n\r\n".encode())
        self.backlog[:0] = rest

    def fail(self, status: HTTPStatus) -> None:
        """Refuse what can't be taken for a request of HTTP."""
        self.failure = status
        raise ValueError(status)

    def on_message_begin(self) -> None:
        """A request begins."""
        if not self.is_muted:
            self.request = Request(self)

    def on_url(self, part: bytes) -> None:
        """A part of its target."""
        if self.request and not self.is_muted:
            self.request.target += part
            if len(self.request.target) > MAX_TARGET:
                self.fail(HTTPStatus.REQUEST_URI_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; or a trailer, which nobody needs."""
        request = self.request
        if request is None or request.lane or self.is_muted:
            return
        request.num_headers += 1
        if request.num_headers > MAX_HEADERS or len(name) + len(value) > MAX_HEADER:
            self.fail(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        key, text = wsgi.header_key(name), value.decode("latin-1").strip(" \t")
        if key in request.environ:
            if key == "HTTP_HOST":
                self.fail(HTTPStatus.BAD_REQUEST)
            text = f"{request.environ[key]},{text}"
        if key:
            request.environ[key] = text

    def on_headers_complete(self) -> None:
        """The head is complete: it tells the lane, and whether the body is wanted."""
        if self.is_muted or self.request is None:
            self.is_muted = False
            return
        request, environ, version = self.request, self.request.environ, self.parser.get_http_version()
        if version not in ("1.0", "1.1"):
            self.fail(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED)
        is_new = version == "1.1"
        if not wsgi.set_target(environ, self.parser.get_method().decode(), request.target):
            self.fail(HTTPStatus.BAD_REQUEST)
        if is_new and "HTTP_HOST" not in environ:
            self.fail(HTTPStatus.BAD_REQUEST)
        if "HTTP_TRANSFER_ENCODING" in environ:
            if not is_new:
                self.fail(HTTPStatus.BAD_REQUEST)
            if environ["HTTP_TRANSFER_ENCODING"].lower() != "chunked":
                self.fail(HTTPStatus.NOT_IMPLEMENTED)
        environ["SERVER_PROTOCOL"] = f"HTTP/{version}"
        request.keep_alive = is_new
        if "HTTP_CONNECTION" in environ:
            wishes = {wish.strip() for wish in environ["HTTP_CONNECTION"].lower().split(",")}
            request.keep_alive = "close" not in wishes and (is_new or "keep-alive" in wishes)
        request.keep_alive &= self.parser.should_keep_alive()  # it also counts Proxy-Connection
        if "HTTP_EXPECT" in environ:
            if environ["HTTP_EXPECT"].lower() != "100-continue":
                self.fail(HTTPStatus.EXPECTATION_FAILED)
            request.expects = is_new
        request.missing_bytes = int(environ.get("CONTENT_LENGTH") or 0)
        self.is_upgrade = self.parser.should_upgrade()
        request.head_bytes, request.num_bytes = request.num_bytes, 0
        try:
            request.lane = self.clients.application.admit(environ)
        except Exception:
            _log.exception("the application failed at a head")
            self.fail(HTTPStatus.INTERNAL_SERVER_ERROR)
        if request.missing_bytes > self.clients.max_body_bytes:
            request.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def on_body(self, part: bytes) -> None:
        """A piece of the body."""
        request = self.request
        if request is None:
            return
        request.num_bytes = 0
        request.missing_bytes = max(request.missing_bytes - len(part), 0)
        if request.lane is not Lane.REFUSED:
            request.body += part
            if len(request.body) > self.clients.max_body_bytes:
                request.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def on_message_complete(self) -> None:
        """The request is all there."""
        if self.is_upgrade:
            self.is_upgrade = False
        elif self.request:
            if self.request.environ.pop("HTTP_TRANSFER_ENCODING", None):
                self.request.environ["CONTENT_LENGTH"] = str(len(self.request.body))
            self.ready.append(self.request)
            self.request = None

    def finish(self, request: Request, answer: wsgi.Answer) -> None:
        """Send an answer, then go on: in the next round, since a client may have sent thousands of requests at once."""
        if self.working is not request or self.transport.is_closing():
            return
        self.working, self.since = None, time.monotonic()
        if self.request:
            self.request.since = self.since  # nobody looked at what came of it meanwhile
        is_wanted = not self.clients.is_leaving or bool(self.ready or self.backlog)
        keep_alive = request.keep_alive and is_wanted
        is_head = request.environ["REQUEST_METHOD"] == "HEAD"
        self.transport.write(wsgi.to_bytes(answer, is_head=is_head, keep_alive=keep_alive))
        if not keep_alive:
            self.close_soon()
        elif self.ready or self.backlog or self.failure or self.has_ended:
            self.clients.loop.call_soon(self.proceed)
        else:
            self.proceed()

    def send_problem(self, status: HTTPStatus) -> None:
        """Answer what is no request of HTTP; answer and log repeat nothing of it."""
        request_id = uuid.uuid4().hex
        _log.warning("request %s can't be read: %s", request_id, status.phrase)
        problem = {"type": "about:blank", "title": status.phrase, "status": status, "detail": "not readable as HTTP"}
        headers = [
            ("Content-Type", "application/problem+json"),
            ("X-Request-ID", request_id),
            *self.clients.application.headers,
        ]
        body = json.dumps(problem | {"request_id": request_id}).encode()
        answer = wsgi.Answer(f"{status.value} {status.phrase}", headers, body)
        self.transport.write(wsgi.to_bytes(answer, keep_alive=False))
        self.close_soon()

    def close_soon(self) -> None:
        """Take no more, and close when the client has read the last answer and closes."""
        self.is_last, self.request = True, None
        self.ready.clear()
        self.backlog.clear()
        self.transport.resume_reading()
        if self.has_ended:
            self.transport.close()
        elif self.transport.can_write_eof():
            self.transport.write_eof()
        self.wait()
