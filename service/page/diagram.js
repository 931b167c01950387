// A member of the ensemble, drawn: inputs, neurons and output, and for the one that is chosen all that it reckons.

import { el, replace, svg } from "./dom.js";
import { number, percent } from "./format.js";
import { probabilityOf, run, sigmoid } from "./forward.js";
import { state } from "./state.js";

const MOST_INPUTS = 12;
const MOST_NEURONS = 10;
const MOST_TERMS = 12;
const [WIDTH, ROW, RADIUS, MARGIN, HEAD] = [640, 62, 20, 170, 26];

const WORDS = {
  relu: "ReLU: what is below 0 becomes 0",
  leaky_relu: "leaky ReLU: what is below 0 becomes a fifth",
  tanh: "tanh: pressed between −1 and 1",
  sigmoid: "sigmoid: pressed between 0 and 1",
};

export function buildDiagram(members) {
  const drawing = el("div", { class: "scroll diagram", role: "region", "aria-label": "The network", tabindex: 0 });
  const note = el("p", { class: "hint" });
  const reckoning = el("div", { class: "card reckoning" });
  let chosen = "output";
  let last = null;

  // Draws a member with what passes through it for the student in the form.
  function draw(member, isPublished) {
    last = [member, isPublished];
    const { student } = state;
    const passed = run(member, student);
    const layers = layout(member);
    note.textContent = layers.notes.join(" ");
    const focused = drawing.contains(document.activeElement) ? document.activeElement.dataset.node : null;
    replace(drawing, picture(layers, member, passed, chosen, choose));
    if (focused) drawing.querySelector(`[data-node="${focused}"]`)?.focus();
    replace(reckoning, explain(chosen, member, passed, members, student, isPublished));
  }

  function choose(node) {
    chosen = node;
    draw(...last);
    drawing.querySelector(`[data-node="${node}"]`)?.focus();
  }

  return { element: el("div", {}, note, el("div", { class: "two-columns" }, drawing, reckoning)), draw };
}

export function inputName({ feature, kind, category, at_least: atLeast }) {
  if (kind === "category") return `${feature} ${atLeast ? "at least" : "="} ${category}`;
  return kind === "null" ? `${feature} is missing` : feature;
}

// Which inputs and neurons are drawn: all, or those with the largest weights.
function layout(member) {
  const notes = [];
  const strongest = (strengths, most, what) => {
    const places = [...strengths.keys()].sort((a, b) => strengths[b] - strengths[a]);
    if (places.length <= most) return places.sort((a, b) => a - b);
    notes.push(`Drawn are ${most} of ${places.length} ${what}: those with the largest weights.`);
    return places.slice(0, most).sort((a, b) => a - b);
  };
  const size = (weights) => weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
  const kernels = [...member.hidden.map(({ kernel }) => kernel), member.logit.kernel];
  const ofInputs = kernels[0].map((row, place) => size(row) + Math.abs(member.skip?.kernel[place][0] ?? 0));
  const columns = [strongest(ofInputs, MOST_INPUTS, "inputs")];
  for (const layer of member.hidden.keys()) {
    const incoming = member.hidden[layer].bias.map((_, unit) => size(kernels[layer].map((row) => row[unit])));
    const strengths = incoming.map((strength, unit) => strength * size(kernels[layer + 1][unit]));
    const what = member.hidden.length > 1 ? `neurons of layer ${layer + 1}` : "neurons";
    columns.push(strongest(strengths, MOST_NEURONS, what));
  }
  return { columns, kernels, notes };
}

function picture({ columns, kernels }, member, passed, chosen, choose) {
  const height = HEAD + ROW * Math.max(...columns.map((column) => column.length), 2);
  const x = (column) => MARGIN + (column * (WIDTH - MARGIN - 90)) / columns.length;
  const y = (column, place) => HEAD + ((height - HEAD) * (place + 0.5)) / columns[column].length;
  const values = [passed.inputs, ...passed.layers.map(({ activated }) => activated)];
  const largest = kernels.flat(2).reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-9);
  const line = (from, to, weight, isSkip) =>
    svg("line", {
      class: `weight ${weight < 0 ? "negative" : "positive"}${isSkip ? " skip-line" : ""}`,
      x1: from[0],
      y1: from[1],
      x2: to[0],
      y2: to[1],
      "stroke-width": (0.4 + (5 * Math.abs(weight)) / largest).toFixed(2),
    });
  const output = [x(columns.length), (HEAD + height) / 2];
  const lines = columns.flatMap((column, layer) =>
    column.flatMap((from, place) => {
      const start = [x(layer), y(layer, place)];
      const next = columns[layer + 1];
      const ends = next ? next.map((to, at) => [[x(layer + 1), y(layer + 1, at)], kernels[layer][from][to]]) : [[output, kernels[layer][from][0]]];
      return ends.map(([end, weight]) => line(start, end, weight, false));
    }),
  );
  const skips = member.skip && member.hidden.length ? columns[0].map((from, place) => line([x(0), y(0, place)], output, member.skip.kernel[from][0], true)) : [];
  const node = (id, [left, top], value, label, isInput, name) =>
    svg(
      "g",
      {
        class: `node${chosen === id ? " chosen" : ""}${value === 0 ? " silent" : ""}`,
        role: "button",
        tabindex: 0,
        "data-node": id,
        "aria-pressed": chosen === id ? "true" : "false",
        "aria-label": `${label}: ${isInput ? "gives" : "passes on"} ${number(value, 3)}`,
        onclick: () => choose(id),
        onkeydown: (event) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          choose(id);
        },
      },
      svg("circle", { cx: left, cy: top, r: RADIUS }),
      svg("text", { x: left, y: top + 4, "text-anchor": "middle", class: "inside" }, number(value, 2)),
      isInput
        ? svg("text", { x: left - RADIUS - 6, y: top + 4, "text-anchor": "end" }, shorten(label))
        : name && svg("text", { x: left, y: top - RADIUS - 4, "text-anchor": "middle", class: "quiet" }, name),
    );
  const nodes = columns.flatMap((column, layer) =>
    column.map((unit, place) => {
      const label = layer === 0 ? inputName(member.inputs[unit]) : neuronName(member, layer - 1, unit);
      return node(`${layer}-${unit}`, [x(layer), y(layer, place)], values[layer][unit], label, layer === 0, `${unit + 1}`);
    }),
  );
  return svg(
    "svg",
    { class: "network", viewBox: `0 0 ${WIDTH} ${height}`, role: "group", "aria-label": "Inputs, neurons and output; each can be chosen" },
    columns.map((_, layer) => svg("text", { x: x(layer), y: 14, "text-anchor": "middle", class: "quiet" }, columnTitle(member, layer))),
    svg("text", { x: output[0], y: 14, "text-anchor": "middle", class: "quiet" }, "output"),
    lines,
    skips,
    nodes,
    node("output", output, passed.probability, "Output", false),
    svg("text", { x: output[0], y: output[1] + 32, "text-anchor": "middle" }, state.labels[1]),
  );
}

function columnTitle(member, layer) {
  if (layer === 0) return "inputs";
  const { activation, bias } = member.hidden[layer - 1];
  return `${member.hidden.length > 1 ? `layer ${layer}: ` : ""}${bias.length} neurons, ${activation}`;
}

function shorten(text) {
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}

function neuronName(member, layer, unit) {
  return member.hidden.length > 1 ? `Neuron ${unit + 1} of layer ${layer + 1}` : `Neuron ${unit + 1}`;
}

// In words and figures: what the chosen one takes in, multiplies, adds and passes on.
function explain(chosen, member, passed, members, student, isPublished) {
  if (chosen === "output") return explainOutput(member, passed, members, student, isPublished);
  const [layer, unit] = chosen.split("-").map(Number);
  if (layer === 0) return explainInput(member, unit, passed, student);
  const { kernel, bias, activation, mirrored } = member.hidden[layer - 1];
  const { inputs, sums, activated } = passed.layers[layer - 1];
  const names = layer === 1 ? member.inputs.map(inputName) : inputs.map((_, place) => neuronName(member, layer - 2, place));
  const next = member.hidden[layer]?.kernel ?? member.logit.kernel;
  return [
    el("h4", {}, neuronName(member, layer - 1, unit)),
    terms(inputs.map((value, place) => [names[place], value, kernel[place][unit]]), [["bias", bias[unit]]]),
    el("p", {}, `The sum is ${number(sums[unit])}. ${WORDS[activation]}${mirrored && unit % 2 ? ", turned around here" : ""}: it passes on `, el("strong", {}, number(activated[unit])), "."),
    !member.hidden[layer] &&
      el("p", {}, `The output multiplies that by ${number(next[unit][0])}: it adds ${number(activated[unit] * next[unit][0])} there.`),
    activated[unit] === 0 && el("p", { class: "hint" }, "It is silent for this student: nothing of it goes on."),
  ];
}

function explainInput(member, place, passed, student) {
  const input = member.inputs[place];
  const given = student[input.feature];
  const isFilled = input.kind === "number" && given === null;
  const value = isFilled ? input.mean : given;
  return [
    el("h4", {}, inputName(input)),
    input.kind === "number"
      ? el(
          "p",
          {},
          isFilled && "No value is given: the mean of training is put there. ",
          `${number(value)}, less ${number(input.shift)}, by ${number(input.scale)}, gives `,
          el("strong", {}, number(passed.inputs[place])),
          input.scale === 1 && input.shift === 0 ? ": it goes in as it is." : ": how many deviations it lies from the mean of training.",
        )
      : el("p", {}, "It is 1 where that is so, else 0. Here: ", el("strong", {}, number(passed.inputs[place])), "."),
    member.skip && member.hidden.length > 0 &&
      el("p", {}, `It also goes straight to the output, times ${number(member.skip.kernel[place][0])}: it adds ${number(passed.inputs[place] * member.skip.kernel[place][0])} there.`),
  ];
}

function explainOutput(member, passed, members, student, isPublished) {
  const values = passed.layers.length ? passed.layers[passed.layers.length - 1].activated : passed.inputs;
  const depth = member.hidden.length;
  const names = depth ? values.map((_, unit) => neuronName(member, depth - 1, unit)) : member.inputs.map(inputName);
  const own = values.map((value, place) => [names[place], value, member.logit.kernel[place][0]]);
  const skipped = member.skip && depth ? passed.inputs.map((value, place) => [`${inputName(member.inputs[place])}, straight`, value, member.skip.kernel[place][0]]) : [];
  return [
    el("h4", {}, "Output"),
    terms([...own, ...skipped], [["bias", member.logit.bias[0]]]),
    el("p", {}, `The sum is ${number(passed.logit)}; the sigmoid makes it a probability: `, el("strong", {}, `${number(sigmoid(passed.logit), 3)}`), ", says this member."),
    isPublished &&
      el(
        "p",
        {},
        members.length > 1 ? `The mean of all ${members.length} members` : "The network",
        members[0].calibration && `, calibrated (its log odds times ${number(members[0].calibration.slope, 3)} plus ${number(members[0].calibration.intercept, 3)}),`,
        " is ",
        el("strong", { class: "ensemble" }, number(probabilityOf(members, student), 3)),
        `: ${percent(probabilityOf(members, student))} ${state.labels[1]}, what is served.`,
      ),
  ];
}

function terms(all, added) {
  const sorted = all.map(([name, value, weight]) => [name, value, weight, value * weight]).sort((a, b) => Math.abs(b[3]) - Math.abs(a[3]));
  const rest = sorted.slice(MOST_TERMS);
  const cell = (value) => el("td", { class: "figure" }, value === null ? "" : number(value, 3));
  const row = (name, cells) => el("tr", {}, el("th", { scope: "row" }, name), cells.map(cell));
  return el(
    "table",
    { class: "terms" },
    el("thead", {}, el("tr", {}, ["Takes in", "value", "× weight", "="].map((title) => el("th", { scope: "col" }, title)))),
    el(
      "tbody",
      {},
      sorted.slice(0, MOST_TERMS).map(([name, ...cells]) => row(name, cells)),
      rest.length > 0 && row(`${rest.length} more together`, [null, null, rest.reduce((sum, [, , , product]) => sum + product, 0)]),
      added.map(([name, value]) => row(`plus ${name}`, [null, null, value])),
    ),
  );
}
