// Inside the network: its neurons with their weights and what passes through them, its answers over two features, and how
// it has learned.

import { ask, Problem } from "../../api/ask.js";
import { buildCurves } from "../../widgets/curves.js";
import { buildDiagram } from "./diagram.js";
import { el, replace, uniqueId } from "../../core/dom.js";
import { state } from "../../core/state.js";
import { filled, n, t } from "../../core/words.js";
import { buildSurface } from "./surface.js";

export function build() {
  const content = el("div", {}, el("p", {}, t("Asking for the network’s weights …")));
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
      replace(content, el("p", {}, t("The weights come once the service is back.")));
    }
  }
  const root = el("div", {}, el("h2", {}, t("Inside the network")), introduction(), content);
  state.on(["shown", "back"], root, load);
  return root;
}

// Each word where it first stands.
function introduction() {
  return el(
    "p",
    {},
    t(
      "A network is made of neurons. Each takes in numbers, multiplies each by a weight, adds the products and one number more, its bias, and passes the sum on through a bend, its activation. Weights and biases are all that training finds.",
    ),
    " ",
    filled("This is the network that is served; {link} walks through the small one of the tutorial step by step.", {
      link: el("a", { href: "#lesson" }, t("How a network learns")),
    }),
  );
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
        t("Its neurons can’t be drawn: {problem}.", { problem: members.message }),
        " ",
        t("A version of an earlier release, or of a network with more than 200,000 weights, keeps none for this page."),
      ),
    el(
      "section",
      {},
      el("h3", {}, t("How it learned")),
      curves ?? el("p", { class: "fault" }, t("That can’t be shown: {problem}.", { problem: training.message })),
    ),
  ];
}

function buildNeurons(training, members) {
  const id = uniqueId();
  let past = null; // the first member as it was at an earlier epoch; null: as it is published
  const choice = el(
    "select",
    { id, onchange: draw },
    members.map((_, place) =>
      el("option", { value: place }, t("{one} of {all}", { one: place + 1, all: members.length })),
    ),
  );
  const diagram = buildDiagram(members);
  const said = el("p", { class: "hint" });
  const surface = buildSurface(members);

  function draw() {
    const place = Number(choice.value);
    const shown = place === 0 ? past : null;
    said.textContent = shown
      ? t("Member 1 with the weights that it had at epoch {epoch}, as the cursor below says.", { epoch: shown.epoch })
      : t("With the weights that are published.");
    diagram.draw(shown?.member ?? members[place], shown === null);
  }

  const element = el(
    "div",
    {},
    el(
      "p",
      {},
      members.length > 1
        ? n(
            members.length,
            "One network answers.",
            "{num} networks answer together, the members: trained alike, from other beginnings. What is served is the mean of what they say, calibrated: corrected so that what has 70 % comes true about 70 times out of 100.",
          )
        : t("One network answers."),
      " ",
      filled("The student is the one in the form: {link}.", {
        link: el("a", { href: "#student" }, t("change it there")),
      }),
    ),
    el(
      "section",
      {},
      el("h3", {}, t("Neurons")),
      el("p", {}, el("label", { for: id }, t("Member")), " ", choice),
      said,
      diagram.element,
    ),
    el("section", {}, el("h3", {}, t("Its answers over two features")), surface.element),
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
