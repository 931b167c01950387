"""The report, the model card and the curves of real runs: whole, self-contained, and without a student's row."""

import base64
import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from registry.store.model_store import CURVES, MODEL_CARD, REPORT, ModelStore
from tests.support import NEEDS_UCI, UCI
from tests.support.processes import run
from tests.support.stores import train
from training.report.help import whom_to_help
from training.report.threshold import at_threshold

MAX_BYTES = 2_000_000
VOID = {"meta", "img", "br", "link", "input", "hr"}
# What a careless program would let through: markup, formulas, delimiters, a script that few fonts have.
NASTY = ("<script>alert(1)</script>", "$x_1$ & co", "成绩 | *grade*")
TITLE = "<u>Stunden</u> $y_2$"  # of the first of them
NASTY_DATASET = """
name = "nasty"
data = "nasty.csv"
id = "who"
time = "term"
audit_only = ["<i>group</i>", "own"]
coverage = 0.8

[target]
column = "result"
positive = "<b>good</b>"
negative = "not $so$ good"
labels = ["not $so$ good", "<b>good</b>"]

[[features]]
name = "<script>alert(1)</script>"
kind = "number"
title = "<u>Stunden</u> $y_2$"

[[features]]
name = "$x_1$ & co"
kind = "category"
vocabulary = ["a|b", "<u>"]
labels = { "<u>" = "<i>below</i>" }

[[features]]
name = "成绩 | *grade*"
kind = "number"
nullable = true

[training]
epochs = 30
members = 2
"""


class Page(HTMLParser):
    """Collects tags and attributes, and fails where tags are not closed in order."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag and its attributes."""
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Must close what was opened last."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep what people read."""
        self.text += data


def read(models: Path, name: str) -> tuple[Page, str, str]:
    folder = ModelStore(models, name).path(1)
    report = (folder / REPORT).read_text(encoding="utf-8")
    return Page(report), report, (folder / MODEL_CARD).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a table of 80 rows whose names try to be markup; no two cells of a number are alike."""
    folder = tmp_path_factory.mktemp("nasty")
    (folder / "nasty.toml").write_text(NASTY_DATASET, encoding="utf-8")
    lines = [",".join(["who", *NASTY, "<i>group</i>", "own", "term", "result"])]
    for row in range(80):
        hours, grade = f"{1000 + 37 * row % 80}.{4321 + row}", "" if row % 9 == 0 else f"{row}.{7654 + row}"
        result = "<b>good</b>" if (37 * row % 80) + 8 * (row % 5) > 50 else "not $so$ good"
        cells = [
            f"secret{row}",
            hours,
            ["a|b", "<u>"][row % 2],
            grade,
            ["<img src=x>", "other"][row % 2],
            f"Anna Muster {row}",
            str(2022 + row // 30),
            result,
        ]
        lines.append(",".join(cells))
    (folder / "nasty.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    train(folder / "models", folder / "nasty.toml")
    return folder


@pytest.mark.parametrize(("fixture", "name"), [("students", "pass_fail"), ("odd", "odd"), ("nasty", "nasty")])
def test_the_report_is_whole_and_needs_nothing_beside_it(
    fixture: str, name: str, request: pytest.FixtureRequest
) -> None:
    """One file under 2 MB, well-formed, no script, nothing from elsewhere, words for every picture."""
    models: Path = request.getfixturevalue(fixture)
    models = models / "models" if fixture == "nasty" else models

    page, report, card = read(models, name)

    assert len(report.encode()) <= MAX_BYTES
    assert "script" not in page.tags
    sources = [value for _, attribute, value in page.attributes if attribute in ("src", "href", "srcset")]
    assert sources
    targets = {f"#{value}" for _, attribute, value in page.attributes if attribute == "id"}
    assert all(source in targets or source.startswith("data:image/svg+xml;base64,") for source in sources)
    assert "url(" not in report
    alternatives = [value for tag, attribute, value in page.attributes if (tag, attribute) == ("img", "alt")]
    assert len(alternatives) == page.tags.count("img") >= page.tags.count("figcaption") == page.tags.count("figure")
    assert all(len(text) > 20 for text in alternatives)
    assert card.startswith("# Model card: ")
    assert "Not for automatic decisions about a person" in card


def test_every_part_that_a_reader_needs_is_there(odd: Path) -> None:
    """Advice first; reliability, ranking, curves, importance, responses; groups and what the audit found in words."""
    page, report, card = read(odd, "odd")
    manifest = ModelStore(odd, "odd").manifest(1)

    order = ["verdict", "help", "why", "costs", "groups", "before", "wrong", "complete", "scores", "probabilities"]
    order += ["features", "odd", "learning", "made"]
    assert [target for _, name, target in page.attributes if name == "id" and target != "more"] == order
    captions = ["How well", "Reliability", "What students got", "Permutation", "as one feature moves", "epoch"]
    assert all(caption in report for caption in captions)
    for figures in (manifest.evaluation["model"], *manifest.evaluation["baselines"].values()):
        shown = "{value:.3f} ({low:.3f} to {high:.3f})".format(**figures["log_loss"])
        assert shown in page.text
        assert shown in card
    assert manifest.conformal is not None
    assert f"{100 * manifest.conformal['measured']['coverage']['value']:.0f} %" in page.text


def test_the_report_begins_with_whom_to_help(odd: Path) -> None:
    """In the same words as the model card, and with the same table; beside it what the threshold misses, said once."""
    page, _, card = read(odd, "odd")
    manifest = ModelStore(odd, "odd").manifest(1)
    found = manifest.evaluation["help"]

    told = whom_to_help(manifest)

    assert told in page.text
    assert told in card
    begin = page.text.index(told)
    assert page.text.index("Do not use") < begin < page.text.index("log loss")
    (misses,) = at_threshold(manifest)
    assert begin < page.text.index(misses) < page.text.index("log loss")
    assert page.text.count(misses) == 1
    for point in found["table"]:
        row = f"| {point['num_helped']}"
        assert row in card
        assert f"{100 * point['found']['value']:.0f} % (" in card[card.index(row) :].partition("\n")[0]
    assert f"{found['at_threshold']['num_missed']} missed" in page.text
    assert len(found["costs"]) == 4


def test_the_pictures_show_names_as_text_in_any_script(nasty: Path) -> None:
    """A formula is no formula, and what the drawing program's font lacks is left to the reader's."""
    page, _, _ = read(nasty / "models", "nasty")

    pictures = [
        base64.b64decode(value.partition(",")[2]).decode()
        for _, attribute, value in page.attributes
        if attribute == "src"
    ]

    for name in (TITLE, *NASTY[1:]):
        assert any(html.escape(name[:20], quote=False) in picture for picture in pictures), name
    assert all("<script" not in picture for picture in pictures)


def test_the_last_period_is_beside_the_figures(nasty: Path) -> None:
    """What a school does that uses last year's network."""
    page, _, _ = read(nasty / "models", "nasty")

    assert "Over time, trained on 2022, 2023 and scored on 20 rows of 2024" in page.text
    assert "With its threshold it finds " in page.text


def test_names_from_a_table_stay_text(nasty: Path) -> None:
    """In the page and in the model card."""
    page, _, card = read(nasty / "models", "nasty")

    for name in (f"{TITLE} ({NASTY[0]})", *NASTY[1:], "<b>good</b>", "<img src=x>", "<i>group</i>"):
        assert name in page.text
    assert r"\<u\> is \<i\>below\</i\>" in card
    assert not {"b", "i", "u"} & set(page.tags)
    assert not re.search(r"(?<!\\)<(?!!)", card.replace("**", ""))
    assert "a|b" not in card.replace("\\|", "")


def test_no_students_row_is_in_any_of_the_files(nasty: Path) -> None:
    """Neither an id, nor a group of one, nor a value that only one student has, but for the ends of a range."""
    folder = ModelStore(nasty / "models", "nasty").path(1)
    rows = [row.split(",") for row in (nasty / "nasty.csv").read_text(encoding="utf-8").splitlines()[1:]]
    own = [row[0] for row in rows] + [row[5] for row in rows]
    for column in (1, 3):
        cells = sorted((row[column] for row in rows if row[column]), key=float)
        own += [
            form for cell in cells[1:-1] for form in (cell, f"{float(cell):g}", f"{float(cell):.7g}") if "." in form
        ]
    names = re.compile("|".join(rf"(?<![\w.]){re.escape(cell)}" for cell in sorted(set(own))))
    assert names.search("x secret7 1037.43219 5.7659")

    for name in (REPORT, MODEL_CARD, CURVES):
        content = (folder / name).read_text(encoding="utf-8")
        content = re.sub(
            r"data:image[^\"]+", lambda found: base64.b64decode(found[0].partition(",")[2]).decode(), content
        )
        text = re.sub(r'( d="[^"]*"|<use [^>]*>|[xy]\d?="[^"]*"|transform="[^"]*")', "", content)  # places on paper
        if name == CURVES:  # losses and weights: numbers of the networks'
            text = re.sub(r"-?\d+\.\d+(e-?\d+)?", "", text)
        assert not names.findall(text)


def test_the_curves_are_there_for_programs(students: Path) -> None:
    """`training.json`, with what was found."""
    document = json.loads((ModelStore(students, "pass_fail").path(1) / CURVES).read_bytes())

    assert document["epochs"] == list(range(101))
    assert len(document["loss"]["train"]) == len(document["loss"]["held_out"]) == 101
    assert document["gradient_norm"].keys() == document["weight_norm"].keys() == {"hidden_1", "logit", "skip"}
    assert document["findings"] == []
    assert len(document["weights_of_the_first_network"]) == 101


def test_the_15_students_are_too_few_and_two_of_them_are_odd(students: Path) -> None:
    """What a data person must see who has nothing but the report."""
    page, _, card = read(students, "pass_fail")

    for text in (page.text, card):
        assert "Do not use this network to judge anyone: 15 students are too little data to show anything." in text
        found = r"2 labels look wrong, and should be checked\. Of so few students that may be chance\.$"
        assert re.search(found, text, re.MULTILINE)
    assert "under 20 rows it would show single students" in page.text
    assert "of 15 students it would show single ones" in page.text
    assert "of under 50 students they would show single ones" in page.text


@pytest.mark.long
@NEEDS_UCI
def test_real_tables_are_told_apart(tmp_path: Path) -> None:
    """UCI mathematics: with the earlier marks usable, as a logistic regression is too; without them, a hint."""
    headlines = {}
    for setting, ignored in (("A", []), ("C", ["--ignore", "G1,G2"])):
        dataset = tmp_path / f"{setting}.toml"
        table = UCI / "student-mat.csv"
        done = run("training", "init", table, "--target", "G3", "--at-least", "10", *ignored, "-o", dataset)
        assert done.returncode == 0, done.stderr
        train(tmp_path / setting, dataset)
        page, report, _ = read(tmp_path / setting, "pass_fail")
        headlines[setting] = page.text
        assert len(report) < MAX_BYTES

    assert "Usable: on students that it has not seen it tells them apart well." in headlines["A"]
    assert re.search(r"not shown to differ from logistic regression", headlines["A"])
    assert "Use it only as a hint: it is better than guessing, but it tells students apart poorly." in headlines["C"]
    assert "How it learned is not sound" not in headlines["A"] + headlines["C"]
