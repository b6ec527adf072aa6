import { broadcastDims } from './broadcast';
import { ShapeError, everything, firstInput, samePosition, type Operator } from './operator';
import { inputDims, type Site } from './site';
import { intAttribute } from '../graph/attributes';
import type { Dims } from '../tensor/tensor';

/** Whether a MatMul or layer norm works on axis 1 at every position, which `rewrite/channelsFirst` found out. */
export function isOverMaps({ node }: Site): boolean {
  return intAttribute(node, 'channelsFirst', 0) === 1;
}

/** `[N, K, H, W]` by a matrix `[K, M]` over the maps: `[N, M, H, W]`. */
function channelMatrix(a: Dims, b: Dims): Dims {
  if (a.length !== 4 || b.length !== 2 || a[1] !== b[0])
    throw new ShapeError(`MatMul of ${a[1]} maps with weights for ${b[0]}`);
  return [a[0]!, b[1]!, a[2]!, a[3]!];
}

const gemm: Operator = {
  shapes(site) {
    const a = inputDims(site, 0);
    const b = inputDims(site, 1);
    if (a.length !== 2 || b.length !== 2) throw new ShapeError(`Gemm of ${a.length} and ${b.length} axes`);
    const transA = intAttribute(site.node, 'transA', 0) === 1;
    const transB = intAttribute(site.node, 'transB', 0) === 1;
    const [rows, inner] = transA ? [a[1]!, a[0]!] : [a[0]!, a[1]!];
    const [other, columns] = transB ? [b[1]!, b[0]!] : [b[0]!, b[1]!];
    if (inner !== other) throw new ShapeError(`Gemm of ${inner} features with weights for ${other}`);
    return [[rows, columns]];
  },
  paths: firstInput,
  reach: everything,
};

const matMul: Operator = {
  shapes(site) {
    const a = inputDims(site, 0);
    const b = inputDims(site, 1);
    if (isOverMaps(site)) return [channelMatrix(a, b)];
    if (a.length < 2 || b.length < 2) throw new ShapeError(`MatMul of ${a.length} and ${b.length} axes`);
    if (a.at(-1) !== b.at(-2))
      throw new ShapeError(`MatMul of ${a.at(-1)} features with weights for ${b.at(-2)}`);
    return [[...broadcastDims(a.slice(0, -2), b.slice(0, -2)), a.at(-2)!, b.at(-1)!]];
  },
  paths: (site: Site) => (site.constants.has(site.node.inputs[0]!) ? [1] : [0, 1]),
  reach: (site, input, region) => (isOverMaps(site) ? samePosition(site, input, region) : 'all'),
};

/** What is known of fully connected layers. */
export const dense: Readonly<Record<string, Operator>> = { Gemm: gemm, MatMul: matMul };
