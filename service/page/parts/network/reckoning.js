// What an input, a neuron or the output computes, in words and figures.

import { el } from "../../core/dom.js";
import { number, percent } from "../../core/format.js";
import { probabilityOf, sigmoid } from "./forward.js";
import { inputName, neuronName, shapeName, titleBy } from "./names.js";
import { chart } from "../../widgets/shape.js";
import { state } from "../../core/state.js";
import { filled, n, t } from "../../core/words.js";

const MOST_TERMS = 12;

const ACTIVATIONS = {
  relu: () => t("Its activation is ReLU: what is below 0 becomes 0."),
  leaky_relu: () => t("Its activation is leaky ReLU: what is below 0 becomes a fifth."),
  tanh: () => t("Its activation is tanh: pressed between −1 and 1."),
  sigmoid: () => t("Its activation is the sigmoid: pressed between 0 and 1."),
};

// What the chosen one takes in, multiplies, adds and passes on.
export function explain(chosen, member, passed, members, student, isPublished) {
  if (chosen === "output") return explainOutput(member, passed, members, student, isPublished);
  if (chosen.startsWith("curve-")) return explainShape(member, Number(chosen.split("-")[1]), passed, student);
  const [layer, unit] = chosen.split("-").map(Number);
  if (layer === 0) return explainInput(member, unit, passed, student);
  const { kernel, bias, activation, mirrored } = member.hidden[layer - 1];
  const { inputs, sums, activated } = passed.layers[layer - 1];
  const names =
    layer === 1 ? member.inputs.map(inputName) : inputs.map((_, place) => neuronName(member, layer - 2, place));
  const next = member.hidden[layer]?.kernel ?? member.logit.kernel;
  return [
    el("h4", {}, neuronName(member, layer - 1, unit)),
    terms(
      inputs.map((value, place) => [names[place], value, kernel[place][unit]]),
      bias[unit],
    ),
    el(
      "p",
      {},
      `${t("The sum is {sum}.", { sum: number(sums[unit]) })} ${ACTIVATIONS[activation]()} `,
      mirrored && unit % 2 ? `${t("Here it is turned around.")} ` : "",
      filled("So the neuron passes on {value}.", { value: el("strong", {}, number(activated[unit])) }),
    ),
    !member.hidden[layer] &&
      el(
        "p",
        {},
        t("The output multiplies that by {weight}: it adds {value} there.", {
          weight: number(next[unit][0]),
          value: number(activated[unit] * next[unit][0]),
        }),
      ),
    activated[unit] === 0 && el("p", { class: "hint" }, t("It is silent for this student: nothing of it goes on.")),
  ];
}

function explainInput(member, place, passed, student) {
  const input = member.inputs[place];
  const curve =
    input.kind === "number" ? (member.curves ?? []).findIndex(({ feature }) => feature === input.feature) : -1;
  const given = student[input.feature];
  const isFilled = input.kind === "number" && given === null;
  const value = isFilled ? input.mean : given;
  return [
    el("h4", {}, inputName(input)),
    input.kind === "number"
      ? el(
          "p",
          {},
          isFilled && `${t("No value is given: the mean of training is put there.")} `,
          filled("({value} − {shift}) ÷ {scale} = {input}.", {
            value: number(value),
            shift: input.shift < 0 ? `(${number(input.shift)})` : number(input.shift),
            scale: number(input.scale),
            input: el("strong", {}, number(passed.inputs[place])),
          }),
          " ",
          input.scale === 1 && input.shift === 0
            ? t("It goes in as it is.")
            : t(
                "So it is standardised: how many deviations it lies from the mean of training, a deviation being how far students usually lie from it.",
              ),
        )
      : el(
          "p",
          {},
          filled("It is 1 where that is so, else 0. Here: {input}.", {
            input: el("strong", {}, number(passed.inputs[place])),
          }),
        ),
    member.skip &&
      member.hidden.length > 0 &&
      el(
        "p",
        {},
        t("It also goes straight to the output, times {weight}: it adds {value} there.", {
          weight: number(member.skip.kernel[place][0]),
          value: number(passed.inputs[place] * member.skip.kernel[place][0]),
        }),
      ),
    curve >= 0 &&
      el("p", {}, t("Along its curve it adds {value} there as well.", { value: number(passed.shapes[curve].added) })),
  ];
}

function explainShape(member, index, passed, student) {
  const curve = member.curves[index];
  const { feature, knots } = curve;
  const { at, added } = passed.shapes[index];
  const last = knots[knots.length - 1];
  return [
    el("h4", {}, shapeName(curve)),
    el(
      "p",
      {},
      t("{feature} goes straight to the output along this curve too, so that it need not count alike everywhere.", {
        feature: titleBy(feature),
      }),
    ),
    chart(curve, passed.shapes[index], titleBy(feature)),
    el(
      "p",
      {},
      student[feature] === null && `${t("No value is given: the mean of training is put there.")} `,
      filled("At {at} it adds {value} to the output’s sum.", {
        at: number(at),
        value: el("strong", {}, number(added)),
      }),
    ),
    (at < knots[0] || at > last) &&
      el(
        "p",
        { class: "hint" },
        t("Below {first} and above {last} it stays level.", { first: number(knots[0]), last: number(last) }),
      ),
  ];
}

function explainOutput(member, passed, members, student, isPublished) {
  const values = passed.layers.length ? passed.layers[passed.layers.length - 1].activated : passed.inputs;
  const depth = member.hidden.length;
  const names = depth ? values.map((_, unit) => neuronName(member, depth - 1, unit)) : member.inputs.map(inputName);
  const own = values.map((value, place) => [names[place], value, member.logit.kernel[place][0]]);
  const skipped =
    member.skip && depth
      ? passed.inputs.map((value, place) => [
          t("{name}, straight", { name: inputName(member.inputs[place]) }),
          value,
          member.skip.kernel[place][0],
        ])
      : [];
  const shaped = passed.shapes.map(({ at, added }, index) => [shapeName(member.curves[index]), at, null, added]);
  return [
    el("h4", {}, t("Output")),
    terms([...own, ...skipped, ...shaped], member.logit.bias[0]),
    el(
      "p",
      {},
      filled(
        "The sum is {sum}; the sigmoid, which presses any number between 0 and 1, makes it a probability: {value}, says this member.",
        { sum: number(passed.logit), value: el("strong", {}, number(sigmoid(passed.logit), 3)) },
      ),
    ),
    isPublished && el("p", {}, served(members, student)),
  ];
}

// From what the members say to what is served.
function served(members, student) {
  const probability = probabilityOf(members, student);
  const { calibration } = members[0];
  const values = {
    value: el("strong", { class: "ensemble" }, number(probability, 3)),
    percent: percent(probability),
    label: state.labels[1],
    num: members.length,
  };
  return [
    members.length > 1
      ? filled("Served is {value}, {percent} “{label}”: the mean of all {num} members.", values)
      : filled("Served is {value}, {percent} “{label}”.", values),
    calibration &&
      (number(calibration.slope, 3) !== "1" || number(calibration.intercept, 3) !== "0") &&
      ` ${t(
        "On the way it was calibrated: turned back into the sum that the sigmoid would make it of; that times {slope}, plus {intercept}; and pressed by the sigmoid again.",
        { slope: number(calibration.slope, 3), intercept: number(calibration.intercept, 3) },
      )}`,
  ];
}

function terms(all, bias) {
  const sorted = all
    .map(([name, value, weight, product = value * weight]) => [name, value, weight, product])
    .sort((a, b) => Math.abs(b[3]) - Math.abs(a[3]));
  const rest = sorted.slice(MOST_TERMS);
  const cell = (value) => el("td", { class: "figure" }, value === null ? "" : number(value, 3));
  const row = (name, cells) => el("tr", {}, el("th", { scope: "row" }, name), cells.map(cell));
  return el(
    "table",
    { class: "terms" },
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        [t("Takes in"), t("value"), t("× weight"), "="].map((title) => el("th", { scope: "col" }, title)),
      ),
    ),
    el(
      "tbody",
      {},
      sorted.slice(0, MOST_TERMS).map(([name, ...cells]) => row(name, cells)),
      rest.length > 0 &&
        row(n(rest.length, "{num} more", "{num} more together"), [
          null,
          null,
          rest.reduce((sum, [, , , product]) => sum + product, 0),
        ]),
      row(t("plus the bias"), [null, null, bias]),
    ),
  );
}
