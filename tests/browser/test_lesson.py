"""The lesson: what it reckons is what Keras reckons, and who has just met neurons can walk through it."""

import csv
import re
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.support import ROOT
from tests.support.processes import Serve
from training.config import TrainingConfig
from training.evaluation.diagnostics import diagnose
from training.network.monitor import Curves

# In the page: the lesson's own modules, for `body` to use with what it is given.
MODULES = """async (given) => {
  const load = (name) => import(new URL(`page/parts/lesson/${name}.js`, document.baseURI));
  const [network, {ENCODED, STUDENTS}] = [await load('network'), await load('students')];
  %s
}"""
# Sizes with the options of hidden layers: the lesson's own, and whatever else its chapters build.
NETWORKS: list[tuple[list[int], dict[str, Any]]] = [
    ([2, 5, 1], {}),
    ([2, 4, 4, 1], {"activation": "leaky_relu", "initializer": "he", "seed": 2}),
    ([2, 3, 3, 3, 1], {"activation": "tanh", "isSkipped": True, "seed": 3}),
    ([2, *[6] * 6, 1], {"activation": "sigmoid", "isSkipped": True}),
]


def in_page(page: Page, body: str, given: Any = None) -> Any:
    """What the lesson's modules give for a few lines of JavaScript."""
    return page.evaluate(MODULES % body, given)


def keras_network(layers: list[dict[str, Any]]) -> keras.Model:
    """The same network as Keras has it, with double precision so that rounding hides nothing."""
    value = first = keras.Input((2,), dtype="float64")
    for layer in layers:
        activation = (
            keras.layers.LeakyReLU(0.2, dtype="float64") if layer["activation"] == "leaky_relu" else layer["activation"]
        )
        dense = keras.layers.Dense(len(layer["bias"]), activation=activation, dtype="float64")
        value = dense(value) + value if layer["isSkipped"] else dense(value)
        dense.set_weights([np.array(layer["kernel"]), np.array(layer["bias"])])
    return keras.Model(first, value)


def flat(weights: list[Any]) -> np.ndarray:
    """Kernel, then bias, layer by layer, in one row."""
    return np.concatenate([np.ravel(weight) for weight in weights])


def test_the_students_are_the_notebooks(serve: Serve, students: Path, open_page: Open) -> None:
    """Those that training is shipped with, standardised as training does it."""
    with (ROOT / "training/datasets/student_hours.csv").open() as file:
        rows = [[float(cell) for cell in row] for row in list(csv.reader(file))[1:]]
    hours = np.array(rows)[:, :2]
    with serve(students) as service:
        page = open_page(service.url, "lesson")

        shown, encoded = in_page(page, "return [STUDENTS, ENCODED.map(({inputs}) => inputs)];")

    assert shown == rows
    assert np.array(encoded) == pytest.approx((hours - hours.mean(axis=0)) / hours.std(axis=0))


def test_gradients_are_those_of_keras_and_of_a_nudge(serve: Serve, students: Path, open_page: Open) -> None:
    """Of every weight, whatever the depth and the activation, with skips; and what Adam makes of them for 50 epochs."""
    body = """return given.map(([sizes, options]) => {
      const layers = network.initial(sizes, options);
      const weights = network.flatten(layers);
      const lossWith = (place, by) => network.meanLoss(network.withWeights(
        layers, weights.map((weight, at) => at === place ? weight + by : weight)), ENCODED);
      const trained = network.train(layers, ENCODED, {epochs: 50, rate: 0.05});
      return {
        layers,
        answers: ENCODED.map(({inputs}) => network.probabilityOf(layers, inputs)),
        gradient: network.meanGradient(layers, ENCODED),
        nudged: weights.map((_, place) => (lossWith(place, 1e-6) - lossWith(place, -1e-6)) / 2e-6),
        norms: network.norms(layers, network.meanGradient(layers, ENCODED)),
        trained: network.flatten(trained.layers[50]),
        losses: trained.loss,
      };
    });"""
    with serve(students) as service:
        page = open_page(service.url, "lesson")
        inputs, labels = in_page(page, "return [ENCODED.map((e) => e.inputs), ENCODED.map((e) => [e.label])];")
        found = in_page(page, body, NETWORKS)

    inputs, labels = np.array(inputs), np.array(labels, np.float64)
    for each in found:
        model = keras_network(each["layers"])
        with tf.GradientTape() as tape:
            answers = model(inputs)
            loss = tf.reduce_mean(keras.losses.binary_crossentropy(labels, answers))
        gradients = tape.gradient(loss, model.trainable_variables)
        assert each["answers"] == pytest.approx(np.ravel(answers).tolist(), abs=1e-7)
        assert each["gradient"] == pytest.approx(flat(gradients), abs=1e-5)
        assert each["gradient"] == pytest.approx(each["nudged"], abs=1e-5)
        assert each["norms"] == pytest.approx([np.linalg.norm(kernel) for kernel in gradients[::2]], abs=1e-5)
        model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy")
        history = model.fit(inputs, labels, epochs=50, batch_size=len(inputs), shuffle=False, verbose=0)
        # Keras keeps Adam's moments and the loss in float32.
        assert each["trained"] == pytest.approx(flat(model.get_weights()), abs=1e-3)
        assert each["losses"][:50] == pytest.approx(history.history["loss"], abs=1e-4)


def numbers(text: str) -> list[float]:
    """The numbers in a sentence of the page."""
    found = re.findall(r"([−-]?\d+(?:\.\d+)?)(?:\s×\s10⁻([⁰¹²³⁴-⁹]+))?", text)
    powers = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
    return [float(f"{each.replace('−', '-')}e-{power.translate(powers) or 0}") for each, power in found]


def test_a_newcomer_walks_from_a_neuron_to_a_step(serve: Serve, students: Path, open_page: Open) -> None:
    """By keyboard alone: the numbers of each sentence add up, and a step lowers the loss."""
    with serve(students) as service:
        page = open_page(service.url, "lesson")
        said = page.locator(".chapter .said").first
        onward = page.get_by_role("button", name="The next chapter")

        page.get_by_role("slider", name="Weight of sleep").press("Home")
        first, weight1, second, weight2, bias, total, output = numbers(said.inner_text())
        assert weight2 == -2
        assert total == pytest.approx(first * weight1 + second * weight2 + bias, abs=0.01)
        assert output == pytest.approx(max(total, 0), abs=0.01)

        onward.press("Enter")
        expect(page.locator(".chapter h3")).to_be_focused()
        page.get_by_label("Student").select_option(index=8)
        rows = [row.split("\t") for row in page.get_by_role("region", name="What the output").inner_text().split("\n")]
        adds = [float(row[-1].replace("−", "-")) for row in rows[1:]]
        assert sum(adds[:-1]) == pytest.approx(adds[-1], abs=0.01)
        assert numbers(said.inner_text())[:2] == pytest.approx([adds[-1], 1 / (1 + np.exp(-adds[-1]))], abs=0.01)

        onward.press("Enter")
        expect(page.get_by_label("Student").locator("option:checked")).to_have_text(re.compile("^Student 9: "))
        percent, happened, loss = numbers(said.inner_text())
        assert percent == happened  # the student passed
        assert loss == pytest.approx(-np.log(happened / 100), abs=0.02)

        onward.press("Enter")
        for name in ("from sleep to neuron 2", "bias of the output"):
            page.get_by_label("A weight to try a little larger").select_option(name)
            *_, change, _, expected = numbers(page.get_by_text("Make this weight larger").inner_text())
            assert change == pytest.approx(expected, abs=2e-4)
        page.reload()
        page.go_back()
        expect(page.locator(".chapter h3")).to_have_text(re.compile("^3. "))
        page.go_forward()
        expect(page.locator(".chapter h3")).to_have_text(re.compile("^4. "))
        page.get_by_label("Student").select_option(index=8)
        for _ in range(3):
            page.get_by_role("button", name="Take one step").press("Enter")
        before, after, *_ = numbers(said.inner_text())
        assert after < before < loss
        page.get_by_role("button", name="The loss: how wrong it was").press("Enter")
        assert numbers(said.inner_text())[-1] == pytest.approx(after, abs=0.001)

        onward.press("Enter")
        page.get_by_role("button", name="Begin again").press("Enter")
        page.get_by_label("Step by the gradient of").select_option("all 15 students, the mean")
        for rate, has_fallen in (("10", True), ("10", False)):  # the last leads too far
            page.get_by_role("slider", name="Learning rate").fill(rate)
            page.get_by_role("button", name="Take one step").press("Enter")
            *_, mean_before, mean = numbers(said.inner_text())
            assert (mean < mean_before) is has_fallen
            assert ("too long" in said.inner_text()) is not has_fallen


def test_epochs_move_all_at_once(serve: Serve, students: Path, open_page: Open) -> None:
    """Network, map, loss and gradients stand where the one slider is; played, and the same for the same draw."""
    with serve(students) as service:
        page = open_page(service.url, "lesson", reduced_motion="reduce")
        loss, right = in_page(
            page,
            """const {layers, loss} = network.train(network.initial([2, 5, 1]), ENCODED, {epochs: 200, rate: .02});
            const isRight = ({inputs, label}) => network.probabilityOf(layers[200], inputs) > 0.5 === (label === 1);
            return [loss[200], ENCODED.filter(isRight).length];""",
        )
        page.get_by_role("button", name="Learning, epoch by epoch").click()
        slider, said = page.get_by_role("slider", name="Epoch"), page.locator(".chapter .said")
        shown = [page.locator(".chapter .small-network"), page.locator(".chapter canvas"), page.locator(".chart").first]
        before = [each.screenshot() for each in shown]
        assert numbers(said.inner_text())[0] == 0  # it waits to be played
        captions = page.locator(".chapter figcaption").all_inner_texts()
        assert captions == ["Mean loss", "Gradient norm (logarithmic)"]

        slider.fill("200")

        assert numbers(said.inner_text())[:3] == pytest.approx([200, loss, right], rel=0.01)
        assert all(each.screenshot() != was for each, was in zip(shown, before, strict=True))
        expect(page.locator(".chapter canvas")).to_have_attribute("aria-label", re.compile("Epoch 200: the mean loss"))
        slider.press("ArrowRight")
        expect(said).to_contain_text("Epoch 201:")
        for name in ("Play", "Pause", "Play"):
            page.get_by_role("button", name=name).press("Enter")
        expect(said).to_contain_text("Epoch 300:")
        expect(page.get_by_role("button", name="Play")).to_be_visible()  # it stops at the end
        page.get_by_label("Weights at the start").select_option("draw 3")
        other = said.inner_text()
        page.get_by_label("Weights at the start").select_option("draw 1")
        assert said.inner_text() != other
        assert numbers(said.inner_text())[1] != pytest.approx(loss, rel=0.01)
        slider.fill("200")
        assert numbers(said.inner_text())[:3] == pytest.approx([200, loss, right], rel=0.01)


# What each chapter on faults provokes, and what mends it.
PLAIN: dict[str, Any] = {"activation": "relu", "initializer": "glorot", "rate": 0.01, "epochs": 100, "bias": 0}
TRAINED: list[dict[str, Any]] = [
    {"units": [8] * 6, "activation": "sigmoid", "initializer": "random_uniform"},
    {"units": [8] * 6, "activation": "relu", "initializer": "random_uniform"},
    {"units": [8] * 6, "activation": "sigmoid", "initializer": "he"},
    {"units": [8] * 6, "activation": "relu", "initializer": "he"},
    {"units": [8] * 6, "activation": "sigmoid", "initializer": "random_uniform", "isSkipped": True},
    {"units": [8], "bias": -1},
    {"units": [8], "bias": -3},
    {"units": [8], "rate": 3},
    {"units": [8], "bias": -1, "activation": "leaky_relu"},
    {"units": [64], "epochs": 200},
    {"units": [2], "epochs": 30},
]


def test_faults_are_named_as_trainings_diagnostics_name_them(serve: Serve, students: Path, open_page: Open) -> None:
    """The same findings in the same words, and the same advice, for what the chapters provoke and for what mends it."""
    body = """const {diagnose, deadShare} = await load('diagnosis');
    return given.map((config) => {
      const layers = network.initial([2, ...config.units, 1], config);
      layers[0].bias.fill(config.bias);
      const isHeldOut = (_, place) => place % 3 === 1;
      const taught = ENCODED.filter((...student) => !isHeldOut(...student));
      const kept = network.train(layers, taught, {...config, heldOut: ENCODED.filter(isHeldOut)});
      return {...kept, findings: diagnose(kept, taught, config),
        dead: kept.layers.map((each) => deadShare(each, taught)),
        weights: kept.layers.map((each) => network.norms(each)[0])};
    });"""
    configs = [PLAIN | each for each in TRAINED]
    with serve(students) as service:
        page = open_page(service.url, "lesson")
        trained = in_page(page, body, configs)

    kinds = []
    for config, found in zip(configs, trained, strict=True):
        settings = TrainingConfig(
            hidden_units=tuple(config["units"]),
            activation=config["activation"],
            initializer=config["initializer"],
            learning_rate=config["rate"],
            epochs=config["epochs"],
        )
        curves = Curves(
            epochs=np.arange(config["epochs"] + 1),
            train_loss=np.array(found["loss"]),
            held_out_loss=np.array(found["heldOutLoss"]),
            gradient_norms=dict(zip(layer_names(config), np.array(found["norms"]).T, strict=True)),
            weight_norms={"hidden_1": np.array(found["weights"])},
            dead=np.array(found["dead"]) if config["activation"] == "relu" else None,
            saturated=None,
        )
        expected = [each for each in diagnose(curves, settings) if each.kind != "not_converged"]
        shown = found["findings"]
        assert [each["kind"] for each in shown] == [each.kind for each in expected], config
        assert [each["change"] for each in shown] == [each.change for each in expected], config
        if len(config["units"]) > 1 or shown == []:
            assert [wording(each["detail"]) for each in shown] == [wording(each.detail) for each in expected]
        kinds.append([each.kind for each in expected])
    named = {kind for each in kinds for kind in each}
    assert named == {"vanishing_gradients", "vanishing_signal", "dead_units", "overfitting"}
    # Where ReLU starts small, the signal is lost forwards; a bias far below 0 kills all units, and is why.
    assert (kinds[1][0], kinds[6]) == ("vanishing_signal", ["dead_units"])
    # ReLU with He's weights, a skip, a leaky ReLU and two units mend it; six layers know ten students by heart.
    assert [kinds[place] for place in (3, 4, 8, 10)] == [["overfitting"], [], [], []]


def layer_names(config: dict[str, Any]) -> list[str]:
    """As training calls them."""
    return [*(f"hidden_{at}" for at, _ in enumerate(config["units"], start=1)), "logit"]


def wording(detail: str) -> str:
    """A finding without its figures and its ends, which are written alike for people and for a log."""
    return re.sub(r"[\d.]+(?:e[−-]\d+|\s×\s10⁻[⁰¹²³⁴-⁹]+)?\s?%?", "#", detail).strip("#. ").lower().replace("’", "'")


def test_what_goes_wrong_is_mended_by_what_is_advised(serve: Serve, students: Path, open_page: Open) -> None:
    """Vanishing gradients by ReLU with He's weights or by a skip, dead units by a leaky ReLU, heart by few neurons."""
    with serve(students) as service:
        page = open_page(service.url, "lesson")
        said, advice = page.locator(".chapter .said"), page.locator(".chapter code")

        page.get_by_role("button", name="Too deep: gradients that vanish").click()
        assert advice.all_inner_texts() == ['activation = "relu", initializer = "he"']
        expect(page.get_by_role("row", name=re.compile(r"^layer 1 2.5\s×\s10⁻¹¹$"))).to_be_visible()
        page.get_by_label("Activation").select_option("ReLU")
        assert advice.all_inner_texts()[0] == 'initializer = "he"'
        page.get_by_label("Weights at the start").select_option("He’s limits")
        expect(page.get_by_text("They find no fault in how it learned.")).to_be_visible()
        first, *_, after = numbers(said.inner_text())
        assert first > 0.01
        assert after < 0.1
        page.get_by_label("Activation").select_option("sigmoid")
        page.get_by_label("Weights at the start").select_option("small: within 0.05")
        page.get_by_label("A skip around each layer").press(" ")
        assert advice.count() == 0

        page.get_by_role("button", name="The next chapter").press("Enter")
        assert advice.all_inner_texts() == ['activation = "leaky_relu"']
        page.get_by_label("Activation").select_option("leaky ReLU")
        assert advice.count() == 0
        page.get_by_label("Activation").select_option("ReLU")
        page.get_by_role("slider", name="Bias at the start").press("End")
        page.get_by_label("Learning rate").select_option("3")
        units, before, after, *_ = [num for num in numbers(said.inner_text()) if num != 15]
        assert (units, before) == (8, 0)
        assert after > 4
        assert advice.all_inner_texts() == ["learning_rate = 0.01"]

        page.get_by_role("button", name="The next chapter").press("Enter")
        _, own, other, lowest, best = numbers(said.inner_text())
        assert own < lowest < other / 2
        assert advice.all_inner_texts() == [f"epochs = {best:.0f}"]
        page.get_by_role("slider", name="Look after epoch").fill(f"{best:.0f}")
        assert numbers(said.inner_text())[2] == lowest
        page.get_by_label("Who passed").select_option("given out by chance")
        assert numbers(said.inner_text())[3] > lowest  # nothing is there to be found out
        page.get_by_label("Who passed").select_option("as it was")
        page.get_by_label("Neurons").select_option("2")
        page.get_by_role("slider", name="Look after epoch").press("End")
        assert numbers(said.inner_text())[2] < other / 2


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1280), ("light", 768)])
def test_no_chapter_keeps_anybody_out(serve: Serve, students: Path, open_page: Open, scheme: str, width: int) -> None:
    """Axe finds nothing in any, and nothing is wider than the phone."""
    with serve(students) as service:
        page = open_page(service.url, "lesson", color_scheme=scheme, viewport={"width": width, "height": 740})
        for chapter in page.get_by_role("navigation", name="Chapters").get_by_role("button").all():
            chapter.click()

            found = Axe().run(page)

            violations = [(each["id"], each["nodes"][0]["html"]) for each in found.response["violations"]]
            assert violations == [], chapter.inner_text()
            assert page.evaluate("document.documentElement.scrollWidth") <= width, chapter.inner_text()
