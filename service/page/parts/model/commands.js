// What to type for what this page can't do: it reads only, so that whoever may ask may not change what is served.

import { el, replace, uniqueId } from "../../core/dom.js";
import { state } from "../../core/state.js";
import { filled, n, t } from "../../core/words.js";

const NUM_KEPT = 3; // versions, by the command that removes old ones
const DEMONSTRATION = "student_hours.csv"; // the table that training brings along
// Where it is typed → how each of the two programs is called there.
const PLACES = {
  python: { words: () => t("on this machine"), training: "python -m training", registry: "python -m registry" },
  compose: {
    words: () => t("in containers"),
    training: "docker compose run --rm training",
    registry: "docker compose run --rm registry",
  },
};

export function buildCommands() {
  const [where, which] = [uniqueId(), uniqueId()];
  const place = el(
    "select",
    { id: where, onchange: draw },
    Object.entries(PLACES).map(([key, { words }]) => el("option", { value: key }, words())),
  );
  const choice = el("select", { id: which, onchange: draw });
  const chosen = el("p", {}, el("label", { for: which }, t("Version to be put in use")), " ", choice);
  const list = el("div", { class: "commands" });
  const alone = el(
    "p",
    { class: "hint below", hidden: true },
    t("Once there is a second version, what puts it in use and what goes back to this one stand here too."),
  );
  /** @type {import("../../api/answers").Listed[]} */
  let others = []; // versions that are not the champion

  function draw() {
    const other = others.find(({ version }) => String(version) === choice.value);
    replace(list, commands(PLACES[place.value], other).map(command));
  }

  draw();
  chosen.hidden = true;
  return {
    element: el(
      "section",
      {},
      el("h2", {}, t("What this page can’t do, and what to type")),
      el(
        "p",
        { class: "hint" },
        filled("These are typed in the project’s folder. With {option} they are about versions in another place.", {
          option: el("code", {}, "--models\u00a0FOLDER"),
        }),
      ),
      el("div", { class: "tools" }, el("p", {}, el("label", { for: where }, t("Where")), " ", place), chosen),
      list,
      alone,
    ),
    setVersions(versions) {
      const kept = choice.value;
      others = versions.filter(({ aliases, verdict }) => verdict && !aliases.includes("champion"));
      replace(
        choice,
        others.map(({ version }) => el("option", { value: version }, `${version}`)),
      );
      if (others.some(({ version }) => String(version) === kept)) choice.value = kept;
      chosen.hidden = others.length === 0;
      alone.hidden = others.length > 0;
      draw();
    },
  };
}

// What each does, and its text.
function commands({ training, registry }, other) {
  const { manifest, name, version } = state.model;
  const on = `--name ${name}`;
  const reason = `--reason "${t("looked at by hand")}"`;
  const seed = `--seed ${(manifest.training.seed ?? 0) + 1}`;
  const table = tableOf(manifest.training.data, training);
  return [
    [
      t("Train anew. What comes of it answers as soon as it is good enough."),
      `${table.training} run ${table.argument} ${seed}`,
      [table.hint, t("Another seed is another attempt, with other chance.")].filter(Boolean).join(" "),
    ],
    [t("See which rows of the table look odd."), `${registry} audit ${version} ${on}`],
    other && [
      t("Put version {version} in use.", { version: other.version }),
      `${registry} promote ${other.version} ${on} ${reason}${other.verdict === "promoted" ? "" : " --force"}`,
      other.verdict !== "promoted" && t("It has not passed its tests: --force does it all the same."),
    ],
    other && [t("Go back to the version that was in use before."), `${registry} rollback ${on} ${reason}`],
    [t("See whether every version is whole."), `${registry} verify ${on}`],
    [
      n(
        NUM_KEPT,
        "Remove old versions that nothing needs; the last one stays.",
        "Remove old versions that nothing needs; the last {num} stay.",
      ),
      `${registry} prune --keep ${NUM_KEPT} ${on}`,
    ],
  ].filter(Boolean);
}

// The job is told of a dataset file, whose name no version keeps.
function tableOf(data, training) {
  if (data === DEMONSTRATION) return { training, argument: "students" };
  const isInside = training === PLACES.compose.training;
  return {
    training: isInside ? training.replace("--rm", '--rm -v "$PWD/school:/data:ro"') : training,
    argument: isInside ? "/data/table.toml" : "models/table.toml",
    hint: t("In place of “table.toml” write the name of the file that describes your table."),
  };
}

function command([words, text, hint]) {
  // A line breaks between words, and not before a hyphen.
  const code = el(
    "code",
    {},
    text.split(" ").map((word, place) => [place > 0 && " ", el("span", {}, word)]),
  );
  const said = el("span", { role: "status", class: "hint" });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = t("Copied.");
    } catch {
      // Over plain HTTP browsers have no clipboard for pages.
      getSelection()?.selectAllChildren(code);
      said.textContent = t("It is selected: copy it with Ctrl+C.");
    }
  };
  return el(
    "div",
    { class: "command" },
    el("p", {}, words, hint && el("span", { class: "hint" }, ` ${hint}`)),
    el(
      "p",
      { class: "typed" },
      code,
      " ",
      el("button", { class: "plain", onclick: copy, "aria-label": t("Copy: {command}", { command: text }) }, t("Copy")),
      said,
    ),
  );
}
