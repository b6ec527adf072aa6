import { ShapeError, everything, firstInput, type Operator, type Region } from './operator';
import { constantInput, inputDims, normalizeAxis, type Site } from './site';
import { reachOf, windowOf, type Window } from './window';
import { intAttribute, intsAttribute } from '../graph/attributes';
import { toNumbers, type Dims } from '../tensor/tensor';

/** The window of a MaxPool or AveragePool node. */
export function poolingWindow(site: Site): Window {
  const kernel = intsAttribute(site.node, 'kernel_shape');
  if (kernel === undefined) throw new ShapeError(`${site.node.op} without kernel_shape`);
  return windowOf(site.node, inputDims(site, 0), kernel);
}

const pool: Operator = {
  shapes(site) {
    const window = poolingWindow(site);
    const dims = [...inputDims(site, 0).slice(0, 2), window.y.output, window.x.output];
    return site.node.outputs.map(() => dims);
  },
  paths: firstInput,
  reach: (site, _input, region): Region => (region === 'all' ? 'all' : reachOf(poolingWindow(site), region)),
};

const globalPool: Operator = {
  shapes: (site) => [inputDims(site, 0).map((dim, axis) => (axis < 2 ? dim : 1))],
  paths: firstInput,
  reach: everything,
};

/** Axes a ReduceMean or ReduceMax node takes together, none negative. From opset 18 on they are an input. */
export function reducedAxes(site: Site): readonly number[] {
  const rank = inputDims(site, 0).length;
  const given = constantInput(site, 1);
  const axes = given ? toNumbers(given) : (intsAttribute(site.node, 'axes') ?? []);
  if (axes.length === 0) return Array.from({ length: rank }, (_, i) => i);
  return axes.map((axis) => normalizeAxis(axis, rank));
}

const reduction: Operator = {
  shapes(site) {
    const axes = new Set(reducedAxes(site));
    const keep = intAttribute(site.node, 'keepdims', 1) === 1;
    const dims: Dims = inputDims(site, 0);
    return [dims.flatMap((dim, axis) => (axes.has(axis) ? (keep ? [1] : []) : [dim]))];
  },
  paths: firstInput,
  reach: everything,
};

/** What is known of local and global pools. */
export const poolings: Readonly<Record<string, Operator>> = {
  MaxPool: pool,
  AveragePool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  ReduceMean: reduction,
  ReduceMax: reduction,
};
