// Numbers, dates and names as people read them, in the language of the page.

import { language, t } from "./words.js";

const SPACE = "\u00a0"; // where no line may break
const SMALL = 1e-4; // what is closer to 0 is written as 2.5 × 10⁻¹¹, where a plain number would be nothing but zeros
const LONGEST = 40; // characters of a number that is typed
const MARK = (1.5).toLocaleString(language).charAt(1); // the decimal mark

export function percent(probability) {
  const value = 100 * probability;
  if (value > 0 && value < 1) return t("under {percent}", { percent: `1${SPACE}%` });
  if (value < 100 && value > 99) return t("over {percent}", { percent: `99${SPACE}%` });
  return `${Math.round(value)}${SPACE}%`;
}

// A probability so that its writing tells it apart from each of the limits that it is not at: 26.2 % where a limit is 26.4 %.
// Then the limits, with as many decimals.
/** @param {number} probability  @param {number[]} limits */
export function percentsApart(probability, limits) {
  const all = [probability, ...limits];
  const [own, ...others] = [0, 1, 2, 3]
    .map((decimals) => all.map((each) => (decimals ? `${fixed(100 * each, decimals)}${SPACE}%` : percent(each))))
    .find(([first, ...rest]) => limits.every((each, place) => each === probability || rest[place] !== first)) ?? [
    percent(probability),
    ...limits.map(percent),
  ];
  return { own, others };
}

// A contribution, in percentage points.
export function points(value) {
  const rounded = Math.round(1000 * value) / 10;
  return `${rounded < 0 ? "−" : "+"}${fixed(Math.abs(rounded), Math.abs(rounded) >= 10 ? 0 : 1)}`;
}

// As few digits as tell it apart from other numbers of the network's, which are float32.
export function exact(value) {
  const digits = [6, 7, 8].find((each) => Math.fround(Number(value.toPrecision(each))) === Math.fround(value));
  return number(value, digits ?? 9);
}

export function number(value, digits = 4) {
  const rounded = Number(Number(value).toPrecision(digits));
  if (rounded === 0 || Math.abs(rounded) >= SMALL) return written(rounded).replace("-", "−");
  const [factor, power] = rounded.toExponential().split("e-");
  const raised = [...power].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");
  return `${written(factor).replace("-", "−")}${SPACE}×${SPACE}10⁻${raised}`;
}

// With so many decimals.
export function fixed(value, decimals) {
  return value.toFixed(decimals).replace(".", MARK);
}

// As it may be typed in again.
export function written(value) {
  return String(value).replace(".", MARK);
}

// What was typed as a number: a point and a comma are decimal marks alike. Blank is null, and what is no number NaN.
/** @param {string} text  @returns {number | null} */
export function readNumber(text) {
  const typed = text.trim().replace("−", "-");
  if (typed === "") return null;
  const isPlain = typed.length <= LONGEST && /^[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?$/i.test(typed);
  const value = isPlain ? Number(typed.replace(",", ".")) : NaN;
  return Number.isFinite(value) ? value : NaN;
}

export function figure({ value, low, high }) {
  return t("{value} ({low} to {high})", { value: fixed(value, 3), low: fixed(low, 3), high: fixed(high, 3) });
}

// What people call a feature.
/** @param {import("../api/answers").Feature} feature */
export const titleOf = ({ title, name }) => title ?? name;

// How people say a feature's value.
/** @param {import("../api/answers").Feature} feature  @param {import("../api/answers").Value | undefined} value */
export function valueOf(feature, value) {
  if (value === null || value === undefined) return t("no value");
  return typeof value === "number" ? exact(value) : (feature.labels?.[value] ?? value);
}

export function withUnit(value, feature) {
  const said = valueOf(feature, value);
  return feature.unit && typeof value === "number" ? `${said} ${feature.unit}` : said;
}

export function date(text) {
  return new Date(text).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
}

export function whole(num) {
  return num.toLocaleString(language);
}

const METHODS = {
  majority: t("the same forecast for everybody"),
  logistic_regression: t("logistic regression"),
  random_forest: t("a random forest"),
  hist_gradient_boosting: t("gradient boosting"),
  prior_mark: t("the rule of the earlier mark"),
};

export function methodName(key) {
  return METHODS[key] ?? key.replaceAll("_", " ");
}
