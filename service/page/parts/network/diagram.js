// A member of the ensemble, drawn: inputs, neurons and output, and for the one that is chosen all that it computes.

import { el, replace, svg } from "../../core/dom.js";
import { number } from "../../core/format.js";
import { run } from "./forward.js";
import { inputName, neuronName, shapeName, titleBy } from "./names.js";
import { explain } from "./reckoning.js";
import { range, thumbnail } from "../../widgets/shape.js";
import { state } from "../../core/state.js";
import { n, t } from "../../core/words.js";

const MOST_INPUTS = 12;
const MOST_NEURONS = 10;
const [WIDTH, ROW, RADIUS, MARGIN, HEAD] = [640, 62, 20, 170, 26];

const NAMES = {
  relu: () => t("ReLU"),
  leaky_relu: () => t("leaky ReLU"),
  tanh: () => t("tanh"),
  sigmoid: () => t("sigmoid"),
};

export function buildDiagram(members) {
  const drawing = el("div", { class: "scroll diagram", role: "region", "aria-label": t("The network"), tabindex: 0 });
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
    note.textContent = [...layers.notes, ...legend(member)].join(" ");
    const active = /** @type {HTMLElement | null} */ (document.activeElement);
    const focused = drawing.contains(active) ? active?.dataset.node : null;
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

function legend(member) {
  const hasSkips = member.hidden.length > 0 && (member.skip || member.curves?.length);
  return [
    t("Choose an input, a neuron or the output, by a click or by Tab and Enter: beside it stands what it computes."),
    t(
      "A line is a weight, the thicker the larger: green adds, red takes away. A dashed circle is a neuron that is silent for this student.",
    ),
    ...(hasSkips
      ? [
          t(
            "A dashed line leads straight from an input to the output, past the neurons: multiplied by a weight, or along a curve, which takes the value as it is given.",
          ),
        ]
      : []),
  ];
}

// What goes in: each input, and after a number's own its shape function where it has one.
function sourcesOf(member) {
  return member.inputs.flatMap(({ feature, kind }, input) => {
    const curve = kind === "number" ? (member.curves ?? []).findIndex((each) => each.feature === feature) : -1;
    return curve < 0 ? [{ input }] : [{ input }, { curve }];
  });
}

// Which inputs and neurons are drawn: all, or those with the largest weights.
function layout(member) {
  const notes = [];
  const strongest = (strengths, most, what) => {
    const places = [...strengths.keys()].sort((a, b) => strengths[b] - strengths[a]);
    if (places.length <= most) return places.sort((a, b) => a - b);
    notes.push(what(most, places.length));
    return places.slice(0, most).sort((a, b) => a - b);
  };
  const size = (weights) => weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
  const kernels = [...member.hidden.map(({ kernel }) => kernel), member.logit.kernel];
  const sources = sourcesOf(member);
  const ofSources = sources.map(({ input, curve }) =>
    curve === undefined
      ? size(kernels[0][input]) + Math.abs(member.skip?.kernel[input][0] ?? 0)
      : range(member.curves[curve]),
  );
  const columns = [
    strongest(ofSources, MOST_INPUTS, (some, all) =>
      t("Drawn are {some} of {all} inputs: those with the largest weights.", { some, all }),
    ).map((index) => sources[index]),
  ];
  for (const layer of member.hidden.keys()) {
    const incoming = member.hidden[layer].bias.map((_, unit) => size(kernels[layer].map((row) => row[unit])));
    const strengths = incoming.map((strength, unit) => strength * size(kernels[layer + 1][unit]));
    const ofLayer = (some, all) =>
      member.hidden.length > 1
        ? t("Drawn are {some} of {all} neurons of layer {layer}: those with the largest weights.", {
            some,
            all,
            layer: layer + 1,
          })
        : t("Drawn are {some} of {all} neurons: those with the largest weights.", { some, all });
    columns.push(strongest(strengths, MOST_NEURONS, ofLayer));
  }
  return { columns, kernels, notes };
}

function picture({ columns, kernels }, member, passed, chosen, choose) {
  const height = HEAD + ROW * Math.max(...columns.map((column) => column.length), 2);
  const x = (column) => MARGIN + (column * (WIDTH - MARGIN - 90)) / columns.length;
  const y = (column, place) => HEAD + ((height - HEAD) * (place + 0.5)) / columns[column].length;
  const weights = [...kernels.flat(2), ...(member.curves ?? []).map(range)];
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-9);
  const line = (from, to, weight, isSkip) =>
    svg("line", {
      class: `weight ${weight < 0 ? "negative" : "positive"}${isSkip ? " skip-line" : ""}`,
      x1: from[0],
      y1: from[1],
      x2: to[0],
      y2: to[1],
      "stroke-width": (0.4 + (5 * Math.abs(weight)) / largest).toFixed(2),
    });
  /** @type {[number, number]} */
  const output = [x(columns.length), (HEAD + height) / 2];
  const lines = columns.flatMap((column, layer) =>
    column.flatMap((each, place) => {
      const from = layer === 0 ? each.input : each;
      if (from === undefined) return []; // a shape function has its line straight to the output alone
      const start = [x(layer), y(layer, place)];
      const next = columns[layer + 1];
      const ends = next
        ? next.map((to, at) => [[x(layer + 1), y(layer + 1, at)], kernels[layer][from][to]])
        : [[output, kernels[layer][from][0]]];
      return ends.map(([end, weight]) => line(start, end, weight, false));
    }),
  );
  const skips = columns[0].map(({ input, curve }, place) => {
    if (curve === undefined && !(member.skip && member.hidden.length)) return null;
    const weight = curve === undefined ? member.skip.kernel[input][0] : passed.shapes[curve].added;
    return line([x(0), y(0, place)], output, weight, true);
  });
  const node = (id, label, value, drawn) =>
    svg(
      "g",
      {
        class: `node${chosen === id ? " chosen" : ""}${value === 0 ? " silent" : ""}`,
        role: "button",
        tabindex: 0,
        "data-node": id,
        "aria-pressed": chosen === id ? "true" : "false",
        "aria-label": label,
        onclick: () => choose(id),
        onkeydown: (event) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          choose(id);
        },
      },
      drawn,
    );
  const circle = ([left, top], value) => [
    svg("circle", { class: "outline", cx: left, cy: top, r: RADIUS }),
    svg("text", { x: left, y: top + 4, "text-anchor": "middle", class: "inside" }, number(value, 2)),
  ];
  const beside = ([left, top], text, below, quiet) =>
    svg("text", { x: left - RADIUS - 6, y: top + below, "text-anchor": "end", class: quiet && "quiet" }, shorten(text));
  const ofSource = ({ input, curve }, at) => {
    if (curve === undefined) {
      const [label, value] = [inputName(member.inputs[input]), passed.inputs[input]];
      const said = t("{name}: gives {value}", { name: label, value: number(value, 3) });
      return node(`0-${input}`, said, value, [circle(at, value), beside(at, label, 4, false)]);
    }
    const [shape, passedBy] = [member.curves[curve], passed.shapes[curve]];
    const { added } = passedBy;
    const drawn = [
      thumbnail(shape, passedBy, at, RADIUS),
      beside(at, titleBy(shape.feature), -2, false),
      beside(at, t("curve, adds {value}", { value: number(added, 2) }), 13, true),
    ];
    const said = t("{name}: adds {value}", { name: shapeName(shape), value: number(added, 3) });
    return node(`curve-${curve}`, said, added, drawn);
  };
  const ofNeuron = (layer, unit, at) => {
    const [left, top] = at;
    const value = passed.layers[layer - 1].activated[unit];
    const name = svg("text", { x: left, y: top - RADIUS - 4, "text-anchor": "middle", class: "quiet" }, `${unit + 1}`);
    return node(`${layer}-${unit}`, passesOn(neuronName(member, layer - 1, unit), value), value, [
      circle(at, value),
      name,
    ]);
  };
  const nodes = columns.flatMap((column, layer) =>
    column.map((each, place) => {
      const at = [x(layer), y(layer, place)];
      return layer === 0 ? ofSource(each, at) : ofNeuron(layer, each, at);
    }),
  );
  return svg(
    "svg",
    {
      class: "network",
      viewBox: `0 0 ${WIDTH} ${height}`,
      role: "group",
      "aria-label": t("Inputs, neurons and output; each can be chosen"),
    },
    columns.map((_, layer) =>
      svg("text", { x: x(layer), y: 14, "text-anchor": "middle", class: "quiet" }, columnTitle(member, layer)),
    ),
    svg("text", { x: output[0], y: 14, "text-anchor": "middle", class: "quiet" }, t("output")),
    lines,
    skips,
    nodes,
    node("output", passesOn(t("Output"), passed.probability), passed.probability, circle(output, passed.probability)),
    svg("text", { x: output[0], y: output[1] + 32, "text-anchor": "middle" }, state.labels[1]),
  );
}

function passesOn(name, value) {
  return t("{name}: passes on {value}", { name, value: number(value, 3) });
}

function columnTitle(member, layer) {
  if (layer === 0) return t("inputs");
  const { bias } = member.hidden[layer - 1];
  const activation = NAMES[member.hidden[layer - 1].activation]();
  return member.hidden.length > 1
    ? n(bias.length, "layer {layer}: {num} neuron, {activation}", "layer {layer}: {num} neurons, {activation}", {
        layer,
        activation,
      })
    : n(bias.length, "{num} neuron, {activation}", "{num} neurons, {activation}", { activation });
}

function shorten(text) {
  return text.length > 21 ? `${text.slice(0, 20)}…` : text;
}
