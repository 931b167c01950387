// The model: its versions, how good each is beside simple methods, and the same student under two of them.

import { ask, askForBytes, hasKey, Lost, newest, Problem } from "../../api/ask.js";
import { answerCard, explanationBars, nameOf } from "../../widgets/answer.js";
import { download, el, replace, uniqueId } from "../../core/dom.js";
import { date, figure, methodName, plural, VERDICTS } from "../../core/format.js";
import { address } from "../../api/models.js";
import { state } from "../../core/state.js";
import { t } from "../../core/words.js";
import { trustWords } from "../../widgets/trust.js";

const FIGURES = {
  log_loss: ["Log loss", "the lower the better"],
  roc_auc: ["AUC", "0.5 is guessing, 1 is perfect"],
  brier: ["Brier score", "the lower the better"],
  accuracy: ["Accuracy", "the share of right labels"],
  balanced_accuracy: ["Balanced accuracy", "the mean over both labels"],
};

export function build() {
  const listed = el("div", {}, el("p", {}, "Asking for the versions …"));
  const comparison = buildComparison();
  async function refresh() {
    try {
      const { versions } = await ask("model/versions");
      versions.reverse(); // the newest first
      replace(listed, versionTable(versions));
      comparison.setVersions(versions);
    } catch (error) {
      if (!(error instanceof Lost)) replace(listed, el("p", { class: "fault" }, error.message));
    }
  }
  const root = el(
    "div",
    {},
    verdict(),
    quality(),
    el("section", {}, el("h2", {}, "Versions"), listed),
    comparison.element,
  );
  state.on(["shown", "back"], root, refresh);
  return root;
}

// Whether to use the version that serves, and why: in a teacher's words first, then in the report's and the gate's.
function verdict() {
  const { engine, manifest, version } = state.model;
  const { gate, training, created } = manifest;
  const { headline, reasons, use } = trustWords(manifest);
  const { advice } = gate;
  const items = (words) =>
    el(
      "ul",
      {},
      words.map((each) => el("li", {}, each)),
    );
  return el(
    "section",
    { class: `trust use-${use}` },
    el("h2", {}, t("Version {version}: {words}", { version, words: headline })),
    items(reasons),
    el("p", { class: "hint" }, `Trained ${date(created)} on ${plural(training.num_students, "student")}.`),
    el(
      "details",
      {},
      el("summary", {}, `For data people: ${VERDICTS[gate.verdict]}`),
      items(gate.reasons),
      advice && [el("p", {}, advice.headline), items(advice.reasons)],
      el("p", { class: "hint" }, `Run by ${engine.name}: ${engine.why}.`),
    ),
    documents(version),
  );
}

// The report and the model card. With a key, a link can't send it: the file is fetched and saved instead.
function documents(version) {
  const said = el("span", { class: "fault", role: "status" });
  const link = (name, title, file) => {
    const path = `model/versions/${version}/${name}`;
    if (!hasKey()) return el("a", { href: address(path), target: "_blank", rel: "noopener" }, title);
    const save = async () => {
      try {
        download(await askForBytes(path), file);
      } catch (error) {
        said.textContent = ` ${error.message}`;
      }
    };
    return el("button", { class: "plain", onclick: save }, `${title} (save)`);
  };
  return el(
    "p",
    {},
    link("report", `Report of version ${version}`, `report-${version}.html`),
    " · ",
    link("model-card", `Model card of version ${version}`, `model_card-${version}.md`),
    said,
  );
}

// Figures of the network beside those of simple methods, on students that neither had seen.
function quality() {
  const { model, baselines } = state.model.manifest.evaluation;
  if (!model) return null;
  const names = Object.keys(FIGURES).filter((name) => name in model);
  const methods = [
    ["the network", model],
    ...Object.entries(baselines).map(([key, figures]) => [methodName(key), figures]),
  ];
  return el(
    "section",
    {},
    el("h2", {}, "Beside simple methods"),
    el("p", { class: "hint" }, "On students that were held out from each; in brackets the 95 % interval."),
    el(
      "div",
      { class: "scroll", role: "region", "aria-label": "Quality", tabindex: 0 },
      el(
        "table",
        { class: "plain-table" },
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            el("th", { scope: "col" }, "Method"),
            names.map((name) => el("th", { scope: "col", title: FIGURES[name][1] }, FIGURES[name][0])),
          ),
        ),
        el(
          "tbody",
          {},
          methods.map(([title, figures], place) =>
            el(
              "tr",
              { class: place === 0 && "own" },
              el("th", { scope: "row" }, title),
              names.map((name) => el("td", {}, figures[name] ? figure(figures[name]) : "–")),
            ),
          ),
        ),
      ),
    ),
    el("p", { class: "hint" }, names.map((name) => `${FIGURES[name][0]}: ${FIGURES[name][1]}`).join("; "), "."),
  );
}

function versionTable(versions) {
  const columns = [
    "Version",
    "State",
    "Made",
    "Students",
    "Log loss",
    "Best simple method",
    "Whether to use it",
    "To read",
  ];
  return el(
    "div",
    { class: "scroll", role: "region", "aria-label": "Versions", tabindex: 0 },
    el(
      "table",
      { class: "plain-table" },
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          columns.map((title) => el("th", { scope: "col" }, title)),
        ),
      ),
      el("tbody", {}, versions.map(versionRow)),
    ),
  );
}

function versionRow(entry) {
  const {
    advice,
    aliases,
    created,
    evaluation,
    num_students: num,
    reason,
    state: what,
    verdict: judged,
    version,
  } = entry;
  const baselines = Object.entries(evaluation?.baselines ?? {}).filter(([, { log_loss: loss }]) => loss);
  baselines.sort(([, a], [, b]) => a.log_loss.value - b.log_loss.value);
  const loss = evaluation?.model?.log_loss;
  return el(
    "tr",
    { class: what === "serving" && "own" },
    el("th", { scope: "row" }, `${version}`, aliases.length > 0 && ` (${aliases.join(", ")})`),
    el("td", {}, what, reason && el("p", { class: "fault" }, reason)),
    el("td", {}, created ? date(created) : "–"),
    el("td", {}, num ?? "–"),
    el("td", {}, loss ? loss.value.toFixed(3) : "–"),
    el(
      "td",
      {},
      baselines.length ? `${baselines[0][1].log_loss.value.toFixed(3)}, ${methodName(baselines[0][0])}` : "–",
    ),
    el("td", {}, judged ? el("p", {}, `${VERDICTS[judged]}. ${advice ?? ""}`) : "–"),
    el("td", {}, created && documents(version)),
  );
}

// The student in the form, answered by two versions that are loaded.
function buildComparison() {
  const answered = el("div", { role: "status", class: "two-columns" });
  const choices = ["One version", "Another version"].map((words) => {
    const id = uniqueId();
    const choice = el("select", { id, onchange: refresh });
    return { choice, element: el("p", {}, el("label", { for: id }, words), " ", choice) };
  });
  const tools = el(
    "div",
    {},
    el(
      "p",
      { class: "hint" },
      "The student is the one in the form: ",
      el("a", { href: "#student" }, "change it there"),
      ".",
    ),
    el(
      "div",
      { class: "tools" },
      choices.map((each) => each.element),
    ),
    answered,
  );
  const alone = el(
    "p",
    { class: "hint" },
    "Only one version is loaded. Loaded are the champion, the challenger, and what the operator names in SERVICE_VERSIONS.",
  );
  const element = el("section", {}, el("h2", {}, "The same student under two versions"), alone, tools);
  const latest = newest();
  let loaded = [];

  async function refresh() {
    if (loaded.length < 2) return;
    const picked = choices.map(({ choice }) => loaded.find(({ version }) => String(version) === choice.value));
    try {
      const answers = await latest((signal) => Promise.all(picked.map((entry) => answerBy(entry, signal))));
      if (answers !== null) replace(answered, answers);
    } catch (error) {
      if (!(error instanceof Lost)) replace(answered, el("p", { class: "fault" }, error.message));
    }
  }

  state.on(["student"], element, refresh);
  return {
    element,
    // What was chosen stays chosen, as far as it is still loaded.
    setVersions(versions) {
      loaded = versions.filter((entry) => entry.labels && (entry.state === "loaded" || entry.state === "serving"));
      alone.hidden = loaded.length >= 2;
      tools.hidden = loaded.length < 2;
      if (loaded.length < 2) return;
      const serving = loaded.find((entry) => entry.state === "serving") ?? loaded[0];
      const standard = [serving, loaded.find((entry) => entry !== serving)];
      for (const [place, { choice }] of choices.entries()) {
        const kept = loaded.find(({ version }) => String(version) === choice.value) ?? standard[place];
        replace(
          choice,
          loaded.map(({ version, aliases }) => el("option", { value: version }, [version, ...aliases].join(", "))),
        );
        choice.value = kept.version;
      }
      refresh();
    },
  };
}

// What a version says of the student in the form; whatever it can't say, in words.
async function answerBy(entry, signal) {
  const asked = (route) =>
    ask(`${route}?version=${entry.version}`, { body: state.student, signal }).catch((error) => {
      if (error instanceof Problem) return error;
      throw error;
    });
  const [answer, explanation] = await Promise.all([asked("predict"), asked("explain")]);
  return el(
    "div",
    {},
    el("h3", {}, `Version ${entry.version}`),
    answer instanceof Problem ? problem(answer) : answerCard(answer.predictions[0], entry),
    !(answer instanceof Problem) &&
      (explanation instanceof Problem ? problem(explanation) : explanationBars(explanation)),
  );
}

function problem({ message, errors }) {
  return el(
    "div",
    { class: "card fault" },
    el("p", {}, message),
    el(
      "ul",
      {},
      errors.map(({ pointer, detail }) => el("li", {}, `${nameOf(pointer)} ${detail}`)),
    ),
  );
}
