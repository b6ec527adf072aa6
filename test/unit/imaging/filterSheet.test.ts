import { describe, expect, it } from 'vitest';
import type { LayerFilters } from '../../../src/core/filters/layerFilters';
import { layerFilters } from '../../../src/core/filters/layerFilters';
import { displayTile, HEAT_COLOURS } from '../../../src/core/imaging/display';
import { channelNorms, filterSheet, type FilterSheet } from '../../../src/core/imaging/filterSheet';
import type { Preprocessing } from '../../../src/core/imaging/preprocessing';
import { signedTile } from '../../../src/core/imaging/signedTile';
import { graphBuilder } from '../../support/graphBuilder';
import { gaussians, seededRandom } from '../../support/random';
import { projectWhole, recordGraph } from '../../support/recording';

const rgb: Preprocessing = {
  resize: 8,
  crop: [8, 8],
  channels: 'RGB',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

function filtersOf(
  dims: LayerFilters['dims'],
  over: LayerFilters['over'],
  weights?: Float32Array,
): LayerFilters {
  const size = dims.reduce((product, length) => product * length, 1);
  return {
    dims,
    weights: weights ?? gaussians(seededRandom(5), size),
    over,
    kind: 'convolution',
    groups: 1,
    stride: [1, 1],
    folded: [],
  };
}

/** The pixel of a weight: the sheet is read at the middle of its square. */
function pixel(
  { picture, zoom, columns, tile }: FilterSheet,
  filter: number,
  y: number,
  x: number,
): number[] {
  const row = Math.floor(filter / columns) * (tile.height + 1) + y * zoom + Math.floor(zoom / 2);
  const column = (filter % columns) * (tile.width + 1) + x * zoom + Math.floor(zoom / 2);
  const at = 4 * (row * picture.width + column);
  return Array.from(picture.rgba.subarray(at, at + 4));
}

describe('a sheet of filters over the image', () => {
  it.each(['RGB', 'BGR'] as const)('shows red where a filter of a %s network is red', (channels) => {
    const red = channels === 'RGB' ? 0 : 2;
    const weights = new Float32Array(2 * 3 * 4);
    weights[red * 4 + 1] = 1;
    weights[12 + red * 4 + 2] = -1;
    const sheet = filterSheet(filtersOf([2, 3, 2, 2], 'image', weights), { ...rgb, channels });
    expect(sheet.kind).toBe('colour');
    expect(pixel(sheet, 0, 0, 1)).toEqual([255, 128, 128, 255]);
    expect(pixel(sheet, 1, 1, 0)).toEqual([1, 128, 128, 255]);
    expect(pixel(sheet, 0, 0, 0)).toEqual([128, 128, 128, 255]);
  });

  it('is what a projection of the layer shows, batch norm and preprocessing included', async () => {
    const g = graphBuilder({ input: [1, 3, 9, 9], seed: 3 });
    const x = g.relu(g.batchNorm(g.conv(g.input, { name: 'conv1', out: 6, kernel: 5, stride: 2 })));
    const recording = await recordGraph(g.build({ outputs: [x] }));
    const preprocessing = { ...rgb, channels: 'BGR', scale: 1 / 255, std: [0.2, 0.3, 0.4] } as const;
    const { network } = recording;
    const filters = layerFilters(network, network.layers[0]!);
    const sheet = filterSheet(filters, preprocessing, { scale: 'filter', zoom: 3, columns: 4 });
    const units = [0, 1, 2, 3, 4, 5].map((map) => ({ map, position: [1, 1] as const, seed: 1 }));
    for (const { map, values, visible } of await projectWhole(recording, x.name, units)) {
      expect(visible).toEqual({ top: 2, left: 2, height: 5, width: 5 });
      const tile = signedTile(values, visible, preprocessing);
      const { rgba } = displayTile(tile, tile.quantile);
      for (let i = 0; i < 25; i++) {
        const [y, x] = [Math.floor(i / 5), i % 5];
        expect(pixel(sheet, map, y, x)).toEqual(Array.from(rgba.subarray(4 * i, 4 * i + 4)));
      }
    }
  });

  it('has one scale for all filters, or one for each', () => {
    const weights = Float32Array.of(1, 0.5, 0.1, -0.05);
    const filters = filtersOf([2, 1, 1, 2], 'image', weights);
    const grey = { ...rgb, channels: 'GRAY', mean: [0], std: [1] } as const;
    const greys = (scale: 'sheet' | 'filter') => {
      const sheet = filterSheet(filters, grey, { scale });
      return [0, 1].flatMap((filter) => [0, 1].map((x) => pixel(sheet, filter, 0, x)[0]! - 128));
    };
    // The scale is the 99.5 % quantile of the magnitudes, interpolated between 0.5 and 1.
    const quantile = 0.5 + 0.5 * 0.995;
    expect(greys('sheet')).toEqual(
      [1, 0.5, 0.1, -0.05].map((v) => Math.round(Math.min(127, (127 * v) / quantile))),
    );
    expect(greys('filter')).toEqual([127, 64, 127, -64]);
  });
});

describe('a sheet of filters over maps', () => {
  it('shows the norm over the maps at each place', () => {
    const filters = filtersOf([3, 7, 2, 3], 'maps');
    const sheet = filterSheet(filters, rgb);
    expect(sheet.kind).toBe('norm');
    const norm = (filter: number, place: number) => {
      let sum = 0;
      for (let map = 0; map < 7; map++) sum += filters.weights[(filter * 7 + map) * 6 + place]! ** 2;
      return Math.sqrt(sum);
    };
    const all = [0, 1, 2].flatMap((filter) => [0, 1, 2, 3, 4, 5].map((place) => norm(filter, place)));
    channelNorms(filters).forEach((value, i) => expect(value).toBeCloseTo(all[i]!, 5));
    const largest = Math.max(...all);
    all.forEach((value, i) => {
      const colour = pixel(sheet, Math.floor(i / 6), Math.floor((i % 6) / 3), i % 3).slice(0, 3);
      const step = Math.round((255 * value) / largest);
      expect(colour).toEqual(Array.from(HEAT_COLOURS.subarray(3 * step, 3 * step + 3)));
    });
  });

  it('keeps the sign of filters over a single map', () => {
    const sheet = filterSheet(filtersOf([2, 1, 1, 1], 'maps', Float32Array.of(1, -1)), rgb);
    expect(sheet.kind).toBe('grey');
    expect([pixel(sheet, 0, 0, 0)[0], pixel(sheet, 1, 0, 0)[0]]).toEqual([255, 1]);
  });
});

describe('the layout of a sheet', () => {
  it('is near square, with transparent gaps of a pixel and an empty end', () => {
    const sheet = filterSheet(filtersOf([7, 3, 4, 2], 'image'), rgb, { zoom: 5 });
    expect(sheet).toMatchObject({ columns: 3, zoom: 5, tile: { height: 20, width: 10 }, shown: 7 });
    const { height, width, rgba } = sheet.picture;
    expect([height, width]).toEqual([3 * 21 - 1, 3 * 11 - 1]);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const gap = y % 21 === 20 || x % 11 === 10 || (y >= 42 && x >= 11);
        expect(rgba[4 * (y * width + x) + 3]).toBe(gap ? 0 : 255);
      }
    }
  });

  it('chooses tiles of about 28 pixels, smaller ones where there are many', () => {
    const zoomOf = (count: number, side: number) =>
      filterSheet(filtersOf([count, 2, side, side], 'maps'), rgb).zoom;
    expect([zoomOf(4, 7), zoomOf(4, 11), zoomOf(4, 3), zoomOf(1, 40)]).toEqual([4, 3, 9, 1]);
    expect(zoomOf(8000, 3)).toBeLessThan(9);
  });

  it('shows the first filters where not even one pixel a weight fits', () => {
    const weights = new Float32Array(9 * 2 * 900 * 900);
    const sheet = filterSheet(filtersOf([9, 2, 900, 900], 'maps', weights), rgb);
    expect(sheet).toMatchObject({ shown: 4, columns: 2, zoom: 1 });
  });
});
