// A table as a class comes in: which line is its header, which column holds which feature, and which ones the names.

import { titleOf } from "../../core/format.js";
import { state } from "../../core/state.js";
import { t } from "../../core/words.js";
import { remembered } from "./memory.js";

const MOST_LOOKED_AT = 50; // lines among which the header is looked for
const LONGEST = 60; // characters of a name that are compared
const FIRST_NAMES = words("first name, firstname, given name, forename, vorname, rufname, prénom");
const LAST_NAMES = words(
  "last name, lastname, surname, family name, nachname, familienname, zuname, nom, nom de famille",
);
const NAMES = words(
  "name, names, full name, student, students, student name, pupil, learner, schüler, schülerin, schüler/in, schülername, " +
    "name des schülers, kind, élève, étudiant, nom, nom et prénom, nom de l'élève",
);

/**
 * lines: every line, each as long as the others; header: the place of the header among them, -1 where there is none;
 * columns: feature → the place of its column, null where there is none; names: places of the columns of names; entered: row
 * and place of each cell that was put in here.
 * @typedef {{
 *   name: string, lines: string[][], delimiter: string, decimal: string | null, isWorkbook: boolean, isPasted: boolean, isTyped: boolean,
 *   sheet: string | null, sheets: string[], entered: [number, number][],
 *   header: number, columns: Record<string, number | null>, names: number[], isSure: boolean, isRemembered: boolean,
 * }} Sheet
 */

// A text without what people write now so, now so: capitals, accents, blanks, marks.
export function fold(text) {
  const plain = text.slice(0, LONGEST).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replaceAll("ß", "ss").replace(/[^\p{L}\p{N}]/gu, "");
}

// The same, as it is also written where there are no umlauts.
function spellings(text) {
  return [text, text.slice(0, LONGEST).normalize("NFC").replace(/[äöü]/gi, "$&e")].map(fold);
}

// A sheet with the page's guess of what its columns are, or a person's choice where one is remembered for its header.
/** @param {Pick<Sheet, "name" | "lines" | "delimiter" | "decimal"> & Partial<Sheet>} table  @returns {Sheet} */
export function toSheet(table) {
  const lines = withoutBlankEnds(table.lines);
  const others = { isWorkbook: false, isPasted: false, isTyped: false, sheet: null, sheets: [], entered: [] };
  return { ...others, ...table, lines, ...guess(lines, findHeader(lines)) };
}

// What the columns are, under a certain header.
export function guess(lines, header) {
  const texts = headerOf({ lines, header });
  const known = header < 0 ? null : remembered(texts);
  const found = match(texts);
  const columns = known ? { ...found.columns, ...pick(known.columns, texts.length) } : found.columns;
  const names = known?.names.filter((place) => place < texts.length) ?? guessNames(lines, header, texts, columns);
  const isSure = state.features.every(({ name, nullable }) =>
    columns[name] === null ? nullable && known !== null : known !== null || !found.likely.has(name),
  );
  return { header, columns, names, isSure, isRemembered: known !== null };
}

// What stands in the header; where there is none, letters as spreadsheets have them.
/** @param {Pick<Sheet, "lines" | "header">} sheet */
export function headerOf({ lines, header }) {
  if (header < 0) return lines[0].map((_, place) => t("Column {letter}", { letter: letterOf(place) }));
  return lines[header].map((text) => text.trim().normalize("NFC"));
}

// The places of the lines under the header in which something stands.
/** @param {Sheet} sheet */
export function rowsOf({ lines, header }) {
  const rows = [];
  for (let place = header + 1; place < lines.length; place += 1) if (!isBlank(lines[place])) rows.push(place);
  return rows;
}

// Rows that go on where the header has ended, which are shifted somewhere; unless most do: their column has no name.
/** @param {Sheet} sheet */
export function tooWide(sheet) {
  const { header, lines } = sheet;
  if (header < 0) return new Set();
  const width = widthOf(lines[header]);
  const rows = rowsOf(sheet);
  const wide = rows.filter((row) => widthOf(lines[row]) > width);
  return new Set(wide.length <= rows.length / 2 ? wide : []);
}

// Columns that have a name, or cells under none.
/** @param {Sheet} sheet */
export function placesOf(sheet) {
  const wide = tooWide(sheet);
  const others = rowsOf(sheet).filter((row) => !wide.has(row));
  const width = others.reduce((most, row) => Math.max(most, widthOf(sheet.lines[row])), 0);
  return [...Array(Math.max(width, sheet.header < 0 ? 0 : widthOf(sheet.lines[sheet.header]))).keys()];
}

// What a student is called; what the row is called where there are no names.
/** @param {Sheet} sheet  @param {number} row */
export function nameAt({ header, lines, names }, row) {
  const name = names.map((place) => lines[row][place].trim()).join(" ");
  return name.trim() || t("Row {num}", { num: row - header });
}

// The features that no column holds, but for those that may be left blank.
/** @param {Sheet} sheet */
export function missingOf({ columns }) {
  return state.features.filter(({ name, nullable }) => columns[name] === null && !nullable);
}

function words(text) {
  return new Set(text.split(", ").map(fold));
}

function widthOf(line) {
  return line.findLastIndex((cell) => cell.trim()) + 1;
}

function isBlank(line) {
  return line.every((cell) => !cell.trim());
}

// Without blank lines at both ends and blank columns behind: a delimiter at the end of each line makes one.
function withoutBlankEnds(lines) {
  const filled = lines.filter((line) => !isBlank(line));
  if (!filled.length) return [[""]];
  const width = filled.reduce((most, line) => Math.max(most, widthOf(line)), 1);
  const from = lines.indexOf(filled[0]);
  return lines.slice(from, lines.lastIndexOf(filled.at(-1)) + 1).map((line) => line.slice(0, width));
}

function findHeader(lines) {
  const looked = lines.slice(0, MOST_LOOKED_AT);
  const known = looked.findIndex((line) => remembered(line.map((text) => text.trim().normalize("NFC"))) !== null);
  if (known >= 0) return known;
  const wanted = new Set(state.features.flatMap(namesOf));
  const scores = looked.map((line) => new Set(line.map(fold).filter((text) => wanted.has(text))).size);
  const most = Math.max(...scores);
  if (most > 0) return scores.indexOf(most);
  // In another language: the first line of texts alone that is about as wide as the table.
  const widths = looked.map((line) => line.filter((cell) => cell.trim()).length);
  const wide = Math.max(...widths);
  return looked.findIndex((line, place) => widths[place] > wide / 2 && !line.some(isNumber));
}

function isNumber(text) {
  return text.length < LONGEST && /^\s*[+-]?[\d.,]*\d[\d.,]*\s*%?\s*$/.test(text);
}

// What a feature may be called in a header, folded.
function namesOf(feature) {
  return [feature.name, titleOf(feature)].flatMap(spellings).filter(Boolean);
}

// Which column holds which feature: by ever looser comparisons, each only where it leaves no doubt.
function match(texts) {
  const columns = /** @type {Record<string, number | null>} */ ({});
  const likely = new Set();
  for (const { name } of state.features) columns[name] = null;
  const names = new Map(state.features.map((feature) => [feature, namesOf(feature)]));
  const folded = texts.map(spellings);
  const bare = texts.map((text) => spellings(text.slice(0, LONGEST).replace(/[([].*$/s, ""))); // without a unit in brackets
  const isNamed = (feature, texts) => texts.some((text) => names.get(feature)?.includes(text));
  take((feature, place) => texts[place] === feature.name.normalize("NFC"));
  take((feature, place) => isNamed(feature, folded[place]));
  take((feature, place) => isNamed(feature, bare[place]));
  take(
    (feature, place) => Boolean(names.get(feature)?.some((name) => isNear(name, folded[place][0]))),
    (name) => likely.add(name),
  );
  return { columns, likely };

  function take(fits, note = (_) => {}) {
    const taken = new Set(Object.values(columns));
    const free = texts.map((_, place) => place).filter((place) => !taken.has(place) && texts[place]);
    const found = state.features
      .filter(({ name }) => columns[name] === null)
      .map((feature) => ({ name: feature.name, places: free.filter((place) => fits(feature, place)) }));
    for (const { name, places } of found) {
      if (places.length !== 1) continue;
      if (found.some((other) => other.name !== name && other.places.includes(places[0]))) continue;
      columns[name] = places[0];
      note(name);
    }
  }
}

// Whether two names differ by a slip: a letter in five at most.
function isNear(one, other) {
  const most = Math.min(Math.floor(Math.max(one.length, other.length) / 5), 3);
  if (Math.abs(one.length - other.length) > most) return false;
  let before = Array.from({ length: other.length + 1 }, (_, place) => place);
  for (let row = 1; row <= one.length; row += 1) {
    const now = [row];
    for (let place = 1; place <= other.length; place += 1) {
      const other_letter = before[place - 1] + Number(one[row - 1] !== other[place - 1]);
      now.push(Math.min(before[place] + 1, now[place - 1] + 1, other_letter));
    }
    before = now;
  }
  return before[other.length] <= most;
}

function guessNames(lines, header, texts, columns) {
  const taken = new Set(Object.values(columns));
  const free = texts.map((_, place) => place).filter((place) => !taken.has(place));
  const folded = texts.map(fold);
  const called = (known) => free.find((place) => known.has(folded[place]));
  const [first, last] = [called(FIRST_NAMES), called(LAST_NAMES) ?? called(NAMES)];
  if (first !== undefined && last !== undefined) return [first, last];
  const { id } = state.model.manifest.schema;
  const named = called(NAMES) ?? first ?? last ?? (id ? called(new Set([fold(id)])) : undefined);
  if (named !== undefined) return [named];
  const rows = lines.slice(header + 1, header + 1 + MOST_LOOKED_AT);
  const texty = free.find((place) => {
    const cells = rows.map((line) => line[place].trim()).filter((cell) => cell && !isNumber(cell));
    return cells.length > rows.length / 2 && new Set(cells).size > cells.length / 2;
  });
  return texty === undefined ? [] : [texty];
}

function pick(columns, width) {
  return Object.fromEntries(
    Object.entries(columns).filter(
      ([name, place]) => state.features.some((feature) => feature.name === name) && (place === null || place < width),
    ),
  );
}

function letterOf(place) {
  return (place >= 26 ? letterOf(Math.floor(place / 26) - 1) : "") + String.fromCharCode(65 + (place % 26));
}
