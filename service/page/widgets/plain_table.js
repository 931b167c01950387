// A table of few rows; on a phone each row is a card, whose lines have the columns' titles.

import { el } from "../core/dom.js";

// The roles are said, since a browser forgets them of a table that is laid out as cards.
/** @param {string} label  @param {string[]} titles  @param {{isOwn: boolean, head: any, cells: any[]}[]} rows */
export function plainTable(label, titles, rows) {
  return el(
    "div",
    { class: "scroll", role: "region", "aria-label": label, tabindex: 0 },
    el(
      "table",
      { class: "plain-table stacking", role: "table" },
      el(
        "thead",
        { role: "rowgroup" },
        el(
          "tr",
          { role: "row" },
          titles.map((title) => el("th", { role: "columnheader", scope: "col" }, title)),
        ),
      ),
      el(
        "tbody",
        { role: "rowgroup" },
        rows.map(({ isOwn, head, cells }) =>
          el(
            "tr",
            { role: "row", class: isOwn && "own" },
            el("th", { role: "rowheader", scope: "row" }, head),
            cells.map((cell, place) => el("td", { role: "cell", "data-title": titles[place + 1] }, cell)),
          ),
        ),
      ),
    ),
  );
}
