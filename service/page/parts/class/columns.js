// The question which column is which, where the page can't tell, with its guess filled in.

import { el, replace, uniqueId } from "../../core/dom.js";
import { titleOf } from "../../core/format.js";
import { state } from "../../core/state.js";
import { listed, n, t } from "../../core/words.js";
import { forget, remember } from "./memory.js";
import { guess, headerOf, missingOf, rowsOf } from "./sheet.js";

const MOST_LINES = 10; // one of which may be the header
const MOST_CHARS = 60; // of a line, in the list

// Calls use() once the sheet's columns are known; stop() where they are to stay as they were.
/** @param {import("./sheet.js").Sheet} sheet  @param {() => void} use  @param {(() => void) | null} stop */
export function buildColumns(sheet, use, stop) {
  const element = el("form", { class: "card columns", novalidate: true });
  let chosen = { ...sheet };
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    const fault = faultOf(chosen);
    if (fault) {
      draw(fault);
      return;
    }
    const isChanged = JSON.stringify([chosen.columns, chosen.names]) !== JSON.stringify([sheet.columns, sheet.names]);
    if (isChanged || !sheet.isSure) {
      if (chosen.header >= 0) remember(headerOf(chosen), { columns: chosen.columns, names: chosen.names });
      chosen.isRemembered = chosen.header >= 0;
    }
    Object.assign(sheet, chosen, { isSure: true });
    use();
  });
  draw(missing(chosen));

  function draw(fault = "") {
    const header = headerOf(chosen);
    const first = rowsOf(chosen).slice(0, 20);
    const titles = header.map((text, place) => {
      const example = first.map((row) => chosen.lines[row][place].trim()).find(Boolean);
      const title = text || t("Column {letter}", { letter: place + 1 });
      return example ? t("{title}, such as {example}", { title, example: cut(example) }) : title;
    });
    const lines = chosen.lines
      .slice(0, MOST_LINES)
      .map((line, place) => [
        place,
        t("Line {num}: {text}", { num: place + 1, text: cut(line.filter(Boolean).join(", ")) }),
      ]);
    replace(
      element,
      el("h3", {}, t("Which column is which?")),
      fault && el("p", { class: "fault", role: "alert" }, fault),
      !fault &&
        !chosen.isSure &&
        el("p", {}, t("Names are alike, but not the same: look whether each stands where it should.")),
      choice(t("Header"), [...lines, [-1, t("there is none")]], chosen.header, (place) => {
        chosen = { ...chosen, ...guess(chosen.lines, place) };
        draw(missing(chosen));
      }),
      choice(t("Names"), nameChoices(titles), chosen.names.join(" "), (places) => {
        chosen = { ...chosen, names: places === "" ? [] : places.split(" ").map(Number) };
      }),
      state.features.map((feature) => {
        const none = feature.nullable ? t("none: left blank") : t("none");
        const entries = [["", none], ...titles.map((title, place) => [place, title])];
        return choice(titleOf(feature), entries, chosen.columns[feature.name] ?? "", (place) => {
          chosen = { ...chosen, columns: { ...chosen.columns, [feature.name]: place === "" ? null : Number(place) } };
        });
      }),
      el(
        "p",
        {},
        el("button", {}, t("Use these columns")),
        " ",
        stop && el("button", { type: "button", class: "plain", onclick: stop }, t("Leave it as it was")),
      ),
      chosen.isRemembered &&
        el(
          "p",
          { class: "hint" },
          t("You have chosen for this header before; that is kept in this browser alone."),
          " ",
          el("button", { type: "button", class: "plain", onclick: startOver }, t("Forget it")),
        ),
    );
  }

  // By the page's own guess again.
  function startOver() {
    forget(headerOf(chosen));
    chosen = { ...chosen, ...guess(chosen.lines, chosen.header) };
    draw(missing(chosen));
    element.querySelector("select")?.focus();
  }

  function nameChoices(titles) {
    const each = titles.map((title, place) => [String(place), title]);
    const several =
      chosen.names.length > 1 ? [[chosen.names.join(" "), chosen.names.map((place) => titles[place]).join(" + ")]] : [];
    return [...several, ["", t("none: rows are numbered")], ...each];
  }

  return element;
}

function choice(title, entries, value, choose) {
  const id = uniqueId();
  const select = el(
    "select",
    {
      id,
      onchange: () => choose(typeof value === "number" && select.value !== "" ? Number(select.value) : select.value),
    },
    entries.map(([key, text]) => el("option", { value: key }, text)),
  );
  select.value = String(value);
  return el("p", {}, el("label", { for: id }, title), " ", select);
}

// Which columns were not found, and what to do, in one sentence.
/** @param {import("./sheet.js").Sheet} sheet */
export function missing(sheet) {
  const names = missingOf(sheet).map(titleOf);
  if (!names.length) return "";
  return n(
    names.length,
    "No column was found for {names}: choose it here, or add it to your table and take that once more.",
    "No columns were found for {names}: choose them here, or add them to your table and take that once more.",
    { names: listed(names) },
  );
}

/** @param {import("./sheet.js").Sheet} sheet */
function faultOf(sheet) {
  const places = Object.values(sheet.columns).filter((place) => place !== null);
  const twice = places.find((place, at) => places.indexOf(place) !== at);
  if (twice === undefined) return missing(sheet);
  return t("The column {title} can’t stand for two things.", { title: headerOf(sheet)[twice] });
}

function cut(text) {
  return text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text;
}
