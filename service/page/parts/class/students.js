// The students of a class in a table: most at risk first, searched, filtered, each with the main reasons.

import { isOfValue } from "../../widgets/answer.js";
import { newest, Problem } from "../../api/ask.js";
import { el, svg, uniqueId } from "../../core/dom.js";
import { titleOf, whole } from "../../core/format.js";
import { state } from "../../core/state.js";
import { n, t } from "../../core/words.js";
import { classOf, percentOfRisk, RISK_LEVELS, wordsOf } from "../../widgets/risk.js";
import { buildTable } from "../../widgets/table.js";
import { AT_ONCE, reasonsOf } from "./reasons.js";
import { ownCell } from "./csv.js";
import { isEntered } from "./entered.js";
import { headerOf, placesOf } from "./sheet.js";

const MOST_AHEAD = 60; // students of a class who are all explained, also before they come into sight
const PAUSE_MS = 150; // that students must stay in sight before they are explained

/** @type {{title: () => string, compare: (a: Answered, b: Answered) => number}[]} */
const ORDERS = [
  { title: () => t("most at risk first"), compare: (a, b) => b.risk - a.risk || a.row - b.row },
  { title: () => t("least at risk first"), compare: (a, b) => a.risk - b.risk || a.row - b.row },
  { title: () => t("by name"), compare: (a, b) => a.name.localeCompare(b.name) },
  { title: () => t("as in the table"), compare: (a, b) => a.row - b.row },
];

/** @typedef {import("./scoring.js").Answered} Answered */

// Gives the element, and `draw()` for when other students were answered.
/** @param {import("./scoring.js").Scored} scored */
export function buildStudents(scored) {
  const { sheet } = scored;
  const header = headerOf(sheet);
  const owner = new Map(Object.entries(sheet.columns).map(([name, place]) => [place, name]));
  const titleAt = (place) => {
    const feature = state.features.find(({ name }) => name === owner.get(place));
    return feature ? titleOf(feature) : header[place];
  };
  // What the network goes by comes last, behind what else the table says of a student.
  const isThere = (place) => header[place] || sheet.lines.some((line, row) => row > sheet.header && line[place].trim());
  const places = placesOf(sheet).filter((place) => !sheet.names.includes(place) && isThere(place));
  places.sort((a, b) => Number(owner.has(a)) - Number(owner.has(b)) || a - b);
  const reasons = new Map(); // student → words, once the service has said
  /** @type {Answered[]} */
  let shown = [];
  const table = buildTable({
    columns: [
      { title: t("Name"), width: 12, cell: nameCell, onCard: true },
      {
        title: t("Verdict"),
        width: 10,
        cell: ({ risk_level: level }) => wordsOf(level),
        kind: ({ risk_level: level }) => `level ${classOf(level)}`,
        onCard: true,
      },
      { title: t("Risk"), width: 11, cell: riskCell, onCard: true },
      {
        title: t("Main reasons; + raises the risk, in points"),
        width: 26,
        cell: (student) => el("div", { class: "reasons", title: reasons.get(student) }, reasons.get(student) ?? "…"),
        changes: true,
        onCard: true,
      },
      ...places.map((place) => ({
        title: titleAt(place),
        width: 9,
        cell: ({ cells, row }) => [
          ownCell(sheet, cells[place]),
          isEntered(sheet, row, place) && el("span", { class: "entered" }, t("entered here")),
        ],
      })),
    ],
    label: n(scored.students.size, "{name}, {num} student", "{name}, {num} students", { name: sheet.name }),
    onSight: explain,
  });
  /** @type {Answered | null} */
  let opened = null; // who was looked at last
  const buttons = new WeakMap(); // student → the button of the name

  function nameCell(student) {
    const button = el("button", { class: "plain", onclick: () => open(student) }, student.name);
    buttons.set(student, button);
    return [button, hasUnseen(student) && "*"].filter(Boolean);
  }

  // Shows a student's own page, from where the ones before and after are reached in the order of a list.
  function open(student, among = shown) {
    opened = student;
    const place = among.indexOf(student);
    const at = (other) => (other ? () => open(other, among) : null);
    state.setStudent(student.values, {
      name: student.name,
      previous: at(among[place - 1]),
      next: at(among[place + 1]),
    });
    location.hash = "student";
  }

  // Students are explained as they come into sight, once they have stayed there for a moment.
  const latest = newest();
  let timer = null;
  function explain(inSight) {
    clearTimeout(timer);
    const wanted = new Set([...inSight, ...(shown.length > MOST_AHEAD ? [] : shown)]);
    const missing = [...wanted].filter((student) => !reasons.has(student)).slice(0, AT_ONCE);
    if (missing.length) timer = setTimeout(explainNow, PAUSE_MS, missing);
  }

  async function explainNow(missing) {
    try {
      const words = await latest((signal) => reasonsOf(missing, signal));
      if (words === null) return;
      for (const [place, student] of missing.entries()) reasons.set(student, words[place]);
    } catch (error) {
      if (!(error instanceof Problem) || error.status === 503) return; // asked again when they come into sight
      for (const student of missing) reasons.set(student, error.message);
    }
    table.refresh(missing);
    table.look(); // more than were asked for may be in sight
  }

  const [search, kind, sort] = [uniqueId(), uniqueId(), uniqueId()];
  const searched = el("input", { id: search, type: "search", oninput: () => arrange() });
  const levels = el(
    "select",
    { id: kind, onchange: () => arrange() },
    el("option", { value: "" }, t("all")),
    RISK_LEVELS.map((level) => el("option", { value: level }, wordsOf(level))),
  );
  const sorted = el(
    "select",
    { id: sort, onchange: () => arrange() },
    ORDERS.map(({ title }) => el("option", {}, title())),
  );
  const count = el("p", { class: "hint", role: "status" });

  function arrange(isFromTop = true) {
    const text = searched.value.trim().toLowerCase();
    shown = [...scored.students.values()].filter(
      (student) =>
        (!levels.value || student.risk_level === levels.value) &&
        (!text ||
          student.name.toLowerCase().includes(text) ||
          student.cells.some((cell) => cell.toLowerCase().includes(text))),
    );
    shown.sort(ORDERS[sorted.selectedIndex].compare);
    count.textContent = n(scored.students.size, "{shown} of {num} student", "{shown} of {num} students", {
      shown: whole(shown.length),
    });
    table.setRows(shown, isFromTop);
  }

  arrange();
  state.on(["shown", "back"], table.element, () => {
    table.look();
    if (opened) buttons.get(opened)?.focus();
    opened = null;
  });
  return {
    element: el(
      "section",
      { class: "students" },
      el(
        "div",
        { class: "tools" },
        el("p", {}, el("label", { for: search }, t("Search")), searched),
        el("p", {}, el("label", { for: kind }, t("Verdict")), levels),
        el("p", {}, el("label", { for: sort }, t("Order")), sorted),
      ),
      count,
      table.element,
    ),
    draw: () => arrange(false),
    open,
  };
}

/** @param {Answered} student */
export function hasUnseen({ warnings = [] }) {
  return warnings.some(isOfValue);
}

function riskCell({ risk, risk_level: level }) {
  return [
    svg(
      "svg",
      { class: "small", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("rect", { class: "track", width: 100, height: 10 }),
      svg("rect", { class: classOf(level), width: 100 * risk, height: 10 }),
    ),
    ` ${percentOfRisk(risk)}`,
  ];
}
