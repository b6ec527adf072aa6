import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../src/core/graph/graph';
import { openNetwork, type Network } from '../../../src/core/network';
import { openBatch } from '../../../src/core/rewrite/batch';
import { floatTensor, int64Vector, sizeOf, toFloat32 } from '../../../src/core/tensor/tensor';
import { graphBuilder, ints } from '../../support/graphBuilder';
import { gaussians, seededRandom } from '../../support/random';
import { relativeDifference, runtime } from '../../support/recording';
import { ruleNets } from '../../support/ruleNets';
import { smallNet } from '../../support/smallNet';

const images = 3;

type Run = (data: Float32Array) => Promise<Float32Array>;

async function opened<T>(graph: Graph, { input }: Network, output: string, body: (run: Run) => Promise<T>) {
  const session = await runtime.open(graph);
  const [, ...axes] = input.dims;
  const result = await body(async (data) => {
    const fed = floatTensor([data.length / sizeOf(axes), ...axes], data);
    return toFloat32((await session.run(new Map([[input.name, fed]]), [output])).get(output)!);
  });
  await session.close();
  return result;
}

/** The first output for several images: in one pass of the rewritten graph, and one by one through the original. */
async function bothWays(graph: Graph, rewritten: Graph) {
  const network = openNetwork(graph);
  const output = graph.outputs[0]!.name;
  const size = sizeOf(network.input.dims);
  const input = gaussians(seededRandom(3), images * size);
  const single = await opened(graph, network, output, async (run) => {
    const values: number[] = [];
    for (let i = 0; i < images; i++) values.push(...(await run(input.slice(i * size, (i + 1) * size))));
    return values;
  });
  return { batched: await opened(rewritten, network, output, (run) => run(input)), single };
}

/** Nets that squeeze the batch axis away, so that images cannot be told apart on the way, or name its length. */
const refused = [
  'resized to a size, and added as detectors do',
  'channel shuffle over flattened positions',
  'channel shuffle by gathering',
  'squeezed and unsqueezed',
];

describe('a pass of several images', () => {
  it.each([...ruleNets, { name: 'the small net', graph: smallNet() }])(
    'gives what single images give: $name',
    async ({ name, graph }) => {
      const batching = openBatch(openNetwork(graph));
      if (batching.kind === 'single') return expect(refused).toContain(name);
      const { batched, single } = await bothWays(graph, batching.graph);
      expect(relativeDifference(batched, single)).toBeLessThan(1e-5);
    },
  );

  it('replaces the batch of 1 that a file spells out in its reshapes', async () => {
    const g = graphBuilder({ input: [1, 3, 8, 8] });
    const x = g.relu(g.conv(g.input, { out: 4, kernel: 3, pad: 1 }));
    const target = g.constant('target', int64Vector([1, 256]));
    const flat = g.node('Reshape', [x, target], { dims: [1, 256] });
    const graph = g.build({ outputs: [g.gemm(flat, { out: 5 })] });
    const batching = openBatch(openNetwork(graph));
    if (batching.kind === 'single') throw new Error(batching.reason);
    const { batched, single } = await bothWays(graph, batching.graph);
    expect(relativeDifference(batched, single)).toBeLessThan(1e-5);
  });

  it('is refused where a node mixes images, with its name', () => {
    const g = graphBuilder({ input: [1, 3, 6, 6] });
    // A channel shuffle that squeezes the batch axis away before it transposes.
    const maps = g.conv(g.input, { out: 4, kernel: 1 });
    const split = g.node('Reshape', [maps, g.constant('a', int64Vector([2, 2, 36]))], { dims: [2, 2, 36] });
    const swapped = g.node('Transpose', [split], {
      name: 'shuffle',
      dims: [2, 2, 36],
      attributes: { perm: ints(1, 0, 2) },
    });
    const graph = g.build({ outputs: [swapped] });
    expect(openBatch(openNetwork(graph))).toEqual({
      kind: 'single',
      reason: 'Node "shuffle" (Transpose) does not grow with the number of images.',
    });
  });

  it.each([
    ['a softmax over the images', 'Softmax', { axis: { kind: 'int', value: 0 } }],
    ['a mean over the images', 'ReduceMean', { axes: ints(0) }],
    ['maxima over the images', 'ReduceMax', { axes: ints(0) }],
    ['an operator that is not known', 'Einsum', {}],
  ] as const)('is refused for %s', (_, op, attributes) => {
    const g = graphBuilder({ input: [1, 3, 6, 6], opset: 13 });
    const network = openNetwork(
      g.build({ outputs: [g.node(op, [g.input], { name: 'node', attributes, dims: [1, 3, 6, 6] })] }),
    );
    const batching = openBatch(network);
    expect(batching).toMatchObject({ kind: 'single', reason: expect.stringContaining('"node"') as string });
  });

  it('is refused where a number is made of the number of images', () => {
    const g = graphBuilder({ input: [1, 3, 6, 6] });
    const shape = g.node('Shape', [g.input], { dims: [4] });
    const count = g.node('Cast', [shape], { dims: [4], attributes: { to: { kind: 'int', value: 1 } } });
    const first = g.node(
      'Slice',
      [count, g.constant('from', int64Vector([0])), g.constant('to', int64Vector([1]))],
      {
        dims: [1],
      },
    );
    const graph = g.build({ outputs: [g.node('Mul', [g.input, first], { name: 'scaled' })] });
    expect(openBatch(openNetwork(graph))).toMatchObject({
      kind: 'single',
      reason: 'Node "scaled" (Mul) computes with the number of images.',
    });
  });

  it('leaves the graph it was made from alone', () => {
    const graph = smallNet();
    openBatch(openNetwork(graph));
    expect(graph.inputs[0]!.shape).toEqual([1, 3, 48, 48]);
    expect(graph).toEqual(smallNet());
  });
});
