import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { UserError } from '../../core/errors';
import { badQueueMessage, portionFailed } from '../../core/queueErrors';
import { counted } from '../../core/report/numbers';
import type { RankedImages, ScanSubject } from '../../protocol/topActivations';
import type { OpenModel } from '../openModel';
import { scannedLayers } from '../topActivations/scanImages';
import { renumber, type WaitingImage, type WaitingImages } from '../topActivations/waitingImages';
import { queueOf } from './connection';
import { LIFETIME_SECONDS, prolongLifetime } from './lifetime';
import { createPortion, decodeFound, readPortion, type Portion } from './portion';

export interface QueueScan {
  readonly redis: Redis;
  /** The index that the scan is for. Whoever comes back to it goes on with the same portions. */
  readonly index: string;
  /** Places of each map in that index. */
  readonly places: number;
  /** Images of one portion, at most. */
  readonly portion: number;
  readonly onWorkers: (workers: number) => void;
}

/** How often the queue is asked what is done. */
const POLL_MS = 250;

/** Portions that wait in the queue for each worker, and for those that are still to come: Redis never holds the whole scan. */
const [FOR_EACH_WORKER, FOR_OTHERS] = [2, 4];

const ATTEMPTS = 3;

/** A scan that waits for workers keeps its queue alive. */
const PROLONG_MS = 60 * 60 * 1000;

/** A portion that is in the queue. */
interface Given {
  readonly portion: Portion;
  readonly images: readonly WaitingImage[];
}

/**
 * Has images run by the workers of a queue and yields what they find, portion by portion. The queue keeps no more than workers
 * need next. Portions that a scan for the same index left there are gone on with; what was lost with Redis is given out again.
 */
export async function* scanOnQueue(
  model: OpenModel,
  subject: ScanSubject,
  waiting: WaitingImages,
  scan: QueueScan,
  signal: AbortSignal,
): AsyncGenerator<RankedImages> {
  // Loaded when a queue is asked for, and not before.
  const { Queue: QueueOfJobs } = await import('bullmq');
  const queue: Queue = new QueueOfJobs(queueOf(model), { connection: scan.redis });
  // While Redis is away there is an error a moment; it is waited for.
  queue.on('error', () => undefined);
  try {
    const identity = identityOf(model, subject, scan);
    const given = await adopt(queue, identity, subject, waiting);
    const next = portionsOf(waiting, given, scan.portion);
    const layers = scannedLayers(model, subject.layers);
    let prolonged = -Infinity;
    while (next.isLeft() || given.size > 0) {
      signal.throwIfAborted();
      const workers = await queue.getWorkersCount();
      scan.onWorkers(workers);
      const before = given.size;
      while (next.isLeft() && given.size < FOR_EACH_WORKER * workers + FOR_OTHERS) {
        const images = next.take();
        const portion = createPortion({
          ...portionOf(subject, images),
          scan: identity,
          places: scan.places,
        });
        given.set(await give(queue, portion), { portion, images });
      }
      if (performance.now() - prolonged > PROLONG_MS || given.size > before) {
        await prolongLifetime(queue, scan.redis);
        prolonged = performance.now();
      }
      let found = false;
      for (const [id, { portion, images }] of given) {
        const outcome = await outcomeOf(queue, id);
        if (outcome.kind === 'waits') continue;
        if (outcome.kind === 'failed') throw portionFailed(described(portion), outcome);
        given.delete(id);
        if (outcome.kind === 'lost') {
          next.giveBack(images);
          continue;
        }
        found = true;
        yield renumberRanked(decodeFound(outcome.answer, portion, layers), images);
      }
      if (!found) await delay(POLL_MS, undefined, { signal });
    }
  } finally {
    await queue.close();
  }
}

/** What is still to be given out: images that were lost, then those that wait and were not given out before. */
function portionsOf(waiting: WaitingImages, given: ReadonlyMap<string, Given>, size: number) {
  const adopted = new Set([...given.values()].flatMap(({ images }) => images.map(({ number }) => number)));
  const lost: WaitingImage[] = [];
  let ready: readonly WaitingImage[] = [];
  const fill = () => {
    for (let more = true; more && ready.length < size;) {
      const taken = waiting.take(size);
      more = taken.length > 0;
      ready = [...ready, ...taken.filter(({ number }) => !adopted.has(number))];
    }
  };
  return {
    isLeft: () => {
      fill();
      return lost.length > 0 || ready.length > 0;
    },
    take: (): readonly WaitingImage[] => {
      if (lost.length > 0) return lost.splice(0, size);
      const images = ready.slice(0, size);
      ready = ready.slice(size);
      return images;
    },
    giveBack: (images: readonly WaitingImage[]) => void lost.push(...images),
  };
}

/** What portions of one scan have in common: left behind, they serve the same scan only. */
function identityOf(
  model: OpenModel,
  { folder, layers, each }: ScanSubject,
  { index, places }: QueueScan,
): string {
  return hashOf([model.summary.hash, folder, index, layers, each, places]);
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
}

function portionOf(
  { layers, each }: ScanSubject,
  images: readonly WaitingImage[],
): Pick<Portion, 'images' | 'layers' | 'each' | 'stamp'> {
  const stamp = hashOf(images.map(({ path, bytes, modified }) => ({ path, bytes, modified })));
  return { images: images.map(({ path }) => path), layers, each, stamp };
}

/** Puts a portion into the queue, once however often this is done. Returns its id. */
async function give(queue: Queue, portion: Portion): Promise<string> {
  const id = `portion-${hashOf([portion.scan, portion.stamp])}`;
  const backoff = { type: 'exponential', delay: 500 };
  // In a queue that is always in use, what nobody comes back to goes by its age.
  const age = { age: LIFETIME_SECONDS };
  const removal = { removeOnComplete: age, removeOnFail: age };
  await queue.add('portion', portion, { jobId: id, attempts: ATTEMPTS, backoff, ...removal });
  return id;
}

type PortionOutcome =
  | { readonly kind: 'waits' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'failed'; readonly reason: string; readonly host: string | undefined }
  | { readonly kind: 'done'; readonly answer: unknown };

/** What became of a portion, which leaves the queue when it is done or has failed. */
async function outcomeOf(queue: Queue, id: string): Promise<PortionOutcome> {
  // First the state: a job that is read before it is done has no answer.
  const state = await queue.getJobState(id);
  if (state !== 'completed' && state !== 'failed')
    return state === 'unknown' ? { kind: 'lost' } : { kind: 'waits' };
  const job = (await queue.getJob(id)) as Job | undefined;
  if (!job) return { kind: 'lost' };
  await job.remove();
  return state === 'failed'
    ? { kind: 'failed', reason: job.failedReason, host: job.processedBy }
    : { kind: 'done', answer: job.returnvalue };
}

/** The portions that an earlier scan for the same index left in the queue and that still are what is wanted. */
async function adopt(
  queue: Queue,
  identity: string,
  subject: ScanSubject,
  waiting: WaitingImages,
): Promise<Map<string, Given>> {
  const given = new Map<string, Given>();
  const taken = new Set<number>();
  for (const job of await queue.getJobs(['waiting', 'delayed', 'active', 'completed', 'failed'])) {
    const portion = readSafely(job.data);
    if (portion?.scan !== identity) continue;
    const images = portion.images.flatMap((image) => waiting.find(image) ?? []);
    const isWanted = images.length === portion.images.length && images.every(({ number }) => !taken.has(number)); // prettier-ignore
    const stamp = isWanted ? portionOf(subject, images).stamp : '';
    if (stamp === portion.stamp && (await job.getState()) !== 'failed') {
      for (const { number } of images) taken.add(number);
      given.set(job.id!, { portion, images });
      continue;
    }
    // A worker may have it just now; then it stays, and nobody asks for what comes of it.
    await job.remove().catch(() => undefined);
  }
  return given;
}

/** Others may use the same queue, also another version. */
function readSafely(data: unknown): Portion | undefined {
  try {
    return readPortion(data);
  } catch (error) {
    if (error instanceof UserError && error.code === badQueueMessage('').code) return undefined;
    throw error;
  }
}

function described({ images }: Portion): string {
  return images.length === 1 ? images[0]! : `${images[0]} and ${counted(images.length - 1, 'other picture')}`;
}

/** `renumber` for what a worker ranked. */
function renumberRanked(found: RankedImages, images: readonly WaitingImage[]): RankedImages {
  return {
    ...renumber(found, images),
    rankings: found.rankings.map((ranking) => ({
      ...ranking,
      images: ranking.images.map((image) => images[image]?.number ?? 0),
    })),
  };
}
