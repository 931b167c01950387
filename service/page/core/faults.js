// What is wrong with a value that was entered, in words that go behind the name of its feature.

import { exact } from "./format.js";
import { t } from "./words.js";

const MOST_NAMED = 6;

// Null where nothing is to be seen from here: the service may still find a fault, and says it in its own words.
/** @param {import("../api/answers").Feature} feature  @param {import("../api/answers").Value | undefined} value */
export function faultOf(feature, value) {
  if (value === null || value === undefined) return feature.nullable ? null : t("is blank");
  return feature.kind === "number" ? faultOfNumber(feature, value) : faultOfChoice(feature, value);
}

/** @param {Partial<import("../api/answers").Feature>} feature */
function faultOfNumber({ maximum, minimum, unit }, value) {
  if (typeof value !== "number" || !Number.isFinite(value)) return t("is not a number");
  const bound = (limit) => (unit ? `${exact(limit)} ${unit}` : exact(limit));
  if (minimum !== undefined && value < minimum) return t("is too low: at least {low}", { low: bound(minimum) });
  if (maximum !== undefined && value > maximum) return t("is too high: at most {high}", { high: bound(maximum) });
  return null;
}

/** @param {Partial<import("../api/answers").Feature>} feature */
function faultOfChoice({ labels, vocabulary = [] }, value) {
  if (vocabulary.includes(String(value))) return null;
  const choices = vocabulary.slice(0, MOST_NAMED).map((entry) => labels?.[entry] ?? entry);
  const listed = choices.join(", ");
  return vocabulary.length > choices.length
    ? t("is none of {choices}, …", { choices: listed })
    : t("is none of {choices}", { choices: listed });
}
