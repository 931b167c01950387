"""The page in a real browser: Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    expect,
    sync_playwright,
)

from tests.support import DEADLINE_S
from tests.support.processes import RunningService, Serve, serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Whatever the browser would ask the world for by itself.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",  # containers have none to give, and what is shown is ours
)
# What a page says once the service of its test has stopped, or has let something wait for five seconds on a busy
# machine, which the page asks again; whoever misses an answer fails by that.
FORESEEN = ("ERR_CONNECTION", "ERR_EMPTY_RESPONSE", "503")
Open = Callable[..., Page]
expect.set_options(timeout=1000 * DEADLINE_S)


def title_of(name: str) -> str:
    """What the table of the 15 students calls a column."""
    return name.replace("_", " ").capitalize()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright, one for all tests of a process."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The browser, one for all tests of a process."""
    if CHROMIUM is None:
        if os.environ.get("CI") or os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("chromium is not installed; in CI it must be")
        pytest.skip("chromium is not installed; in CI it must be")
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., RunningService]]:
    """Starts a service once for all tests of a process that do it no harm, of a store that is not changed."""
    running: dict[Path, RunningService] = {}
    with ExitStack() as stack:

        def start(models: Path, **environ: str) -> RunningService:
            if models not in running:
                serve = serving(tmp_path_factory.mktemp("shared"))
                running[models] = stack.enter_context(serve(models, **environ))
            return running[models]

        yield start


@pytest.fixture
def serve(tmp_path: Path, shared: Callable[..., RunningService]) -> Serve:
    """Gives a service that other tests may ask too; one of its own where it has settings, a store, or harm to take."""

    @contextmanager
    def start(models: Path, *, alone: bool = False, **environ: str) -> Iterator[RunningService]:
        if alone or environ.keys() - {"SERVICE_MODEL"} or not models.name.startswith("shared-"):
            with serving(tmp_path)(models, **environ) as service:
                yield service
        else:
            yield shared(models, **environ)

    return start


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Open]:
    """Opens the page of a service at an address; at the end nothing may have gone wrong in it, unless that is foretold.

    `open_page(url, part="student", expected=("401",), **context)`: `expected` are words of errors on the console that
    belong to the test; `query` is the address's; the context's options are Playwright's.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def start(url: str, part: str = "student", expected: tuple[str, ...] = (), query: str = "", **options: Any) -> Page:
        context = chromium.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(1000 * DEADLINE_S)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))

        def note(message: ConsoleMessage) -> None:
            text = str(message.text)
            if message.type in ("error", "warning") and not any(word in text for word in (*expected, *FORESEEN)):
                faults.append(f"{message.type}: {text}")

        def check(request: Request) -> None:
            if request.url.startswith("http") and urlsplit(request.url).netloc != urlsplit(url).netloc:
                faults.append(f"asked elsewhere: {request.url}")

        page.on("console", note)
        page.on("request", check)
        page.goto(f"{url}/{query}#{part}")
        return page

    yield start
    for context in contexts:
        context.close()
    assert faults == []
