import type { ScannedImages, ScanSubject } from '../../protocol/topActivations';
import type { OpenModel } from '../openModel';
import { scanImages } from './scanImages';
import { renumber, type WaitingImages } from './waitingImages';

/** Images that are handed on together: the decoder starts anew with each of these. */
const AT_ONCE = 4096;

/** Runs images of a folder in this process. */
export async function* scanHere(
  model: OpenModel,
  subject: ScanSubject,
  waiting: WaitingImages,
  signal: AbortSignal,
): AsyncGenerator<ScannedImages> {
  for (let portion = waiting.take(AT_ONCE); portion.length > 0; portion = waiting.take(AT_ONCE)) {
    const images = portion.map(({ path }) => path);
    for await (const found of scanImages(model, { ...subject, images }, signal)) {
      yield renumber(found, portion);
    }
  }
}
