import fc from 'fast-check';
import { float, graphBuilder, int, ints, type GraphBuilder, type TensorRef } from './graphBuilder';
import type { Graph } from '../../src/core/graph/graph';
import { int64Vector } from '../../src/core/tensor/tensor';

/** What one node of a random graph is: numbers that `buildPlan` takes modulo what is possible where the node stands. */
export interface PlannedNode {
  readonly kind: Kind;
  /** Which of the tensors so far it reads, counted from the newest. */
  readonly from: number;
  /** Geometry: kernels, strides, pads. */
  readonly geometry: readonly number[];
}

/** A random graph that can be printed, shrunk and kept. */
export interface GraphPlan {
  readonly seed: number;
  readonly height: number;
  readonly width: number;
  readonly nodes: readonly PlannedNode[];
}

/** Reads the numbers of a node one after another. */
type Draw = (choices: number) => number;

type Grow = (g: GraphBuilder, x: TensorRef, draw: Draw, tensors: readonly TensorRef[]) => TensorRef;

const sizeOf = ({ dims }: TensorRef): readonly [maps: number, height: number, width: number] =>
  dims.slice(1) as [number, number, number];

/** A window that fits: pads are shorter than the kernel, and the padded maps hold it. */
function window(x: TensorRef, draw: Draw) {
  const [, height, width] = sizeOf(x);
  const kernel = [1 + draw(4), 1 + draw(4)].map((length, i) => Math.min(length, i ? width : height)) as [
    number,
    number,
  ];
  const stride = [1 + draw(3), 1 + draw(3)] as const;
  const [top, left, bottom, right] = [0, 1, 0, 1].map((axis) => draw(kernel[axis]!)) as [number, number, number, number]; // prettier-ignore
  return { kernel, stride, pad: [top, left, bottom, right] as const };
}

function dilated(x: TensorRef, kernel: readonly [number, number], draw: Draw): readonly [number, number] {
  const [, height, width] = sizeOf(x);
  const wanted = [1 + draw(2), 1 + draw(2)] as const;
  const fits = (axis: 0 | 1, size: number): number =>
    wanted[axis] * (kernel[axis] - 1) < size ? wanted[axis] : 1;
  return [fits(0, height), fits(1, width)];
}

const conv: Grow = (g, x, draw) => {
  const [maps] = sizeOf(x);
  const { kernel, stride, pad } = window(x, draw);
  const groups = [maps, 1, 1, 2][draw(4)]!;
  const fitting = maps % groups === 0 ? groups : 1;
  const out = fitting * (1 + draw(Math.max(1, Math.floor(6 / fitting))));
  return g.conv(x, { out, kernel, stride, pad, groups: fitting, dilation: dilated(x, kernel, draw) });
};

const maxPool: Grow = (g, x, draw) => {
  const { kernel, stride, pad } = window(x, draw);
  const dilation = dilated(x, kernel, draw);
  return g.maxPool(x, { kernel, stride, pad, dilation, rounding: draw(2) ? 'ceil' : 'floor' });
};

const averagePool: Grow = (g, x, draw) => {
  const options = window(x, draw);
  const padding = draw(2) ? 'counted' : 'ignored';
  return g.averagePool(x, { ...options, padding, rounding: draw(2) ? 'ceil' : 'floor' });
};

/** Another tensor that fits, the same one again where there is none. */
function partner(
  x: TensorRef,
  tensors: readonly TensorRef[],
  axes: readonly number[],
  draw: Draw,
): TensorRef {
  const fitting = tensors.filter(({ dims }) => axes.every((axis) => dims[axis] === x.dims[axis]));
  return fitting[draw(fitting.length)]!;
}

const gate: Grow = (g, x, draw) => {
  const squeezed = g.relu(g.conv(g.globalAveragePool(x), { out: 1 + draw(3), kernel: 1 }));
  return g.mul(x, g.node('Sigmoid', [g.conv(squeezed, { out: sizeOf(x)[0], kernel: 1 })]));
};

const shuffle: Grow = (g, x) => {
  const [maps, height, width] = sizeOf(x);
  const groups = maps % 2 === 0 ? 2 : 1;
  const grouped = g.transpose(g.reshape(x, [1, groups, maps / groups, height, width]), [0, 2, 1, 3, 4]);
  return g.reshape(grouped, x.dims);
};

const crop: Grow = (g, x, draw) => {
  const [maps, height, width] = sizeOf(x);
  const axis = 1 + draw(3);
  const length = [maps, height, width][axis - 1]!;
  const start = draw(length);
  const end = start + 1 + draw(length - start);
  const limits = [start, end, axis].map((value) => g.constant(`limit${value}`, int64Vector([value])));
  return g.node('Slice', [x, ...limits], { dims: x.dims.map((dim, i) => (i === axis ? end - start : dim)) });
};

const pad: Grow = (g, x, draw) => {
  const pads = [0, 0, draw(3), draw(3), 0, 0, draw(3), draw(3)];
  const dims = x.dims.map((dim, axis) => dim + pads[axis]! + pads[axis + 4]!);
  return g.node('Pad', [x, g.constant(`pads${pads.join('_')}`, int64Vector(pads))], { dims });
};

const pointwise =
  (op: string, attributes: Record<string, ReturnType<typeof float>> = {}): Grow =>
  (g, x) =>
    g.node(op, [x], { attributes });

const growers = {
  conv: (g, x, draw, tensors) => g.relu(conv(g, x, draw, tensors)),
  linear: conv,
  normalised: (g, x, draw, tensors) => g.relu(g.batchNorm(conv(g, x, draw, tensors))),
  maxPool,
  averagePool,
  relu: pointwise('Relu'),
  leakyRelu: pointwise('LeakyRelu', { alpha: float(0.2) }),
  hardSwish: pointwise('HardSwish'),
  tanh: pointwise('Tanh'),
  clip: (g, x) => g.clip(x),
  swish: (g, x) => g.mul(x, g.node('Sigmoid', [x])),
  lrn: (g, x, draw) => g.lrn(x, { size: 1 + 2 * draw(3), alpha: 0.3, bias: 1 }),
  add: (g, x, draw, tensors) => g.add(x, partner(x, tensors, [1, 2, 3], draw)),
  concat: (g, x, draw, tensors) => g.concat([x, partner(x, tensors, [2, 3], draw)]),
  scale: (g, x) => g.mul(x, g.weight(`scale of ${x.name}`, [sizeOf(x)[0], 1, 1], { mean: 1, std: 0.3 })),
  turn: (g, x) => g.transpose(x, [0, 1, 3, 2]),
  squeeze: (g, x) => g.globalAveragePool(x),
  mean: (g, x) =>
    g.node('ReduceMean', [x], {
      attributes: { axes: ints(3), keepdims: int(1) },
      dims: [...x.dims.slice(0, 3), 1],
    }),
  gate,
  shuffle,
  crop,
  pad,
} as const satisfies Record<string, Grow>;

type Kind = keyof typeof growers;

/** The graph of a plan; every tensor that nobody reads is an output. */
export function buildPlan({ seed, height, width, nodes }: GraphPlan): Graph {
  const g = graphBuilder({ input: [1, 3, height, width], seed });
  const tensors: TensorRef[] = [g.input];
  for (const { kind, from, geometry } of nodes) {
    let drawn = 0;
    const draw: Draw = (choices) => (geometry[drawn++ % geometry.length] ?? 0) % choices;
    const x = tensors.at(-1 - (from % tensors.length))!;
    tensors.push(growers[kind](g, x, draw, tensors));
  }
  const read = new Set(g.build({ outputs: [] }).nodes.flatMap(({ inputs }) => inputs));
  const outputs = tensors.filter(({ name }) => name !== g.input.name && !read.has(name));
  return g.build({ outputs, name: 'random' });
}

/** Plans of one to nine nodes. They shrink to fewer nodes and smaller geometry. */
export const plans: fc.Arbitrary<GraphPlan> = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  height: fc.integer({ min: 6, max: 13 }),
  width: fc.integer({ min: 6, max: 13 }),
  nodes: fc.array(
    fc.record({
      kind: fc.constantFrom(...(Object.keys(growers) as Kind[])),
      from: fc.nat(3),
      geometry: fc.array(fc.nat(11), { minLength: 12, maxLength: 12 }),
    }),
    { minLength: 1, maxLength: 9 },
  ),
});
