import { describe, expect, it } from 'vitest';
import { layerMaxima } from '../../src/core/deconvnet/record';
import { UserError } from '../../src/core/errors';
import type { Graph } from '../../src/core/graph/graph';
import type { Runtime } from '../../src/core/runtime';
import { onnxRuntime } from '../../src/engine/runtimes/onnxRuntime';
import { tfjsRuntime } from '../../src/engine/runtimes/tfjs/tfjsRuntime';
import { firstThatComputes, openRuntime } from '../../src/engine/runtimes/openRuntime';
import { runtimeEnvironment, runtimeOptions } from '../../src/engine/runtimeEnvironment';
import { projectWhole, recordGraph, relativeDifference } from '../support/recording';
import { ruleNets } from '../support/ruleNets';
import { runtimes } from '../support/runtimes';
import { smallNet } from '../support/smallNet';
import { zfnet } from '../support/zfnet';

const models: readonly (readonly [name: string, graph: Graph])[] = [
  ['a small network', smallNet()],
  ['a narrow ZFNet', zfnet({ width: 1 / 16, classes: 10 })],
];

/** The slowest backend, too: it computes where no other does. */
const everyRuntime = [...runtimes, ['TensorFlow.js (cpu)', () => tfjsRuntime('cpu')] as const];

describe.each(everyRuntime)('%s', (_name, open) => {
  it.each(models)(
    'gives of %s the features, switches and projections that every runtime gives',
    async (_model, graph) => {
      const [found, expected] = [await recordGraph(graph, { on: await open() }), await recordGraph(graph)];
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
    expect((await open()).name).toMatch(/^[\w.-]+ \d+\.\d+\.\d+ \(\w+(, switches by the CPU)?\)$/);
  });
});

/** What a runtime cannot compute and the native one can, each in a net of its own. */
const refused: Readonly<Record<string, readonly string[]>> = {
  'onnxruntime-node, switches in double': [],
  // Its shape inference counts a last window that lies in the padding; the native build does not.
  'onnxruntime-web': [
    'max pool before the activation, ceil mode and padded',
    'max pool, last window in the padding',
    'max pool before the activation, last window in the padding',
    'average pool, last window in the padding',
    'average pool counting its padding, last window in the padding',
  ],
  // It has no such operation.
  'TensorFlow.js (wasm)': [
    'average pool, dilated',
    'a block of ConvNeXt',
    'layer norm of a vector',
    'slices',
    'pads',
    'edge pad',
    'resized by nearest, half_pixel',
    'resized by linear, half_pixel',
    'resized by linear, pytorch_half_pixel',
    'resized by linear, align_corners',
    'resized by nearest, align_corners',
    'resized to a size, and added as detectors do',
    'Upsample by linear',
    'Resize by nearest',
    'Resize by linear',
  ],
};

describe.each(runtimes.slice(1))('%s', (runtimeName, open) => {
  const isRefused = ({ name }: { readonly name: string }) => refused[runtimeName]!.includes(name);

  it.each(ruleNets.filter((net) => !isRefused(net)))(
    'computes as the native one: $name',
    async ({ graph }) => {
      const expected = await recordGraph(graph);
      const { features, switches } = await recordGraph(graph, { on: await open() });
      for (const [tensor, values] of expected.features) {
        expect(relativeDifference(features.get(tensor)!, values), tensor).toBeLessThan(1e-4);
      }
      expect([...switches]).toEqual([...expected.switches]);
    },
  );

  it.each(ruleNets.filter(isRefused))(
    'says in a sentence that it cannot compute: $name',
    async ({ graph }) => {
      await expect(recordGraph(graph, { on: await open() })).rejects.toBeInstanceOf(UserError);
    },
  );

  it('is excused from no net that is gone', () => {
    expect(ruleNets.filter(isRefused)).toHaveLength(refused[runtimeName]!.length);
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

describe('a provider with pools but without switches', () => {
  const [[, native]] = runtimes as [(typeof runtimes)[number]];
  /** Leaves the switches of floats to nobody, as ONNX Runtime's WebGPU does, or invents them. */
  const without = (failing: boolean): Runtime => ({
    name: 'gpu 1.0.0 (gpu)',
    async open(graph) {
      const session = await (await native()).open(graph);
      const lacking = graph.nodes.some((node) => node.op === 'MaxPool' && node.outputs.length > 1);
      return {
        ...session,
        async run(feeds, fetches) {
          if (lacking && failing) throw new Error('The Indices output is not supported yet.');
          const found = await session.run(feeds, fetches);
          const wrong = [...found].map(([name, tensor]) => [name, { ...tensor, data: tensor.data.map(() => 0 as never) }] as const); // prettier-ignore
          return lacking ? new Map(wrong as never) : found;
        },
      };
    },
  });

  it.each([
    ['refuses them', true, 'The Indices output is not supported yet.'],
    ['invents them', false, 'it says that the maximum of -1, 1, 3, 2 is 0 at 0'],
  ] as const)('is helped by the CPU where it %s', async (_what, failing, reason) => {
    const gpu = { what: 'gpu', open: () => without(failing) };
    const helped = { what: 'gpu with switches of the CPU', open: () => onnxRuntime({ threads: 1, switches: 'cpu' }) }; // prettier-ignore
    const { name, note } = await firstThatComputes([gpu, helped]);
    expect(name).toMatch(/^onnxruntime-node .* \(cpu, switches by the CPU\)$/);
    expect(note).toBe(`Not gpu but ${name} computes, because: ${reason}`);
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
