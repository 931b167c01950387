// A class that is typed in: a grid of a name and the features, with a blank row more than is filled in.

import { el, uniqueId } from "../../core/dom.js";
import { titleOf, valueOf } from "../../core/format.js";
import { state } from "../../core/state.js";
import { t } from "../../core/words.js";

const MOST_ROWS = 500;
const AT_FIRST = 5;

// lines: the first holds the header; rows are put into it as they are typed. use() is called to have it answered.
/** @param {string[][]} lines  @param {() => void} use */
export function buildTyped(lines, use) {
  const lists = state.features.map((feature) =>
    feature.kind === "category"
      ? el(
          "datalist",
          { id: uniqueId() },
          feature.vocabulary.map((entry) => el("option", { value: valueOf(feature, entry) })),
        )
      : null,
  );
  const titles = [t("Name"), ...state.features.map(titleOf)];
  const body = el("tbody", {});
  while (lines.length <= AT_FIRST) lines.push(titles.map(() => ""));
  for (let row = 1; row < lines.length; row += 1) body.append(drawRow(row));

  function drawRow(row) {
    return el(
      "tr",
      {},
      titles.map((title, place) => {
        const feature = place > 0 ? state.features[place - 1] : null;
        const input = el("input", {
          value: lines[row][place],
          autocomplete: "off",
          inputmode: feature?.kind === "number" ? "decimal" : null,
          list: place > 0 ? lists[place - 1]?.id : null,
          "aria-label": t("{title}, row {num}", { title, num: row }),
          oninput: () => {
            lines[row][place] = input.value;
            if (row === lines.length - 1) add();
          },
          onkeydown: (event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            at(row + 1, place)?.focus();
          },
          onpaste: (event) => paste(event, row, place),
        });
        return el("td", {}, input);
      }),
    );
  }

  function add() {
    if (lines.length > MOST_ROWS) return;
    lines.push(titles.map(() => ""));
    body.append(drawRow(lines.length - 1));
  }

  /** @returns {HTMLInputElement | undefined} */
  function at(row, place) {
    return /** @type {any} */ (body.children[row - 1]?.children[place]?.firstChild ?? undefined);
  }

  // Cells of a spreadsheet go into cells, from the one with the focus on.
  function paste(event, row, place) {
    const text = event.clipboardData.getData("text/plain");
    if (!/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    for (const [down, line] of text.trimEnd().split(/\r?\n/).slice(0, MOST_ROWS).entries()) {
      while (lines.length <= row + down + 1 && lines.length <= MOST_ROWS) add();
      for (const [right, cell] of line.split("\t").entries()) {
        const input = at(row + down, place + right);
        if (!input) continue;
        input.value = cell.trim();
        lines[row + down][place + right] = input.value;
      }
    }
  }

  return el(
    "form",
    {
      class: "typed",
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        use();
      },
    },
    lists,
    el(
      "div",
      { class: "scroll", role: "region", tabindex: 0, "aria-label": t("The class") },
      el(
        "table",
        { class: "grid" },
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            titles.map((title, place) => el("th", { scope: "col" }, title, unitOf(place))),
          ),
        ),
        body,
      ),
    ),
    el("p", {}, el("button", {}, t("Answer this class"))),
  );
}

function unitOf(place) {
  const unit = place > 0 && state.features[place - 1].unit;
  return unit && el("span", { class: "unit" }, `, ${unit}`);
}

// The lines of a grid: a header of names that the columns are found by, and what was typed in before.
/** @param {string[][] | null} before */
export function linesOf(before) {
  const header = [t("Name"), ...state.features.map(({ name }) => name)];
  const places = header.map((name) => before?.[0].indexOf(name) ?? -1);
  return [header, ...(before ?? []).slice(1).map((line) => places.map((place) => line[place] ?? ""))];
}
