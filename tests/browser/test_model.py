"""The model: its versions, how good each is, its report, and the same student under two versions."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import expect

from registry.store.model_store import MODEL_CARD, REPORT, ModelStore
from service.web.api_keys import make_key
from tests.browser.conftest import Open
from tests.support import ROOT
from tests.support.http import ask
from tests.support.manifests import figure, manifest
from tests.support.pages import environment
from tests.support.processes import Serve
from tests.support.stores import publish
from training.promotion.gate import MIN_SMALLER_CLASS, MIN_STUDENTS_OF_TABLE
from training.report.advice import advise
from training.report.words import WHY_REJECTED

TARGET = {"target": {"column": "grade", "positive": ["1"], "at_least": None}}
# In the page: its own words on manifests, which a version's are like.
TRUST = """async (manifests) => {
  const {trustWords} = await import(new URL('page/widgets/trust.js', document.baseURI));
  return manifests.map(trustWords);
}"""


def test_versions_beside_simple_methods(serve: Serve, two_versions: Path, open_page: Open) -> None:
    """Each with alias, date, students, log loss, the best simple method's, verdict; as the manifests have them."""
    store = ModelStore(two_versions, "pass_fail")
    manifests = {number: store.manifest(number) for number in (1, 2)}
    with serve(two_versions) as service:
        page = open_page(service.url, "model")

        body = page.get_by_role("region", name="Versions").locator("tbody tr")

        expect(body).to_have_count(2)
        for row, number in zip(body.all(), (2, 1), strict=True):
            figures = manifests[number].evaluation
            cells = row.locator("td").all_inner_texts()
            best = min(scores["log_loss"]["value"] for scores in figures["baselines"].values())
            assert manifests[number].created[:4] in cells[1]
            assert cells[2:5] == ["15", "no", f"{figures['model']['log_loss']['value']:.3f}"]
            assert cells[5].startswith(f"{best:.3f}, ")
        assert body.first.locator("th").inner_text() == "2 (champion)"
        expect(page.locator("section.trust h2")).to_contain_text("Do not judge anyone by it: 15 students are too few")
        expect(page.locator("section.trust")).to_contain_text(
            f"At least {MIN_STUDENTS_OF_TABLE} students are needed, {MIN_SMALLER_CLASS} of them with the rarer result."
        )
        found, low, high = (
            f"{100 * manifests[2].evaluation['model']['negative_recall'][end]:.0f}" for end in ("value", "low", "high")
        )
        expect(page.locator("section.trust")).to_contain_text(f"it finds about {found} (between {low} and {high})")
        page.get_by_text("For data people").click()
        expect(page.locator("section.trust")).to_contain_text(manifests[2].gate["reasons"][0])
        expect(page.locator("section.trust")).to_contain_text(manifests[2].gate["advice"]["headline"])
        quality = page.get_by_role("region", name="Quality").locator("tbody tr")
        expect(quality).to_have_count(1 + len(manifests[2].evaluation["baselines"]))
        expect(quality.first).to_contain_text(f"{found} ({low} to {high})")
        auc = manifests[2].evaluation["model"]["roc_auc"]
        expect(page.get_by_role("region", name="Figures").locator("tbody tr").first).to_contain_text(
            f"{auc['value']:.3f} ({auc['low']:.3f} to {auc['high']:.3f})"
        )


def test_the_page_advises_as_the_report_does(serve: Serve, students: Path, open_page: Open) -> None:
    """In words of its own, but never the other way round: whatever speaks against a version speaks first."""
    given = [
        *(manifest(area=area) for area in (0.9, 0.75, 0.65)),
        manifest(comparisons={"majority": figure(-0.2), "random_forest": figure(0.05)}),
        manifest(area=0.75, audit={"leakage": [{"feature": "G3", "auc": 0.995}]}),
        manifest(audit={"direction": {"columns": [{"column": "a", "auc": 0.3}], "num_compared": 1}}, training=TARGET),
        manifest(training={"findings": [{"detail": "gradients vanish", "advice": "activation = relu"}]}),
        manifest("insufficient_data"),
        *(manifest("rejected", gate={"failed": [name]}) for name in WHY_REJECTED),
    ]
    marks = {"target": {"column": "mark", "positive": [], "at_least": 10, "at_most": None}}
    surprising = [manifest(audit={"num_suspect_labels": 2}, training=each) for each in (TARGET, marks)]
    with serve(students) as service:
        page = open_page(service.url, "model")

        said = page.evaluate(TRUST, [each.to_dict() for each in [*given, *surprising]])
        slips, surprises = (each["reasons"][-1] for each in said[-2:])
        del said[-2:]

    assert [each["use"] for each in said] == [advise(each).use for each in given]
    assert len({each["headline"] for each in said}) == len(given)  # each rejection has its own reason
    assert (
        "Of 100 students with “fail” in the end it finds about 70 (between 69 and 71); the others it misses."
        in said[0]["reasons"]
    )
    assert "Of 100 students with “pass” in the end it takes about 10 for “fail”." in said[0]["reasons"]
    assert "The best simple method, a random forest, forecasts better than it." in said[3]["reasons"]
    assert slips == "2 results in the table look wrong, and should be checked."
    assert surprises.startswith("2 of the 200 students surprise: most others like them had the other result.")
    for words, each in zip(("look wrong", "no sign of a slip"), surprising, strict=True):
        assert any(words in reason for reason in advise(each).reasons)


def test_the_same_student_under_two_versions(serve: Serve, two_versions: Path, open_page: Open) -> None:
    """Side by side, each as it answers by itself, with its reasons; one that nothing names is loaded when chosen."""
    with serve(two_versions) as service:
        page = open_page(service.url, "student")
        page.get_by_role("spinbutton", name="Study hours").fill("6")
        page.get_by_role("spinbutton", name="Sleep hours").fill("5")
        answers = {
            number: ask(f"{service.url}/predict?version={number}", {"study_hours": 6, "sleep_hours": 5}).json
            for number in (1, 2)
        }
        assert answers[1]["predictions"] != answers[2]["predictions"]

        page.get_by_role("link", name="The model").click()
        expect(page.get_by_label("One version")).to_have_value("2")
        page.get_by_label("Another version").select_option("1")

        cards = page.locator(".answer").filter(visible=True)
        expect(cards).to_have_count(2)
        for card, number in zip(cards.all(), (2, 1), strict=True):
            [prediction] = answers[number]["predictions"]
            expect(card.locator(".risk")).to_have_text(f"risk {round(100 * prediction['risk'])} %")
        expect(page.locator(".bars").filter(visible=True)).to_have_count(2)
        expect(page.locator("#notices")).to_be_empty()  # nobody has changed over
        page.get_by_label("Another version").select_option("2, champion")
        expect(page.get_by_role("heading", name="Version 2", exact=True)).to_have_count(2)
        page.get_by_role("link", name="change it there").click()
        page.get_by_role("spinbutton", name="Study hours").fill("1")
        page.get_by_role("link", name="The model").click()
        expect(page.locator("#view .verdict").filter(visible=True)).to_have_text(["at risk", "at risk"])
        expect(page.get_by_role("heading", name="Version 2", exact=True)).to_have_count(2)  # it stays chosen


def test_what_to_type_does_what_it_says(serve: Serve, two_versions: Path, open_page: Open, tmp_path: Path) -> None:
    """Each command as it stands there, in the service's store; in containers it is the same; it can be copied."""
    shutil.copytree(two_versions, tmp_path / "models")
    with serve(two_versions) as service:
        page = open_page(service.url, "model", permissions=["clipboard-read", "clipboard-write"])
        commands = page.locator(".commands code")
        expect(commands).to_have_count(6)
        texts = commands.all_inner_texts()
        page.get_by_role("button", name=f"Copy: {texts[2]}").click()
        expect(page.get_by_text("Copied.")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == texts[2]
        page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")  # as over plain HTTP
        page.get_by_role("button", name=f"Copy: {texts[0]}").click()
        expect(page.get_by_text("It is selected: copy it with Ctrl+C.")).to_be_visible()
        assert page.evaluate("getSelection().toString()") == texts[0]
        page.get_by_label("Where").select_option("in containers")
        inside = commands.all_inner_texts()

    assert inside == [re.sub(r"^python -m (\w+)", r"docker compose run --rm \1", text) for text in texts]
    said = [type_it(text, tmp_path) for text in texts]
    assert "version 3 (champion" in said[0]
    assert "labels that look wrong" in said[1]
    assert said[2] == "version 1 is the champion\n"
    assert said[3] == "version 3 is the champion again\n"
    assert said[4].count(": ok, ") == 3
    assert said[5] == "removed: nothing\n"


def type_it(command: str, folder: Path) -> str:
    """What a command says that is typed in a folder, with this Python first in the path."""
    environ = environment(PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}", PYTHONPATH=str(ROOT))
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environ, check=True, capture_output=True, text=True)
    return done.stdout


def test_report_and_model_card_are_served(serve: Serve, two_versions: Path, open_page: Open) -> None:
    """As they were published; the report opens with its pictures, and nothing in it can run."""
    with serve(two_versions) as service:
        page = open_page(service.url, "model")
        with page.expect_popup() as opened:
            page.get_by_role("link", name="Report of version 1").click()
        report = opened.value
        report.wait_for_load_state()
        answers = {name: ask(f"{service.url}/model/versions/1/{name}") for name in ("report", "model-card")}

        assert report.locator("h1, h2").count() > 3
        assert report.evaluate("[...document.images].every((image) => image.naturalWidth > 0)")
        assert report.evaluate("document.images.length") > 2
    folder = two_versions / "pass_fail/1"
    assert answers["report"].body == (folder / REPORT).read_bytes()
    assert answers["model-card"].body == (folder / MODEL_CARD).read_bytes()
    assert "script" not in answers["report"].headers["Content-Security-Policy"]
    assert answers["report"].headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_with_keys_the_report_is_saved(serve: Serve, students: Path, open_page: Open, tmp_path: Path) -> None:
    """A link can't send a key; the file can be fetched with it."""
    key, line = make_key("teacher")
    (tmp_path / "keys").write_text(line)
    with serve(students, SERVICE_API_KEYS_FILE=str(tmp_path / "keys")) as service:
        page = open_page(service.url, "model", expected=("401",))
        page.get_by_role("textbox", name="API key").fill(key)
        page.get_by_role("button", name="Use it").click()

        with page.expect_download() as download:
            page.get_by_role("button", name="Report of version 1 (save)").first.click()

        assert download.value.suggested_filename == "report-1.html"
        assert Path(download.value.path()).read_bytes() == (students / "pass_fail/1" / REPORT).read_bytes()


def test_a_version_that_is_broken_is_listed_with_its_reason(serve: Serve, students_copy: Path, open_page: Open) -> None:
    """Its files are not given out, and it does not answer where it is chosen."""
    report = students_copy / "pass_fail/1" / REPORT
    publish(ModelStore(students_copy, "pass_fail"), students_copy / "pass_fail/1")
    with serve(students_copy) as service:
        (students_copy / "pass_fail/3").mkdir()
        aliases = students_copy / "pass_fail/aliases.json"
        report.write_bytes(report.read_bytes() + b"<p>")
        page = open_page(service.url, "model", expected=("404",))

        expect(page.get_by_role("region", name="Versions")).to_contain_text("manifest.json can't be read")
        choice = page.get_by_label("Another version")
        assert choice.locator("option").all_inner_texts() == ["choose one", "2, champion", "1"]
        choice.select_option("1")
        expect(page.locator(".two-columns .fault").filter(visible=True)).to_contain_text("report.html has more than")
        expect(page.locator(".answer").filter(visible=True)).to_have_count(1)
        answer = ask(f"{service.url}/model/versions/1/report")

        assert answer.status == 404
        assert "report.html has more than" in answer.json["detail"]  # bytes than the manifest says
        assert ask(f"{service.url}/model/versions/9/report").status == 404
        assert ask(f"{service.url}/model/versions/1/members/99").status == 404
        assert json.loads(aliases.read_text())["champion"] == 2
