// Whose fault it was: the gradient of every weight, and one step by hand.

import { el, replace } from "../../../core/dom.js";
import { number } from "../../../core/format.js";
import { filled, t } from "../../../core/words.js";
import { choice, slider, table, term } from "../controls.js";
import { backward, flatten, lossOf, withWeights } from "../network.js";

export const title = t("The way back, and one step");

const NUDGE = 0.01;

/** @param {import("../lesson.js").Lesson} lesson */
export function build(lesson) {
  const chooser = lesson.chooser(() => {
    took.textContent = "";
    draw();
  });
  const numbers = el("div");
  const nudged = el("p");
  const took = el("p", { class: "said", role: "status" });
  const names = namesOf(lesson.layers);
  let [chosen, rate] = [0, 0.5]; // of which weight, and how far the step goes
  const pick = choice(t("A weight to nudge"), [...names.entries()], chosen, (place) => {
    chosen = place;
    draw();
  });

  function draw() {
    chooser.set();
    const { layers, student } = lesson;
    const [hidden, output] = backward(layers, student);
    replace(
      numbers,
      table(
        t("The gradient of every weight"),
        [
          t("Neuron"),
          t("blame"),
          t("of study’s weight"),
          t("of sleep’s weight"),
          t("of its bias"),
          t("of its weight at the output"),
        ],
        [
          ...hidden.bias.map((blame, unit) => [
            String(unit + 1),
            blame,
            hidden.kernel[0][unit],
            hidden.kernel[1][unit],
            blame,
            output.kernel[unit][0],
          ]),
          [t("output"), output.bias[0], "", "", output.bias[0], ""],
        ],
      ),
    );
    const weights = flatten(layers);
    const gradient = flatten([hidden, output])[chosen];
    const [before, after] = [lossOf(layers, student), lossOf(withWeights(layers, moved(weights, chosen)), student)];
    nudged.textContent = t(
      "Make this weight larger by {nudge}, and the loss goes from {before} to {after}: by {change}. Its gradient times {nudge} is {expected}.",
      {
        nudge: number(NUDGE),
        before: number(before, 5),
        after: number(after, 5),
        change: number(after - before, 2),
        expected: number(gradient * NUDGE, 2),
      },
    );
  }

  function step() {
    const { layers, student } = lesson;
    const gradient = flatten(backward(layers, student));
    lesson.layers = withWeights(
      layers,
      flatten(layers).map((weight, place) => weight - rate * gradient[place]),
    );
    took.textContent = t("One step: this student’s loss was {before} and is {after}.", {
      before: number(lossOf(layers, student), 3),
      after: number(lossOf(lesson.layers, student), 3),
    });
    draw();
  }

  function begin() {
    lesson.begin();
    took.textContent = t("All weights stand as chance had drawn them.");
    draw();
  }

  const element = el(
    "div",
    {},
    el(
      "p",
      {},
      filled(
        "The {gradient} of a weight says how the loss changes when that weight grows a little: above 0 the loss grows with it, below 0 it falls. The {backward} finds it for all weights at once, from right to left.",
        { gradient: term(t("gradient")), backward: term(t("backward pass")) },
      ),
    ),
    el(
      "ol",
      {},
      el("li", {}, t("The output is to blame by what it said, less what was so: 1 for passed, 0 for failed.")),
      el(
        "li",
        {},
        t(
          "Each neuron has its share of that: the output’s blame, times its weight at the output; nothing where it was silent, since then it changes nothing.",
        ),
      ),
      el("li", {}, t("A weight’s gradient is the blame of the neuron that it leads to, times what came in along it.")),
    ),
    el(
      "p",
      {},
      filled(
        "Why multiply? Turn one wheel and the next turns with it, that one the third: how far the last one turns is the product of all gears between. That is the {chain}.",
        { chain: term(t("chain rule")) },
      ),
    ),
    chooser.element,
    el("p", {}, t("Blames and gradients for this student, neuron by neuron:")),
    numbers,
    pick.element,
    nudged,
    el(
      "p",
      {},
      filled("A step moves every weight against its gradient: by the gradient times the {rate}.", {
        rate: term(t("learning rate")),
      }),
    ),
    slider(t("Learning rate"), { min: 0.05, max: 3, step: 0.05, value: rate }, (value) => (rate = value)),
    el(
      "p",
      { class: "tools" },
      el("button", { type: "button", onclick: step }, t("Take one step")),
      el("button", { type: "button", onclick: begin }, t("Begin again")),
    ),
    took,
    el(
      "p",
      { class: "hint" },
      t(
        "The chapters before go on with the weights after your steps: look there at what has changed for other students.",
      ),
    ),
  );
  return { element, draw };
}

function moved(weights, place) {
  return weights.map((weight, each) => (each === place ? weight + NUDGE : weight));
}

// In the order of `flatten`.
function namesOf(layers) {
  const neurons = layers[0].bias.map((_, unit) => unit + 1);
  return [
    ...neurons.map((num) => t("from study to neuron {num}", { num })),
    ...neurons.map((num) => t("from sleep to neuron {num}", { num })),
    ...neurons.map((num) => t("bias of neuron {num}", { num })),
    ...neurons.map((num) => t("from neuron {num} to the output", { num })),
    t("bias of the output"),
  ];
}
