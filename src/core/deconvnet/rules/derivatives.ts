import { derivativeOfInput, derivativeOfOutput } from './pointwise';
import type { Rule, Step } from '../rule';
import { floatAttribute, stringAttribute } from '../../graph/attributes';
import { clipBounds } from '../../ops/activations';
import { constantInput, inputDims, inputGrid, type Site } from '../../ops/site';
import { sizeOf, toFloat32 } from '../../tensor/tensor';

const alpha = (step: Step, fallback: number): number => floatAttribute(step.site.node, 'alpha', fallback);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const sqrtTwo = Math.SQRT2;

/** Error function by Abramowitz and Stegun 7.1.26, absolute error below 1.5e-7. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const tail =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - tail * Math.exp(-x * x));
}

function geluDerivative(x: number, { site }: Step): number {
  if (stringAttribute(site.node, 'approximate', 'none') === 'tanh') {
    const c = Math.sqrt(2 / Math.PI);
    const t = Math.tanh(c * (x + 0.044715 * x ** 3));
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * 0.044715 * x * x);
  }
  return 0.5 * (1 + erf(x / sqrtTwo)) + (x * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
}

function seluDerivative(output: number, step: Step): number {
  const gamma = floatAttribute(step.site.node, 'gamma', 1.0507009873554805);
  return output > 0 ? gamma : output + gamma * alpha(step, 1.6732632423543772);
}

/** PRelu with one slope for everything or one for every map. */
const derivativeOfPRelu: Rule = {
  ...derivativeOfInput((x, step, map) => {
    if (x > 0) return 1;
    const slopes = toFloat32(constantInput(step.site, 1)!);
    return slopes[slopes.length === 1 ? 0 : map]!;
  }),
  refuses(site: Site) {
    if (!constantInput(site, 1)) return 'its slopes depend on the image';
    const dims = inputDims(site, 1);
    const { axes, maps } = inputGrid(site, 0);
    const perMap = dims.length > axes && dims.slice(dims.length - axes).every((dim) => dim === 1);
    if (sizeOf(dims) === 1 || (perMap && sizeOf(dims) === maps)) return undefined;
    return 'it has a slope for every position; take the deconvnet or guided backpropagation';
  },
};

/** True derivatives of the activation functions, for the gradient method. */
export const derivatives: Readonly<Record<string, Rule>> = {
  Relu: derivativeOfOutput((y) => (y > 0 ? 1 : 0)),
  Clip: derivativeOfOutput((y, step) => {
    const [low, high] = clipBounds(step.site);
    return y > low && y < high ? 1 : 0;
  }),
  LeakyRelu: derivativeOfInput((x, step) => (x > 0 ? 1 : alpha(step, 0.01))),
  PRelu: derivativeOfPRelu,
  ThresholdedRelu: derivativeOfInput((x, step) => (x > alpha(step, 1) ? 1 : 0)),
  Elu: derivativeOfOutput((y, step) => (y > 0 ? 1 : y + alpha(step, 1))),
  Celu: derivativeOfInput((x, step) => (x > 0 ? 1 : Math.exp(x / alpha(step, 1)))),
  Selu: derivativeOfOutput(seluDerivative),
  // From the input: a float32 output near 1 has lost the digits that its slope is made of.
  Sigmoid: derivativeOfInput((x) => sigmoid(x) * sigmoid(-x)),
  Tanh: derivativeOfInput((x) => 1 / Math.cosh(x) ** 2),
  HardSigmoid: derivativeOfOutput((y, step) => (y > 0 && y < 1 ? alpha(step, 0.2) : 0)),
  HardSwish: derivativeOfInput((x) => (x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5)),
  Swish: derivativeOfInput((x, step) => {
    const s = sigmoid(alpha(step, 1) * x);
    return s + alpha(step, 1) * x * s * (1 - s);
  }),
  Gelu: derivativeOfInput(geluDerivative),
  Softplus: derivativeOfInput(sigmoid),
  Mish: derivativeOfInput((x) => {
    const t = Math.tanh(Math.log1p(Math.exp(x)));
    return t + x * sigmoid(x) * (1 - t * t);
  }),
};
