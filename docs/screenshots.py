"""Draws the pictures of the page in `docs`, of a fresh version, in Chromium: at a desk, on a tablet, on a phone.

`python docs/screenshots.py [FOLDER]`.
"""

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

ROOT = Path(__file__).parent.parent
SIZE: ViewportSize = {"width": 1280, "height": 1050}  # so that nothing is scrolled
TABLET: ViewportSize = {"width": 768, "height": 1050}
PHONE: ViewportSize = {"width": 360, "height": 780}


def wait_until_ready(url: str) -> None:
    """Wait for the service."""
    while True:
        try:
            urllib.request.urlopen(f"{url}/readyz").close()
            return
        except OSError:
            time.sleep(0.1)


def make_class(path: Path) -> None:
    """A class of nobody in particular, one row at fault."""
    draw = random.Random(15)
    rows = [f"S{row:02};{draw.uniform(1, 8):.1f};{draw.uniform(3, 8):.1f}".replace(".", ",") for row in range(1, 31)]
    path.write_text("\n".join(["student;study_hours;sleep_hours", *rows, "S31;a lot;7,0"]) + "\n", encoding="utf-8")


def student(page: Page) -> None:
    """A student with the answer, why, and what would change it."""
    page.get_by_role("spinbutton", name="Study hours").fill("2")
    page.get_by_role("spinbutton", name="Sleep hours").fill("5")
    page.locator(".answer .verdict").get_by_text("at risk").wait_for()
    page.get_by_role("button", name="Find the smallest changes").click()
    page.locator(".options").wait_for()


def whole_class(page: Page, table: Path) -> None:
    """A class, most at risk first, with its reasons."""
    page.get_by_label("Choose an Excel or CSV file").set_input_files(table)
    page.locator(".long tbody tr td:nth-child(4)").first.get_by_text("Study hours").wait_for()


def lesson(page: Page) -> None:
    """Show how the lesson's network has learned after half of its epochs."""
    page.get_by_role("button", name="Learning, epoch by epoch").click()
    page.get_by_role("slider", name="Epoch").fill("150")


def main() -> None:
    """Train in a folder of its own, serve it, look."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs"
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("this needs Debian's package chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        url = f"http://127.0.0.1:{port}"
        environ = os.environ | {"PORT": port, "SERVICE_MODELS_DIR": folder, "PYTHONPATH": str(ROOT)}
        train = [sys.executable, "-m", "training", "run", "--models", folder]
        subprocess.run(train, env=environ, check=True, stdout=subprocess.DEVNULL)
        make_class(Path(folder, "class.csv"))
        service = subprocess.Popen([sys.executable, "-m", "service"], env=environ, stderr=subprocess.DEVNULL)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        try:
            wait_until_ready(url)
            page = browser.new_page(viewport=SIZE, color_scheme="light")
            page.goto(f"{url}/")
            student(page)
            page.screenshot(path=target / "student.png", full_page=True)
            page.goto(f"{url}/#network")
            page.locator("canvas").wait_for()
            page.screenshot(path=target / "network.png", full_page=True)
            page.goto(f"{url}/#lesson")
            lesson(page)
            page.screenshot(path=target / "lesson.png", full_page=True)
            page.goto(f"{url}/#class")
            whole_class(page, Path(folder, "class.csv"))
            page.screenshot(path=target / "class.png", full_page=True)
            page = browser.new_page(viewport=TABLET, color_scheme="light")
            page.goto(f"{url}/#model")
            page.get_by_role("heading", name="Beside simple methods").wait_for()
            page.get_by_role("region", name="Versions").wait_for()
            page.screenshot(path=target / "model.png")
            page = browser.new_page(viewport=PHONE, color_scheme="dark")
            page.goto(f"{url}/#class")
            whole_class(page, Path(folder, "class.csv"))
            page.locator(".scroll:has(.long)").scroll_into_view_if_needed()
            page.screenshot(path=target / "phone.png")
        finally:
            browser.close()
            service.terminate()
            service.wait()


if __name__ == "__main__":
    main()
