// What would change the answer: the smallest changes that bring the risk down, on the network that serves.

import { ask, newest } from "../../api/ask.js";
import { el, replace, uniqueId } from "../../core/dom.js";
import { percent, titleOf, valueOf, withUnit } from "../../core/format.js";
import { featureOf, state } from "../../core/state.js";
import { filled, t } from "../../core/words.js";
import { percentOfRisk } from "../../widgets/risk.js";

const REASONS = {
  "reached already": () => t("The student is there already."),
  "none within bounds": () => t("No change that is allowed makes a difference."),
  "none found in time": () =>
    t("None was found in the time that one question has; a goal nearer to the answer takes less."),
  "what can be changed is not known": () => t("What this student could change is not known here: it was left empty."),
};

// Calls onTry when a change has been put into the form.
export function buildRecourse(onTry) {
  const id = uniqueId();
  const goal = el("output", { for: id });
  const there = el("p");
  const slider = el("input", { id, type: "range", min: 1, max: 99, step: 1, oninput: choose });
  const found = el("div", { role: "status" });
  const latest = newest();
  let wanted = wholeBelow(state.goal); // the goal in percent, as far as that is below the risk
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

  function choose() {
    wanted = Number(slider.value);
    there.hidden = true;
    describe();
  }

  function describe() {
    goal.textContent = t("a risk of at most {risk}", { risk: percent(Number(slider.value) / 100) });
    slider.setAttribute("aria-valuetext", goal.textContent);
    forget();
  }

  async function search() {
    const query = `?target_probability=${(100 - Number(slider.value)) / 100}`;
    asked = question();
    replace(found, el("p", { class: "hint" }, t("Searching …")));
    try {
      const answer = await latest((signal) => ask(`recourse${query}`, { body: state.student, signal }));
      if (answer !== null) replace(found, list(answer.recourse[0]));
    } catch (error) {
      replace(found, el("p", { class: "fault" }, error.message));
    }
  }

  function list({ best, options, reason }) {
    if (reason === "no feature is actionable") return howToAllow();
    if (!options.length && !best) return el("p", {}, REASONS[reason]?.() ?? reason);
    return [
      options.length > 0 && el("ol", { class: "options" }, options.map(option)),
      options.length === 0 && [
        el(
          "p",
          {},
          t("No change that is allowed reaches the goal. The best that can be reached is a risk of {risk}:", {
            risk: percentOfRisk(1 - best.probability),
          }),
        ),
        el("ul", { class: "options" }, option(best)),
      ],
      el(
        "p",
        { class: "hint" },
        t("This is how it was with the students it has learned from. It is no promise that a change brings it about."),
      ),
    ];
  }

  function option({ changes, probability, warnings = [] }) {
    const values = Object.fromEntries(Object.entries(changes).map(([name, { to }]) => [name, to]));
    const tryIt = () => {
      state.tryOut(values);
      forget();
      onTry();
    };
    return el(
      "li",
      {},
      Object.entries(changes).map(change),
      t("Then the risk is {risk}.", { risk: percentOfRisk(1 - probability) }),
      " ",
      el("button", { onclick: tryIt }, t("Try it")),
      warnings.length > 0 &&
        el(
          "p",
          { class: "hint" },
          t("With values that few or no students had from whom it has learned: there it only guesses on."),
        ),
    );
  }

  function change([name, { from, to }]) {
    const feature = featureOf(name);
    return el(
      "p",
      {},
      filled("{title} from {before} to {after}", {
        title: el("strong", {}, titleOf(feature)),
        before: valueOf(feature, from),
        after: withUnit(to, feature),
      }),
    );
  }

  describe();
  const tools = el(
    "div",
    {},
    el("p", {}, el("label", { for: id }, t("Goal:")), " ", goal),
    slider,
    el("button", { onclick: search }, t("Find the smallest changes")),
    found,
  );
  const element = el(
    "section",
    { class: "recourse", hidden: true },
    el("h3", {}, t("What would change it")),
    there,
    tools,
  );
  return {
    element,
    // For a student of such a risk: what is no better is no goal.
    show(risk) {
      const highest = wholeBelow(risk);
      element.hidden = false;
      tools.hidden = highest < 1;
      there.hidden = wanted <= highest;
      there.textContent = t("For the goal, a risk of at most {risk}, nothing needs to be done.", {
        risk: percent(wanted / 100),
      });
      slider.max = Math.max(highest, 1);
      slider.value = Math.min(wanted, highest);
      describe();
    },
    hide() {
      element.hidden = true;
    },
  };
}

// The most whole percents that are below a risk; a hair above is still at it, since risks are float32.
function wholeBelow(risk) {
  return Math.ceil(100 * risk - 1e-4) - 1;
}

// What to write where so that there is something to find, with a feature of this version.
function howToAllow() {
  const { name } = state.features.find(({ kind }) => kind === "number") ?? state.features[0];
  return [
    el("p", {}, t("It does not know what a student or the school can change.")),
    el(
      "p",
      {},
      t("Whoever trains the model says so in its dataset file, at each feature that can be changed, such as:"),
    ),
    el(
      "pre",
      { tabindex: 0 },
      el("code", {}, `[[features]]\nname = ${JSON.stringify(name)}\nactionable = "increase"  # "decrease", "both"`),
    ),
    el("p", {}, t("and trains it anew.")),
  ];
}
