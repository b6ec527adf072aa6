import { float, int, ints, text, type GraphBuilder, type TensorRef } from './graphBuilder';
import { spread } from './transposedNets';
import { floatTensor, int64Vector } from '../../src/core/tensor/tensor';

/** Reads the numbers of a node one after another. */
export type Draw = (choices: number) => number;

/** Adds nodes behind a tensor; returns what others may read. */
type Grow = (
  g: GraphBuilder,
  x: TensorRef,
  draw: Draw,
  tensors: readonly TensorRef[],
) => TensorRef | readonly TensorRef[];

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

const conv = (g: GraphBuilder, x: TensorRef, draw: Draw): TensorRef => {
  const [maps] = sizeOf(x);
  const { kernel, stride, pad } = window(x, draw);
  const groups = [maps, 1, 1, 2][draw(4)]!;
  const fitting = maps % groups === 0 ? groups : 1;
  const out = fitting * (1 + draw(Math.max(1, Math.floor(6 / fitting))));
  return g.conv(x, { out, kernel, stride, pad, groups: fitting, dilation: dilated(x, kernel, draw) });
};

/** A transposed convolution; deep ones stay small. */
const widen: Grow = (g, x, draw) => {
  const [maps, height, width] = sizeOf(x);
  const groups = draw(2) && maps % 2 === 0 ? 2 : 1;
  const kernel = [1 + draw(3), 1 + draw(3)] as const;
  const largest = Math.max(height, width) < 12 ? 2 : 1;
  const stride = [1 + draw(largest), 1 + draw(largest)] as const;
  const pads = ([0, 1, 0, 1] as const).map((axis) => Math.min(draw(2), kernel[axis] - 1)) as [number, number, number, number]; // prettier-ignore
  const fits = [height, width].every((size, axis) => (size - 1) * stride[axis]! + kernel[axis]! > pads[axis]! + pads[axis + 2]!); // prettier-ignore
  const added = [draw(stride[0]), draw(stride[1])] as const;
  return spread(g, x, { out: groups * (1 + draw(3)), kernel, stride, groups, added, ...(fits && { pads }) });
};

const maxPool: Grow = (g, x, draw) => {
  const options = window(x, draw);
  const dilation = dilated(x, options.kernel, draw);
  return g.maxPool(x, { ...options, dilation, rounding: rounding(x, { ...options, dilation }, draw) });
};

const averagePool: Grow = (g, x, draw) => {
  const options = window(x, draw);
  const padding = draw(2) ? 'counted' : 'ignored';
  return g.averagePool(x, { ...options, padding, rounding: rounding(x, options, draw) });
};

/**
 * Up only where the last window starts before the end of the maps: of others ONNX Runtime expects one position more than it
 * computes, and stumbles over it.
 */
function rounding(
  x: TensorRef,
  {
    kernel,
    stride,
    pad,
    dilation = [1, 1],
  }: ReturnType<typeof window> & { dilation?: readonly [number, number] },
  draw: Draw,
): 'ceil' | 'floor' {
  const [, ...size] = sizeOf(x);
  const fits = ([0, 1] as const).every((axis) => {
    const room = size[axis] + pad[axis] + pad[axis === 0 ? 2 : 3] - dilation[axis] * (kernel[axis] - 1) - 1;
    return Math.ceil(room / stride[axis]) * stride[axis] < size[axis] + pad[axis];
  });
  return draw(2) === 1 && fits ? 'ceil' : 'floor';
}

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

/** Both parts of a tensor along its maps, rows or columns; a part may stay unread. */
const split: Grow = (g, x, draw) => {
  const axis = 1 + draw(3);
  const length = x.dims[axis]!;
  if (length === 1) return g.node('Identity', [x]);
  const first = 1 + draw(length - 1);
  const sizes = [first, length - first];
  const part = g.node('Split', [x, g.constant(`parts${sizes.join('_')}`, int64Vector(sizes))], {
    attributes: { axis: int(axis) },
    dims: withLength(x, axis, first),
    outputs: 2,
  });
  return [part, { name: part.name.replace(/0$/, '1'), dims: withLength(x, axis, length - first) }];
};

/** Some maps, rows or columns in any order, some more than once, counted from either end. */
const gather: Grow = (g, x, draw) => {
  const axis = 1 + draw(3);
  const length = x.dims[axis]!;
  const chosen = Array.from({ length: 1 + draw(length + 2) }, () => draw(2 * length) - length);
  const indices = g.constant(`chosen${chosen.join('_')}`, int64Vector(chosen));
  return g.node('Gather', [x, indices], {
    attributes: { axis: int(axis) },
    dims: withLength(x, axis, chosen.length),
  });
};

function withLength({ dims }: TensorRef, axis: number, length: number): number[] {
  return dims.map((dim, i) => (i === axis ? length : dim));
}

const resize: Grow = (g, x, draw) => {
  const scales = [2, 3].map((axis) => {
    const scale = [0.5, 1, 1.5, 2, 2.5][draw(5)]!;
    return scale * x.dims[axis]! < 1 ? 1 : scale;
  });
  const mode = draw(2) ? 'linear' : 'nearest';
  const places = ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric'][draw(4)]!;
  const nearest = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'][draw(4)]!;
  const factors = floatTensor([4], Float32Array.of(1, 1, ...scales));
  return g.node('Resize', [x, undefined, g.constant(`scales${scales.join('_')}`, factors)], {
    attributes: {
      mode: text(mode),
      coordinate_transformation_mode: text(places),
      nearest_mode: text(nearest),
    },
    dims: x.dims.map((dim, axis) => (axis < 2 ? dim : Math.floor(dim * scales[axis - 2]!))),
  });
};

/** As in ConvNeXt: every position's maps normalised and mixed, the maps last meanwhile. */
const mapsLast: Grow = (g, x, draw) => {
  const [maps] = sizeOf(x);
  const last = g.transpose(x, [0, 2, 3, 1]);
  const [gain, shift] = [
    g.weight(`gain of ${last.name}`, [maps], { mean: 1, std: 0.2 }),
    g.weight(`shift of ${last.name}`, [maps], { std: 0.1 }),
  ];
  const attributes = { axis: int(-1), epsilon: float(1e-2) };
  const normalised = draw(2) ? last : g.node('LayerNormalization', [last, gain, shift], { attributes });
  return g.transpose(g.matMul(normalised, { out: 1 + draw(6) }), [0, 3, 1, 2]);
};

/** A fully connected layer over everything, its features maps of one position. */
const dense: Grow = (g, x, draw) => {
  const features = g.gemm(g.flatten(x), { out: 1 + draw(6) });
  return g.reshape(features, [...features.dims, 1, 1]);
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

/** What a random graph is made of. */
export const growers = {
  conv: (g, x, draw) => g.relu(conv(g, x, draw)),
  linear: conv,
  normalised: (g, x, draw) => g.relu(g.batchNorm(conv(g, x, draw))),
  maxPool,
  averagePool,
  relu: pointwise('Relu'),
  leakyRelu: pointwise('LeakyRelu', { alpha: float(0.2) }),
  hardSwish: pointwise('HardSwish'),
  tanh: pointwise('Tanh'),
  clip: (g, x) => g.clip(x),
  swish: (g, x) => g.mul(x, g.node('Sigmoid', [x])),
  elu: pointwise('Elu', { alpha: float(0.7) }),
  sigmoid: pointwise('Sigmoid'),
  pRelu: (g, x, draw) => {
    const dims = draw(2) ? [sizeOf(x)[0], 1, 1] : [1];
    return g.node('PRelu', [x, g.weight(`slope ${dims[0]} of ${x.name}`, dims, { mean: 0.3, std: 0.1 })]);
  },
  lrn: (g, x, draw) => g.lrn(x, { size: 1 + 2 * draw(3), alpha: 0.3, bias: 1 }),
  add: (g, x, draw, tensors) => g.add(x, partner(x, tensors, [1, 2, 3], draw)),
  /** Of a mix of maps: tensors that are made of one another may cancel, and nothing but rounding is left. */
  subtract: (g, x, draw, tensors) =>
    g.sub(x, g.conv(partner(x, tensors, [2, 3], draw), { out: sizeOf(x)[0], kernel: 1 })),
  concat: (g, x, draw, tensors) => g.concat([x, partner(x, tensors, [2, 3], draw)]),
  stack: (g, x, draw, tensors) => {
    const axis = 2 + draw(2);
    return g.concat([partner(x, tensors, axis === 2 ? [1, 3] : [1, 2], draw), x], { axis });
  },
  scale: (g, x) => g.mul(x, g.weight(`scale of ${x.name}`, [sizeOf(x)[0], 1, 1], { mean: 1, std: 0.3 })),
  turn: (g, x, draw) => g.transpose(x, draw(2) ? [0, 1, 3, 2] : [0, 2, 1, 3]),
  squeeze: (g, x) => g.globalAveragePool(x),
  strongest: (g, x) => g.node('GlobalMaxPool', [x], { dims: [...x.dims.slice(0, 2), 1, 1] }),
  mean: (g, x) =>
    g.node('ReduceMean', [x], {
      attributes: { axes: ints(3), keepdims: int(1) },
      dims: [...x.dims.slice(0, 3), 1],
    }),
  largest: (g, x) =>
    g.node('ReduceMax', [x], {
      attributes: { axes: ints(2, 3), keepdims: int(1) },
      dims: [...x.dims.slice(0, 2), 1, 1],
    }),
  gate,
  shuffle,
  split,
  gather,
  resize,
  mapsLast,
  dense,
  crop,
  pad,
  widen,
} as const satisfies Record<string, Grow>;

export type Kind = keyof typeof growers;
