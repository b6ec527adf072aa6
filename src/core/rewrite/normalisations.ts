import {
  multiplesOf,
  scalarOf,
  shiftedBy,
  squareRootOf,
  type Meaning,
  type Reader,
  type View,
} from './spelling';
import { intAttribute, intsAttribute } from '../graph/attributes';
import type { GraphNode } from '../graph/graph';

/** Normalisations that exporters spell out, all of them a quotient. */
export const spelledNormalisation: Reader = (view, node) =>
  node.op === 'Div' ? (layerNormalisation(view, node) ?? contrastNormalisation(view, node)) : undefined;

/**
 * (x - mean) / sqrt(mean((x - mean)²) + epsilon), both means over the last axes. The factor and shift that usually follow stay nodes
 * of their own.
 */
function layerNormalisation(
  view: View,
  { inputs: [centred = '', deviation = ''] }: GraphNode,
): Meaning | undefined {
  const root = view.producers.get(deviation);
  const variance = root?.op === 'Sqrt' ? shiftedBy(view, root.inputs[0]!) : undefined;
  if (variance === undefined) return undefined;
  const squares = meanOf(view, variance.tensor);
  const centre = view.producers.get(centred);
  if (squares === undefined || centre?.op !== 'Sub') return undefined;
  const [x = '', mean = ''] = centre.inputs;
  const average = meanOf(view, mean);
  const squared = squareRootOf(view, squares.of) ?? '';
  if (average?.of !== x || average.axis !== squares.axis || !isSame(view, squared, centred)) return undefined;
  return {
    op: 'LayerNormalization',
    inputs: [x],
    attributes: {
      axis: { kind: 'int', value: average.axis },
      epsilon: { kind: 'float', value: variance.shift },
    },
  };
}

/** Whether two tensors are one, or the same difference computed twice. */
function isSame({ producers }: View, a: string, b: string): boolean {
  const [one, other] = [producers.get(a), producers.get(b)];
  return (
    a === b ||
    (one?.op === 'Sub' && other?.op === 'Sub' && one.inputs.every((input, i) => input === other.inputs[i]))
  );
}

/** What a tensor is the mean of, over the axes from `axis`, counted from the last, to the last. */
function meanOf(view: View, tensor: string): { readonly of: string; readonly axis: number } | undefined {
  const node = view.producers.get(tensor);
  if (node?.op !== 'ReduceMean' || intAttribute(node, 'keepdims', 1) !== 1) return undefined;
  const given = view.graph.constants.get(node.inputs[1] ?? '');
  const axes = given ? Array.from(given.data, Number) : intsAttribute(node, 'axes');
  const axis = Math.min(...(axes ?? [0]));
  const last = axes?.length === -axis && axes.every((each) => each < 0);
  return last ? { of: node.inputs[0]!, axis } : undefined;
}

/**
 * How PyTorch exports `nn.LocalResponseNorm`: x / (k + alpha * pool(x²)) ^ beta, where the pool averages over neighbouring maps,
 * with padding and axes put in and taken out around it.
 */
function contrastNormalisation(
  view: View,
  { inputs: [x = '', divisor = ''] }: GraphNode,
): Meaning | undefined {
  const power = view.producers.get(divisor);
  const beta = power?.op === 'Pow' ? scalarOf(view, power.inputs[1]!) : undefined;
  const sum = beta === undefined ? undefined : shiftedBy(view, power!.inputs[0]!);
  if (beta === undefined || sum === undefined) return undefined;
  for (const { scale, tensor } of multiplesOf(view, sum.tensor)) {
    const size = mapsPooled(view, tensor, x);
    if (size === undefined) continue;
    return {
      op: 'LRN',
      inputs: [x],
      attributes: {
        size: { kind: 'int', value: size },
        // PyTorch has one map more before than behind where the number is even, ONNX one more behind.
        before: { kind: 'int', value: Math.floor(size / 2) },
        alpha: { kind: 'float', value: scale },
        beta: { kind: 'float', value: beta },
        bias: { kind: 'float', value: sum.shift },
      },
    };
  }
  return undefined;
}

/**
 * What PyTorch puts around the pool: padding, axes in and out. Where it does not know whether there is an axis to take out, an If asks
 * for the length of the pooled tensor's.
 */
const around = new Set(['Squeeze', 'Reshape', 'If', 'Equal', 'Gather', 'Shape', 'Pad', 'Unsqueeze']);

/** How many maps of x² an average pool behind a tensor takes together. */
function mapsPooled(view: View, tensor: string, x: string): number | undefined {
  const pool = view.producers.get(inFront(view, tensor));
  const [size, ...others] = (pool?.op === 'AveragePool' && intsAttribute(pool, 'kernel_shape')) || [];
  if (pool === undefined || size === undefined || others.some((length) => length !== 1)) return undefined;
  return squareRootOf(view, inFront(view, pool.inputs[0]!)) === x ? size : undefined;
}

function inFront({ producers }: View, tensor: string): string {
  let at = tensor;
  for (let node = producers.get(at); node && around.has(node.op); node = producers.get(at))
    at = node.inputs[0]!;
  return at;
}
