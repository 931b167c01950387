// Numbers and names as people read them.

const SPACE = "\u00a0"; // where no line may break

export function percent(probability) {
  const value = 100 * probability;
  if (value > 0 && value < 1) return `under 1${SPACE}%`;
  if (value < 100 && value > 99) return `over 99${SPACE}%`;
  return `${Math.round(value)}${SPACE}%`;
}

// A contribution, in percentage points.
export function points(value) {
  const rounded = Math.round(1000 * value) / 10;
  const text = Math.abs(rounded) >= 10 ? Math.abs(rounded).toFixed(0) : Math.abs(rounded).toFixed(1);
  return `${rounded < 0 ? "−" : "+"}${text}`;
}

// All digits that a float32 tells apart: for what may be typed in again.
export function exact(value) {
  return number(value, 9);
}

export function number(value, digits = 4) {
  return String(Number(Number(value).toPrecision(digits))).replace("-", "−");
}

export function figure({ value, low, high }) {
  return `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}

export function withUnit(value, feature) {
  if (value === null || value === undefined) return "no value";
  const text = typeof value === "number" ? exact(value) : value;
  return feature.unit ? `${text} ${feature.unit}` : text;
}

export function date(text) {
  return new Date(text).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

export function whole(num) {
  return num.toLocaleString("en");
}

export function plural(num, one, many = `${one}s`) {
  return `${whole(num)} ${num === 1 ? one : many}`;
}

const METHODS = {
  majority: "the same forecast for everybody",
  logistic_regression: "logistic regression",
  random_forest: "a random forest",
  hist_gradient_boosting: "gradient boosting",
  prior_mark: "the rule of the earlier mark",
};

export function methodName(key) {
  return METHODS[key] ?? key.replaceAll("_", " ");
}

export const VERDICTS = {
  promoted: "better than the same forecast for everybody",
  rejected: "rejected",
  insufficient_data: "insufficient data",
};
