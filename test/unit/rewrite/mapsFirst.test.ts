import { expect, it } from 'vitest';
import type { Graph } from '../../../src/core/graph/graph';
import { openNetwork } from '../../../src/core/network';
import { floatTensor, toFloat32 } from '../../../src/core/tensor/tensor';
import { graphBuilder } from '../../support/graphBuilder';
import { gaussians, seededRandom } from '../../support/random';
import { runtime } from '../../support/recording';

async function run(graph: Graph, fetches: readonly string[]): Promise<Float32Array[]> {
  const outputs = fetches.map((name) => ({ name, type: 'float32', shape: null }) as const);
  const session = await runtime.open({ ...graph, outputs });
  const image = floatTensor([1, 3, 5, 6], gaussians(seededRandom(3), 90));
  const values = await session.run(new Map([['input', image]]), fetches);
  await session.close();
  return fetches.map((name) => toFloat32(values.get(name)!).slice());
}

it('tensors that a model has with their maps last are shown maps first, and its outputs stay', async () => {
  const g = graphBuilder({ input: [1, 3, 5, 6] });
  const last = g.transpose(g.conv(g.input, { out: 4, kernel: 1 }), [0, 2, 3, 1], { name: 'turn' });
  const built = g.build({ outputs: [g.gemm(g.flatten(g.matMul(last, { out: 2 })), { out: 3 })] });
  // Keras names tensors after the nodes that make them.
  const named = (name: string): string => name.replace(/_output_0$/, '');
  const graph: Graph = {
    ...built,
    outputs: built.outputs.map((value) => ({ ...value, name: named(value.name) })),
    nodes: built.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(named),
      outputs: node.outputs.map(named),
    })),
  };
  const fetches = [graph.outputs[0]!.name, 'matmul1'];
  const [output, maps] = await run(openNetwork(graph).resolved.graph, fetches);
  const [expected, mapsLast] = await run(graph, fetches);
  expect(output).toEqual(expected);
  for (let map = 0; map < 2; map++)
    for (let i = 0; i < 30; i++) expect(maps![map * 30 + i]).toBe(mapsLast![i * 2 + map]);
});
