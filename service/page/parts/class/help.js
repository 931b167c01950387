// "I can help N": the list of those most at risk, with their reasons and what might help, to be printed.

import { newest, Problem } from "../../api/ask.js";
import { el, replace, uniqueId } from "../../core/dom.js";
import { date, percent } from "../../core/format.js";
import { classOf, wordsOf } from "../../widgets/risk.js";
import { n, t } from "../../core/words.js";
import { AT_ONCE, helpFor, reasonsOf } from "./reasons.js";

const MOST = 300; // students on a list
const FEW = 5; // that share a lever before it is said how many they are

// Gives the element, and `draw()` for when other students were answered: a list made before would leave some out.
/** @param {import("./scoring.js").Scored} scored */
export function buildHelp(scored) {
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
            [t("Name"), t("Risk"), t("Main reasons"), t("What might help")].map((each) =>
              el("th", { scope: "col" }, each),
            ),
          ),
        ),
        el(
          "tbody",
          {},
          listed.map(({ student, reasons, help }) =>
            el(
              "tr",
              {},
              el("th", { scope: "row" }, student.name),
              el(
                "td",
                {},
                percent(student.risk),
                " ",
                el("span", { class: `level ${classOf(student.risk_level)}` }, wordsOf(student.risk_level)),
              ),
              el("td", {}, reasons ?? "–"),
              el("td", {}, help?.words ?? "–"),
            ),
          ),
        ),
      ),
      el(
        "p",
        { class: "hint" },
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
    heading.focus();
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

// Those who share what might help, together.
function shared(listed) {
  const byLever = new Map();
  for (const { student, help } of listed) {
    for (const lever of new Set(help?.levers ?? [])) byLever.set(lever, [...(byLever.get(lever) ?? []), student.name]);
  }
  const several = [...byLever].filter(([, names]) => names.length > 1).sort(([, a], [, b]) => b.length - a.length);
  if (!several.length) return null;
  return [
    el("p", {}, t("What several of them share:")),
    el(
      "ul",
      { class: "shared" },
      several.map(([lever, names]) =>
        el(
          "li",
          {},
          el("strong", {}, names.length > FEW ? t("{lever} ({num} students)", { lever, num: names.length }) : lever),
          ": ",
          names.join(", "),
        ),
      ),
    ),
  ];
}

// What can't be explained is listed all the same.
function orNothing(part) {
  return (error) => {
    if (error instanceof Problem && error.status !== 503) return part.map(() => null);
    throw error;
  };
}
