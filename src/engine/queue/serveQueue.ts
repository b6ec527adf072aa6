import { lstat } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import type { Redis } from 'ioredis';
import { createFindings, takeIn } from '../../core/experiments/topActivations/findings';
import { imagesNotThere } from '../../core/queueErrors';
import type { PassedOver, RankedImages } from '../../protocol/topActivations';
import type { OpenModel } from '../openModel';
import { scanImages, scannedLayers } from '../topActivations/scanImages';
import { isRefusal, queueOf } from './connection';
import { checkImages, requireFolder, withImages } from './fetchImages';
import { prolongLifetime } from './lifetime';
import { encodeFound, readPortion, type Portion } from './portion';

export interface ServeOptions {
  readonly redis: Redis;
  /** A folder, or the address below which the images are. */
  readonly images: string;
  /** A worker that says nothing for so long is taken for dead, and its work given to another one. */
  readonly lockMs: number;
  readonly onDone: (images: number) => void;
  readonly onFailed: (reason: string) => void;
}

/**
 * Takes portions of scans with this model off the queue, one after another, until `signal` aborts. Throws a `UserError` where
 * pictures cannot be taken from `images`.
 */
export async function serveQueue(
  model: OpenModel,
  { redis, images, lockMs, onDone, onFailed }: ServeOptions,
  signal: AbortSignal,
): Promise<void> {
  checkImages(images);
  await requireFolder(images);
  // Loaded when a queue is asked for, and not before.
  const { Queue, Worker } = await import('bullmq');
  const name = queueOf(model);
  const queue = new Queue(name, { connection: redis });
  const worker = new Worker(
    name,
    async ({ data }) => {
      const portion = readPortion(data);
      const found = await withImages(images, portion.images, (folder) =>
        runPortion(model, portion, folder, signal),
      );
      onDone(portion.images.length);
      return encodeFound(found);
    },
    {
      connection: redis,
      // Goes with what fails here.
      name: hostname(),
      lockDuration: lockMs,
      stalledInterval: lockMs,
      // Machines that go down are no fault of the work: it is given out again.
      maxStalledCount: 10,
    },
  );
  const prolong = () => void prolongLifetime(queue, redis).catch(() => undefined);
  worker.on('completed', prolong);
  worker.on('failed', (_, error) => {
    prolong();
    onFailed(error.message);
  });
  // While Redis is away there is an error a moment; it is waited for.
  const told = new Set<string>();
  worker.on('error', (error) => {
    if (!isRefusal(error) || told.has(error.message)) return;
    told.add(error.message);
    onFailed(error.message);
  });
  queue.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await worker.close(true);
  await queue.close();
}

async function isAnyIn(folder: string, images: readonly string[]): Promise<boolean> {
  for (const image of images) {
    // Of a link that leads nowhere, too.
    const stats = await lstat(path.join(folder, image)).catch(() => undefined);
    if (stats) return true;
  }
  return false;
}

/** Runs the images of a portion and ranks them among themselves. */
export async function runPortion(
  model: OpenModel,
  { images, layers, each, places }: Portion,
  folder: string,
  signal: AbortSignal,
): Promise<RankedImages> {
  // More places than there can be candidates would only be sent empty.
  const kept = Math.min(places, images.length * each);
  const findings = scannedLayers(model, layers).map((layer) => createFindings(layer, kept));
  const found = { images: [] as number[], hashes: [] as (string | null)[], bins: [] as Uint8Array[] };
  const passedOver: PassedOver[] = [];
  for await (const scanned of scanImages(model, { folder, images, layers, each }, signal)) {
    found.bins.push(...takeIn(findings, scanned));
    found.images.push(...scanned.images);
    found.hashes.push(...scanned.hashes);
    passedOver.push(...scanned.passedOver);
  }
  // Where there is not even one that cannot be read, this is another folder.
  if (found.images.length === 0 && !(await isAnyIn(folder, images))) throw imagesNotThere(folder);
  return { ...found, passedOver, rankings: findings.map(({ ranking }) => ranking) };
}
