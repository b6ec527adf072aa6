import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors';
import { digestOf, hashOf, openImageFile, readHead } from '../../src/engine/imageFile';
import { decodeImage } from '../../src/engine/images';
import { temporaryFolder } from './support';

const folder = temporaryFolder();
const small = path.join(folder, 'small.tiff');
const large = path.join(folder, 'large.tiff');
const preprocessing = { resize: 8, crop: [8, 8] } as const;

beforeAll(async () => {
  const grey = { channels: 3, background: { r: 40, g: 80, b: 120 } } as const;
  await sharp({ create: { ...grey, width: 64, height: 64 } }).tiff({ compression: 'none' }).toFile(small); // prettier-ignore
  await sharp({ create: { ...grey, width: 2400, height: 2400 } }).tiff({ compression: 'none' }).toFile(large); // prettier-ignore
});

describe.each([
  ['held', small],
  ['too large to be held', large],
])('a picture that is %s', (_, file) => {
  it('is opened as a whole or not at all', async () => {
    const { held, size } = await openImageFile(file);
    expect(held === null).toBe(file === large);
    expect(size).toBe(readFileSync(file).length);
  });

  it('has the digest of its bytes, and begins with them', async () => {
    const bytes = readFileSync(file);
    const opened = await openImageFile(file);
    const digest = createHash('sha256').update(bytes).digest('hex');
    expect(await digestOf(opened)).toBe(digest);
    expect(await hashOf(file)).toBe(digest);
    expect(await readHead(opened, 26)).toEqual(bytes.subarray(0, 26));
  });

  it('has its pixels', async () => {
    const { rgba } = await decodeImage(await openImageFile(file), preprocessing);
    expect([...new Uint32Array(rgba.slice().buffer)]).toEqual(Array(64).fill(0xff785028));
  });
});

describe('what a file was when it was opened', () => {
  it('is hashed and decoded, also where it is gone by then', async () => {
    const file = path.join(folder, 'gone.png');
    await sharp(small).png().toFile(file);
    const opened = await openImageFile(file);
    const digest = await hashOf(file);
    rmSync(file);
    expect(await digestOf(opened)).toBe(digest);
    expect((await decodeImage(opened, preprocessing)).rgba).toHaveLength(4 * 64);
  });

  it('is told in a sentence where a large one is gone', async () => {
    const file = path.join(folder, 'gone.tiff');
    const opened = { path: file, size: 1, held: null };
    await expect(digestOf(opened)).rejects.toThrow(UserError);
    await expect(digestOf(opened)).rejects.toThrow(`${file} is no readable image: ENOENT.`);
  });
});
