// A person's choice of columns, kept in this browser for tables with the very same header.

import { discard, keep, recallJson } from "../../core/storage.js";

const KEY = "passfail-columns ";
const LONGEST = 4000; // characters of a header that is kept

/** @typedef {{columns: Record<string, number | null>, names: number[]}} Choice */

function keyOf(header) {
  return KEY + header.join("\t");
}

/** @param {string[]} header  @param {Choice} choice */
export function remember(header, choice) {
  if (keyOf(header).length <= LONGEST) keep("localStorage", keyOf(header), JSON.stringify(choice));
}

export function forget(header) {
  discard("localStorage", keyOf(header));
}

/** @param {string[]} header  @returns {Choice | null} */
export function remembered(header) {
  return recallJson("localStorage", keyOf(header));
}
