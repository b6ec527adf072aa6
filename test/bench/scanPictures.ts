import { cpSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { listImages } from '../../src/engine/topActivations/listImages';
import { root } from './models';

export interface ScanPictures {
  readonly folder: string;
  readonly count: number;
  /** What they are, for people. */
  readonly described: string;
}

const caltech101 = path.join(root, '../shared/data/caltech101');

/** Pictures to scan: evenly spread over the folder that is named, over Caltech-101 where that is there, or else drawn here. */
export async function scanPictures(
  named: string | undefined,
  { folder, count }: { readonly folder: string; readonly count: number },
): Promise<ScanPictures> {
  mkdirSync(folder);
  const from = named ?? (existsSync(caltech101) ? caltech101 : undefined);
  if (from === undefined) {
    for (let image = 0; image < count; image++) await drawPicture(path.join(folder, `${image}.jpg`), image);
    return { folder, count, described: `${count} JPEGs of 300 x 200 that were drawn for it` };
  }
  const { images: listed } = await listImages(from, new AbortController().signal);
  const step = Math.max(1, listed.length / count);
  const chosen = listed.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step)).slice(0, count);
  for (const { path: image } of chosen) cpSync(path.join(from, image), path.join(folder, image));
  return { folder, count: chosen.length, described: `${chosen.length} pictures of ${path.basename(from)}` };
}

/** A JPEG of the size of Caltech-101's. */
async function drawPicture(file: string, image: number): Promise<void> {
  const [height, width] = [200, 300];
  const pixels = Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [channel, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return 128 + 60 * Math.sin((x + image) / (7 + channel)) + 60 * Math.cos((y * (x + 7 * image)) / 900);
  });
  await sharp(pixels, { raw: { height, width, channels: 3 } })
    .jpeg()
    .toFile(file);
}
