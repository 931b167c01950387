// What was changed of a student: tried out, or since the class had it; with the way back.

import { el, replace } from "../../core/dom.js";
import { titleOf, valueOf, withUnit } from "../../core/format.js";
import { state } from "../../core/state.js";
import { t } from "../../core/words.js";

export function buildChanges() {
  const words = el("span");
  const element = el(
    "p",
    { class: "changes", hidden: true, role: "status" },
    words,
    " ",
    el("button", { class: "plain", onclick: () => state.putBack() }, t("Put back")),
  );

  function draw() {
    const { before, changed, origin, student } = state;
    element.hidden = changed.length === 0;
    const listed = changed.map((feature) =>
      t("{title} {after} instead of {before}", {
        title: titleOf(feature),
        after: withUnit(student[feature.name], feature),
        before: valueOf(feature, before?.[feature.name]),
      }),
    );
    const changes = listed.join(", ");
    replace(
      words,
      origin ? t("Tried, not as in the class: {changes}.", { changes }) : t("Tried: {changes}.", { changes }),
    );
  }

  draw();
  state.on(["student", "shown"], document.body, draw);
  return element;
}
