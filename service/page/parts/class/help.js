// "I can help N": the list of those most at risk, with their reasons and what might help, to be printed.

import { newest, Problem } from "../../api/ask.js";
import { el, replace, uniqueId } from "../../core/dom.js";
import { date, whole } from "../../core/format.js";
import { classOf, percentOfRisk, wordsOf } from "../../widgets/risk.js";
import { n, t } from "../../core/words.js";
import { state } from "../../core/state.js";
import { trustWords } from "../../widgets/trust.js";
import { enteredWords } from "./entered.js";
import { sharedBy } from "./levers.js";
import { AT_ONCE, helpFor, reasonsOf } from "./reasons.js";

const MOST = 300; // students on a list

/** @typedef {import("./scoring.js").Answered} Answered */

// Gives the element, and `draw()` for when other students were answered: a list made before would leave some out.
// open(student, among) shows one of some students.
/** @param {import("./scoring.js").Scored} scored  @param {(student: Answered, among: Answered[]) => void} open */
export function buildHelp(scored, open) {
  const [id, title] = [uniqueId(), uniqueId()];
  const found = el("div", { class: "help-list" });
  const said = el("p", { class: "hint", role: "status" });
  const latest = newest();
  const input = el("input", { id, type: "number", min: 1, max: MOST, step: 1, required: true, value: atFirst() });
  const form = el(
    "form",
    { class: "help-form", onsubmit: list },
    el("label", { for: id }, t("I can help")),
    " ",
    input,
    " ",
    el("button", {}, t("List those most at risk")),
  );

  function atFirst() {
    const num = [...scored.students.values()].filter((student) => student.risk_level === "at risk").length;
    return Math.min(Math.max(num, 1), scored.students.size, MOST);
  }

  async function list(event) {
    event.preventDefault();
    const num = Math.min(Number(input.value), MOST);
    const students = [...scored.students.values()].sort((a, b) => b.risk - a.risk).slice(0, num);
    replace(found);
    try {
      const answers = await latest(async (signal) => {
        const listed = [];
        for (let from = 0; from < students.length; from += AT_ONCE) {
          said.textContent = t("Looking for what might help: {done} of {all}", { done: from, all: students.length });
          const part = students.slice(from, from + AT_ONCE);
          const [reasons, helps] = await Promise.all([
            reasonsOf(part, signal).catch(orNothing(part)),
            helpFor(part, signal).catch(orNothing(part)),
          ]);
          part.forEach((student, place) => listed.push({ student, reasons: reasons[place], help: helps[place] }));
        }
        return listed;
      });
      if (answers === null) return;
      said.textContent = "";
      show(answers);
    } catch (error) {
      said.textContent = t("The list could not be made: {problem}", { problem: error.message });
    }
  }

  function show(listed) {
    const students = listed.map(({ student }) => student);
    const titles = [t("Name"), t("Risk"), t("Main reasons"), t("What might help")];
    const heading = el(
      "h3",
      { id: title, tabindex: -1 },
      n(listed.length, "{num} student most at risk", "The {num} students most at risk"),
    );
    replace(
      found,
      heading,
      el(
        "p",
        { class: "hint" },
        t("{name}, {date}, version {version}", {
          name: scored.sheet.name,
          date: date(Date.now()),
          version: scored.version,
        }),
      ),
      el("p", {}, el("strong", {}, trustWords(state.model.manifest).headline)),
      goalOf(listed),
      shared(listed),
      el(
        "table",
        { class: "plain-table helped", "aria-labelledby": title },
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            titles.map((each) => el("th", { scope: "col" }, each)),
          ),
        ),
        el(
          "tbody",
          {},
          listed.map(({ student, reasons, help }) =>
            el(
              "tr",
              {},
              el(
                "th",
                { scope: "row" },
                el("button", { class: "plain", onclick: () => open(student, students) }, student.name),
              ),
              el(
                "td",
                {},
                percentOfRisk(student.risk),
                " ",
                el("span", { class: `level ${classOf(student.risk_level)}` }, wordsOf(student.risk_level)),
              ),
              el("td", { "data-title": titles[2] }, reasons ?? "–", entered(student)),
              el("td", { "data-title": titles[3] }, help?.words ?? "–", help && markOf(help)),
            ),
          ),
        ),
      ),
      el(
        "p",
        { class: "hint" },
        t("In brackets: by how many percentage points that raises the risk (+) or lowers it (−)."),
        " ",
        t("This is what the network has seen to go together in other students; no change is a promise."),
      ),
      el(
        "p",
        { class: "unprinted" },
        el("button", { onclick: () => print() }, t("Print this list")),
        " ",
        el("button", { class: "plain", onclick: close }, t("Close the list")),
      ),
    );
    heading.focus({ preventScroll: true });
    heading.scrollIntoView();
  }

  function entered(student) {
    const cells = enteredWords(scored.sheet, student);
    return cells && el("span", { class: "entered" }, t("Entered here: {cells}", { cells }));
  }

  function close() {
    replace(found);
    input.focus();
  }

  function draw() {
    input.value = String(atFirst());
    if (!found.firstChild) return;
    replace(found);
    said.textContent = t("More students are answered now: make the list anew.");
  }

  return { element: el("section", { class: "help" }, form, said, found), draw };
}

// What is to be reached, and how many can: what helps one to the goal may leave another short of it.
function goalOf(listed) {
  const goal = listed.find(({ help }) => help)?.help.goal ?? null;
  if (goal === null) return null;
  const reached = listed.filter(({ help }) => help?.isReached).length;
  return el(
    "p",
    {},
    n(
      listed.length,
      "Goal: a risk of at most {risk}; {reached} of {num} student can reach it.",
      "Goal: a risk of at most {risk}; {reached} of the {num} students can reach it.",
      { risk: percentOfRisk(goal), reached: whole(reached) },
    ),
  );
}

function markOf({ goal, isReached }) {
  if (goal === null) return null;
  return isReached
    ? el("span", { class: "goal no-sign" }, `✓ ${t("goal reached")}`)
    : el("span", { class: "goal hint" }, t("goal not reached"));
}

// What holds for all is said once, and sorts nobody; the others are named with those who share it.
function shared(listed) {
  const students = listed.map(({ student, help }) => ({ name: student.name, levers: help?.levers ?? [] }));
  const { ofAll, several, split } = sharedBy(students);
  return [
    ofAll.length > 0 &&
      el("p", {}, t("For all {num}: {levers}", { num: whole(listed.length), levers: ofAll.join(", ") })),
    several.length + split.length > 0 && [
      el("p", {}, t("What several of them share:")),
      el(
        "ul",
        { class: "shared" },
        several.map(([lever, names]) =>
          el(
            "li",
            {},
            el("strong", {}, t("{lever} ({num} students)", { lever, num: whole(names.length) })),
            ": ",
            names.join(", "),
          ),
        ),
        split.map((feature) => el("li", {}, t("{feature}: not the same for all, see each student", { feature }))),
      ),
    ],
  ];
}

// What can't be explained is listed all the same.
function orNothing(part) {
  return (error) => {
    if (error instanceof Problem && error.status !== 503) return part.map(() => null);
    throw error;
  };
}
