// The mathematics of the lesson, written out: any number of dense layers, what they answer, the loss of that, the gradient
// of every weight, and Adam as Keras has it. It knows nothing of students or of the page.

// What a unit passes on for its sum, and how steeply that rises there.
const ACTIVATIONS = {
  relu: [(sum) => Math.max(sum, 0), (sum) => (sum > 0 ? 1 : 0)],
  leaky_relu: [(sum) => (sum > 0 ? sum : 0.2 * sum), (sum) => (sum > 0 ? 1 : 0.2)],
  tanh: [Math.tanh, (sum) => 1 - Math.tanh(sum) ** 2],
  sigmoid: [sigmoid, (sum) => sigmoid(sum) * (1 - sigmoid(sum))],
  none: [(sum) => sum, () => 1],
};

// Keras's limits of uniform initial weights.
const LIMITS = {
  glorot: (inputs, units) => Math.sqrt(6 / (inputs + units)),
  he: (inputs) => Math.sqrt(6 / inputs),
  random_uniform: () => 0.05,
};

/**
 * @typedef {{kernel: number[][], bias: number[], activation: string, isSkipped?: boolean}} Layer  kernel[input][unit];
 *   what goes into a layer that is skipped is added to what it gives
 * @typedef {{inputs: number[], sums: number[], outputs: number[]}} Passed  through one layer, for one student
 * @typedef {{inputs: number[], label: number}} Student
 * @typedef {{kernel: number[][], bias: number[]}} Gradient  of a layer's weights; a bias's is the error of its unit
 */

export function sigmoid(sum) {
  return 1 / (1 + Math.exp(-sum));
}

export function activate(activation, sum) {
  return ACTIVATIONS[activation][0](sum);
}

// The forward pass: what each layer takes in, sums up and passes on.
/** @param {Layer[]} layers  @param {number[]} inputs  @returns {Passed[]} */
export function forward(layers, inputs) {
  const passed = [];
  for (const { kernel, bias, activation, isSkipped } of layers) {
    const into = inputs;
    const sums = [...bias];
    for (const [from, row] of kernel.entries()) {
      for (let unit = 0; unit < row.length; unit += 1) sums[unit] += into[from] * row[unit];
    }
    const outputs = sums.map((sum, unit) => activate(activation, sum) + (isSkipped ? into[unit] : 0));
    passed.push({ inputs: into, sums, outputs });
    inputs = outputs;
  }
  return passed;
}

export function probabilityOf(layers, inputs) {
  return forward(layers, inputs)[layers.length - 1].outputs[0];
}

// Minus the logarithm of the probability of what happened, from the output's sum: no rounding to 0 at the far ends.
export function lossOf(layers, { inputs, label }) {
  const sum = forward(layers, inputs)[layers.length - 1].sums[0];
  return Math.max(sum, 0) - sum * label + Math.log1p(Math.exp(-Math.abs(sum)));
}

export function meanLoss(layers, students) {
  return students.reduce((sum, student) => sum + lossOf(layers, student), 0) / students.length;
}

// The backward pass for one student: the output's error, and from it back to every weight.
/** @param {Layer[]} layers  @param {Student} student  @returns {Gradient[]} */
export function backward(layers, { inputs, label }) {
  const passed = forward(layers, inputs);
  const gradients = [];
  let errors = [passed[layers.length - 1].outputs[0] - label]; // of log loss after a sigmoid: what it said, less what was so
  let reaching = []; // of what each unit passes on
  for (const [at, { kernel, isSkipped }] of [...layers.entries()].reverse()) {
    const own = errors;
    gradients.unshift({ kernel: passed[at].inputs.map((value) => own.map((error) => value * error)), bias: own });
    if (at === 0) break;
    const after = reaching;
    const steepness = ACTIVATIONS[layers[at - 1].activation][1];
    reaching = kernel.map(
      (row, from) => row.reduce((sum, weight, to) => sum + weight * own[to], 0) + (isSkipped ? after[from] : 0),
    );
    errors = reaching.map((error, from) => error * steepness(passed[at - 1].sums[from]));
  }
  return gradients;
}

// Of the mean loss of several students; all layers' weights in one row, as `flatten` gives them.
export function meanGradient(layers, students) {
  const gradients = students.map((student) => flatten(backward(layers, student)));
  return gradients[0].map((_, place) => {
    let total = 0;
    for (const gradient of gradients) total += gradient[place];
    return total / students.length;
  });
}

// Kernel, then bias, layer by layer.
/** @param {Gradient[]} layers */
export function flatten(layers) {
  return layers.flatMap(({ kernel, bias }) => [...kernel.flat(), ...bias]);
}

// Layers like these with other weights.
/** @param {Layer[]} layers  @param {ArrayLike<number>} weights  @returns {Layer[]} */
export function withWeights(layers, weights) {
  let place = 0;
  const take = () => weights[place++];
  return layers.map((layer) => ({
    ...layer,
    kernel: layer.kernel.map((row) => row.map(take)),
    bias: layer.bias.map(take),
  }));
}

// The norm of each layer's kernel, or of its gradient, which `meanGradient` gives in a row.
export function norms(layers, gradient = null) {
  return (gradient ? withWeights(layers, gradient) : layers).map(({ kernel }) => Math.hypot(...kernel.flat()));
}

// For how many students each hidden unit passes on something other than 0, layer by layer.
export function numAwake(layers, students) {
  const passed = students.map(({ inputs }) => forward(layers, inputs));
  return layers
    .slice(0, -1)
    .map(({ bias }, at) => bias.map((_, unit) => passed.filter((each) => each[at].outputs[unit] !== 0).length));
}

/**
 * Untrained layers: biases 0, weights drawn evenly within Keras's limits, the same for the same seed.
 * @param {number[]} sizes  inputs, units of each hidden layer, 1
 * @param {{activation?: string, initializer?: string, seed?: number, isSkipped?: boolean}} options  of the hidden layers;
 *   skipped are those that take in as many as they have units
 * @returns {Layer[]}
 */
export function initial(sizes, { activation = "relu", initializer = "glorot", seed = 1, isSkipped = false } = {}) {
  const draw = randomness(seed);
  return sizes.slice(1).map((units, at) => {
    const inputs = sizes[at];
    const limit = LIMITS[initializer](inputs, units);
    const isLast = at === sizes.length - 2;
    return {
      kernel: Array.from({ length: inputs }, () => Array.from({ length: units }, () => limit * (2 * draw() - 1))),
      bias: Array(units).fill(0),
      activation: isLast ? "sigmoid" : activation,
      isSkipped: isSkipped && !isLast && inputs === units,
    };
  });
}

/**
 * Trains on all students at once, an epoch a step, and keeps how the network was before the first and after each.
 * @param {Layer[]} layers  @param {Student[]} students
 * @param {{epochs: number, rate: number, heldOut?: Student[]}} options
 */
export function train(layers, students, { epochs, rate, heldOut = [] }) {
  const step = adam(rate);
  /** @type {{layers: Layer[][], loss: number[], heldOutLoss: number[], norms: number[][]}} by epoch; norms by layer, too */
  const kept = { layers: [], loss: [], heldOutLoss: [], norms: [] };
  for (let epoch = 0; epoch <= epochs; epoch += 1) {
    const gradient = meanGradient(layers, students);
    kept.layers.push(layers);
    kept.loss.push(meanLoss(layers, students));
    if (heldOut.length) kept.heldOutLoss.push(meanLoss(layers, heldOut));
    kept.norms.push(norms(layers, gradient));
    layers = withWeights(layers, step(flatten(layers), gradient));
  }
  return kept;
}

// Kingma & Ba (2015), with Keras's defaults and its place of epsilon.
function adam(rate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7) {
  /** @type {number[]} */ let mean = [];
  /** @type {number[]} */ let square = [];
  let steps = 0;
  return (weights, gradient) => {
    steps += 1;
    const length = (rate * Math.sqrt(1 - beta2 ** steps)) / (1 - beta1 ** steps);
    return weights.map((weight, place) => {
      mean[place] = beta1 * (mean[place] ?? 0) + (1 - beta1) * gradient[place];
      square[place] = beta2 * (square[place] ?? 0) + (1 - beta2) * gradient[place] ** 2;
      return weight - (length * mean[place]) / (Math.sqrt(square[place]) + epsilon);
    });
  };
}

// Evenly from 0 to 1 (mulberry32, which is in the public domain).
export function randomness(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
