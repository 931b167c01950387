// A table of any length in which only the rows in sight are there, so that scrolling stays smooth; on a phone its rows
// are cards.

import { el } from "../core/dom.js";

// As the style sheet has them.
const ROW_PX = 48;
const CARD_PX = 136;
const MOST_PRINTED = 500;
const MARGIN = 24; // rows beyond what is in sight
const SPARE = 12; // of them there are always so many, where there are rows: who goes on by keyboard is ahead of the screen

// columns: [{title, width, cell: (row) => content, kind: (row) => class, changes: whether `refresh` draws it anew,
// onCard: whether a card has it too}]; onSight is called with the rows that are in sight.
export function buildTable({ columns, label, onSight }) {
  let rows = [];
  let range = [0, 0];
  const phone = matchMedia("(max-width: 40rem)");
  const paper = matchMedia("print");
  const drawn = new Map(); // row → its element, which stays as long as the row does: it may have the focus
  const [above, below] = [gap(columns.length), gap(columns.length)];
  const body = el("tbody", { role: "rowgroup" }, above, below);
  // The roles are said, since a browser forgets them of a table that is laid out as cards.
  const table = el(
    "table",
    { class: "long", role: "table", "aria-label": label },
    el(
      "colgroup",
      {},
      columns.map(({ width, onCard }) => sized(width, onCard)),
    ),
    el(
      "thead",
      { role: "rowgroup" },
      el(
        "tr",
        { role: "row", "aria-rowindex": 1 },
        columns.map(({ title, onCard }) =>
          el("th", { role: "columnheader", scope: "col", title, class: onCard ? null : "wide-only" }, title),
        ),
      ),
    ),
    body,
  );
  table.style.setProperty("--width", `${columns.reduce((sum, { width }) => sum + width, 0)}rem`);
  const element = el("div", { class: "scroll", role: "region", "aria-label": label, tabindex: 0 }, table);
  element.addEventListener("scroll", () => draw(false), { passive: true });
  new ResizeObserver(() => draw(false)).observe(element);
  for (const media of [phone, paper]) media.addEventListener("change", () => draw(true));

  function height() {
    return phone.matches ? CARD_PX : ROW_PX;
  }

  function sight() {
    if (paper.matches) return [0, Math.min(rows.length, MOST_PRINTED)];
    const first = Math.floor(element.scrollTop / height());
    const last = Math.ceil((element.scrollTop + element.clientHeight) / height());
    return [Math.min(first, rows.length), Math.min(last, rows.length)];
  }

  function draw(isNew) {
    const [first, last] = sight();
    onSight(rows.slice(first, last));
    const needed = [Math.max(first - SPARE, 0), Math.min(last + SPARE, rows.length)];
    if (!isNew && needed[0] >= range[0] && needed[1] <= range[1]) return;
    range = [Math.max(first - MARGIN, 0), Math.min(last + MARGIN, rows.length)];
    const wanted = new Map(rows.slice(...range).map((row, place) => [row, range[0] + place]));
    for (const [row, line] of drawn) {
      if (!wanted.has(row)) {
        line.remove();
        drawn.delete(row);
      }
    }
    let before = above;
    for (const [row, position] of wanted) {
      if (!drawn.has(row)) drawn.set(row, drawRow(row));
      const line = drawn.get(row);
      line.setAttribute("aria-rowindex", position + 2);
      if (before.nextSibling !== line) before.after(line);
      before = line;
    }
    above.style.height = `${range[0] * height()}px`;
    below.style.height = `${(rows.length - range[1]) * height()}px`;
    above.hidden = range[0] === 0;
    below.hidden = range[1] === rows.length;
  }

  function drawRow(row) {
    return el(
      "tr",
      { role: "row" },
      columns.map(({ cell, kind, onCard }) =>
        el("td", { role: "cell", class: [kind?.(row), !onCard && "wide-only"].filter(Boolean).join(" ") }, cell(row)),
      ),
    );
  }

  return {
    element,
    // Shows other rows, or the same in another order; from their beginning, unless the sight is to stay.
    setRows(newRows, isFromTop = true) {
      rows = newRows;
      table.setAttribute("aria-rowcount", rows.length + 1);
      if (isFromTop) element.scrollTop = 0;
      draw(true);
    },
    // Draw anew what changes in some rows, where they are there.
    refresh(changed) {
      for (const row of changed.filter((each) => drawn.has(each))) {
        columns.forEach(({ cell, changes }, place) => {
          if (changes) drawn.get(row).children[place].replaceChildren(...[cell(row)].flat());
        });
      }
    },
    look: () => draw(false),
  };
}

// What is above or below, as one high row.
function gap(numColumns) {
  return el("tr", { "aria-hidden": "true", hidden: true }, el("td", { colspan: numColumns }));
}

function sized(width, onCard) {
  const col = el("col", { class: onCard ? null : "wide-only" });
  col.style.width = `${width}rem`;
  return col;
}
