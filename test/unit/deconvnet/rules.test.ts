import { beforeAll, describe, expect, it } from 'vitest';
import { faithfulness } from '../../../src/core/deconvnet/faithfulness';
import { methods, type MethodName } from '../../../src/core/deconvnet/methods';
import type { Unit } from '../../../src/core/deconvnet/project';
import type { Recording } from '../../../src/core/deconvnet/record';
import type { Graph } from '../../../src/core/graph/graph';
import { naiveForward, naiveProjection, valuesOf, type NaiveRun } from '../../support/naiveNet';
import { projectWhole, recordGraph, relativeDifference } from '../../support/recording';
import { ruleNets } from '../../support/ruleNets';

/** Float32 on one side, float64 on the other; a wrong rule or switch shows in the first digit. */
const precision = 1e-5;

const methodNames = Object.keys(methods) as MethodName[];

/** Every tensor that depends on the image. */
function tensorsOf({ graph, varying }: NaiveRun): string[] {
  return graph.nodes.map(({ outputs }) => outputs[0]!).filter((name) => varying.has(name));
}

/** The strongest units of some maps and units at corners and borders, silent ones and other seeds among them. */
function unitsOf(recording: Recording, tensor: string): (Unit & { position: readonly [number, number] })[] {
  const { maps, height, width } = recording.network.resolved.grids.get(tensor)!;
  const values = recording.features.get(tensor)!;
  const positions = [
    [0, 0],
    [height - 1, width - 1],
    [0, width - 1],
    [Math.floor(height / 2), Math.floor(width / 3)],
  ] as const;
  const units = positions.map((position, i) => ({ map: i % maps, position, seed: 1 + i / 2 }));
  const own = [0, maps - 1].map((map) => {
    const plane = values.subarray(map * height * width, (map + 1) * height * width);
    const place = plane.indexOf(plane.reduce((a, b) => Math.max(a, b)));
    return { map, position: [Math.floor(place / width), place % width] as const };
  });
  return [...units, ...own];
}

async function recordEverything(graph: Graph) {
  const also = graph.nodes.map(({ outputs }) => outputs[0]!);
  const recording = await recordGraph(graph, { also });
  return { recording, naive: naiveForward(graph, recording.input) };
}

describe.each(ruleNets)('$name', ({ graph }) => {
  let recording: Recording;
  let naive: NaiveRun;
  beforeAll(async () => {
    ({ recording, naive } = await recordEverything(graph));
  });

  it('runs forward as the naive network does, with the same switches', async () => {
    for (const tensor of tensorsOf(naive)) {
      const difference = relativeDifference(recording.features.get(tensor)!, valuesOf(naive, tensor).data);
      expect(difference, tensor).toBeLessThan(precision);
    }
    for (const [node, { data }] of naive.switches) {
      expect(Array.from(recording.switches.get(node)!), node).toEqual(Array.from(data));
    }
  });

  it.each(methodNames)('projects every tensor as the naive network does: %s', async (method) => {
    for (const tensor of tensorsOf(naive)) {
      const { status: faithful } = faithfulness(recording.network, tensor, method);
      if (faithful === 'refused' || (method === 'gradient' && faithful === 'approximate')) continue;
      const { height, width } = recording.network.resolved.grids.get(tensor)!;
      const units = unitsOf(recording, tensor);
      const projections = await projectWhole(recording, tensor, units, { method });
      units.forEach((unit, i) => {
        const { whole, activation, status } = projections[i]!;
        const where = `${tensor}, unit ${i}: map ${unit.map} at ${unit.position.join()}`;
        if (status === 'inactive') {
          expect(activation, where).toBeLessThanOrEqual(0);
          expect(whole, where).toEqual(new Float32Array(whole.length));
          return;
        }
        const element = (unit.map * height + unit.position[0]) * width + unit.position[1];
        const expected = naiveProjection(naive, {
          tensor,
          element,
          ...(unit.seed !== undefined && { seed: unit.seed }),
          method,
        });
        expect(relativeDifference(whole, expected.data), where).toBeLessThan(precision);
      });
    }
  });
});
