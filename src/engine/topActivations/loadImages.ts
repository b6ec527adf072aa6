import path from 'node:path';
import { UserError } from '../../core/errors';
import type { ScanImage } from '../../core/experiments/passes';
import { preprocess } from '../../core/imaging/preprocess';
import type { Preprocessing } from '../../core/imaging/preprocessing';
import type { PassedOver } from '../../protocol/topActivations';
import { digestOf, openImageFile } from '../imageFile';
import { decodeImage } from '../images';
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
    let hash: string | null = null;
    try {
      const file = await openImageFile(path.join(folder, listed[number]!.path));
      hash = await digestOf(file);
      const picture = await decodeImage(file, preprocessing);
      return { number, hash, input: preprocess(picture, preprocessing).data };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { number, hash, problem: error.message };
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
