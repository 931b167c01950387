// Why the students of a class are at risk, and what might help them: asked of the service a few at a time.

import { ask } from "../../api/ask.js";
import { percent, points, titleOf, valueOf, withUnit } from "../../core/format.js";
import { featureOf, step } from "../../core/state.js";
import { t } from "../../core/words.js";
import { leverOf } from "./levers.js";

export const AT_ONCE = 20; // students in one request
const NUM_REASONS = 3;
const LEAST = 0.001; // of the risk, that is worth a word

// The main reasons of each of up to AT_ONCE students, in words; + raises the risk.
/** @param {import("./scoring.js").Answered[]} students  @param {AbortSignal} signal */
export async function reasonsOf(students, signal) {
  const body = { instances: students.map(({ values }) => values) };
  const { explanations } = await ask("explain", { body, signal });
  return explanations.map(({ contributions }, place) =>
    Object.entries(contributions)
      .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
      .slice(0, NUM_REASONS)
      .filter(([, value]) => Math.abs(value) >= LEAST)
      .map(([name, value]) => inWords(name, students[place].values[name], -value))
      .join(", "),
  );
}

function inWords(name, value, added) {
  const feature = featureOf(name);
  return t("{feature} {value} ({points})", {
    feature: titleOf(feature),
    value: valueOf(feature, value),
    points: points(added),
  });
}

/**
 * levers: what the change pulls; words: the change with what it leads to; goal: the risk that is to be reached, null
 * where nothing can be changed; isReached: whether it is.
 * @typedef {{levers: import("./levers.js").Lever[], words: string, goal: number | null, isReached: boolean}} Help
 */

// What might help each of up to AT_ONCE students.
/** @param {import("./scoring.js").Answered[]} students  @param {AbortSignal} signal  @returns {Promise<Help[]>} */
export async function helpFor(students, signal) {
  const body = { instances: students.map(({ values }) => values) };
  const { recourse, target_probability: target } = await ask("recourse", { body, signal });
  return recourse.map(({ options, best, reason }) => {
    const goal = reason === "no feature is actionable" ? null : 1 - target;
    const found = options[0] ?? best;
    if (!found) return { levers: [], words: withoutHelp(reason), goal, isReached: reason === "reached already" };
    const changes = Object.entries(found.changes);
    const listed = changes.map(([name, { from, to }]) => changeInWords(featureOf(name), from, to)).join(", ");
    const values = { changes: listed, risk: percent(1 - found.probability) };
    return {
      levers: changes.map(([name, { from, to }]) => leverOf(featureOf(name), from, to)),
      words: options.length ? t("{changes}: then risk {risk}", values) : t("{changes}: at best risk {risk}", values),
      goal,
      isReached: options.length > 0,
    };
  });
}

function withoutHelp(reason) {
  if (reason === "reached already") return t("nothing needs to be done for the goal");
  if (reason === "no feature is actionable") return t("nothing in this table is marked as what can be changed");
  return t("no change that is allowed helps");
}

function changeInWords(feature, from, to) {
  return t("{feature} from {from} to {to}", {
    feature: titleOf(feature),
    from: valueOf(feature, from),
    to: withUnit(typeof to === "number" ? rounded(from, to, feature) : to, feature),
  });
}

// As people would say it, and no less than is needed: 4.8 hours, and not 4.64.
function rounded(from, to, feature) {
  const { maximum = Infinity, minimum = -Infinity } = feature;
  const size = step(feature);
  const whole = to > from ? Math.ceil(to / size) : Math.floor(to / size);
  return Math.min(Math.max(Number((whole * size).toPrecision(12)), minimum), maximum);
}
