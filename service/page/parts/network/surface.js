// The decision surface: what the network answers over two features, everything else as the student in the form has it.

import { el, replace, uniqueId } from "../../core/dom.js";
import { buildField } from "../../widgets/form.js";
import { exact, percent, titleOf, valueOf, withUnit } from "../../core/format.js";
import { probabilityOf, run } from "./forward.js";
import { axes as drawAxes, colour, frame, SIZE } from "../../widgets/map.js";
import { range } from "../../widgets/shape.js";
import { round, scale, state } from "../../core/state.js";
import { t } from "../../core/words.js";

const [MOST_STEPS, FEWEST_STEPS] = [48, 12]; // along an axis
const MARGIN = 0.15; // around what training has seen, as a share of it
const MOST_PRODUCTS = 3e7; // for one picture: about a tenth of a second

export function buildSurface(members) {
  const features = strongest(members[0]);
  const numSteps = stepsFor(members);
  const whose = uniqueId();
  const names = [
    t("all together, as served"),
    ...(members.length > 1 ? members.map((_, place) => t("member {num} alone", { num: place + 1 })) : []),
  ];
  const choice = el(
    "select",
    { id: whose, onchange: draw },
    names.map((name, place) => el("option", { value: place }, name)),
  );
  const canvas = el("canvas", { width: SIZE, height: SIZE, role: "img" });
  const readout = el("p", { role: "status", class: "hint" });
  const ends = el("p", { class: "hint" });
  const fields = el("div", { class: "student-form" });
  const picks = [t("Across"), t("Upward")].map((title, place) => {
    const id = uniqueId();
    const options = features.map((feature, position) =>
      el("option", { value: position, selected: position === place }, titleOf(feature)),
    );
    const pick = el("select", { id, onchange: choose }, options);
    return { pick, element: el("p", {}, el("label", { for: id }, title), " ", pick) };
  });
  let shown = []; // the fields of the two features: the student can be moved by them, too

  function answer(student) {
    const place = Number(choice.value);
    return place === 0 ? probabilityOf(members, student) : run(members[place - 1], student).probability;
  }

  function picked() {
    return picks.map(({ pick }) => features[Number(pick.value)]);
  }

  function axes() {
    return picked().map((feature) => axisOf(feature, numSteps));
  }

  function choose() {
    const [across, upward] = picks.map(({ pick }) => pick);
    // One feature can't go both ways.
    for (const [own, other] of [
      [across, upward],
      [upward, across],
    ]) {
      for (const option of own.options) option.disabled = features.length > 1 && option.value === other.value;
    }
    shown = [...new Set(picked())].map(buildField);
    replace(
      fields,
      shown.map(({ element }) => element),
    );
    draw();
  }

  function draw() {
    for (const field of shown) field.set();
    const [across, upward] = axes();
    const context = canvas.getContext("2d");
    const [width, height] = [SIZE / across.values.length, SIZE / upward.values.length];
    for (const [row, above] of upward.values.entries()) {
      for (const [column, value] of across.values.entries()) {
        const probability = answer({ ...state.student, [across.name]: value, [upward.name]: above });
        context.fillStyle = colour(probability, state.threshold);
        context.fillRect(
          Math.floor(column * width),
          Math.floor(SIZE - (row + 1) * height),
          Math.ceil(width) + 1,
          Math.ceil(height) + 1,
        );
      }
    }
    frame(context, across.seen, upward.seen);
    drawAxes(context, [across, upward]);
    mark(context, across.place(state.student[across.name]), upward.place(state.student[upward.name]));
    const [negative, positive] = state.labels;
    const said = t("The student is at {percent} “{positive}”.", { percent: percent(answer(state.student)), positive });
    const over = t("What the network answers over {across} and {upward}.", {
      across: across.title,
      upward: upward.title,
    });
    canvas.setAttribute("aria-label", `${over} ${said}`);
    readout.textContent = said;
    replace(
      ends,
      t("Across: {across}. Upward: {upward}.", { across: across.words, upward: upward.words }),
      " ",
      t("Blue is “{positive}”, orange “{negative}”, white where the one turns into the other.", { negative, positive }),
      " ",
      t("The ring is the student; within the dashed frame lies what nearly all students in training had."),
    );
  }

  function read(event) {
    const box = canvas.getBoundingClientRect();
    const [across, upward] = axes();
    const changes = {
      [across.name]: across.at((event.clientX - box.left) / box.width),
      [upward.name]: upward.at(1 - (event.clientY - box.top) / box.height),
    };
    return [changes, { ...state.student, ...changes }];
  }

  canvas.addEventListener("pointermove", (event) => {
    const [changes, student] = read(event);
    const words = picked().map((feature) => `${titleOf(feature)} ${valueOf(feature, changes[feature.name])}`);
    readout.textContent = t("{point}: {percent} “{positive}”", {
      point: words.join(", "),
      percent: percent(answer(student)),
      positive: state.labels[1],
    });
  });
  canvas.addEventListener("click", (event) => state.setStudent(read(event)[0]));
  const element = el(
    "div",
    {},
    el(
      "div",
      { class: "tools" },
      picks.map((each) => each.element),
      el("p", {}, el("label", { for: whose }, t("Whose")), " ", choice),
    ),
    el("div", { class: "two-columns" }, el("div", {}, canvas, readout), el("div", {}, fields, ends)),
  );
  choose();
  return { element, draw };
}

// The features, those first that weigh most; of these the numbers.
function strongest(member) {
  const first = member.hidden[0]?.kernel ?? member.logit.kernel;
  const weights = new Map(state.features.map(({ name }) => [name, 0]));
  for (const [place, { feature }] of member.inputs.entries()) {
    const own = [...first[place], member.skip?.kernel[place][0] ?? 0];
    weights.set(feature, (weights.get(feature) ?? 0) + own.reduce((sum, weight) => sum + Math.abs(weight), 0));
  }
  for (const curve of member.curves ?? []) weights.set(curve.feature, (weights.get(curve.feature) ?? 0) + range(curve));
  const isNumber = ({ kind }) => (kind === "number" ? 1 : 0);
  const weight = ({ name }) => weights.get(name) ?? 0;
  return [...state.features].sort((a, b) => isNumber(b) - isNumber(a) || weight(b) - weight(a));
}

function stepsFor(members) {
  const kernels = [...members[0].hidden, members[0].logit].map(({ kernel }) => kernel);
  const numWeights = members.length * kernels.reduce((sum, kernel) => sum + kernel.length * kernel[0].length, 0);
  return Math.min(Math.max(Math.floor(Math.sqrt(MOST_PRODUCTS / numWeights)), FEWEST_STEPS), MOST_STEPS);
}

// `values` along the axis; `at` a share of it and `place` of a value, both from 0 to 1; `seen`: between which shares
// training has seen values.
function axisOf(feature, numSteps) {
  const { name, observed, vocabulary } = feature;
  const title = titleOf(feature);
  if (feature.kind === "category") {
    const values = vocabulary.slice(0, numSteps);
    const left = vocabulary.length - values.length;
    const shown = values.slice(0, 8).map((value) => valueOf(feature, value));
    return {
      name,
      title,
      values,
      seen: [0, 1],
      ends: [],
      share: () => 0,
      words: [
        `${title}, ${shown.join(", ")}${values.length > 8 ? ", …" : ""}`,
        ...(left ? [t("(the first {some} of {all})", { some: values.length, all: vocabulary.length })] : []),
      ].join(" "),
      at: (share) => values[Math.min(Math.max(Math.floor(share * values.length), 0), values.length - 1)],
      place: (value) => (values.indexOf(value) + 0.5) / values.length,
    };
  }
  const [low, high] = endsOf(feature);
  const place = (value) => (typeof value === "number" ? (value - low) / (high - low || 1) : -1);
  return {
    name,
    title,
    values: Array.from({ length: numSteps }, (_, step) => low + ((step + 0.5) * (high - low)) / numSteps),
    seen: observed ? observed.map(place) : [0, 1],
    ends: [low, high],
    share: place,
    words: t("{name}, {low} to {high}", { name: title, low: exact(low), high: withUnit(high, feature) }),
    at: (share) => Math.min(Math.max(round(low + share * (high - low), feature), low), high),
    place,
  };
}

// What training has seen with a margin around it, and the student.
function endsOf(feature) {
  const [lowest, highest] = scale(feature);
  if (!feature.observed) return [lowest, highest];
  const [from, to] = feature.observed;
  const margin = MARGIN * (to - from || highest - lowest);
  const value = state.student[feature.name];
  const own = typeof value === "number" ? [value] : [];
  return [
    round(Math.max(Math.min(from - margin, ...own), lowest), feature),
    round(Math.min(Math.max(to + margin, ...own), highest), feature),
  ];
}

function mark(context, across, upward) {
  if (!(across >= 0 && upward >= 0)) return;
  for (const [width, style] of [
    [6, "white"],
    [3, "black"],
  ]) {
    context.beginPath();
    context.arc(across * SIZE, (1 - upward) * SIZE, 9, 0, 2 * Math.PI);
    context.lineWidth = width;
    context.strokeStyle = style;
    context.stroke();
  }
}
