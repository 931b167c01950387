// The list of versions: when each was made, of how many students, and whether to use it.

import { el } from "../../core/dom.js";
import { date, fixed, methodName } from "../../core/format.js";
import { plainTable } from "../../widgets/plain_table.js";
import { t } from "../../core/words.js";

const STATES = {
  serving: () => t("answers now"),
  loaded: () => t("loaded"),
  stored: () => t("stored"),
  refused: () => t("refused"),
};
const USES = { yes: () => t("yes"), care: () => t("with care"), no: () => t("no") };

// `documents` gives the links to what there is to read of a version.
/** @param {import("../../api/answers").Listed[]} versions */
export function versionTable(versions, documents) {
  const columns = [
    t("Version"),
    t("State"),
    t("Made"),
    t("Students"),
    t("To be used?"),
    t("Log loss"),
    t("Best simple method"),
    t("To read"),
  ];
  return [
    plainTable(
      t("Versions"),
      columns,
      versions.map((entry) => versionRow(entry, documents)),
    ),
    el(
      "p",
      { class: "hint" },
      t("Log loss says how far off the percentages were on students that it had not seen: the lower, the better."),
      " ",
      t("The champion is what answers; the challenger is the newest that is not in use."),
    ),
  ];
}

/** @param {import("../../api/answers").Listed} entry */
function versionRow({ aliases, created, evaluation, num_students: num, reason, state, use, version }, documents) {
  const losses = Object.entries(evaluation?.baselines ?? {})
    .filter(([, { log_loss: loss }]) => loss)
    .map(([key, { log_loss: loss }]) => ({ key, loss: loss.value }))
    .sort((a, b) => a.loss - b.loss);
  const own = evaluation?.model?.log_loss;
  return {
    isOwn: state === "serving",
    head: [`${version}`, aliases.length > 0 && ` (${aliases.join(", ")})`],
    cells: [
      [STATES[state]?.() ?? state, reason && el("p", { class: "fault", lang: "en" }, reason)],
      created ? date(created) : "–",
      num ?? "–",
      use ? USES[use]() : "–",
      own ? fixed(own.value, 3) : "–",
      losses.length ? `${fixed(losses[0].loss, 3)}, ${methodName(losses[0].key)}` : "–",
      created && el("p", {}, documents(version)),
    ],
  };
}
