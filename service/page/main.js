// Begins here: asks what is served, shows the part of the page that the address names, keeps an eye on the service.

import { ask, askAt, listeners, Lost } from "./api/ask.js";
import { watch } from "./api/connection.js";
import { byId, el, replace } from "./core/dom.js";
import { chosen, mark, offer } from "./api/models.js";
import { isSame, state } from "./core/state.js";
import { language, LANGUAGES, n, speak, t } from "./core/words.js";
import { hand, handed } from "./core/handover.js";
import { trustWords } from "./widgets/trust.js";
import * as student from "./parts/student/student.js";

const AGAIN_MS = 2000;
const view = byId("view");
// The first is here at once; the others come when they are asked for.
const PARTS = {
  student: async () => student,
  class: () => import("./parts/class/class.js"),
  model: () => import("./parts/model/model.js"),
  network: () => import("./parts/network/network.js"),
  lesson: () => import("./parts/lesson/lesson.js"),
};
const built = new Map(); // part → its element, which stays on the page while another is looked at
const service = watch(update);
let isAsking = false;
let isOffered = false; // whether other models are
/** @type {string | null} */
let about = null; // what was chosen when it was last asked

listeners.lost = service.lost;
listeners.version = service.answered;
addEventListener("hashchange", show);
addEventListener("popstate", change);
byId("skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address says which part is shown
  view.focus();
});
translate();
state.student = handed("student") ?? {};
hand("student", () => state.student);
update();

// What index.html says, and the choice of a language.
function translate() {
  document.documentElement.lang = language;
  for (const each of document.querySelectorAll("[data-t]")) each.textContent = t(each.textContent ?? "");
  for (const each of document.querySelectorAll("nav[aria-label]")) {
    each.setAttribute("aria-label", t(each.getAttribute("aria-label") ?? ""));
  }
  const choice = /** @type {HTMLSelectElement} */ (byId("language"));
  replace(
    choice,
    Object.entries(LANGUAGES).map(([code, name]) => el("option", { value: code, lang: code }, name)),
  );
  choice.value = language;
  choice.addEventListener("change", () => speak(choice.value));
}

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
    const focused = focusedField();
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
    if (focused) view.querySelector(/** @type {"input"} */ (`[data-field="${CSS.escape(focused)}"]`))?.focus();
  } catch (error) {
    if (!(error instanceof Lost)) {
      const mustChoose = about === null && error.status === 404;
      const words = mustChoose
        ? t("Choose a model above.")
        : t("Nothing is served: {problem}", { problem: error.message });
      state.model = /** @type {any} */ (null);
      built.clear();
      replace(byId("served"));
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

function describe({ name, version, manifest }) {
  replace(
    byId("served"),
    el("strong", {}, t("{name}, version {version}", { name, version })),
    ` · ${n(manifest.training.num_students, "trained on {num} student", "trained on {num} students")} · `,
    el("a", { href: "#model" }, trustWords(manifest).headline),
  );
}

function focusedField() {
  return /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.field;
}

function asked() {
  const [part] = location.hash.slice(1).split("/"); // what follows is the part's own
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
  if (built.get(part).hidden) scrollTo(0, 0);
  for (const [each, element] of built) element.hidden = each !== part;
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("#tabs a"))) {
    if (link.hash === `#${part}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    if (link.hash === `#${part}`) document.title = `passfail: ${link.textContent}`;
  }
  state.tell("shown");
}
