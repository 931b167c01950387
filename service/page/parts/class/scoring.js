// A class answered by the service: its sheet is sent as CSV under the version's own names, whole or a few rows of it.

import { ask } from "../../api/ask.js";
import { quote } from "./csv.js";
import { fold, headerOf, nameAt, tooWide } from "./sheet.js";
import { state } from "../../core/state.js";

/**
 * A student who was answered. row: the place of its line in the sheet; values: as /predict takes them.
 * @typedef {import("../../api/answers").ScoredRow & {row: number, name: string, values: import("../../api/answers").Student}} Answered
 */

/** @typedef {{column: string, detail: string}} Fault */

/**
 * students: row → answer, in the sheet's order; faults: row → what is wrong, an empty list where it was not listed;
 * leftOut: rows that are no student's, such as a mean's.
 * @typedef {{sheet: import("./sheet.js").Sheet, version: number, students: Map<number, Answered>, faults: Map<number, Fault[]>, leftOut: Set<number>}} Scored
 */

const TOO_WIDE = "too wide";

// Answers some rows; the decimal mark is found out from a whole table, and kept for what is mended in it.
/** @param {import("./sheet.js").Sheet} sheet  @param {number[]} rows  @param {AbortSignal} signal  @returns {Promise<Scored>} */
export async function score(sheet, rows, signal) {
  const wide = tooWide(sheet);
  const sent = rows.filter((row) => !wide.has(row));
  const decimal = sheet.decimal === null ? "" : `?decimal=${encodeURIComponent(sheet.decimal)}`;
  const body = new TextEncoder().encode(toCsv(sheet, sent)).buffer;
  const answer = await ask(`score${decimal}`, { body, contentType: "text/csv; charset=utf-8", signal });
  sheet.decimal = answer.decimal;
  const students = new Map();
  for (const [place, scored] of answer.rows.entries()) {
    const row = sent[scored.row - 1];
    const values = Object.fromEntries(Object.entries(answer.features).map(([name, column]) => [name, column[place]]));
    students.set(row, { ...scored, row, name: nameAt(sheet, row), values, cells: sheet.lines[row] });
  }
  const faults = new Map(rows.filter((row) => !students.has(row)).map((row) => [row, /** @type {Fault[]} */ ([])]));
  const leftOut = new Set();
  for (const { row, column, detail } of answer.faults) {
    faults.get(sent[row - 1])?.push({ column, detail });
    if (!column) leftOut.add(sent[row - 1]);
  }
  for (const row of leftOut) faults.delete(row);
  for (const row of wide) faults.get(row)?.push({ column: "", detail: TOO_WIDE });
  return { sheet, version: answer.model.version, students, faults, leftOut };
}

// Takes what came of some rows into what is known of the whole.
/** @param {Scored} scored  @param {Scored} part */
export function merge(scored, part) {
  for (const row of [...part.students.keys(), ...part.faults.keys()]) {
    scored.students.delete(row);
    scored.faults.delete(row);
  }
  for (const [row, student] of part.students) scored.students.set(row, student);
  for (const [row, faults] of part.faults) scored.faults.set(row, faults);
  for (const row of part.leftOut) {
    scored.faults.delete(row);
    scored.leftOut.add(row);
  }
}

// The features, and what may say that a row is no student's: what stands before them or is the id; behind them, too,
// where the version knows texts that do.
function toCsv(sheet, rows) {
  const { features, schema } = { features: state.features, schema: state.model.manifest.schema };
  const header = headerOf(sheet);
  const owner = new Map(Object.entries(sheet.columns).map(([name, place]) => [place, name]));
  const first = Math.min(...Object.values(sheet.columns).filter((place) => place !== null));
  const known = new Set([...features.map(({ name }) => name), schema.id]);
  const places = header.map((_, place) => place);
  const isId = (place) => Boolean(schema.id) && !owner.has(place) && fold(header[place]) === fold(schema.id);
  const id = places.find(isId);
  const others = places.filter((place) => !owner.has(place));
  const before = others.filter((place) => place < first || place === id);
  const behind = schema.skip_rows ? others.filter((place) => header[place] && !before.includes(place)) : [];
  const title = (place) => (place === id ? schema.id : unknown(`column ${place + 1}`, known));
  const byName = new Map(features.map((feature) => [feature.name, feature]));
  const lines = rows.map((row) => [
    ...before.map((place) => sheet.lines[row][place]),
    ...features.map(({ name }) => cellOf(byName.get(name), sheet, row)),
    ...behind.map((place) => sheet.lines[row][place]),
  ]);
  const table = [[...before.map(title), ...features.map(({ name }) => name), ...behind.map(title)], ...lines];
  return table.map((line) => line.map((cell) => quote(cell, sheet.delimiter)).join(sheet.delimiter)).join("\n") + "\n";
}

function unknown(title, known) {
  return known.has(title) ? unknown(`${title}_`, known) : title;
}

// A cell as the service reads it: a category by its own name, whichever way it is written here; a number that was typed
// in with either mark.
function cellOf(feature, sheet, row) {
  const place = sheet.columns[feature.name];
  if (place === null) return "";
  const cell = sheet.lines[row][place];
  if (feature.kind === "category") return categoryOf(feature, cell);
  return sheet.isTyped ? withMark(cell, ".") : cell;
}

function categoryOf({ vocabulary = [], labels = {} }, cell) {
  const text = cell.trim();
  if (!text || vocabulary.includes(text)) return cell;
  const alike = vocabulary.filter((entry) => [entry, labels[entry] ?? entry].some((each) => fold(each) === fold(text)));
  return alike.length === 1 ? alike[0] : cell;
}

// A number as typed, with the decimal mark that is meant: 1,5 and 1.5 are the same.
/** @param {string} cell  @param {string | null} mark */
export function withMark(cell, mark) {
  const text = cell.trim();
  return mark !== null && text.length < 30 && /^[+-]?\d*[.,]\d+$/.test(text) ? text.replace(/[.,]/, mark) : cell;
}
