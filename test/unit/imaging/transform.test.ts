import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Picture } from '../../../src/core/imaging/preprocessing';
import { transformPicture, type Transformation } from '../../../src/core/imaging/transform';
import { seededRandom } from '../../support/random';

const grey = [128, 128, 128] as const;

function randomPicture(height: number, width: number, seed = 3): Picture {
  const random = seededRandom(seed);
  const rgba = new Uint8Array(4 * height * width);
  for (let i = 0; i < rgba.length; i++) rgba[i] = i % 4 === 3 ? 255 : Math.floor(random() * 256);
  return { height, width, rgba };
}

/** Waves, not noise: pictures that two resamplers can agree about to a level or two. */
function smoothPicture(height: number, width: number): Picture {
  const rgba = new Uint8Array(4 * height * width).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        rgba[4 * (y * width + x) + c] = Math.round(128 + 100 * Math.sin(x / (3 + c)) * Math.cos(y / 5));
      }
    }
  }
  return { height, width, rgba };
}

/** Keys 1981, equation 4, written as there. */
function keys(s: number): number {
  const a = -0.5;
  const d = Math.abs(s);
  if (d < 1) return (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1;
  if (d < 2) return a * d ** 3 - 5 * a * d ** 2 + 8 * a * d - 4 * a;
  return 0;
}

/** The weighted mean over a canvas far larger than the picture, for every pixel of the result. */
function slowly({ height, width, rgba }: Picture, { kind, value }: Transformation): number[] {
  const out: number[] = [];
  const angle = kind === 'rotation' ? (value / 180) * Math.PI : 0;
  const zoom = kind === 'scale' ? value : 1;
  const wide = Math.max(1, 1 / zoom);
  const margin = 12;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = x + 0.5 - width / 2 - (kind === 'horizontal' ? value : 0);
      const v = y + 0.5 - height / 2 - (kind === 'vertical' ? value : 0);
      const sourceX = (Math.cos(angle) * u - Math.sin(angle) * v) / zoom + width / 2;
      const sourceY = (Math.sin(angle) * u + Math.cos(angle) * v) / zoom + height / 2;
      const sums = [0, 0, 0];
      let total = 0;
      for (let row = -margin; row < height + margin; row++) {
        for (let column = -margin; column < width + margin; column++) {
          const weight = keys((column + 0.5 - sourceX) / wide) * keys((row + 0.5 - sourceY) / wide);
          const inside = row >= 0 && row < height && column >= 0 && column < width;
          total += weight;
          for (let c = 0; c < 3; c++)
            sums[c]! += weight * (inside ? rgba[4 * (row * width + column) + c]! : 128);
        }
      }
      out.push(...sums.map((sum) => Math.max(0, Math.min(255, sum / total))));
    }
  }
  return out;
}

function colours({ rgba }: Picture): number[] {
  return Array.from(rgba).filter((_, i) => i % 4 !== 3);
}

describe('a transformed picture', () => {
  it.each<Transformation>([
    { kind: 'vertical', value: 2.25 },
    { kind: 'horizontal', value: -3.5 },
    { kind: 'scale', value: 1.37 },
    { kind: 'scale', value: 0.6 },
    { kind: 'rotation', value: 33 },
    { kind: 'rotation', value: -170 },
  ])('is the filtered one of a slow loop: $kind $value', (transformation) => {
    const picture = randomPicture(11, 14);
    const actual = colours(transformPicture(picture, transformation, grey));
    const expected = slowly(picture, transformation);
    // Half a level of rounding.
    actual.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(0.5001));
  });

  it('is the same picture where nothing is asked for', () => {
    const picture = randomPicture(9, 12);
    for (const transformation of [
      { kind: 'vertical', value: 0 },
      { kind: 'horizontal', value: 0 },
      { kind: 'scale', value: 1 },
      { kind: 'rotation', value: 0 },
      { kind: 'rotation', value: 360 },
    ] as const) {
      expect(transformPicture(picture, transformation, grey)).toEqual(picture);
    }
  });

  it('moves whole pixels unchanged down and to the right, and fills what comes into view', () => {
    const picture = randomPicture(6, 7);
    const down = transformPicture(picture, { kind: 'vertical', value: 2 }, [1, 2, 3]);
    expect(down.rgba.subarray(4 * 14)).toEqual(picture.rgba.subarray(0, 4 * 28));
    expect(Array.from(down.rgba.subarray(0, 8))).toEqual([1, 2, 3, 255, 1, 2, 3, 255]);
    const right = transformPicture(picture, { kind: 'horizontal', value: 1 }, [1, 2, 3]);
    expect(right.rgba.subarray(4, 28)).toEqual(picture.rgba.subarray(0, 24));
    expect(Array.from(right.rgba.subarray(0, 4))).toEqual([1, 2, 3, 255]);
  });

  it.each([90, 180, 270])('turned by %i degrees is what libvips makes', async (angle) => {
    const picture = randomPicture(10, 10);
    const turned = await sharp(picture.rgba, { raw: { height: 10, width: 10, channels: 4 } })
      // Clockwise there.
      .rotate(360 - angle)
      .raw()
      .toBuffer();
    const { rgba } = transformPicture(picture, { kind: 'rotation', value: angle }, grey);
    expect(rgba).toEqual(new Uint8Array(turned));
  });

  it('halved is what libvips makes, away from the border', async () => {
    const size = 48;
    const picture = smoothPicture(size, size);
    const data = await sharp(picture.rgba, { raw: { height: size, width: size, channels: 4 } })
      .removeAlpha()
      .resize(size / 2, size / 2, { kernel: 'cubic', fit: 'fill', fastShrinkOnLoad: false })
      .raw()
      .toBuffer();
    const { rgba } = transformPicture(picture, { kind: 'scale', value: 0.5 }, grey);
    const border = size / 4 + 4;
    for (let y = border; y < size - border; y++) {
      for (let x = border; x < size - border; x++) {
        for (let c = 0; c < 3; c++) {
          const expected = data[3 * ((y - size / 4) * (size / 2) + x - size / 4) + c]!;
          expect(Math.abs(rgba[4 * (y * size + x) + c]! - expected)).toBeLessThanOrEqual(2);
        }
      }
    }
  });

  it('enlarged keeps a ramp straight, as the kernel reproduces polynomials', () => {
    const size = 40;
    const ramp = smoothPicture(size, size);
    for (let i = 0; i < size * size; i++) ramp.rgba.fill(20 + 5 * (i % size), 4 * i, 4 * i + 3);
    const { rgba } = transformPicture(ramp, { kind: 'scale', value: 1.6 }, grey);
    for (let x = 0; x < size; x++) {
      const source = (x + 0.5 - size / 2) / 1.6 + size / 2 - 0.5;
      expect(Math.abs(rgba[4 * (20 * size + x)]! - (20 + 5 * source))).toBeLessThan(0.5001);
    }
  });

  it('keeps a plain colour plain, up to the border', () => {
    const plain = transformPicture(
      { height: 8, width: 8, rgba: new Uint8Array(4 * 64).fill(128).map((v, i) => (i % 4 === 3 ? 255 : v)) },
      { kind: 'rotation', value: 17 },
      grey,
    );
    expect(new Set(colours(plain))).toEqual(new Set([128]));
  });
});
