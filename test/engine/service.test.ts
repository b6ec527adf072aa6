import { copyFileSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Runtime } from '../../src/core/runtime';
import { onnxRuntime } from '../../src/engine/runtimes/onnxRuntime';
import { createService, type Service } from '../../src/engine/service';
import type { ProjectedUnit, ProjectRequest } from '../../src/protocol/model';
import { smallNet } from '../support/smallNet';
import { context, temporaryFolder, writeModel, writePicture } from './support';

const folder = temporaryFolder();
const file = (name: string) => path.join(folder, name);
const subject = { model: file('small.onnx'), image: file('waves.png') };

beforeAll(async () => {
  writeModel(subject.model, smallNet());
  await writePicture(subject.image);
});

interface Counts {
  /** Forward passes of the model. */
  forward: number;
  opened: number;
  closed: number;
}

/** ONNX Runtime that counts what is done with models and can hold a forward pass back. */
function counting(held: Promise<unknown> = Promise.resolve()): { service: Service; counts: Counts } {
  const runtime = onnxRuntime({ threads: 1 });
  const counts: Counts = { forward: 0, opened: 0, closed: 0 };
  const counted: Runtime = {
    name: runtime.name,
    open: async (graph) => {
      const session = await runtime.open(graph);
      if (!graph.inputs.some(({ name }) => name === 'input')) return session;
      counts.opened++;
      return {
        run: async (feeds, fetches) => {
          counts.forward++;
          await held;
          return session.run(feeds, fetches);
        },
        close: async () => {
          counts.closed++;
          await session.close();
        },
      };
    },
  };
  return { service: createService(counted), counts };
}

async function project(service: Service, request: Partial<ProjectRequest>): Promise<ProjectedUnit[]> {
  const units: ProjectedUnit[] = [];
  const whole = { ...subject, layer: 'conv3', units: [{ map: 0 }], method: 'deconvnet', ...request } as const;
  await service.handlers.project(
    whole,
    context<ProjectedUnit>((unit) => units.push(unit)),
  );
  return units;
}

describe('forward passes', () => {
  it('are run once for all requests about one image', async () => {
    const { service, counts } = counting();
    await Promise.all([
      service.handlers.record(subject, context()),
      service.handlers.record(subject, context()),
      project(service, {}),
    ]);
    await project(service, { layer: 'conv1' });
    await service.handlers.featureMap({ ...subject, layer: 'conv2', map: 1 }, context());
    expect(counts).toMatchObject({ forward: 1, opened: 1 });
  });

  it('are run again when the picture changes', async () => {
    const { service, counts } = counting();
    const image = file('changing.png');
    copyFileSync(subject.image, image);
    await service.handlers.record({ ...subject, image }, context());
    utimesSync(image, new Date(), new Date(Date.now() + 9000));
    await service.handlers.record({ ...subject, image }, context());
    expect(counts.forward).toBe(2);
  });

  it('go on for one caller when another cancels', async () => {
    let release: () => void = () => undefined;
    const { service, counts } = counting(new Promise<void>((resolve) => (release = resolve)));
    const controller = new AbortController();
    const cancelled = service.handlers.record(subject, { ...context(), signal: controller.signal });
    const patient = service.handlers.record(subject, context());
    const rejected = expect(cancelled).rejects.toThrow();
    controller.abort();
    release();
    await rejected;
    expect((await patient).layers).toHaveLength(4);
    expect(counts.forward).toBe(1);
  });

  it('are not begun when every caller has cancelled, and run for the next one', async () => {
    const { service, counts } = counting();
    const controller = new AbortController();
    const call = service.handlers.record(subject, {
      signal: controller.signal,
      progress: async ({ step }) => {
        if (step === 'forward') controller.abort();
      },
    });
    await expect(call).rejects.toThrow();
    expect(counts.forward).toBe(0);
    expect((await service.handlers.record(subject, context())).layers).toHaveLength(4);
    expect(counts.forward).toBe(1);
  });

  it('are given back with their model, and run again when it is asked for anew', async () => {
    const { service, counts } = counting();
    const running = service.handlers.record(subject, context());
    await service.handlers.forget({ model: subject.model }, context());
    await running;
    await service.handlers.record(subject, context());
    await service.handlers.record(subject, context());
    const kept = counts.forward;
    await service.handlers.forget({ model: file('another.onnx') }, context());
    await service.handlers.record(subject, context());
    expect(counts.forward).toBe(kept);
    await service.handlers.forget({ model: subject.model }, context());
    await service.handlers.record(subject, context());
    expect(counts.forward).toBe(kept + 1);
  });
});

describe('models', () => {
  it('that were not used for long are closed, and opened again when needed', async () => {
    const { service, counts } = counting();
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      const model = file(`${name}.onnx`);
      writeModel(model, smallNet({ seed: name.charCodeAt(0) }));
      await service.handlers.record({ ...subject, model }, context());
    }
    await expect.poll(() => counts).toMatchObject({ opened: 5, closed: 2 });
    const another = { model: file('a.onnx'), image: file('another.png') };
    await writePicture(another.image);
    await service.handlers.record(another, context());
    expect(counts.opened).toBe(6);
  });

  it('take no memory of the runtime until something is run', async () => {
    const { service, counts } = counting();
    await service.handlers.openModel({ model: subject.model }, context());
    expect(counts.opened).toBe(0);
    await service.handlers.record(subject, context());
    expect(counts.opened).toBe(1);
  });
});

describe('projections', () => {
  const { service } = counting();

  it('come in the order of the request, with positions of the maxima', async () => {
    const { layers } = await service.handlers.record(subject, context());
    const { positions, maxima } = layers[1]!;
    const units = await project(service, { layer: 'conv2', units: [{ map: 7 }, { map: 2 }, { map: 7 }] });
    expect(units.map(({ index, map }) => [index, map])).toEqual([
      [0, 7],
      [1, 2],
      [2, 7],
    ]);
    for (const { map, position, activation } of units) {
      const width = 12;
      expect(position[0] * width + position[1]).toBe(positions[map]);
      expect(activation).toBe(maxima[map]);
    }
  });

  it('cover the visible part of the receptive field', async () => {
    const [unit] = await project(service, { layer: 'conv2', units: [{ map: 3, position: [0, 0] }] });
    const { receptiveField, visible, tile } = unit!;
    expect(receptiveField.top).toBeLessThan(0);
    expect([visible.top, visible.left]).toEqual([0, 0]);
    if (tile) expect([tile.height, tile.width]).toEqual([visible.height, visible.width]);
  });

  it('of an inactive unit have no picture', async () => {
    const { values, width } = await service.handlers.featureMap(
      { ...subject, layer: 'conv1', map: 0 },
      context(),
    );
    const silent = values.indexOf(0);
    const position = [Math.floor(silent / width), silent % width] as const;
    const [unit] = await project(service, { layer: 'conv1', units: [{ map: 0, position }] });
    expect(unit).toMatchObject({ status: 'inactive', tile: null, activation: 0 });
  });

  it('scale with the seed, which is sent down instead of the activation', async () => {
    const { layers } = await service.handlers.record(subject, context());
    const map = layers[2]!.maxima.findIndex((value) => value > 0);
    const [own, doubled] = await project(service, {
      units: [{ map }, { map, seed: 2 * layers[2]!.maxima[map]! }],
    });
    expect(doubled!.tile!.limit / own!.tile!.limit).toBeCloseTo(2, 4);
  });

  it('differ by method', async () => {
    const pictures = new Set<string>();
    for (const method of ['deconvnet', 'guided', 'gradient'] as const) {
      const { layers } = await service.handlers.record(subject, context());
      const map = layers[2]!.maxima.findIndex((value) => value > 0);
      const [unit] = await project(service, { units: [{ map }], method });
      pictures.add(unit!.tile!.values.join());
    }
    expect(pictures.size).toBe(3);
  });
});

describe('a feature map', () => {
  it('holds the maximum that the recording names where it names it', async () => {
    const { service } = counting();
    const { layers } = await service.handlers.record(subject, context());
    for (const map of [0, 5, 11]) {
      const { height, width, values } = await service.handlers.featureMap(
        { ...subject, layer: 'conv1', map },
        context(),
      );
      expect([height, width, values.length]).toEqual([23, 23, 529]);
      expect(values[layers[0]!.positions[map]!]).toBe(layers[0]!.maxima[map]);
      expect(Math.max(...values)).toBe(layers[0]!.maxima[map]);
    }
  });
});
