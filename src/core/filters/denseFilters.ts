import type { OwnFilters } from './ownFilters';
import { constantInput, inputName, type Site } from '../ops/site';
import { noFilters } from '../errors';
import { floatAttribute, intAttribute, intsAttribute } from '../graph/attributes';
import type { Network } from '../network';
import { toFloat32 } from '../tensor/tensor';

/** Weights of a fully connected layer, `[outputs, inputs]`; as pictures over the maps that were flattened before it. */
export function denseFilters(network: Network, site: Site, label: string): OwnFilters {
  const { node } = site;
  const stored = constantInput(site, 1)!;
  const plain = stored.dims.length === 2 && intAttribute(node, 'transA', 0) === 0;
  if ((node.op !== 'Gemm' && node.op !== 'MatMul') || !plain) throw noFilters(label, node.op);
  const byOutput = node.op === 'Gemm' && intAttribute(node, 'transB', 0) === 1;
  const [rows, columns] = stored.dims as readonly [number, number];
  const [outputs, inputs] = byOutput ? [rows, columns] : [columns, rows];
  const alpha = node.op === 'Gemm' ? floatAttribute(node, 'alpha', 1) : 1;
  const source = toFloat32(stored);
  const plane = flattenedMaps(network, inputName(site, 0), inputs);
  const order = plane?.order ?? ((input: number) => input);
  const weights = new Float32Array(source.length);
  for (let input = 0; input < inputs; input++) {
    const target = order(input);
    for (let output = 0; output < outputs; output++) {
      const at = byOutput ? output * inputs + input : input * outputs + output;
      weights[output * inputs + target] = source[at]! * alpha;
    }
  }
  const [channels, height, width] = plane?.dims ?? [inputs, 1, 1];
  const over = plane ? 'maps' : 'vector';
  return {
    dims: [outputs, channels, height, width],
    weights,
    over,
    kind: 'dense',
    groups: 1,
    stride: [1, 1],
  };
}

interface FlattenedMaps {
  readonly dims: readonly [channels: number, height: number, width: number];
  /** Where a feature of the vector lies in `dims`, row-major. */
  readonly order: (feature: number) => number;
}

const towardsMaps = new Set(['Flatten', 'Reshape', 'Dropout', 'Identity', 'Squeeze']);

/** The maps that a vector of `size` features was flattened from, also where they were moved behind the positions first. */
function flattenedMaps(network: Network, vector: string, size: number): FlattenedMaps | undefined {
  const { resolved, producers } = network;
  let tensor = vector;
  for (let node = producers.get(tensor); node && towardsMaps.has(node.op); node = producers.get(tensor)) {
    tensor = node.inputs[0]!;
    const [batch, ...dims] = resolved.shapes.get(tensor) ?? [];
    if (batch !== 1 || dims.length !== 3 || dims[0]! * dims[1]! * dims[2]! !== size) continue;
    const before = producers.get(tensor);
    if (before?.op === 'Transpose' && intsAttribute(before, 'perm')?.join() === '0,2,3,1') {
      // Of what is turned: the network may look at the turned tensor with its maps first.
      const [, channels, height, width] = resolved.shapes.get(before.inputs[0]!) as [
        number,
        number,
        number,
        number,
      ];
      const order = (feature: number) =>
        (feature % channels) * height * width + Math.floor(feature / channels);
      return { dims: [channels, height, width], order };
    }
    return { dims: dims as [number, number, number], order: (feature) => feature };
  }
  return undefined;
}
