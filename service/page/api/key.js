// Asks for an API key, once for all who wait for it.

import { el, uniqueId } from "../core/dom.js";
import { t } from "../core/words.js";

let waiting = null;

export function isKey(text) {
  return /^[\x21-\x7e]+$/.test(text);
}

export function askForKey(wasRefused) {
  waiting ??= new Promise((resolve) => {
    const [input, said] = [uniqueId(), uniqueId()];
    const field = el("input", {
      id: input,
      type: "password",
      autocomplete: "off",
      required: true,
      "aria-describedby": said,
      "aria-invalid": wasRefused ? "true" : null,
    });
    const dialog = el(
      "dialog",
      {
        "aria-labelledby": `${input}-title`,
        oncancel: (event) => event.preventDefault(),
        onclose: () => {
          waiting = null;
          dialog.remove();
          resolve(field.value.trim());
        },
      },
      el(
        "form",
        { method: "dialog" },
        el("h2", { id: `${input}-title` }, t("An API key is needed")),
        el("p", {}, el("label", { for: input }, t("API key")), field),
        el(
          "p",
          { id: said, class: wasRefused ? "fault" : "hint" },
          wasRefused && `${t("That key is not known here.")} `,
          t("It is kept for this tab only, and forgotten when it is closed."),
        ),
        el("button", {}, t("Use it")),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
  return waiting;
}
