// A student: the form, the answer, why, and what would change it.

import { answerCard, explanationBars, nameOf } from "../../widgets/answer.js";
import { ask, Lost, newest, Problem } from "../../api/ask.js";
import { el, replace } from "../../core/dom.js";
import { faultOf } from "../../core/faults.js";
import { titleOf } from "../../core/format.js";
import { buildForm } from "../../widgets/form.js";
import { buildChanges } from "./changes.js";
import { buildOrigin } from "./origin.js";
import { buildRecourse } from "./recourse.js";
import { state } from "../../core/state.js";
import { t } from "../../core/words.js";
import { verdict } from "../../widgets/risk.js";
import { trustNote } from "../../widgets/trust.js";

const PAUSE_MS = 120; // between a keystroke or a slider's move and the question

export function build() {
  const form = buildForm();
  const title = el("h2", { tabindex: -1 }, t("What the network answers"));
  const answered = el("div", { class: "answered", role: "status" });
  const explained = el("div");
  const brief = el("p", { class: "brief", "aria-hidden": "true" }); // where the answer is far from the field, on phones
  const recourse = buildRecourse(() => title.focus());
  // What says the answer in short is not wanted while the answer itself is in sight.
  const sight = new IntersectionObserver(([entry]) => brief.classList.toggle("beside", entry.isIntersecting), {
    threshold: 0.5,
  });
  const latest = newest();
  let timer = null;

  function show(card) {
    replace(answered, card);
    sight.disconnect();
    sight.observe(card.querySelector(".headline") ?? card);
  }

  async function refresh() {
    const student = state.student;
    const faults = new Map(state.features.map((feature) => [feature.name, faultOf(feature, student[feature.name])]));
    for (const [name, words] of faults) if (words === null) faults.delete(name);
    if (faults.size) {
      latest(async () => null); // what is under way is not wanted any more
      showFaults(faults);
      return;
    }
    answered.setAttribute("aria-busy", "true");
    try {
      const answers = await latest((signal) =>
        Promise.all([
          ask("predict", { body: student, signal }),
          // That a version can't be explained must not keep its answer from being shown.
          ask("explain", { body: student, signal }).catch((error) => {
            if (error instanceof Problem) return error;
            throw error;
          }),
        ]),
      );
      if (answers === null) return;
      const [{ predictions }, explanation] = answers;
      form.mark(new Map());
      show(answerCard(predictions[0], state.model.manifest, student));
      replace(
        explained,
        explanation instanceof Problem
          ? el("p", { class: "hint" }, explanation.message)
          : explanationBars(explanation, student),
      );
      replace(brief, verdict(predictions[0]));
      recourse.show(predictions[0].risk);
    } catch (error) {
      if (error instanceof Lost) return; // said at the top; asked again once it is back
      if (!(error instanceof Problem)) throw error;
      showFaults(new Map(error.errors.map(({ pointer, detail }) => [nameOf(pointer), detail])), error.message);
    }
    answered.removeAttribute("aria-busy");
  }

  // What is wrong, at the fields and instead of an answer.
  function showFaults(faults, otherwise = "") {
    form.mark(faults);
    const atFields = state.features.filter(({ name }) => faults.has(name)).map(titleOf);
    const words = atFields.length
      ? t("There is no answer yet: look at {fields}.", { fields: atFields.join(", ") })
      : otherwise;
    show(el("p", { class: "card fault" }, words));
    answered.removeAttribute("aria-busy");
    replace(explained);
    replace(brief, words);
    recourse.hide();
  }

  const root = el(
    "div",
    { class: "two-columns student" },
    brief,
    el("section", {}, el("h2", {}, t("A student")), buildOrigin(), form.element),
    el(
      "section",
      { class: "answer-side" },
      title,
      buildChanges(),
      answered,
      trustNote(state.model.manifest),
      explained,
      recourse.element,
    ),
  );
  state.on(["student"], root, () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, PAUSE_MS);
  });
  state.on(["shown", "back"], root, refresh);
  return root;
}
