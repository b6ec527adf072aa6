import type { Attribute } from '../../graph/graph';
import { floatTensor, sizeOf, type Tensor } from '../../tensor/tensor';
import {
  asInGraph,
  asInModel,
  assertRank,
  float,
  int,
  ints,
  scalar,
  text,
  vector,
  type Builder,
  type Value,
} from './builder';
import { axisFromNhwc, depthwiseFilters, filtersFromHwio, operandFromNhwc } from './nhwc';
import { unsupportedLayer } from './refusals';

/** What a block of nodes is called, and what the model calls its operator, for messages. */
export interface Named {
  readonly name: string;
  readonly kind: string;
}

/** A weight by the name it has in the model. */
export interface Weight {
  readonly name: string;
  readonly tensor: Tensor;
}

type Pair = readonly [y: number, x: number];

/** A sliding window as TensorFlow describes it: `same` pads as evenly as it can, and more behind than before. */
export interface WindowSpec {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly padding: 'same' | 'valid' | readonly [top: number, left: number, bottom: number, right: number];
}

/**
 * The attributes of a window. The padding of `same` depends on the size of the input only where the window moves by more
 * than one position; elsewhere it is written out, which every runtime understands also for dilated windows.
 */
export function windowAttributes({
  kernel,
  stride,
  dilation,
  padding,
}: WindowSpec): Record<string, Attribute> {
  const window = { kernel_shape: ints(kernel), strides: ints(stride), dilations: ints(dilation) };
  if (padding === 'valid') return window;
  if (padding !== 'same') return { ...window, pads: ints(padding) };
  if (stride[0] !== 1 || stride[1] !== 1) return { ...window, auto_pad: text('SAME_UPPER') };
  const totals = kernel.map((length, axis) => (length - 1) * dilation[axis as 0 | 1]);
  const before = totals.map((total) => Math.floor(total / 2));
  const after = totals.map((total, axis) => total - before[axis]!);
  return { ...window, pads: ints([...before, ...after]) };
}

export interface ConvolutionSpec extends Omit<WindowSpec, 'kernel'> {
  /** `[height, width, inputs / groups, outputs]`, of a depthwise one `[height, width, inputs, multiplier]`. */
  readonly kernel: Weight;
  readonly bias?: Weight | undefined;
  readonly depthwise?: boolean;
  readonly groups?: number;
}

export function convolution(builder: Builder, x: Value, named: Named, spec: ConvolutionSpec): Value {
  const { kernel, bias, depthwise, groups = 1, ...window } = spec;
  assertRank(x, 4, named);
  const [height, width, inputs] = filterDims(kernel, named);
  const filters = builder.constant(kernel.name, () =>
    depthwise ? depthwiseFilters(kernel.tensor) : filtersFromHwio(kernel.tensor),
  );
  return builder.node('Conv', [x, filters, ...parameters(builder, bias)], {
    name: named.name,
    attributes: {
      ...windowAttributes({ ...window, kernel: [height, width] }),
      group: int(depthwise ? inputs : groups),
    },
  });
}

/** Kernel `[height, width, outputs, inputs]`. The way down through it has no rule, but models with it open. */
export function transposedConvolution(
  builder: Builder,
  x: Value,
  named: Named,
  spec: ConvolutionSpec,
): Value {
  const { kernel, bias, stride, dilation, padding } = spec;
  assertRank(x, 4, named);
  const dims = filterDims(kernel, named);
  const extents = [0, 1].map((axis) => (dims[axis]! - 1) * dilation[axis as 0 | 1] + 1);
  // TensorFlow's output is the input a convolution of that stride and padding would have had.
  const surplus = extents.map((extent, axis) => extent - stride[axis as 0 | 1]);
  const total = surplus.map((length) => (padding === 'same' ? Math.max(0, length) : 0));
  const before = total.map((length) => Math.floor(length / 2));
  const filters = builder.constant(kernel.name, () => filtersFromHwio(kernel.tensor));
  return builder.node('ConvTranspose', [x, filters, ...parameters(builder, bias)], {
    name: named.name,
    attributes: {
      kernel_shape: ints(dims.slice(0, 2)),
      strides: ints(stride),
      dilations: ints(dilation),
      pads: ints([...before, ...total.map((length, axis) => length - before[axis]!)]),
      output_padding: ints(surplus.map((length) => Math.max(0, -length))),
    },
  });
}

function filterDims({ name, tensor }: Weight, { name: layer, kind }: Named) {
  if (tensor.dims.length === 4) return tensor.dims as readonly [number, number, number, number];
  throw unsupportedLayer(layer, kind, `its weights "${name}" have ${tensor.dims.length} axes instead of 4`);
}

/** Parameters with one value a feature map need no reordering. */
export function parameters(builder: Builder, ...weights: readonly (Weight | undefined)[]): Value[] {
  return weights.flatMap((weight) =>
    weight === undefined ? [] : [builder.constant(weight.name, () => weight.tensor)],
  );
}

export interface DenseSpec {
  /** `[inputs, outputs]`, or `[outputs, inputs]` where it is transposed. */
  readonly kernel: Weight;
  readonly bias?: Weight | undefined;
  readonly transposed?: boolean;
}

/** A fully connected layer. On feature maps it works at every position, as a convolution with filters of one pixel. */
export function dense(builder: Builder, x: Value, named: Named, spec: DenseSpec): Value {
  const { kernel, bias, transposed = false } = spec;
  const [inputs, outputs] = kernel.tensor.dims;
  if (kernel.tensor.dims.length !== 2 || inputs === undefined || outputs === undefined) {
    throw unsupportedLayer(
      named.name,
      named.kind,
      `its weights have ${kernel.tensor.dims.length} axes instead of 2`,
    );
  }
  if (x.rank === 4 && !transposed) {
    const filters: Weight = { ...kernel, tensor: { ...kernel.tensor, dims: [1, 1, inputs, outputs] } };
    return convolution(builder, x, named, {
      kernel: filters,
      bias,
      stride: [1, 1],
      dilation: [1, 1],
      padding: 'valid',
    });
  }
  assertRank(x, 2, named);
  const [weights] = parameters(builder, kernel);
  return builder.node('Gemm', [x, weights!, ...parameters(builder, bias)], {
    name: named.name,
    attributes: { transB: int(transposed ? 1 : 0) },
  });
}

export interface BatchNormSpec {
  readonly scale: Weight;
  readonly shift: Weight;
  readonly mean: Weight;
  readonly variance: Weight;
  readonly epsilon: number;
}

export function batchNorm(builder: Builder, x: Value, named: Named, spec: BatchNormSpec): Value {
  const { scale, shift, mean, variance, epsilon } = spec;
  return builder.node('BatchNormalization', [x, ...parameters(builder, scale, shift, mean, variance)], {
    name: named.name,
    attributes: { epsilon: float(epsilon) },
  });
}

/** One value for every feature map, for parameters that a model leaves out. */
export function filled(name: string, length: number, value: number): Weight {
  return { name, tensor: floatTensor([length], new Float32Array(length).fill(value)) };
}

export function pool(
  builder: Builder,
  x: Value,
  named: Named,
  { op, window }: { readonly op: 'MaxPool' | 'AveragePool'; readonly window: WindowSpec },
): Value {
  assertRank(x, 4, named);
  const { dilations, ...attributes } = windowAttributes(window);
  return builder.node(op, [x], {
    name: named.name,
    // Average pools know no dilation, nor do pools of TensorFlow.js' models.
    attributes: op === 'MaxPool' && dilations ? { ...attributes, dilations } : attributes,
  });
}

/** Averages or maxima over all positions: one value a map, as a vector or as maps of one pixel. */
export function globalPool(
  builder: Builder,
  x: Value,
  named: Named,
  { op, keep }: { readonly op: 'GlobalAveragePool' | 'GlobalMaxPool'; readonly keep: boolean },
): Value {
  assertRank(x, 4, named);
  const pooled = builder.node(op, [x], { name: named.name });
  if (keep) return pooled;
  return builder.node('Flatten', [pooled], {
    name: `${named.name}/vector`,
    attributes: { axis: int(1) },
    rank: 2,
  });
}

/** Another shape for the elements in the order that the model has them in. 0 keeps a length, -1 is worked out. */
export function reshape(builder: Builder, x: Value, name: string, dims: readonly number[]): Value {
  const shape = vector(builder, `${name}/shape`, dims);
  const source = asInModel(builder, x, name);
  const reshaped = builder.node('Reshape', [source, shape], { name, rank: dims.length });
  return asInGraph(builder, reshaped, name);
}

/** The axes in another order, as the model counts them. */
export function transpose(builder: Builder, x: Value, name: string, order: readonly number[]): Value {
  const moved = builder.node('Transpose', [asInModel(builder, x, name)], {
    name,
    attributes: { perm: ints(order) },
  });
  return asInGraph(builder, moved, name);
}

export function concat(
  builder: Builder,
  parts: readonly Value[],
  { name, axis }: { readonly name: string; readonly axis: number },
): Value {
  const attributes = { axis: int(axisFromNhwc(axis, parts[0]!.rank)) };
  return builder.node('Concat', parts, { name, attributes });
}

/** Padding before and behind each axis, in the order of graphs. */
export function pad(
  builder: Builder,
  x: Value,
  name: string,
  { before, after, value = 0 }: { before: readonly number[]; after: readonly number[]; value?: number },
): Value {
  const pads = vector(builder, `${name}/pads`, [...before, ...after]);
  const around = value === 0 ? [] : [scalar(builder, `${name}/value`, value)];
  return builder.node('Pad', [x, pads, ...around], { name });
}

/** A weight that is broadcast against a tensor of `rank` axes. */
export function operand(builder: Builder, { name, tensor }: Weight, rank: number): Value {
  return builder.constant(sizeOf(tensor.dims) === 1 ? name : `${name}/operand${rank}`, () =>
    operandFromNhwc(tensor, rank),
  );
}
