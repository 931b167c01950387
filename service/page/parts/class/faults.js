// What keeps students from being answered, each by name, with the cell at hand to be mended.

import { el, replace, uniqueId } from "../../core/dom.js";
import { faultOf } from "../../core/faults.js";
import { titleOf, valueOf } from "../../core/format.js";
import { state } from "../../core/state.js";
import { filled, n, t } from "../../core/words.js";
import { withMark } from "./scoring.js";
import { nameAt } from "./sheet.js";

const MOST_SHOWN = 200;
const FEW = 20; // that are shown without being asked for

// mend(row, place, text) puts a text into a cell and has the row answered anew.
/** @param {import("./scoring.js").Scored} scored  @param {(row: number, place: number, text: string) => Promise<void>} mend */
export function buildFaults(scored, mend) {
  const { sheet } = scored;
  const drawn = new Map(); // row → its lines, which stay as long as what is wrong with it
  const list = el("ul", { class: "mending" });
  const summary = el("summary", {});
  const element = el(
    "details",
    { class: "faults", open: scored.faults.size <= FEW },
    summary,
    el(
      "p",
      { class: "hint" },
      t("Mend a cell here and press Enter: the student is answered, and the cell is saved as mended."),
    ),
    list,
  );

  function draw() {
    const rows = [...scored.faults.keys()].sort((a, b) => a - b);
    const shown = rows.slice(0, MOST_SHOWN);
    const rest = rows.length - shown.length;
    element.hidden = rows.length === 0;
    summary.textContent = n(rows.length, "{num} student is not answered yet", "{num} students are not answered yet");
    for (const row of shown) if (!drawn.has(row)) drawn.set(row, linesOf(row));
    replace(
      list,
      shown.map((row) => drawn.get(row)),
      rest > 0 && el("li", {}, n(rest, "and {num} more", "and {num} more")),
    );
  }

  function linesOf(row) {
    const name = nameAt(sheet, row);
    const faults = scored.faults.get(row) ?? [];
    if (!faults.length) return [el("li", {}, t("{name}: said once the others are mended", { name }))];
    return faults.map((fault) => {
      const feature = state.features.find((each) => each.name === fault.column);
      const place = feature && sheet.columns[feature.name];
      if (!feature || place === null || place === undefined)
        return el("li", {}, t("{name}: the row has more cells than the header", { name }));
      const cell = sheet.lines[row][place];
      const id = uniqueId();
      const input = buildInput(feature, cell, t("{feature} of {name}", { feature: titleOf(feature), name }));
      input.setAttribute("aria-describedby", id);
      input.addEventListener("change", () => change(row, place, input, feature));
      const words = filled("{name}: {feature} {fault}", {
        name: el("strong", {}, name),
        feature: titleOf(feature),
        fault: ofCell(feature, cell, sheet.decimal) ?? fault.detail,
      });
      return el("li", {}, el("span", { id }, words), " ", input);
    });
  }

  async function change(row, place, input, { kind }) {
    const at = inputs().indexOf(input);
    const hadFocus = document.activeElement === input;
    drawn.delete(row);
    await mend(row, place, kind === "category" ? input.value : withMark(input.value, sheet.decimal));
    if (hadFocus && !input.isConnected) (inputs()[at] ?? inputs().at(-1) ?? summary).focus();
  }

  function inputs() {
    return [...list.querySelectorAll("input")];
  }

  draw();
  return { element, draw };
}

function buildInput(feature, cell, label) {
  const { kind, vocabulary = [] } = feature;
  const attributes = { value: cell, autocomplete: "off", "aria-invalid": "true", "aria-label": label };
  if (kind !== "category") return el("input", { ...attributes, inputmode: "decimal" });
  const id = uniqueId();
  const choices = vocabulary.map((entry) => el("option", { value: valueOf(feature, entry) }));
  return el("input", { ...attributes, list: id }, el("datalist", { id }, choices));
}

// What is wrong with a cell, as far as it is to be seen from here.
function ofCell(feature, cell, decimal) {
  const text = cell.trim();
  if (!text) return t("is blank");
  if (feature.kind === "category") return faultOf(feature, text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) return t("is a date, not a number");
  return faultOf(feature, numberIn(text, decimal)) ?? t("is not a number"); // such as 7 - 8
}

// The number that a cell begins with, whatever unit stands behind it.
function numberIn(text, decimal) {
  const plain = decimal === "," ? text.replaceAll(".", "").replace(",", ".") : text.replaceAll(",", "");
  const found = /^[+-]?(\d+\.?\d*|\.\d+)/.exec(plain.slice(0, 40).replace("−", "-"));
  return found === null ? NaN : Number(found[0]);
}
