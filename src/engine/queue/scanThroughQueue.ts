import type { QueuePlace, ScanProgress, ScanRequest, ScanResult } from '../../protocol/topActivations';
import type { OpenModel } from '../openModel';
import { createChannel } from '../topActivations/channel';
import { placesFor } from '../topActivations/indexFile';
import { scanFolder } from '../topActivations/scanFolder';
import { parseQueueAddress } from './address';
import { connectQueue, explainRefusal } from './connection';
import { scanOnQueue } from './scanOnQueue';

/** Images that a worker takes at once: seconds of work, so that little is lost with it. */
const PORTION = 128;

/**
 * `scanFolder` with the images run by the workers of a queue. Its progress says how many workers there are, also while nothing
 * gets done. Throws a `UserError` where Redis cannot be used.
 */
export async function* scanThroughQueue(
  model: OpenModel,
  request: Omit<ScanRequest, 'model'>,
  { address, password }: QueuePlace,
  signal: AbortSignal,
): AsyncGenerator<ScanProgress, ScanResult> {
  const place = parseQueueAddress(address, password);
  const redis = await connectQueue(place);
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  // A connection that stays open keeps the process from ending.
  stopped.addEventListener('abort', () => redis.disconnect(), { once: true });
  const channel = createChannel<ScanProgress>();
  let [last, workers]: [ScanProgress | null, number] = [null, 0];
  const tell = (progress: ScanProgress | null) => {
    last = progress;
    if (progress) channel.push({ ...progress, workers });
  };
  const onWorkers = (count: number) => {
    if (count === workers) return;
    workers = count;
    tell(last);
  };
  const scan = { redis, index: request.index, places: placesFor(request.k), portion: PORTION, onWorkers };
  const scanning = scanFolder(model, request, stopped, (subject, waiting) =>
    untilAborted(scanOnQueue(model, subject, waiting, scan, stopped), stopped),
  );
  const ended = drain(scanning, tell).catch((error: unknown) => {
    throw explainRefusal(error, place);
  });
  ended.then(
    () => channel.close(),
    (error: Error) => channel.close(signal.aborted ? (signal.reason as Error) : error),
  );
  try {
    yield* channel.values;
    return await ended;
  } finally {
    stop.abort();
    // The index is left in order before anybody else may have it.
    await ended.catch(() => undefined);
  }
}

/** Ends as soon as `signal` aborts, whatever is waited for: a Redis that is away may never answer. */
async function* untilAborted<T>(values: AsyncGenerator<T>, signal: AbortSignal): AsyncGenerator<T> {
  const aborted = new Promise<never>((_, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  aborted.catch(() => undefined);
  try {
    for (;;) {
      const step = await Promise.race([values.next(), aborted]);
      if (step.done) return;
      yield step.value;
    }
  } finally {
    values.return(undefined).catch(() => undefined);
  }
}

async function drain<P, R>(values: AsyncGenerator<P, R>, tell: (value: P) => void): Promise<R> {
  for (;;) {
    const step = await values.next();
    if (step.done) return step.value;
    tell(step.value);
  }
}
