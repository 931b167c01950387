// How a map of answers over two features is painted: a square canvas, probabilities as colours, the range that was seen,
// names and numbers along the axes.

import { number } from "../core/format.js";
import { roundUp } from "../core/state.js";

export const SIZE = 480; // pixels of the picture

// From orange over white, at the threshold, to blue: told apart with any eyes, in light and in dark.
export function colour(probability, threshold) {
  const isPositive = probability > threshold;
  const share = isPositive
    ? (probability - threshold) / (1 - threshold || 1)
    : (threshold - probability) / (threshold || 1);
  const end = isPositive ? [33, 102, 172] : [200, 92, 20];
  const [red, green, blue] = end.map((part) => Math.round(250 + (part - 250) * Math.min(share, 1)));
  return `rgb(${red} ${green} ${blue})`;
}

// Around what lies between two shares across and two upward.
export function frame(context, across, upward) {
  const [left, right, bottom, top] = [...across, ...upward].map((share) => SIZE * share);
  for (const [style, dash] of [
    ["white", []],
    ["black", [6, 6]],
  ]) {
    context.setLineDash(dash);
    context.lineWidth = 1.5;
    context.strokeStyle = style;
    context.strokeRect(left, SIZE - top, right - left, top - bottom);
  }
  context.setLineDash([]);
}

// Names and numbers along the lower and the left border.
/**
 * @typedef {{title: string, ends: number[], share: (value: number) => number}} Axis  `share` of a value, from 0 to 1
 * @param {CanvasRenderingContext2D} context  @param {Axis[]} both  across, then upward
 */
export function axes(context, [across, upward]) {
  for (const value of ticks(across.ends))
    label(context, number(value), across.share(value) * SIZE, SIZE - 12, "center");
  for (const value of ticks(upward.ends)) label(context, number(value), 6, (1 - upward.share(value)) * SIZE, "left");
  label(context, `${across.title} →`, SIZE - 6, SIZE - 36, "right");
  label(context, `↑ ${upward.title}`, 6, 14, "left");
}

// Round values, about five, with room for the corners.
/** @param {number[]} ends */
function ticks([low, high]) {
  if (!(high > low)) return []; // of words
  const step = roundUp((high - low) / 5);
  const margin = (high - low) / 12;
  const first = Math.ceil((low + margin) / step);
  const num = Math.max(Math.floor((high - margin) / step) - first + 1, 0);
  return Array.from({ length: num }, (_, place) => (first + place) * step);
}

// Dark on a white rim: to be read on any ground.
export function label(context, words, x, y, align) {
  context.font = "20px system-ui, sans-serif";
  context.textAlign = align;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = "white";
  context.strokeText(words, x, y);
  context.fillStyle = "black";
  context.fillText(words, x, y);
}
