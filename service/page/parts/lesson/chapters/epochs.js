// Learning, epoch by epoch: the network, its map, its loss and its gradients move together.

import { el, replace, uniqueId } from "../../../core/dom.js";
import { number, percent } from "../../../core/format.js";
import { filled, t } from "../../../core/words.js";
import { chart } from "../../../widgets/curves.js";
import { choice, term } from "../controls.js";
import { buildMap } from "../map.js";
import { forward, initial, numAwake, probabilityOf, train } from "../network.js";
import { picture } from "../picture.js";
import { ENCODED, INPUTS } from "../students.js";

export const title = t("Learning, epoch by epoch");

const [EPOCHS, RATE, SEEDS] = [300, 0.02, [1, 2, 3, 4, 5]];
const NOTEBOOK = { epochs: 200, rate: 0.001 }; // Keras's own rate

/** @param {import("../lesson.js").Lesson} lesson */
export function build(lesson) {
  const id = uniqueId();
  const chooser = lesson.chooser(draw);
  const [drawing, charts] = [el("div"), el("div", { class: "together" })];
  const said = el("p", { class: "said" });
  const map = buildMap();
  const slider = el("input", { id, class: "wide", type: "range", min: 0, max: EPOCHS, step: 1, oninput: draw });
  const play = el("button", { type: "button", onclick: () => (timer ? pause() : start()) }, t("Play"));
  let timer = 0;
  let kept, curves;

  function begin(seed) {
    kept = train(initial([2, 5, 1], { seed }), ENCODED, { epochs: EPOCHS, rate: RATE });
    const epochs = [...kept.loss.keys()];
    const [hidden, output] = [0, 1].map((layer) => kept.norms.map((norms) => norms[layer]));
    curves = [
      chart(t("Mean loss"), epochs, { [t("15 students")]: kept.loss }, false),
      chart(t("Gradient norm"), epochs, { [t("hidden layer")]: hidden, [t("output")]: output }, true),
    ];
    replace(
      charts,
      curves.map(({ figure }) => figure),
    );
    slider.value = 0;
  }

  function draw() {
    chooser.set();
    const epoch = Number(slider.value);
    const layers = kept.layers[epoch];
    const numRight = ENCODED.filter(
      ({ inputs, label }) => probabilityOf(layers, inputs) > 0.5 === (label === 1),
    ).length;
    const words = t(
      "Epoch {epoch}: the mean loss is {loss}, and {right} of 15 students are on the right side. Of the five neurons {silent} are silent for every student. The gradient’s norm is {hidden} in the hidden layer, {output} at the output. The chosen student is given {percent} to pass.",
      {
        epoch,
        loss: number(kept.loss[epoch], 3),
        right: numRight,
        silent: numAwake(layers, ENCODED)[0].filter((num) => num === 0).length,
        hidden: number(kept.norms[epoch][0], 2),
        output: number(kept.norms[epoch][1], 2),
        percent: percent(probabilityOf(layers, lesson.student.inputs)),
      },
    );
    said.textContent = words;
    slider.setAttribute("aria-valuetext", words);
    const passed = forward(layers, lesson.student.inputs);
    replace(
      drawing,
      picture(layers, passed, INPUTS, t("The network with the weights that it has at epoch {epoch}", { epoch })),
    );
    map.draw(layers, lesson.place, t("Map of its answers over hours studied and slept. {words}", { words }));
    for (const each of curves) each.point(epoch);
  }

  function start() {
    // Who wants less motion sees it in ten steps.
    const [step, pauseMs] = matchMedia("(prefers-reduced-motion: reduce)").matches ? [EPOCHS / 10, 1000] : [2, 50];
    if (Number(slider.value) === EPOCHS) slider.value = 0;
    play.textContent = t("Pause");
    timer = setInterval(() => {
      slider.value = Number(slider.value) + step;
      const isSeen = slider.isConnected && !slider.closest("[hidden]");
      if (!isSeen || Number(slider.value) === EPOCHS) pause();
      draw();
    }, pauseMs);
  }

  function pause() {
    clearInterval(timer);
    timer = 0;
    play.textContent = t("Play");
  }

  begin(SEEDS[0]);
  const element = el(
    "div",
    {},
    el(
      "p",
      {},
      filled(
        "In one {epoch} the network looks at all 15 students, takes the mean of their gradients, and every weight takes a step against it. Students who share a step are a {batch}: here all of them. {adam}, the optimiser of the notebook and of this program, has a step length for each weight: long where its gradients agree from epoch to epoch, short where they swing.",
        { epoch: term(t("epoch")), batch: term(t("batch")), adam: term("Adam") },
      ),
    ),
    el(
      "p",
      {},
      t(
        "Training begins afresh here, without the steps that you took: with Adam at a learning rate of {rate}, for {epochs} epochs. The notebook had Keras’s rate, {itsRate}, for {itsEpochs} epochs, which is too little to get far.",
        { rate: number(RATE), epochs: EPOCHS, itsRate: number(NOTEBOOK.rate), itsEpochs: NOTEBOOK.epochs },
      ),
    ),
    el(
      "p",
      {},
      t(
        "Watch how neurons share the work: each draws one straight line through the map, where its sum is 0, and speaks on one side of it; the output puts them together. The weights at the start are drawn by chance: another draw ends in another network, which is why this program trains several and takes their mean.",
      ),
    ),
    el(
      "div",
      { class: "tools" },
      chooser.element,
      choice(
        t("Weights at the start"),
        SEEDS.map((seed) => [seed, t("draw {num}", { num: seed })]),
        SEEDS[0],
        (seed) => {
          begin(seed);
          draw();
        },
      ).element,
    ),
    el("div", { class: "played" }, play, el("label", { for: id }, t("Epoch")), slider),
    said,
    el("div", { class: "together" }, drawing, map.canvas),
    charts,
    el(
      "p",
      { class: "hint" },
      t(
        "The norm of a layer’s gradient is the length of its weights’ gradients taken together: the root of the sum of their squares, without those of the biases. It says how strongly the layer is told to change. Where it jumps, a neuron has just begun to speak for a student or ceased to: ReLU has a kink there.",
      ),
    ),
    el(
      "p",
      { class: "hint" },
      t(
        "The map: hours studied from left to right, hours slept upward. Blue is pass, orange fail, white in between; a disc passed, a cross failed, the ring is the chosen student. Each numbered line is where that neuron’s sum is 0: it speaks on the side of its number. Within the dashed frame lies what the 15 students had, with half an hour around it: beyond it nobody has taught the network anything.",
      ),
    ),
  );
  return { element, draw };
}
