import { rectified } from './pointwise';
import { input, signal } from './site';
import type { DownSite, NaiveOperator } from './site';
import { broadcastDims, fill, operandFlat, positionOf, zeros } from './values';
import type { Values } from './values';

function combine(a: Values, b: Values, f: (a: number, b: number) => number): Values {
  return fill(broadcastDims(a.dims, b.dims), (position) =>
    f(a.data[operandFlat(position, a.dims)]!, b.data[operandFlat(position, b.dims)]!),
  );
}

/** The signal times `weight(a, b)`, summed over the places at which the operand was repeated. */
function toOperand(site: DownSite, index: 0 | 1, weight: (a: number, b: number) => number): Values {
  const [a, b, s] = [input(site, 0), input(site, 1), signal(site)];
  const result = zeros(input(site, index).dims);
  s.data.forEach((value, flat) => {
    const position = positionOf(flat, s.dims);
    const factor = weight(a.data[operandFlat(position, a.dims)]!, b.data[operandFlat(position, b.dims)]!);
    result.data[operandFlat(position, result.dims)]! += value * factor;
  });
  return result;
}

type Weight = (a: number, b: number) => number;

function linear(f: Weight, toA: Weight, toB: Weight): NaiveOperator {
  return {
    forward: (site) => [combine(input(site, 0), input(site, 1), f)],
    down: (site) => [
      site.varies[0] ? toOperand(site, 0, toA) : undefined,
      site.varies[1] ? toOperand(site, 1, toB) : undefined,
    ],
  };
}

export const add = linear(
  (a, b) => a + b,
  () => 1,
  () => 1,
);

export const sub = linear(
  (a, b) => a - b,
  () => 1,
  () => -1,
);

/** Whether an operand is one value a channel, spread over the positions of the other. */
function isSpread(gate: Values, over: Values): boolean {
  return (
    gate.dims.length === over.dims.length &&
    gate.dims.slice(2).every((dim) => dim === 1) &&
    over.dims.slice(2).some((dim) => dim > 1)
  );
}

/** A product or quotient. With two operands that depend on the image, a gate is frozen at its forward value. */
function gated(f: Weight, toA: Weight, toB: Weight): NaiveOperator {
  const product = linear(f, toA, toB);
  return {
    forward: (site) => product.forward(site),
    down(site) {
      const [first, second] = product.down(site);
      if (!first || !second || site.method === 'gradient') return [first, second];
      if (site.gate === 1 || isSpread(input(site, 1), input(site, 0))) return [first, undefined];
      if (site.gate === 0 || isSpread(input(site, 0), input(site, 1))) return [undefined, second];
      throw new Error(`"${site.node.name}" combines two activations, neither of which is a gate`);
    },
  };
}

export const mul = gated(
  (a, b) => a * b,
  (_, b) => b,
  (a) => a,
);

export const div = gated(
  (a, b) => a / b,
  (_, b) => 1 / b,
  (a, b) => -a / (b * b),
);

/** `x * f(x)`: an activation function spelled out, so the signal is rectified and goes to `x` alone. */
export function downSelfGate(site: DownSite, x: 0 | 1): (Values | undefined)[] {
  const down = rectified(signal(site), input(site, x), site.method);
  return x === 0 ? [down, undefined] : [undefined, down];
}

export const sum: NaiveOperator = {
  forward: (site) => [
    site.inputs.map((_, i) => input(site, i)).reduce((a, b) => combine(a, b, (x, y) => x + y)),
  ],
  down: (site) =>
    site.inputs.map((_, i) => {
      if (!site.varies[i]) return undefined;
      const s = signal(site);
      const result = zeros(input(site, i).dims);
      s.data.forEach((value, flat) => {
        result.data[operandFlat(positionOf(flat, s.dims), result.dims)]! += value;
      });
      return result;
    }),
};
