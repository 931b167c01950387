// What each weight has to do with the error: the gradient of every weight, and one step by hand.

import { el, replace } from "../../../core/dom.js";
import { number } from "../../../core/format.js";
import { filled, t } from "../../../core/words.js";
import { choice, slider, table, term } from "../controls.js";
import { backward, flatten, lossOf, meanGradient, meanLoss, withWeights } from "../network.js";
import { ENCODED } from "../students.js";

export const title = t("The way back, and one step");

const [NUDGE, LONGEST] = [0.01, 10]; // rates up to 10: from about 6 on a step by all 15 students leads too far

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
  const losses = el("p");
  let [chosen, rate, isAlone] = [0, 0.5, true]; // of which weight, how far the step goes, and by whose gradient
  const pick = choice(t("A weight to try a little larger"), [...names.entries()], chosen, (place) => {
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
          t("error"),
          t("gradient of study’s weight"),
          t("gradient of sleep’s weight"),
          t("gradient of its bias"),
          t("gradient of its weight at the output"),
        ],
        [
          ...hidden.bias.map((error, unit) => [
            String(unit + 1),
            error,
            hidden.kernel[0][unit],
            hidden.kernel[1][unit],
            error,
            output.kernel[unit][0],
          ]),
          [t("output"), output.bias[0], "", "", output.bias[0], ""],
        ],
      ),
    );
    losses.textContent = t(
      "With the weights as they are, this student’s loss is {own}, and the mean loss of all 15 students {mean}.",
      { own: number(lossOf(layers, student), 3), mean: number(meanLoss(layers, ENCODED), 3) },
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
    const gradient = isAlone ? flatten(backward(layers, student)) : meanGradient(layers, ENCODED);
    lesson.layers = withWeights(
      layers,
      flatten(layers).map((weight, place) => weight - rate * gradient[place]),
    );
    const [before, after] = [layers, lesson.layers].map((each) => meanLoss(each, ENCODED));
    const words = t(
      "One step: this student’s loss was {before} and is {after}; the mean of all 15 was {meanBefore} and is {meanAfter}.",
      {
        before: number(lossOf(layers, student), 3),
        after: number(lossOf(lesson.layers, student), 3),
        meanBefore: number(before, 3),
        meanAfter: number(after, 3),
      },
    );
    const verdict = isAlone
      ? t("What helps this student harms others: that is why training steps by the mean of all students’ gradients.")
      : t("The step was too long: it led beyond where the loss is low.");
    took.textContent = after > before ? `${words} ${verdict}` : words;
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
        "The {gradient} of a weight says how the loss changes when that weight grows a little: above 0 the loss grows with it, below 0 it falls. The {backward} finds it for all weights at once, from right to left; the whole is called {backpropagation}.",
        {
          gradient: term(t("gradient")),
          backward: term(t("backward pass")),
          backpropagation: term(t("backpropagation")),
        },
      ),
    ),
    el(
      "ol",
      {},
      el(
        "li",
        {},
        t(
          "The output’s error is what it said minus what was so, 1 for passed and 0 for failed: above 0 it said too much, below 0 too little. How steep the sigmoid is drops out: in this loss it cancels against the logarithm’s own steepness.",
        ),
      ),
      el(
        "li",
        {},
        t(
          "Each neuron’s error is the output’s, times its weight at the output, times how steep its activation is at its sum: for ReLU 1 where it speaks, 0 where it is silent, since then it changes nothing.",
        ),
      ),
      el(
        "li",
        {},
        t(
          "A weight’s gradient is the error of the neuron that it leads to, times what came in along it; a bias’s is the error itself.",
        ),
      ),
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
    el("p", {}, t("Errors and gradients for this student, neuron by neuron:")),
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
    slider(t("Learning rate"), { min: 0.1, max: LONGEST, step: 0.1, value: rate }, (value) => (rate = value)),
    choice(
      t("Step by the gradient of"),
      [
        [true, t("this student alone")],
        [false, t("all 15 students, the mean")],
      ],
      isAlone,
      (value) => (isAlone = value),
    ).element,
    losses,
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
        "The chapters before go on with the weights after your steps: look there at what has changed for other students. Try a rate of 8 by the mean of all 15: after a few steps the loss goes up and down instead of falling.",
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
