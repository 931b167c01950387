// Whether to use a version, and why: in a teacher's words, by the same rules as the report's advice (a test holds both
// against each other).

import { el } from "../core/dom.js";
import { methodName, whole } from "../core/format.js";
import { n, t } from "../core/words.js";

/** @typedef {import("../api/answers").Manifest} Manifest */

const [GOOD_AUC, FAIR_AUC] = [0.8, 0.7];
const MIN_STUDENTS = 50; // of a table, and of them with the rarer label: below, the gate says that nothing can be shown
const MIN_RARER = 10;
const MANY_SUSPECTS = 0.1; // of all rows: then they say more about the forecast than about the results

const WHY_REJECTED = {
  too_good: () => t("Do not use it: it is too good to be true, as where something is known only after the result is."),
  majority: () => t("Do not use it: it is not shown to be better than saying the same of everybody."),
  logistic_regression: () => t("Do not use it: a simpler method forecasts better."),
  calibration: () => t("Do not use it: its percentages do not mean what they say."),
  finite: () => t("Do not use it: not every answer of it is a number."),
  monotone: () => t("Do not use it: it goes the wrong way as a value grows."),
  unreadable: () => t("Do not use it: it could not be compared with the version in use."),
  schema: () => t("Do not use it: it asks for other values than the version in use does."),
  champion: () => t("Do not use it: the version in use forecasts better."),
  groups: () => t("Do not use it: in one group of students it finds fewer than the version in use."),
};

// Use is "yes", "care" or "no"; then one sentence, and why, a sentence each.
/** @param {Manifest} manifest  @returns {{use: "yes" | "care" | "no", headline: string, reasons: string[]}} */
export function trustWords(manifest) {
  const { evaluation, gate, training } = manifest;
  const num = training.num_students;
  if (gate.verdict === "insufficient_data") {
    return {
      use: "no",
      headline: n(
        num,
        "Do not judge anyone by it: {num} student is too little to show anything.",
        "Do not judge anyone by it: {num} students are too few to show anything.",
      ),
      reasons: [
        t("At least {least} students are needed, {rarer} of them with the rarer result.", {
          least: MIN_STUDENTS,
          rarer: MIN_RARER,
        }),
        t("Until then its answers show how it works, and nothing about your students."),
        ...misses(manifest),
      ],
    };
  }
  const { use, headline } = gate.verdict === "rejected" ? rejected(gate) : promoted(manifest);
  return {
    use,
    headline,
    reasons: [
      n(num, "It has learned from {num} student.", "It has learned from {num} students."),
      ...apart(manifest),
      ...misses(manifest),
      ...besideOthers(evaluation),
      ...suspects(manifest),
    ],
  };
}

// The same beside an answer: the sentence, what is to be read below it, and what the report says.
/** @param {Manifest} manifest */
export function trustNote(manifest) {
  const { use, headline, reasons } = trustWords(manifest);
  return el(
    "div",
    { class: `trust use-${use}` },
    el("p", { class: "headline" }, headline),
    purpose(manifest),
    el(
      "details",
      {},
      el("summary", {}, t("How far to trust it")),
      listOf(reasons),
      el("details", {}, el("summary", {}, t("In the report’s words")), reportWords(manifest)),
    ),
  );
}

// What it may be used for, and what nobody has looked at; of one that is not to be used, its headline says enough.
/** @param {Manifest} manifest */
export function purpose(manifest) {
  if (trustWords(manifest).use === "no") return null;
  const columns = [...new Set(manifest.evaluation.groups?.map(({ column }) => column))];
  return el(
    "p",
    { class: "hint" },
    t("It is there to notice whom to look at, not to decide about anyone."),
    " ",
    columns.length
      ? t("What it finds was compared between groups: {columns}.", { columns: columns.join(", ") })
      : t("Nobody has checked whether it finds students alike by sex, school or other groups."),
  );
}

// In the report's words, which are for data people, and the gate's.
/** @param {Manifest} manifest */
export function reportWords({ gate }) {
  const { headline, reasons = [] } = gate.advice ?? {};
  return el(
    "div",
    { lang: "en" }, // as training writes them
    headline && el("p", {}, headline),
    listOf([...reasons, ...gate.reasons]),
  );
}

/** @param {string[]} words */
export function listOf(words) {
  return el(
    "ul",
    {},
    words.map((each) => el("li", {}, each)),
  );
}

/** @param {Manifest["gate"]} gate  @returns {{use: "no", headline: string}} */
function rejected({ failed = [] }) {
  const words = WHY_REJECTED[failed[0]] ?? (() => t("Do not use it: it has not passed what a version must pass."));
  return { use: "no", headline: words() };
}

/** @param {Manifest} manifest  @returns {{use: "yes" | "care", headline: string}} */
function promoted({ audit, evaluation, labels, training }) {
  const area = evaluation.model?.roc_auc?.value ?? 0;
  if (audit?.direction) {
    const positive = labels[1];
    const headline = t("First find out whether “{positive}” is the good result: the table looks as if it were not.", {
      positive,
    });
    return { use: "care", headline };
  }
  if (audit?.leakage?.length) {
    const headline = t(
      "Too good to be true: one column of the table gives the result away. Find out why before you use it.",
    );
    return { use: "care", headline };
  }
  if (area < FAIR_AUC) {
    const headline = t("Use it only as a hint: it is better than guessing, but it tells students apart poorly.");
    return { use: "care", headline };
  }
  if (Object.entries(evaluation.comparisons ?? {}).some(([key, { low }]) => key !== "majority" && low > 0)) {
    return { use: "care", headline: t("You can use it, but on these students another method forecasts better.") };
  }
  if (area < GOOD_AUC) {
    const headline = t("Use it with care: it tells students apart fairly well, and is often wrong.");
    return { use: "care", headline };
  }
  if (training.findings?.length) {
    const headline = t("You can use it with care: it tells students apart well, but how it learned is not sound.");
    return { use: "care", headline };
  }
  return { use: "yes", headline: t("You can use it: it tells students apart well, also those it has never seen.") };
}

/** @param {Manifest} manifest */
function* apart({ evaluation, labels: [negative, positive] }) {
  const area = evaluation.model?.roc_auc;
  if (!area) return;
  yield t(
    "Of two students, one with “{negative}” in the end and one with “{positive}”, it sees the right one more at risk {num} times out of 100; guessing would be 50.",
    { negative, positive, num: of100(area.value) },
  );
}

// What the threshold costs: whom it does not find, and whom it calls in vain.
/** @param {Manifest} manifest */
function* misses({ evaluation, labels: [negative, positive] }) {
  const { negative_recall: found, balanced_accuracy: balanced } = evaluation.model ?? {};
  if (!found || !balanced) return;
  yield t(
    "Of 100 students with “{negative}” in the end it finds about {num} (between {low} and {high}); the others it misses.",
    { negative, num: of100(found.value), low: of100(found.low), high: of100(found.high) },
  );
  const wrongly = 1 - (2 * balanced.value - found.value);
  yield t("Of 100 students with “{positive}” in the end it takes about {num} for “{negative}”.", {
    negative,
    positive,
    num: of100(wrongly),
  });
}

// Beside saying the same of everybody, and beside the best of the simple methods.
/** @param {Manifest["evaluation"]} evaluation */
function* besideOthers({ baselines, comparisons = {} }) {
  const { majority, ...others } = comparisons;
  if (majority?.high < 0) yield t("It forecasts better than saying the same of everybody.");
  else if (majority) yield t("It is not shown to forecast better than saying the same of everybody.");
  const losses = Object.keys(others).map((key) => [key, baselines[key]?.log_loss?.value ?? Infinity]);
  losses.sort(([, a], [, b]) => Number(a) - Number(b));
  if (!losses.length) return;
  const best = String(losses[0][0]);
  const method = methodName(best);
  const { low, high } = others[best];
  if (high < 0) yield t("It forecasts better than the best simple method, {method}.", { method });
  else if (low > 0) yield t("The best simple method, {method}, forecasts better than it.", { method });
  else yield t("Between it and the best simple method, {method}, no difference is shown.", { method });
}

// Results that somebody entered may be slips; what a pass line makes of a mark can't be.
/** @param {Manifest} manifest */
function* suspects({ audit, training: { num_rows: rows = Infinity, num_students: all, target } }) {
  const num = audit?.num_suspect_labels ?? 0;
  if (!num) return;
  const isEntered = target?.positive?.length && (target.at_least ?? target.at_most ?? null) === null;
  if (isEntered && num <= Math.max(MANY_SUSPECTS * rows, 5)) {
    yield n(
      num,
      "{num} result in the table looks wrong, and should be checked.",
      "{num} results in the table look wrong, and should be checked.",
    );
    return;
  }
  yield n(
    num,
    "{num} of the {all} students surprises: most others like this one had the other result. That is no sign of a slip in the table.",
    "{num} of the {all} students surprise: most others like them had the other result. That is no sign of a slip in the table.",
    { all: whole(all) },
  );
}

function of100(share) {
  return Math.round(100 * share);
}
