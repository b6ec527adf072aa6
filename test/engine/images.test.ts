import { encode as encodeBmp } from 'bmp-ts';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors';
import type { Picture } from '../../src/core/imaging/preprocessing';
import { readImage, resizedSize } from '../../src/engine/images';
import { temporaryFolder, wavesPicture } from './support';

const folder = temporaryFolder();
const file = (name: string) => path.join(folder, name);
const [height, width] = [40, 64];
const pixels = wavesPicture(height, width);
const waves = () => sharp(pixels, { raw: { height, width, channels: 3 } });
const whole = { resize: height, crop: [height, width] } as const;

async function saved(name: string, image: Sharp): Promise<string> {
  await image.toFile(file(name));
  return file(name);
}

function rgb({ rgba }: Picture): number[] {
  return Array.from(rgba).filter((_, i) => i % 4 !== 3);
}

function largestDifference(picture: Picture, expected: ArrayLike<number>): number {
  return rgb(picture).reduce((largest, value, i) => Math.max(largest, Math.abs(value - expected[i]!)), 0);
}

/** A PNG that claims to have another size; its header's checksum is right. */
function withSize(png: Buffer, tall: number, wide: number): Buffer {
  const changed = Buffer.from(png);
  changed.writeUInt32BE(wide, 16);
  changed.writeUInt32BE(tall, 20);
  let crc = ~0;
  for (const byte of changed.subarray(12, 29)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  changed.writeInt32BE(~crc, 29);
  return changed;
}

async function failureOf(promise: Promise<unknown>): Promise<UserError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

describe('reading a picture without resizing gives its very pixels', () => {
  it.each([
    ['png', (image: Sharp) => image.png()],
    ['webp', (image: Sharp) => image.webp({ lossless: true })],
    ['tif', (image: Sharp) => image.tiff({ compression: 'lzw' })],
    ['16-bit.png', (image: Sharp) => image.toColourspace('rgb16').png()],
  ] as const)('from %s', async (name, encode) => {
    const picture = await readImage(await saved(`lossless.${name}`, encode(waves())), whole);
    expect([picture.height, picture.width, picture.rgba.length]).toEqual([height, width, 4 * height * width]);
    expect(largestDifference(picture, pixels)).toBeLessThanOrEqual(1);
  });

  it('from BMP, which sharp cannot read', async () => {
    const data = Buffer.alloc(4 * height * width, 255);
    for (let i = 0; i < height * width; i++) {
      data.set([255, pixels[3 * i + 2]!, pixels[3 * i + 1]!, pixels[3 * i]!], 4 * i);
    }
    writeFileSync(file('waves.bmp'), encodeBmp({ data, height, width, bitPP: 24 }).data);
    expect(largestDifference(await readImage(file('waves.bmp'), whole), pixels)).toBe(0);
  });

  it('from a JPEG, up to its compression', async () => {
    const name = await saved('waves.jpg', waves().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }));
    expect(largestDifference(await readImage(name, whole), pixels)).toBeLessThanOrEqual(8);
  });
});

describe('unusual pictures', () => {
  it('are turned upright by their EXIF orientation', async () => {
    const turned = await waves().rotate(-90).raw().toBuffer();
    const sideways = sharp(turned, { raw: { height: width, width: height, channels: 3 } });
    const name = await saved('turned.png', sideways.withMetadata({ orientation: 6 }).png());
    expect(largestDifference(await readImage(name, whole), pixels)).toBe(0);
  });

  it('are composed over white where they are transparent', async () => {
    const rgba = Buffer.alloc(4 * height * width);
    for (let i = 0; i < height * width; i++) rgba.set([200, 0, 100, i % 2 === 0 ? 0 : 51], 4 * i);
    const name = await saved('alpha.png', sharp(rgba, { raw: { height, width, channels: 4 } }).png());
    const picture = await readImage(name, whole);
    expect([...picture.rgba.subarray(0, 4)]).toEqual([255, 255, 255, 255]);
    const mixed = [0.2 * 200 + 0.8 * 255, 0.8 * 255, 0.2 * 100 + 0.8 * 255];
    mixed.forEach((value, c) => expect(Math.abs(picture.rgba[4 + c]! - value)).toBeLessThanOrEqual(1));
  });

  it('are converted from CMYK', async () => {
    const red = sharp({ create: { height, width, channels: 3, background: '#d02020' } });
    const name = await saved('cmyk.jpg', red.toColourspace('cmyk').jpeg({ quality: 100 }));
    expect((await sharp(name).metadata()).space).toBe('cmyk');
    const { rgba } = await readImage(name, whole);
    expect(rgba[0]! - Math.max(rgba[1]!, rgba[2]!)).toBeGreaterThan(100);
    expect(rgba[3]).toBe(255);
  });

  it('are the same in grey as in three equal channels', async () => {
    const grey = pixels.filter((_, i) => i % 3 === 0);
    const name = await saved(
      'grey.png',
      sharp(grey, { raw: { height, width, channels: 1 } })
        .toColourspace('b-w')
        .png(),
    );
    const expected = pixels.map((_, i) => pixels[i - (i % 3)]!);
    expect(largestDifference(await readImage(name, whole), expected)).toBe(0);
  });

  it('show the first frame of an animation', async () => {
    const frames = Buffer.concat([
      Buffer.alloc(3 * height * width, 250),
      Buffer.alloc(3 * height * width, 5),
    ]);
    const raw = { height: 2 * height, width, channels: 3, pageHeight: height } as const;
    const name = await saved('frames.gif', sharp(frames, { raw }).gif());
    expect((await sharp(name).metadata()).pages).toBe(2);
    const picture = await readImage(name, whole);
    expect(Math.min(...rgb(picture))).toBeGreaterThan(240);
  });
});

describe('resizing', () => {
  const random = { resize: 20, crop: [16, 24] } as const;

  it('makes the shorter side the size asked for and cuts the centre', async () => {
    const name = await saved('resize.png', waves().png());
    const picture = await readImage(name, random);
    expect([picture.height, picture.width]).toEqual([16, 24]);
    const all = await readImage(name, { resize: 20, crop: [20, 32] });
    const centre = rgb(picture).every((value, i) => {
      const [c, x, y] = [i % 3, Math.floor(i / 3) % 24, Math.floor(i / 72)];
      return value === all.rgba[4 * ((y + 2) * 32 + x + 4) + c];
    });
    expect(centre).toBe(true);
  });

  const golden = (name: string) => path.join(import.meta.dirname, '../golden/pillow', name);
  const differences = async (name: string, { rgba }: Picture) => {
    const expected = await sharp(golden(name)).ensureAlpha().raw().toBuffer();
    expect(rgba.length).toBe(expected.length);
    return Array.from(rgba, (value, i) => Math.abs(value - expected[i]!));
  };

  it('enlarges as Pillow does, value for value', async () => {
    const picture = await readImage(golden('noise.png'), { resize: 61, crop: [61, 97] });
    expect(Math.max(...(await differences('enlarged.png', picture)))).toBe(0);
  });

  it('reduces a photograph as Pillow does, nearly all values off by at most 1', async () => {
    const coffee = path.join(import.meta.dirname, '../../media/samples/coffee.jpg');
    const picture = await readImage(coffee, { resize: 64, crop: [64, 96] });
    const found = await differences('reduced.png', picture);
    const share = (most: number) => found.filter((difference) => difference <= most).length / found.length;
    expect(share(1)).toBeGreaterThan(0.95);
    expect(share(2)).toBeGreaterThan(0.99);
  });

  it('averages what is made smaller instead of picking pixels', async () => {
    const checks = Buffer.from(
      pixels.map((_, i) => ((Math.floor(i / 3) + Math.floor(i / 3 / width)) % 2 === 0 ? 0 : 255)),
    );
    const name = await saved('checks.png', sharp(checks, { raw: { height, width, channels: 3 } }).png());
    const { rgba } = await readImage(name, { resize: 10, crop: [8, 8] });
    for (let i = 0; i < rgba.length; i += 4) expect(Math.abs(rgba[i]! - 127.5)).toBeLessThan(8);
  });

  it.each([
    ['landscape', 720, 1280, { height: 256, width: 455 }],
    ['portrait', 929, 512, { height: 464, width: 256 }],
    ['square', 100, 100, { height: 256, width: 256 }],
    ['a strip that must cover the crop', 1000, 900, { height: 284, width: 256 }],
  ])('rounds the longer side down: %s', (_, tall, wide, expected) => {
    expect(resizedSize({ height: tall, width: wide }, { resize: 256, crop: [224, 224] })).toEqual(expected);
  });

  it('enlarges a picture that the crop would not fit into', () => {
    expect(resizedSize({ height: 100, width: 100 }, { resize: 48, crop: [48, 192] })).toEqual({
      height: 192,
      width: 192,
    });
    expect(resizedSize({ height: 10, width: 30 }, { resize: 48, crop: [48, 192] })).toEqual({
      height: 64,
      width: 192,
    });
  });
});

describe('what is no readable picture is refused in one sentence that names the file', () => {
  const refused = async (name: string, code: string) => {
    const error = await failureOf(readImage(file(name), whole));
    expect(error.code).toBe(code);
    expect(error.message).toContain(name);
    expect(error.message).not.toMatch(/\n/);
    expect(error.hint).not.toBe('');
  };

  it('a missing file', () => refused('nowhere.png', 'file-not-found'));

  it('a text file named .png', async () => {
    writeFileSync(file('text.png'), 'This is no picture, whatever its name says.\n');
    await refused('text.png', 'not-an-image');
  });

  it('an empty file', async () => {
    writeFileSync(file('empty.jpg'), '');
    await refused('empty.jpg', 'not-an-image');
  });

  it('a folder', async () => {
    mkdirSync(file('folder.png'));
    await refused('folder.png', 'not-an-image');
  });

  it('a truncated picture', async () => {
    const bytes = await waves().png({ compressionLevel: 0 }).toBuffer();
    writeFileSync(file('half.png'), bytes.subarray(0, bytes.length / 2));
    await refused('half.png', 'not-an-image');
  });

  it('a drawing that may reach for other files', async () => {
    writeFileSync(file('drawing.svg'), '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    await refused('drawing.svg', 'not-an-image');
  });

  it('a picture of 20000 x 20000 pixels, before it is decoded', async () => {
    writeFileSync(file('huge.png'), withSize(await waves().png().toBuffer(), 20_000, 20_000));
    // Its pixels are those of a small one: decoding it would call it truncated.
    await refused('huge.png', 'image-too-large');
  });

  it('a BMP that lies about its size or has none', async () => {
    const header = Buffer.alloc(64);
    header.write('BM');
    header.writeInt32LE(40, 14);
    header.writeInt32LE(30_000, 18);
    header.writeInt32LE(-30_000, 22);
    writeFileSync(file('lie.bmp'), header);
    await refused('lie.bmp', 'image-too-large');
    header.writeInt32LE(0, 18);
    writeFileSync(file('nothing.bmp'), header);
    await refused('nothing.bmp', 'not-an-image');
    header.writeInt32LE(100, 18);
    header.writeInt32LE(100, 22);
    writeFileSync(file('short.bmp'), header);
    await refused('short.bmp', 'not-an-image');
    writeFileSync(file('shorter.bmp'), 'BM');
    await refused('shorter.bmp', 'not-an-image');
  });

  it('a BMP that claims a few pixels of a huge file', async () => {
    const header = Buffer.alloc(54);
    header.write('BM');
    header.writeInt32LE(2, 18);
    header.writeInt32LE(2, 22);
    writeFileSync(file('sparse.bmp'), header);
    truncateSync(file('sparse.bmp'), 5 * 2 ** 30);
    await refused('sparse.bmp', 'not-an-image');
  });

  it('a strip so thin that its longer side would become huge', async () => {
    await saved(
      'strip.png',
      sharp({ create: { height: 1, width: 9000, channels: 3, background: '#fff' } }).png(),
    );
    const error = await failureOf(readImage(file('strip.png'), { resize: 256, crop: [224, 224] }));
    expect(error.code).toBe('image-too-narrow');
  });
});
