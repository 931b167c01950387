// What the page says, in its reader's language. The English words are the keys; what has no translation is shown as it is.

import { pack } from "./handover.js";
import { keep, recall } from "./storage.js";

export const LANGUAGES = { en: "English", de: "Deutsch", fr: "Français" };
const CHOSEN = "passfail-language"; // in the browser's storage, once its reader has chosen

export const language = choose();
const plurals = new Intl.PluralRules(language);
/** @type {Record<string, string | {one: string, other: string}>} */
const catalogue = language === "en" ? {} : await load();

// The words with values in place of {names}: t("Version {version}", { version: 3 }).
/** @param {string} words  @param {Record<string, string | number>} [values]  @returns {string} */
export function t(words, values = {}) {
  return filled(words, values).join("");
}

// The same with elements among the values: children for `el`.
/** @param {string} words  @param {Record<string, string | number | Element>} values */
export function filled(words, values) {
  return fill(String(catalogue[words] ?? words), values);
}

// Words that go with a number: n(2, "{num} student", "{num} students"). The second is the key.
/** @param {number} num  @param {string} one  @param {string} many  @param {Record<string, string | number>} [values] */
export function n(num, one, many, values = {}) {
  const rule = plurals.select(num) === "one" ? "one" : "other";
  const found = catalogue[many] ?? { one, other: many };
  return fill(found[rule], { num: num.toLocaleString(language), ...values }).join("");
}

// Several names in a sentence: "Ada, Ben and Cy".
/** @param {string[]} names */
export function listed(names) {
  return new Intl.ListFormat(language).format(names);
}

// Shows the page in another language: everything is made anew, and what was entered is handed over.
/** @param {string} code */
export function speak(code) {
  keep("localStorage", CHOSEN, code);
  pack();
  location.reload();
}

function fill(words, values) {
  return words.split(/\{(\w+)\}/).map((part, place) => (place % 2 ? values[part] : part));
}

function choose() {
  const wanted = [recall("localStorage", CHOSEN) ?? "", ...navigator.languages].map((each) => each.slice(0, 2));
  return wanted.find((each) => Object.hasOwn(LANGUAGES, each)) ?? "en";
}

async function load() {
  try {
    const answer = await fetch(new URL(`../languages/${language}.json`, import.meta.url));
    return (answer.ok && (await answer.json())) || {};
  } catch {
    return {}; // English, rather than nothing
  }
}
