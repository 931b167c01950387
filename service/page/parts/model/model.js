// The model: whether to use it, how good it is beside simple methods, its versions, the same student under two of them, and
// what to type for what the page can't do.

import { ask, askForBytes, hasKey, Lost } from "../../api/ask.js";
import { buildCommands } from "./commands.js";
import { buildComparison } from "./comparison.js";
import { download, el, replace } from "../../core/dom.js";
import { date } from "../../core/format.js";
import { address } from "../../api/models.js";
import { figures, quality } from "./quality.js";
import { state } from "../../core/state.js";
import { filled, n, t } from "../../core/words.js";
import { listOf, purpose, reportWords, trustWords } from "../../widgets/trust.js";
import { versionTable } from "./versions.js";

export function build() {
  const listed = el("div", {}, el("p", {}, t("Asking for the versions …")));
  const comparison = buildComparison();
  const commands = buildCommands();
  async function refresh() {
    try {
      const { versions } = await ask("model/versions");
      versions.reverse(); // the newest first
      replace(listed, versionTable(versions, documents));
      comparison.setVersions(versions);
      commands.setVersions(versions);
    } catch (error) {
      if (!(error instanceof Lost)) replace(listed, el("p", { class: "fault" }, error.message));
    }
  }
  const root = el(
    "div",
    {},
    verdict(),
    quality(),
    el("section", {}, el("h2", {}, t("Versions")), listed),
    comparison.element,
    commands.element,
  );
  state.on(["shown", "back"], root, refresh);
  return root;
}

// Whether to use the version that serves, and why: in a teacher's words first, then in the report's and the gate's.
function verdict() {
  const { engine, manifest, version } = state.model;
  const { training, created } = manifest;
  const { headline, reasons, use } = trustWords(manifest);
  const made = n(training.num_students, "Trained {date} on {num} student.", "Trained {date} on {num} students.", {
    date: date(created),
  });
  return el(
    "section",
    { class: `trust use-${use}` },
    el("h2", {}, t("Version {version}: {words}", { version, words: headline })),
    purpose(manifest),
    listOf(reasons),
    el("p", { class: "hint" }, made),
    el("p", {}, documents(version)),
    el(
      "details",
      {},
      el("summary", {}, t("For data people")),
      figures(),
      el("h3", {}, t("In the report’s words")),
      reportWords(manifest),
      el(
        "p",
        { class: "hint" },
        filled("Run by {engine}: {why}.", { engine: engine.name, why: el("span", { lang: "en" }, engine.why) }),
      ),
    ),
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
    return el("button", { class: "plain", onclick: save }, t("{title} (save)", { title }));
  };
  return [
    link("report", t("Report of version {version}", { version }), `report-${version}.html`),
    " · ",
    link("model-card", t("Model card of version {version}", { version }), `model_card-${version}.md`),
    said,
  ];
}
