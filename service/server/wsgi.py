"""A request's head to a WSGI environment (PEP 3333), and an application's answer to bytes."""

import io
import logging
import sys
import time
from collections.abc import Callable, Iterable
from email.utils import formatdate
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

Environ = dict[str, Any]
_log = logging.getLogger(__name__)
_UNPREFIXED = {"HTTP_CONTENT_TYPE": "CONTENT_TYPE", "HTTP_CONTENT_LENGTH": "CONTENT_LENGTH"}


class Answer(NamedTuple):
    """What an application answers: such as "200 OK", name and value of each header, and all of the body."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


def base_environ(server: Any, client: Any) -> Environ:
    """What the requests of one connection have in common, from its addresses as sockets give them."""
    name, port = server[:2] if isinstance(server, tuple) else ("localhost", 80)  # a Unix socket has neither
    return {
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "SCRIPT_NAME": "",
        "SERVER_NAME": name,
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": client[0] if isinstance(client, tuple) else "",
    }


@lru_cache(256)
def header_key(name: bytes) -> str | None:
    """Where a header stands in the environment; None with an underscore in it, which would pass for another's dash."""
    key = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
    return None if b"_" in name else _UNPREFIXED.get(key, key)


def set_target(environ: Environ, method: str, target: bytes) -> bool:
    """Put method and target into an environment; whether it is a target that a server of HTTP answers.

    A target is a path, a whole URL as for a proxy, or `*` (RFC 9112, 3.2).
    """
    if method == "CONNECT":
        return False
    if not target.startswith(b"/"):
        scheme, _, rest = target.partition(b"://")
        authority, slash, path = rest.partition(b"/")
        if scheme.lower() in (b"http", b"https") and authority and b"?" not in authority:
            environ["HTTP_HOST"] = authority.decode("latin-1")  # it counts, and not the header's
            target = slash + path or b"/"
        elif (target, method) != (b"*", "OPTIONS"):
            return False
    path, _, query = target.partition(b"#")[0].partition(b"?")
    environ["REQUEST_METHOD"] = method
    environ["PATH_INFO"] = (unquote_to_bytes(path) if b"%" in path else path).decode("latin-1")
    environ["QUERY_STRING"] = query.decode("latin-1")
    return True


def call(application: Callable[..., Iterable[bytes]], environ: Environ, body: bytes) -> Answer:
    """Let a WSGI application answer a request; what it raises is answered 500."""
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        started[:] = status, headers

    environ["wsgi.input"] = io.BytesIO(body)
    try:
        parts = application(environ, start_response)
        try:
            body = b"".join(parts)
            return Answer(started[0], started[1], body)
        finally:
            if hasattr(parts, "close"):
                parts.close()
    except Exception:
        _log.exception("the application failed")
        return Answer("500 Internal Server Error", [], b"")


def to_bytes(answer: Answer, *, is_head: bool = False, keep_alive: bool) -> bytes:
    """An answer as it is sent: to a HEAD request without its body, and saying whether another request may follow."""
    status, headers, body = answer
    head = "".join([f"HTTP/1.1 {status}\r\n", *[f"{name}: {value}\r\n" for name, value in headers]])
    names = head.lower()
    if "\ndate: " not in names:
        head += f"Date: {_date(int(time.time()))}\r\n"
    if status.startswith(("204", "304")):
        body = b""
    elif "\ncontent-length: " not in names:
        head += f"Content-Length: {len(body)}\r\n"
    head += "Connection: keep-alive\r\n\r\n" if keep_alive else "Connection: close\r\n\r\n"
    return head.encode("latin-1", "replace") + (b"" if is_head else body)


@lru_cache(2)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)
