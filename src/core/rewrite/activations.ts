import {
  bothWays,
  isNear,
  multiplesOf,
  scalarOf,
  shiftedBy,
  squareRootOf,
  type Meaning,
  type Reader,
  type View,
} from './spelling';
import { floatAttribute } from '../graph/attributes';
import type { Attribute } from '../graph/graph';

/**
 * Activation functions that exporters spell out are all a product of x with a gate made of x alone, times a number: x * Sigmoid(x)
 * is Swish, x * Clip(x + 3, 0, 6) / 6 HardSwish, x * Tanh(Softplus(x)) Mish, x * (1 + Erf(x / sqrt 2)) / 2 Gelu.
 */
export const spelledActivation: Reader = (view, node) => {
  if (node.op !== 'Mul' && node.op !== 'Div') return undefined;
  for (const outer of multiplesOf(view, node.outputs[0]!)) {
    const product = view.producers.get(outer.tensor);
    if (product?.op !== 'Mul') continue;
    for (const [left, right] of bothWays(product)) {
      for (const x of multiplesOf(view, left)) {
        for (const factor of multiplesOf(view, right)) {
          const gate = gateOf(view, factor.tensor, x.tensor);
          const scale = outer.scale * x.scale * factor.scale;
          if (gate && isNear(scale, gate.scale)) return { ...gate.meaning, inputs: [x.tensor] };
        }
      }
    }
  }
  return undefined;
};

/** The activation x * gate * scale. */
interface Gate {
  readonly scale: number;
  readonly meaning: Omit<Meaning, 'inputs'>;
}

/** What a tensor makes of x when the two are multiplied. */
function gateOf(view: View, tensor: string, x: string): Gate | undefined {
  const node = view.producers.get(tensor);
  const input = node?.inputs[0] ?? '';
  switch (node?.op) {
    case 'Sigmoid': {
      const slope = slopeOf(view, input, x);
      if (slope === undefined) return undefined;
      return slope === 1 ? gate('Swish', 1) : gate('Swish', 1, { alpha: { kind: 'float', value: slope } });
    }
    case 'Tanh': {
      const inner = view.producers.get(input);
      return inner?.op === 'Softplus' && inner.inputs[0] === x ? gate('Mish', 1) : undefined;
    }
    case 'HardSigmoid': {
      const [alpha, beta] = [floatAttribute(node, 'alpha', 0.2), floatAttribute(node, 'beta', 0.5)];
      return input === x && isNear(alpha, 1 / 6) && beta === 0.5 ? gate('HardSwish', 1) : undefined;
    }
    case 'Clip':
      return clippedGate(view, tensor, x);
    case 'Add':
      return shiftedGate(view, tensor, x);
    default:
      return undefined;
  }
}

function gate(op: string, scale: number, attributes: Readonly<Record<string, Attribute>> = {}): Gate {
  return { scale, meaning: { op, attributes } };
}

/** The c of a tensor that is c times x. */
function slopeOf(view: View, tensor: string, x: string): number | undefined {
  return multiplesOf(view, tensor).find((multiple) => multiple.tensor === x)?.scale;
}

/** Clip(x + 3, 0, 6), or Clip(x / 6 + 0.5, 0, 1). */
function clippedGate(view: View, tensor: string, x: string): Gate | undefined {
  const clip = view.producers.get(tensor)!;
  const bound = (input: number, name: string): number =>
    scalarOf(view, clip.inputs[input] ?? '') ?? floatAttribute(clip, name, NaN);
  const [low, high] = [bound(1, 'min'), bound(2, 'max')];
  const sum = shiftedBy(view, clip.inputs[0]!);
  const slope = sum && slopeOf(view, sum.tensor, x);
  if (sum === undefined || slope === undefined || low !== 0) return undefined;
  if (high === 6 && isNear(sum.shift, 3) && isNear(slope, 1)) return gate('HardSwish', 1 / 6);
  return high === 1 && isNear(sum.shift, 0.5) && isNear(slope, 1 / 6) ? gate('HardSwish', 1) : undefined;
}

/** 1 + Erf(x / sqrt 2), or 1 + Tanh(sqrt(2 / pi) * (x + 0.044715 x³)). */
function shiftedGate(view: View, tensor: string, x: string): Gate | undefined {
  const sum = shiftedBy(view, tensor);
  if (sum === undefined || sum.shift !== 1) return undefined;
  const inner = view.producers.get(sum.tensor);
  const argument = inner?.inputs[0] ?? '';
  if (inner?.op === 'Erf') {
    const slope = slopeOf(view, argument, x);
    return slope !== undefined && isNear(slope, Math.SQRT1_2) ? gate('Gelu', 0.5) : undefined;
  }
  if (inner?.op !== 'Tanh') return undefined;
  const cubic = multiplesOf(view, argument).find(
    ({ scale, tensor: at }) => isNear(scale, Math.sqrt(2 / Math.PI)) && isCubic(view, at, x),
  );
  return cubic && gate('Gelu', 0.5, { approximate: { kind: 'string', value: 'tanh' } });
}

/** Whether a tensor is x + 0.044715 x³. */
function isCubic(view: View, tensor: string, x: string): boolean {
  const sum = view.producers.get(tensor);
  if (sum?.op !== 'Add') return false;
  return bothWays(sum).some(
    ([first, second]) =>
      first === x &&
      multiplesOf(view, second).some(
        ({ scale, tensor: cube }) => isNear(scale, 0.044715) && isCube(view, cube, x),
      ),
  );
}

function isCube(view: View, tensor: string, x: string): boolean {
  const node = view.producers.get(tensor);
  if (node?.op === 'Pow') return node.inputs[0] === x && scalarOf(view, node.inputs[1]!) === 3;
  return node?.op === 'Mul' && bothWays(node).some(([a, b]) => a === x && squareRootOf(view, b) === x);
}
