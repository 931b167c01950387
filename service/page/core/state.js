// What all parts of the page share: the version that serves, and the student in the form.

let events = new EventTarget();

export const state = {
  /** @type {import("../api/answers").Model} */
  model: /** @type {any} */ (null), // the answer of /model, which what is shown waits for
  /** @type {import("../api/answers").Student} */
  student: {}, // feature → value, as it is sent
  /** @type {{ name: string, previous: (() => void) | null, next: (() => void) | null } | null} */
  origin: null, // who of the class the student is, and how to come to the ones before and after

  /** @type {import("../api/answers").Student | null} */
  before: null, // the student of a class as it came, or whoever was in the form before a change was tried

  // What was changed since, as features.
  get changed() {
    const { before } = state;
    return before ? state.features.filter(({ name }) => state.student[name] !== before[name]) : [];
  },

  get features() {
    return state.model.manifest.schema.features;
  },

  // Those first that matter most, as far as the version says so.
  get featuresByImportance() {
    const ranked = state.model.manifest.evaluation.importance?.map(({ feature }) => feature) ?? [];
    return state.features.toSorted((a, b) => ranked.indexOf(a.name) - ranked.indexOf(b.name));
  },

  get labels() {
    return state.model.manifest.labels;
  },

  get threshold() {
    return state.model.manifest.threshold;
  },

  // The risk below which a student is to come: the line where the school has said whom it helps, else "no sign".
  get goal() {
    const { line, from } = limitsOf(state.model.manifest);
    return saysWhomToHelp(state.model.manifest) || from <= 0 ? line : from;
  },

  // Values that were entered stay, as far as the version has such features.
  /** @param {import("../api/answers").Model} model */
  setModel(model) {
    if (!isSame(state.model, model)) events = new EventTarget(); // whoever listened is made anew
    state.model = model;
    state.before = null;
    const kept = state.student;
    state.student = Object.fromEntries(
      state.features.map((feature) => [
        feature.name,
        Object.hasOwn(kept, feature.name) ? kept[feature.name] : typical(feature),
      ]),
    );
  },

  setStudent(values, origin = state.origin) {
    state.student = { ...state.student, ...values };
    if (origin !== state.origin) state.before = origin && { ...state.student };
    state.origin = origin;
    state.tell("student");
  },

  // Values that somebody may want to put back.
  tryOut(values) {
    state.before ??= { ...state.student };
    state.setStudent(values);
  },

  putBack() {
    const values = state.before ?? {};
    if (state.origin === null) state.before = null;
    state.setStudent(values);
  },

  // Nobody's in particular.
  startOver() {
    state.before = null;
    state.setStudent(Object.fromEntries(state.features.map((feature) => [feature.name, typical(feature)])), null);
  },

  tell(kind) {
    events.dispatchEvent(new Event(kind));
  },

  // Calls back where an element is to be seen: once the student has changed, a part of the page is shown, or the
  // service is back.
  on(kinds, element, callback) {
    for (const kind of kinds) {
      events.addEventListener(kind, () => {
        if (element.isConnected && !element.closest("[hidden]")) callback();
      });
    }
  },
};

// The risks where a version's words change: at `line` the label, and "not sure" from `from` to `to`.
/** @param {Pick<import("../api/answers").Manifest, "labels" | "threshold" | "decision"> & Partial<import("../api/answers").Manifest>} version */
export function limitsOf(version) {
  const { conformal, labels, threshold } = version;
  const [negative, positive] = labels;
  const { quantiles } = conformal ?? {};
  const ends = quantiles ? [threshold, quantiles[negative], 1 - quantiles[positive]] : [threshold];
  const [low, high] = [Math.max(Math.min(...ends), 0), Math.min(Math.max(...ends), 1)];
  return { line: 1 - threshold, from: 1 - high, to: 1 - (saysWhomToHelp(version) ? threshold : low) };
}

/** @param {Partial<import("../api/answers").Manifest>} version */
function saysWhomToHelp({ decision }) {
  return ["help", "cost_ratio"].includes(decision?.rule ?? "");
}

// A feature of the version that serves.
/** @param {string} name  @returns {import("../api/answers").Feature} */
export function featureOf(name) {
  return /** @type {any} */ (state.features.find((each) => each.name === name));
}

// Whether two answers of /model are about the same version of the same model.
/** @param {import("../api/answers").Model | null} one  @param {import("../api/answers").Model} other */
export function isSame(one, other) {
  return one?.name === other?.name && one?.version === other?.version;
}

// Where the form begins: in the middle of all students, nobody's in particular; else of what training has seen.
function typical(feature) {
  const value = state.model.typical?.[feature.name];
  if (value !== undefined) return typeof value === "number" ? round(value, feature) : value;
  const { unseen = [], vocabulary = [] } = feature;
  if (feature.kind === "category") return vocabulary.find((entry) => !unseen.includes(entry)) ?? vocabulary[0];
  const [low, high] = feature.observed ?? scale(feature);
  return Math.min(Math.max(round((low + high) / 2, feature), low), high);
}

// From where to where a number goes on a slider or an axis.
export function scale({ maximum, minimum, observed }) {
  const [low, high] = observed ?? [minimum ?? (maximum ?? 1) - 1, maximum ?? (minimum ?? 0) + 1];
  const margin = (high - low || Math.abs(low) || 1) / 2;
  return [minimum ?? low - margin, maximum ?? high + margin];
}

// The next of 1, 2 and 5 times a power of ten.
/** @param {number} rough */
export function roundUp(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return Number((power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10)).toPrecision(1));
}

// Such a step, about 200 of them from end to end; 1 at least where numbers are whole.
export function step(feature) {
  const [low, high] = scale(feature);
  const fine = roundUp((high - low) / 200 || 1);
  return feature.whole ? Math.max(fine, 1) : fine;
}

export function round(value, feature) {
  return Number((Math.round(value / step(feature)) * step(feature)).toPrecision(12));
}
