import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../../core/errors';
import type { ScanImage } from '../../core/experiments/passes';
import { preprocess } from '../../core/imaging/preprocess';
import type { Preprocessing } from '../../core/imaging/preprocessing';
import type { PassedOver } from '../../protocol/topActivations';
import { readImage } from '../images';
import { prefetch } from './prefetch';

/** Enough for the decoder's threads to stay ahead of the network. */
const AHEAD = 16;

interface Loading {
  readonly images: AsyncIterable<ScanImage>;
  /** Of an image that has been yielded. */
  readonly hashOf: (number: number) => string | null;
}

/** Some of the images of a folder. */
interface Pending {
  readonly listed: readonly { readonly path: string }[];
  /** Numbers of those that are to be decoded. */
  readonly pending: readonly number[];
}

/** Decodes images of a folder, several at a time, in order. Those that cannot be read are handed to `passOver`. */
export function loadImages(
  folder: string,
  { listed, pending }: Pending,
  preprocessing: Preprocessing,
  passOver: (image: PassedOver) => void,
): Loading {
  const hashes = new Map<number, string | null>();
  const load = async (number: number) => {
    const file = path.join(folder, listed[number]!.path);
    const hashing = hashOf(file);
    try {
      const picture = await readImage(file, preprocessing);
      return { number, hash: await hashing, input: preprocess(picture, preprocessing).data };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { number, hash: await hashing, problem: error.message };
    }
  };
  const images = async function* (): AsyncGenerator<ScanImage> {
    for await (const { number, hash, ...rest } of prefetch(pending, AHEAD, load)) {
      if ('problem' in rest) {
        passOver({ number, hash, problem: rest.problem });
        continue;
      }
      hashes.set(number, hash);
      yield { image: number, input: rest.input };
    }
  };
  return {
    images: images(),
    hashOf: (number) => {
      const hash = hashes.get(number) ?? null;
      hashes.delete(number);
      return hash;
    },
  };
}

/** SHA-256 of a file, hexadecimal; `null` where it cannot be read. */
export async function hashOf(file: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    // Before opening: a named pipe would wait for its other end.
    if (!(await stat(file)).isFile()) return null;
    await pipeline(createReadStream(file), hash);
    return hash.digest('hex');
  } catch {
    return null;
  }
}
