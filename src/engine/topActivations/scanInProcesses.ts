import { setMaxListeners } from 'node:events';
import { CallFailure } from '../../protocol/failure';
import type { ImagesRequest, ScannedImages } from '../../protocol/topActivations';
import type { EngineClient } from '../client';
import { createChannel } from './channel';

/** Images of one call: few enough that no process waits long for the last one, many enough that calls cost nothing. */
const [FEWEST, MOST] = [32, 512];

/** Processes that may end over the same images, one after another, until that is no accident. */
const MOST_ENDS = 3;

/** Images that wait for a process. */
interface Waiting {
  readonly numbers: readonly number[];
  /** How many processes ended over them. */
  readonly ends: number;
}

/**
 * Runs images of a folder in several engine processes, each as soon as it has time, and yields what they find as they do.
 * What a process did not do before it ended is done by another one. Throws what a process throws.
 */
export async function* scanInProcesses(
  engines: readonly EngineClient[],
  request: ImagesRequest,
  signal: AbortSignal,
): AsyncGenerator<ScannedImages> {
  const all = request.images;
  const channel = createChannel<ScannedImages>();
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  // One call of each process listens to it; Node takes more than ten for a leak.
  setMaxListeners(engines.length + 1, stopped);
  const returned: Waiting[] = [];
  let next = 0;
  const take = (): Waiting | undefined => {
    const again = returned.pop();
    if (again || next === all.length) return again;
    const share = Math.ceil((all.length - next) / (2 * engines.length));
    const count = Math.min(all.length - next, MOST, Math.max(FEWEST, share));
    const numbers = Array.from({ length: count }, (_, i) => next + i);
    next += count;
    return { numbers, ends: 0 };
  };
  const work = async (engine: EngineClient): Promise<void> => {
    for (let waiting = take(); waiting; waiting = take()) {
      const left = await runOn(engine, { ...request, waiting, onScanned: channel.push }, stopped);
      if (left) returned.push(left);
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
  }
}

interface Run extends ImagesRequest {
  readonly waiting: Waiting;
  readonly onScanned: (scanned: ScannedImages) => void;
}

/** Runs images in one process. Returns those that it left where it ended meanwhile. */
async function runOn(
  { peer }: EngineClient,
  { waiting: { numbers, ends }, onScanned, ...request }: Run,
  signal: AbortSignal,
): Promise<Waiting | undefined> {
  const done = new Set<number>();
  const onProgress = (scanned: ScannedImages) => {
    const renumbered = renumber(scanned, numbers);
    for (const image of renumbered.images) done.add(image);
    for (const { number } of renumbered.passedOver) done.add(number);
    onScanned(renumbered);
  };
  const images = numbers.map((number) => request.images[number]!);
  const outcome = await peer.call('scanImages', { ...request, images }, { signal, onProgress });
  if (outcome.ok) return undefined;
  const left = numbers.filter((number) => !done.has(number));
  const accidents = done.size > 0 ? 1 : ends + 1;
  if (outcome.failure.kind !== 'gone' || accidents === MOST_ENDS) throw new CallFailure(outcome.failure);
  return { numbers: left, ends: accidents };
}

/** What a call found, under the numbers of the whole. */
function renumber(scanned: ScannedImages, numbers: readonly number[]): ScannedImages {
  return {
    ...scanned,
    images: scanned.images.map((image) => numbers[image]!),
    passedOver: scanned.passedOver.map((image) => ({ ...image, number: numbers[image.number]! })),
  };
}
