// One neuron: what it takes in, multiplies, adds and passes on.

import { el, replace } from "../../../core/dom.js";
import { number } from "../../../core/format.js";
import { filled, t } from "../../../core/words.js";
import { choice, signed, slider, term } from "../controls.js";
import { forward } from "../network.js";
import { picture } from "../picture.js";
import { encode, INPUTS, SEEN } from "../students.js";

export const title = t("A neuron");

const ACTIVATIONS = [
  ["relu", t("ReLU: 0 instead of what is below 0")],
  ["sigmoid", t("sigmoid: pressed between 0 and 1")],
  ["none", t("none: the sum as it is")],
];

export function build() {
  const hours = [6, 5];
  const neuron = { kernel: [[0.8], [0.4]], bias: [0.2], activation: "relu" };
  const drawing = el("div");
  const said = el("p", { class: "said" });
  const given = el("p", { class: "hint" });

  function draw() {
    const inputs = encode(hours);
    const [passed] = forward([neuron], inputs);
    const [first, second] = inputs.map((value) => signed(value));
    const words = t("{first} × {weight1} + {second} × {weight2} + {bias} = {sum}. It passes on {output}.", {
      first,
      second,
      weight1: signed(neuron.kernel[0][0]),
      weight2: signed(neuron.kernel[1][0]),
      bias: signed(neuron.bias[0]),
      sum: number(passed.sums[0], 3),
      output: number(passed.outputs[0], 3),
    });
    said.textContent = words;
    given.textContent = t("Hours studied, {study}, go in as {first}; hours slept, {sleep}, as {second}.", {
      study: hours[0],
      sleep: hours[1],
      first: number(inputs[0], 3),
      second: number(inputs[1], 3),
    });
    replace(drawing, picture([neuron], [passed], INPUTS, t("A neuron with its two inputs. {words}", { words })));
  }

  const weight = (input, label) =>
    slider(label, { min: -2, max: 2, step: 0.1, value: neuron.kernel[input][0] }, (value) => {
      neuron.kernel[input][0] = value;
      draw();
    });
  const hour = (input) =>
    slider(INPUTS[input], { min: SEEN[input][0], max: SEEN[input][1], step: 1, value: hours[input] }, (value) => {
      hours[input] = value;
      draw();
    });
  const element = el(
    "div",
    {},
    el(
      "p",
      {},
      filled(
        "A {neuron} takes in numbers: here two about a student. It multiplies each by a {weight}, which says how much that input counts and in which direction. It adds up the products, and to them one more number, its {bias}: how far it leans to one side before it has seen anything.",
        { neuron: term(t("neuron")), weight: term(t("weight")), bias: term(t("bias")) },
      ),
    ),
    el(
      "p",
      {},
      filled(
        "Its {activation} then decides what it passes on. The usual one, ReLU, passes on a sum above 0 as it is, and 0 instead of one below: the neuron speaks or is silent. Without activations many neurons together could do no more than one.",
        { activation: term(t("activation")) },
      ),
    ),
    el(
      "div",
      { class: "two-columns" },
      drawing,
      el(
        "div",
        {},
        hour(0),
        hour(1),
        weight(0, t("Weight of study")),
        weight(1, t("Weight of sleep")),
        slider(t("Bias"), { min: -2, max: 2, step: 0.1, value: neuron.bias[0] }, (value) => {
          neuron.bias[0] = value;
          draw();
        }),
        choice(t("Activation"), ACTIVATIONS, neuron.activation, (chosen) => {
          neuron.activation = chosen;
          draw();
        }).element,
      ),
    ),
    said,
    given,
    el(
      "p",
      {},
      t(
        "Hours go in standardised, as in this program’s training: minus the mean of the 15 students, divided by their standard deviation, which says how far they usually lie from it. 0 is the average, 1 clearly above it. The notebook put in plain hours; with them it learns more slowly.",
      ),
    ),
    el(
      "p",
      {},
      t("Try it: make it silent for somebody who studies little, and have it speak for somebody who studies much."),
    ),
  );
  return { element, draw };
}
