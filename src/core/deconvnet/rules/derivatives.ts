import { derivativeOfInput, derivativeOfOutput } from './pointwise';
import type { Rule, Step } from '../rule';
import { floatAttribute, stringAttribute } from '../../graph/attributes';
import { clipBounds } from '../../ops/activations';
import { constantInput, inputDims, type Site } from '../../ops/site';
import { toFloat32 } from '../../tensor/tensor';

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

/** PRelu with one slope for everything or one per map. */
const derivativeOfPRelu: Rule = {
  ...derivativeOfInput((x, step) => (x > 0 ? 1 : toFloat32(constantInput(step.site, 1)!)[0]!)),
  refuses(site: Site) {
    if (inputDims(site, 1).every((dim) => dim === 1) && constantInput(site, 1)) return undefined;
    return 'it has a slope for every map; take the deconvnet or guided backpropagation';
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
