import { describe, expect, it } from 'vitest';
import { layerMaxima, record, type Recording } from '../../src/core/deconvnet/record';
import { UserError } from '../../src/core/errors';
import type { Graph } from '../../src/core/graph/graph';
import { openNetwork } from '../../src/core/network';
import type { Runtime } from '../../src/core/runtime';
import { instrument } from '../../src/core/rewrite/instrument';
import { floatTensor, sizeOf } from '../../src/core/tensor/tensor';
import { tfjsRuntime } from '../../src/engine/runtimes/tfjs/tfjsRuntime';
import { firstThatComputes, openRuntime } from '../../src/engine/runtimes/openRuntime';
import { runtimeEnvironment, runtimeOptions } from '../../src/engine/runtimeEnvironment';
import { gaussians, seededRandom } from '../support/random';
import { projectWhole, recordGraph, relativeDifference } from '../support/recording';
import { ruleNets } from '../support/ruleNets';
import { runtimes } from '../support/runtimes';
import { smallNet } from '../support/smallNet';
import { zfnet } from '../support/zfnet';

const models: readonly (readonly [name: string, graph: Graph])[] = [
  ['a small network', smallNet()],
  ['a narrow ZFNet', zfnet({ width: 1 / 16, classes: 10 })],
];

async function recordOn(runtime: Runtime, graph: Graph): Promise<Recording> {
  const network = openNetwork(graph);
  const instrumented = instrument(network);
  const session = await runtime.open(instrumented.graph);
  const { dims } = network.input;
  const image = floatTensor(dims, gaussians(seededRandom(5), sizeOf(dims)));
  try {
    return await record(network, instrumented, session, image);
  } finally {
    await session.close();
  }
}

/** The slowest backend, too: it computes where no other does. */
const everyRuntime = [...runtimes, ['TensorFlow.js (cpu)', () => tfjsRuntime('cpu')] as const];

describe.each(everyRuntime)('%s', (_name, open) => {
  it.each(models)(
    'gives of %s the features, switches and projections that every runtime gives',
    async (_model, graph) => {
      const [found, expected] = [await recordOn(await open(), graph), await recordGraph(graph)];
      for (const [tensor, values] of expected.features) {
        expect(relativeDifference(found.features.get(tensor)!, values), tensor).toBeLessThan(1e-4);
      }
      expect([...found.switches]).toEqual([...expected.switches]);
      for (const layer of expected.network.layers) {
        const { maxima } = layerMaxima(expected, layer);
        const units = [{ map: maxima.indexOf(Math.max(...maxima)) }];
        const [projection] = await projectWhole(found, layer.tensor, units);
        const [reference] = await projectWhole(expected, layer.tensor, units);
        expect(relativeDifference(projection!.whole, reference!.whole), layer.label).toBeLessThan(1e-4);
      }
    },
  );

  it('refuses an operator that it does not know, in a sentence that names the model', async () => {
    const graph = smallNet();
    const [first, ...nodes] = graph.nodes;
    const unknown = { ...graph, name: 'odd.onnx', nodes: [{ ...first!, op: 'NoSuchOperator' }, ...nodes] };
    await expect((await open()).open(unknown)).rejects.toMatchObject({
      code: 'runtime-refused',
      message: expect.stringContaining('odd.onnx') as unknown,
    });
  });

  it('says which runtime it is', async () => {
    expect((await open()).name).toMatch(/^[\w.-]+ \d+\.\d+\.\d+ \(\w+\)$/);
  });
});

describe.each(runtimes.slice(1))('%s', (_name, open) => {
  const refused: string[] = [];

  it.each(ruleNets)('computes as the native one, or says what it cannot: $name', async ({ name, graph }) => {
    const expected = await recordGraph(graph);
    const found = await recordOn(await open(), graph).catch((error: unknown) => error);
    if (found instanceof UserError) return void refused.push(`${name}: ${found.message}`);
    if (found instanceof Error) throw found;
    const { features, switches } = found as Recording;
    for (const [tensor, values] of expected.features) {
      expect(relativeDifference(features.get(tensor)!, values), tensor).toBeLessThan(1e-4);
    }
    expect([...switches]).toEqual([...expected.switches]);
  });

  it('computes most of them', () => {
    expect(refused.length, refused.join('\n')).toBeLessThan(ruleNets.length / 5);
  });
});

describe('a runtime that is asked for', () => {
  const options = { runtime: 'auto', provider: 'cpu', threads: 1 } as const;

  it('computes without a note where it can', async () => {
    const { name, note } = await openRuntime({ ...options, runtime: 'onnxruntime-web' });
    expect(name).toMatch(/^onnxruntime-web .* \(wasm\)$/);
    expect(note).toBeUndefined();
  });

  it('gives way with a note where its provider is not in the binary', async () => {
    const absent = process.platform === 'win32' ? 'coreml' : 'dml';
    const { name, note } = await openRuntime({ ...options, provider: absent });
    expect(name).toMatch(/^onnxruntime-node .* \(cpu\)$/);
    expect(note).toContain(absent);
    expect(note).toContain(name);
  });

  it('gives way where it has no binary, and where it opens but cannot compute', async () => {
    const [[, native]] = runtimes as [(typeof runtimes)[number]];
    const missing = { what: 'one', open: () => { throw new Error('Cannot find its binary'); } }; // prettier-ignore
    const broken = { what: 'two', open: () => ({ name: 'two 1.0.0 (gpu)', open: () => Promise.reject(new Error('no driver')) }) }; // prettier-ignore
    const third = { what: 'three', open: native };
    const { name, note } = await firstThatComputes([missing, broken, third]);
    expect(name).toMatch(/^onnxruntime-node/);
    expect(note).toBe(`Not one but ${name} computes, because: Cannot find its binary`);
    await expect(firstThatComputes([missing, broken])).rejects.toThrow('no driver');
  });
});

describe('the environment of the engine process', () => {
  it('carries what was asked for', () => {
    const options = { runtime: 'onnxruntime-web', provider: 'cuda', threads: 3 } as const;
    expect(runtimeOptions(runtimeEnvironment(options))).toEqual(options);
  });

  it.each([{}, { SWITCHBACK_RUNTIME: 'mine', SWITCHBACK_PROVIDER: '' }])('may be empty or odd: %j', (odd) => {
    expect(runtimeOptions(odd)).toEqual({ runtime: 'auto', provider: 'cpu', threads: 0 });
  });
});
