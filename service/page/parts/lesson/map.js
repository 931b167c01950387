// What the network answers over hours of study and of sleep, and where the 15 students are on it.

import { el } from "../../core/dom.js";
import { colour, frame, SIZE } from "../../widgets/map.js";
import { probabilityOf } from "./network.js";
import { encode, SEEN, STUDENTS } from "./students.js";

const [STEPS, MARGIN, BEYOND] = [40, 0.5, 2]; // cells along an axis; hours around what was seen in the frame, on the map
const ENDS = SEEN.map(([low, high]) => [Math.max(low - BEYOND, 0), high + BEYOND]);

export function buildMap() {
  const canvas = el("canvas", { width: SIZE, height: SIZE, role: "img" });
  const share = (hours, axis) => (hours - ENDS[axis][0]) / (ENDS[axis][1] - ENDS[axis][0]);
  const at = (step, axis) => ENDS[axis][0] + ((step + 0.5) * (ENDS[axis][1] - ENDS[axis][0])) / STEPS;

  function draw(layers, chosen, label) {
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const size = SIZE / STEPS;
    for (let row = 0; row < STEPS; row += 1) {
      for (let column = 0; column < STEPS; column += 1) {
        context.fillStyle = colour(probabilityOf(layers, encode([at(column, 0), at(row, 1)])), 0.5);
        context.fillRect(column * size, SIZE - (row + 1) * size, size, size);
      }
    }
    frame(context, ...SEEN.map(([low, high], axis) => [share(low - MARGIN, axis), share(high + MARGIN, axis)]));
    for (const [place, [study, sleep, passed]] of STUDENTS.entries()) {
      dot(context, share(study, 0) * SIZE, (1 - share(sleep, 1)) * SIZE, passed, place === chosen);
    }
    canvas.setAttribute("aria-label", label);
  }

  return { canvas, draw };
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
