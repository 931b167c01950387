"""Inside the network: what the page reckons is what is served, neuron by neuron and epoch by epoch."""

import json
import re
import tarfile
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from registry.store.model_store import CURVES, MEMBERS
from tests.browser.conftest import Open
from tests.support import ROOT
from tests.support.http import ask
from tests.support.processes import Serve
from tests.support.stores import train

WIDE = """
name = "pass_fail"
data = "wide.csv"
[target]
column = "passed"
positive = "1"
labels = ["fail", "pass"]
[[features]]
name = "study"
kind = "number"
[[features]]
name = "sleep"
kind = "number"
[training]
hidden_units = [64, 12]
epochs = 5
members = 2
"""
# In the page: its own arithmetic for some students, from the weights that it is given.
RECKON = """async (student) => {
  const {probabilityOf} = await import(new URL('page/parts/network/forward.js', document.baseURI));
  const model = await (await fetch('model')).json();
  const ask = async (n) => (await fetch(`model/versions/${model.version}/members/${n}`)).json();
  const first = await ask(1);
  const members = [first];
  for (let n = 2; n <= first.num_members; n += 1) members.push(await ask(n));
  return student.map((each) => probabilityOf(members, each));
}"""

# What a curve adds for some students, as drawn by hand.
CURVE = {"feature": "hours", "mean": 3, "knots": [1, 3, 5], "values": [0, 2, 1]}
ALONG = """async ([curve, students]) => {
  const {alongShapes} = await import(new URL('page/parts/network/forward.js', document.baseURI));
  return students.map((student) => alongShapes({curves: [curve]}, student)[0].added);
}"""


def read(page: Page) -> str:
    """What is said of the neuron that is chosen."""
    return page.locator(".reckoning").inner_text()


def test_the_pages_arithmetic_is_the_served_networks(serve: Serve, odd: Path, open_page: Open) -> None:
    """For golden students with every category, bound and null among them, and beyond the ends of curves."""
    golden = json.loads((odd / "odd/1/assets.extra/golden.json").read_text())
    assert json.loads((odd / "odd/1" / MEMBERS / "1.json").read_text())["curves"]
    with serve(odd, SERVICE_MODEL="odd") as service:
        page = open_page(service.url, "network")

        reckoned = page.evaluate(RECKON, golden["instances"])

    assert reckoned == pytest.approx(golden["probabilities"], abs=1e-5)


def test_what_a_neuron_takes_in_and_passes_on(serve: Serve, students: Path, open_page: Open) -> None:
    """Its terms and sum, as the weights on disk have them; chosen by keyboard."""
    member = json.loads((students / "pass_fail/1" / MEMBERS / "2.json").read_text())
    with serve(students) as service:
        page = open_page(service.url)
        page.get_by_role("spinbutton", name="Study hours").fill("6")
        page.get_by_role("spinbutton", name="Sleep hours").fill("5")
        [prediction] = ask(f"{service.url}/predict", {"study_hours": 6, "sleep_hours": 5}).json["predictions"]
        page.get_by_role("link", name="Inside the network").click()
        page.get_by_label("Member").select_option("2 of 8")
        expect(page.locator(".ensemble")).to_have_text(f"{prediction['probability']:.3g}")
        inputs = [
            (value - entry["shift"]) / entry["scale"] for value, entry in zip((6, 5), member["inputs"], strict=True)
        ]
        sums = [
            bias + sum(value * row[unit] for value, row in zip(inputs, member["hidden"][0]["kernel"], strict=True))
            for unit, bias in enumerate(member["hidden"][0]["bias"])
        ]

        for unit, total in enumerate(sums):
            neuron = page.get_by_role("button", name=f"Neuron {unit + 1}: passes on")
            neuron.focus()
            neuron.press("Enter")
            expect(neuron).to_be_focused()
            expect(neuron).to_have_attribute("aria-pressed", "true")
            said = read(page).replace("−", "-")
            assert float(re.findall(r"The sum is (-?[\d.e-]+?)\. ", said)[0]) == pytest.approx(total, rel=1e-3)
            passed_on = float(re.findall(r"passes on (-?[\d.e-]+?)\.\n", said)[0])
            assert passed_on == pytest.approx(max(total, 0), rel=1e-3)
        page.get_by_role("button", name="Study hours: gives").click()
        assert "how many deviations it lies from the mean of training" in read(page)
        page.get_by_role("button", name="Output: passes on").press(" ")
        assert "straight" in read(page)


def test_a_curve_is_straight_from_knot_to_knot(serve: Serve, students: Path, open_page: Open) -> None:
    """And level beyond its ends; a null counts as the mean."""
    with serve(students) as service:
        page = open_page(service.url, "network")

        added = page.evaluate(ALONG, [CURVE, [{"hours": hours} for hours in (0, 1, 2, 3, 4.5, 5, 9, None)]])

    assert added == pytest.approx([0, 0, 1, 2, 1.25, 1, 1, 2])


def test_the_curve_of_a_number_is_one_input(serve: Serve, students: Path, open_page: Open) -> None:
    """With what it adds for the student, as the weights on disk have it; and what it added at an earlier epoch."""
    member = json.loads((students / "pass_fail/1" / MEMBERS / "1.json").read_text())
    curve, num_inputs = member["curves"][0], len(member["inputs"])
    training = json.loads((students / "pass_fail/1" / CURVES).read_text())
    kernel = np.array(training["weights_of_the_first_network"][50]["layers"]["skip"]["kernel"])
    earlier = np.r_[0, np.cumsum(kernel[num_inputs:][curve["pieces"], 0])]
    with serve(students) as service:
        page = open_page(service.url)
        page.get_by_role("spinbutton", name="Study hours").fill("4")
        page.get_by_role("link", name="Inside the network").click()
        button = page.get_by_role("button", name="Study hours, curve: adds")
        button.press("Enter")
        expect(button).to_be_focused()

        for epoch, values in ((100, curve["values"]), (50, earlier)):
            page.get_by_role("slider", name="Epoch").fill(str(epoch))
            [added] = re.findall(r"At 4 it adds (\S+) to the output’s sum\.", read(page).replace("−", "-"))
            assert float(added) == pytest.approx(np.interp(4, curve["knots"], values), rel=1e-3)
            expect(button).to_have_accessible_name(re.compile(f"adds {float(added):.3g}$".replace("-", "−")))
        page.get_by_role("button", name="Study hours: gives").click()
        assert "Along its curve it adds" in read(page)
        page.get_by_role("button", name="Output: passes on").press(" ")
        assert "Study hours, curve" in read(page)


def test_a_version_of_before_curves_is_drawn_as_ever(serve: Serve, open_page: Open, tmp_path: Path) -> None:
    """Its inputs are the numbers alone, and the answer is the served one."""
    with tarfile.open(ROOT / "tests/tables/store_of_format_1.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    with serve(tmp_path) as service:
        page = open_page(service.url, "network")

        expect(page.locator(".ensemble")).to_be_visible()

        expect(page.get_by_role("button", name=re.compile(": (gives|adds) "))).to_have_count(2)
        student = page.evaluate(
            "async () => (await import(new URL('page/core/state.js', document.baseURI))).state.student"
        )
        [prediction] = ask(f"{service.url}/predict", student).json["predictions"]
        expect(page.locator(".ensemble")).to_have_text(f"{prediction['probability']:.3g}")


def test_the_surface_answers_under_the_pointer(serve: Serve, students: Path, open_page: Open) -> None:
    """What the network answers there; a click puts the student there."""
    with serve(students) as service:
        page = open_page(service.url, "network")
        canvas = page.locator("canvas")
        expect(canvas).to_have_attribute("aria-label", re.compile("over Study hours and Sleep hours"))
        box = canvas.bounding_box()
        assert box is not None
        for share in (0.1, 0.5, 0.9):
            canvas.hover(position={"x": box["width"] * share, "y": box["height"] * 0.75})
            said = page.locator("canvas + p").inner_text().replace("\u00a0", " ")
            study, sleep, percent = re.findall(
                r"Study hours ([\d.]+), Sleep hours ([\d.]+): (?:over )?(\d+) % “pass”", said
            )[0]
            student = {"study_hours": float(study), "sleep_hours": float(sleep)}
            [prediction] = ask(f"{service.url}/predict", student).json["predictions"]
            assert round(100 * prediction["probability"]) in (int(percent), int(percent) + 1)
        before = canvas.screenshot()
        canvas.click(position={"x": box["width"] * 0.25, "y": box["height"] * 0.5})
        expect(page.locator("canvas")).to_be_visible()
        page.get_by_label("Whose").select_option("member 3 alone")
        assert page.get_by_label("Upward").locator("option[disabled]").all_inner_texts() == ["Study hours"]
        assert canvas.screenshot() != before
        page.get_by_role("link", name="A student").click()
        value = float(page.locator(".student").get_by_role("spinbutton", name="Study hours").input_value())
        assert value == pytest.approx(0.25 * 9.05, abs=0.1)  # training has seen 1 to 8, of which the margin is 15 %


def test_epochs_are_looked_at_one_by_one(serve: Serve, students: Path, open_page: Open) -> None:
    """Losses and gradient norms under the cursor, and the network with the weights that it had then."""
    training = json.loads((students / "pass_fail/1" / CURVES).read_text())
    with serve(students) as service:
        page = open_page(service.url, "network")
        neuron = page.get_by_role("button", name=re.compile(r"^Neuron 1: "))
        published = neuron.get_attribute("aria-label")
        slider = page.get_by_role("slider", name="Epoch")

        slider.press("Home")

        expect(page.locator(".readout h3")).to_have_text("Epoch 0")
        readout = page.locator(".readout").inner_text()
        assert f"{training['loss']['train'][0]:.3g}" in readout
        assert f"Gradient norm, layer 1\n{training['gradient_norm']['hidden_1'][0]:.3g}" in readout
        expect(page.get_by_text("Member 1 with the weights that it had at epoch 0")).to_be_visible()
        assert neuron.get_attribute("aria-label") != published
        slider.press("End")
        expect(page.get_by_text("With the weights that are published.")).to_be_visible()
        assert neuron.get_attribute("aria-label") == published
        chart = page.locator("svg.chart").first
        box = chart.bounding_box()
        assert box is not None
        chart.hover(position={"x": box["width"] * 0.5, "y": 20})
        epoch = int(page.locator(".readout h3").inner_text().removeprefix("Epoch "))
        assert 40 <= epoch <= 60
        expect(page.get_by_text(f"Member 1 with the weights that it had at epoch {epoch}")).to_be_visible()
        page.locator("h2").first.hover()
        expect(page.locator(".readout h3")).to_have_text("Epoch 100")  # where the slider is


def test_of_a_wide_network_the_strongest_are_drawn(serve: Serve, open_page: Open, tmp_path: Path) -> None:
    """And it says so; its arithmetic is still whole."""
    rows = [f"{row % 9},{row % 7},{int(row % 9 + row % 7 > 7)}" for row in range(60)]
    (tmp_path / "wide.csv").write_text("\n".join(["study,sleep,passed", *rows]) + "\n")
    (tmp_path / "wide.toml").write_text(WIDE)
    train(tmp_path / "models", tmp_path / "wide.toml")
    with serve(tmp_path / "models") as service:
        page = open_page(service.url, "network")

        expect(page.locator(".diagram svg")).to_be_visible()

        expect(
            page.get_by_text("Drawn are 10 of 64 neurons of layer 1: those with the largest weights.")
        ).to_be_visible()
        expect(page.get_by_text("10 of 12 neurons of layer 2")).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("of layer 1: passes on"))).to_have_count(10)
        student = page.evaluate(
            "async () => (await import(new URL('page/core/state.js', document.baseURI))).state.student"
        )
        [prediction] = ask(f"{service.url}/predict", student).json["predictions"]
        expect(page.locator(".ensemble")).to_have_text(f"{prediction['probability']:.3g}")


def test_weights_that_are_not_kept_are_missed_in_words(serve: Serve, students_copy: Path, open_page: Open) -> None:
    """As of a version of an earlier release."""
    for path in (students_copy / "pass_fail/1" / MEMBERS).iterdir():
        path.rename(path.with_suffix(".away"))
    manifest = students_copy / "pass_fail/1/assets.extra/manifest.json"
    document = json.loads(manifest.read_text())
    document["files"] = {path: digest for path, digest in document["files"].items() if "/members/" not in path}
    manifest.write_text(json.dumps(document))
    history = students_copy / "pass_fail/history.jsonl"
    events = [json.loads(line) for line in history.read_text().splitlines()]
    history.write_text("".join(json.dumps(event) + "\n" for event in events if event["event"] != "publish"))
    with serve(students_copy) as service:
        page = open_page(service.url, "network", expected=("404",))

        expect(page.locator("#view .fault")).to_contain_text(
            "Its neurons can’t be drawn: version 1 does not have that."
        )
        expect(page.locator("svg.chart")).to_have_count(2)  # how it learned is still there
