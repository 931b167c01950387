// The one verdict on a student, in the same words and colours wherever it stands.

import { el } from "../core/dom.js";
import { percentsApart } from "../core/format.js";
import { limitsOf, state } from "../core/state.js";
import { t } from "../core/words.js";

const LEVELS = {
  "at risk": { class: "at-risk", words: () => t("at risk") },
  "not sure": { class: "not-sure", words: () => t("not sure") },
  "no sign": { class: "no-sign", words: () => t("no sign") },
};

// In the order of their urgency.
export const RISK_LEVELS = /** @type {import("../api/answers").RiskLevel[]} */ (Object.keys(LEVELS));

/** @param {import("../api/answers").RiskLevel} level */
export function classOf(level) {
  return LEVELS[level].class;
}

/** @param {import("../api/answers").RiskLevel} level */
export function wordsOf(level) {
  return LEVELS[level].words();
}

// The risk in percent, never so rounded that it contradicts the words beside it.
/** @param {number} risk */
export function percentOfRisk(risk, version = state.model.manifest) {
  return percentsApart(risk, Object.values(limitsOf(version))).own;
}

// The verdict and the one number behind it.
/** @param {import("../api/answers").Prediction} prediction  @param {Parameters<typeof limitsOf>[0]} version */
export function verdict({ risk, risk_level: level }, version = state.model.manifest) {
  return [
    el("strong", { class: `verdict ${classOf(level)}` }, wordsOf(level)),
    " ",
    el("span", { class: "risk" }, t("risk {risk}", { risk: percentOfRisk(risk, version) })),
  ];
}
