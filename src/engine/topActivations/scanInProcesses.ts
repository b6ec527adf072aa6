import { setMaxListeners } from 'node:events';
import { CallFailure } from '../../protocol/failure';
import type { ScannedImages, ScanSubject } from '../../protocol/topActivations';
import type { EngineClient } from '../client';
import { createChannel } from './channel';
import { renumber, type WaitingImage, type WaitingImages } from './waitingImages';

/** Images of one call: few enough that no process waits long for the last one, many enough that calls cost nothing. */
const [FEWEST, MOST] = [32, 512];

/** Processes that may end over the same images, one after another, until that is no accident. */
const MOST_ENDS = 3;

/** Images for one call. */
interface Portion {
  readonly images: readonly WaitingImage[];
  /** How many processes ended over them. */
  readonly ends: number;
}

/**
 * Runs images of a folder in several engine processes, each as soon as it has time, and yields what they find as they do.
 * What a process did not do before it ended is done by another one. Throws what a process throws.
 */
export async function* scanInProcesses(
  engines: readonly EngineClient[],
  subject: ScanSubject,
  waiting: WaitingImages,
  signal: AbortSignal,
): AsyncGenerator<ScannedImages> {
  const channel = createChannel<ScannedImages>();
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  // One call of each process listens to it; Node takes more than ten for a leak.
  setMaxListeners(engines.length + 1, stopped);
  const returned: Portion[] = [];
  let left = waiting.count;
  const take = (): Portion | undefined => {
    const again = returned.pop();
    if (again || left <= 0) return again;
    const share = Math.ceil(left / (2 * engines.length));
    const images = waiting.take(Math.min(MOST, Math.max(FEWEST, share)));
    left -= images.length;
    return images.length > 0 ? { images, ends: 0 } : undefined;
  };
  const work = async (engine: EngineClient): Promise<void> => {
    for (let portion = take(); portion; portion = take()) {
      const rest = await runOn(engine, { ...subject, portion, onScanned: channel.push }, stopped);
      if (rest) returned.push(rest);
      // Processes wait for a reader that is slower than they are, so that what they found does not fill the memory.
      await channel.room(engines.length);
    }
  };
  Promise.all(engines.map(work)).then(
    () => channel.close(),
    (error: Error) => channel.close(signal.aborted ? (signal.reason as Error) : error),
  );
  try {
    yield* channel.values;
  } finally {
    stop.abort();
    channel.close();
  }
}

interface Run extends ScanSubject {
  readonly portion: Portion;
  readonly onScanned: (scanned: ScannedImages) => void;
}

/** Runs images in one process. Returns those that it left where it ended meanwhile. */
async function runOn(
  { peer }: EngineClient,
  { portion: { images, ends }, onScanned, ...subject }: Run,
  signal: AbortSignal,
): Promise<Portion | undefined> {
  const done = new Set<number>();
  const onProgress = (scanned: ScannedImages) => {
    const renumbered = renumber(scanned, images);
    for (const image of renumbered.images) done.add(image);
    for (const { number } of renumbered.passedOver) done.add(number);
    onScanned(renumbered);
  };
  const request = { ...subject, images: images.map(({ path }) => path) };
  const outcome = await peer.call('scanImages', request, { signal, onProgress });
  if (outcome.ok) return undefined;
  const left = images.filter(({ number }) => !done.has(number));
  const accidents = done.size > 0 ? 1 : ends + 1;
  if (outcome.failure.kind !== 'gone' || accidents === MOST_ENDS) throw new CallFailure(outcome.failure);
  return { images: left, ends: accidents };
}
