"""A class: a CSV file as a school has it, scored, sorted by risk, explained, filtered, saved."""

import csv
import io
import os
import random
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.support.http import ask
from tests.support.processes import Serve, run


def choose(page: Page, path: Path) -> None:
    """Give the page a file, and wait until it has been scored."""
    page.get_by_label("Choose a CSV file").set_input_files(path)
    expect(page.locator("p.card")).to_contain_text(path.name)


def lines(page: Page) -> Locator:
    """The rows that are drawn."""
    return page.locator(".long tbody tr:not([aria-hidden])")


def rows(page: Page) -> list[list[str]]:
    """Their cells."""
    return [[cell.replace("\u00a0", " ") for cell in row.locator("td").all_inner_texts()] for row in lines(page).all()]


def test_a_schools_own_table_is_scored(serve: Serve, odd: Path, odd_dataset: Path, open_page: Open) -> None:
    """Semicolons, decimal commas, blanks, a column of marks: sorted by risk, each as the file's own scoring has it."""
    table = odd_dataset.parent / "odd.csv"
    environ: dict[str, Any] = {"SERVICE_MODEL": "odd", "SERVICE_MODELS_DIR": str(odd)}
    options = ("--encoding", "utf-8-sig", "--spreadsheet-safe")
    done = run("service", "score", table, "-o", "-", "--decimal", ",", *options, **environ)
    scored = list(csv.DictReader(io.StringIO(done.stdout.removeprefix("\ufeff")), delimiter=";"))
    assert len(scored) == 120
    with serve(odd, SERVICE_MODEL="odd") as service:
        page = open_page(service.url, "class")

        choose(page, table)

        passed = sum(row["decision"] == "passed" for row in scored) or sum(row["label"] == "passed" for row in scored)
        expect(page.locator("p.card")).to_contain_text("120 students of odd.csv by version 1")
        expect(page.locator("p.card")).to_contain_text(f"{passed} passed")
        shown = rows(page)
        chances = [row[1].strip() for row in shown]
        by_risk = sorted(scored, key=lambda row: float(row["probability"].replace(",", ".")))
        for text, expected in zip(chances, by_risk, strict=False):
            chance = 100 * float(expected["probability"].replace(",", "."))
            if 1 <= chance <= 99:
                assert text == f"{round(chance)} %"
            else:
                assert text == ("under 1 %" if chance < 1 else "over 99 %")
        assert [row[0].partition(" · ")[2].rstrip("*") for row in shown[:3]] == [row["student"] for row in by_risk[:3]]


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

        with page.expect_download() as download:
            page.get_by_role("button", name="Save with answers").click()

        assert download.value.suggested_filename == "odd.scored.csv"
        content = Path(download.value.path()).read_text(encoding="utf-8-sig")
        saved = list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))
        expected = list(csv.reader(io.StringIO(done.stdout.removeprefix("\ufeff"), newline=""), delimiter=";"))
        assert saved == expected
        assert [row[0] for row in saved[:3]] == ["'=student", "'=1+1", "-3,5"]


def test_rows_at_fault_are_listed_and_the_others_scored(
    serve: Serve, students: Path, open_page: Open, tmp_path: Path
) -> None:
    """By row, line and column, in the service's words; an old encoding is read too."""
    table = tmp_path / "class.csv"
    table.write_bytes("name;study_hours;sleep_hours\nJosé;6,5;5\nZoë;x;5\nBo;3;\nAl;2;4;1\nCy;30;7\n".encode("cp1252"))
    with serve(students) as service:
        page = open_page(service.url, "class")

        choose(page, table)

        expect(page.locator("p.card")).to_contain_text("4 rows are at fault and left out.")
        assert [[row[0], *row[4:]] for row in rows(page)] == [["1 · José", "6,5", "5"]]
        assert page.locator(".faults li").all_inner_texts() == [
            "Row 2, line 3: study_hours must be a number from 0 to 24 hours per day",
            "Row 3, line 4: sleep_hours must be a number from 0 to 24 hours per day",
            "Row 4, line 5: has 4 cells where the header has 3",
            "Row 5, line 6: study_hours must be a number from 0 to 24 hours per day",
        ]


def test_a_file_that_is_no_such_table_is_refused_in_words(
    serve: Serve, students: Path, open_page: Open, tmp_path: Path
) -> None:
    """With what its header must have; a good file after it is scored."""
    (tmp_path / "bad.csv").write_text("name,study_hours\na,1\n")
    (tmp_path / "good.csv").write_text("study_hours,sleep_hours\n1,4\n")
    with serve(students) as service:
        page = open_page(service.url, "class", expected=("422",))

        page.get_by_label("Choose a CSV file").set_input_files(tmp_path / "bad.csv")

        expect(page.locator("#view")).to_contain_text("bad.csv can’t be scored")
        expect(page.locator("#view li")).to_have_text(
            "sleep_hours must be a column of the header: must be a number from 0 to 24 hours per day"
        )
        (tmp_path / "bad.csv").write_text("study_hours,sleep_hours\n1,4\n")  # mended, and chosen again
        choose(page, tmp_path / "bad.csv")
        (tmp_path / "book.xlsx").write_bytes(b"PK\x03\x04...")
        page.get_by_label("Choose a CSV file").set_input_files(tmp_path / "book.xlsx")
        expect(page.locator("#view")).to_contain_text("save it as CSV there")
        assert rows(page) == []
        choose(page, tmp_path / "good.csv")
        assert len(rows(page)) == 1


def test_a_file_can_be_dropped(serve: Serve, students: Path, open_page: Open) -> None:
    """Anywhere on the page: a browser would show it instead of the page."""
    with serve(students) as service:
        page = open_page(service.url, "class")
        expect(page.locator(".drop")).to_be_visible()
        place = page.locator("footer")
        dropped = page.evaluate_handle(
            "() => { const data = new DataTransfer();"
            "data.items.add(new File(['study_hours,sleep_hours\\n1,4\\n8,8\\n'], 'dropped.csv')); return data; }"
        )

        place.dispatch_event("drop", {"dataTransfer": dropped})

        expect(page.locator("p.card")).to_contain_text("2 students of dropped.csv by version 1: 1 fail, 1 pass.")


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """5,000 students."""
    table = tmp_path / "large.csv"
    draw = random.Random(8)
    lines = [f"{row},s{row},{draw.uniform(0, 9):.2f},{draw.uniform(3, 9):.2f}" for row in range(5000)]
    table.write_text("\n".join(["id,name,study_hours,sleep_hours", *lines]) + "\n")
    return table


def test_five_thousand_rows_stay_smooth(serve: Serve, students: Path, open_page: Open, large: Path) -> None:
    """Only those in sight are there, all can be scrolled to, and a step through them all drops few frames."""
    with serve(students) as service:
        page = open_page(service.url, "class")
        choose(page, large)
        scroll = page.get_by_role("region", name="large.csv, 5,000 students")
        expect(scroll.locator("table")).to_have_attribute("aria-rowcount", "5001")

        waits = scroll.evaluate(
            """async (element) => {
              const waits = [];
              let last = performance.now();
              for (let step = 0; step <= 100; step += 1) {
                element.scrollTop = (element.scrollHeight * step) / 100;
                await new Promise(requestAnimationFrame);
                waits.push(performance.now() - last);
                last = performance.now();
              }
              return waits.sort((a, b) => a - b);
            }"""
        )

        assert len(rows(page)) < 100
        expect(scroll.locator("tr").filter(has=page.locator("button")).last).to_have_attribute("aria-rowindex", "5001")
        # Frames where nothing else runs take 17 ms; drawing 5,000 rows takes a second.
        assert waits[len(waits) // 2] < 100


def test_filter_and_order(serve: Serve, students: Path, open_page: Open, large: Path) -> None:
    """By answer and by any text of the row."""
    with serve(students) as service:
        page = open_page(service.url, "class")
        choose(page, large)

        page.get_by_label("Answer").select_option("fail")
        assert {row[2] for row in rows(page)} == {"fail"}
        page.get_by_label("Answer").select_option("all")
        page.get_by_label("Search").fill("s4999")
        expect(page.locator("#view .hint[role=status]")).to_have_text("1 of 5,000 students")
        assert [row[4] for row in rows(page)] == ["s4999"]
        page.get_by_label("Search").fill("")
        page.get_by_label("Order").select_option("as in the file")
        assert [row[4] for row in rows(page)][:3] == ["s0", "s1", "s2"]


def test_main_reasons_and_the_way_to_the_student(serve: Serve, students: Path, open_page: Open, tmp_path: Path) -> None:
    """As /explain gives them; a row opens in the form."""
    (tmp_path / "three.csv").write_text("study_hours,sleep_hours\n6,5\n1,8\n2,3\n")
    with serve(students) as service:
        page = open_page(service.url, "class")
        choose(page, tmp_path / "three.csv")
        student = {"study_hours": 2, "sleep_hours": 3}
        [explanation] = ask(f"{service.url}/explain", student).json["explanations"]
        main = max(explanation["contributions"], key=lambda name: abs(explanation["contributions"][name]))

        first = lines(page).first
        expect(first.locator("td").nth(3)).to_contain_text(f"{main} −")
        expect(first.locator("td").nth(0)).to_have_text("3")
        first.get_by_role("button").click()

        expect(page.get_by_role("spinbutton", name="study_hours")).to_have_value("2")
        expect(page.get_by_role("spinbutton", name="sleep_hours")).to_have_value("3")
        expect(page.locator(".student .hint").first).to_have_text("Row 3 of three.csv · back to the class")
        page.get_by_role("link", name="back to the class").click()
        expect(lines(page)).to_have_count(3)  # still there
        expect(first.get_by_role("button")).to_be_focused()


def test_nothing_of_a_class_is_kept(serve: Serve, students: Path, open_page: Open, tmp_path: Path) -> None:
    """Neither in the store, nor in the log, nor in the browser."""
    (tmp_path / "class.csv").write_text("name,study_hours,sleep_hours\nXaverine,6.03125,5\n")
    before = {path: os.stat(path).st_mtime_ns for path in students.rglob("*")}
    with serve(students, alone=True) as service:
        page = open_page(service.url, "class")
        choose(page, tmp_path / "class.csv")
        expect(lines(page).first.locator("td").nth(3)).to_contain_text("study_hours")
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
                expect(row.locator("td").nth(3)).to_contain_text("study_hours")  # its reasons have come
                expect(row.get_by_role("button")).to_be_focused()

        assert positions == list(range(3, 63))


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

        expect(lines(page).first.locator("td").nth(3)).to_contain_text("study_hours")
        expect(page.locator("#notices")).to_be_empty()
