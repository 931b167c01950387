// Gradients that vanish on their way back, provoked on purpose, and what mends them.

import { el, replace, svg, uniqueId } from "../../../core/dom.js";
import { number } from "../../../core/format.js";
import { filled, t } from "../../../core/words.js";
import { setting, term } from "../controls.js";
import { diagnose, RATE, report, VANISHED } from "../diagnosis.js";
import { initial, train } from "../network.js";
import { ENCODED } from "../students.js";

export const title = t("Too deep: gradients that vanish");

const [SIZES, EPOCHS] = [[2, 8, 8, 8, 8, 8, 8, 1], 100];
const [LOWEST, HIGHEST] = [-12, 1]; // powers of ten at the ends of a bar

export function build() {
  const id = uniqueId();
  const config = { activation: "sigmoid", initializer: "random_uniform", rate: RATE };
  const skip = el("input", { id, type: "checkbox", onchange: draw });
  const said = el("p", { class: "said", role: "status" });
  const [bars, findings] = [el("tbody"), el("div")];

  function draw() {
    const kept = train(initial(SIZES, { ...config, isSkipped: skip.checked }), ENCODED, { epochs: EPOCHS, rate: RATE });
    const [first] = kept.norms;
    replace(
      bars,
      first.map((norm, layer) => bar(layer, norm)),
    );
    said.textContent = t(
      "Before the first step the gradient’s norm is {first} at the first layer and {output} at the output. In {epochs} epochs the mean loss goes from {before} to {after}.",
      {
        first: number(first[0], 2),
        output: number(first[first.length - 1], 2),
        epochs: EPOCHS,
        before: number(kept.loss[0], 3),
        after: number(kept.loss[EPOCHS], 3),
      },
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
        "On the way back errors are multiplied at every layer: by weights, and by how steep the activation is. A sigmoid is never steeper than ¼; with small weights little is left at each layer, and six layers back nearly nothing. These {vanishing} leave the first layers as chance drew them, and what they could do is missing. Small weights do the same to what goes forward: after six layers all students look alike, and nothing is left to send back.",
        { vanishing: term(t("vanishing gradients")) },
      ),
    ),
    el(
      "p",
      {},
      t(
        "Here the network has six hidden layers of eight neurons, trained by Adam at a learning rate of {rate}. Three things help. Try each by itself, then the first two together, of which neither is enough alone here:",
        { rate: number(RATE) },
      ),
    ),
    el(
      "ul",
      {},
      el("li", {}, t("ReLU, whose steepness is 1 wherever it speaks.")),
      el(
        "li",
        {},
        t(
          "Better weights at the start, so large that signals keep their size from layer to layer. Xavier Glorot worked it out for tanh, which is like a sigmoid but from −1 to 1; Kaiming He for ReLU, with larger weights, since half of what goes in is cut off there. Six layers of sigmoids stay too flat for either.",
        ),
      ),
      el(
        "li",
        {},
        t(
          "A skip: what goes into a layer is also added to what it passes on, so that errors come back past it undiminished. The networks of this program have a skip too, from the inputs straight to the output.",
        ),
      ),
    ),
    el(
      "div",
      { class: "tools" },
      pick(t("Activation"), "activation", [
        ["sigmoid", t("sigmoid")],
        ["tanh", t("tanh")],
        ["relu", t("ReLU")],
      ]),
      pick(t("Weights at the start"), "initializer", [
        ["random_uniform", t("small: within {limit}", { limit: number(0.05) })],
        ["glorot", t("Glorot’s limits")],
        ["he", t("He’s limits")],
      ]),
      el("p", {}, skip, " ", el("label", { for: id, class: "beside" }, t("A skip around each layer"))),
    ),
    el(
      "table",
      { class: "bars norms" },
      el(
        "caption",
        {},
        t(
          "Norm of the gradient by layer, before the first step, from {lowest} at the left to {highest} at the right. Each mark is ten times the one before; red is below {limit}: too little to learn from.",
          { lowest: number(10 ** LOWEST, 1), highest: number(10 ** HIGHEST), limit: number(VANISHED) },
        ),
      ),
      bars,
    ),
    said,
    findings,
  );
  return { element, draw };
}

// A layer's norm on a logarithmic scale, with a mark at each power of ten.
function bar(layer, norm) {
  const share = (value) => (100 * (Math.log10(Math.max(value, 1e-99)) - LOWEST)) / (HIGHEST - LOWEST);
  const marks = Array.from({ length: HIGHEST - LOWEST }, (_, power) => share(10 ** (LOWEST + power)));
  const name = layer === SIZES.length - 2 ? t("output") : t("layer {num}", { num: layer + 1 });
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, name),
    el(
      "td",
      { class: "drawn" },
      svg(
        "svg",
        { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
        svg("rect", { class: "track", width: 100, height: 10 }),
        svg("rect", {
          class: norm < VANISHED ? "negative" : "positive",
          width: Math.min(Math.max(share(norm), 0), 100),
          height: 10,
        }),
        marks.map((x) => svg("line", { class: "mark", x1: x, x2: x, y2: 10 })),
      ),
    ),
    el("td", { class: "figure" }, number(norm, 2)),
  );
}
