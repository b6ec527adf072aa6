import { cpSync, existsSync, mkdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { queries } from '../../src/engine/topActivations/readIndex';
import { binOf } from '../../src/core/experiments/topActivations/histogram';
import { argMax } from '../../src/core/tensor/argMax';
import type { ProjectedUnit } from '../../src/protocol/model';
import type { PlaceProgress, ProjectedPlace, TopMap } from '../../src/protocol/topActivations';
import { smallNet } from '../support/smallNet';
import { context, newService, temporaryFolder, writeModel, writePicture } from './support';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);
const { handlers, recordings } = newService();
const { signal } = new AbortController();
const subject = { model: file('small.onnx'), folder: file('set'), index: file('set.index') };
const names = ['a.png', 'b.png', 'deep/c.png', 'd.png', 'e.png'];

beforeAll(async () => {
  writeModel(subject.model, smallNet());
  writeModel(file('other.onnx'), smallNet({ seed: 8 }));
  mkdirSync(file('set/deep'), { recursive: true });
  for (const [i, name] of names.entries())
    await writePicture(file(`set/${name}`), { height: 50 + 7 * i, width: 90 - 9 * i });
  writeFileSync(file('set/broken.jpg'), 'no picture');
  await handlers.scanFolder({ ...subject, k: 3, each: 1 }, context());
});

/** The strongest activation of a map in each picture, by running each alone. */
async function strongest(layer: string, map: number) {
  const found: { image: string; value: number; position: [number, number] }[] = [];
  for (const image of names) {
    const recorded = await recordings.of({ model: subject.model, image: file(`set/${image}`) }, { signal });
    const { network } = recorded.model;
    const { tensor } = network.layers.find(({ label }) => label === layer)!;
    const { height, width } = network.resolved.grids.get(tensor)!;
    const values = recorded.recording.features.get(tensor)!;
    const at = argMax(values, map * height * width, height * width);
    const position: [number, number] = [Math.floor(at / width), at % width];
    found.push({ image, value: values[map * height * width + at]!, position });
  }
  return found;
}

/** All places of some maps as they arrive. */
async function projected(layer: string, maps: readonly number[], of = subject): Promise<PlaceProgress[]> {
  const places: PlaceProgress[] = [];
  await handlers.projectTop(
    { ...of, layer, maps },
    context((place) => places.push(place)),
  );
  return places;
}

describe('an index that is looked at', () => {
  it('tells its layers, the maps that no picture activates, and what could not be read', async () => {
    const index = await handlers.topIndex(subject, context());
    expect(index).toMatchObject({ images: names.length, k: 3, each: 1 });
    expect(index!.problems).toEqual([
      { path: 'broken.jpg', problem: expect.stringContaining('broken.jpg') as string },
    ]);
    expect(index!.layers.map(({ label, maps }) => `${label} ${maps}`)).toEqual(['conv1 12', 'conv2 16', 'conv3 20', 'fc4 4']); // prettier-ignore
    for (const { label, maps, inactive } of index!.layers) {
      for (let map = 0; map < maps; map++) {
        const active = (await strongest(label, map)).some(({ value }) => value > 0);
        expect([label, map, inactive.includes(map)]).toEqual([label, map, !active]);
      }
    }
  });

  it('says of each map what running every picture alone says', async () => {
    for (const [layer, map] of [
      ['conv1', 3],
      ['conv3', 0],
      ['fc4', 2],
    ] as const) {
      // prettier-ignore
      const [said] = await handlers.topMaps({ ...subject, layer, maps: [map] }, context());
      const found = await strongest(layer, map);
      const best = found.filter(({ value }) => value > 0).sort((a, b) => b.value - a.value).slice(0, 3); // prettier-ignore
      expect(said!.places.map(({ image, position }) => ({ image, position }))).toEqual(
        best.map(({ image, position }) => ({ image, position })),
      );
      const histogram = new Uint32Array(64);
      for (const { value } of found) histogram[binOf(value)]!++;
      expect(said!.histogram).toEqual(histogram);
    }
  });

  it('leaves out maps that a layer does not have', async () => {
    const maps = await handlers.topMaps({ ...subject, layer: 'fc4', maps: [3, 4] }, context());
    expect(maps.map(({ map }) => map)).toEqual([3]);
    expect(await handlers.topMaps({ ...subject, layer: 'conv9', maps: [0] }, context())).toEqual([]);
  });

  it('opens without a walk through its images, however many there are', async () => {
    const index = file('large.index');
    cpSync(subject.index, index);
    const database = new sqlite.Database(index);
    database.exec(`WITH RECURSIVE numbers(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM numbers WHERE i < 100999)
      INSERT INTO images SELECT i, 'more/' || i || '.png', 1, 1, 'hash', NULL, NULL FROM numbers`);
    for (const [name, query] of Object.entries(queries)) {
      const steps = database.all(`EXPLAIN QUERY PLAN ${query}`).map(({ detail }) => detail as string);
      // The index of problems holds only what could not be read.
      const walks = steps.filter((step) => step.startsWith('SCAN') && !step.includes('INDEX problems'));
      expect([name, walks]).toEqual([name, name === 'layers' ? ['SCAN layers'] : []]);
    }
    database.close();
    expect(await handlers.topIndex({ ...subject, index }, context())).toEqual(await handlers.topIndex(subject, context())); // prettier-ignore
  });

  it('is none where nothing was scanned', async () => {
    expect(await handlers.topIndex({ ...subject, index: file('none.index') }, context())).toBeNull();
    expect(existsSync(file('none.index'))).toBe(false);
  });

  it('is read behind a lock that a killed process left, but not while a scan holds it', async () => {
    const index = file('locked.index');
    cpSync(subject.index, index);
    mkdirSync(`${index}.lock`);
    writeFileSync(`${index}.scan`, JSON.stringify({ process: process.ppid, host: hostname() }));
    await expect(handlers.topIndex({ ...subject, index }, context())).rejects.toMatchObject({ code: 'index-in-use' }); // prettier-ignore
    rmSync(`${index}.scan`);
    utimesSync(`${index}.lock`, 1, 1);
    expect(await handlers.topIndex({ ...subject, index }, context())).toMatchObject({ images: names.length });
  });
});

describe('projections of an index', () => {
  const places = async (layer: string, maps: readonly number[]) =>
    (await projected(layer, maps)).flatMap((place) => (place.kind === 'projected' ? place.projected : []));

  it('are those of the units in their pictures, beside the same part of what the network saw', async () => {
    const shown = await places('conv2', [1, 5]);
    const maps: readonly TopMap[] = await handlers.topMaps({ ...subject, layer: 'conv2', maps: [1, 5] }, context()); // prettier-ignore
    expect(shown).toHaveLength(maps.reduce((sum, map) => sum + map.places.length, 0));
    for (const { map, places: found } of maps) {
      for (const [place, { image, position, value }] of found.entries()) {
        const one: ProjectedPlace = shown.find((other) => other.map === map && other.place === place)!;
        const on = { model: subject.model, image: path.join(subject.folder, image) };
        const units: ProjectedUnit[] = [];
        await handlers.project(
          { ...on, layer: 'conv2', units: [{ map, position }], method: 'deconvnet' },
          context((unit) => units.push(unit)),
        );
        const { index: _, ...expected } = units[0]!;
        expect(one.unit).toMatchObject(expected);
        expect(Math.abs(one.unit.activation / value - 1)).toBeLessThan(1e-5);
        const { input } = await handlers.record(on, context());
        const { top, left, height, width } = expected.receptiveField;
        expect([one.patch.height, one.patch.width]).toEqual([height, width]);
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            const inside = top + y >= 0 && left + x >= 0 && top + y < input.height && left + x < input.width;
            const from = 4 * ((top + y) * input.width + left + x);
            const pixel = inside ? [...input.rgba.subarray(from, from + 4)] : [128, 128, 128, 255];
            expect([...one.patch.rgba.subarray(4 * (y * width + x), 4 * (y * width + x) + 4)]).toEqual(pixel);
          }
        }
      }
    }
  });

  it('are the same when they are asked for again', async () => {
    const byPlace = (a: ProjectedPlace, b: ProjectedPlace) => a.map - b.map || a.place - b.place;
    const first = (await places('conv3', [0, 1, 2])).sort(byPlace);
    expect((await places('conv3', [2, 1, 0])).sort(byPlace)).toEqual(first);
  });

  it('are made of what is still there, and the others say why not', async () => {
    const of = { ...subject, folder: file('less'), index: file('less.index') };
    cpSync(subject.folder, of.folder, { recursive: true });
    cpSync(subject.index, of.index);
    const before = await projected('fc4', [0, 1, 2, 3], of);
    rmSync(file('less/b.png'));
    const after = await projected('fc4', [0, 1, 2, 3], of);
    expect(after).toHaveLength(before.length);
    const failed = after.flatMap((place) => (place.kind === 'failed' ? place.problem : []));
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(after.length);
    for (const problem of failed) expect(problem).toContain('b.png');
  });
});

describe('an index that nobody should trust', () => {
  /** A copy of the index with something changed in it. */
  function crafted(name: string, sql: string) {
    const of = { ...subject, index: file(`${name}.index`) };
    cpSync(subject.index, of.index);
    const database = new sqlite.Database(of.index, { fileMustExist: true });
    database.exec(sql);
    database.close();
    return of;
  }

  it.each([
    ['up', '../secret.png'],
    ['up-later', 'deep/../../secret.png'],
    ['absolute', '/etc/secret.png'],
    ['here', './a.png'],
    ['no-image', 'notes.txt'],
  ])('leads nowhere outside of its folder: %s', async (name, image) => {
    const of = crafted(name, `UPDATE images SET path = '${image}' WHERE path = 'a.png'`);
    writeFileSync(file('secret.png'), 'secret');
    const all = { ...of, layer: 'fc4', maps: [0, 1, 2, 3] };
    await expect(handlers.topMaps(all, context())).rejects.toMatchObject({ code: 'not-an-index' });
    await expect(handlers.projectTop(all, context())).rejects.toMatchObject({ code: 'not-an-index' });
  });

  it.each([
    ['a unit that is not there', 'UPDATE activations SET y = 400 WHERE layer = 0'],
    ['a position that is no number', "UPDATE activations SET x = 'x' WHERE layer = 0"],
    ['an activation that is no number', "UPDATE activations SET value = 'much' WHERE layer = 0"],
    ['a layer that is not there', "UPDATE layers SET label = 'conv9' WHERE id = 0"],
    ['a histogram of another size', "UPDATE layers SET histogram = x'00' WHERE id = 0"],
    ['a number of places that is none', "UPDATE settings SET value = 'many' WHERE name = 'number of places'"],
    ['no table of images', 'ALTER TABLE images RENAME TO pictures'],
    ['another format', "UPDATE settings SET value = '99' WHERE name = 'format'"],
  ])('is refused with a sentence where it has %s', async (what, sql) => {
    const of = crafted(what, sql);
    const refused = { code: 'not-an-index', message: expect.stringContaining(of.index) as string };
    await expect(handlers.topMaps({ ...of, layer: 'conv1', maps: [0] }, context())).rejects.toMatchObject(refused); // prettier-ignore
  });

  it('is refused where it breaks off, and where it is none at all', async () => {
    const cut = { ...subject, index: file('cut.index') };
    cpSync(subject.index, cut.index);
    truncateSync(cut.index, 5000);
    writeFileSync(file('letter.index'), 'Dear reader, this is no database, however long you look at it.');
    for (const of of [cut, { ...subject, index: file('letter.index') }])
      await expect(handlers.topMaps({ ...of, layer: 'conv3', maps: [0] }, context())).rejects.toMatchObject({ code: 'not-an-index' }); // prettier-ignore
  });

  it('is refused where it is of another model or another preprocessing, and says which', async () => {
    const other = handlers.topIndex({ ...subject, model: file('other.onnx') }, context());
    await expect(other).rejects.toMatchObject({
      code: 'another-index',
      message: expect.stringMatching(/another model: small\.onnx \(\w{8}\) instead of other\.onnx/) as string,
    });
    const of = crafted('resized', "UPDATE settings SET value = '{}' WHERE name = 'preprocessing'");
    await expect(handlers.topIndex(of, context())).rejects.toMatchObject({
      message: expect.stringContaining('another preprocessing') as string,
    });
  });
});
