// What the network answers over hours of study and of sleep, and where the 15 students are on it.

import { el } from "../../core/dom.js";
import { axes, colour, frame, label, SIZE } from "../../widgets/map.js";
import { probabilityOf } from "./network.js";
import { encode, INPUTS, SEEN, STUDENTS } from "./students.js";

const [STEPS, MARGIN, BEYOND] = [40, 0.5, 2]; // cells along an axis; hours around what was seen in the frame, on the map
const ENDS = SEEN.map(([low, high]) => [Math.max(low - BEYOND, 0), high + BEYOND]);

export function buildMap() {
  const canvas = el("canvas", { width: SIZE, height: SIZE, role: "img" });
  const share = (hours, axis) => (hours - ENDS[axis][0]) / (ENDS[axis][1] - ENDS[axis][0]);
  const at = (step, axis) => ENDS[axis][0] + ((step + 0.5) * (ENDS[axis][1] - ENDS[axis][0])) / STEPS;

  function draw(layers, chosen, words) {
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const size = SIZE / STEPS;
    for (let row = 0; row < STEPS; row += 1) {
      for (let column = 0; column < STEPS; column += 1) {
        context.fillStyle = colour(probabilityOf(layers, encode([at(column, 0), at(row, 1)])), 0.5);
        context.fillRect(column * size, SIZE - (row + 1) * size, size, size);
      }
    }
    frame(context, ...SEEN.map(([low, high], axis) => [share(low - MARGIN, axis), share(high + MARGIN, axis)]));
    zeroLines(context, layers[0]);
    for (const [place, [study, sleep, passed]] of STUDENTS.entries()) {
      dot(context, share(study, 0) * SIZE, (1 - share(sleep, 1)) * SIZE, passed, place === chosen);
    }
    axes(
      context,
      INPUTS.map((title, axis) => ({ title, ends: ENDS[axis], share: (hours) => share(hours, axis) })),
    );
    canvas.setAttribute("aria-label", words);
  }

  // Where the sum of each neuron is 0; its number stands on the side where it speaks.
  function zeroLines(context, { kernel, bias }) {
    const corner = ENDS.map(([low]) => low);
    const [origin, far] = [encode(corner), encode(ENDS.map(([, high]) => high))];
    for (const [unit, shift] of bias.entries()) {
      // The sum is linear in shares of the map: base + across · x + upward · y.
      const [across, upward] = [0, 1].map((axis) => kernel[axis][unit] * (far[axis] - origin[axis]));
      const base = shift + kernel[0][unit] * origin[0] + kernel[1][unit] * origin[1];
      const ends = crossings(base, across, upward);
      if (ends.length < 2) continue;
      const [[x1, y1], [x2, y2]] = ends;
      for (const [width, style] of [
        [4, "white"],
        [1.5, "black"],
      ]) {
        context.beginPath();
        context.moveTo(x1 * SIZE, (1 - y1) * SIZE);
        context.lineTo(x2 * SIZE, (1 - y2) * SIZE);
        context.lineWidth = width;
        context.strokeStyle = style;
        context.stroke();
      }
      const length = Math.hypot(across, upward);
      const share = 0.3 + unit * 0.1; // of the way along, so that numbers stand apart
      const x = x1 + (x2 - x1) * share + (0.035 * across) / length;
      const y = y1 + (y2 - y1) * share + (0.035 * upward) / length;
      label(context, String(unit + 1), x * SIZE, (1 - y) * SIZE, "center");
    }
  }

  return { canvas, draw };
}

// Where a line meets the map's border, in shares.
function crossings(base, across, upward) {
  const found = [];
  for (const edge of [0, 1]) {
    const [y, x] = [-(base + across * edge) / upward, -(base + upward * edge) / across];
    if (y >= 0 && y <= 1) found.push([edge, y]);
    if (x > 0 && x < 1) found.push([x, edge]);
  }
  return found;
}

// Who passed is a disc, who failed a cross; the chosen one has a ring.
function dot(context, x, y, passed, isChosen) {
  for (const wider of [4, 0]) {
    const style = wider ? "white" : passed ? "rgb(13 60 110)" : "rgb(130 50 0)"; // white around, for any ground
    context.strokeStyle = context.fillStyle = style;
    context.lineWidth = 4 + wider;
    context.beginPath();
    if (passed) {
      context.arc(x, y, 8 + wider / 2, 0, 2 * Math.PI);
      context.fill();
    } else {
      for (const way of [1, -1]) {
        context.moveTo(x - 8, y - 8 * way);
        context.lineTo(x + 8, y + 8 * way);
      }
      context.stroke();
    }
    if (!isChosen) continue;
    context.beginPath();
    context.arc(x, y, 17, 0, 2 * Math.PI);
    context.lineWidth = 3 + wider;
    context.stroke();
  }
}
