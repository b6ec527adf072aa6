import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  badImagesAddress,
  imageServerFailed,
  pictureForbidden,
  pictureTooLarge,
} from '../../core/queueErrors';
import { notAFolder } from '../../core/experiments/topActivations/errors';
import type { PassedOver, RankedImages } from '../../protocol/topActivations';
import { prefetch } from '../topActivations/prefetch';

const AT_ONCE = 16;
const MAX_BYTES = 256 * 2 ** 20;
const PATIENCE_MS = 60_000;

/**
 * Throws a `UserError` where images cannot be taken from an address. It repeats no secret, and no secret may be in the address:
 * it stands in the command line, and what fails goes to the scan and its queue.
 */
export function checkImages(from: string): void {
  if (!isAddress(from)) return;
  const url = URL.canParse(from) ? new URL(from) : undefined;
  if (!url) throw badImagesAddress('that was given', 'is no address');
  if (url.username !== '' || url.password !== '')
    throw badImagesAddress(url.origin, 'holds a user or a password');
  if (url.search !== '' || url.hash !== '') throw badImagesAddress(url.origin, 'holds a query');
}

/** Throws a `UserError` where a folder of images is named and there is none: every portion would fail there. */
export async function requireFolder(from: string): Promise<void> {
  if (isAddress(from)) return;
  const stats = await stat(from).catch(() => undefined);
  if (!stats?.isDirectory()) throw notAFolder(path.resolve(from));
}

function isAddress(from: string): boolean {
  return /^https?:\/\//i.test(from);
}

/**
 * Calls `body` with a folder that holds the images: the one that is named, or a temporary one into which they are fetched where
 * `from` is an address. An image that the server does not have is not in it; one of more than `most` bytes, or one that it
 * does not give, is passed over. Throws a `UserError` where the server does not work.
 */
export async function withImages(
  from: string,
  images: readonly string[],
  body: (folder: string) => Promise<RankedImages>,
  most = MAX_BYTES,
): Promise<RankedImages> {
  if (!isAddress(from)) return body(path.resolve(from));
  const folder = await mkdtemp(path.join(tmpdir(), 'switchback-images-'));
  try {
    const problems = new Map<string, string>();
    const fetchOne = async (image: string) => {
      const problem = await fetchImage(from, image, { folder, most });
      if (problem !== undefined) problems.set(image, problem);
    };
    for await (const _ of prefetch(images, AT_ONCE, fetchOne));
    const found = await body(folder);
    const passedOver = found.passedOver.map((passed): PassedOver => {
      const image = images[passed.number]!;
      const problem = problems.get(image);
      if (problem !== undefined) return { ...passed, hash: null, problem };
      // Where it was fetched to means nothing to anybody else.
      return { ...passed, problem: passed.problem.replaceAll(`${folder}${path.sep}`, '') };
    });
    return { ...found, passedOver };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Target {
  readonly folder: string;
  readonly most: number;
}

/** Returns why the image is passed over, where it is; of such a one an empty file is left. */
async function fetchImage(
  from: string,
  image: string,
  { folder, most }: Target,
): Promise<string | undefined> {
  const name = image.split('/').map(encodeURIComponent).join('/');
  const address = `${from.replace(/\/+$/, '')}/${name}`;
  const shown = new URL(from).host;
  const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(
    (error: unknown) => {
      throw imageServerFailed(shown, reasonOf(error));
    },
  );
  if (answer.status === 404 || answer.status === 410) {
    await answer.body?.cancel();
    return undefined;
  }
  const file = path.join(folder, ...image.split('/'));
  await mkdir(path.dirname(file), { recursive: true });
  if (answer.status === 403) {
    await answer.body?.cancel();
    await writeFile(file, '');
    return pictureForbidden(image, shown);
  }
  if (!answer.ok || !answer.body) throw imageServerFailed(shown, `status ${answer.status}`);
  let bytes = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      done(bytes > most ? new Error('too large') : null, chunk);
    },
  });
  try {
    await pipeline(Readable.fromWeb(answer.body), bounded, createWriteStream(file));
    return undefined;
  } catch (error) {
    if (bytes <= most) throw imageServerFailed(shown, reasonOf(error));
    await writeFile(file, '');
    return pictureTooLarge(image, most);
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}
