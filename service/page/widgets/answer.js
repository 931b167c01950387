// What the network answers for one student, and what it goes by.

import { el, svg } from "../core/dom.js";
import { percent, plural, points, VERDICTS } from "../core/format.js";
import { state } from "../core/state.js";

const MOST_BARS = 12;

// The answer of /predict for one student, by a version with these labels, this threshold, and how that was chosen.
/** @param {import("../api/answers").Prediction} prediction  @param {Pick<import("../api/answers").Manifest, "labels" | "threshold" | "decision">} version */
export function answerCard(prediction, { labels, threshold, decision: chosen }) {
  const [negative, positive] = labels;
  const { decision, label, probability, spread, warnings = [] } = prediction;
  const unseen = warnings.filter(isOfValue);
  return el(
    "div",
    { class: "card answer" },
    el("p", { class: `label ${label === positive ? "positive" : "negative"}` }, label),
    el("p", { class: "probability" }, `${percent(probability)} likely to be “${positive}”`),
    meter(probability, threshold, spread),
    el("p", { class: "hint" }, thresholdInWords(labels, threshold, chosen)),
    decision &&
      el(
        "p",
        {},
        "Decision: ",
        el("strong", {}, decision),
        decision === "uncertain" && `, neither ${negative} nor ${positive} is sure enough`,
      ),
    warnings
      .filter((warning) => !isOfValue(warning))
      .map(({ detail }) => el("p", { class: "hint" }, `Careful: ${detail}.`)),
    spread !== undefined &&
      el(
        "p",
        { class: "hint" },
        `The networks that answer together differ by about ${points(spread).slice(1)} percentage points.`,
      ),
    unseen.length > 0 &&
      el(
        "div",
        { class: "warnings" },
        el("p", {}, "Careful, here the network only guesses on from what it has seen:"),
        el(
          "ul",
          {},
          unseen.map(({ pointer, detail }) => el("li", {}, el("strong", {}, nameOf(pointer)), ` ${detail}`)),
        ),
      ),
  );
}

// Whether a warning is of a value, else of the decision about a student.
export function isOfValue({ pointer }) {
  return !/^(\/\w+\/\d+)?$/.test(pointer);
}

function thresholdInWords([negative, positive], threshold, chosen) {
  const above = `“${positive}” is answered above ${percent(threshold)}`;
  if (chosen?.rule === "help")
    return `${above}, so that the ${percent(chosen.given)} most at risk are called “${negative}”.`;
  if (chosen?.rule === "cost_ratio") return `${above}, since to miss one is as bad as to help ${chosen.given} in vain.`;
  return `${above}.`;
}

// Whether to use this version, and why, in the words of its report.
export function trust() {
  const { gate, training } = state.model.manifest;
  const { headline = VERDICTS[gate.verdict], reasons = gate.reasons } = gate.advice ?? {};
  const isLittle = gate.verdict === "insufficient_data";
  return el(
    "div",
    { class: `trust ${gate.verdict}` },
    el(
      "p",
      {},
      isLittle && `Insufficient data: it has learned from ${plural(training.num_students, "student")}. `,
      headline,
    ),
    el(
      "details",
      {},
      el("summary", {}, "How far to trust it"),
      el(
        "ul",
        {},
        reasons.map((reason) => el("li", {}, reason)),
      ),
    ),
  );
}

// The probability from 0 to 1, the threshold, and the spread around it.
function meter(probability, threshold, spread = 0) {
  const [from, to] = [Math.max(probability - spread, 0), Math.min(probability + spread, 1)];
  return svg(
    "svg",
    { class: "meter", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "track", width: 100, height: 8 }),
    svg("rect", { class: probability > threshold ? "positive" : "negative", width: 100 * probability, height: 8 }),
    svg("rect", { class: "spread", x: 100 * from, width: 100 * (to - from), y: 3, height: 2 }),
    svg("rect", { class: "threshold", x: 100 * threshold - 0.25, width: 0.5, height: 8 }),
  );
}

// Bars of what each feature adds, the largest first; with the base they add up to the probability.
export function explanationBars({ explanations: [explanation], method }) {
  const { base, contributions, probability, standard_errors: errors } = explanation;
  const sorted = Object.entries(contributions).sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  const rows = sorted.slice(0, MOST_BARS).map(([name, value]) => [name, value, errors?.[name]]);
  const rest = sorted.slice(MOST_BARS);
  if (rest.length) rows.push([`${rest.length} more together`, rest.reduce((sum, [, value]) => sum + value, 0)]);
  const longest = Math.max(...rows.map(([, value]) => Math.abs(value)), 0.01);
  return el(
    "section",
    { class: "explanation" },
    el("h3", {}, "Why"),
    el(
      "p",
      { class: "hint" },
      `Over typical students the answer is ${percent(base)} on average. What this student’s values add or take, in percentage points, leads to ${percent(probability)}.`,
      method === "sampled" && " With so many features that is estimated; ± says how closely.",
    ),
    el(
      "table",
      { class: "bars", "aria-label": "What each value adds, in percentage points" },
      el(
        "tbody",
        {},
        rows.map(([name, value, error]) => bar(name, value, error, longest)),
      ),
    ),
  );
}

function bar(name, value, error, longest) {
  const length = (50 * Math.abs(value)) / longest;
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, name),
    el(
      "td",
      { class: "drawn", "aria-hidden": "true" },
      svg(
        "svg",
        { viewBox: "0 0 100 10", preserveAspectRatio: "none" },
        svg("rect", {
          class: value < 0 ? "negative" : "positive",
          x: value < 0 ? 50 - length : 50,
          width: length,
          height: 10,
        }),
        svg("rect", { class: "threshold", x: 49.8, width: 0.4, height: 10 }),
      ),
    ),
    el(
      "td",
      { class: "figure" },
      points(value),
      error !== undefined && el("span", { class: "unit" }, ` ± ${points(error).slice(1)}`),
    ),
  );
}

// The name in a JSON pointer to a field of a student, or to a column.
export function nameOf(pointer) {
  return pointer
    .slice(pointer.lastIndexOf("/") + 1)
    .replaceAll("~1", "/")
    .replaceAll("~0", "~");
}
