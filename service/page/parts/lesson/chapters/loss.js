// How wrong it was, in one number.

import { el, replace, svg } from "../../../core/dom.js";
import { fixed, number, percent } from "../../../core/format.js";
import { filled, t } from "../../../core/words.js";
import { slider, term } from "../controls.js";
import { lossOf, meanLoss, probabilityOf } from "../network.js";
import { ENCODED } from "../students.js";

export const title = t("The loss: how wrong it was");

const [WIDTH, HEIGHT, LEFT, BOTTOM, MOST] = [360, 180, 40, 26, 5]; // MOST: loss at the upper end

// Finer than elsewhere, so that the loss follows from it.
function tenths(probability) {
  return `${fixed(100 * probability, 1)}\u00a0%`;
}

/** @param {import("../lesson.js").Lesson} lesson */
export function build(lesson) {
  const chooser = lesson.chooser(draw);
  const drawing = el("div");
  const said = el("p", { class: "said" });
  const tried = el("p", { role: "status" });
  let other = 0.9; // a probability that the network might have said

  function draw() {
    chooser.set();
    const { layers, student } = lesson;
    const probability = probabilityOf(layers, student.inputs);
    const values = {
      percent: tenths(probability),
      happened: tenths(student.label ? probability : 1 - probability),
      loss: number(lossOf(layers, student), 3),
      mean: number(meanLoss(layers, ENCODED), 3),
    };
    said.textContent = student.label
      ? t(
          "It gave {percent} to pass, and the student passed: to what happened it gave {happened}. The loss is {loss}.",
          values,
        )
      : t(
          "It gave {percent} to pass, and the student failed: to what happened it gave {happened}. The loss is {loss}.",
          values,
        );
    tried.textContent = t(
      "Had it given {percent} to pass, the loss would be {loss}. Over all 15 students the mean loss is {mean}.",
      {
        percent: percent(other),
        loss: number(lossAt(other), 3),
        mean: values.mean,
      },
    );
    replace(drawing, curve(probability));
  }

  function lossAt(probability) {
    return -Math.log(lesson.student.label ? probability : 1 - probability);
  }

  function curve(probability) {
    const x = (share) => LEFT + (WIDTH - LEFT - 12) * share;
    const y = (loss) => HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 10) * (Math.min(loss, MOST) / MOST);
    const shares = Array.from({ length: 99 }, (_, place) => (place + 1) / 100);
    const dot = (share, kind) => svg("circle", { class: kind, cx: x(share), cy: y(lossAt(share)), r: 6 });
    return svg(
      "svg",
      { class: "chart shape", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": tried.textContent },
      svg("line", { class: "axis", x1: LEFT, x2: WIDTH, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM }),
      svg("line", { class: "axis", x1: LEFT, x2: LEFT, y1: 0, y2: HEIGHT - BOTTOM }),
      svg("text", { x: LEFT - 5, y: y(MOST) + 8, "text-anchor": "end" }, MOST),
      svg("text", { x: LEFT - 5, y: HEIGHT - BOTTOM, "text-anchor": "end" }, 0),
      svg("text", { x: LEFT, y: HEIGHT - 6 }, percent(0)),
      svg("text", { x: WIDTH, y: HEIGHT - 6, "text-anchor": "end" }, percent(1)),
      svg("polyline", {
        class: "line line-0",
        points: shares.map((share) => `${x(share).toFixed(1)},${y(lossAt(share)).toFixed(1)}`).join(" "),
      }),
      dot(other, "tried"),
      dot(probability, "dot"),
    );
  }

  const element = el(
    "div",
    {},
    el(
      "p",
      {},
      filled(
        "The {loss} says in one number how wrong the network was about a student: minus the natural logarithm of the probability that it gave to what happened. It is 0 where the network was certain and right, {toss} where it tossed a coin, and grows without end where it was certain and wrong. Keras calls it binary crossentropy.",
        { loss: term(t("loss")), toss: number(Math.LN2, 3) },
      ),
    ),
    el(
      "p",
      {},
      t("To learn is to make the mean loss over all students small, by changing weights and biases, and nothing else."),
    ),
    chooser.element,
    said,
    el(
      "div",
      { class: "two-columns" },
      el(
        "figure",
        {},
        el("figcaption", {}, t("Loss over the probability to pass; the full dot is the network")),
        drawing,
      ),
      el(
        "div",
        {},
        slider(t("Had it given, in percent"), { min: 1, max: 99, step: 1, value: 100 * other }, (value) => {
          other = value / 100;
          draw();
        }),
        tried,
      ),
    ),
  );
  return { element, draw };
}
