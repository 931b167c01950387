// A scored table back to a file that spreadsheets open.

import { download } from "../../core/dom.js";
import { titleOf } from "../../core/format.js";
import { state } from "../../core/state.js";
import { language, t } from "../../core/words.js";
import { headerOf, placesOf } from "./sheet.js";

// What spreadsheets take for a formula is saved as text: python -m service score --spreadsheet-safe has the same rule.
const BETWEEN = /([,;|\t\r\n])/; // a row that is parted at another delimiter has cells within this one's
const FORMULA = /^[\s\x1c-\x1f\x85'"]*[=+@\uff0b\uff0d\uff1d\uff20-]/;
const NUMBER = /^[+-]*[\d.,' \u00a0\u202f]*([eE][+-]?\d+)?%?$/; // also what stands for no value, such as "-"

const ANSWERS = ["probability", "label", "decision", "risk", "risk_level"]; // as they are saved, in this order

function toSafe(cell) {
  if (NUMBER.test(cell)) return cell;
  const parts = cell.split(BETWEEN).map((part) => (FORMULA.test(part) ? `'${part}` : part));
  return (/^[\t\r\n]/.test(cell) ? "'" : "") + parts.join("");
}

// The header and the rows as they came, with what was mended and the answers behind, in the table's order. From a
// workbook, a paste or what was typed in, it is written as spreadsheets of the reader's language write it.
/** @param {import("./scoring.js").Scored} scored */
export function save({ sheet, students }) {
  const isOurs = isWritten(sheet);
  const decimal = isOurs ? markOf(language) : (sheet.decimal ?? ".");
  const delimiter = isOurs ? (decimal === "," ? ";" : ",") : sheet.delimiter;
  const rows = [...students.values()].sort((a, b) => a.row - b.row);
  const hasDecision = rows.some(({ decision }) => decision !== undefined);
  const added = ANSWERS.filter((name) => name !== "decision" || hasDecision);
  const number = (value) => String(value).replace(".", decimal);
  const header = headerOf(sheet);
  const places = withoutAnswers(placesOf(sheet), header);
  const lines = [
    [
      ...places.map((place) =>
        added.includes(header[place]) ? t("own {name}", { name: header[place] }) : header[place],
      ),
      ...added,
    ],
    ...rows.map((row) => [
      ...places.map((place) => ownCell(sheet, sheet.lines[row.row][place])),
      number(row.probability),
      row.label,
      ...(hasDecision ? [row.decision ?? ""] : []),
      number(row.risk),
      row.risk_level,
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
