import { UserError } from '../core/errors';
import type { Graph } from '../core/graph/graph';
import { openNetwork, type Network, type OpenOptions } from '../core/network';
import type { Runtime } from '../core/runtime';
import { floatTensor, type Dims } from '../core/tensor/tensor';

/** Each round of the slow way gets past one more operator in a chain of unknown ones. */
const MAX_ROUNDS = 16;

/** Outputs that are no float32 or not needed: what they compute are positions, sizes and conditions. */
const NOT_FLOAT = new Set(
  'Shape Size ArgMax ArgMin NonZero Cast Equal Greater Less GreaterOrEqual LessOrEqual And Or Xor Not IsNaN IsInf'.split(
    ' ',
  ),
);

/**
 * Opens a network. Where operators are not known to this project, the runtime is, and runs the model on an empty
 * image to find the shapes behind them: all at once, or operator by operator where the runtime objects to the types
 * that are assumed. What the runtime cannot run either stays unknown.
 */
export async function measureShapes(
  graph: Graph,
  options: Pick<OpenOptions, 'inputSize'>,
  runtime: Runtime,
): Promise<Network> {
  const measured = new Map<string, Dims>();
  let network = openNetwork(graph, options);
  for (let round = 0; round < MAX_ROUNDS && network.unmeasured.length > 0; round++) {
    const all = await shapesOf(network, unknownOutputs(network), runtime);
    const found = all.size > 0 ? all : await shapesOf(network, network.unmeasured, runtime);
    if (found.size === 0) break;
    for (const [name, dims] of found) measured.set(name, dims);
    network = openNetwork(graph, { ...options, measured });
  }
  return network;
}

function unknownOutputs({ resolved: { nodes, shapes } }: Network): string[] {
  return nodes.flatMap(({ op, outputs: [first = ''] }) =>
    first === '' || shapes.has(first) || NOT_FLOAT.has(op) ? [] : [first],
  );
}

async function shapesOf(
  { resolved: { graph }, input }: Network,
  tensors: readonly string[],
  runtime: Runtime,
): Promise<ReadonlyMap<string, Dims>> {
  const outputs = tensors.map((name) => ({ name, type: 'float32', shape: null }) as const);
  try {
    const session = await runtime.open({ ...graph, outputs });
    try {
      const feeds = new Map([[input.name, floatTensor(input.dims)]]);
      const results = await session.run(feeds, tensors);
      return new Map([...results].map(([name, { dims }]) => [name, dims]));
    } finally {
      await session.close();
    }
  } catch (error) {
    if (error instanceof UserError) return new Map();
    throw error;
  }
}
