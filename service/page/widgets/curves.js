// Learning curves: losses and gradient norms over the epochs, and what they are at the epoch under the cursor.

import { el, replace, svg, uniqueId } from "../core/dom.js";
import { number, percent } from "../core/format.js";
import { t } from "../core/words.js";

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [560, 200, 72, 24];
const DASHES = ["", "6 3", "2 2", "8 2 2 2"];

// Calls onEpoch with the position of the epoch under the cursor.
export function buildCurves(training, onEpoch) {
  const { epochs, loss } = training;
  const id = uniqueId();
  const charts = [
    chart(t("Log loss"), epochs, { [t("rows trained on")]: loss.train, [t("rows held out")]: loss.held_out }, false),
    chart(t("Gradient norm"), epochs, byLayer(training.gradient_norm), true),
  ];
  const slider = el("input", {
    id,
    class: "wide",
    type: "range",
    min: 0,
    max: epochs.length - 1,
    step: 1,
    oninput: () => point(Number(slider.value)),
  });
  slider.value = epochs.length - 1;
  const readout = el("div", { class: "readout" });

  function point(position) {
    slider.value = position;
    const [own, heldOut] = [shown(loss.train[position]), shown(loss.held_out[position])];
    const words = t("epoch {epoch}: log loss {own}, held out {heldOut}", { epoch: epochs[position], own, heldOut });
    slider.setAttribute("aria-valuetext", words);
    for (const each of charts) each.point(position);
    const rows = charts.flatMap(({ title, series }) =>
      Object.entries(series).map(([name, values]) => [`${title}, ${name}`, values[position]]),
    );
    for (const [key, title] of [
      ["dead_units", t("Dead units")],
      ["saturated_activations", t("Saturated activations")],
    ]) {
      if (training[key]) rows.push([title, training[key][position], "share"]);
    }
    replace(
      readout,
      el("h3", {}, t("Epoch {epoch}", { epoch: epochs[position] })),
      el(
        "dl",
        {},
        rows.map(([title, value, kind]) => [el("dt", {}, title), el("dd", {}, shown(value, kind))]),
      ),
    );
    onEpoch(position);
  }

  let held = epochs.length - 1; // where the slider was before the pointer came
  for (const { element } of charts) {
    element.addEventListener("pointerenter", () => (held = Number(slider.value)));
    element.addEventListener("pointerleave", () => point(held));
    element.addEventListener("click", () => (held = Number(slider.value)));
    element.addEventListener("pointermove", (event) => {
      const box = element.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * WIDTH;
      const last = epochs[epochs.length - 1] || 1;
      const epoch = ((x - LEFT) / (WIDTH - LEFT - 8)) * last;
      const distances = epochs.map((each) => Math.abs(each - epoch));
      point(distances.indexOf(Math.min(...distances)));
    });
  }
  const element = el(
    "div",
    {},
    el(
      "div",
      { class: "two-columns" },
      charts.map(({ figure }) => figure),
    ),
    el("p", {}, el("label", { for: id }, t("Epoch")), slider),
    readout,
    el(
      "p",
      { class: "hint" },
      [
        t("An epoch is one time through all students of the training."),
        t(
          "Log loss: how far off its probabilities are; the lower, the better. Where it rises on rows held out while it falls on those trained on, the network learns by heart.",
        ),
        t("Gradient norm: how strongly a layer is told to change; close to 0 from the start, it learns nothing."),
        training.dead_units
          ? t(
              "Dead units: which share of the hidden neurons passes on 0 for every student, over all networks that were trained.",
            )
          : "",
        training.saturated_activations
          ? t("Saturated activations: sums so far from 0 that what is passed on hardly changes with them.")
          : "",
        t("A click on a chart holds the epoch."),
      ].join(" "),
    ),
    training.findings?.length > 0 &&
      el(
        "ul",
        { lang: "en" }, // as training writes them
        training.findings.map((finding) =>
          el(
            "li",
            {},
            `${finding.detail}${finding.advice ? ` In the dataset file, below [training]: ${finding.advice}.` : ""}`,
          ),
        ),
      ),
  );
  point(epochs.length - 1);
  return element;
}

const LAYERS = { logit: () => t("output"), skip: () => t("straight from the inputs") };

function byLayer(norms) {
  return Object.fromEntries(
    Object.entries(norms).map(([layer, values]) => [
      LAYERS[layer]?.() ?? t("layer {layer}", { layer: layer.replace("hidden_", "") }),
      values,
    ]),
  );
}

function shown(value, kind) {
  if (value === null || value === undefined) return "–";
  return kind === "share" ? percent(value) : number(value, 3);
}

// `series` are named values, one an epoch; `point` moves the cursor to one of them.
export function chart(title, epochs, series, isLogarithmic) {
  const transform = (value) => (isLogarithmic ? Math.log10(Math.max(value, 1e-12)) : value);
  const all = Object.values(series)
    .flat()
    .filter((value) => value !== null)
    .map(transform);
  let [low, high] = [Math.min(...all), Math.max(...all)];
  if (!isLogarithmic) low = Math.min(low, 0);
  if (!(high > low)) high = low + 1;
  const last = epochs[epochs.length - 1] || 1;
  const x = (epoch) => LEFT + ((WIDTH - LEFT - 8) * epoch) / last;
  const y = (value) => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - 10) * (transform(value) - low)) / (high - low);
  const cursor = svg("line", { class: "cursor", y1: 5, y2: HEIGHT - BOTTOM });
  const back = (value) => number(isLogarithmic ? 10 ** value : value, 2);
  const element = svg(
    "svg",
    { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" },
    svg("line", { class: "axis", x1: LEFT, x2: WIDTH - 8, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM }),
    svg("line", { class: "axis", x1: LEFT, x2: LEFT, y1: 5, y2: HEIGHT - BOTTOM }),
    svg("text", { x: LEFT - 5, y: 15, "text-anchor": "end" }, back(high)),
    svg("text", { x: LEFT - 5, y: HEIGHT - BOTTOM, "text-anchor": "end" }, back(low)),
    svg("text", { x: LEFT, y: HEIGHT - 6 }, t("epoch {epoch}", { epoch: 0 })),
    svg("text", { x: WIDTH - 8, y: HEIGHT - 6, "text-anchor": "end" }, `${last}`),
    Object.values(series).map((values, place) => {
      const points = values.map((value, position) =>
        value === null ? null : `${x(epochs[position]).toFixed(1)},${y(value).toFixed(1)}`,
      );
      return svg("polyline", {
        class: `line line-${place % 4}`,
        "stroke-dasharray": DASHES[place % 4],
        points: points.filter((each) => each !== null).join(" "),
      });
    }),
    cursor,
  );
  const legend = Object.keys(series).map((name, place) =>
    el(
      "li",
      {},
      svg(
        "svg",
        { class: "key", viewBox: "0 0 30 6", "aria-hidden": "true" },
        svg("line", { class: `line line-${place % 4}`, "stroke-dasharray": DASHES[place % 4], x2: 30, y1: 3, y2: 3 }),
      ),
      name,
    ),
  );
  return {
    title,
    series,
    element,
    figure: el(
      "figure",
      {},
      el("figcaption", {}, isLogarithmic ? t("{title} (logarithmic)", { title }) : title),
      element,
      el("ul", { class: "legend" }, legend),
    ),
    point(position) {
      cursor.setAttribute("x1", x(epochs[position]));
      cursor.setAttribute("x2", x(epochs[position]));
    },
  };
}
