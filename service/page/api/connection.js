// Keeps an eye on the service: says when it is lost, tries again, sees when another version answers.

import { askIfReady } from "./ask.js";
import { byId, el, replace } from "../core/dom.js";
import { state } from "../core/state.js";
import { t } from "../core/words.js";

const LOOK_MS = 5000;
const PATIENCE_MS = 5000;
const RETRY_MS = [500, 1000, 2000, 4000, 8000];
const SETTLE_MS = 5000; // after a swap, while another worker may still answer by the version before

const notices = byId("notices");

function notice(kind, words, ...more) {
  if (notices.dataset.words === words && notices.firstChild) return; // not read out again
  notices.dataset.words = words;
  replace(notices, el("p", { class: `notice ${kind}` }, words, ...more));
}

// Calls `update` when the service answers again, or by another version.
export function watch(update) {
  let failures = 0;
  let timer = setTimeout(look, LOOK_MS);

  async function look() {
    clearTimeout(timer);
    const ready = await askIfReady(PATIENCE_MS).catch(() => null);
    if (ready === null) {
      lost();
      return;
    }
    timer = setTimeout(look, LOOK_MS);
    if (failures) {
      failures = 0;
      replace(notices);
      update();
    } else answered(ready);
  }

  function lost() {
    const wait = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)];
    failures += 1;
    notice("lost", t("The service does not answer. It is tried again and again; what you entered stays."));
    clearTimeout(timer);
    timer = setTimeout(look, wait);
  }

  let former = null; // the version before, for a while
  function answered({ name, version }) {
    if (!state.model || version === null || (name ?? state.model.name) !== state.model.name) return;
    if (version !== state.model.version && version !== former) update();
  }

  // To be called when /model has told that the version is another one.
  function swapped(before, now) {
    former = before;
    setTimeout(() => (former = null), SETTLE_MS);
    notice(
      "swapped",
      t("Version {now} answers now; before, it was version {before}. What you entered stays.", { now, before }),
      " ",
      el("button", { onclick: () => replace(notices) }, t("Close")),
    );
  }

  return { lost, answered, swapped };
}
