"""Several models: the reader chooses one in the page's head, and the address says which."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from registry.store.model_store import ModelStore
from service.web.api_keys import make_key
from tests.browser.conftest import Open
from tests.support.processes import Serve
from tests.support.stores import once, publish


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory, students: Path, odd: Path) -> Path:
    """A folder of stores: `pass_fail`, `maths` of the same network, and `odd` of another schema. Not to be changed."""

    def make(folder: Path) -> None:
        for name in ("pass_fail", "maths"):
            publish(ModelStore(folder, name), students / "pass_fail/1", name=name)
        publish(ModelStore(folder, "odd"), odd / "odd/1")

    return once(tmp_path_factory, "several", make)


def test_the_reader_chooses_a_model(serve: Serve, several: Path, open_page: Open) -> None:
    """By keyboard; all that is asked then is about it, the address keeps it, and the way back leads back."""
    with serve(several, SERVICE_MODELS="*") as service:
        page = open_page(service.url)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.removeprefix(f"{service.url}/")))
        choice = page.get_by_label("Model", exact=True)
        expect(choice).to_have_value("pass_fail")
        assert choice.locator("option").all_inner_texts() == ["maths", "odd", "pass_fail"]
        asked.clear()

        choice.focus()
        page.keyboard.press("ArrowUp")

        expect(page.locator("#served")).to_contain_text("odd, version 1")
        expect(page.get_by_role("spinbutton", name="Présence %")).to_be_visible()
        expect(page.locator(".bars")).to_be_visible()
        expect(choice).to_be_focused()
        assert page.url == f"{service.url}/?model=odd#student"
        assert {path for path in asked if not path.startswith("page/")} >= {"models/odd/model", "models/odd/predict"}
        assert all(path.startswith(("models/odd/", "page/", "v2/models/odd/")) for path in asked)
        assert Axe().run(page).response["violations"] == []
        page.get_by_role("link", name="The model").click()
        expect(page.get_by_role("link", name="Report of version 1").first).to_have_attribute(
            "href", "models/odd/model/versions/1/report"
        )
        assert page.url == f"{service.url}/?model=odd#model"
        page.reload()
        expect(choice).to_have_value("odd")
        expect(page.locator("#served")).to_contain_text("odd, version 1")
        page.go_back()
        page.go_back()
        expect(page.locator("#served")).to_contain_text("pass_fail, version 1")
        expect(choice).to_have_value("pass_fail")


def test_what_was_entered_stays_with_another_model_of_such_features(
    serve: Serve, several: Path, open_page: Open
) -> None:
    """Choosing says nothing of a new version: it is another model."""
    with serve(several, SERVICE_MODELS="*") as service:
        page = open_page(service.url)
        page.get_by_role("spinbutton", name="Study hours").fill("7")

        page.get_by_label("Model", exact=True).select_option("maths")

        expect(page.locator("#served")).to_contain_text("maths, version 1")
        expect(page.get_by_role("spinbutton", name="Study hours")).to_have_value("7")
        expect(page.locator("#notices")).to_be_empty()


def test_without_a_default_model_one_is_asked_for(serve: Serve, several: Path, open_page: Open) -> None:
    """No model by default, and none chosen yet: it asks for one, which is there to be chosen."""
    with serve(several, SERVICE_MODELS="mat*,od*") as service:
        page = open_page(service.url, expected=("404",))
        expect(page.locator("#view")).to_have_text("Choose a model above.")
        choice = page.get_by_label("Model", exact=True)

        choice.focus()
        page.keyboard.press("ArrowDown")

        expect(page.locator("#served")).to_contain_text(re.compile("^maths, version 1"))


def test_one_model_is_not_offered(serve: Serve, students: Path, open_page: Open) -> None:
    """There is nothing to choose."""
    with serve(students) as service:
        page = open_page(service.url)
        with page.expect_response(re.compile("/models")):
            page.reload()
        expect(page.locator(".bars")).to_be_visible()

        expect(page.locator("#models")).to_be_hidden()


def test_a_key_that_is_held_to_a_model_is_offered_that(
    serve: Serve, several: Path, open_page: Open, tmp_path: Path
) -> None:
    """The page works below its name with that key, and is told of a swap there too."""
    key, line = make_key("teacher", "maths,odd")
    (tmp_path / "keys").write_text(line)
    with serve(several, SERVICE_MODELS="*", SERVICE_API_KEYS_FILE=str(tmp_path / "keys")) as service:
        page = open_page(service.url, query="?model=maths", expected=("401", "403"))
        page.get_by_role("textbox", name="API key").fill(key)
        page.get_by_role("button", name="Use it").click()

        expect(page.locator("#served")).to_contain_text("maths, version 1")
        choice = page.get_by_label("Model", exact=True)
        expect(choice).to_have_value("maths")
        assert choice.locator("option").all_inner_texts() == ["maths", "odd"]
        with page.expect_response(re.compile("/v2/models/maths/ready")) as probe:
            pass
        assert probe.value.status == 200
