import { describe, expect, it } from 'vitest';
import { record } from '../../../src/core/deconvnet/record';
import { encodeOnnx } from '../../../src/core/formats/onnx/encode';
import type { Graph } from '../../../src/core/graph/graph';
import { openNetwork } from '../../../src/core/network';
import { instrument } from '../../../src/core/rewrite/instrument';
import { floatTensor, sizeOf } from '../../../src/core/tensor/tensor';
import { graphBuilder, int } from '../../support/graphBuilder';
import { gaussians, seededRandom } from '../../support/random';
import { relativeDifference, runtime } from '../../support/recording';
import { ruleNets } from '../../support/ruleNets';
import { runOnnx } from '../../support/runOnnx';
import { smallNet } from '../../support/smallNet';

function imageFor(dims: readonly number[]): Float32Array {
  return gaussians(seededRandom(9), sizeOf(dims));
}

async function outputsOf(graph: Graph) {
  const { input } = openNetwork(graph);
  return runOnnx(encodeOnnx(graph), { [input.name]: { dims: input.dims, data: imageFor(input.dims) } });
}

describe('an instrumented model', () => {
  // The runtime fuses a Conv with the Relu behind it unless somebody looks in between, and rounds differently then.
  it.each([...ruleNets, { name: 'the small net', graph: smallNet() }])(
    'has the same outputs: $name',
    async ({ graph }) => {
      const plain = await outputsOf(graph);
      const { graph: instrumented } = instrument(openNetwork(graph));
      const shown = await outputsOf(instrumented);
      for (const [name, { dims, data }] of Object.entries(plain)) {
        expect(shown[name]!.dims).toEqual(dims);
        const [actual, expected] = [shown[name]!.data, data].map((values) => Array.from(values, Number));
        expect(relativeDifference(actual!, expected!)).toBeLessThan(1e-6);
      }
    },
  );

  it('keeps the outputs in order and adds features of layers, switches and what is asked for', () => {
    const graph = smallNet();
    const network = openNetwork(graph);
    const { graph: instrumented, features, switches } = instrument(network, ['flatten_output_0', 'input']);
    const names = instrumented.outputs.map(({ name }) => name);
    expect(names[0]).toBe('softmax_output_0');
    expect(new Set(names).size).toBe(names.length);
    expect([...switches.keys()]).toEqual(['pool1', 'pool2']);
    for (const { tensor } of network.layers) expect(features).toContain(tensor);
    expect(features).toContain('flatten_output_0');
    // The image is known without a run.
    expect(features).not.toContain('input');
    for (const name of [...features, ...switches.values()]) expect(names).toContain(name);
  });

  it('leaves the graph it was made from alone', () => {
    const graph = smallNet();
    const before = encodeOnnx(graph);
    instrument(openNetwork(graph));
    expect(encodeOnnx(graph)).toEqual(before);
  });

  it.each([7, 8, 12, 17, 21])('records switches in operator set %i', async (opset) => {
    const g = graphBuilder({ input: [1, 3, 9, 9], opset });
    const graph = g.build({ outputs: [g.maxPool(g.relu(g.input), { name: 'pool', kernel: 2, stride: 2 })] });
    const network = openNetwork(graph);
    const instrumented = instrument(network);
    const session = await runtime.open(instrumented.graph);
    const image = imageFor(network.input.dims);
    const { switches } = await record(network, instrumented, session, floatTensor(network.input.dims, image));
    await session.close();
    const places = switches.get('pool')!;
    expect(places).toBeInstanceOf(Int32Array);
    expect(places.length).toBe(3 * 4 * 4);
    const pooled = Object.values(await outputsOf(graph))[0]!;
    places.forEach((place, i) => expect(Math.max(0, image[place]!)).toBe(pooled.data[i]));
  });

  it('records switches row by row whatever order the pool declares', async () => {
    const g = graphBuilder({ input: [1, 1, 2, 3] });
    const attributes = { kernel_shape: { kind: 'ints', value: [2, 3] }, storage_order: int(1) } as const;
    const pooled = g.node('MaxPool', [g.input], { name: 'pool', dims: [1, 1, 1, 1], attributes });
    const network = openNetwork(g.build({ outputs: [pooled] }));
    const instrumented = instrument(network);
    const session = await runtime.open(instrumented.graph);
    const input = floatTensor([1, 1, 2, 3], Float32Array.of(0, 0, 7, 0, 0, 0));
    const { switches } = await record(network, instrumented, session, input);
    await session.close();
    expect(switches.get('pool')).toEqual(Int32Array.of(2));
  });

  it('uses switches that the model already shows', async () => {
    const g = graphBuilder({ input: [1, 3, 9, 9] });
    const attributes = { kernel_shape: { kind: 'ints', value: [3, 3] }, storage_order: int(0) } as const;
    const pooled = g.node('MaxPool', [g.input], { name: 'pool', outputs: 2, dims: [1, 3, 7, 7], attributes });
    const graph = g.build({ outputs: [pooled] });
    const { graph: instrumented } = instrument(openNetwork(graph));
    expect(instrumented.nodes.find(({ name }) => name === 'pool')!.outputs).toEqual(graph.nodes[0]!.outputs);
    await expect(outputsOf(instrumented)).resolves.toBeDefined();
  });

  it('leaves pools of other domains to themselves', () => {
    const g = graphBuilder({ input: [1, 3, 9, 9] });
    const graph = g.build({ outputs: [g.node('MaxPool', [g.input], { domain: 'com.example' })] });
    expect(instrument(openNetwork(graph)).switches.size).toBe(0);
  });
});
