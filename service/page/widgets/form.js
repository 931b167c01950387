// A form with a field for each feature of the version's schema.

import { el, uniqueId } from "../core/dom.js";
import { exact } from "../core/format.js";
import { round, scale, state, step } from "../core/state.js";

// Gives the form's element, and `mark(faults)`, which puts what is wrong (feature → words) at each field.
export function buildForm() {
  const fields = new Map(state.features.map((feature) => [feature.name, buildField(feature)]));
  const element = el(
    "form",
    { class: "student-form", novalidate: true, onsubmit: (event) => event.preventDefault() },
    [...fields.values()].map((field) => field.element),
  );
  state.on(["student", "shown"], element, () => {
    for (const field of fields.values()) field.set();
  });
  return {
    element,
    mark(faults) {
      for (const [name, field] of fields) field.mark(faults.get(name));
    },
  };
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
      el("label", { for: input }, feature.name, feature.unit && el("span", { class: "unit" }, `, ${feature.unit}`)),
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

function buildNumber(feature, id) {
  const [low, high] = scale(feature);
  const main = el("input", { id, type: "number", inputmode: "decimal", step: "any", autocomplete: "off" });
  const slider = el("input", {
    type: "range",
    min: low,
    max: high,
    step: feature.whole ? step(feature) : "any",
    "aria-label": `${feature.name}, slider`,
    oninput: () =>
      state.setStudent({ [feature.name]: Math.min(Math.max(round(Number(slider.value), feature), low), high) }),
  });
  // Empty is no value; what is no number is sent as text, so that the service says what must be there.
  const read = () => (main.validity.badInput ? "" : main.value === "" ? null : Number(main.value));
  main.addEventListener("input", () => state.setStudent({ [feature.name]: read() }));
  const set = (value) => {
    if (document.activeElement !== main || read() !== value) main.value = value ?? "";
    const isNumber = typeof value === "number";
    if (isNumber) slider.value = value;
    slider.classList.toggle("without-value", !isNumber);
  };
  return { main, set, elements: el("div", { class: "number" }, slider, main) };
}

function buildChoice(feature, id) {
  // Marked by a sign in front: a category may be called anything, and no value is none of them.
  const entries = feature.vocabulary.map((entry) => el("option", { value: `=${entry}` }, entry));
  const none = feature.nullable && el("option", { value: "" }, "no value");
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
    if (minimum !== undefined && maximum !== undefined) parts.push(`${exact(minimum)} to ${exact(maximum)}`);
    else if (minimum !== undefined) parts.push(`at least ${exact(minimum)}`);
    else if (maximum !== undefined) parts.push(`at most ${exact(maximum)}`);
    if (observed) parts.push(`nearly all students in training had ${observed.map(exact).join(" to ")}`);
    if (nullable) parts.push("may be left empty");
  }
  return parts.join("; ");
}
