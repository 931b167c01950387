// Many units, few students: what is learned by heart does not hold for others.

import { el, replace, uniqueId } from "../../../core/dom.js";
import { number } from "../../../core/format.js";
import { filled, t } from "../../../core/words.js";
import { chart } from "../../../widgets/curves.js";
import { choice, term } from "../controls.js";
import { diagnose, RATE, report } from "../diagnosis.js";
import { initial, randomness, train } from "../network.js";
import { ENCODED } from "../students.js";

export const title = t("Learning by heart");

const EPOCHS = 200;

export function build() {
  const id = uniqueId();
  let [units, isShuffled] = [64, false];
  let kept, curve;
  const [drawing, findings] = [el("div"), el("div")];
  const said = el("p", { class: "said" });
  const slider = el("input", { id, class: "wide", type: "range", min: 0, max: EPOCHS, step: 1, oninput: point });
  slider.value = EPOCHS;

  function draw() {
    const students = isShuffled ? shuffled(ENCODED) : ENCODED;
    const heldOut = students.filter(isHeldOut);
    const taught = students.filter((student, place) => !isHeldOut(student, place));
    kept = train(initial([2, units, 1]), taught, { epochs: EPOCHS, rate: RATE, heldOut });
    const series = { [t("10 students trained on")]: kept.loss, [t("5 students held out")]: kept.heldOutLoss };
    curve = chart(t("Mean loss"), [...kept.loss.keys()], series, false);
    replace(drawing, curve.figure);
    const config = { activation: "relu", initializer: "glorot", rate: RATE };
    replace(findings, report(diagnose(kept, taught, config), true));
    point();
  }

  function point() {
    const epoch = Number(slider.value);
    const lowest = Math.min(...kept.heldOutLoss);
    curve.point(epoch);
    said.textContent = t(
      "After epoch {epoch} the mean loss is {own} on the students trained on, {other} on those held out; there it was lowest, {lowest}, after epoch {best}.",
      {
        epoch,
        own: number(kept.loss[epoch], 2),
        other: number(kept.heldOutLoss[epoch], 2),
        lowest: number(lowest, 2),
        best: kept.heldOutLoss.indexOf(lowest),
      },
    );
    slider.setAttribute("aria-valuetext", said.textContent);
  }

  const element = el(
    "div",
    {},
    el(
      "p",
      {},
      filled(
        "A network with many neurons and few students need not find out what makes a student pass: it can {heart} who passed, which is called {overfitting}. Then its loss on those students falls and falls, while on others it rises. That is why some are {heldOut}, for what Keras calls validation: the network never learns from them, and is judged by them.",
        { heart: term(t("learn by heart")), overfitting: term(t("overfitting")), heldOut: term(t("held out")) },
      ),
    ),
    el(
      "p",
      {},
      t(
        "Here ten students, the rows of a table, are trained on by Adam at a learning rate of {rate}; five are held out. Give the answers out by chance: nothing is left to find out, and still it learns them. It helps to have more students or fewer neurons, and to stop earlier; or to add to the loss a little for every large weight, a penalty, whose strength this program’s training finds by trying.",
        { rate: number(RATE) },
      ),
    ),
    el(
      "div",
      { class: "tools" },
      choice(
        t("Neurons"),
        [2, 5, 64].map((num) => [num, String(num)]),
        units,
        (chosen) => {
          units = chosen;
          draw();
        },
      ).element,
      choice(
        t("Who passed"),
        [
          [false, t("as it was")],
          [true, t("given out by chance")],
        ],
        isShuffled,
        (chosen) => {
          isShuffled = chosen;
          draw();
        },
      ).element,
    ),
    drawing,
    el("p", { class: "stop" }, el("label", { for: id }, t("Look after epoch")), slider),
    said,
    findings,
  );
  return { element, draw };
}

// Every third student.
function isHeldOut(_student, place) {
  return place % 3 === 1;
}

// The same answers, given to other students by chance; always the same ones.
function shuffled(students) {
  const draw = randomness(1);
  const order = students.map(({ label }) => [draw(), label]).sort(([one], [other]) => one - other);
  return students.map(({ inputs }, place) => ({ inputs, label: order[place][1] }));
}
