// Inside the network: its neurons with their weights and what passes through them, its answers over two features, and how
// it has learned.

import { ask, Problem } from "../../api/ask.js";
import { buildCurves } from "../../widgets/curves.js";
import { buildDiagram } from "./diagram.js";
import { el, replace, uniqueId } from "../../core/dom.js";
import { plural } from "../../core/format.js";
import { state } from "../../core/state.js";
import { buildSurface } from "./surface.js";

export function build() {
  const content = el("div", {}, el("p", {}, "Asking for the network’s weights …"));
  let isBuilt = false;
  async function load() {
    if (isBuilt) return;
    const path = `model/versions/${state.model.version}`;
    const missed = (error) => {
      if (error instanceof Problem) return error;
      throw error; // asked for again once the service is back
    };
    try {
      const [training, members] = await Promise.all([
        ask(`${path}/training`).catch(missed),
        askForMembers(path).catch(missed),
      ]);
      if (isBuilt) return;
      isBuilt = true;
      replace(content, buildParts(training, members));
    } catch {
      replace(content, el("p", {}, "The weights come once the service is back."));
    }
  }
  const root = el("div", {}, el("h2", {}, "Inside the network"), content);
  state.on(["shown", "back"], root, load);
  return root;
}

async function askForMembers(path) {
  const first = await ask(`${path}/members/1`);
  const others = Array.from({ length: first.num_members - 1 }, (_, place) => ask(`${path}/members/${place + 2}`));
  return [first, ...(await Promise.all(others))];
}

function buildParts(training, members) {
  const neurons = members instanceof Problem ? null : buildNeurons(training, members);
  const curves = training instanceof Problem ? null : buildCurves(training, (position) => neurons?.setEpoch(position));
  return [
    neurons?.element ??
      el(
        "p",
        { class: "fault" },
        `Its neurons can’t be drawn: ${members.message}. A version of an earlier release, or of a network with more than 200,000 weights, keeps none for this page.`,
      ),
    el(
      "section",
      {},
      el("h3", {}, "How it learned"),
      curves ?? el("p", { class: "fault" }, `That can’t be shown: ${training.message}.`),
    ),
  ];
}

function buildNeurons(training, members) {
  const id = uniqueId();
  let past = null; // the first member as it was at an earlier epoch; null: as it is published
  const choice = el(
    "select",
    { id, onchange: draw },
    members.map((_, place) => el("option", { value: place }, `${place + 1} of ${members.length}`)),
  );
  const diagram = buildDiagram(members);
  const said = el("p", { class: "hint" });
  const surface = buildSurface(members);

  function draw() {
    const place = Number(choice.value);
    const shown = place === 0 ? past : null;
    said.textContent = shown
      ? `Member 1 with the weights that it had at epoch ${shown.epoch}, as the cursor below says.`
      : "With the weights that are published.";
    diagram.draw(shown?.member ?? members[place], shown === null);
  }

  const element = el(
    "div",
    {},
    el(
      "p",
      {},
      members.length > 1
        ? `${plural(members.length, "network")} answer together, trained alike from other beginnings; what is served is their calibrated mean. `
        : "One network answers. ",
      "The student is the one in the form: ",
      el("a", { href: "#student" }, "change it there"),
      ".",
    ),
    el(
      "section",
      {},
      el("h3", {}, "Neurons"),
      el("p", {}, el("label", { for: id }, "Member"), " ", choice),
      said,
      diagram.element,
    ),
    el("section", {}, el("h3", {}, "Its answers over two features"), surface.element),
  );
  let timer = null;
  state.on(["student", "shown"], element, () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      draw();
      surface.draw();
    }, 50);
  });
  draw();
  surface.draw();
  return {
    element,
    setEpoch(position) {
      const isLast = position === training.epochs.length - 1;
      past = isLast ? null : weightsAt(training, members[0], training.epochs[position]);
      draw();
    },
  };
}

// The first member as it was at the last epoch that was kept up to the one that is asked for; null where none was.
function weightsAt(training, member, asked) {
  const kept = (training.weights_of_the_first_network ?? []).filter(({ epoch }) => epoch <= asked);
  if (!kept.length) return null;
  const { epoch, layers } = kept[kept.length - 1];
  return {
    epoch,
    member: {
      ...member,
      hidden: member.hidden.map((layer) => ({ ...layer, ...layers[layer.name] })),
      logit: layers.logit,
      skip: layers.skip ?? null,
      curves: (member.curves ?? []).map((curve) => ({
        ...curve,
        values: valuesOf(curve, layers.skip.kernel.slice(member.inputs.length)),
      })),
    },
  };
}

// What a curve adds at each knot, by the weights of the pieces between them.
function valuesOf({ pieces }, kernel) {
  const values = [0];
  for (const piece of pieces) values.push(values[values.length - 1] + kernel[piece][0]);
  return values;
}
