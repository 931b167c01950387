// How a map of answers over two features is painted: a square canvas, probabilities as colours, the range that was seen.

export const SIZE = 480; // pixels of the picture

// From orange over white, at the threshold, to blue: told apart with any eyes, in light and in dark.
export function colour(probability, threshold) {
  const isPositive = probability > threshold;
  const share = isPositive
    ? (probability - threshold) / (1 - threshold || 1)
    : (threshold - probability) / (threshold || 1);
  const end = isPositive ? [33, 102, 172] : [200, 92, 20];
  const [red, green, blue] = end.map((part) => Math.round(250 + (part - 250) * Math.min(share, 1)));
  return `rgb(${red} ${green} ${blue})`;
}

// Around what lies between two shares across and two upward.
export function frame(context, across, upward) {
  const [left, right, bottom, top] = [...across, ...upward].map((share) => SIZE * share);
  for (const [style, dash] of [
    ["white", []],
    ["black", [6, 6]],
  ]) {
    context.setLineDash(dash);
    context.lineWidth = 1.5;
    context.strokeStyle = style;
    context.strokeRect(left, SIZE - top, right - left, top - bottom);
  }
  context.setLineDash([]);
}
