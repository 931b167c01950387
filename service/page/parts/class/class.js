// A class: a CSV file is scored as a whole; the table is sorted by risk, filtered, and saved again with its answers.

import { isOfValue, nameOf } from "../../widgets/answer.js";
import { ask, Lost, newest, Problem } from "../../api/ask.js";
import { isWorkbook, save } from "./csv.js";
import { el, replace, svg, uniqueId } from "../../core/dom.js";
import { percent, plural, points, whole } from "../../core/format.js";
import { state } from "../../core/state.js";
import { buildTable } from "../../widgets/table.js";

const AT_ONCE = 20; // rows that are explained in one request
const PAUSE_MS = 150; // that they must stay in sight
const NUM_REASONS = 3;
const MOST_FAULTS = 200;
const MOST_NAMED = 12;

const ORDERS = {
  risk: ["most at risk first", (a, b) => a.probability - b.probability],
  chance: ["least at risk first", (a, b) => b.probability - a.probability],
  row: ["as in the file", (a, b) => a.row - b.row],
};

let last = null; // the file that is shown, also once another version answers
let isWaiting = false; // for the service to be back

/** @type {{root: HTMLElement, place: HTMLElement, read: (chosen?: File) => void} | null} */
let dropped = null; // what the part that was built last does with a file

// Also beside the place that says so: a browser would show the file instead of the page.
for (const kind of /** @type {const} */ (["dragover", "drop", "dragleave"])) {
  document.addEventListener(kind, (event) => {
    if (!dropped?.root.isConnected || dropped.root.hidden) return;
    event.preventDefault();
    dropped.place.classList.toggle("hovered", kind === "dragover");
    if (kind === "drop") dropped.read(event.dataTransfer?.files[0]);
  });
}

export function build() {
  const said = el("div", { role: "status" });
  const scored = el("div");
  const file = uniqueId();
  const input = el("input", {
    id: file,
    type: "file",
    accept: ".csv,.tsv,.txt,text/csv",
    onchange: () => read(input.files[0]),
  });
  const place = el(
    "div",
    { class: "drop" },
    el("label", { for: file }, "Choose a CSV file, or drop it on this page"),
    input,
    el(
      "p",
      { class: "hint" },
      `With a header that has ${named(state.features.map(({ name }) => name))}; other columns stay as they are. `,
      "It is answered by this service, and nothing of it is kept there.",
    ),
  );
  const root = el("div", {}, el("h2", {}, "A class"), place, said, scored);
  const latest = newest();

  async function read(chosen) {
    if (!chosen) return;
    const buffer = await chosen.arrayBuffer();
    input.value = ""; // the same file can be chosen again, once it is mended
    replace(scored);
    if (isWorkbook(buffer)) {
      last = null;
      replace(
        said,
        el(
          "p",
          { class: "fault" },
          `${chosen.name} is a spreadsheet program’s own file: save it as CSV there, and choose that.`,
        ),
      );
      return;
    }
    last = { name: chosen.name, bytes: buffer };
    await score();
  }

  async function score() {
    if (last === null) return;
    const { name, bytes } = last;
    isWaiting = false;
    replace(said, el("p", {}, `Scoring ${name} …`));
    try {
      const answer = await latest((signal) => ask("score", { body: bytes, contentType: "text/csv", signal }));
      if (answer === null) return;
      replace(said, summary(name, answer));
      replace(scored, faults(answer), answer.rows.length > 0 && buildClass(name, answer));
    } catch (error) {
      replace(scored);
      if (error instanceof Lost) {
        isWaiting = true;
        replace(said, el("p", {}, `${name} is scored once the service is back.`));
      } else if (error instanceof Problem) replace(said, refusal(name, error));
      else throw error;
    }
  }

  dropped = { root, place, read };
  state.on(["shown", "back"], root, () => {
    if (isWaiting) score();
  });
  score();
  return root;
}

function named(names) {
  return names.length > MOST_NAMED
    ? `${names.slice(0, MOST_NAMED).join(", ")} and ${names.length - MOST_NAMED} more`
    : names.join(", ");
}

function refusal(name, { errors, message, status }) {
  const words = errors.length ? `${plural(errors.length, "thing is", "things are")} at fault in its header` : message;
  return el(
    "div",
    { class: "fault" },
    el("p", {}, `${name} can’t be scored: ${words}${status === 413 ? "; split the file" : ""}.`),
    el(
      "ul",
      {},
      errors.map(({ pointer, detail }) => el("li", {}, el("strong", {}, nameOf(pointer)), ` ${detail}`)),
    ),
  );
}

function hasUnseen({ warnings = [] }) {
  return warnings.some(isOfValue);
}

function answerOf({ decision, label }) {
  return decision ?? label;
}

function summary(name, { model, rows, num_rows_at_fault: numAtFault }) {
  const counts = new Map();
  for (const row of rows) counts.set(answerOf(row), (counts.get(answerOf(row)) ?? 0) + 1);
  const each = [...counts].map(([answer, num]) => `${whole(num)} ${answer}`).join(", ");
  const unseen = rows.filter(hasUnseen).length;
  const contradicting = rows.filter(({ warnings = [] }) => !warnings.every(isOfValue)).length;
  return el(
    "p",
    { class: "card" },
    `${plural(rows.length, "student")} of ${name} by version ${model.version}`,
    each && `: ${each}`,
    ". ",
    numAtFault > 0 &&
      el("span", { class: "fault" }, `${plural(numAtFault, "row is", "rows are")} at fault and left out. `),
    unseen > 0 &&
      `${plural(unseen, "student has", "students have")} values that few or no students in training had (marked *). `,
    contradicting > 0 &&
      `${plural(contradicting, "is", "are")} uncertain since only the other label would be possible.`,
  );
}

function faults({ faults: listed, num_faults: num }) {
  if (!listed.length) return null;
  const shown = listed.slice(0, MOST_FAULTS);
  return el(
    "details",
    { class: "faults", open: listed.length <= 20 },
    el("summary", {}, `What is at fault (${whole(num)})`),
    el(
      "ul",
      {},
      shown.map(({ row, line, column, detail }) =>
        el("li", {}, `Row ${row}, line ${line}: `, column && el("strong", {}, column), ` ${detail}`),
      ),
      num > shown.length && el("li", {}, `and ${whole(num - shown.length)} more`),
    ),
  );
}

function buildClass(name, answer) {
  const { header, rows, features } = answer;
  for (const [position, row] of rows.entries()) row.position = position;
  const positive = state.labels[1];
  const isNarrow = matchMedia("(max-width: 40rem)").matches;
  // The file's own columns first, a name among them: the first stays in sight beside the row's number.
  const isFeature = (place) => Object.hasOwn(features, header[place]);
  const inOrder = [...header.keys()].sort((a, b) => Number(isFeature(a)) - Number(isFeature(b)) || a - b);
  const who = inOrder.find((place) => !isFeature(place));
  const others = inOrder.filter((place) => place !== who);
  const reasons = new Map(); // row → words, once the service has said
  const table = buildTable({
    columns: [
      { title: who === undefined ? "Row" : `Row, ${header[who]}`, width: isNarrow ? 7 : 11, cell: nameCell },
      {
        title: `Chance of “${positive}”`,
        width: isNarrow ? 6 : 13,
        cell: (row) => [!isNarrow && bar(row.probability), ` ${percent(row.probability)}`].filter(Boolean),
      },
      { title: "Answer", width: isNarrow ? 6 : 7, cell: answerOf, kind: kindOf },
      {
        title: "Main reasons, in percentage points",
        width: isNarrow ? 14 : 22,
        cell: (row) => reasons.get(row) ?? "…",
        changes: true,
      },
      ...others.map((place) => ({ title: header[place], width: 9, cell: (row) => row.cells[place] })),
    ],
    label: `${name}, ${plural(rows.length, "student")}`,
    onSight: explain,
  });
  let opened = null; // the button of the row that was opened last

  function nameCell(row) {
    const button = el(
      "button",
      { class: "plain", onclick: () => open(row, button) },
      `${row.row}`,
      who !== undefined && ` · ${row.cells[who]}`,
    );
    return [button, hasUnseen(row) && "*"].filter(Boolean);
  }

  function studentAt(position) {
    return Object.fromEntries(Object.entries(features).map(([feature, values]) => [feature, values[position]]));
  }

  function open(row, button) {
    opened = button;
    state.setStudent(studentAt(row.position), { name: `Row ${row.row} of ${name}`, previous: null, next: null });
    location.hash = "student";
  }

  // Rows are explained as they come into sight, once they have stayed there for a moment.
  const latest = newest();
  let timer = null;
  function explain(inSight) {
    clearTimeout(timer);
    const missing = inSight.filter((row) => !reasons.has(row)).slice(0, AT_ONCE);
    if (missing.length) timer = setTimeout(explainNow, PAUSE_MS, missing);
  }

  async function explainNow(missing) {
    try {
      const body = { instances: missing.map((row) => studentAt(row.position)) };
      const explained = await latest((signal) => ask("explain", { body, signal }));
      if (explained === null) return;
      for (const [place, { contributions }] of explained.explanations.entries()) {
        reasons.set(missing[place], mainReasons(contributions));
      }
    } catch (error) {
      if (!(error instanceof Problem) || error.status === 503) return; // asked again when they come into sight
      for (const row of missing) reasons.set(row, error.message);
    }
    table.refresh(missing);
    table.look(); // more than were asked for may be in sight
  }

  const [search, kind, sort] = [uniqueId(), uniqueId(), uniqueId()];
  const answers = [...new Set(rows.map(answerOf))];
  const searched = el("input", { id: search, type: "search", oninput: arrange });
  const chosen = el(
    "select",
    { id: kind, onchange: arrange },
    ["all", ...answers].map((each) => el("option", {}, each)),
  );
  const sorted = el(
    "select",
    { id: sort, onchange: arrange },
    Object.entries(ORDERS).map(([key, [title]]) => el("option", { value: key }, title)),
  );
  const count = el("p", { class: "hint", role: "status" });
  function arrange() {
    const text = searched.value.trim().toLowerCase();
    const found = rows.filter(
      (row) =>
        (chosen.selectedIndex === 0 || answerOf(row) === chosen.value) &&
        (!text || row.cells.some((cell) => cell.toLowerCase().includes(text))),
    );
    found.sort(ORDERS[sorted.value][1]);
    count.textContent = `${whole(found.length)} of ${plural(rows.length, "student")}`;
    table.setRows(found);
  }
  arrange();
  state.on(["shown", "back"], table.element, () => {
    table.look();
    opened?.focus();
    opened = null;
  });
  return el(
    "section",
    {},
    el(
      "div",
      { class: "tools" },
      el("p", {}, el("label", { for: search }, "Search"), searched),
      el("p", {}, el("label", { for: kind }, "Answer"), chosen),
      el("p", {}, el("label", { for: sort }, "Order"), sorted),
      el("button", { onclick: () => save(name, answer) }, "Save with answers"),
    ),
    count,
    table.element,
  );
}

function kindOf(row) {
  if (row.decision === "uncertain") return "uncertain";
  return answerOf(row) === state.labels[1] ? "positive" : "negative";
}

function bar(probability) {
  return svg(
    "svg",
    { class: "small", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "track", width: 100, height: 10 }),
    svg("rect", {
      class: probability > state.threshold ? "positive" : "negative",
      width: 100 * probability,
      height: 10,
    }),
  );
}

function mainReasons(contributions) {
  return Object.entries(contributions)
    .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
    .slice(0, NUM_REASONS)
    .filter(([, value]) => Math.abs(value) >= 0.001)
    .map(([name, value]) => `${name} ${points(value)}`)
    .join(", ");
}
