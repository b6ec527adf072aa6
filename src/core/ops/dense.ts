import { broadcastDims } from './broadcast';
import { ShapeError, everything, firstInput, type Operator } from './operator';
import { inputDims, type Site } from './site';
import { intAttribute } from '../graph/attributes';

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
    if (a.length < 2 || b.length < 2) throw new ShapeError(`MatMul of ${a.length} and ${b.length} axes`);
    if (a.at(-1) !== b.at(-2))
      throw new ShapeError(`MatMul of ${a.at(-1)} features with weights for ${b.at(-2)}`);
    return [[...broadcastDims(a.slice(0, -2), b.slice(0, -2)), a.at(-2)!, b.at(-1)!]];
  },
  paths: (site: Site) => (site.constants.has(site.node.inputs[0]!) ? [1] : [0, 1]),
  reach: everything,
};

/** What is known of fully connected layers. */
export const dense: Readonly<Record<string, Operator>> = { Gemm: gemm, MatMul: matMul };
