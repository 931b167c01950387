// Units that are silent for every student, and so never learn again.

import { el, replace } from "../../../core/dom.js";
import { number } from "../../../core/format.js";
import { filled, t } from "../../../core/words.js";
import { setting, slider, table, term } from "../controls.js";
import { diagnose, RATE, report } from "../diagnosis.js";
import { initial, numAwake, train } from "../network.js";
import { ENCODED } from "../students.js";

export const title = t("Dead units");

const [UNITS, EPOCHS] = [8, 100];

export function build() {
  const config = { activation: "relu", initializer: "glorot", rate: RATE };
  let bias = -1;
  const said = el("p", { class: "said", role: "status" });
  const [numbers, findings] = [el("div", { class: "narrow" }), el("div")];

  function draw() {
    const [hidden, output] = initial([2, UNITS, 1], config);
    hidden.bias.fill(bias);
    const kept = train([hidden, output], ENCODED, { epochs: EPOCHS, rate: config.rate });
    const [before, after] = [0, EPOCHS].map((epoch) => numAwake(kept.layers[epoch], ENCODED)[0]);
    const silent = (awake) => awake.filter((num) => num === 0).length;
    said.textContent = t(
      "Of {units} neurons {before} are silent for all 15 students before training, and {after} after {epochs} epochs. The mean loss goes from {first} to {last}.",
      {
        units: UNITS,
        before: silent(before),
        after: silent(after),
        epochs: EPOCHS,
        first: number(kept.loss[0], 3),
        last: number(kept.loss[EPOCHS], 3),
      },
    );
    if (config.activation === "relu" && silent(after) === UNITS) {
      said.textContent += ` ${t("What still learns is the output’s bias alone: everybody is given the same, in the end the share that passed.")}`;
    }
    replace(
      numbers,
      table(
        t("For how many students each neuron passes on something"),
        [t("Neuron"), t("before training"), t("after training")],
        before.map((num, unit) => [String(unit + 1), num, after[unit]]),
      ),
    );
    replace(findings, report(diagnose(kept, ENCODED, config), false));
  }

  const pick = (label, key, options) => setting(label, options, config, key, draw);
  const element = el(
    "div",
    {},
    el(
      "p",
      {},
      filled(
        "ReLU passes on 0 for a sum below 0, and no error comes back through a silent neuron. One that is silent for every student gets no gradient from anybody: it is a {dead}, and stays one, however long the network trains, unless layers before it change what it takes in.",
        { dead: term(t("dead unit")) },
      ),
    ),
    el(
      "p",
      {},
      t(
        "It comes from a bias far below 0, as here; or from steps that push a neuron there, the easier the longer they are: put the bias at 0, and Adam’s learning rate at 3. A neuron that speaks for one student only may lose that one even with short steps. Shorter steps help, or leaky ReLU, which passes on a fifth of what is below 0, so that errors come back.",
      ),
    ),
    slider(t("Bias at the start"), { min: -4, max: 0, step: 0.5, value: bias }, (value) => {
      bias = value;
      draw();
    }),
    el(
      "div",
      { class: "tools" },
      pick(
        t("Adam’s learning rate"),
        "rate",
        [RATE, 0.1, 1, 3].map((rate) => [rate, number(rate)]),
      ),
      pick(t("Activation"), "activation", [
        ["relu", t("ReLU")],
        ["leaky_relu", t("leaky ReLU")],
      ]),
    ),
    said,
    el(
      "p",
      {},
      t("For how many of the 15 students each neuron passes on something, which with leaky ReLU it always does:"),
    ),
    numbers,
    findings,
  );
  return { element, draw };
}
