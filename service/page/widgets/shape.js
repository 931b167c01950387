// A feature's shape function: what its value adds to a member's logit, straight from the inputs to the output.

import { svg } from "../core/dom.js";
import { number } from "../core/format.js";
import { t } from "../core/words.js";

const [WIDTH, HEIGHT, LEFT, BOTTOM, MARGIN] = [320, 170, 48, 24, 12];

// From the least to the most that it adds.
export function range({ values }) {
  return Math.max(...values) - Math.min(...values);
}

// In a box of its own, as an input of the diagram; where the student is on it as a dot.
export function thumbnail(curve, { at, added }, [left, top], size) {
  const place = placer(curve, [left - size + 4, left + size - 4], [top + size - 6, top - size + 6]);
  return [
    svg("rect", { class: "outline", x: left - size, y: top - size, width: 2 * size, height: 2 * size, rx: 4 }),
    line(curve, place),
    dot(curve, at, added, place, 3.5),
  ];
}

// With its ends in figures; `feature` as people call it.
export function chart(curve, { at, added }, feature) {
  const { knots, values } = curve;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const place = placer(curve, [LEFT + MARGIN, WIDTH - MARGIN], [HEIGHT - BOTTOM - MARGIN, MARGIN]);
  const [first, top] = place(knots[0], high);
  const [last, bottom] = place(knots[knots.length - 1], low);
  return svg(
    "svg",
    {
      class: "chart shape",
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-label": t("What {feature} adds: {points}", {
        feature,
        points: knots
          .map((knot, index) => t("{value} at {knot}", { value: number(values[index], 3), knot: number(knot) }))
          .join(", "),
      }),
    },
    svg("line", { class: "axis", x1: LEFT, x2: WIDTH, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM }),
    svg("line", { class: "axis", x1: LEFT, x2: LEFT, y1: 0, y2: HEIGHT - BOTTOM }),
    svg("text", { x: LEFT - 5, y: top + 4, "text-anchor": "end" }, number(high, 2)),
    high > low && svg("text", { x: LEFT - 5, y: bottom + 4, "text-anchor": "end" }, number(low, 2)),
    svg("text", { x: first, y: HEIGHT - 6, "text-anchor": "middle" }, number(knots[0])),
    svg("text", { x: last, y: HEIGHT - 6, "text-anchor": "end" }, number(knots[knots.length - 1])),
    line(curve, place),
    dot(curve, at, added, place, 5),
  );
}

// From a value and what it adds to a point between two ends across and two ends upward.
function placer({ knots, values }, [left, right], [bottom, top]) {
  const [first, last] = [knots[0], knots[knots.length - 1]];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const share = (value, from, to) => (to > from ? (value - from) / (to - from) : 0.5);
  return (at, added) => [
    left + share(at, first, last) * (right - left),
    bottom + share(added, low, high) * (top - bottom),
  ];
}

function line({ knots, values }, place) {
  const points = knots.map((knot, index) =>
    place(knot, values[index])
      .map((each) => each.toFixed(1))
      .join(","),
  );
  return svg("polyline", { class: "line line-0", points: points.join(" ") });
}

// At the end that a value beyond it counts as.
function dot({ knots }, at, added, place, radius) {
  const [x, y] = place(Math.min(Math.max(at, knots[0]), knots[knots.length - 1]), added);
  return svg("circle", { class: "dot", cx: x.toFixed(1), cy: y.toFixed(1), r: radius });
}
