// Who the student in the form is: a typical one at first, or one of the class, with the way to the next.

import { el } from "../../core/dom.js";
import { state } from "../../core/state.js";
import { t } from "../../core/words.js";

export function buildOrigin() {
  const name = el("strong");
  const step = (title, which) => {
    const button = el("button", { class: "plain", onclick: () => state.origin?.[which]?.() }, title);
    return { button, which, element: el("span", {}, " · ", button) };
  };
  const steps = [step(t("previous"), "previous"), step(t("next"), "next")];
  const ofClass = el(
    "p",
    { class: "origin" },
    name,
    steps.map(({ element }) => element),
    " · ",
    el("a", { href: "#class" }, t("back to the class")),
    " · ",
    el("button", { class: "plain", onclick: () => state.startOver() }, t("another student")),
  );
  const typical = el("p", { class: "hint" }, t("It begins with a typical student: change what you know of yours."));
  const element = el("div", {}, ofClass, typical);

  // The buttons stay the same ones, so that the focus stays on them.
  function draw() {
    const { origin } = state;
    ofClass.hidden = origin === null;
    typical.hidden = origin !== null;
    name.textContent = origin?.name ?? "";
    for (const { button, element, which } of steps) {
      element.hidden = !origin?.previous && !origin?.next;
      button.toggleAttribute("disabled", !origin?.[which]);
    }
  }

  draw();
  state.on(["student", "shown"], element, draw);
  return element;
}
