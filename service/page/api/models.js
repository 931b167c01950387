// Which of several models the page is about: the address says it, and a list in the page's head lets its reader choose.

import { byId, el, replace } from "../core/dom.js";
import { t } from "../core/words.js";

// The name in the address; null is the model that the service answers with by default.
export function chosen() {
  return new URLSearchParams(location.search).get("model");
}

// Where something of that model is.
export function address(path) {
  const name = chosen();
  return name === null ? path : `models/${encodeURIComponent(name)}/${path}`;
}

// Says in the list which model is shown; null is none.
export function mark(name) {
  const select = /** @type {HTMLSelectElement | null} */ (document.getElementById("chosen"));
  if (select) select.value = name ?? "";
}

// Offers every model where there is a choice; `ask` asks the service, `change` is called once another is chosen.
export async function offer(ask, served, change) {
  const names = [];
  for (let after = ""; after !== null;) {
    const { models, next_after } = await ask(`models?after=${encodeURIComponent(after)}`);
    names.push(...models.map(({ name }) => name));
    after = next_after;
  }
  if (names.every((name) => name === served())) return;
  const list = byId("models");
  const select = el(
    "select",
    { id: "chosen" },
    names.map((name) => el("option", { value: name }, name)),
  );
  select.addEventListener("change", () => {
    history.pushState(null, "", `?model=${encodeURIComponent(select.value)}${location.hash}`);
    change();
  });
  replace(list, el("label", { for: "chosen" }, t("Model")), " ", select);
  list.hidden = false;
  mark(served());
}
