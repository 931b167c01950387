// The 15 students of the tutorial notebook, as training/datasets/student_hours.csv has them, and as the network takes them.

import { t } from "../../core/words.js";

// Hours of study and of sleep a day, and whether the student passed.
export const STUDENTS = [
  [1, 5, 0],
  [2, 6, 0],
  [1, 4, 0],
  [3, 5, 0],
  [4, 6, 1],
  [5, 5, 1],
  [5, 7, 1],
  [6, 6, 1],
  [7, 5, 1],
  [8, 6, 0],
  [2, 3, 0],
  [3, 4, 1],
  [6, 7, 1],
  [7, 8, 1],
  [8, 7, 1],
];
export const INPUTS = [t("hours studied"), t("hours slept")];

// Standardised as training does it: less the mean, by the standard deviation.
const SCALES = INPUTS.map((_, place) => {
  const values = STUDENTS.map((student) => student[place]);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
});

export function encode(hours) {
  return SCALES.map(({ mean, deviation }, place) => (hours[place] - mean) / deviation);
}

export const ENCODED = STUDENTS.map(([study, sleep, label]) => ({ inputs: encode([study, sleep]), label }));

// From the fewest to the most hours.
export const SEEN = INPUTS.map((_, place) => {
  const values = STUDENTS.map((student) => student[place]);
  return [Math.min(...values), Math.max(...values)];
});

export function nameOf(place) {
  const [study, sleep, label] = STUDENTS[place];
  const values = { num: place + 1, study, sleep };
  return label
    ? t("Student {num}: studied {study} h, slept {sleep} h, passed", values)
    : t("Student {num}: studied {study} h, slept {sleep} h, failed", values);
}
