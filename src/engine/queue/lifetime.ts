import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

/** How long Redis keeps a queue that nobody watches or works on: long enough to come back to a scan after a holiday. */
export const LIFETIME_SECONDS = 14 * 24 * 60 * 60;

const states = ['waiting', 'delayed', 'active', 'completed', 'failed'] as const;

/** What a queue has beside its jobs. `stalled-check` is left out: BullMQ gives it a lifetime of its own, of seconds. */
const parts = ['meta', 'id', 'wait', 'delayed', 'active', 'completed', 'failed', 'stalled', 'marker', 'events', 'pc']; // prettier-ignore

/** Has Redis keep a queue with all of its jobs for `LIFETIME_SECONDS` from now on, and no longer. */
export async function prolongLifetime(queue: Queue, redis: Redis): Promise<void> {
  const jobs = await queue.getRanges([...states]);
  const pipeline = redis.pipeline();
  for (const key of [...parts, ...jobs]) pipeline.expire(queue.toKey(key), LIFETIME_SECONDS);
  await pipeline.exec();
}
