// Cells of a class that were put in here, and did not come with it.

import { titleOf, withUnit } from "../../core/format.js";
import { state } from "../../core/state.js";
import { t } from "../../core/words.js";

// Of a class that is typed in, every cell is.
/** @param {import("./sheet.js").Sheet} sheet  @param {number} row  @param {number} place  @param {string} text */
export function enter(sheet, row, place, text) {
  sheet.lines[row][place] = text;
  if (!sheet.isTyped && !isEntered(sheet, row, place)) sheet.entered.push([row, place]);
}

/** @param {import("./sheet.js").Sheet} sheet  @param {number} row  @param {number | null} place */
export function isEntered({ entered }, row, place) {
  return entered.some((cell) => cell[0] === row && cell[1] === place);
}

// The features of a row that were.
/** @param {import("./sheet.js").Sheet} sheet  @param {number} row */
export function enteredIn(sheet, row) {
  return state.features.filter(({ name }) => isEntered(sheet, row, sheet.columns[name]));
}

// The same in words, with their values; "" where there is none.
/** @param {import("./sheet.js").Sheet} sheet  @param {import("./scoring.js").Answered} student */
export function enteredWords(sheet, { row, values }) {
  return enteredIn(sheet, row)
    .map((feature) => t("{title} {value}", { title: titleOf(feature), value: withUnit(values[feature.name], feature) }))
    .join(", ");
}
