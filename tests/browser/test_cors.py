"""A page of another site in a real browser: it may ask the service where its origin is named."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from service.web.api_keys import make_key
from tests.support.processes import Serve
from tests.support.stores import STUDENT

ASK = """async ([url, key, student]) => {
  const headers = {"content-type": "application/json", "x-api-key": key};
  try {
    const answer = await fetch(`${url}/predict`, {method: "POST", headers, body: JSON.stringify(student)});
    return [answer.status, answer.headers.get("x-request-id")?.length, Object.keys(await answer.json())];
  } catch (error) {
    return String(error);
  }
}"""


def test_a_page_of_another_site_asks_where_its_origin_is_named(
    chromium: Browser, serve: Serve, students: Path, tmp_path: Path
) -> None:
    """It reads answers, errors and the request's id; one of another origin reads nothing, and has nothing predicted."""
    key, line = make_key("app")
    (tmp_path / "keys").write_text(line)
    (tmp_path / "site").mkdir()
    site = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path / "site"))
    threading.Thread(target=site.serve_forever).start()
    named, other = (f"http://{name}:{site.server_port}" for name in ("127.0.0.1", "localhost"))
    try:
        with serve(students, SERVICE_CORS_ORIGINS=named, SERVICE_API_KEYS_FILE=str(tmp_path / "keys")) as service:

            def asked(origin: str, key: str) -> Any:
                page = chromium.new_page()
                page.goto(origin)
                found = page.evaluate(ASK, [service.url, key, STUDENT])
                page.close()
                return found

            answered, refused, blocked = asked(named, key), asked(named, "other"), asked(other, key)
        predicted = [line for line in service.log.read_text().splitlines() if '"num_instances"' in line]
    finally:
        site.shutdown()
        site.server_close()

    assert answered == [200, 32, ["model", "predictions"]]
    assert refused[0] == 401
    assert "Failed to fetch" in blocked
    assert len(predicted) == 1
