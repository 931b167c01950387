"""The page in other languages: all that it says, and nothing lost on the way."""

import re
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.support.catalogues import catalogue, keys
from tests.support.http import ask
from tests.support.processes import Serve

PARTS = ("student", "class", "model", "network", "lesson")
READY = {
    "student": ".bars",
    "class": ".drop",
    "model": "table.plain-table >> nth=1",
    "network": "canvas",
    "lesson": ".chapter",
}
# What can be read or is read out, with what is folded; but for what is marked as another language's.
SAID = """() => {
  for (const each of document.querySelectorAll('details')) each.open = true;
  const isSeen = (element) =>
    !element.closest('[lang=en], code') && (element.tagName === 'OPTION' || element.checkVisibility());
  const said = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) if (isSeen(node.parentElement)) said.push(node.data.trim());
  for (const element of document.querySelectorAll('body *')) {
    if (!isSeen(element)) continue;
    for (const name of ['aria-label', 'aria-valuetext', 'placeholder', 'title']) {
      said.push(element.getAttribute(name) ?? '');
    }
  }
  return said.filter(Boolean);
}"""
ENGLISH = re.compile(r"\b(?:and|are|from|how|is|its|it|of|students?|that|the|to|what|which|with)\b", re.IGNORECASE)


def show(page: Page, part: str) -> None:
    """Go to a part and wait until it is there."""
    page.evaluate("(part) => { location.hash = part; }", part)
    expect(page.locator(READY[part]).filter(visible=True).first).to_be_visible()


def english_of(page: Page, language: str, manifest: dict[str, Any]) -> list[str]:
    """What the page says in English, and should not: its own words; what the table's owner wrote stays as it is."""
    there, english = catalogue(language), keys()
    features, kept = manifest["schema"]["features"], ("description", "unit", "name", "title")
    own = [str(each.get(name, "")) for each in features for name in kept]
    own += manifest["labels"]
    found = []
    for said in page.evaluate(SAID):
        text = re.sub(r"python -m .*", "…", said)  # what is to be typed is no language's
        for each in sorted(own, key=len, reverse=True):
            text = text.replace(each, "…") if each else text
        if ENGLISH.search(text):
            found.append(text)
        for key in english:
            ours = str(there[key])
            parts = re.split(r"\{\w+\}", key)
            whole = len(parts) == 1 and text == key != ours
            part = any(len(each.split()) > 2 and each in text and each not in ours for each in parts)
            if whole or part:
                found.append(text)
    return found


def test_every_part_speaks_german_and_french(serve: Serve, students: Path, open_page: Open) -> None:
    """As the browser asks for, then as its reader chooses: accessible, on a phone, and what was entered stays."""
    with serve(students) as service:
        manifest = ask(f"{service.url}/model").json["manifest"]
        page = open_page(service.url, "model", locale="de-DE", viewport={"width": 360, "height": 740})
        show(page, "class")
        page.locator("textarea").evaluate("(area) => { area.closest('details').open = true; }")
        page.locator("textarea").fill("Name\tSleep hours\tStudy hours\nAda\t4,5\t1,5\nBo\t6\t30\n")
        page.get_by_role("button", name="Diese Zellen nehmen").click()
        expect(page.locator(".counts")).to_contain_text("Eingefügte Klasse: 1 Person")
        show(page, "student")
        page.locator(".student [data-field=study_hours]").fill("2,75")
        for language, choice in (("de", "Sprache"), ("fr", "Langue")):
            expect(page.get_by_label(choice)).to_have_value(language)
            assert page.evaluate("document.documentElement.lang") == language
            for part in PARTS:
                show(page, part)

                assert english_of(page, language, manifest) == []
                violations = Axe().run(page).response["violations"]
                assert [(each["id"], each["nodes"][0]["html"]) for each in violations] == []
                assert page.evaluate("document.documentElement.scrollWidth") <= 360
            if language == "de":
                page.get_by_label("Sprache").select_option("fr")
        show(page, "student")
        expect(page.locator(".student [data-field=study_hours]")).to_have_value("2,75")
        show(page, "class")
        expect(page.locator(".counts")).to_contain_text("1 élève")
        page.reload()
        expect(page.get_by_label("Langue")).to_have_value("fr")  # it stays chosen
