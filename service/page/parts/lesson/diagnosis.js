// What training's diagnostics say of a network that learned badly, in their words, and what they advise to set. Limits and
// order are those of training/evaluation/diagnostics.py; a test holds one to the other.

import { el } from "../../core/dom.js";
import { number, percent } from "../../core/format.js";
import { n, t } from "../../core/words.js";
import { norms, numAwake } from "./network.js";

export const VANISHED = 0.005; // norm of the gradient at the first layer
const LOST_ON_THE_WAY = 0.01; // of the output's gradient; where more is left at the first layer, the signal was lost forwards
const [MOST_DEAD, SHRUNK, OVERFITTED] = [1 / 3, 0.7, 0.05];
export const RATE = 0.01; // training's own, unless its dataset file says otherwise

/**
 * @typedef {{activation: string, initializer: string, rate: number}} Config
 * @typedef {{kind: string, detail: string, change: Record<string, any>}} Finding  `change`: keys of [training]
 * @param {ReturnType<typeof import("./network.js").train>} kept  @param {import("./network.js").Student[]} students
 * @param {Config} config  @returns {Finding[]}
 */
export function diagnose(kept, students, config) {
  return [vanishing(kept, students, config), dead(kept, students, config), overfitting(kept, config)].filter(
    (each) => each !== null,
  );
}

function vanishing({ norms: all, layers }, students, { activation, initializer }) {
  const early = all.slice(0, Math.max(2, Math.floor(all.length / 10))).map(([first]) => first);
  const arriving = Math.max(early[0], median(early));
  const sizes = layers[0].slice(0, -1).map(({ bias }) => bias.length);
  const isDead = activation === "relu" && deadShare(layers[0], students) > MOST_DEAD;
  if (arriving >= VANISHED || (isDead && sizes.length === 1)) return null; // dead units alone are why, and are named
  /** @type {Record<string, any>} */
  const change = {};
  if (activation !== "relu" && activation !== "leaky_relu") change.activation = "relu";
  if (initializer !== "he") change.initializer = "he";
  if (!Object.keys(change).length) change.hidden_units = sizes.slice(0, Math.max(1, Math.floor(sizes.length / 2)));
  const [first, last] = [all[0][0], all[0][sizes.length]];
  const values = { first: number(first, 2), last: number(last, 2), limit: number(VANISHED) };
  if (first < LOST_ON_THE_WAY * last) {
    const detail = n(
      sizes.length,
      "Gradients vanish on their way back through {num} hidden layer: before the first step their norm is {last} at the output, but {first} at the first layer; below {limit} early in training is too little to learn from: the first layers learn late or not at all.",
      "Gradients vanish on their way back through {num} hidden layers: before the first step their norm is {last} at the output, but {first} at the first layer; below {limit} early in training is too little to learn from: the first layers learn late or not at all.",
      values,
    );
    return { kind: "vanishing_gradients", detail, change };
  }
  const detail = n(
    sizes.length,
    "The signal is lost on its way forward through {num} hidden layer: students hardly differ where they reach the output, so that before the first step the gradient’s norm is {last} there and {first} at the first layer; below {limit} early in training is too little to learn from: the network learns late or not at all.",
    "The signal is lost on its way forward through {num} hidden layers: students hardly differ where they reach the output, so that before the first step the gradient’s norm is {last} there and {first} at the first layer; below {limit} early in training is too little to learn from: the network learns late or not at all.",
    values,
  );
  return { kind: "vanishing_signal", detail, change };
}

function dead({ layers }, students, { activation, rate }) {
  const [first, last] = [layers[0], layers[layers.length - 1]];
  const [before, share] = [first, last].map((each) => deadShare(each, students));
  if (activation !== "relu" || share <= MOST_DEAD) return null;
  const wereAlive = before < MOST_DEAD / 2;
  const [start, end] = [first, last].map((each) => norms(each)[0]);
  if (wereAlive && end < SHRUNK * start) return null; // a penalty has switched them off
  const detail = t(
    "{share} of the hidden units are dead: they give 0 for every student, so that they neither answer nor learn ({before} were before training).",
    { share: percent(share), before: percent(before) },
  );
  // Long steps have killed them, or they were dead from the start.
  const change = wereAlive && rate > RATE ? { learning_rate: RATE } : { activation: "leaky_relu" };
  return { kind: "dead_units", detail, change };
}

function overfitting({ heldOutLoss }, { rate }) {
  if (!heldOutLoss.length) return null;
  const lowest = Math.min(...heldOutLoss);
  const [best, epochs] = [heldOutLoss.indexOf(lowest), heldOutLoss.length - 1];
  const last = heldOutLoss[epochs];
  if (last - lowest <= OVERFITTED) return null;
  const values = { lowest: number(lowest, 3), best, last: number(last, 3) };
  if (best === 0) {
    const detail = t(
      "A single network learns its training rows by heart (overfitting), and nothing that holds for others: on held-out rows the loss is lowest, {lowest}, before training, and {last} at the end; shorter training mends nothing, more rows or features that tell more may.",
      values,
    );
    return { kind: "overfitting", detail, change: {} };
  }
  const detail = t(
    "A single network learns its training rows by heart (overfitting): on held-out rows the loss is lowest, {lowest}, after epoch {best}, and {last} at the end.",
    values,
  );
  return { kind: "overfitting", detail, change: best < epochs ? { epochs: best } : { learning_rate: rate / 10 } };
}

export function deadShare(layers, students) {
  const awake = numAwake(layers, students).flat();
  return awake.filter((num) => num === 0).length / awake.length;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

// As the report of a training run would have it; the change as its dataset file is to say it.
export function report(findings, isHeldOut) {
  const lines = findings.map(({ detail, change }) => {
    const keys = Object.entries(change).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
    const advice = keys.length > 0 && [
      " ",
      t("In the dataset file, below [training]:"),
      " ",
      el("code", {}, keys.join(", ")),
    ];
    return el("li", {}, detail, advice);
  });
  const nothing = isHeldOut
    ? t("They find no fault.")
    : t(
        "They find no fault in how it learned. Whether it holds for other students they can’t say: none are held out here.",
      );
  return [
    el("h4", {}, t("What training’s diagnostics say of it")),
    lines.length ? el("ul", {}, lines) : el("p", {}, nothing),
  ];
}
