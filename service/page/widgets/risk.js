// The one verdict on a student, in the same words and colours wherever it stands.

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
