// Begins here: asks what is served, shows the part of the page that the address names, keeps an eye on the service.

import { ask, askAt, listeners, Lost } from "./api.js";
import { watch } from "./connection.js";
import { el, replace } from "./dom.js";
import { plural, VERDICTS } from "./format.js";
import { chosen, mark, offer } from "./models.js";
import { isSame, state } from "./state.js";
import * as student from "./student.js";

const AGAIN_MS = 2000;
const view = document.getElementById("view");
// The first is here at once; the others come when they are asked for.
const PARTS = {
  student: async () => student,
  class: () => import("./class.js"),
  model: () => import("./model.js"),
  network: () => import("./network.js"),
};
const built = new Map(); // part → its element, which stays on the page while another is looked at
const service = watch(update);
let isAsking = false;
let isOffered = false; // whether other models are
let about = null; // what was chosen when it was last asked

listeners.lost = service.lost;
listeners.version = service.answered;
addEventListener("hashchange", show);
addEventListener("popstate", change);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address says which part is shown
  view.focus();
});
update();

// Another model may have been chosen, or only another part of the page.
function change() {
  if (about !== chosen()) update();
}

// Ask what is served now, and make the page anew where it is another version; what was entered stays.
async function update() {
  if (isAsking) return;
  isAsking = true;
  about = chosen();
  try {
    const model = await ask("model");
    if (about !== chosen()) return; // asked for below
    const before = state.model;
    const focused = document.activeElement?.dataset.field;
    state.setModel(model);
    mark(model.name);
    describe(model);
    if (isSame(before, model) && built.has(asked())) {
      state.tell("back");
      return;
    }
    if (!isSame(before, model)) {
      built.clear();
      replace(view);
      if (before?.name === model.name) service.swapped(before.version, model.version);
    }
    await show();
    if (focused) view.querySelector(`[data-field="${CSS.escape(focused)}"]`)?.focus();
  } catch (error) {
    if (!(error instanceof Lost)) {
      const mustChoose = about === null && error.status === 404;
      const words = mustChoose ? "Choose a model above." : `Nothing is served: ${error.message}`;
      state.model = null;
      built.clear();
      replace(document.getElementById("served"));
      replace(view, el("p", { class: mustChoose ? null : "fault" }, words));
    }
    setTimeout(update, AGAIN_MS);
  } finally {
    isAsking = false;
    change();
    offerOnce();
  }
}

function offerOnce() {
  if (isOffered) return;
  isOffered = true;
  offer(askAt, () => state.model?.name ?? chosen(), change).catch(() => {
    isOffered = false; // until the service answers again
  });
}

function describe({ name, version, manifest: { gate, training } }) {
  replace(
    document.getElementById("served"),
    el("strong", {}, `${name}, version ${version}`),
    ` · trained on ${plural(training.num_students, "student")} · `,
    el("a", { href: "#model" }, gate.advice?.headline ?? VERDICTS[gate.verdict]),
  );
}

function asked() {
  const part = location.hash.slice(1);
  return Object.hasOwn(PARTS, part) ? part : "student";
}

async function show() {
  if (!state.model) return;
  const part = asked();
  if (!built.has(part)) {
    let module;
    try {
      module = await PARTS[part]();
    } catch {
      // Its file did not come: the service is away, and `update` comes back here once it answers.
      listeners.lost();
      return;
    }
    if (!built.has(part)) {
      const element = module.build();
      element.hidden = true;
      built.set(part, element);
      view.append(element);
    }
  }
  if (part !== asked()) return; // another was asked for meanwhile, and is shown by then
  for (const [each, element] of built) element.hidden = each !== part;
  for (const link of document.querySelectorAll("#tabs a")) {
    if (link.hash === `#${part}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `passfail: ${document.querySelector(`#tabs a[href="#${part}"]`).textContent}`;
  state.tell("shown");
}
