// A small network, drawn: a line is a weight, as thick as it is large; in each circle what it passes on.

import { svg } from "../../core/dom.js";
import { number } from "../../core/format.js";
import { t } from "../../core/words.js";

const [WIDTH, ROW, RIGHT, RADIUS, LETTER] = [480, 58, 60, 22, 9.5]; // LETTER: a letter's width on a phone, on average

// The label stands for the picture, for somebody who can't see it; the numbers stand in a table or a sentence as well.
export function picture(layers, passed, inputs, label) {
  const columns = [passed[0].inputs, ...passed.map(({ outputs }) => outputs)];
  const height = ROW * Math.max(...columns.map(({ length }) => length)) + 24;
  const left = 2 * RADIUS + 6 + LETTER * Math.max(...inputs.map(({ length }) => length));
  const at = (column, place) => [
    left + (column * (WIDTH - left - RIGHT)) / layers.length,
    12 + ((height - 24) * (place + 0.5)) / columns[column].length,
  ];
  const largest = Math.max(...layers.flatMap(({ kernel }) => kernel.flat().map(Math.abs)), 1e-9);
  const lines = layers.flatMap(({ kernel }, layer) =>
    kernel.flatMap((row, from) =>
      row.map((weight, to) => {
        const [[x1, y1], [x2, y2]] = [at(layer, from), at(layer + 1, to)];
        const kind = weight < 0 ? "negative" : "positive";
        const width = (0.4 + (6 * Math.abs(weight)) / largest).toFixed(2);
        return svg("line", { class: `weight ${kind}`, x1, y1, x2, y2, "stroke-width": width });
      }),
    ),
  );
  const nodes = columns.flatMap((values, column) =>
    values.map((value, place) => {
      const [x, y] = at(column, place);
      const name = column === 0 && svg("text", { x: x - RADIUS - 6, y: y + 4, "text-anchor": "end" }, inputs[place]);
      const isHidden = column > 0 && column < layers.length;
      return svg(
        "g",
        { class: value === 0 && column > 0 ? "silent" : null },
        svg("circle", { class: "unit", cx: x, cy: y, r: RADIUS }),
        svg("text", { class: "inside", x, y: y + 4, "text-anchor": "middle" }, number(value, 2)),
        name,
        isHidden && svg("text", { class: "quiet", x: x + RADIUS + 3, y: y - 12 }, place + 1),
      );
    }),
  );
  const [x, y] = at(layers.length, 0);
  const answer = layers[layers.length - 1].activation === "sigmoid" && layers.length > 1;
  const below = answer && svg("text", { x, y: y + RADIUS + 16, "text-anchor": "middle" }, t("pass"));
  return svg("svg", { class: "small-network", viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": label }, [
    lines,
    nodes,
    below,
  ]);
}
