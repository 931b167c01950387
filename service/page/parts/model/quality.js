// How good the version that serves is, beside simple methods, on students that were held out from each: in so many of a
// hundred first, then in the figures of data people.

import { el } from "../../core/dom.js";
import { figure, methodName } from "../../core/format.js";
import { plainTable } from "../../widgets/plain_table.js";
import { state } from "../../core/state.js";
import { t } from "../../core/words.js";

// Key of a figure → its name, and what it says.
const FIGURES = {
  log_loss: () => [t("Log loss"), t("how far off the probabilities are; the lower, the better")],
  roc_auc: () => [t("AUC"), t("how often it ranks two students right; 0.5 is guessing, 1 is perfect")],
  brier: () => [t("Brier score"), t("the mean squared error of the probabilities; the lower, the better")],
  accuracy: () => [t("Accuracy"), t("the share of right labels")],
  balanced_accuracy: () => [t("Balanced accuracy"), t("the mean of that over both labels")],
};

// For people: of a hundred.
export function quality() {
  const { model, baselines } = state.model.manifest.evaluation;
  if (!model) return null;
  const [negative, positive] = state.labels;
  const { accuracy, negative_recall: recall } = baselines.majority ?? {};
  const columns = {
    accuracy: t("right about, of 100 students"),
    negative_recall: t("found, of 100 with “{negative}”", { negative }),
    roc_auc: t("in the right order, of 100 pairs"),
  };
  const keys = Object.keys(columns).filter((key) => key in model);
  return el(
    "section",
    {},
    el("h2", {}, t("Beside simple methods")),
    el(
      "p",
      { class: "hint" },
      t("Tried on students that each had not seen; in brackets what chance could make of it."),
      " ",
      t("A pair is one student with each result: is the right one more at risk?"),
    ),
    accuracy &&
      recall?.value === 0 &&
      el(
        "p",
        { class: "hint" },
        t(
          "About {num} of 100 students have “{positive}”: whoever says that of everybody is right about as many, and finds nobody. So what counts is how many with “{negative}” are found.",
          { num: Math.round(100 * accuracy.value), negative, positive },
        ),
      ),
    table(
      t("Quality"),
      keys.map((key) => columns[key]),
      (found) => keys.map((key) => (found[key] ? of100(found[key]) : "–")),
    ),
  );
}

// For data people, with their intervals.
export function figures() {
  const { model } = state.model.manifest.evaluation;
  if (!model) return null;
  const keys = Object.keys(FIGURES).filter((key) => key in model);
  const titles = keys.map((key) => FIGURES[key]()[0]);
  return [
    el("h3", {}, t("Figures")),
    el("p", { class: "hint" }, t("On students that were held out from each; in brackets the 95 % interval.")),
    table(t("Figures"), titles, (found) => keys.map((key) => (found[key] ? figure(found[key]) : "–"))),
    el(
      "dl",
      { class: "hint" },
      keys.map((key) => {
        const [title, words] = FIGURES[key]();
        return [el("dt", {}, title), el("dd", {}, words)];
      }),
    ),
  ];
}

// A row for the network, and one for each simple method.
function table(label, titles, cells) {
  const { model, baselines } = state.model.manifest.evaluation;
  const methods = [
    [t("this model"), model],
    ...Object.entries(baselines).map(([key, found]) => [methodName(key), found]),
  ];
  return plainTable(
    label,
    [t("Method"), ...titles],
    methods.map(([title, found], place) => ({ isOwn: place === 0, head: title, cells: cells(found) })),
  );
}

function of100({ value, low, high }) {
  const [num, least, most] = [value, low, high].map((share) => Math.round(100 * share));
  return t("{num} ({low} to {high})", { num, low: least, high: most }).replaceAll(" ", "\u00a0");
}
