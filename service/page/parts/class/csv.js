// A scored table back to a file that spreadsheets open.

import { download } from "../../core/dom.js";
import { titleOf } from "../../core/format.js";
import { state } from "../../core/state.js";
import { language, t } from "../../core/words.js";
import { wordsOf } from "../../widgets/risk.js";
import { enteredIn } from "./entered.js";
import { headerOf, placesOf } from "./sheet.js";

// What spreadsheets take for a formula is saved as text: python -m service score --spreadsheet-safe has the same rule.
const BETWEEN = /([,;|\t\r\n])/; // a row that is parted at another delimiter has cells within this one's
const FORMULA = /^[\s\x1c-\x1f\x85'"]*[=+@\uff0b\uff0d\uff1d\uff20-]/;
const NUMBER = /^[+-]*[\d.,' \u00a0\u202f]*([eE][+-]?\d+)?%?$/; // also what stands for no value, such as "-"

const ENTERED = t("entered here"); // the column that names what was
// The column with the verdict: programs know a level by its English words, people by the page's.
export const VERDICT = language === "en" ? "risk_level" : t("Verdict");
const ANSWERS = ["probability", "label", "decision", "risk", "risk_level", VERDICT]; // as they are saved

function toSafe(cell) {
  if (NUMBER.test(cell)) return cell;
  const parts = cell.split(BETWEEN).map((part) => (FORMULA.test(part) ? `'${part}` : part));
  return (/^[\t\r\n]/.test(cell) ? "'" : "") + parts.join("");
}

// The header and the rows as they came, with what was mended, behind them what of that was entered here and the answers, in
// the table's order. From a workbook, a paste or what was typed in, it is written as spreadsheets of the reader's language
// write it.
/** @param {import("./scoring.js").Scored} scored */
export function save({ sheet, students }) {
  const isOurs = isWritten(sheet);
  const decimal = isOurs ? markOf(language) : (sheet.decimal ?? ".");
  const delimiter = isOurs ? (decimal === "," ? ";" : ",") : sheet.delimiter;
  const rows = [...students.values()].sort((a, b) => a.row - b.row);
  const number = (value) => String(value).replace(".", decimal);
  const header = headerOf(sheet);
  const marks = header.indexOf(ENTERED); // of a table that was saved with them earlier
  const places = withoutAnswers(placesOf(sheet), header).filter((place) => place !== marks);
  /** @type {Record<string, (student: import("./scoring.js").Answered) => string>} */
  const added = {
    ...((marks >= 0 || rows.some(({ row }) => enteredIn(sheet, row).length > 0)) && {
      [ENTERED]: ({ row }) =>
        [sheet.lines[row][marks], ...enteredIn(sheet, row).map(titleOf)].filter(Boolean).join(", "),
    }),
    probability: ({ probability }) => number(probability),
    label: ({ label }) => label,
    ...(rows.some(({ decision }) => decision !== undefined) && { decision: ({ decision }) => decision ?? "" }),
    risk: ({ risk }) => number(risk),
    risk_level: ({ risk_level: level }) => level,
    [VERDICT]: ({ risk_level: level }) => wordsOf(level),
  };
  const lines = [
    [
      ...places.map((place) =>
        Object.hasOwn(added, header[place]) ? t("own {name}", { name: header[place] }) : header[place],
      ),
      ...Object.keys(added),
    ],
    ...rows.map((student) => [
      ...places.map((place) => ownCell(sheet, student.cells[place])),
      ...Object.values(added).map((cellOf) => cellOf(student)),
    ]),
  ].map((cells) => cells.map((cell) => quote(toSafe(cell), delimiter)).join(delimiter));
  const name = sheet.isPasted || sheet.isTyped ? t("class") : sheet.name.replace(/\.[^.]*$/, "");
  write(lines, `${name}.scored.csv`);
}

// Answers that were saved behind a table earlier make way; a school's own column of such a name stays.
function withoutAnswers(places, header) {
  const first = places.findIndex((place) => header[place] === ANSWERS[0]);
  const behind = first < 0 ? [] : places.slice(first);
  return behind.length > 1 && behind.every((place) => ANSWERS.includes(header[place]))
    ? places.slice(0, first)
    : places;
}

// A header with nothing below it, which is to be filled in and taken in again.
export function saveBlank() {
  const delimiter = markOf(language) === "," ? ";" : ",";
  const header = [t("Name"), ...state.features.map(titleOf)];
  write([header.map((cell) => quote(toSafe(cell), delimiter)).join(delimiter)], `${t("class")}.csv`);
}

// With a byte-order mark, without which spreadsheets take it for another encoding.
function write(lines, name) {
  download(new Blob([`\ufeff${lines.join("\r\n")}\r\n`], { type: "text/csv" }), name);
}

// A cell as spreadsheets of the reader's language write it, unless its sheet has a way of its own.
export function ownCell(sheet, cell) {
  return isWritten(sheet) && /^[+-]?\d{1,20}\.\d{1,20}$/.test(cell) ? cell.replace(".", markOf(language)) : cell;
}

/** @param {import("./sheet.js").Sheet} sheet */
function isWritten({ isPasted, isTyped, isWorkbook }) {
  return isWorkbook || isPasted || isTyped;
}

// The decimal mark of a language.
function markOf(code) {
  return new Intl.NumberFormat(code).format(0.5).charAt(1);
}

export function quote(cell, delimiter) {
  return /["\r\n]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
