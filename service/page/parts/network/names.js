// What people call what a network is made of.

import { titleOf, valueOf } from "../../core/format.js";
import { featureOf } from "../../core/state.js";
import { t } from "../../core/words.js";

export function inputName({ feature: name, kind, category: value, at_least: atLeast }) {
  const feature = titleBy(name);
  if (kind === "category") {
    const category = valueOf(featureOf(name), value);
    return atLeast ? t("{feature} at least {category}", { feature, category }) : `${feature} = ${category}`;
  }
  return kind === "null" ? t("{feature} is missing", { feature }) : feature;
}

export function shapeName({ feature }) {
  return t("{feature}, curve", { feature: titleBy(feature) });
}

export function neuronName(member, layer, unit) {
  return member.hidden.length > 1
    ? t("Neuron {unit} of layer {layer}", { unit: unit + 1, layer: layer + 1 })
    : t("Neuron {unit}", { unit: unit + 1 });
}

export function titleBy(name) {
  return titleOf(featureOf(name));
}
