// The student in the form under any two versions that are stored: one that is not loaded is loaded when it is asked for.

import { ask, Lost, newest, Problem } from "../../api/ask.js";
import { answerCard, explanationBars, nameOf } from "../../widgets/answer.js";
import { el, replace, uniqueId } from "../../core/dom.js";
import { faultOf } from "../../core/faults.js";
import { titleOf } from "../../core/format.js";
import { state } from "../../core/state.js";
import { filled, t } from "../../core/words.js";

export function buildComparison() {
  const answered = el("div", { role: "status", class: "two-columns" });
  const choices = [t("One version"), t("Another version")].map((words) => {
    const id = uniqueId();
    const choice = el("select", { id, onchange: refresh });
    return { choice, element: el("p", {}, el("label", { for: id }, words), " ", choice) };
  });
  const tools = el(
    "div",
    {},
    el(
      "p",
      { class: "hint" },
      filled("The student is the one in the form: {link}.", {
        link: el("a", { href: "#student" }, t("change it there")),
      }),
    ),
    el(
      "div",
      { class: "tools" },
      choices.map((each) => each.element),
    ),
    answered,
  );
  const alone = el("p", { class: "hint" }, t("There is only one version yet: train anew, and compare then."));
  const element = el("section", {}, el("h2", {}, t("The same student under two versions")), alone, tools);
  const latest = newest();
  /** @type {import("../../api/answers").Listed[]} */
  let stored = [];

  async function refresh() {
    const picked = choices.map(({ choice }) => stored.find(({ version }) => String(version) === choice.value));
    if (picked.includes(undefined)) return; // not chosen yet
    const faulty = state.features.filter((feature) => faultOf(feature, state.student[feature.name]) !== null);
    if (faulty.length) {
      const fields = faulty.map(titleOf).join(", ");
      replace(answered, el("p", { class: "fault" }, t("There is no answer yet: look at {fields}.", { fields })));
      return;
    }
    answered.setAttribute("aria-busy", "true");
    try {
      const answers = await latest((signal) => Promise.all(picked.map((entry) => answerBy(entry, signal))));
      if (answers === null) return;
      replace(answered, answers);
    } catch (error) {
      if (error instanceof Lost) return; // asked again once it is back
      replace(answered, el("p", { class: "fault" }, error.message));
    }
    answered.removeAttribute("aria-busy");
  }

  state.on(["student"], element, refresh);
  return {
    element,
    // What was chosen stays chosen, as far as it is still there.
    setVersions(versions) {
      stored = versions.filter(({ labels }) => labels); // of the others there is nothing to be read
      alone.hidden = stored.length >= 2;
      tools.hidden = stored.length < 2;
      if (stored.length < 2) return;
      // To look at this page is not yet to ask for another version: what is to be loaded first is chosen first.
      const [serving, other] = ["serving", "loaded"].map((what) => stored.find((entry) => entry.state === what));
      const standard = [serving, other];
      for (const [place, { choice }] of choices.entries()) {
        const kept = stored.find(({ version }) => String(version) === choice.value) ?? standard[place];
        replace(
          choice,
          !kept && el("option", { value: "" }, t("choose one")),
          stored.map(({ version, aliases }) => el("option", { value: version }, [version, ...aliases].join(", "))),
        );
        choice.value = kept ? String(kept.version) : "";
      }
      refresh();
    },
  };
}

// What a version says of the student in the form; whatever it can't say, in words.
async function answerBy(entry, signal) {
  const asked = (route) =>
    ask(`${route}?version=${entry.version}`, { body: state.student, signal }).catch((error) => {
      if (error instanceof Problem) return error;
      throw error;
    });
  const answer = await asked("predict"); // first, since it may have to be loaded
  const explanation = answer instanceof Problem ? null : await asked("explain");
  return el(
    "div",
    {},
    el("h3", {}, t("Version {version}", { version: entry.version })),
    answer instanceof Problem ? problem(answer) : answerCard(answer.predictions[0], entry),
    explanation && (explanation instanceof Problem ? problem(explanation) : explanationBars(explanation)),
  );
}

function problem({ message, errors }) {
  return el(
    "div",
    { class: "card fault" },
    el("p", {}, message),
    el(
      "ul",
      {},
      errors.map(({ pointer, detail }) => el("li", {}, `${nameOf(pointer)} ${detail}`)),
    ),
  );
}
