import { input, numberOf, signal, stringOf } from './site';
import type { DownSite, NaiveMethod, NaiveOperator, Site } from './site';
import { map, operandFlat, positionOf } from './values';
import type { Values } from './values';

/** What the deconvnet makes of an activation function: `rectify` the signal, or `pass` it on. */
type Rule = 'rectify' | 'pass';

interface Activation {
  readonly rule: Rule;
  readonly f: (x: number, site: Site, flat: number) => number;
  /** The derivative, where the function has a kink; else central differences serve. */
  readonly slope?: (x: number, site: Site, flat: number) => number;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => (x > 30 ? x : Math.log1p(Math.exp(x)));
const between = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);

const SELU_ALPHA = 1.67326319217681884765625;
const SELU_GAMMA = 1.05070102214813232421875;

/** The error function by its power series, which converges everywhere and is exact enough where erf is not 1. */
function erf(x: number): number {
  if (Math.abs(x) > 5) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18; n++) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

function gelu(x: number, site: Site): number {
  if (stringOf(site, 'approximate', 'none') === 'none') return 0.5 * x * (1 + erf(x / Math.SQRT2));
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

function limits(site: Site): [low: number, high: number] {
  const low = site.inputs[1]?.data[0] ?? numberOf(site, 'min', -Infinity);
  const high = site.inputs[2]?.data[0] ?? numberOf(site, 'max', Infinity);
  return [low, high];
}

/** PRelu's slope for one element: one for all, or one for each channel. */
function preluSlope(site: Site, flat: number): number {
  const slopes = input(site, 1);
  return slopes.data[operandFlat(positionOf(flat, input(site, 0).dims), slopes.dims)]!;
}

const hardSigmoid = (x: number, alpha: number, beta: number) => between(alpha * x + beta, 0, 1);

const activations: Readonly<Record<string, Activation>> = {
  Relu: { rule: 'rectify', f: (x) => Math.max(x, 0), slope: (x) => (x > 0 ? 1 : 0) },
  LeakyRelu: {
    rule: 'rectify',
    f: (x, site) => (x > 0 ? x : x * numberOf(site, 'alpha', 0.01)),
    slope: (x, site) => (x > 0 ? 1 : numberOf(site, 'alpha', 0.01)),
  },
  PRelu: {
    rule: 'rectify',
    f: (x, site, flat) => (x > 0 ? x : x * preluSlope(site, flat)),
    slope: (x, site, flat) => (x > 0 ? 1 : preluSlope(site, flat)),
  },
  Clip: {
    rule: 'rectify',
    f: (x, site) => between(x, ...limits(site)),
    slope: (x, site) => (x > limits(site)[0] && x < limits(site)[1] ? 1 : 0),
  },
  Elu: {
    rule: 'rectify',
    f: (x, site) => (x > 0 ? x : numberOf(site, 'alpha', 1) * Math.expm1(x)),
    slope: (x, site) => (x > 0 ? 1 : numberOf(site, 'alpha', 1) * Math.exp(x)),
  },
  Selu: {
    rule: 'rectify',
    f: (x, site) => {
      const gamma = numberOf(site, 'gamma', SELU_GAMMA);
      return x > 0 ? gamma * x : gamma * numberOf(site, 'alpha', SELU_ALPHA) * Math.expm1(x);
    },
    slope: (x, site) => {
      const gamma = numberOf(site, 'gamma', SELU_GAMMA);
      return x > 0 ? gamma : gamma * numberOf(site, 'alpha', SELU_ALPHA) * Math.exp(x);
    },
  },
  Celu: {
    rule: 'rectify',
    f: (x, site) => {
      const alpha = numberOf(site, 'alpha', 1);
      return Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha));
    },
  },
  Softplus: { rule: 'rectify', f: softplus },
  HardSwish: { rule: 'rectify', f: (x) => x * hardSigmoid(x, 1 / 6, 0.5) },
  Swish: { rule: 'rectify', f: (x, site) => x * sigmoid(numberOf(site, 'alpha', 1) * x) },
  Gelu: { rule: 'rectify', f: gelu },
  Mish: { rule: 'rectify', f: (x) => x * Math.tanh(softplus(x)) },
  Sigmoid: { rule: 'pass', f: sigmoid, slope: (x) => sigmoid(x) * (1 - sigmoid(x)) },
  Tanh: { rule: 'pass', f: Math.tanh, slope: (x) => 1 - Math.tanh(x) ** 2 },
  HardSigmoid: {
    rule: 'pass',
    f: (x, site) => hardSigmoid(x, numberOf(site, 'alpha', 0.2), numberOf(site, 'beta', 0.5)),
  },
  Erf: { rule: 'pass', f: erf },
  Identity: { rule: 'pass', f: (x) => x, slope: () => 1 },
  Dropout: { rule: 'pass', f: (x) => x, slope: () => 1 },
  Cast: { rule: 'pass', f: (x) => x, slope: () => 1 },
};

/** Max(s, 0), under guided backpropagation only where the node gave something positive, too. */
export function rectified(s: Values, y: Values, method: NaiveMethod): Values {
  return map(s, (value, i) => (value > 0 && (method === 'deconvnet' || y.data[i]! > 0) ? value : 0));
}

function downThrough({ rule, f, slope }: Activation, site: DownSite): Values {
  const x = input(site, 0);
  const s = signal(site);
  if (site.method === 'gradient') {
    const step = 1e-5;
    const derivative =
      slope ??
      ((at: number, where: Site, flat: number) =>
        (f(at + step, where, flat) - f(at - step, where, flat)) / (2 * step));
    return map(s, (value, i) => value * derivative(x.data[i]!, site, i));
  }
  return rule === 'pass' ? s : rectified(s, site.outputs[0]!, site.method);
}

export const pointwise: Readonly<Record<string, NaiveOperator>> = Object.fromEntries(
  Object.entries(activations).map(([op, activation]) => [
    op,
    {
      forward: (site: Site) => [map(input(site, 0), (x, i) => activation.f(x, site, i))],
      down: (site: DownSite) => [downThrough(activation, site)],
    },
  ]),
);
