// What was entered, from a page to the one that is made anew in its place: the browser keeps it for that moment only.

import { discard, keep, recallJson } from "./storage.js";

const KEY = "passfail-handover"; // in the tab's storage
const givers = new Map(); // name → what gives it
const taken = recallJson("sessionStorage", KEY) ?? {};
discard("sessionStorage", KEY);

// What the page before handed over under this name; undefined where it did not.
/** @param {string} name  @returns {any} */
export function handed(name) {
  return taken[name];
}

// Hands over what `give` gives then, which JSON can hold.
/** @param {string} name  @param {() => any} give */
export function hand(name, give) {
  givers.set(name, give);
}

// Just before the page goes. What is too much for the browser to keep must be entered again.
export function pack() {
  for (const [name, give] of givers) {
    taken[name] = give();
    if (!keep("sessionStorage", KEY, JSON.stringify(taken))) delete taken[name];
  }
}
