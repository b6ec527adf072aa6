import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Graph } from '../../src/core/graph/graph';
import { sizeOf } from '../../src/core/tensor/tensor';
import { widenFloat16 } from '../../src/core/formats/onnx/halfPrecision';
import { gaussians, seededRandom } from './random';

export interface OnnxOutput {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: ArrayLike<number | bigint>;
}

export interface OnnxFeed {
  readonly dims: readonly number[];
  readonly data: Float32Array;
  /** The model takes float16; the values must be exact in it. */
  readonly precision?: 'half';
}

/** Runs a model file in ONNX Runtime, independently of the engine; float32 inputs in, every output out. */
export async function runOnnx(
  model: Uint8Array,
  feeds: Readonly<Record<string, OnnxFeed>>,
): Promise<Record<string, OnnxOutput>> {
  const session = await InferenceSession.create(model, {
    executionMode: 'sequential',
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  try {
    const inputs = Object.fromEntries(
      Object.entries(feeds).map(([name, { dims, data, precision }]) => [
        name,
        precision === 'half'
          ? new OrtTensor('float16', halvesOf(data), dims)
          : new OrtTensor('float32', data, dims),
      ]),
    );
    const results = await session.run(inputs);
    return Object.fromEntries(
      Object.entries(results).map(([name, { type, dims, data }]) => [
        name,
        { type, dims, data: type === 'float16' ? fromHalves(data as Uint16Array) : (data as Float32Array) },
      ]),
    );
  } finally {
    await session.release();
  }
}

/** The bits of values that are exact in half precision: found by looking each of the 65536 up. */
function halvesOf(values: Float32Array): Uint16Array {
  const every = widenFloat16(Uint16Array.from({ length: 0x10000 }, (_, bits) => bits));
  const bits = new Map(Array.from(every, (value, i) => [value, i]));
  return Uint16Array.from(values, (value) => bits.get(value) ?? 0x7e00);
}

/** Newer versions of Node deliver numbers, older ones their bits. */
function fromHalves(data: Uint16Array): Float32Array {
  return data instanceof Uint16Array ? widenFloat16(data) : Float32Array.from(data);
}

/** Normally distributed values for every input of the graph; `open` stands for dimensions left open, batch is 1. */
export function randomFeeds(graph: Graph, { open = 64, seed = 5 } = {}) {
  const random = seededRandom(seed);
  return Object.fromEntries(
    graph.inputs.map(({ name, shape }) => {
      const dims = (shape ?? [1]).map((dim, axis) => (typeof dim === 'number' ? dim : axis === 0 ? 1 : open));
      return [name, { dims, data: gaussians(random, sizeOf(dims)) }];
    }),
  );
}
