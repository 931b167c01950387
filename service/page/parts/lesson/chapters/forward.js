// A layer, the network, and one student's way through it.

import { el, replace } from "../../../core/dom.js";
import { number, percent } from "../../../core/format.js";
import { filled, t } from "../../../core/words.js";
import { signed, table, term } from "../controls.js";
import { forward } from "../network.js";
import { picture } from "../picture.js";
import { INPUTS } from "../students.js";

export const title = t("Layers, and the way forward");

/** @param {import("../lesson.js").Lesson} lesson */
export function build(lesson) {
  const chooser = lesson.chooser(draw);
  const drawing = el("div");
  const [ofNeurons, ofOutput] = [el("div"), el("div")];
  const said = el("p", { class: "said" });

  function draw() {
    chooser.set();
    const { layers, student } = lesson;
    const [hidden, output] = forward(layers, student.inputs);
    const [first, last] = layers;
    const probability = output.outputs[0];
    const label = t("The network with what passes through it; the same numbers stand in the tables.");
    replace(drawing, picture(layers, [hidden, output], INPUTS, label));
    replace(
      ofNeurons,
      table(
        t("What the five neurons compute"),
        [t("Neuron"), t("study × weight"), t("sleep × weight"), t("bias"), t("sum"), t("passes on")],
        first.bias.map((bias, unit) => [
          String(unit + 1),
          ...student.inputs.map((value, input) => product(value, first.kernel[input][unit])),
          bias,
          hidden.sums[unit],
          hidden.outputs[unit],
        ]),
      ),
    );
    replace(
      ofOutput,
      table(
        t("What the output computes"),
        [t("From neuron"), t("passed on × weight"), t("adds")],
        [
          ...hidden.outputs.map((value, unit) => [
            String(unit + 1),
            product(value, last.kernel[unit][0]),
            value * last.kernel[unit][0],
          ]),
          [t("bias"), "", last.bias[0]],
          [t("sum"), "", output.sums[0]],
        ],
      ),
    );
    said.textContent = t(
      "The output’s sum is {sum}; the sigmoid makes {probability} of it: the network gives this student {percent} to pass.",
      { sum: number(output.sums[0], 3), probability: number(probability, 3), percent: percent(probability) },
    );
  }

  const element = el(
    "div",
    {},
    el(
      "p",
      {},
      filled(
        "Neurons that take in the same numbers, side by side, are a {layer}, which Keras calls Dense. This network has one of five neurons with ReLU, a hidden layer, since it lies between the inputs and the output; and an {output}: one neuron that takes in what the five pass on. Its activation, the sigmoid, presses any sum between 0 and 1, so that it can be read as the probability to pass.",
        { layer: term(t("layer")), output: term(t("output")) },
      ),
    ),
    el(
      "p",
      {},
      filled(
        "To compute it from left to right is the {forward}. Before it has learned, its weights stand as chance has drawn them, and what it says means nothing.",
        { forward: term(t("forward pass")) },
      ),
    ),
    chooser.element,
    said,
    ofNeurons,
    el("div", { class: "two-columns" }, drawing, ofOutput),
    el(
      "p",
      { class: "hint" },
      t(
        "A line is a weight, the thicker the larger: green adds, red takes away. A dashed circle is a neuron that is silent for this student.",
      ),
    ),
  );
  return { element, draw };
}

function product(value, weight) {
  return t("{value} × {weight}", { value: number(value, 3), weight: signed(weight) });
}
