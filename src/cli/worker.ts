import { counted } from '../core/report/numbers';
import { parseQueueAddress, passwordVariable } from '../engine/queue/address';
import { connectQueue } from '../engine/queue/connection';
import { serveQueue } from '../engine/queue/serveQueue';
import type { Printed, Session } from './command';
import { modelPath } from './options';
import { untilStopped } from './untilStopped';

export interface WorkerOptions {
  readonly model?: string;
  readonly queue: string;
  /** A folder or an address. */
  readonly images: string;
}

/** Machines that say nothing for so long are taken for dead. */
const LOCK_MS = 30_000;

/** Runs images for the scans of others until it is told to stop (SIGINT, SIGTERM). */
export async function work(options: WorkerOptions, { service, progress }: Session): Promise<Printed> {
  const redis = await connectQueue(parseQueueAddress(options.queue, process.env[passwordVariable]));
  const signal = untilStopped();
  let done = 0;
  try {
    const warnings = await service.models.use(modelPath(options.model), async (model) => {
      progress(`Waiting for scans with ${model.summary.name}.`);
      const onDone = (images: number) => progress(counted((done += images), 'image'));
      const onFailed = (reason: string) => process.stderr.write(`warning: ${reason}\n`);
      const serving = { redis, images: options.images, lockMs: LOCK_MS, onDone, onFailed };
      await serveQueue(model, serving, signal);
      return model.summary.warnings;
    });
    return { json: { images: done }, text: `${counted(done, 'image')}\n`, warnings };
  } finally {
    // A connection that stays open keeps the process from ending.
    redis.disconnect();
  }
}
