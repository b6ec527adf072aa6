import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ProjectedPlace } from '../../src/protocol/topActivations';
import { smallNet } from '../support/smallNet';
import { contents, writeNoise } from './indexes';
import { context, newService, temporaryFolder, writeModel } from './support';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);
const { handlers } = newService();
const subject = { model: file('small.onnx'), folder: file('set'), index: file('set.index') };
const limits = { bytes: 70_000, side: 480 };

beforeAll(async () => {
  writeModel(subject.model, smallNet());
  mkdirSync(subject.folder);
  for (let i = 0; i < 12; i++) await writeNoise(file(`set/${i}.png`), i + 1);
  await handlers.scanFolder({ ...subject, k: 9, each: 1 }, context());
});

/** The maps with the strongest activations of a layer, by sorting what the index holds. */
function strongestMaps(layer: string): number[] {
  const first = contents(subject.index, 1).rows.filter(({ label }) => label === layer);
  return first.sort((a, b) => b.value - a.value || a.map - b.map).map(({ map }) => map);
}

async function placesOf(layer: string, maps: readonly number[]): Promise<ProjectedPlace[]> {
  const places: ProjectedPlace[] = [];
  await handlers.projectTop(
    { ...subject, layer, maps },
    context((place) => {
      if (place.kind === 'projected') places.push(place.projected);
    }),
  );
  return places;
}

describe('a layer of an index in few bytes', () => {
  it('is the patches of its strongest maps, three in a row, map beside map', async () => {
    const preview = await handlers.previewTop({ ...subject, layer: 'conv2', ...limits }, context());
    const maps = strongestMaps('conv2').slice(0, 2);
    expect(preview).toMatchObject({ maps, type: 'image/png' });
    const shown = await sharp(preview!.file).ensureAlpha().raw().toBuffer();
    const places = await placesOf('conv2', maps);
    expect(places).toHaveLength(18);
    for (const { map, place, patch } of places) {
      const zoom = Math.floor(76 / Math.max(patch.width, patch.height));
      const [wide, tall] = [patch.width * zoom, patch.height * zoom];
      const left = maps.indexOf(map) * (3 * wide + 2 * 2 + 8) + (place % 3) * (wide + 2);
      const top = Math.floor(place / 3) * (tall + 2);
      const drawn = new Uint8Array(4 * wide * tall);
      const expected = new Uint8Array(4 * wide * tall);
      for (let y = 0; y < tall; y++) {
        for (let x = 0; x < wide; x++) {
          const from = 4 * ((top + y) * preview!.width + left + x);
          drawn.set(shown.subarray(from, from + 4), 4 * (y * wide + x));
          const source = 4 * (Math.floor(y / zoom) * patch.width + Math.floor(x / zoom));
          expected.set(patch.rgba.subarray(source, source + 4), 4 * (y * wide + x));
        }
      }
      expect(Buffer.compare(drawn, expected)).toBe(0);
    }
  });

  it.each([70_000, 20_000, 5_000])('keeps to %i bytes', async (bytes) => {
    for (const layer of ['conv1', 'conv3', 'fc4']) {
      const preview = await handlers.previewTop({ ...subject, layer, bytes, side: 480 }, context());
      if (!preview) continue;
      expect(preview.file.length).toBeLessThanOrEqual(bytes);
      expect(Math.max(preview.width, preview.height)).toBeLessThanOrEqual(480);
    }
  });

  it('leaves out pictures that went since', async () => {
    const whole = await handlers.previewTop({ ...subject, layer: 'conv3', ...limits }, context());
    for (let i = 0; i < 12; i++) if (i !== 4) rmSync(file(`set/${i}.png`));
    const left = await handlers.previewTop({ ...subject, layer: 'conv3', ...limits }, context());
    expect(left!.maps).toEqual(whole!.maps);
    expect(left!.height).toBeLessThan(whole!.height);
    rmSync(file('set/4.png'));
    expect(await handlers.previewTop({ ...subject, layer: 'conv3', ...limits }, context())).toBeNull();
  });

  it('is none where nothing was scanned, or the layer is another', async () => {
    const none = { ...subject, index: file('none.index'), layer: 'conv2', ...limits };
    expect(await handlers.previewTop(none, context())).toBeNull();
    expect(await handlers.previewTop({ ...subject, layer: 'conv9', ...limits }, context())).toBeNull();
  });
});
