// What the network answers for one student, and what it goes by.

import { el, svg } from "../core/dom.js";
import { percent, percentsApart, points, titleOf, valueOf, whole, withUnit } from "../core/format.js";
import { limitsOf, state } from "../core/state.js";
import { filled, n, t } from "../core/words.js";
import { classOf, percentOfRisk, verdict } from "./risk.js";

/** @typedef {import("../api/answers").Manifest} Manifest */

const MOST_BARS = 12;

// The answer of /predict for a student, by a version; of one whose schema is not at hand, warnings are in the service's
// words.
/** @param {import("../api/answers").Prediction} prediction  @param {Pick<Manifest, "labels" | "threshold" | "decision"> & Partial<Manifest>} version  @param {import("../api/answers").Student} student */
export function answerCard(prediction, version, student = state.student) {
  const { decision: chosen, schema } = version;
  const [negative, positive] = version.labels;
  const limits = limitsOf(version);
  const [line, from, to] = percentsApart(prediction.risk, Object.values(limits)).others;
  const { decision, risk_level: level, spread, warnings = [] } = prediction;
  const isOpen = level === "not sure";
  const unseen = warnings.filter(isOfValue);
  const hint = (words) => el("p", { class: "hint" }, words);
  return el(
    "div",
    { class: "card answer" },
    el(
      "div",
      { class: "headline" },
      el(
        "p",
        {},
        verdict(prediction, version),
        " ",
        el("span", { class: "label" }, t("of “{negative}” rather than “{positive}”", { negative, positive })),
      ),
      meter(prediction, limits),
    ),
    hint([
      lineInWords(line, chosen),
      limits.from < limits.to && ` ${t("It is not sure from {from} to {to}.", { from, to })}`,
    ]),
    prediction.decision === undefined &&
      hint(t("It has met too few students to ever say “not sure”: close to the line it may be either.")),
    isOpen && el("p", {}, t("Too close to call: students like this one end up with either.")),
    !isOpen &&
      decision === "uncertain" &&
      hint(t("This is by that line alone: students like this one end up with either.")),
    warnings.length > unseen.length &&
      hint(t("Careful: that line and what happened to students like this one point in different directions.")),
    spread !== undefined &&
      hint(
        t("Several networks answer together; they differ by about {points} percentage points.", {
          points: points(spread).slice(1),
        }),
      ),
    unseen.length > 0 &&
      el(
        "div",
        { class: "warnings" },
        el("p", {}, t("Careful, here it only guesses on from what it has seen:")),
        el(
          "ul",
          {},
          unseen.map(({ pointer, detail }) => el("li", {}, unseenInWords(nameOf(pointer), detail, schema, student))),
        ),
      ),
  );
}

// Whether a warning is of a value, else of the decision about a student.
export function isOfValue({ pointer }) {
  return !/^(\/\w+\/\d+)?$/.test(pointer);
}

function unseenInWords(name, detail, schema, student) {
  const feature = schema?.features.find((each) => each.name === name);
  if (!feature) return `${name} ${detail}`;
  const [title, value] = [titleOf(feature), student[name]];
  if (value === null) return t("{title}: it has met no student for whom this was empty", { title });
  if (feature.kind === "category")
    return t("{title}: it has met no student with “{value}”", { title, value: valueOf(feature, value) });
  if (!feature.observed) return t("{title}: it has met few or no students with a value here", { title });
  const [low, high] = [valueOf(feature, feature.observed[0]), withUnit(feature.observed[1], feature)];
  return t("{title}: nearly all students that it has met had {low} to {high}", { title, low, high });
}

function lineInWords(line, chosen) {
  switch (chosen?.rule) {
    case "help":
      return t("The line is drawn at a risk of {line}, so that the {share} of all students most at risk are found.", {
        line,
        share: percent(chosen.given),
      });
    case "cost_ratio":
      return t("The line is drawn at a risk of {line}, since to miss one student is as bad as to help {num} in vain.", {
        line,
        num: whole(chosen.given),
      });
    case "threshold":
      return t("The line is drawn at a risk of {line}, as was chosen.", { line });
    default:
      return t("The line is drawn at a risk of {line}.", { line });
  }
}

// The risk from 0 to 1 and the spread around it; the line, and where it is not sure.
function meter({ risk, risk_level: level, spread = 0 }, { line, from: low, to: high }) {
  const [from, to] = [Math.max(risk - spread, 0), Math.min(risk + spread, 1)];
  return svg(
    "svg",
    { class: "meter", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "track", width: 100, height: 8 }),
    svg("rect", { class: classOf(level), width: 100 * risk, height: 8 }),
    svg("rect", { class: "spread", x: 100 * from, width: 100 * (to - from), y: 3, height: 2 }),
    svg("rect", { class: "not-sure", x: 100 * low, width: 100 * (high - low), y: 6.5, height: 1.5 }),
    [low, high].map(
      (end) => low < high && svg("rect", { class: "threshold", x: 100 * end - 0.15, width: 0.3, y: 5, height: 3 }),
    ),
    svg("rect", { class: "threshold", x: 100 * line - 0.25, width: 0.5, height: 8 }),
  );
}

// Bars of what each of a student's values adds to the risk or takes from it, the largest first; with the base they add
// up to the risk.
/** @param {import("../api/answers").Explanations} explained  @param {import("../api/answers").Student} student */
export function explanationBars({ explanations: [explanation], method }, student = state.student) {
  const { base, contributions, probability, standard_errors: errors } = explanation;
  const sorted = Object.entries(contributions)
    .map(([name, value]) => ({ name: nameAndValue(name, student), added: -value, error: errors?.[name] }))
    .sort((a, b) => Math.abs(b.added) - Math.abs(a.added));
  const rest = sorted.splice(MOST_BARS);
  if (rest.length)
    sorted.push({
      name: [n(rest.length, "{num} more", "{num} more together")],
      added: rest.reduce((sum, { added }) => sum + added, 0),
      error: undefined,
    });
  const longest = Math.max(...sorted.map(({ added }) => Math.abs(added)), 0.01);
  return el(
    "section",
    { class: "explanation" },
    el("h3", {}, t("What raises the risk, what lowers it")),
    el(
      "p",
      { class: "hint" },
      t(
        "For typical students the risk is {base} on average. What this student’s values add to it or take from it, in percentage points, leads to {risk}.",
        { base: percent(1 - base), risk: percentOfRisk(1 - probability) },
      ),
      method === "sampled" &&
        sorted.some(({ error }) => isShown(error)) &&
        ` ${t("With so many values that is estimated; ± says how closely.")}`,
    ),
    el(
      "table",
      { class: "bars", "aria-label": t("What each value adds to the risk, in percentage points") },
      el(
        "tbody",
        {},
        sorted.map((row) => bar(row, longest)),
      ),
    ),
  );
}

function nameAndValue(name, student) {
  const feature = state.features.find((each) => each.name === name);
  if (!feature) return [name];
  return filled("{title} {value}", {
    title: titleOf(feature),
    value: el("span", { class: "unit" }, valueOf(feature, student[name])),
  });
}

// Whether an error is more than nothing once it is rounded.
/** @param {number | undefined} error */
function isShown(error = 0) {
  return error >= 0.0005;
}

function bar({ name, added, error }, longest) {
  const length = (50 * Math.abs(added)) / longest;
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
          class: added > 0 ? "at-risk" : "no-sign",
          x: added < 0 ? 50 - length : 50,
          width: length,
          height: 10,
        }),
        svg("rect", { class: "threshold", x: 49.8, width: 0.4, height: 10 }),
      ),
    ),
    el(
      "td",
      { class: "figure" },
      points(added),
      isShown(error) && el("span", { class: "unit" }, ` ± ${points(error).slice(1)}`),
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
