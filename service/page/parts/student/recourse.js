// What would change the answer: the smallest changes that reach a probability, on the network that serves.

import { ask, newest } from "../../api/ask.js";
import { el, replace, uniqueId } from "../../core/dom.js";
import { percent, withUnit } from "../../core/format.js";
import { state } from "../../core/state.js";

const NONE = {
  "reached already": "The student is there already.",
  "none within bounds": "None within bounds: no change that is allowed leads there.",
  "no feature is actionable": "None of this version’s features is marked as one that a student can change.",
  "none found in time": "None was found in the time that one question has; a goal nearer to the answer takes less.",
  "what can be changed is not known": "What this student could change is not known here: it was left empty.",
};

// Calls onTry when a change has been put into the form.
export function buildRecourse(onTry) {
  const positive = state.labels[1];
  const id = uniqueId();
  const goal = el("output", { for: id });
  const slider = el("input", { id, type: "range", min: 5, max: 95, step: 5, oninput: describe });
  const found = el("div", { role: "status" });
  const latest = newest();
  slider.value = Math.round(100 * state.goal);
  const start = slider.value; // which stands for the goal that the service has unless it is told another
  let asked = null; // the student and the goal that what is shown is about

  function question() {
    return JSON.stringify([state.student, slider.value]);
  }

  function forget() {
    if (asked === null || asked === question()) return;
    asked = null;
    latest(async () => null); // what is under way is not wanted any more
    replace(found);
  }

  function describe() {
    goal.textContent = ` ${slider.value === start ? `above ${percent(state.goal)}` : `${slider.value} %`} “${positive}”`;
    forget();
  }

  async function search() {
    const query = slider.value === start ? "" : `?target_probability=${Number(slider.value) / 100}`;
    asked = question();
    replace(found, el("p", { class: "hint" }, "Searching …"));
    try {
      const answer = await latest((signal) => ask(`recourse${query}`, { body: state.student, signal }));
      if (answer !== null) replace(found, list(answer.recourse[0]));
    } catch (error) {
      replace(found, el("p", { class: "fault" }, `${error.message}.`));
    }
  }

  function list({ options, reason }) {
    if (!options.length) return el("p", {}, NONE[reason] ?? reason);
    return [
      el("ol", { class: "options" }, options.map(option)),
      el(
        "p",
        { class: "hint" },
        "This is what the network associates with the answer in the students it has seen. It is no promise that a change brings it about.",
      ),
    ];
  }

  function option({ changes, probability, warnings = [] }) {
    const values = Object.fromEntries(Object.entries(changes).map(([name, { to }]) => [name, to]));
    const tryIt = () => {
      state.setStudent(values);
      forget();
      onTry();
    };
    return el(
      "li",
      {},
      Object.entries(changes).map(([name, { from, to }], place) => {
        const feature = state.features.find((each) => each.name === name);
        return [
          place > 0 && " and ",
          el("strong", {}, name),
          ` from ${withUnit(from, {})} to ${withUnit(to, feature)}`,
        ];
      }),
      `: then ${percent(probability)} “${positive}” `,
      el("button", { onclick: tryIt }, "Try it"),
      warnings.length > 0 &&
        el(
          "p",
          { class: "hint" },
          "With values that few or no students in training had, where the network only guesses on.",
        ),
    );
  }

  describe();
  const element = el(
    "section",
    { class: "recourse", hidden: true },
    el("h3", {}, "What would change it"),
    el("p", {}, el("label", { for: id }, "Goal:"), goal),
    slider,
    el("button", { onclick: search }, "Find the smallest changes"),
    found,
  );
  return {
    element,
    show() {
      element.hidden = false;
      forget();
    },
    hide() {
      element.hidden = true;
    },
  };
}
