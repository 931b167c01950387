"""What holds for every part of the page: who can use it, what it asks of whom, what it says when things fail."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from registry.store.model_store import ModelStore
from service.web.api_keys import make_key
from tests.browser.conftest import Open
from tests.support import DEADLINE_S, ROOT
from tests.support.http import ask
from tests.support.processes import Serve
from tests.support.stores import publish

PARTS = ("student", "class", "model", "network")


def show(page: Page, url: str, part: str) -> None:
    """Go to a part and wait until it is there, with all that can be on it."""
    page.goto(f"{url}/#{part}")
    ready = {"student": ".answer", "class": ".drop", "model": "table.plain-table >> nth=1", "network": "canvas"}
    expect(page.locator(ready[part])).to_be_visible()


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_nobody_is_kept_out(
    serve: Serve, odd: Path, odd_dataset: Path, open_page: Open, part: str, scheme: str, width: int
) -> None:
    """Axe finds nothing at all on any part, in light and dark, on a phone; and nothing is wider than the phone."""
    with serve(odd, SERVICE_MODEL="odd") as service:
        page = open_page(service.url, part, color_scheme=scheme, viewport={"width": width, "height": 740})
        show(page, service.url, part)
        if part == "student":
            page.get_by_role("button", name="Find the smallest changes").click()
            expect(page.locator(".recourse [role=status]")).not_to_be_empty()
        if part == "class":
            page.get_by_label("Choose an Excel or CSV file").set_input_files(odd_dataset.parent / "odd.csv")
            expect(page.locator(".long")).to_be_visible()

        found = Axe().run(page)

        violations = [(each["id"], each["nodes"][0]["html"]) for each in found.response["violations"]]
        assert violations == []
        assert len(found.response["passes"]) > 10
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_everything_is_reached_by_keyboard(serve: Serve, students: Path, open_page: Open) -> None:
    """From the top: past the navigation, to another part, into the form; what has the focus is to be seen."""
    with serve(students) as service:
        page = open_page(service.url, "student")
        expect(page.locator(".answer")).to_be_visible()
        seen = []
        for _ in range(40):
            page.keyboard.press("Tab")
            focused = page.evaluate(
                "() => { const e = document.activeElement; const style = getComputedStyle(e);"
                "return [e.tagName, e.getAttribute('aria-label') || e.textContent || e.id, style.outlineStyle]; }"
            )
            if focused[0] == "BODY":
                break
            assert focused[2] != "none", focused
            seen.append(focused[1].strip())

        for name in (
            "Skip to the content",
            "A class",
            "Study hours, slider",
            "How far to trust it",
            "The API, for programs",
        ):
            assert name in seen
        assert "Find the smallest changes" in seen
        page.get_by_role("link", name="Skip to the content").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#view")).to_be_focused()
        expect(page.locator(".answer")).to_be_visible()
        assert page.url.endswith("#student")  # the address still says which part is shown
        page.get_by_role("link", name="The model").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("region", name="Versions")).to_be_visible()
        expect(page).to_have_title("passfail: The model")


def test_the_first_view_is_small_and_all_from_here(serve: Serve, students: Path, open_page: Open) -> None:
    """Under 150 kB with all that it asks; the policy lets nothing else in, and nothing inline."""
    with serve(students) as service:
        page = open_page(service.url, expected=("TrustedHTML",))
        expect(page.locator(".bars")).to_be_visible()
        sizes = page.evaluate(
            "performance.getEntries().filter((e) => 'transferSize' in e).map((e) => [e.name, e.transferSize])"
        )
        answer = ask(f"{service.url}/")
        names = re.findall(r'(?:src|href)="(page/[^"]+)"', answer.body.decode())

        assert sum(size for _, size in sizes) < 150_000
        assert {name.partition("/page/")[2] for name, _ in sizes} >= {"main.js", "parts/student/student.js", "page.css"}
        assert "network.js" not in str(sizes)  # that comes when it is asked for
        asked = [name for name, _ in sizes]
        assert len(asked) == len(set(asked))  # nothing twice
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert "http" not in policy
        for name in names:
            assert ask(f"{service.url}/{name}").status == 200
        assert ask(f"{service.url}/page/__init__.py").status == 404
        blocked = page.evaluate(
            """new Promise((resolve) => {
              addEventListener('securitypolicyviolation', (event) => resolve(event.violatedDirective));
              try { document.body.innerHTML = '<b>'; } catch { }
            })"""
        )
        assert blocked == "require-trusted-types-for"


def test_text_from_a_table_never_becomes_markup(serve: Serve, students: Path, open_page: Open, tmp_path: Path) -> None:
    """Neither in the header nor in a cell."""
    evil = "<img src=x onerror=alert(1)>"
    (tmp_path / "evil.csv").write_text(f"{evil},study_hours,sleep_hours\n{evil},1,4\n")
    with serve(students) as service:
        page = open_page(service.url, "class")

        page.get_by_label("Choose an Excel or CSV file").set_input_files(tmp_path / "evil.csv")

        expect(page.locator(".long td").get_by_text(evil)).to_be_visible()
        assert page.locator("img").count() == 0


def test_behind_keys_it_asks_for_one_and_keeps_it_for_the_tab(
    serve: Serve, students: Path, open_page: Open, tmp_path: Path
) -> None:
    """A wrong one is asked again, also one that no header can hold; in this tab once, in another anew."""
    key, line = make_key("teacher")
    (tmp_path / "keys").write_text(line)
    with serve(students, SERVICE_API_KEYS_FILE=str(tmp_path / "keys")) as service:
        page = open_page(service.url, expected=("401",))
        field = page.get_by_role("textbox", name="API key")
        expect(field).to_be_focused()
        for wrong in ("wrong", "wröng kéy…"):
            page.get_by_role("textbox", name="API key").fill(wrong)
            page.keyboard.press("Enter")
            expect(page.get_by_text("That key is not known here.")).to_be_visible()
        page.get_by_role("textbox", name="API key").fill(key)
        page.keyboard.press("Enter")
        expect(page.locator(".answer .verdict")).to_be_visible()
        expect(page.locator(".bars")).to_be_visible()
        page.reload()
        expect(page.locator(".answer .verdict")).to_be_visible()
        assert page.evaluate("[localStorage.length, document.cookie]") == [0, ""]
        assert Axe().run(page).response["violations"] == []

        other = open_page(service.url, expected=("401",))
        expect(other.get_by_role("dialog", name="An API key is needed")).to_be_visible()
        assert Axe().run(other).response["violations"] == []


def test_it_works_where_the_browser_keeps_nothing(
    serve: Serve, students: Path, open_page: Open, tmp_path: Path
) -> None:
    """Nor bring all words of its reader's language: the page is in English then, and a key lasts as long as it does."""
    key, line = make_key("teacher")
    (tmp_path / "keys").write_text(line)
    with serve(students, SERVICE_API_KEYS_FILE=str(tmp_path / "keys")) as service:
        page = open_page(service.url, expected=("401",), locale="de-DE")
        page.context.add_init_script(
            """for (const area of ["localStorage", "sessionStorage"]) {
              Object.defineProperty(window, area, { get() { throw new DOMException("no", "SecurityError"); } });
            }"""
        )
        page.route("**/de.json", lambda route: route.fulfill(body='{"A student": '))
        page.reload()
        page.get_by_role("textbox", name="API key").fill(key)
        page.keyboard.press("Enter")

        expect(page.locator(".answer .verdict")).to_be_visible()
        expect(page.locator(".bars")).to_be_visible()


def test_a_swap_is_told_and_what_was_entered_stays(
    serve: Serve, students_copy: Path, open_page: Open, tmp_path: Path
) -> None:
    """While the page is open another version becomes champion: both a student and a class are answered by it then."""
    (tmp_path / "class.csv").write_text("study_hours,sleep_hours\n6,5\n")
    with serve(students_copy) as service:
        page = open_page(service.url, "class")
        page.get_by_label("Choose an Excel or CSV file").set_input_files(tmp_path / "class.csv")
        expect(page.locator(".counts")).to_contain_text("By version 1.")
        page.get_by_role("link", name="A student").click()
        page.get_by_role("spinbutton", name="Study hours").fill("3.25")
        expect(page.locator(".answer")).to_be_visible()
        expect(page.get_by_role("spinbutton", name="Study hours")).to_be_focused()

        publish(ModelStore(students_copy, "pass_fail"), students_copy / "pass_fail/1")

        notice = page.get_by_text("Version 2 answers now; before, it was version 1.")
        expect(notice).to_be_visible()
        expect(page.locator("#served")).to_contain_text("version 2")
        expect(page.get_by_role("spinbutton", name="Study hours")).to_have_value("3.25")
        expect(page.get_by_role("spinbutton", name="Study hours")).to_be_focused()
        student = page.evaluate(
            "async () => (await import(new URL('page/core/state.js', document.baseURI))).state.student"
        )
        [prediction] = ask(f"{service.url}/predict", student).json["predictions"]
        expect(page.locator(".answer .risk")).to_have_text(f"risk {round(100 * prediction['risk'])} %")
        page.get_by_role("link", name="A class").click()
        expect(page.locator(".counts")).to_contain_text(re.compile("^1 student of class.csv.*By version 2."))
        page.get_by_role("button", name="Close").click()
        expect(notice).to_have_count(0)


def test_a_lost_service_is_told_and_tried_again(serve: Serve, students: Path, open_page: Open) -> None:
    """What was entered meanwhile is answered once it is back."""
    with serve(students, alone=True) as service:
        page = open_page(service.url)
        expect(page.locator(".answer .verdict")).to_have_text("no sign")
        service.process.send_signal(signal.SIGTERM)
        service.process.wait(DEADLINE_S)

        page.get_by_role("spinbutton", name="Study hours").fill("1")
        page.get_by_role("spinbutton", name="Sleep hours").fill("4")

        expect(page.locator("#notices")).to_contain_text("The service does not answer. It is tried again")
        port = service.url.rpartition(":")[2]
        environ = {"PORT": port, "SERVICE_MODELS_DIR": str(students), "WEB_CONCURRENCY": "1"}
        again = subprocess.Popen([sys.executable, "-m", "service"], cwd=ROOT, env=os.environ | environ)
        try:
            expect(page.locator("#notices")).to_be_empty()
            expect(page.locator(".answer .verdict")).to_have_text("at risk")
            expect(page.get_by_role("spinbutton", name="Study hours")).to_have_value("1")
        finally:
            again.terminate()
            again.wait(DEADLINE_S)


def test_where_no_version_is_served_it_says_why_and_waits(
    serve: Serve, students: Path, open_page: Open, tmp_path: Path
) -> None:
    """Once there is one, the page is there."""
    (tmp_path / "models").mkdir()
    with serve(tmp_path / "models") as service:
        page = open_page(service.url)
        expect(page.locator("#view .fault")).to_contain_text("Nothing is served: ")

        publish(ModelStore(tmp_path / "models", "pass_fail"), students / "pass_fail/1")

        expect(page.locator(".answer .verdict")).to_be_visible()


def test_a_service_that_hangs_is_told(serve: Serve, students: Path, open_page: Open) -> None:
    """It takes what is sent and says nothing: the old answer is marked as old, and the new one comes at last."""
    with serve(students, alone=True) as service:
        page = open_page(service.url)
        expect(page.locator(".answer .verdict")).to_have_text("no sign")
        workers = subprocess.run(["pgrep", "-P", str(service.process.pid)], capture_output=True, text=True, check=True)
        processes = [service.process.pid, *map(int, workers.stdout.split())]
        try:
            for process in processes:
                os.kill(process, signal.SIGSTOP)
            page.get_by_role("spinbutton", name="Study hours").fill("1")
            page.get_by_role("spinbutton", name="Sleep hours").fill("4")
            expect(page.locator("[aria-busy=true] .answer")).to_be_visible()
            expect(page.locator("#notices")).to_contain_text("The service does not answer.")
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

        expect(page.locator(".answer .verdict")).to_have_text("at risk")
        expect(page.locator("#notices")).to_be_empty()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)


def test_a_late_answer_by_the_old_version_changes_nothing(serve: Serve, students_copy: Path, open_page: Open) -> None:
    """As of a worker that has not changed over yet."""
    with serve(students_copy) as service:
        page = open_page(service.url)
        expect(page.locator(".answer")).to_be_visible()
        publish(ModelStore(students_copy, "pass_fail"), students_copy / "pass_fail/1")
        expect(page.get_by_text("Version 2 answers now; before, it was version 1.")).to_be_visible()
        said = {"label": "pass", "risk_level": "no sign", "probability": 0.75, "risk": 0.25}
        old = {"model": {"name": "pass_fail", "version": 1}, "predictions": [said]}
        page.route("**/predict", lambda route: route.fulfill(json=old))

        page.get_by_role("spinbutton", name="Study hours").fill("6")

        expect(page.locator(".answer .risk")).to_have_text("risk 25 %")
        expect(page.get_by_text("Version 2 answers now; before, it was version 1.")).to_be_visible()
        expect(page.locator("#served")).to_contain_text("version 2")


def test_the_part_that_was_asked_for_last_is_shown(serve: Serve, students: Path, open_page: Open) -> None:
    """Also where the file of the one before comes late."""
    with serve(students) as service:
        page = open_page(service.url)
        expect(page.locator(".answer")).to_be_visible()
        held: list[Route] = []
        page.route("**/network.js", lambda route: held.append(route))
        page.get_by_role("link", name="Inside the network").click()
        while not held:
            page.wait_for_timeout(50)
        page.get_by_role("link", name="The model").click()
        expect(page.get_by_role("region", name="Versions")).to_be_visible()

        held[0].continue_()

        page.wait_for_load_state("networkidle")
        expect(page.get_by_role("link", name="The model")).to_have_attribute("aria-current", "page")
        expect(page.get_by_role("region", name="Versions")).to_be_visible()
        expect(page.get_by_role("heading", name="Inside the network")).to_be_hidden()


def test_the_page_of_the_api_asks_again_for_what_is_no_key(
    serve: Serve, students: Path, open_page: Open, tmp_path: Path
) -> None:
    """One that no header can hold, too: else the page would be blank for as long as its tab is open."""
    key, line = make_key("teacher")
    (tmp_path / "keys").write_text(line)
    given = ["wrong", "wröng kéy…", key]
    with serve(students, SERVICE_API_KEYS_FILE=str(tmp_path / "keys")) as service:
        page = open_page(service.url, expected=("401",))
        page.on("dialog", lambda dialog: dialog.accept(given.pop(0)))
        page.goto(f"{service.url}/docs")

        expect(page.get_by_text("passfail: pass_fail")).to_be_visible()

    assert given == []


def test_the_page_of_the_api_asks_the_service_that_it_is_of(serve: Serve, students: Path, open_page: Open) -> None:
    """What is tried out there goes where the description comes from."""
    with serve(students) as service:
        page = open_page(service.url)
        page.goto(f"{service.url}/docs")
        page.locator("#operations-passfail-readyz").click()
        page.get_by_role("button", name="Try it out").click()
        page.get_by_role("button", name="Execute").click()

        expect(page.locator(".request-url pre")).to_have_text(f"{service.url}/readyz")
        expect(page.locator(".live-responses-table .response-col_status").last).to_contain_text("200")


def test_a_swap_leaves_nothing_on_the_page(serve: Serve, students_copy: Path, open_page: Open) -> None:
    """What listens to the document is as much after a swap as before."""
    with serve(students_copy) as service:
        page = open_page(service.url, "class")
        page.add_init_script(
            "window.added = 0; const add = document.addEventListener;"
            "document.addEventListener = function (...given) { window.added += 1; add.apply(this, given); };"
        )
        page.reload()
        expect(page.locator(".drop")).to_be_visible()
        before = page.evaluate("window.added")
        publish(ModelStore(students_copy, "pass_fail"), students_copy / "pass_fail/1")
        expect(page.locator("#served")).to_contain_text("version 2")
        expect(page.locator(".drop")).to_be_visible()

        assert page.evaluate("window.added") == before > 0
