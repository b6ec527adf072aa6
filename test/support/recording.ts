import type { MethodName } from '../../src/core/deconvnet/methods';
import { plainProducts, type TransposedProducts } from '../../src/core/deconvnet/products';
import { project, type Projection, type Unit } from '../../src/core/deconvnet/project';
import { record, type Recording } from '../../src/core/deconvnet/record';
import type { Graph } from '../../src/core/graph/graph';
import { openNetwork, type OpenOptions } from '../../src/core/network';
import { instrument } from '../../src/core/rewrite/instrument';
import type { Runtime } from '../../src/core/runtime';
import { floatTensor, sizeOf, type FloatTensor } from '../../src/core/tensor/tensor';
import { onnxRuntime } from '../../src/engine/runtimes/onnxRuntime';
import { gaussians, seededRandom } from './random';

export const runtime = onnxRuntime({ threads: 1 });

export interface RecordOptions extends OpenOptions {
  /** Normally distributed noise where left out. */
  readonly image?: Float32Array;
  /** Of the noise. */
  readonly seed?: number;
  /** Tensors to record beside those that every recording has. */
  readonly also?: readonly string[];
  /** ONNX Runtime where left out. */
  readonly on?: Runtime;
}

/** Opens a graph, and runs an image forward through it. */
export async function recordGraph(graph: Graph, options: RecordOptions = {}): Promise<Recording> {
  const { seed = 5, also = [], on = runtime } = options;
  const network = openNetwork(graph, options);
  const { dims } = network.input;
  const image = options.image ?? gaussians(seededRandom(seed), sizeOf(dims));
  const instrumented = instrument(network, also);
  const session = await on.open(instrumented.graph);
  try {
    return await record(network, instrumented, session, floatTensor(dims, image));
  } finally {
    await session.close();
  }
}

/** A projection with its picture placed in the whole input, `[C, H, W]`. */
export interface WholeProjection extends Projection {
  readonly whole: Float32Array;
}

/** Projects units and places each picture in the whole input. */
export async function projectWhole(
  recording: Recording,
  tensor: string,
  units: readonly Unit[],
  {
    method = 'deconvnet',
    products = plainProducts,
  }: { method?: MethodName; products?: TransposedProducts } = {},
): Promise<WholeProjection[]> {
  const projections: WholeProjection[] = [];
  for await (const projection of project(recording, tensor, units, { method, products })) {
    projections.push({ ...projection, whole: wholePicture(projection, recording.input) });
  }
  return projections;
}

/** The picture of a projection with the zeros around it. */
export function wholePicture(
  { visible, values }: Projection,
  input: Pick<FloatTensor, 'dims'>,
): Float32Array {
  const [, channels, height, width] = input.dims as [number, number, number, number];
  const whole = new Float32Array(channels * height * width);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < visible.height; y++) {
      const start = (c * visible.height + y) * visible.width;
      const target = (c * height + visible.top + y) * width + visible.left;
      whole.set(values.subarray(start, start + visible.width), target);
    }
  }
  return whole;
}

/** The largest difference between two pictures, as a part of the largest value of the second. 0 where both are empty. */
export function relativeDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!));
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
  }
  if (Number.isNaN(difference) || Number.isNaN(largest)) return NaN;
  return difference === 0 ? 0 : difference / largest;
}
