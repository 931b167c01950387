"""A class: as a school has it, its columns found, its students answered, mended, helped and saved."""

import csv
import io
import math
import os
import random
import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.support.http import ask
from tests.support.processes import Serve, run
from tests.support.stores import train
from tests.support.workbooks import book_of, german_class, to_bytes

FILE = "Choose an Excel or CSV file"
TITLES = {"study_hours": "Study hours", "sleep_hours": "Sleep hours"}
TITLED = """
name = "pass_fail"
data = "titled.csv"
skip_rows = ["Probe"]
[target]
column = "passed"
positive = "1"
[[features]]
name = "hours"
title = "Lernzeit"
kind = "number"
minimum = 0
actionable = "increase"
[[features]]
name = "sup"
title = "Förderung"
kind = "category"
vocabulary = ["no", "yes"]
labels = { no = "nein", yes = "ja" }
[training]
hidden_units = [2]
epochs = 10
members = 2
"""


def give(page: Page, path: Path) -> None:
    """Give the page a file."""
    page.get_by_label(FILE).set_input_files(path)


def choose(page: Page, path: Path) -> None:
    """Give the page a file, and wait until its students have been answered."""
    give(page, path)
    expect(page.locator(".counts")).to_contain_text(path.name)


def lines(page: Page) -> Locator:
    """The students that are drawn."""
    return page.locator(".long tbody tr:not([aria-hidden])")


def rows(page: Page) -> list[list[str]]:
    """Their cells."""
    return [[cell.replace("\u00a0", " ") for cell in row.locator("td").all_inner_texts()] for row in lines(page).all()]


def paste(page: Page, selector: str, text: str) -> None:
    """Paste a text somewhere, as a spreadsheet gives it."""
    page.locator(selector).evaluate(
        """(element, text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def saved(page: Page) -> tuple[str, list[list[str]]]:
    """The name of the file that the page saves, and its cells."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Save with answers").click()
    content = Path(download.value.path()).read_text(encoding="utf-8-sig")
    delimiter = ";" if ";" in content.splitlines()[0] else ","
    return download.value.suggested_filename, list(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter))


def test_a_schools_own_table_is_answered(serve: Serve, odd: Path, odd_dataset: Path, open_page: Open) -> None:
    """Semicolons, decimal commas, blanks, a column of marks: most at risk first, as the file's own scoring has it."""
    table = odd_dataset.parent / "odd.csv"
    environ: dict[str, Any] = {"SERVICE_MODEL": "odd", "SERVICE_MODELS_DIR": str(odd)}
    options = ("--encoding", "utf-8-sig", "--spreadsheet-safe")
    done = run("service", "score", table, "-o", "-", "--decimal", ",", *options, **environ)
    scored = list(csv.DictReader(io.StringIO(done.stdout.removeprefix("\ufeff")), delimiter=";"))
    assert len(scored) == 120
    with serve(odd, SERVICE_MODEL="odd") as service:
        page = open_page(service.url, "class")

        choose(page, table)

        counts = page.locator(".counts")
        expect(counts).to_contain_text("120 students of odd.csv")
        levels = ("at risk", "not sure", "no sign")
        nums = [sum(row["risk_level"] == level for row in scored) for level in levels]
        expect(counts.locator(".level")).to_have_text(
            [f"{num} {level}" for num, level in zip(nums, levels, strict=True)]
        )
        by_risk = sorted(scored, key=lambda row: -float(row["risk"].replace(",", ".")))
        shown = rows(page)
        for (_, level, text, *_), expected in zip(shown, by_risk, strict=False):
            risk = 100 * float(expected["risk"].replace(",", "."))
            if 1 <= risk <= 99:
                assert abs(float(text.strip().removesuffix(" %")) - risk) <= 0.5
            else:
                assert text.strip() == ("under 1 %" if risk < 1 else "over 99 %")
            assert level == expected["risk_level"]
        assert [row[0].rstrip("*") for row in shown[:3]] == [row["student"] for row in by_risk[:3]]


def test_what_is_saved_is_the_table_with_answers(
    serve: Serve, odd: Path, odd_dataset: Path, open_page: Open, tmp_path: Path
) -> None:
    """The same as `python -m service score` writes for a spreadsheet, for the rows of the file in its order."""
    table = tmp_path / "odd.csv"
    text = (odd_dataset.parent / "odd.csv").read_text(encoding="utf-8")
    for row, cell in enumerate(("=1+1", "-3,5", " @a", "a,=b", "\uff1da", "-", '"+\t-x"')):
        text = text.replace(f"\ns{row};", f"\n{cell};")
    table.write_text(text.replace("student", "=student"), encoding="utf-8")
    environ: dict[str, Any] = {"SERVICE_MODEL": "odd", "SERVICE_MODELS_DIR": str(odd)}
    options = ("--encoding", "utf-8-sig", "--spreadsheet-safe")
    done = run("service", "score", table, "-o", "-", "--decimal", ",", *options, **environ)
    with serve(odd, SERVICE_MODEL="odd") as service:
        page = open_page(service.url, "class", accept_downloads=True)
        choose(page, table)
        page.get_by_label("Order").select_option("least at risk first")

        name, cells = saved(page)

        assert name == "odd.scored.csv"
        expected = list(csv.reader(io.StringIO(done.stdout.removeprefix("\ufeff"), newline=""), delimiter=";"))
        if "decision" not in cells[0]:
            expected = [[*row[:-3], *row[-2:]] for row in expected]
        assert cells == expected
        assert [row[0] for row in cells[:3]] == ["'=student", "'=1+1", "-3,5"]


def test_what_is_at_fault_is_mended_in_place(serve: Serve, students: Path, open_page: Open, tmp_path: Path) -> None:
    """By name, in words; the table stays as it is, the focus goes on to the next, and what is mended is saved."""
    table = tmp_path / "class.csv"
    bad = "Zoë;x;5\nBo;3;\nAl;2;4;1\nCy;30;7\nDi;1;2026-05-08\nEm;1;7 - 8\nAverage;4;5\n"
    (tmp_path / "plain.csv").write_text("study_hours,sleep_hours\n1,4\n")
    table.write_bytes(f"name;study_hours;sleep_hours\nJosé;6,5;5\n{bad}".encode("cp1252"))
    with serve(students) as service:
        page = open_page(service.url, "class", accept_downloads=True)

        choose(page, table)

        expect(page.locator(".counts")).to_contain_text("1 student of class.csv")
        assert [[row[0], *row[4:]] for row in rows(page)] == [["José", "6,5", "5"]]
        faults = page.locator(".mending li")
        assert [text.strip() for text in faults.all_inner_texts()] == [
            "Zoë: Study hours is not a number",
            "Bo: Sleep hours is blank",
            "Al: the row has more cells than the header",
            "Cy: Study hours is too high: at most 24 hours per day",
            "Di: Sleep hours is a date, not a number",
            "Em: Sleep hours is not a number",
        ]
        expect(page.locator(".counts")).to_contain_text("Left out, for it is no student’s row: Average")
        expect(page.locator(".counts")).to_contain_text("6 more can’t be answered yet")
        assert Axe().run(page).response["violations"] == []
        cell = page.get_by_role("textbox", name="Study hours of Zoë")
        cell.fill("25")
        cell.press("Enter")
        expect(faults.first).to_contain_text("Zoë: Study hours is too high: at most 24")
        expect(cell).to_be_focused()
        cell.fill("2.5")
        cell.press("Enter")
        expect(page.locator(".counts")).to_contain_text("2 students of class.csv")
        expect(page.get_by_role("textbox", name="Sleep hours of Bo")).to_be_focused()
        assert {row[0]: row[4:] for row in rows(page)} == {"José": ["6,5", "5"], "Zoë": ["2,5\nentered here", "5"]}
        expect(page.locator(".counts")).to_contain_text("Entered here: Zoë (Study hours 2.5 hours per day)")
        [prediction] = ask(f"{service.url}/predict", {"study_hours": 2.5, "sleep_hours": 5}).json["predictions"]
        _, cells = saved(page)
        assert [row[:4] for row in cells] == [
            ["name", "study_hours", "sleep_hours", "entered here"],
            ["José", "6,5", "5", ""],
            ["Zoë", "2,5", "5", "Study hours"],
        ]
        assert float(cells[2][cells[0].index("risk")].replace(",", ".")) == prediction["risk"]
        page.get_by_label("I can help").fill("2")
        page.get_by_role("button", name="List those most at risk").click()
        expect(page.locator(".helped .entered")).to_have_text("Entered here: Study hours 2.5 hours per day")
        expect(page.locator(".helped tr").filter(has=page.locator(".entered"))).to_contain_text("Zoë")
        expect(page.locator(".helped tr", has_text="José")).to_contain_text("nothing needs to be done for the goal")
        choose(page, tmp_path / "plain.csv")  # by mistake
        page.get_by_role("button", name="Back to class.csv, as mended").click()
        expect(page.locator(".counts")).to_contain_text("Entered here: Zoë")
        expect(page.get_by_role("button", name="Back to")).to_have_count(0)
        (tmp_path / "again.csv").write_text("\n".join(";".join(row) for row in cells))
        choose(page, tmp_path / "again.csv")
        assert saved(page)[1] == cells  # the answers of an earlier time make way


def test_columns_are_found_or_asked_for(serve: Serve, students: Path, open_page: Open, tmp_path: Path) -> None:
    """Another spelling is known; another language is asked for, once for a header; two things can't be one column."""
    (tmp_path / "spelt.csv").write_text("Class 9b\n\nStudent,Study Hours (per day),Mark,SLEEP-HOURS\nAda,1,5,4\n")
    (tmp_path / "slip.csv").write_text("Student,study_huors,Sleep hours\nAda,1,4\n")
    (tmp_path / "german.csv").write_text("Vorname;Nachname;Lernzeit;Schlaf\nAda;Bär;1,5;4\nBo;Öz;8;8\n")
    (tmp_path / "bare.csv").write_text("Ada,1,4\nBo,8,8\n")
    with serve(students) as service:
        page = open_page(service.url, "class")
        choose(page, tmp_path / "spelt.csv")
        assert [[row[0], *row[4:]] for row in rows(page)] == [["Ada", "5", "1", "4"]]
        expect(page.locator(".counts")).to_contain_text("The 2 lines above the header are left out.")
        assert page.evaluate("localStorage.length") == 0

        give(page, tmp_path / "slip.csv")
        expect(page.get_by_label("Study hours")).to_have_value("1")  # likely, not certain
        expect(page.locator(".columns")).to_contain_text("Names are alike, but not the same")
        give(page, tmp_path / "german.csv")
        form = page.locator(".columns")
        expect(form).to_contain_text("No columns were found for Study hours and Sleep hours: choose them here")
        expect(page.get_by_label("Names").locator("option:checked")).to_contain_text("Vorname")
        assert Axe().run(page).response["violations"] == []
        page.get_by_label("Study hours").select_option("Lernzeit, such as 1,5")
        page.get_by_label("Sleep hours").select_option("Lernzeit, such as 1,5")
        page.get_by_role("button", name="Use these columns").click()
        expect(form).to_contain_text("The column Lernzeit can’t stand for two things.")
        page.get_by_label("Sleep hours").select_option("Schlaf, such as 4")
        page.get_by_role("button", name="Use these columns").click()
        expect(page.locator(".counts")).to_contain_text("2 students of german.csv")
        assert {row[0] for row in rows(page)} == {"Ada Bär", "Bo Öz"}

        page.reload()
        choose(page, tmp_path / "german.csv")  # not asked again
        paste(page, "main", "Vorname\tNachname\tLernzeit\tSchlaf\nCy\tNg\t2,5\t5\n")
        expect(page.locator(".counts")).to_contain_text("1 student of the pasted class")
        assert "Ada" not in page.evaluate("JSON.stringify(localStorage)")
        page.get_by_role("button", name="Which column is which").click()
        page.get_by_role("button", name="Forget it").click()
        expect(form).to_contain_text("No columns were found for")
        assert page.evaluate("localStorage.length") == 0

        give(page, tmp_path / "bare.csv")
        expect(page.get_by_label("Header").locator("option:checked")).to_have_text("there is none")
        page.get_by_label("Study hours").select_option("Column B, such as 1")
        page.get_by_label("Sleep hours").select_option("Column C, such as 4")
        page.get_by_role("button", name="Use these columns").click()
        expect(page.locator(".counts")).to_contain_text("2 students of bare.csv")
        assert {row[0] for row in rows(page)} == {"Ada", "Bo"}


def test_titles_and_labels_are_read_as_the_data_is(serve: Serve, open_page: Open, tmp_path: Path) -> None:
    """Whatever people call a column and its values; they are what is said, and what is saved stays as it came."""
    (tmp_path / "titled.toml").write_text(TITLED)
    cells = [f"{row % 9},{['no', 'yes'][row % 2]},{int(row % 9 > 4)}" for row in range(40)]
    (tmp_path / "titled.csv").write_text("\n".join(["hours,sup,passed", *cells]) + "\n")
    train(tmp_path / "models", tmp_path / "titled.toml")
    (tmp_path / "class.csv").write_text(
        "Vorname;Name;LERNZEIT (h);Foerderung;Art\nAda;Bär;1,5;ja;\nBo;Öz;7;Nein;\nCy;Ng;3;maybe;\nDi;Ek;3;ja;Probe\n"
    )
    with serve(tmp_path / "models") as service:
        page = open_page(service.url, "class", accept_downloads=True)

        choose(page, tmp_path / "class.csv")

        expect(page.locator(".drop")).to_contain_text("It needs columns for Lernzeit and Förderung")
        with page.expect_download() as download:
            page.get_by_role("button", name="Save an empty table to fill in").click()
        blank = Path(download.value.path()).read_text(encoding="utf-8-sig")
        assert blank == "Name,Lernzeit,Förderung\n"
        asked = [{"hours": 1.5, "sup": "yes"}, {"hours": 7, "sup": "no"}]
        predictions = ask(f"{service.url}/predict", {"instances": asked}).json["predictions"]
        risks = {"Ada Bär": predictions[0]["risk"], "Bo Öz": predictions[1]["risk"]}
        assert {row[0].rstrip("*"): row[2].strip() for row in rows(page)} == {
            name: f"{round(100 * risk)} %" for name, risk in risks.items()
        }
        expect(lines(page).first.locator("td").nth(3)).to_contain_text("Lernzeit")
        expect(page.locator(".counts")).to_contain_text("Left out, for it is no student’s row: Di Ek")
        expect(page.locator(".mending li")).to_contain_text("Cy Ng: Förderung is none of nein, ja")
        cell = page.get_by_role("combobox", name="Förderung of Cy Ng")
        cell.fill("NEIN")
        cell.press("Enter")
        expect(page.locator(".counts")).to_contain_text("3 students of class.csv")
        assert [row[3] for row in saved(page)[1]] == ["Foerderung", "ja", "Nein", "NEIN"]


def test_many_columns_are_all_named(serve: Serve, wide: Path, open_page: Open) -> None:
    """In a fold, behind the first twelve."""
    with serve(wide, SERVICE_MODEL="wide") as service:
        features = [each["name"] for each in ask(f"{service.url}/model").json["manifest"]["schema"]["features"]]
        page = open_page(service.url, "class")
        expect(page.locator(".drop")).to_contain_text(f"{features[11]} and 18 more")

        page.get_by_text("All 30 columns").click()

        expect(page.get_by_text(", ".join(features), exact=True)).to_be_visible()


def test_a_teachers_workbook_leads_to_a_list_to_be_printed(
    serve: Serve, students: Path, open_page: Open, tmp_path: Path
) -> None:
    """28 students, a title, four bad cells: mended, whom to help with what, alone on paper, and saved for Excel."""
    (tmp_path / "9b.xlsx").write_bytes(german_class(bad=True))
    with serve(students) as service:
        page = open_page(service.url, "class", accept_downloads=True)
        choose(page, tmp_path / "9b.xlsx")
        expect(page.locator(".counts")).to_contain_text("24 students of 9b.xlsx")
        assert len(page.locator(".mending li").all()) == 4
        for left in (3, 2, 1, 0):
            cell = page.locator(".mending input").first
            cell.fill("3,5")
            cell.press("Enter")
            expect(page.locator(".mending input")).to_have_count(left)
        expect(page.locator(".counts")).to_contain_text("28 students of 9b.xlsx")

        page.emulate_media(media="print")
        expect(lines(page)).to_have_count(28)  # also those out of sight, with their reasons
        expect(page.locator(".reasons", has_text="…")).to_have_count(0)
        page.emulate_media(media="screen")

        page.get_by_label("I can help").fill("6")
        page.get_by_role("button", name="List those most at risk").click()

        helped = page.locator(".helped tbody tr")
        expect(helped).to_have_count(6)
        first = [row[0] for row in rows(page)[:6]]
        assert helped.locator("th").all_inner_texts() == first
        study, sleep = (cell.split("\n")[0] for cell in rows(page)[0][-2:])  # it may have been entered here
        body = {"study_hours": float(study), "sleep_hours": float(sleep)}
        [found] = ask(f"{service.url}/recourse", body).json["recourse"]
        [(feature, change), *_] = found["options"][0]["changes"].items()
        enough = 0.2 * math.ceil(change["to"] / 0.2)
        expect(helped.first).to_contain_text(
            f"{TITLES[feature]} from {change['from']:.9g} to {enough:.9g} hours per day"
        )
        reached = helped.filter(has_text="✓ goal reached").count()
        assert reached + helped.filter(has_text="goal not reached").count() == 6
        goal = rf"Goal: a risk of at most \d+\s%; {reached} of the 6 students can reach"
        expect(page.locator(".help-list")).to_contain_text(re.compile(goal))
        expect(page.locator(".help-list")).to_contain_text("Do not judge anyone by it")
        expect(page.locator(".shared li").filter(has_text=f"{TITLES[feature]}: more (")).to_contain_text(first[0])
        assert Axe().run(page).response["violations"] == []
        page.emulate_media(media="print")
        expect(helped.first).to_be_visible()
        for other in ("h1", ".drop", ".counts", ".long", "footer"):
            expect(page.locator(other)).to_be_hidden()
        page.emulate_media(media="screen")

        _, cells = saved(page)
        assert len(cells) == 29
        assert cells[0][:3] == ["Name", "study_hours", "sleep_hours"]
        assert cells[3][1] == "3.5"

        german = open_page(service.url, "class", accept_downloads=True, locale="de-DE")
        german.locator("input[type=file]").set_input_files(tmp_path / "9b.xlsx")
        expect(german.locator(".counts")).to_contain_text("24")
        with german.expect_download() as download:
            german.locator(".class-tools button").first.click()
        content = Path(download.value.path()).read_text(encoding="utf-8-sig")
        assert content.splitlines()[1].startswith("Müller, Kind 0;1,5;4,5;85%;")
        header, first, *_ = [line.split(";") for line in content.splitlines()]
        levels = {"at risk": "gefährdet", "not sure": "unsicher", "no sign": "kein Anzeichen"}
        assert header[-2:] == ["risk_level", "Urteil"]
        assert levels[first[-2]] == first[-1]


def test_who_shares_a_lever_is_named_together(serve: Serve, students: Path, open_page: Open) -> None:
    """The most first; what holds for all stands by itself, and what goes one way here, another there, groups nobody."""
    with serve(students) as service:
        page = open_page(service.url, "class")

        shared = page.evaluate(
            """async () => {
              const { leverOf, sharedBy } = await import(new URL("page/parts/class/levers.js", document.baseURI));
              const lever = (name, from, to) => leverOf({ name, kind: typeof to, labels: { yes: "ja" } }, from, to);
              return sharedBy([
                { name: "Ada", levers: [lever("sleep", 4, 6), lever("free", 3, 4), lever("job", "no", "yes")] },
                { name: "Bo", levers: [lever("sleep", 5, 8), lever("free", 3, 1), lever("away", 9, 2)] },
                { name: "Cy", levers: [lever("sleep", 5, 7), lever("free", 2, 1), lever("away", 4, 2)] },
                { name: "Di", levers: [lever("sleep", 5, 7), lever("away", 4, 2), lever("job", "no", "yes")] },
              ]);
            }"""
        )

        assert shared == {
            "ofAll": ["sleep: more"],
            "several": [["away: less", ["Bo", "Cy", "Di"]], ["job: ja", ["Ada", "Di"]]],
            "split": ["free"],
        }


def test_the_sheet_of_a_workbook_is_chosen(serve: Serve, students: Path, open_page: Open, tmp_path: Path) -> None:
    """Where several have cells; an old workbook is refused in words, and what came before is not shown any more."""
    header = ["name", "study_hours", "sleep_hours"]
    (tmp_path / "two.xlsx").write_bytes(
        to_bytes(book_of({"9a": [header, ["Ada", 1, 4]], "9b": [header, ["Bo", 8, 8], ["Cy", 2, 3]]}))
    )
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...")
    with serve(students) as service:
        page = open_page(service.url, "class", expected=("400", "422"))
        choose(page, tmp_path / "two.xlsx")
        assert [row[0] for row in rows(page)] == ["Ada"]

        page.get_by_label("Sheet", exact=True).select_option("9b")

        expect(page.locator(".counts")).to_contain_text("2 students")
        assert {row[0] for row in rows(page)} == {"Bo", "Cy"}
        give(page, tmp_path / "old.xls")
        expect(page.locator("#view")).to_contain_text("old.xls is an old Excel file")
        assert rows(page) == []
        (tmp_path / "none.xlsx").write_bytes(b"PK\x03\x04...")
        give(page, tmp_path / "none.xlsx")
        expect(page.locator("#view .fault")).to_contain_text("none.xlsx can’t be read:")


def test_a_class_is_dropped_pasted_or_typed_in(serve: Serve, students: Path, open_page: Open) -> None:
    """Anywhere on the page; a typed number is read with either mark."""
    with serve(students) as service:
        page = open_page(service.url, "class", accept_downloads=True)
        expect(page.locator(".drop")).to_be_visible()
        dropped = page.evaluate_handle(
            "() => { const data = new DataTransfer();"
            "data.items.add(new File(['study_hours,sleep_hours\\n1,4\\n8,8\\n'], 'dropped.csv')); return data; }"
        )
        page.locator("footer").dispatch_event("drop", {"dataTransfer": dropped})
        expect(page.locator(".counts")).to_contain_text("2 students of dropped.csv")
        expect(page.locator(".counts")).to_contain_text(re.compile(r"1 at risk \(fail\).*1 no sign \(pass\)"))
        assert [row[0] for row in rows(page)] == ["Row 1", "Row 2"]

        paste(page, "main", "Name\tsleep hours\tstudy hours\nZoë\t4,5\t1,5\n")
        expect(page.locator(".counts")).to_contain_text("1 student of the pasted class")
        page.get_by_text("Paste from a spreadsheet").click()
        paste(page, "textarea", "Name\tsleep hours\tstudy hours\nAda\t4,5\t1,5\nBo\t6\t8\n")
        expect(page.locator(".counts")).to_contain_text("2 students of the pasted class")
        [prediction] = ask(f"{service.url}/predict", {"study_hours": 1.5, "sleep_hours": 4.5}).json["predictions"]
        assert rows(page)[0][0] == "Ada"
        assert rows(page)[0][2].strip() == f"{round(100 * prediction['risk'])} %"
        name, cells = saved(page)
        assert name == "class.scored.csv"
        assert cells[0][:4] == ["Name", "sleep hours", "study hours", "probability"]

        page.get_by_role("button", name="Type a class in").click()
        expect(page.get_by_role("textbox", name="Name, row 1")).to_be_focused()
        assert Axe().run(page).response["violations"] == []
        page.get_by_role("textbox", name="Name, row 1").fill("Cy")
        page.get_by_role("textbox", name="Study hours, row 1").fill("1,5")
        page.get_by_role("textbox", name="Sleep hours, row 1").fill("4.5")
        paste(page, "[aria-label='Name, row 5']", "Di\t8\t8\nEd\t\t3\nFi\t30\t6")
        expect(page.get_by_role("textbox", name="Name, row 8")).to_be_visible()
        page.get_by_role("button", name="Answer this class").click()
        expect(page.locator(".counts")).to_contain_text("2 students of the class")
        assert [row[0] for row in rows(page)] == ["Cy", "Di"]
        assert rows(page)[0][2].strip() == f"{round(100 * prediction['risk'])} %"
        cell = page.get_by_role("textbox", name="Study hours of Ed")
        cell.fill("2,5")
        cell.press("Enter")
        expect(page.locator(".counts")).to_contain_text("3 students of the class")
        page.get_by_role("button", name="Go on typing").click()
        expect(page.get_by_role("textbox", name="Study hours, row 6")).to_have_value("2.5")
        page.get_by_role("textbox", name="Study hours, row 6").fill("3")
        paste(page, "main", "study_hours\tsleep_hours\n1\t4\n")
        expect(page.locator(".counts")).to_contain_text("1 student of the pasted class")
        page.get_by_role("button", name="Back to what was typed in").click()
        expect(page.get_by_role("textbox", name="Study hours, row 6")).to_have_value("3")


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """10,000 students."""
    table = tmp_path / "large.csv"
    draw = random.Random(8)
    lines = [f"{row},s{row},{draw.uniform(0, 9):.2f},{draw.uniform(3, 9):.2f}" for row in range(10_000)]
    table.write_text("\n".join(["id,name,study_hours,sleep_hours", *lines]) + "\n")
    return table


def test_ten_thousand_rows_stay_smooth(serve: Serve, students: Path, open_page: Open, large: Path) -> None:
    """Only those in sight are ever there, and all can be scrolled to, searched, filtered and sorted."""
    with serve(students) as service:
        page = open_page(service.url, "class")
        choose(page, large)
        scroll = page.get_by_role("region", name="large.csv, 10,000 students")
        expect(scroll.locator("table")).to_have_attribute("aria-rowcount", "10001")

        most_drawn = scroll.evaluate(
            """async (element) => {
              let most = 0;
              for (let step = 0; step <= 100; step += 1) {
                element.scrollTop = (element.scrollHeight * step) / 100;
                await new Promise(requestAnimationFrame);
                most = Math.max(most, element.querySelectorAll("tr").length);
              }
              return most;
            }"""
        )

        assert most_drawn < 100
        expect(scroll.locator("tr").filter(has=page.locator("button")).last).to_have_attribute("aria-rowindex", "10001")
        page.get_by_label("Verdict").select_option("at risk")
        assert {row[1] for row in rows(page)} == {"at risk"}
        page.get_by_label("Verdict").select_option("all")
        page.get_by_label("Search").fill("s4999")
        expect(page.locator(".students .hint[role=status]")).to_have_text("1 of 10,000 students")
        assert [row[0].rstrip("*") for row in rows(page)] == ["s4999"]
        page.get_by_label("Search").fill("")
        page.get_by_label("Order").select_option("as in the table")
        assert [row[0].rstrip("*") for row in rows(page)][:3] == ["s0", "s1", "s2"]
        page.get_by_label("Order").select_option("by name")
        assert [row[0].rstrip("*") for row in rows(page)][:3] == ["s0", "s1", "s10"]


def test_main_reasons_and_the_way_to_the_students(
    serve: Serve, students: Path, open_page: Open, tmp_path: Path
) -> None:
    """As /explain gives them; a student opens in the form, and those before and after in the order that is shown."""
    (tmp_path / "three.csv").write_text("name,study_hours,sleep_hours\nAda,6,5\nBo,1,8\nCy,2,3\n")
    with serve(students) as service:
        page = open_page(service.url, "class")
        choose(page, tmp_path / "three.csv")
        student = {"study_hours": 2, "sleep_hours": 3}
        [explanation] = ask(f"{service.url}/explain", student).json["explanations"]
        main = max(explanation["contributions"], key=lambda name: abs(explanation["contributions"][name]))

        first = lines(page).first
        expect(first.locator("td").nth(3)).to_contain_text(re.compile(rf"^{TITLES[main]} {student[main]} \(\+"))
        names = [row[0].rstrip("*") for row in rows(page)]
        assert names[0] == "Cy"
        first.get_by_role("button").click()

        form = page.locator(".student")
        field = page.get_by_role("spinbutton", name=re.compile("^Study hours"))
        expect(field).to_have_value("2")
        expect(form).to_contain_text("Cy")
        expect(page.get_by_role("button", name="previous")).to_be_disabled()
        page.get_by_role("button", name="next").click()
        expect(form).to_contain_text(names[1])
        page.get_by_role("button", name="next").click()
        expect(form).to_contain_text(names[2])
        expect(page.get_by_role("button", name="next")).to_be_disabled()
        page.get_by_role("button", name="previous").click()
        expect(form).to_contain_text(names[1])
        page.get_by_role("link", name="back to the class").click()
        expect(lines(page)).to_have_count(3)  # still there
        expect(lines(page).nth(1).get_by_role("button")).to_be_focused()


def test_nothing_of_a_class_is_kept(serve: Serve, students: Path, open_page: Open, tmp_path: Path) -> None:
    """Neither in the store, nor in the log, nor in the browser."""
    (tmp_path / "class.csv").write_text("name,study_hours,sleep_hours\nXaverine,6.03125,5\n")
    before = {path: os.stat(path).st_mtime_ns for path in students.rglob("*")}
    with serve(students, alone=True) as service:
        page = open_page(service.url, "class")
        choose(page, tmp_path / "class.csv")
        expect(lines(page).first.locator("td").nth(3)).to_contain_text("Study hours")
        stored = page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
        log = service.log.read_text()

    assert stored == '[{},{},""]'
    assert "Xaverine" not in log
    assert "6.03125" not in log
    assert {path: os.stat(path).st_mtime_ns for path in students.rglob("*")} == before


def test_all_rows_are_reached_by_keyboard(serve: Serve, students: Path, open_page: Open, large: Path) -> None:
    """Row by row, while rows come into sight and reasons arrive; what has the focus keeps it."""
    with serve(students) as service:
        page = open_page(service.url, "class")
        choose(page, large)
        lines(page).first.get_by_role("button").focus()

        positions = []
        for _ in range(60):
            page.keyboard.press("Tab")
            focused = page.evaluate("document.activeElement.closest('tr')?.getAttribute('aria-rowindex')")
            positions.append(int(focused))
            if len(positions) % 20 == 0:
                row = page.locator(f'tr[aria-rowindex="{focused}"]')
                expect(row.locator("td").nth(3)).to_contain_text("Study hours")  # its reasons have come
                expect(row.get_by_role("button")).to_be_focused()

        assert positions == list(range(3, 63))


def test_a_phone_shows_cards(serve: Serve, students: Path, open_page: Open, large: Path) -> None:
    """With the name, the verdict, the risk and the reasons; only those in sight are there, and nothing is cut off."""
    with serve(students) as service:
        page = open_page(service.url, "class", viewport={"width": 360, "height": 740}, color_scheme="dark")
        choose(page, large)

        card = lines(page).first
        expect(card.locator("td").nth(3)).to_contain_text("Study hours")

        assert Axe().run(page).response["violations"] == []
        assert len(lines(page).all()) < 40
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        expect(page.get_by_role("row").nth(1).get_by_role("cell")).to_have_count(4)
        boxes = [card.locator("td").nth(place).bounding_box() for place in range(4)]
        frame = card.bounding_box()
        for box in boxes:
            assert box is not None
            assert frame is not None
            assert frame["x"] <= box["x"]
            assert box["x"] + box["width"] <= frame["x"] + frame["width"] <= 360
            assert box["y"] + box["height"] <= frame["y"] + frame["height"]
        page.locator(".scroll").evaluate("(element) => (element.scrollTop = element.scrollHeight)")
        expect(lines(page).last).to_have_attribute("aria-rowindex", "10001")


def test_reasons_that_did_not_come_are_asked_for_again(
    serve: Serve, students: Path, open_page: Open, tmp_path: Path
) -> None:
    """Once the service answers again; a row that stays out of sight is not explained at all."""
    (tmp_path / "class.csv").write_text("study_hours,sleep_hours\n6,5\n1,8\n")
    with serve(students) as service:
        page = open_page(service.url, "class", expected=("ERR_FAILED",))
        page.route("**/explain", lambda route: route.abort())
        page.route("**/readyz", lambda route: route.abort())
        choose(page, tmp_path / "class.csv")
        expect(page.locator("#notices")).to_contain_text("The service does not answer.")
        assert rows(page)[0][3] == "…"

        page.unroute("**/explain")
        page.unroute("**/readyz")

        expect(lines(page).first.locator("td").nth(3)).to_contain_text("Study hours")
        expect(page.locator("#notices")).to_be_empty()
