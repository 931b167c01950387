"""Asking a service over HTTP, and waiting for what it will do."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from tests.support import DEADLINE_S


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def ask(url: str, body: object = None, media_type: str = "application/json", **headers: str) -> Answer:
    """Send a request: GET without a body, POST with one; bytes go out as they are, anything else as JSON."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": media_type, **headers})
    try:
        with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
            return Answer(answer.status, dict(answer.headers), answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, dict(error.headers), error.read())


def json_of(response: TestResponse) -> Any:
    """The body of an answer to a test client as JSON, whose types only the test knows."""
    return response.json


def eventually(condition: Callable[[], Any], deadline_s: float = DEADLINE_S) -> Any:
    """Wait until a condition holds and return what it gave; fail after the deadline."""
    end = time.monotonic() + deadline_s
    while True:
        try:
            if result := condition():
                return result
        except (urllib.error.URLError, ConnectionError):
            pass
        assert time.monotonic() < end, "it did not happen before the deadline"
        time.sleep(0.05)
