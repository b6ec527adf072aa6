import { describe, expect, it } from 'vitest';
import {
  cutPatch,
  displayBox,
  displayTile,
  HEAT_COLOURS,
  heatMap,
  placeInBox,
} from '../../../src/core/imaging/display';
import type { Picture } from '../../../src/core/imaging/preprocessing';
import type { SignedTile } from '../../../src/core/imaging/signedTile';

const tile = (values: readonly number[], channels: 1 | 3, limit: number): SignedTile => ({
  height: 1,
  width: values.length / channels,
  channels,
  values: Int16Array.from(values),
  limit,
  quantile: limit,
});

describe('displaying a tile', () => {
  it('shows zero as mid-grey and is symmetric about it', () => {
    const { rgba } = displayTile(tile([0, 16384, -16384, 32767, -32767], 1, 10), 10);
    const greys = [0, 1, 2, 3, 4].map((i) => rgba[4 * i]!);
    expect(greys).toEqual([128, 192, 64, 255, 1]);
    expect(greys[1]! - 128).toBe(128 - greys[2]!);
  });

  it('clips what is beyond the scale, so that a few large values do not flatten the rest', () => {
    const { rgba } = displayTile(tile([32767, 3277, -32767], 1, 10), 1);
    expect([rgba[0], rgba[4], rgba[8]]).toEqual([255, 255, 1]);
  });

  it('keeps colours apart and is opaque', () => {
    const { rgba } = displayTile(tile([32767, 0, -32767], 3, 1), 1);
    expect([...rgba]).toEqual([255, 128, 1, 255]);
  });

  it('shows an empty tile as grey', () => {
    expect([...displayTile(tile([0, 0, 0], 3, 0), 0).rgba]).toEqual([128, 128, 128, 255]);
  });
});

/** Every pixel's colour says where it is. */
function numbered(height: number, width: number): Picture {
  const rgba = new Uint8Array(4 * height * width);
  for (let i = 0; i < height * width; i++) rgba.set([Math.floor(i / width), i % width, 7, 200], 4 * i);
  return { height, width, rgba };
}

describe('cutting a patch', () => {
  const picture = numbered(4, 6);
  it.each([
    ['inside', { top: 1, left: 2, height: 2, width: 3 }],
    ['over the top left corner', { top: -2, left: -1, height: 4, width: 4 }],
    ['over the bottom right corner', { top: 2, left: 4, height: 5, width: 5 }],
    ['around everything', { top: -3, left: -3, height: 12, width: 14 }],
    ['beside the picture', { top: 0, left: 6, height: 2, width: 2 }],
    ['above the picture', { top: -9, left: 0, height: 2, width: 2 }],
  ])('%s copies pixel for pixel and pads with mid-grey', (_, box) => {
    const patch = cutPatch(picture, box);
    expect([patch.height, patch.width]).toEqual([box.height, box.width]);
    for (let y = 0; y < box.height; y++) {
      for (let x = 0; x < box.width; x++) {
        const [row, column] = [box.top + y, box.left + x];
        const inside = row >= 0 && row < 4 && column >= 0 && column < 6;
        const pixel = [...patch.rgba.subarray(4 * (y * box.width + x), 4 * (y * box.width + x) + 4)];
        expect(pixel).toEqual(inside ? [row, column, 7, 200] : [128, 128, 128, 255]);
      }
    }
  });

  it('puts a tile where its receptive field has it', () => {
    const box = { top: -1, left: 3, height: 3, width: 5 };
    const visible = { top: 0, left: 3, height: 2, width: 3 };
    const whole = cutPatch(picture, box);
    expect(placeInBox(cutPatch(picture, visible), visible, box)).toEqual(whole);
  });
});

describe('the box both pictures of a unit show', () => {
  const image = { height: 50, width: 60 };

  it('is the receptive field, also where it leaves the image', () => {
    const field = { top: -9, left: 40, height: 30, width: 60 };
    expect(displayBox(field, image)).toEqual(field);
  });

  it('is the whole image along an axis where the field is longer', () => {
    const field = { top: -70, left: 40, height: 200, width: 30 };
    expect(displayBox(field, image)).toEqual({ top: 0, left: 40, height: 50, width: 30 });
  });
});

describe('a heat map', () => {
  it('goes from the darkest to the brightest colour, clipped at both ends', () => {
    const map = heatMap(Float32Array.of(-5, 0, 5, 10, 99), { height: 1, width: 5 }, { low: 0, high: 10 });
    const colour = (i: number) => [...map.rgba.subarray(4 * i, 4 * i + 3)];
    const step = (i: number) => [...HEAT_COLOURS.subarray(3 * i, 3 * i + 3)];
    expect([0, 1, 2, 3, 4].map(colour)).toEqual([step(0), step(0), step(128), step(255), step(255)]);
  });

  it('leaves out what is no number, and bears an empty range', () => {
    expect(heatMap(Float32Array.of(NaN), { height: 1, width: 1 }, { low: 0, high: 1 }).rgba[3]).toBe(0);
    expect(heatMap(Float32Array.of(0), { height: 1, width: 1 }, { low: 0, high: 0 }).rgba[0]).toBe(
      HEAT_COLOURS[0],
    );
  });

  it('uses the published ends of viridis, growing brighter with every step', () => {
    const luminance = (i: number) =>
      0.2126 * HEAT_COLOURS[3 * i]! + 0.7152 * HEAT_COLOURS[3 * i + 1]! + 0.0722 * HEAT_COLOURS[3 * i + 2]!;
    expect([...HEAT_COLOURS.subarray(0, 3)]).toEqual([68, 1, 84]);
    expect([...HEAT_COLOURS.subarray(-3)]).toEqual([253, 231, 37]);
    for (let i = 8; i < 256; i += 8) expect(luminance(i)).toBeGreaterThan(luminance(i - 8));
  });
});
