// A form with a field for each feature of the version's schema: what matters most first, the rest folded.

import { el, uniqueId } from "../core/dom.js";
import { exact, readNumber, titleOf, valueOf, written } from "../core/format.js";
import { round, scale, state, step } from "../core/state.js";
import { n, t } from "../core/words.js";

const [MOST, FIRST] = [10, 8]; // fields that all stand there at once; of more, so many, and the rest in a fold

let isOpen = false; // the fold, also once another version has a form of its own

// Gives the form's element, and `mark(faults)`, which puts what is wrong (feature → words) at each field.
export function buildForm() {
  const features = state.featuresByImportance;
  const fields = new Map(features.map((feature) => [feature.name, buildField(feature)]));
  const first = features.length > MOST ? FIRST : MOST;
  const rest = features.slice(first);
  const fold = el(
    "details",
    { class: "more", open: isOpen, ontoggle: () => (isOpen = fold.open) },
    el("summary", {}, n(rest.length, "{num} more", "{num} more")),
    el("div", { class: "fields" }, grouped(rest, fields)),
  );
  const element = el(
    "form",
    { class: "student-form", novalidate: true, onsubmit: (event) => event.preventDefault() },
    grouped(features.slice(0, first), fields),
    rest.length > 0 && fold,
  );
  state.on(["student", "shown"], element, () => {
    const changed = new Set(state.changed.map(({ name }) => name));
    for (const [name, field] of fields) {
      field.set();
      field.element.classList.toggle("changed", changed.has(name));
    }
    if (rest.some(({ name }) => changed.has(name))) fold.open = true;
  });
  return {
    element,
    mark(faults) {
      for (const [name, field] of fields) field.mark(faults.get(name));
      if (rest.some(({ name }) => faults.has(name))) fold.open = true;
    },
  };
}

// The fields below the headings of their groups, which come in the order of what matters most in them.
function grouped(features, fields) {
  const groups = Map.groupBy(features, ({ group }) => group);
  const elements = (each) => each.map(({ name }) => fields.get(name).element);
  if (!state.features.some(({ group }) => group)) return elements(features);
  return [...groups].map(([group, each]) =>
    el("fieldset", { class: "fields" }, el("legend", {}, group ?? t("Further")), elements(each)),
  );
}

// One field: its element, `set()`, which shows the student's value, and `mark(words)`.
export function buildField(feature) {
  const [input, hint, fault] = [uniqueId(), uniqueId(), uniqueId()];
  const control = feature.kind === "category" ? buildChoice(feature, input) : buildNumber(feature, input);
  const said = el("p", { id: fault, class: "fault", hidden: true });
  control.main.setAttribute("aria-describedby", `${hint} ${fault}`);
  control.main.dataset.field = feature.name;
  const set = () => control.set(state.student[feature.name]);
  set();
  return {
    element: el(
      "div",
      { class: "field" },
      el("label", { for: input }, titleOf(feature), feature.unit && el("span", { class: "unit" }, `, ${feature.unit}`)),
      control.elements,
      el("p", { id: hint, class: "hint" }, hintOf(feature)),
      said,
    ),
    set,
    mark(words) {
      said.textContent = words ?? "";
      said.hidden = !words;
      if (words) control.main.setAttribute("aria-invalid", "true");
      else control.main.removeAttribute("aria-invalid");
    },
  };
}

// Typed as text, since a field of the browser's own makes 15 of 1,5 where its language has another decimal mark.
function buildNumber(feature, id) {
  const { name, maximum = Infinity, minimum = -Infinity } = feature;
  const [low, high] = scale(feature);
  const within = (value, from, to) => Math.min(Math.max(value, from), to);
  const main = el("input", {
    id,
    type: "text",
    role: "spinbutton",
    inputmode: "decimal",
    autocomplete: "off",
    "aria-valuemin": feature.minimum,
    "aria-valuemax": feature.maximum,
  });
  const slider = el("input", {
    type: "range",
    min: low,
    max: high,
    step: feature.whole ? step(feature) : "any",
    "aria-label": t("{title}, slider", { title: titleOf(feature) }),
    oninput: () => state.setStudent({ [name]: within(round(Number(slider.value), feature), low, high) }),
  });
  // What is no number stays text: whoever asks for an answer finds that it is at fault.
  const read = () => {
    const value = readNumber(main.value);
    return Number.isNaN(value) ? main.value : value;
  };
  const show = (value) => (main.value = typeof value === "number" ? written(value) : (value ?? ""));
  main.addEventListener("input", () => state.setStudent({ [name]: read() }));
  main.addEventListener("change", () => show(state.student[name]));
  main.addEventListener("keydown", (event) => {
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    const value = state.student[name];
    if (!direction || typeof value !== "number") return;
    event.preventDefault();
    const next = Number((value + direction * step(feature)).toPrecision(12));
    state.setStudent({ [name]: within(next, minimum, maximum) });
  });
  const set = (value) => {
    if (document.activeElement !== main || read() !== value) show(value);
    const isNumber = typeof value === "number";
    if (isNumber) {
      slider.value = value;
      main.setAttribute("aria-valuenow", value);
    } else main.removeAttribute("aria-valuenow");
    slider.classList.toggle("without-value", !isNumber);
  };
  return { main, set, elements: el("div", { class: "number" }, slider, main) };
}

function buildChoice(feature, id) {
  // Marked by a sign in front: a category may be called anything, and no value is none of them.
  const entries = feature.vocabulary.map((entry) => el("option", { value: `=${entry}` }, valueOf(feature, entry)));
  const none = feature.nullable && el("option", { value: "" }, t("no value"));
  const main = el("select", { id }, entries, none);
  main.addEventListener("change", () => {
    state.setStudent({ [feature.name]: main.value === "" ? null : main.value.slice(1) });
  });
  const set = (value) => (main.value = value === null ? "" : `=${value}`);
  return { main, set, elements: main };
}

function hintOf({ description, kind, maximum, minimum, nullable, observed }) {
  const parts = description ? [description] : [];
  if (kind === "number") {
    const [low, high] = [minimum, maximum].map((each) => (each === undefined ? "" : exact(each)));
    if (low && high) parts.push(t("{low} to {high}", { low, high }));
    else if (low) parts.push(t("at least {low}", { low }));
    else if (high) parts.push(t("at most {high}", { high }));
    if (observed) {
      const [from, to] = observed.map(exact);
      parts.push(t("nearly all students had {low} to {high}", { low: from, high: to }));
    }
    if (nullable) parts.push(t("may be left empty"));
  }
  return parts.join("; ");
}
