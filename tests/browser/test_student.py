"""A student: the form of the version's schema, the answer, why, and what would change it."""

import contextlib
import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Route, expect

from tests.browser.conftest import Open, title_of
from tests.support.http import ask
from tests.support.processes import Serve
from tests.support.stores import once, train

COUNTS = """
name = "pass_fail"
data = "counts.csv"
[target]
column = "passed"
positive = "1"
labels = ["fail", "pass"]
[[features]]
name = "born"
kind = "number"
[[features]]
name = "tries"
title = "Tries so far"
group = "At school"
kind = "number"
actionable = "increase"
maximum = 8
[[features]]
name = "course"
kind = "category"
vocabulary = ["a", "b"]
labels = { a = "Morning course" }
group = "At school"
"""
ODD_NAMES = ["class", "self", "Study hours/week", "Présence %", "study hours-week", "school", "mood"]


def fill(page: Page, **values: object) -> None:
    """Type into fields by their name, as they are called on the page."""
    for name, value in values.items():
        page.get_by_role("spinbutton", name=re.compile(rf"^{title_of(name)}")).fill(str(value))


def student_of(page: Page) -> dict[str, float]:
    """What stands in the form of the 15 students."""
    names = ("study_hours", "sleep_hours")
    return {name: float(page.locator(f".student [data-field={name}]").input_value()) for name in names}


def test_the_answer_is_the_services(serve: Serve, students: Path, open_page: Open) -> None:
    """Verdict, risk, spread; and the reasons add up to the risk from the base."""
    student = {"study_hours": 6, "sleep_hours": 5}
    with serve(students) as service:
        [prediction] = ask(f"{service.url}/predict", student).json["predictions"]
        [explanation] = ask(f"{service.url}/explain", student).json["explanations"]
        page = open_page(service.url)

        fill(page, **student)

        answer = page.locator(".answer")
        expect(answer.locator(".risk")).to_have_text(f"risk {round(100 * prediction['risk'])} %")
        expect(answer.locator(".verdict")).to_have_text(prediction["risk_level"])
        expect(answer.locator(".label")).to_have_text("of “fail” rather than “pass”")
        expect(answer).to_contain_text("The line is drawn at a risk of 50 %.")
        expect(answer).to_contain_text(f"{100 * prediction['spread']:.1f} percentage points")
        expect(answer.locator(".warnings")).to_have_count(0)
        bars = page.locator(".bars tr")
        expect(bars).to_have_count(2)
        shown = {row.locator("th").inner_text(): row.locator(".figure").inner_text() for row in bars.all()}
        for name, value in explanation["contributions"].items():
            assert abs(float(shown[f"{title_of(name)} {student[name]}"].replace("−", "-")) + 100 * value) <= 0.51
        sizes = [abs(float(text.replace("−", "-"))) for text in shown.values()]
        assert sizes == sorted(sizes, reverse=True)
        base, risk = round(100 - 100 * explanation["base"]), round(100 * prediction["risk"])
        expect(page.locator(".explanation")).to_contain_text(f"the risk is {base} % on average")
        expect(page.locator(".explanation")).to_contain_text(f"leads to {risk} %")
        trust = page.locator(".trust")
        expect(trust).to_contain_text("Do not judge anyone by it: 15 students are too few to show anything.")
        trust.get_by_text("How far to trust it").click()
        expect(trust).to_contain_text("it finds about 50 (between 0 and 88); the others it misses.")
        expect(trust.get_by_text("too little data to show anything")).to_be_hidden()
        trust.get_by_text("In the report’s words").click()
        expect(trust.get_by_text("too little data to show anything")).to_be_visible()


APART = """async (cases) => {
  const {percentsApart} = await import(new URL('page/core/format.js', document.baseURI));
  return cases.map(([risk, ...limits]) => percentsApart(risk, limits)).map(({own, others}) => [own, ...others]);
}"""


def test_a_risk_is_never_written_as_the_line_that_it_is_not_at(serve: Serve, students: Path, open_page: Open) -> None:
    """With as many decimals as tell them apart, and none where it does without; at the line they are the same."""
    cases = {
        (0.262, 0.264): ["26.2 %", "26.4 %"],
        (0.26491, 0.26452, 0.07): ["26.49 %", "26.45 %", "7.00 %"],
        (0.3, 0.264): ["30 %", "26 %"],
        (0.5, 0.5): ["50 %", "50 %"],
        (0.003, 0.008): ["0.3 %", "0.8 %"],
    }
    with serve(students) as service:
        page = open_page(service.url)

        written = page.evaluate(APART, list(cases))

        assert [[text.replace("\u00a0", " ") for text in each] for each in written] == list(cases.values())


def test_a_slider_moves_the_answer(serve: Serve, students: Path, open_page: Open) -> None:
    """By keyboard; its number goes along, and beyond what training has seen there is a warning."""
    with serve(students) as service:
        page = open_page(service.url)
        fill(page, study_hours=1, sleep_hours=4)
        expect(page.locator(".answer .verdict")).to_have_text("at risk")

        page.get_by_role("slider", name="Study hours, slider").press("End")

        expect(page.get_by_role("spinbutton", name=re.compile("^Study hours"))).to_have_value("24")
        expect(page.locator(".answer .verdict")).to_have_text("no sign")
        expect(page.locator(".answer .warnings")).to_contain_text(
            "Study hours: nearly all students that it has met had 1 to 8"
        )


def test_a_fault_stands_at_its_field(serve: Serve, students: Path, open_page: Open) -> None:
    """In the reader's words, without asking; gone once it is mended."""
    with serve(students) as service:
        page = open_page(service.url)
        field = page.get_by_role("spinbutton", name=re.compile("^Sleep hours"))
        for typed, fault in {
            "25": "is too high: at most 24 hours per day",
            "-1": "is too low: at least 0 hours per day",
            "": "is blank",
            "1-5": "is not a number",
            "1.234,5": "is not a number",
        }.items():
            field.fill(typed)

            expect(field).to_have_attribute("aria-invalid", "true")
            expect(field).to_have_accessible_description(re.compile(fault))
            expect(page.locator(".card.fault")).to_have_text("There is no answer yet: look at Sleep hours.")
            field.fill("7")
            expect(page.locator(".answer .verdict")).to_be_visible()
            expect(field).not_to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize(("locale", "shown"), [("de-DE", "1,5"), ("en-GB", "1.5")])
def test_a_comma_and_a_point_are_read_alike(
    serve: Serve, students: Path, open_page: Open, locale: str, shown: str
) -> None:
    """1,5 is never 15; what is shown has the reader's own mark; arrow keys step as in any number field."""
    with serve(students) as service:
        page = open_page(service.url, locale=locale)
        expect(page.locator(".answer .verdict")).to_be_visible()
        field = page.get_by_role("spinbutton", name=re.compile("^Study hours"))
        for typed in ("1,5", "1.5"):
            with page.expect_request("**/predict") as asked:
                field.fill(typed)
            assert json.loads(asked.value.post_data or "")["study_hours"] == 1.5
            expect(field).to_have_value(typed)  # as long as somebody is typing
            field.blur()
            expect(field).to_have_value(shown)

        field.press("ArrowUp")

        expect(field).to_have_value(shown.replace("5", "7"))
        field.press("ArrowDown")
        field.press("ArrowDown")
        expect(field).to_have_value(shown.replace("5", "3"))


def test_the_form_is_any_schemas(serve: Serve, odd: Path, open_page: Open) -> None:
    """Categories, nulls, units, odd names, other labels: as the version has them, what matters most first."""
    with serve(odd, SERVICE_MODEL="odd") as service:
        page = open_page(service.url)
        expect(page.locator(".answer .label")).to_have_text("of “not yet” rather than “passed”")
        expect(page.locator(".student-form label")).to_have_count(len(ODD_NAMES))
        ranked = ask(f"{service.url}/model").json["manifest"]["evaluation"]["importance"]
        for label, feature in zip(page.locator(".student-form label").all(), ranked, strict=True):
            assert label.inner_text().startswith(feature["feature"])
        assert page.get_by_label("school").locator("option").all_inner_texts() == [
            "Gymnasium",
            "Lycée",
            'The "old" one; north',
        ]

        page.get_by_label("mood").select_option("no value")
        page.get_by_role("spinbutton", name="Study hours/week").fill("")
        page.get_by_label("school").select_option("Lycée")

        values: dict[str, Any] = dict.fromkeys(ODD_NAMES, 0)
        for name in ("self", "Présence %", "study hours-week"):
            values[name] = float(page.get_by_role("spinbutton", name=name).input_value())
        values |= {
            "class": page.get_by_label("class").input_value()[1:],
            "school": "Lycée",
            "mood": None,
            "Study hours/week": None,
        }
        [prediction] = ask(f"{service.url}/predict", values).json["predictions"]
        expect(page.locator(".answer .risk")).to_have_text(f"risk {round(100 * prediction['risk'])} %")
        expect(page.locator(".bars tr")).to_have_count(len(ODD_NAMES))
        page.get_by_role("spinbutton", name="Study hours/week").fill("81")
        expect(page.locator(".card.fault")).to_have_text("There is no answer yet: look at Study hours/week.")


def test_what_would_change_it_can_be_tried(serve: Serve, students: Path, open_page: Open) -> None:
    """The smallest changes that reach the label; one click puts one into the form, marked, and one click back."""
    with serve(students) as service:
        page = open_page(service.url)
        fill(page, study_hours=2, sleep_hours=5)
        expect(page.locator(".answer .verdict")).to_have_text("at risk")
        query = "recourse?target_probability=0.51"  # whole percents of risk that are below the line
        [found] = ask(f"{service.url}/{query}", {"study_hours": 2, "sleep_hours": 5}).json["recourse"]

        page.get_by_role("button", name="Find the smallest changes").click()

        options = page.locator(".options li")
        expect(options).to_have_count(len(found["options"]))
        [(name, change)] = found["options"][0]["changes"].items()
        expect(options.first).to_contain_text(f"{title_of(name)} from {change['from']} to {change['to']} hours per day")
        risk = round(100 - 100 * found["options"][0]["probability"])
        expect(options.first).to_contain_text(f"Then the risk is {risk} %.")
        expect(page.locator(".recourse")).to_contain_text("It is no promise")
        options.first.get_by_role("button", name="Try it").click()
        expect(page.locator(".answer .verdict")).to_have_text("no sign")
        expect(page.get_by_role("spinbutton", name=re.compile(f"^{title_of(name)}"))).to_have_value(str(change["to"]))
        expect(options).to_have_count(0)  # they were another student's
        expect(page.get_by_role("heading", name="What the network answers")).to_be_focused()
        expect(page.locator(".changes")).to_contain_text("Tried: ")
        expect(page.locator(".changes")).to_contain_text(f"{change['to']} hours per day instead of {change['from']}.")
        expect(page.locator(".field.changed")).to_have_count(1)
        risk = ask(f"{service.url}/predict", student_of(page)).json["predictions"][0]["risk"]
        highest = page.get_by_role("slider", name="Goal:").get_attribute("max")
        assert 100 * risk - 1.01 < int(highest or "") < 100 * risk  # what is no better is no goal
        there = page.get_by_text("For the goal, a risk of at most 49 %, nothing needs to be done.")
        expect(there).to_be_visible()
        page.get_by_role("slider", name="Goal:").fill("1")
        expect(there).to_be_hidden()
        page.get_by_role("button", name="Put back").click()
        expect(page.locator(".answer .verdict")).to_have_text("at risk")
        expect(page.locator(".changes")).to_be_hidden()
        expect(there).to_be_hidden()
        assert student_of(page) == {"study_hours": 2, "sleep_hours": 5}


@pytest.mark.parametrize(("goal", "said"), [("5", "a risk of at most 5 %"), ("50", "a risk of at most 50 %")])
def test_another_goal_can_be_asked_for(serve: Serve, students: Path, open_page: Open, goal: str, said: str) -> None:
    """With the risk that the changed student then has."""
    with serve(students) as service:
        page = open_page(service.url)
        fill(page, study_hours=2, sleep_hours=5)
        expect(page.locator(".answer .verdict")).to_have_text("at risk")
        page.get_by_role("slider", name="Goal:").fill(goal)
        expect(page.locator("output")).to_have_text(said)

        page.get_by_role("button", name="Find the smallest changes").click()

        expect(page.locator(".options li").first).to_contain_text("to")
        words = page.locator(".options").inner_text().replace("\u00a0", " ")
        percents = [float(text) for text in re.findall(r"risk is (?:under )?([\d.]+) %", words)]
        assert percents
        assert max(percents) <= int(goal)


def test_where_nothing_can_be_changed_it_says_what_to_write(serve: Serve, odd: Path, open_page: Open) -> None:
    """None of these features is marked: the lines of the dataset file that mark one."""
    with serve(odd, SERVICE_MODEL="odd") as service:
        page = open_page(service.url)
        page.get_by_role("slider", name="Goal:").fill("5")

        page.get_by_role("button", name="Find the smallest changes").click()

        expect(page.locator(".recourse pre")).to_contain_text('actionable = "increase"')
        name = tomllib.loads(page.locator(".recourse pre").inner_text())["features"][0]["name"]
        assert name in ODD_NAMES


def test_what_is_found_is_never_shown_under_another_question(serve: Serve, students: Path, open_page: Open) -> None:
    """Neither under another goal nor for another student, however late it comes."""
    with serve(students) as service:
        page = open_page(service.url)
        fill(page, study_hours=2, sleep_hours=5)
        expect(page.locator(".answer .verdict")).to_have_text("at risk")
        held: list[Route] = []
        page.route("**/recourse*", lambda route: held.append(route))
        search = page.get_by_role("button", name="Find the smallest changes")

        changes: tuple[Callable[[], None], ...] = (
            lambda: page.get_by_role("slider", name="Goal:").fill("10"),
            lambda: fill(page, study_hours=1),
        )
        for change in changes:
            search.click()
            expect(page.locator(".recourse")).to_contain_text("Searching …")
            change()
            expect(page.locator(".recourse [role=status]")).to_be_empty()
            while not held:
                page.wait_for_timeout(50)
            with contextlib.suppress(Error):  # it was abandoned
                held.pop().continue_()
            page.wait_for_timeout(300)
            expect(page.locator(".recourse [role=status]")).to_be_empty()


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of a model with whole numbers, a title, labels and a group. Not to be written to."""

    def make(models: Path) -> None:
        rows = [f"{2000 + row % 7},{row % 9},{'ab'[row % 2]},{int(row % 9 + row % 5 > 7)}" for row in range(60)]
        (models / "counts.csv").write_text("\n".join(["born,tries,course,passed", *rows]) + "\n")
        (models / "counts.toml").write_text(COUNTS)
        train(models, models / "counts.toml")

    return once(tmp_path_factory, "counts", make)


def test_whole_numbers_stay_whole(serve: Serve, counts: Path, open_page: Open) -> None:
    """Where training has seen nothing else: where the form begins, the slider, and what would change the answer."""
    with serve(counts) as service:
        page = open_page(service.url)
        tries, born = (page.get_by_role("spinbutton", name=name) for name in ("Tries so far", "born"))
        expect(tries).to_have_value("4")
        expect(born).to_have_value("2003")
        expect(page.locator(".answer .verdict")).to_be_visible()
        expect(page.locator(".answer .warnings")).to_have_count(0)
        page.get_by_role("slider", name="Tries so far, slider").press("ArrowRight")
        expect(tries).to_have_value("5")
        tries.fill("2")

        page.get_by_role("button", name="Find the smallest changes").click()

        expect(page.locator(".options li")).to_have_text(re.compile(r"^Tries so far from 2 to \d+ ?Then the risk is"))


def test_where_the_goal_is_out_of_reach_the_best_is_shown(serve: Serve, counts: Path, open_page: Open) -> None:
    """And can be tried: the answer is the risk that was said."""
    student = {"born": 2006, "tries": 2, "course": "a"}
    with serve(counts) as service:
        query = "recourse?target_probability=0.95"
        [found] = ask(f"{service.url}/{query}", student).json["recourse"]
        best = round(100 - 100 * found["best"]["probability"])
        page = open_page(service.url)
        page.get_by_role("spinbutton", name="born").fill("2006")
        page.get_by_role("spinbutton", name="Tries so far").fill("2")
        page.get_by_role("slider", name="Goal:").fill("5")

        page.get_by_role("button", name="Find the smallest changes").click()

        expect(page.locator(".recourse")).to_contain_text(
            f"No change that is allowed reaches the goal. The best that can be reached is a risk of {best} %:"
        )
        expect(page.locator(".options li")).to_contain_text("Tries so far from 2 to 8")
        page.get_by_role("button", name="Try it").click()
        expect(page.locator(".answer .risk")).to_have_text(f"risk {best} %")
        expect(page.get_by_role("spinbutton", name="Tries so far")).to_have_value("8")


def test_the_form_speaks_of_features_as_people_do(serve: Serve, counts: Path, open_page: Open) -> None:
    """Titles, what values are called, and headings over what belongs together, that of what matters most first."""
    with serve(counts) as service:
        page = open_page(service.url)
        expect(page.locator(".bars th")).to_have_count(3)

        assert page.locator("legend").all_inner_texts() == ["At school", "Further"]
        group = page.get_by_role("group", name="At school")
        expect(group.get_by_role("spinbutton", name="Tries so far")).to_be_visible()
        course = group.get_by_label("course")
        assert course.locator("option").all_inner_texts() == ["Morning course", "b"]
        assert {*page.locator(".bars th").all_inner_texts()} == {"Tries so far 4", "course Morning course", "born 2003"}
        page.get_by_role("spinbutton", name="Tries so far").fill("9")
        expect(page.locator(".card.fault")).to_have_text("There is no answer yet: look at Tries so far.")


COVERED = """() => {
  const focused = document.activeElement.getBoundingClientRect();
  return [...document.querySelectorAll(".brief, .answer .headline")].some((each) => {
    const bar = each.getBoundingClientRect();
    const isBeside = bar.right <= focused.left || focused.right <= bar.left;
    return !each.contains(document.activeElement) && !isBeside && bar.top < focused.bottom && focused.top < bar.bottom;
  });
}"""


@pytest.mark.parametrize(
    ("width", "verdict", "locale"), [(360, ".brief .verdict", "de-DE"), (1280, ".answer .verdict", "en-GB")]
)
def test_beside_thirty_features_the_answer_stays_in_sight(
    serve: Serve, wide: Path, open_page: Open, width: int, verdict: str, locale: str
) -> None:
    """What matters most is there at once, the rest in a fold; whatever has the focus is not below the answer."""
    with serve(wide, SERVICE_MODEL="wide") as service:
        page = open_page(service.url, viewport={"width": width, "height": 640}, locale=locale)
        importance = ask(f"{service.url}/model").json["manifest"]["evaluation"]["importance"]
        expect(page.locator(verdict)).to_be_visible()
        assert page.locator(".field label").filter(visible=True).all_inner_texts() == [
            each["feature"] for each in importance[:8]
        ]

        expect(page.locator(".bars tr")).to_have_count(13)
        expect(page.locator(".bars th").last).to_contain_text("18")  # the others together
        page.locator(".more summary").click()

        fields = page.get_by_role("spinbutton")
        expect(fields).to_have_count(30)
        fields.first.focus()
        for key in ("Tab", "Shift+Tab"):
            for _ in range(60):
                page.keyboard.press(key)
                assert not page.evaluate(COVERED)
        fields.last.focus()
        expect(page.locator(verdict)).to_be_in_viewport()


def test_a_student_of_a_class_has_a_name_and_the_way_to_the_next(serve: Serve, students: Path, open_page: Open) -> None:
    """As the class gives them; from there to a typical student, who is nobody."""
    with serve(students) as service:
        page = open_page(service.url)
        expect(page.get_by_text("It begins with a typical student")).to_be_visible()
        typical = page.locator(".student [data-field=study_hours]").input_value()

        page.evaluate(
            """async () => {
              const { state } = await import(new URL("page/core/state.js", document.baseURI));
              const show = (place) => state.setStudent({ study_hours: place + 1 }, {
                name: ["Ada", "Ben"][place],
                previous: place ? () => show(0) : null,
                next: place ? null : () => show(1),
              });
              show(0);
            }"""
        )

        of_class = page.locator(".origin")
        field = page.get_by_role("spinbutton", name=re.compile("^Study hours"))
        following, before = (of_class.get_by_role("button", name=name) for name in ("next", "previous"))
        expect(of_class).to_have_text("Ada · previous · next · back to the class · another student")
        expect(before).to_be_disabled()
        page.get_by_role("spinbutton", name=re.compile("^Study hours")).fill("3")
        expect(page.locator(".changes")).to_have_text(
            "Tried, not as in the class: Study hours 3 hours per day instead of 1. Put back"
        )
        following.click()
        expect(page.locator(".changes")).to_be_hidden()
        expect(of_class).to_contain_text("Ben")
        expect(field).to_have_value("2")
        expect(following).to_be_disabled()
        before.click()
        expect(of_class).to_contain_text("Ada")
        expect(of_class.get_by_role("link", name="back to the class")).to_have_attribute("href", "#class")
        of_class.get_by_role("button", name="another student").click()
        expect(page.get_by_text("It begins with a typical student")).to_be_visible()
        expect(field).to_have_value(typical)
