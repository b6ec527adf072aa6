import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Graph } from '../../src/core/graph/graph';
import { sizeOf } from '../../src/core/tensor/tensor';
import { gaussians, seededRandom } from './random';

export interface OnnxOutput {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: ArrayLike<number | bigint>;
}

/** Runs a model file in ONNX Runtime, independently of the engine; float32 inputs in, every output out. */
export async function runOnnx(
  model: Uint8Array,
  feeds: Readonly<Record<string, { dims: readonly number[]; data: Float32Array }>>,
): Promise<Record<string, OnnxOutput>> {
  const session = await InferenceSession.create(model, {
    executionMode: 'sequential',
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  try {
    const inputs = Object.fromEntries(
      Object.entries(feeds).map(([name, { dims, data }]) => [name, new OrtTensor('float32', data, dims)]),
    );
    const results = await session.run(inputs);
    return Object.fromEntries(
      Object.entries(results).map(([name, { type, dims, data }]) => [
        name,
        { type, dims, data: data as Float32Array },
      ]),
    );
  } finally {
    await session.release();
  }
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
