// Begins here: asks what is served, shows the part of the page that the address names, keeps an eye on the service.

import { ask, listeners, Lost } from "./api.js";
import { watch } from "./connection.js";
import { el, replace } from "./dom.js";
import { plural, VERDICTS } from "./format.js";
import { state } from "./state.js";
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

listeners.lost = service.lost;
listeners.version = service.answered;
addEventListener("hashchange", show);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address says which part is shown
  view.focus();
});
update();

// Ask what is served now, and make the page anew where it is another version; what was entered stays.
async function update() {
  if (isAsking) return;
  isAsking = true;
  try {
    const model = await ask("model");
    const before = state.model?.version;
    const focused = document.activeElement?.dataset.field;
    state.setModel(model);
    describe(model);
    if (before === model.version && built.has(asked())) {
      state.tell("back");
      return;
    }
    if (before !== model.version) {
      built.clear();
      replace(view);
      if (before !== undefined) service.swapped(before, model.version);
    }
    await show();
    if (focused) view.querySelector(`[data-field="${CSS.escape(focused)}"]`)?.focus();
  } catch (error) {
    if (!(error instanceof Lost)) {
      state.model = null;
      built.clear();
      replace(view, el("p", { class: "fault" }, `Nothing is served: ${error.message}`));
    }
    setTimeout(update, AGAIN_MS);
  } finally {
    isAsking = false;
  }
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
