// A walk for somebody who has just met neurons: the tutorial notebook's network, computed and trained here, chapter by
// chapter.

import { el, replace } from "../../core/dom.js";
import { state } from "../../core/state.js";
import { t } from "../../core/words.js";
import * as backward from "./chapters/backward.js";
import * as byHeart from "./chapters/by_heart.js";
import * as dead from "./chapters/dead.js";
import * as epochs from "./chapters/epochs.js";
import * as forward from "./chapters/forward.js";
import * as loss from "./chapters/loss.js";
import * as neuron from "./chapters/neuron.js";
import * as vanishing from "./chapters/vanishing.js";
import { choice } from "./controls.js";
import { initial } from "./network.js";
import { ENCODED, nameOf, STUDENTS } from "./students.js";

const CHAPTERS = [neuron, forward, loss, backward, epochs, vanishing, dead, byHeart];
document.head.append(el("link", { rel: "stylesheet", href: new URL("lesson.css", import.meta.url).href }));

/**
 * What the chapters share: the network that is walked through, and the student who goes through it.
 * @typedef {{layers: import("./network.js").Layer[], place: number, student: import("./network.js").Student,
 *   begin: () => void, chooser: (onchange: () => void) => {element: HTMLElement, set: () => void}}} Lesson
 */

/** @returns {Lesson} */
function share() {
  return {
    layers: initial([2, 5, 1]),
    place: 3,
    get student() {
      return ENCODED[this.place];
    },
    begin() {
      this.layers = initial([2, 5, 1]);
    },
    // Chooses the student, in each chapter that looks at one.
    chooser(onchange) {
      const options = STUDENTS.map((_, place) => /** @type {[number, string]} */ ([place, nameOf(place)]));
      const { element, select } = choice(t("Student"), options, this.place, (place) => {
        this.place = place;
        onchange();
      });
      return { element, set: () => (select.selectedIndex = this.place) };
    },
  };
}

export function build() {
  const lesson = share();
  const built = new Map(); // chapter → its element and how it is drawn; made when it is first read
  const page = el("div", { class: "chapter" });
  const links = CHAPTERS.map((chapter) =>
    el("li", {}, el("button", { class: "plain", type: "button", onclick: () => show(chapter) }, chapter.title)),
  );
  const before = el("button", { type: "button", onclick: () => show(CHAPTERS[at() - 1]) }, t("The chapter before"));
  const after = el("button", { type: "button", onclick: () => show(CHAPTERS[at() + 1]) }, t("The next chapter"));
  let shown = CHAPTERS[0];
  const at = () => CHAPTERS.indexOf(shown);

  function open(chapter) {
    shown = chapter;
    if (!built.has(chapter)) built.set(chapter, chapter.build(lesson));
    const { element, draw } = built.get(chapter);
    draw();
    const head = el("h3", { tabindex: -1 }, `${at() + 1}. ${chapter.title}`);
    replace(page, head, element);
    for (const [place, item] of links.entries()) {
      const button = item.firstChild;
      if (place === at()) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    }
    before.hidden = at() === 0;
    after.hidden = at() === CHAPTERS.length - 1;
    return head;
  }

  function show(chapter) {
    const head = open(chapter);
    location.hash = `lesson/${at() + 1}`; // for the way back, and for somebody who comes again
    head.focus();
  }

  // The chapter that the address names; where it names none, it gets the one that is shown.
  function follow() {
    const chapter = CHAPTERS[Number(location.hash.split("/")[1]) - 1];
    if (!chapter) history.replaceState(null, "", `#lesson/${at() + 1}`);
    else if (chapter !== shown) open(chapter);
  }

  open(shown);
  const root = el(
    "div",
    { class: "lesson" },
    el("h2", {}, t("How a network learns")),
    el(
      "p",
      {},
      t(
        "A walk through the small network of the tutorial notebook: two inputs, five neurons, one output, and 15 students. All of it is computed here, in your browser; the network that is served is not touched.",
      ),
    ),
    el("nav", { "aria-label": t("Chapters") }, el("ol", {}, links)),
    page,
    el("p", { class: "tools" }, before, after),
  );
  state.on(["shown"], root, follow);
  return root;
}
