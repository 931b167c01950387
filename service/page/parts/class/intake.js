// How a class comes in: a file that is chosen or dropped, a paste from a spreadsheet, or by hand.

import { el, uniqueId } from "../../core/dom.js";
import { titleOf } from "../../core/format.js";
import { state } from "../../core/state.js";
import { listed, t } from "../../core/words.js";
import { saveBlank } from "./csv.js";

const MOST_NAMED = 12;

/**
 * take: is given a name and bytes; type: begins a grid; isShown: whether the part is.
 * @typedef {{take: (name: string, bytes: ArrayBuffer, isText?: boolean) => void, type: () => void, isShown: () => boolean}} Intake
 */

/** @type {(Intake & {place: HTMLElement}) | null} */
let shown = null; // of the part that was built last

// Also beside the place that says so: a browser would show the file instead of the page.
for (const kind of /** @type {const} */ (["dragover", "drop", "dragleave"])) {
  document.addEventListener(kind, (event) => {
    if (!shown?.isShown()) return;
    event.preventDefault();
    shown.place.classList.toggle("hovered", kind === "dragover");
    if (kind === "drop") takeFile(shown, event.dataTransfer?.files[0]);
  });
}
document.addEventListener("paste", (event) => {
  const isInField = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
  if (!shown?.isShown() || isInField || !event.clipboardData) return;
  const { files } = event.clipboardData;
  if (files.length) takeFile(shown, files[0]);
  else takeText(shown, event.clipboardData.getData("text/plain"));
});

/** @param {Intake} intake */
export function buildIntake(intake) {
  const text = uniqueId();
  // Hidden behind a button: the browser's own field says "no file chosen" beside a class that is there.
  const input = el("input", {
    type: "file",
    hidden: true,
    "aria-label": t("Choose an Excel or CSV file"),
    accept: ".xlsx,.csv,.tsv,.txt,text/csv",
    onchange: () => {
      takeFile(intake, input.files[0]);
      input.value = ""; // the same file can be chosen again, once it is mended
    },
  });
  const area = el("textarea", {
    id: text,
    rows: 4,
    autocomplete: "off",
    onpaste: (event) => {
      const pasted = event.clipboardData.getData("text/plain");
      if (area.value || !pasted.trim()) return;
      event.preventDefault();
      pasting.open = false;
      takeText(intake, pasted);
    },
  });
  const pasting = el(
    "details",
    {},
    el("summary", {}, t("Paste from a spreadsheet")),
    el(
      "p",
      {},
      el("label", { for: text }, t("Copy the cells with their header in your spreadsheet, and paste them here")),
    ),
    area,
    el(
      "p",
      {},
      el(
        "button",
        {
          onclick: () => {
            pasting.open = false;
            takeText(intake, area.value);
            area.value = "";
          },
        },
        t("Take these cells"),
      ),
    ),
  );
  const place = el(
    "div",
    { class: "drop unprinted" },
    el(
      "p",
      {},
      input,
      el("button", { onclick: () => input.click() }, t("Choose an Excel or CSV file")),
      " ",
      t("or drop it on this page"),
    ),
    pasting,
    el("p", {}, el("button", { class: "plain", onclick: () => intake.type() }, t("Type a class in"))),
    needed(),
    el("p", {}, el("button", { class: "plain", onclick: saveBlank }, t("Save an empty table to fill in"))),
  );
  shown = { ...intake, place };
  return place;
}

/** @param {Intake} intake  @param {File | undefined} file */
async function takeFile(intake, file) {
  if (file) intake.take(file.name, await file.arrayBuffer());
}

/** @param {Intake} intake  @param {string} text */
function takeText(intake, text) {
  if (text.trim()) intake.take(t("the pasted class"), new TextEncoder().encode(text).buffer, true);
}

// The columns; where they are many, all of them in a fold.
function needed() {
  const titles = state.features.map(titleOf);
  const rest = titles.length - MOST_NAMED;
  const features =
    rest > 0
      ? t("{names} and {num} more", { names: titles.slice(0, MOST_NAMED).join(", "), num: rest })
      : listed(titles);
  return [
    el(
      "p",
      { class: "hint" },
      t("It needs columns for {features}; others stay as they are. Nothing of it is kept.", { features }),
    ),
    rest > 0 &&
      el(
        "details",
        {},
        el("summary", {}, t("All {num} columns", { num: titles.length })),
        el("p", {}, titles.join(", ")),
      ),
  ];
}
