// Why the students of a class are at risk: asked of the service a few at a time.

import { ask } from "../../api/ask.js";
import { points, titleOf, withUnit } from "../../core/format.js";
import { state } from "../../core/state.js";
import { t } from "../../core/words.js";

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
    value: withUnit(value, { ...feature, unit: "" }),
    points: points(added),
  });
}

function featureOf(name) {
  return /** @type {import("../../api/answers").Feature} */ (state.features.find((each) => each.name === name));
}
