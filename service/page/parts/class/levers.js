// What might help several students of a class alike.

import { titleOf, withUnit } from "../../core/format.js";
import { t } from "../../core/words.js";

/**
 * What a change pulls. title: the feature's; words: the same for students whose change goes the same way.
 * @typedef {{title: string, words: string}} Lever
 */

/** @param {import("../../api/answers").Feature} feature  @returns {Lever} */
export function leverOf(feature, from, to) {
  const title = titleOf(feature);
  const values = { feature: title, value: withUnit(to, feature) };
  if (typeof from !== "number" || typeof to !== "number") return { title, words: t("{feature}: {value}", values) };
  return { title, words: to > from ? t("{feature}: more", values) : t("{feature}: less", values) };
}

/**
 * Who shares which levers. ofAll: the words of those that hold for all; several: words → names, the most first; split:
 * titles of features of which one student needs more and another less, so that a group of each would contradict itself.
 * @param {{name: string, levers: Lever[]}[]} students
 * @returns {{ofAll: string[], several: [string, string[]][], split: string[]}}
 */
export function sharedBy(students) {
  const pulled = students.flatMap(({ name, levers }) => levers.map((lever) => ({ name, ...lever })));
  const ways = new Map(
    [...Map.groupBy(pulled, ({ title }) => title)].map(([title, each]) => [
      title,
      new Set(each.map(({ words }) => words)).size,
    ]),
  );
  const groups = [...Map.groupBy(pulled, ({ words }) => words)]
    .filter(([, each]) => each.length > 1 && ways.get(each[0].title) === 1)
    .sort(([, a], [, b]) => b.length - a.length);
  return {
    ofAll: groups.filter(([, each]) => each.length === students.length).map(([words]) => words),
    several: groups
      .filter(([, each]) => each.length < students.length)
      .map(([words, each]) => [words, each.map(({ name }) => name)]),
    split: [...ways].filter(([, num]) => num > 1).map(([title]) => title),
  };
}
