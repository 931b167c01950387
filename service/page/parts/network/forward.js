// The network in plain arithmetic, from the weights that the version keeps: what its graph does, step by step.

const LEAK = 0.2; // of Keras's leaky_relu, below 0

const ACTIVATIONS = {
  relu: (x) => Math.max(x, 0),
  leaky_relu: (x) => (x < 0 ? LEAK * x : x),
  tanh: Math.tanh,
  sigmoid,
};

export function sigmoid(x) {
  return 1 / (1 + Math.exp(-x));
}

// A student (feature → value) as the numbers that go into a member, in the order of its `inputs`.
function toInputs(member, student) {
  return member.inputs.map(({ feature, kind, category, at_least: atLeast = [category], mean, shift, scale, limit }) => {
    const value = student[feature];
    if (kind === "category") return atLeast.includes(value) ? 1 : 0;
    if (kind === "null") return value === null ? 1 : 0;
    const standardised = ((value ?? mean) - shift) / scale;
    return Math.min(Math.max(standardised, -limit), limit);
  });
}

// What each of a member's shape functions adds to its logit, and at which value; versions of earlier releases have none.
export function alongShapes(member, student) {
  return (member.curves ?? []).map(({ feature, mean, knots, values }) => {
    const at = student[feature] ?? mean;
    return { at, added: interpolate(at, knots, values) };
  });
}

// The straight line between the two knots that a value lies between; level beyond the first and the last.
function interpolate(at, knots, values) {
  const after = knots.findIndex((knot) => at < knot);
  if (after < 0) return values[values.length - 1];
  if (after === 0) return values[0];
  const share = (at - knots[after - 1]) / (knots[after] - knots[after - 1]);
  return values[after - 1] + share * (values[after] - values[after - 1]);
}

// Everything that happens inside one member: `layers` has the inputs of each hidden layer, its sums and what it passes on.
export function run(member, student) {
  const inputs = toInputs(member, student);
  let values = inputs;
  const layers = member.hidden.map((layer) => {
    const sums = multiply(values, layer.kernel, layer.bias);
    const activated = sums.map((sum, unit) => activate(layer, sum, unit));
    const step = { inputs: values, sums, activated };
    values = activated;
    return step;
  });
  const [hidden] = multiply(values, member.logit.kernel, member.logit.bias);
  const [skipped] = member.skip ? multiply(inputs, member.skip.kernel, [0]) : [0];
  const shapes = alongShapes(member, student);
  const logit = shapes.reduce((sum, { added }) => sum + added, hidden + skipped);
  return { inputs, layers, hidden, skipped, shapes, logit, probability: sigmoid(logit) };
}

// What the whole ensemble answers: the calibrated mean of its members.
export function probabilityOf(members, student) {
  const logits = members.map((member) => run(member, student).logit);
  const mean = logits.reduce((sum, logit) => sum + sigmoid(logit), 0) / logits.length;
  const { calibration } = members[0];
  if (!calibration) return mean;
  const rest = logits.reduce((sum, logit) => sum + sigmoid(-logit), 0) / logits.length;
  const odds = Math.log(Math.max(mean, 1e-30)) - Math.log(Math.max(rest, 1e-30));
  const held = Math.min(Math.max(odds, -calibration.limit), calibration.limit);
  return sigmoid(calibration.slope * held + calibration.intercept);
}

function multiply(values, kernel, bias) {
  const sums = [...bias];
  for (const [place, value] of values.entries()) {
    if (value === 0) continue;
    const row = kernel[place];
    for (let unit = 0; unit < row.length; unit += 1) sums[unit] += value * row[unit];
  }
  return sums;
}

function activate({ activation, mirrored }, sum, unit) {
  if (!activation) return sum;
  const direction = mirrored && unit % 2 ? -1 : 1;
  return direction * ACTIVATIONS[activation](direction * sum);
}
