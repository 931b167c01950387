// What the chapters are worked with, and how their numbers stand in a table.

import { el, uniqueId } from "../../core/dom.js";
import { number } from "../../core/format.js";

// A slider with its value beside it; `oninput` gets the number.
export function slider(label, { min, max, step, value }, oninput) {
  const id = uniqueId();
  const shown = el("output", { for: id }, number(value));
  const input = el("input", { id, type: "range", min, max, step, oninput: () => set(Number(input.value)) });
  input.value = value;
  function set(chosen) {
    shown.textContent = number(chosen);
    oninput(chosen);
  }
  return el("p", { class: "slider" }, el("label", { for: id }, label), input, shown);
}

// `options` are pairs of a value and its words; `onchange` gets the value.
export function choice(label, options, chosen, onchange) {
  const id = uniqueId();
  const select = el(
    "select",
    { id, onchange: () => onchange(options[select.selectedIndex][0]) },
    options.map(([value, words]) => el("option", { selected: value === chosen }, words)),
  );
  return { element: el("p", {}, el("label", { for: id }, label), " ", select), select };
}

// The same for what `config` has under a key; `draw` is called once another is chosen.
export function setting(label, options, config, key, draw) {
  const choose = (chosen) => {
    config[key] = chosen;
    draw();
  };
  return choice(label, options, config[key], choose).element;
}

// As a factor or a summand: what is below 0 stands in brackets.
export function signed(value, digits = 3) {
  return value < 0 ? `(${number(value, digits)})` : number(value, digits);
}

export function term(word) {
  return el("dfn", {}, word);
}

// Texts as row heads, numbers in figures.
export function table(label, heads, rows) {
  return el(
    "div",
    { class: "scroll", role: "region", "aria-label": label, tabindex: 0 },
    el(
      "table",
      { class: "reckoned" },
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          heads.map((head) => el("th", { scope: "col" }, head)),
        ),
      ),
      el(
        "tbody",
        {},
        rows.map(([head, ...cells]) =>
          el(
            "tr",
            {},
            el("th", { scope: "row" }, head),
            cells.map((cell) => el("td", {}, typeof cell === "number" ? number(cell, 3) : cell)),
          ),
        ),
      ),
    ),
  );
}
