import type { Attribute, Dimension, Graph, GraphNode } from '../../src/core/graph/graph';
import { floatTensor, int64Vector, sizeOf } from '../../src/core/tensor/tensor';
import type { DataType, Dims, Tensor } from '../../src/core/tensor/tensor';
import { gaussians, seededRandom } from './random';
import type { Random } from './random';

/** A tensor of the graph that is being built, with the size it has for the builder's input size. */
export interface TensorRef {
  readonly name: string;
  readonly dims: Dims;
}

type Pair = number | readonly [height: number, width: number];

/** As in ONNX: top, left, bottom, right. */
type Pads = number | readonly [top: number, left: number, bottom: number, right: number];

interface Named {
  /** The node's name; its output is `<name>_output_0`, its weights are `<name>.weight` and `<name>.bias`. */
  readonly name?: string;
}

interface WindowOptions extends Named {
  readonly kernel: Pair;
  readonly stride?: Pair;
  readonly pad?: Pads;
  readonly dilation?: Pair;
}

export interface ConvOptions extends WindowOptions {
  readonly out: number;
  readonly groups?: number;
  readonly autoPad?: 'SAME_UPPER' | 'SAME_LOWER' | 'VALID';
  readonly bias?: 'random' | 'none';
}

export interface PoolOptions extends WindowOptions {
  readonly rounding?: 'floor' | 'ceil';
}

export interface NodeOptions extends Named {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
  /** Of the first output; the first input's where left out. */
  readonly dims?: Dims;
  /** How many outputs the node has. */
  readonly outputs?: number;
}

export interface GraphBuilderOptions {
  readonly input: Dims;
  readonly seed?: number;
  readonly opset?: number;
  readonly inputName?: string;
  /** What the graph declares instead of `input`, for open dimensions. */
  readonly declared?: readonly Dimension[];
}

export const int = (value: number): Attribute => ({ kind: 'int', value });
export const ints = (...value: number[]): Attribute => ({ kind: 'ints', value });
export const float = (value: number): Attribute => ({ kind: 'float', value: Math.fround(value) });
export const floats = (...value: number[]): Attribute => ({ kind: 'floats', value: value.map(Math.fround) });
export const text = (value: string): Attribute => ({ kind: 'string', value });

/**
 * Makes graphs for tests and benchmarks, layer by layer, at the topology and in the spelling of real exports.
 * Weights are seeded and He-scaled, so that activations keep their size and no map dies.
 */
export class GraphBuilder {
  readonly input: TensorRef;
  readonly #random: Random;
  readonly #opset: number;
  readonly #declared: readonly Dimension[];
  readonly #nodes: GraphNode[] = [];
  readonly #constants = new Map<string, Tensor>();
  readonly #counts = new Map<string, number>();

  constructor({ input, seed = 1, opset = 17, inputName = 'input', declared = input }: GraphBuilderOptions) {
    this.input = { name: inputName, dims: input };
    this.#random = seededRandom(seed);
    this.#opset = opset;
    this.#declared = declared;
  }

  /** Any operator. Inputs are tensors, `undefined` leaves an optional one out. */
  node(op: string, inputs: readonly (TensorRef | undefined)[], options: NodeOptions = {}): TensorRef {
    const { attributes = {}, domain = '', dims = inputs[0]?.dims ?? [], outputs = 1 } = options;
    const name = options.name ?? this.#nameFor(op);
    this.#nodes.push({
      name,
      op,
      domain,
      inputs: inputs.map((input) => input?.name ?? ''),
      outputs: Array.from({ length: outputs }, (_, i) => `${name}_output_${i}`),
      attributes: new Map(Object.entries(attributes)),
    });
    return { name: `${name}_output_0`, dims };
  }

  constant(name: string, tensor: Tensor): TensorRef {
    this.#constants.set(name, tensor);
    return { name, dims: tensor.dims };
  }

  /** A seeded normally distributed constant. */
  weight(name: string, dims: Dims, distribution: { mean?: number; std?: number } = {}): TensorRef {
    return this.constant(name, floatTensor(dims, gaussians(this.#random, sizeOf(dims), distribution)));
  }

  conv(x: TensorRef, options: ConvOptions): TensorRef {
    const { out, kernel, groups = 1, autoPad, bias = 'random' } = options;
    const name = options.name ?? this.#nameFor('Conv');
    const [n = 1, channels = 1] = x.dims;
    const [height, width] = pair(kernel);
    const weights = this.#filters(`${name}.weight`, [out, channels / groups, height, width]);
    const biases = bias === 'none' ? [] : [this.weight(`${name}.bias`, [out], { std: 0.05 })];
    const { pads, ...window } = windowAttributes(options);
    return this.node('Conv', [x, weights, ...biases], {
      name,
      attributes: {
        ...window,
        group: int(groups),
        ...(autoPad ? { auto_pad: text(autoPad) } : { pads }),
      },
      dims: [n, out, ...(autoPad ? autoPadded(x, options) : windowed(x, options, 'floor'))],
    });
  }

  maxPool(x: TensorRef, options: PoolOptions): TensorRef {
    return this.#pool('MaxPool', x, options, {});
  }

  averagePool(x: TensorRef, options: PoolOptions & { readonly padding?: 'counted' | 'ignored' }): TensorRef {
    return this.#pool('AveragePool', x, options, {
      count_include_pad: int(options.padding === 'counted' ? 1 : 0),
    });
  }

  globalAveragePool(x: TensorRef, named: Named = {}): TensorRef {
    return this.node('GlobalAveragePool', [x], { ...named, dims: [...x.dims.slice(0, 2), 1, 1] });
  }

  relu(x: TensorRef, named: Named = {}): TensorRef {
    return this.node('Relu', [x], named);
  }

  leakyRelu(x: TensorRef, { alpha = 0.1, ...named }: Named & { readonly alpha?: number } = {}): TensorRef {
    return this.node('LeakyRelu', [x], { ...named, attributes: { alpha: float(alpha) } });
  }

  /** Limits as attributes up to operator set 10, as inputs from 11 on; ReLU6 where left out. */
  clip(
    x: TensorRef,
    { min = 0, max = 6, ...named }: Named & { readonly min?: number; readonly max?: number } = {},
  ): TensorRef {
    if (this.#opset < 11) {
      return this.node('Clip', [x], { ...named, attributes: { min: float(min), max: float(max) } });
    }
    const name = named.name ?? this.#nameFor('Clip');
    const limits = Object.entries({ min, max }).map(([key, limit]) =>
      this.constant(`${name}.${key}`, floatTensor([], Float32Array.of(limit))),
    );
    return this.node('Clip', [x, ...limits], { name });
  }

  lrn(
    x: TensorRef,
    { size = 5, alpha = 1e-4, beta = 0.75, bias = 2, ...named }: Named & LrnOptions = {},
  ): TensorRef {
    const attributes = { size: int(size), alpha: float(alpha), beta: float(beta), bias: float(bias) };
    return this.node('LRN', [x], { ...named, attributes });
  }

  batchNorm(x: TensorRef, named: Named = {}): TensorRef {
    const name = named.name ?? this.#nameFor('BatchNormalization');
    const dims = [x.dims[1] ?? 1];
    const variance = gaussians(this.#random, sizeOf(dims)).map((value) => 0.5 + Math.abs(value));
    return this.node(
      'BatchNormalization',
      [
        x,
        this.weight(`${name}.weight`, dims, { mean: 1, std: 0.2 }),
        this.weight(`${name}.bias`, dims, { std: 0.1 }),
        this.weight(`${name}.running_mean`, dims, { std: 0.1 }),
        this.constant(`${name}.running_var`, floatTensor(dims, variance)),
      ],
      { name, attributes: { epsilon: float(1e-5) } },
    );
  }

  add(a: TensorRef, b: TensorRef, named: Named = {}): TensorRef {
    return this.node('Add', [a, b], { ...named, dims: broadcast(a.dims, b.dims) });
  }

  sub(a: TensorRef, b: TensorRef, named: Named = {}): TensorRef {
    return this.node('Sub', [a, b], { ...named, dims: broadcast(a.dims, b.dims) });
  }

  mul(a: TensorRef, b: TensorRef, named: Named = {}): TensorRef {
    return this.node('Mul', [a, b], { ...named, dims: broadcast(a.dims, b.dims) });
  }

  div(a: TensorRef, b: TensorRef, named: Named = {}): TensorRef {
    return this.node('Div', [a, b], { ...named, dims: broadcast(a.dims, b.dims) });
  }

  concat(
    parts: readonly TensorRef[],
    { axis = 1, ...named }: Named & { readonly axis?: number } = {},
  ): TensorRef {
    const total = parts.reduce((sum, { dims }) => sum + (dims[axis] ?? 0), 0);
    const dims = (parts[0]?.dims ?? []).map((dim, i) => (i === axis ? total : dim));
    return this.node('Concat', parts, { ...named, dims, attributes: { axis: int(axis) } });
  }

  flatten(x: TensorRef, named: Named = {}): TensorRef {
    const [n = 1, ...rest] = x.dims;
    return this.node('Flatten', [x], { ...named, dims: [n, sizeOf(rest)], attributes: { axis: int(1) } });
  }

  reshape(x: TensorRef, dims: Dims, named: Named = {}): TensorRef {
    const name = named.name ?? this.#nameFor('Reshape');
    return this.node('Reshape', [x, this.constant(`${name}.shape`, int64Vector(dims))], { name, dims });
  }

  transpose(x: TensorRef, order: readonly number[], named: Named = {}): TensorRef {
    const dims = order.map((axis) => x.dims[axis] ?? 1);
    return this.node('Transpose', [x], { ...named, dims, attributes: { perm: ints(...order) } });
  }

  /** A fully connected layer in the spelling of PyTorch: weights `[out, in]`, transposed by the node. */
  gemm(x: TensorRef, { out, ...named }: Named & { readonly out: number }): TensorRef {
    const name = named.name ?? this.#nameFor('Gemm');
    const [n = 1, features = 1] = x.dims;
    const weights = this.weight(`${name}.weight`, [out, features], { std: Math.sqrt(2 / features) });
    const bias = this.weight(`${name}.bias`, [out], { std: 0.05 });
    return this.node('Gemm', [x, weights, bias], { name, attributes: { transB: int(1) }, dims: [n, out] });
  }

  /** A fully connected layer in the spelling of Keras: weights `[in, out]`, no bias. */
  matMul(x: TensorRef, { out, ...named }: Named & { readonly out: number }): TensorRef {
    const name = named.name ?? this.#nameFor('MatMul');
    const features = x.dims.at(-1) ?? 1;
    const weights = this.weight(`${name}.weight`, [features, out], { std: Math.sqrt(2 / features) });
    return this.node('MatMul', [x, weights], { name, dims: [...x.dims.slice(0, -1), out] });
  }

  dropout(x: TensorRef, named: Named = {}): TensorRef {
    return this.node('Dropout', [x], named);
  }

  softmax(x: TensorRef, { axis = 1, ...named }: Named & { readonly axis?: number } = {}): TensorRef {
    return this.node('Softmax', [x], { ...named, attributes: { axis: int(axis) } });
  }

  build({
    outputs,
    name = 'test',
    type = 'float32',
  }: {
    readonly outputs: readonly TensorRef[];
    readonly name?: string;
    readonly type?: DataType;
  }): Graph {
    return {
      name,
      opset: this.#opset,
      domains: new Map(
        this.#nodes.filter(({ domain }) => domain !== '').map(({ domain }) => [domain, 1] as const),
      ),
      inputs: [{ name: this.input.name, type: 'float32', shape: this.#declared }],
      // The declared input may be open where the builder knows a size: the runtime works output shapes out.
      outputs: outputs.map((output) => ({
        name: output.name,
        type,
        shape: this.#declared === this.input.dims ? output.dims : null,
      })),
      nodes: [...this.#nodes],
      constants: new Map(this.#constants),
      metadata: new Map(),
    };
  }

  /**
   * He-scaled filters, each with zero sum: after rectification everything is positive, and the offset that
   * this adds to every unit of a map would otherwise silence many maps whatever the image.
   */
  #filters(name: string, dims: Dims): TensorRef {
    const fanIn = sizeOf(dims.slice(1));
    const data = gaussians(this.#random, sizeOf(dims), { std: Math.sqrt(2 / fanIn) });
    for (let start = 0; fanIn > 1 && start < data.length; start += fanIn) {
      const filter = data.subarray(start, start + fanIn);
      const mean = filter.reduce((sum, weight) => sum + weight, 0) / fanIn;
      filter.forEach((weight, i) => (filter[i] = weight - mean));
    }
    return this.constant(name, floatTensor(dims, data));
  }

  #pool(op: string, x: TensorRef, options: PoolOptions, attributes: Record<string, Attribute>): TensorRef {
    const { rounding = 'floor' } = options;
    const { dilations, ...window } = windowAttributes(options);
    return this.node(op, [x], {
      ...(options.name === undefined ? {} : { name: options.name }),
      attributes: {
        ...window,
        ...(options.dilation === undefined ? {} : { dilations }),
        ...(rounding === 'ceil' ? { ceil_mode: int(1) } : {}),
        ...attributes,
      },
      dims: [...x.dims.slice(0, 2), ...windowed(x, options, rounding)],
    });
  }

  #nameFor(op: string): string {
    const count = (this.#counts.get(op) ?? 0) + 1;
    this.#counts.set(op, count);
    return `${op.toLowerCase()}${count}`;
  }
}

interface LrnOptions {
  readonly size?: number;
  readonly alpha?: number;
  readonly beta?: number;
  readonly bias?: number;
}

export function graphBuilder(options: GraphBuilderOptions): GraphBuilder {
  return new GraphBuilder(options);
}

function pair(value: Pair): readonly [number, number] {
  return typeof value === 'number' ? [value, value] : value;
}

function padsOf({ pad = 0 }: WindowOptions): readonly [number, number, number, number] {
  return typeof pad === 'number' ? [pad, pad, pad, pad] : pad;
}

function windowAttributes(options: WindowOptions) {
  return {
    kernel_shape: ints(...pair(options.kernel)),
    strides: ints(...pair(options.stride ?? 1)),
    pads: ints(...padsOf(options)),
    dilations: ints(...pair(options.dilation ?? 1)),
  };
}

/** Height and width after a window has moved over the tensor. */
function windowed(x: TensorRef, options: WindowOptions, rounding: 'floor' | 'ceil'): number[] {
  const kernel = pair(options.kernel);
  const stride = pair(options.stride ?? 1);
  const dilation = pair(options.dilation ?? 1);
  const pads = padsOf(options);
  return ([0, 1] as const).map((axis) => {
    const size = x.dims[axis + 2] ?? 1;
    const before = pads[axis];
    const room = size + before + pads[axis === 0 ? 2 : 3] - dilation[axis] * (kernel[axis] - 1) - 1;
    const steps = Math[rounding](room / stride[axis]);
    // A window that would start in the padding behind the image does not count.
    return rounding === 'ceil' && steps * stride[axis] >= size + before ? steps : steps + 1;
  });
}

function autoPadded(x: TensorRef, options: ConvOptions): number[] {
  if (options.autoPad === 'VALID') return windowed(x, { ...options, pad: 0 }, 'floor');
  const stride = pair(options.stride ?? 1);
  return ([0, 1] as const).map((axis) => Math.ceil((x.dims[axis + 2] ?? 1) / stride[axis]));
}

function broadcast(a: Dims, b: Dims): number[] {
  const rank = Math.max(a.length, b.length);
  const at = (dims: Dims, i: number) => dims[i - rank + dims.length] ?? 1;
  return Array.from({ length: rank }, (_, i) => Math.max(at(a, i), at(b, i)));
}
