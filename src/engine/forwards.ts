import { batchSize } from '../core/experiments/batchSize';
import type { Forward, OpenForward, Part } from '../core/experiments/forward';
import { notSeparable } from '../core/errors';
import type { Graph } from '../core/graph/graph';
import { resolveGraph, type ResolvedGraph } from '../core/graph/resolve';
import type { Network } from '../core/network';
import { openBatch } from '../core/rewrite/batch';
import { cutGraph } from '../core/rewrite/cut';
import { withPeaks } from '../core/rewrite/peaks';
import type { Runtime, Session } from '../core/runtime';
import { floatTensor, sizeOf, toFloat32, type Dims } from '../core/tensor/tensor';
import { createSessions } from './sessions';

/** Batched forward passes of one model. */
export interface Forwards {
  readonly open: OpenForward;
  /** Why the model computes one image a pass, `null` where it takes many. */
  readonly single: () => string | null;
  readonly close: () => Promise<void>;
}

/** Every session has a copy of the weights it needs. */
const KEPT_BYTES = 768 * 2 ** 20;

/** Keeps a session for each part of a network that was asked for, the least recently used closed first. */
export function createForwards(network: Network, name: string, runtime: Runtime): Forwards {
  let known: ReturnType<typeof openBatch> | undefined;
  const batching = () => (known ??= openBatch(network));
  const sessions = createSessions(name, runtime, KEPT_BYTES);

  return {
    single: () => {
      const found = batching();
      return found.kind === 'single' ? found.reason : null;
    },
    async open(part): Promise<Forward> {
      const found = batching();
      const { shapes } = network.resolved;
      const from = part.from ?? network.input.name;
      const dims = part.crop ? [shapes.get(from)![1]!, ...part.crop] : shapes.get(from)!.slice(1);
      const images = found.kind === 'open' ? null : shapes.get(from)![0]!;
      const whole = found.kind === 'open' ? found.graph : network.resolved.graph;
      const peaks = new Map(
        (part.peaks ?? []).map((tensor) => [tensor, network.resolved.grids.get(tensor)!]),
      );
      const kept = [...part.tensors, ...peaks.keys()];
      const cut = cutGraph(whole, { from, tensors: kept }, [images, ...dims]);
      if (!cut) throw notSeparable(from, part.tensors);
      const graph = withPeaks(cut, part.tensors, peaks);
      const key = JSON.stringify(part);
      const sizes = part.from === undefined ? network.resolved : resolvePart(cut, [1, ...dims]);
      const atOnce = found.kind === 'open' ? batchSize(sizes, kept) : 1;
      const pass: Pass = {
        from,
        dims: [shapes.get(from)![0]!, ...dims],
        tensors: graph.outputs.map(({ name }) => name),
      };
      return {
        batch: atOnce,
        run: (input) => sessions.use(key, graph, (session) => runImages(session, pass, atOnce, input)),
      };
    },
    close: sessions.close,
  };
}

/** What a part that does not begin at the image is like for one image. */
function resolvePart(cut: Graph, dims: Dims): ResolvedGraph {
  return resolveGraph(cut, { inputs: new Map([[cut.inputs[0]!.name, dims]]) });
}

interface Pass {
  readonly from: string;
  /** Of what is fed for one image. */
  readonly dims: Dims;
  readonly tensors: Part['tensors'];
}

/** Runs all images in passes of at most `atOnce`. */
async function runImages(
  session: Session,
  { from, dims, tensors }: Pass,
  atOnce: number,
  input: Float32Array,
): Promise<ReadonlyMap<string, Float32Array>> {
  const size = sizeOf(dims);
  if (input.length % size !== 0) throw new RangeError(`${input.length} values are no images of ${size}`);
  const passes: ReadonlyMap<string, Float32Array>[] = [];
  for (let start = 0; start < input.length; start += atOnce * size) {
    const data = input.subarray(start, Math.min(start + atOnce * size, input.length));
    const fed = floatTensor([(data.length / size) * dims[0]!, ...dims.slice(1)], data);
    const results = await session.run(new Map([[from, fed]]), tensors);
    passes.push(new Map(tensors.map((tensor) => [tensor, toFloat32(results.get(tensor)!)])));
  }
  const [only] = passes;
  if (passes.length === 1) return only!;
  return new Map(tensors.map((tensor) => [tensor, joined(passes.map((values) => values.get(tensor)!))]));
}

function joined(arrays: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const array of arrays) {
    all.set(array, start);
    start += array.length;
  }
  return all;
}
