// A class: it comes as a file, pasted or typed in; its columns are found; its students answered, mended, helped, saved.

import { ask, Lost, newest, Problem } from "../../api/ask.js";
import { el, replace, uniqueId } from "../../core/dom.js";
import { hand, handed } from "../../core/handover.js";
import { state } from "../../core/state.js";
import { filled, listed, n, t } from "../../core/words.js";
import { isOfValue } from "../../widgets/answer.js";
import { classOf, RISK_LEVELS, wordsOf } from "../../widgets/risk.js";
import { buildColumns } from "./columns.js";
import { save, VERDICT } from "./csv.js";
import { enter, enteredWords } from "./entered.js";
import { buildFaults } from "./faults.js";
import { buildHelp } from "./help.js";
import { buildIntake } from "./intake.js";
import { merge, score } from "./scoring.js";
import { guess, headerOf, nameAt, rowsOf, toSheet } from "./sheet.js";
import { buildStudents, hasUnseen } from "./students.js";
import { buildTyped, linesOf } from "./typed.js";

const WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PASTED = "text/csv; charset=utf-8";
document.head.append(el("link", { rel: "stylesheet", href: new URL("class.css", import.meta.url).href }));

// What came last stays, also once another version answers or the page speaks another language.
const before = handed("class") ?? { current: null, typed: null, aside: [] };
/** @type {{name: string, bytes: ArrayBuffer, contentType: string} | null} */
let source = null; // of the sheet, where the service is to read it
/** @type {import("./sheet.js").Sheet | null} */
let current = before.current;
/** @type {string[][] | null} */
let typed = before.typed; // the lines of a class that is typed in
/** @type {import("./sheet.js").Sheet[]} */
const aside = before.aside; // classes in which something was mended, and in whose place others came
let again = null; // what is to be done once the service is back

// Cells and what was chosen and mended; another sheet of a workbook must be chosen anew, since its bytes do not go along.
hand("class", () => ({ current: current && { ...current, sheets: [] }, typed, aside }));

export function build() {
  const kept = el("div", { class: "unprinted" });
  const said = el("div", { role: "status", tabindex: -1 });
  const below = el("div");
  const root = el(
    "div",
    { class: "class-part" },
    el("h2", {}, t("A class")),
    buildIntake({ take, type, isShown }),
    kept,
    said,
    below,
  );
  const latest = newest();

  function isShown() {
    return root.isConnected && !root.hidden;
  }

  // A file, or text that was pasted; its cells are read by the service, which keeps nothing.
  async function take(name, bytes, isText = false) {
    const [first, second] = new Uint8Array(bytes);
    putAside();
    replace(below);
    source = null;
    if (first === 0xd0 && second === 0xcf) {
      fault(
        t(
          "{name} is an old Excel file, or one with a password: save it as an Excel workbook (.xlsx) without a password, and choose that.",
          { name },
        ),
      );
      return;
    }
    const isWorkbook = first === 0x50 && second === 0x4b;
    source = { name, bytes, contentType: isWorkbook ? WORKBOOK : isText ? PASTED : "text/csv" };
    await read();
  }

  async function read(sheet = "") {
    const { name, bytes, contentType } = /** @type {NonNullable<typeof source>} */ (source);
    const isWorkbook = contentType === WORKBOOK;
    replace(said, el("p", {}, t("Looking at {name} …", { name })));
    await tried(
      name,
      () => read(sheet),
      async (signal) => {
        const query = sheet ? `?sheet=${encodeURIComponent(sheet)}` : "";
        const table = await ask(`table${query}`, { body: bytes, contentType, signal });
        return () => {
          putAside();
          current = toSheet({
            name,
            lines: table.rows,
            delimiter: table.delimiter,
            decimal: isWorkbook ? "." : null,
            isWorkbook,
            isPasted: contentType === PASTED,
            sheet: table.sheet,
            sheets: table.sheets ?? [],
          });
          if (current.isSure) answer();
          else askColumns();
        };
      },
    );
  }

  // By hand, or on with what was typed in before.
  function type() {
    const lines = linesOf(typed);
    typed = lines;
    putAside(true);
    source = again = null;
    replace(said);
    const grid = buildTyped(lines, () => {
      current = toSheet({ name: t("the class"), lines, delimiter: ",", decimal: ".", isTyped: true });
      if (rowsOf(current).length) answer();
      else fault(t("Type in a student first."));
    });
    replace(below, grid);
    grid.querySelector("input")?.focus();
  }

  // Makes room for another class; what a person did in this one can be had back.
  function putAside(isTyping = false) {
    if (current?.entered.length) aside.push({ ...current, sheets: [] });
    current = null;
    offerBack(isTyping);
  }

  function offerBack(isTyping) {
    const button = (words, onclick) => el("p", {}, el("button", { class: "plain", onclick }, words));
    const hasTyped = !isTyping && typed?.slice(1).some((line) => line.some((cell) => cell.trim()));
    replace(
      kept,
      aside.map((sheet) => button(t("Back to {name}, as mended", { name: sheet.name }), () => takeBack(sheet))),
      hasTyped && button(t("Back to what was typed in"), type),
    );
  }

  function takeBack(sheet) {
    aside.splice(aside.indexOf(sheet), 1);
    putAside();
    replace(below);
    source = again = null;
    current = sheet;
    startAnew();
    said.focus();
  }

  function askColumns() {
    const sheet = /** @type {import("./sheet.js").Sheet} */ (current);
    const wasSure = sheet.isSure;
    replace(said);
    replace(below, choiceOfSheet(sheet), buildColumns(sheet, answer, wasSure ? answer : null));
    const selects = [...below.querySelectorAll("select")];
    (selects.find(({ value }) => value === "") ?? below.querySelector("button"))?.focus();
  }

  // Has all students answered, and shows them.
  async function answer() {
    const sheet = current;
    if (sheet === null) return;
    const rows = rowsOf(sheet);
    if (!rows.length) {
      replace(below);
      fault(t("{name} has no rows below its header.", { name: sheet.name }));
      return;
    }
    replace(said, el("p", {}, t("Looking at {name} …", { name: sheet.name })));
    await tried(sheet.name, answer, async (signal) => {
      const scored = await score(sheet, rows, signal);
      return () => show(scored);
    });
  }

  /** @param {import("./scoring.js").Scored} scored */
  function show(scored) {
    const { sheet } = scored;
    if (sheet.isTyped) typed = sheet.lines;
    const faults = buildFaults(scored, mend);
    const counts = el("div", { class: "card counts" });
    const rest = el("div", {}); // what there is where a student was answered
    const built = /** @type {{element: HTMLElement, draw: () => void}[]} */ ([]);
    replace(said);
    replace(below, counts, tools(), faults.element, rest);
    draw();

    function draw() {
      replace(counts, summary(scored));
      for (const each of built) each.draw();
      if (built.length || scored.students.size === 0) return;
      const students = buildStudents(scored);
      built.push(buildHelp(scored, students.open), students);
      replace(
        rest,
        built.map(({ element }) => element),
      );
    }

    // Only the row is answered anew, and all others stay as they are; unless more is at fault than could be listed.
    async function mend(row, place, text) {
      enter(sheet, row, place, text);
      const isListed = [...scored.faults.values()].every((each) => each.length > 0);
      await tried(
        sheet.name,
        () => mend(row, place, text),
        async (signal) => {
          const part = await score(sheet, isListed ? [row] : rowsOf(sheet), signal);
          return () => {
            merge(scored, part);
            replace(said);
            faults.draw();
            draw();
          };
        },
      );
    }

    function tools() {
      return el(
        "p",
        { class: "unprinted class-tools" },
        el("button", { onclick: () => save(scored) }, t("Save with answers")),
        " ",
        sheet.isTyped
          ? el("button", { class: "plain", onclick: type }, t("Go on typing"))
          : el("button", { class: "plain", onclick: askColumns }, t("Which column is which")),
        choiceOfSheet(sheet),
        el(
          "span",
          { class: "hint" },
          " ",
          filled(
            "That is your table, as mended, with the answers behind it: read its columns {risk} and {level}. Who is not answered yet is left out.",
            { risk: el("code", {}, "risk"), level: el("code", {}, VERDICT) },
          ),
        ),
      );
    }
  }

  function choiceOfSheet({ sheet, sheets }) {
    if (sheets.length < 2) return null;
    const id = uniqueId();
    const select = el(
      "select",
      { id, onchange: () => read(select.value) },
      sheets.map((each) => el("option", { value: each }, each)),
    );
    select.value = sheet;
    return el("span", {}, " ", el("label", { for: id }, t("Sheet")), " ", select);
  }

  // Asks the service: what comes of it is done unless something newer was asked for, and asked again once a lost
  // service is back.
  async function tried(name, repeat, question) {
    again = null;
    try {
      (await latest(question))?.();
    } catch (error) {
      if (error instanceof Lost) {
        again = repeat;
        replace(said, el("p", {}, t("{name} is answered once the service is back.", { name })));
      } else if (error instanceof Problem)
        fault(t("{name} can’t be read: {problem}.", { name, problem: error.message }));
      else throw error;
    }
  }

  function fault(words) {
    replace(said, el("p", { class: "fault" }, words));
  }

  state.on(["shown", "back"], root, () => again?.());
  offerBack(current?.isTyped);
  if (current !== null) startAnew();
  else if (source !== null && again !== null) read();
  else if (source === null && typed !== null) type();
  return root;

  // Another version answers: its columns may be others.
  function startAnew() {
    const sheet = /** @type {import("./sheet.js").Sheet} */ (current);
    const known = state.features.every(({ name }) => Object.hasOwn(sheet.columns, name));
    if (!known) Object.assign(sheet, guess(sheet.lines, sheet.header));
    if (sheet.isTyped && !known) type();
    else if (sheet.isSure) answer();
    else askColumns();
  }
}

// How many are at risk, not sure, or show no sign.
/** @param {import("./scoring.js").Scored} scored */
function summary({ faults, leftOut, sheet, students, version }) {
  const all = [...students.values()];
  const [negative, positive] = state.labels;
  const labels = { "at risk": negative, "no sign": positive };
  const counts = RISK_LEVELS.map((level) => {
    const num = all.filter((student) => student.risk_level === level).length;
    return el(
      "span",
      { class: "count" },
      el("strong", { class: `level ${classOf(level)}` }, t("{num} {verdict}", { num, verdict: wordsOf(level) })),
      labels[level] && el("span", { class: "hint" }, ` (${labels[level]})`),
    );
  });
  const unseen = all.filter(hasUnseen).length;
  const entered = all.flatMap((student) => {
    const cells = enteredWords(sheet, student);
    return cells ? [`${student.name} (${cells})`] : [];
  });
  const contradicting = all.filter(({ warnings = [] }) => !warnings.every(isOfValue)).length;
  return [
    el("p", {}, n(all.length, "{num} student of {name}", "{num} students of {name}", { name: sheet.name })),
    el("p", {}, counts),
    faults.size > 0 &&
      el(
        "p",
        { class: "fault" },
        n(faults.size, "{num} more can’t be answered yet: see below.", "{num} more can’t be answered yet: see below."),
      ),
    leftOut.size > 0 &&
      el(
        "p",
        { class: "hint" },
        n(
          leftOut.size,
          "Left out, for it is no student’s row: {names}",
          "Left out, for they are no students’ rows: {names}",
          {
            names: listed([...leftOut].map((row) => nameAt(sheet, row))),
          },
        ),
      ),
    entered.length > 0 && el("p", { class: "hint" }, t("Entered here: {cells}", { cells: entered.join(", ") })),
    unseen > 0 &&
      el(
        "p",
        { class: "hint" },
        n(
          unseen,
          "{num} has values that few or no students in training had (marked *).",
          "{num} have values that few or no students in training had (marked *).",
        ),
      ),
    contradicting > 0 &&
      el(
        "p",
        { class: "hint" },
        n(
          contradicting,
          "Of {num} it is not sure since only the other label would be possible.",
          "Of {num} it is not sure since only the other label would be possible.",
        ),
      ),
    el(
      "p",
      { class: "hint" },
      t("By version {version}.", { version }),
      " ",
      sheet.header > 0 &&
        n(sheet.header, "The line above the header is left out.", "The {num} lines above the header are left out."),
    ),
  ];
}
