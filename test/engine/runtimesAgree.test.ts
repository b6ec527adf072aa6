import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shared } from './support';
import { faithfulness } from '../../src/core/deconvnet/faithfulness';
import type { Recording } from '../../src/core/deconvnet/record';
import { encodeOnnx } from '../../src/core/formats/onnx/encode';
import type { Graph } from '../../src/core/graph/graph';
import { openNetwork } from '../../src/core/network';
import { readModel } from '../../src/engine/readModel';
import { tfjsRuntime } from '../../src/engine/runtimes/tfjs/tfjsRuntime';
import { unitsOf } from '../support/againstNaive';
import { buildPlan, plannedGraphs } from '../support/randomGraph';
import { growers, type Kind } from '../support/randomNodes';
import { projectWhole, recordGraph, relativeDifference } from '../support/recording';
import { randomFeeds, runOnnx } from '../support/runOnnx';
import { drawTransposed } from '../support/transposedConvolution';

const graphs = 24;

/** TensorFlow.js has no operation for these, or not for every geometry of them, and refuses by name. */
const refused: readonly string[] = ['resize', 'mapsLast', 'crop', 'pad'] satisfies Kind[];

const plans = plannedGraphs({
  kinds: (Object.keys(growers) as Kind[]).filter((kind) => !refused.includes(kind)),
  sides: [6, 13],
  nodes: [2, 9],
});

/** The same image in TensorFlow.js and in ONNX Runtime. */
async function recordBoth(graph: Graph): Promise<readonly [Recording, Recording]> {
  const also = graph.nodes.map(({ outputs }) => outputs[0]!);
  return [
    await recordGraph(graph, { also, on: await tfjsRuntime('wasm') }),
    await recordGraph(graph, { also }),
  ];
}

function haveSameSwitches([found, expected]: readonly [Recording, Recording]): boolean {
  return [...expected.switches].every(([pool, switches]) =>
    Buffer.from(switches.buffer).equals(Buffer.from(found.switches.get(pool)!.buffer)),
  );
}

function expectSameFeatures([found, expected]: readonly [Recording, Recording]): void {
  for (const [tensor, values] of expected.features)
    expect(relativeDifference(found.features.get(tensor)!, values), tensor).toBeLessThan(1e-4);
}

async function expectSameProjections(both: readonly [Recording, Recording], tensor: string): Promise<void> {
  const units = unitsOf(both[1], tensor).map((unit) => ({ seed: 1, ...unit }));
  const [found, expected] = await Promise.all(
    both.map((recording) => projectWhole(recording, tensor, units)),
  );
  expected!.forEach(({ whole }, i) =>
    expect(relativeDifference(found![i]!.whole, whole), `${tensor}, unit ${i}`).toBeLessThan(1e-4),
  );
}

describe('TensorFlow.js and ONNX Runtime agree', () => {
  it(`in features, switches and projections of ${graphs} random graphs`, { timeout: 0 }, async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const both = await recordBoth(buildPlan(plan));
        expectSameFeatures(both);
        // Where two values of a window are equal but for rounding, either switch is right.
        if (!haveSameSwitches(both)) return;
        compared++;
        const { network, features } = both[1];
        const projectable = [...features.keys()].filter(
          (tensor) =>
            network.resolved.grids.has(tensor) && faithfulness(network, tensor).status !== 'refused',
        );
        for (const tensor of projectable.slice(-2)) await expectSameProjections(both, tensor);
      }),
      { numRuns: graphs, seed: 1 },
    );
    expect(compared).toBeGreaterThan(0.9 * graphs);
  });

  it('in transposed convolutions, however they are padded', async () => {
    const tfjs = await tfjsRuntime('wasm');
    let compared = 0;
    for (let seed = 1; seed <= 90; seed++) {
      const graph = drawTransposed(seed);
      // What one refuses is tried in `test/unit/graph`.
      if (!openNetwork(graph).resolved.shapes.has('up_output_0')) continue;
      const feeds = randomFeeds(graph);
      const expected = (await runOnnx(encodeOnnx(graph), feeds)).up_output_0!;
      const session = await tfjs.open(graph);
      const inputs = Object.entries(feeds).map(
        ([name, { dims, data }]) => [name, { type: 'float32', dims, data }] as const,
      );
      const found = (await session.run(new Map(inputs), ['up_output_0'])).get('up_output_0')!;
      await session.close();
      expect(found.dims, `seed ${seed}`).toEqual(expected.dims);
      const difference = relativeDifference(found.data as Float32Array, expected.data as Float32Array);
      expect(difference, `seed ${seed}`).toBeLessThan(1e-5);
      compared++;
    }
    expect(compared).toBeGreaterThan(40);
  });

  const doodlenet = shared('models/tfjs/doodlenet/model.json');

  it.runIf(existsSync(doodlenet))('in all of doodlenet, which has no file in ONNX', async () => {
    const both = await recordBoth((await readModel(doodlenet)).graph);
    expectSameFeatures(both);
    expect(haveSameSwitches(both)).toBe(true);
    for (const { tensor } of both[1].network.layers) await expectSameProjections(both, tensor);
  });
});
