import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { occlusionAnswer } from '../../src/host/languageTools/occlusionAnswer';
import { describeMap, listLayers, projectUnit } from '../../src/host/languageTools/toolAnswers';
import { fileBelow, positionOf } from '../../src/host/languageTools/toolInput';
import type { CallOptions, Peer } from '../../src/protocol/contract';
import type { EngineContract } from '../../src/protocol/engineContract';
import { toFailure } from '../../src/protocol/failure';
import { zfnet } from '../support/zfnet';
import { context, newService, temporaryFolder, writeModel, writePicture } from './support';

const folder = temporaryFolder();
const model = path.join(folder, 'narrow.onnx');
const image = path.join(folder, 'waves.png');
const { handlers } = newService();

/** The engine without its process. */
const peer: Peer<EngineContract> = {
  call: async (method, params, { onProgress }: CallOptions<never> = {}) => {
    try {
      const call = handlers[method] as (params: unknown, context: unknown) => Promise<never>;
      return { ok: true, value: await call(params, context(onProgress)) };
    } catch (error) {
      return { ok: false, failure: toFailure(error) };
    }
  },
};
const tools = { peer, signal: new AbortController().signal };

beforeAll(async () => {
  writeModel(model, zfnet({ width: 1 / 16, classes: 5 }));
  await writePicture(image);
});

describe('tools for language models', () => {
  it('list the layers with what an answer needs, in plain data', async () => {
    const { facts } = await listLayers({ model }, tools);
    expect(JSON.parse(JSON.stringify(facts))).toMatchObject({
      model: 'narrow.onnx',
      layers: expect.arrayContaining([
        expect.objectContaining({
          label: 'conv1',
          receptiveField: { size: [7, 7], stride: [2, 2] },
          projection: 'exact',
        }),
      ]) as unknown,
    });
  });

  it('describe the strongest map of a layer as its first, and project the same unit', async () => {
    const recording = await handlers.record({ model, image }, context());
    const { maxima, positions } = recording.layers.find(({ label }) => label === 'conv3')!;
    const map = maxima.indexOf(Math.max(...maxima));
    const described = await describeMap({ model, image, layer: 'conv3', map }, tools);
    const strongest = {
      map,
      activation: maxima[map],
      position: [Math.floor(positions[map]! / 13), positions[map]! % 13],
    };
    expect(described.facts).toMatchObject({ rankInLayer: 1, mapSize: [13, 13], strongest });
    expect(described.pictures).toHaveLength(2);
    const projected = await projectUnit({ model, image, layer: 'conv3', map }, tools);
    expect(projected.facts).toMatchObject(strongest);
    expect(projected.pictures[0]).toEqual(described.pictures[0]);
  });

  it('describe the unit at a position beside the strongest one of the map', async () => {
    const position = [2, 11] as const;
    const unit = { model, image, layer: 'conv3', map: 5 };
    const [plain, asked] = [await describeMap(unit, tools), await describeMap({ ...unit, position }, tools)];
    const projected = await projectUnit({ ...unit, position }, tools);
    expect(projected.facts).toMatchObject({ position, status: 'ok' });
    expect(asked.facts).toMatchObject({ ...(plain.facts as object), pictures: expect.anything() as unknown });
    expect(asked.facts).toMatchObject({ atPosition: projected.facts });
    expect(asked.pictures).toEqual([plain.pictures[0], projected.pictures[0], plain.pictures[1]]);
    expect((asked.facts as { pictures: string[] }).pictures).toHaveLength(3);
    await expect(describeMap({ ...unit, position: [0, 13] }, tools)).rejects.toThrow(/13/);
  });

  it('name only the pictures that there are', async () => {
    const recording = await handlers.record({ model, image }, context());
    const map = recording.layers.find(({ label }) => label === 'fc6')!.maxima.findIndex((max) => max <= 0);
    const { facts, pictures } = await describeMap({ model, image, layer: 'fc6', map }, tools);
    expect(facts).toMatchObject({
      strongest: { status: 'inactive' },
      pictures: ['feature map, from blue (0) to yellow'],
    });
    expect(pictures).toHaveLength(1);
  });

  it('name the hidden places that cost the class most, in order', async () => {
    const { facts, pictures } = await occlusionAnswer({ model, image, size: 112 }, tools);
    const { costliest, windows, probability } = facts as {
      costliest: { probability: number; hidden: object }[];
      windows: number;
      probability: number;
    };
    const recording = await handlers.record({ model, image }, context());
    expect(windows).toBe(9);
    expect(probability).toBeCloseTo(recording.top[0]!.probability, 5);
    const costs = costliest.map((place) => place.probability);
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
    expect(pictures).toMatchObject([{ height: 3, width: 3 }]);
  });

  it('turn pictures into PNG files', async () => {
    const picture = { height: 1, width: 2, rgba: Uint8Array.of(255, 0, 0, 255, 0, 0, 255, 255) };
    const { png } = await handlers.encodePng({ picture }, context());
    expect([...png.subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
  });

  it('say with a sentence what they could not do', async () => {
    await expect(projectUnit({ model, image, layer: 'conv9', map: 0 }, tools)).rejects.toThrow(/conv9/);
  });
});

describe('the input of a tool', () => {
  const around = temporaryFolder();
  const [one, two] = ['one', 'two'].map((name) => path.join(around, name)) as [string, string];
  const folders = [one, two];

  beforeAll(() => {
    for (const name of ['one/a', 'two', 'one-more']) mkdirSync(path.join(around, name), { recursive: true });
    for (const name of ['one/cat.png', 'two/cat.png', 'one-more/cat.png', 'secret.png']) {
      writeFileSync(path.join(around, name), '');
    }
    symlinkSync('a', path.join(one, 'inside'));
    symlinkSync(two, path.join(one, 'other-folder'));
    symlinkSync('../secret.png', path.join(one, 'out.png'));
    symlinkSync(around, path.join(one, 'out'));
    symlinkSync('nowhere.png', path.join(one, 'broken.png'));
    symlinkSync(one, path.join(around, 'opened'));
  });

  it.each([
    ['cat.png', 'one/cat.png'],
    ['a/../cat.png', 'one/cat.png'],
    ['inside/../cat.png', 'one/cat.png'],
    ['other-folder/cat.png', 'two/cat.png'],
    [path.join(two, 'cat.png'), 'two/cat.png'],
  ])('may name %s', async (name, file) => {
    expect(await fileBelow(folders, name, 'image')).toBe(path.join(around, file));
  });

  it.each([
    '../cat.png',
    path.resolve('/etc/passwd'),
    '',
    '.',
    7,
    'a\0b',
    path.join(around, 'one-more/cat.png'),
    'missing.png',
    'broken.png',
    // Links that lead out of the workspace: to a file, to a folder.
    'out.png',
    'out/secret.png',
    'out/one-more/cat.png',
  ])('may not name %j', async (name) => {
    await expect(fileBelow(folders, name, 'image')).rejects.toThrow('no usable "image"');
  });

  it('is named as in a workspace that was opened by a link', async () => {
    const opened = path.join(around, 'opened');
    expect(await fileBelow([opened], 'cat.png', 'image')).toBe(path.join(opened, 'cat.png'));
    await expect(fileBelow([opened], 'out.png', 'image')).rejects.toThrow('no usable "image"');
  });

  it('has a position of two whole numbers, or none', () => {
    expect(positionOf(undefined)).toBeUndefined();
    expect(positionOf([3, 4])).toEqual([3, 4]);
    for (const wrong of [[1], [1, 2, 3], [-1, 0], [0.5, 1], 'x']) {
      expect(() => positionOf(wrong)).toThrow('position');
    }
  });
});
