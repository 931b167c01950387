// A person's choice of columns, kept in this browser for tables with the very same header.

const KEY = "passfail-columns ";
const LONGEST = 4000; // characters of a header that is kept

/** @typedef {{columns: Record<string, number | null>, names: number[]}} Choice */

function keyOf(header) {
  return KEY + header.join("\t");
}

/** @param {string[]} header  @param {Choice} choice */
export function remember(header, choice) {
  if (keyOf(header).length <= LONGEST) localStorage.setItem(keyOf(header), JSON.stringify(choice));
}

export function forget(header) {
  localStorage.removeItem(keyOf(header));
}

/** @param {string[]} header  @returns {Choice | null} */
export function remembered(header) {
  const text = localStorage.getItem(keyOf(header));
  return text === null ? null : JSON.parse(text);
}
