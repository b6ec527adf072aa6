import { broadcastStrides } from './broadcast';
import { constantInput, inputDims, outputDims, type Site } from './site';
import { floatAttribute } from '../graph/attributes';
import { toFloat32 } from '../tensor/tensor';

/** Operators that leave every value of a map as it is, or add the same to all of them. */
const unscaled = new Set(['Identity', 'Dropout', 'Cast', 'Pad']);

/** What batch normalisation at inference multiplies each map with: gamma / sqrt(variance + epsilon). */
export function batchNormGains(site: Site): Float32Array {
  const gamma = toFloat32(constantInput(site, 1)!);
  const variance = toFloat32(constantInput(site, 4)!);
  const epsilon = floatAttribute(site.node, 'epsilon', 1e-5);
  return gamma.map((value, c) => value / Math.sqrt(variance[c]! + epsilon)); // prettier-ignore
}

/**
 * What a node multiplies each map (axis 1) of its one variable input with: batch normalisation at inference, and
 * arithmetic with a constant that is the same all over a map. Shifts count as a gain of 1. `undefined` where the node
 * does more than that.
 */
export function mapGains(site: Site): Float32Array | undefined {
  const { op } = site.node;
  const maps = outputDims(site)[1];
  if (maps === undefined) return undefined;
  const ones = () => new Float32Array(maps).fill(1);
  if (unscaled.has(op)) return inputDims(site, 0)[1] === maps ? ones() : undefined;
  if (op === 'BatchNormalization') {
    return [1, 2, 3, 4].every((input) => constantInput(site, input)) ? batchNormGains(site) : undefined;
  }
  const constant = constantInput(site, 0) ? 0 : 1;
  if (!constantInput(site, constant) || inputDims(site, 1 - constant)[1] !== maps) return undefined;
  switch (op) {
    case 'Add':
      return ones();
    case 'Sub':
      return constant === 1 ? ones() : ones().fill(-1);
    case 'Mul':
      return perMap(site, constant);
    case 'Div':
      return constant === 1 ? perMap(site, constant)?.map((value) => 1 / value) : undefined;
    default:
      return undefined;
  }
}

/** A constant operand's value for each map, `undefined` where it differs within a map. */
function perMap(site: Site, input: number): Float32Array | undefined {
  const dims = outputDims(site);
  const strides = broadcastStrides(inputDims(site, input), dims);
  const varies = strides.some((stride, axis) => axis !== 1 && dims[axis]! > 1 && stride !== 0);
  if (varies) return undefined;
  const values = toFloat32(constantInput(site, input)!);
  return Float32Array.from({ length: dims[1]! }, (_, map) => values[map * strides[1]!]!);
}
