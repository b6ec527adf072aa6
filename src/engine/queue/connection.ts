import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type { Redis } from 'ioredis';
import { queueRefuses, queueUnreachable } from '../../core/queueErrors';
import type { OpenModel } from '../openModel';
import type { QueueAddress } from './address';

/** How long the first answer may take. Later on a Redis that is gone is waited for. */
const PATIENCE_MS = 10_000;

/** Connects to Redis. Throws a `UserError` where it does not answer, or refuses. */
export async function connectQueue({ tls, ...address }: QueueAddress): Promise<Redis> {
  // Loaded when a queue is asked for, and not before.
  const { Redis: Client } = await import('ioredis');
  const redis = new Client({
    ...address,
    // An address in numbers is no name of a server.
    ...(tls && { tls: isIP(address.host) === 0 ? { servername: address.host } : {} }),
    // A command waits for as long as Redis is away.
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(2000, 100 * attempt),
  });
  let reason = 'it does not answer';
  const listen = (error: Error) => (reason = error.message);
  redis.on('error', listen);
  const answered = await Promise.race([
    redis.ping().then(
      () => true,
      (error: Error) => {
        listen(error);
        return false;
      },
    ),
    refusal(redis),
    new Promise<false>((resolve) => setTimeout(resolve, PATIENCE_MS, false).unref()),
  ]);
  if (answered) return redis;
  redis.disconnect();
  throw queueUnreachable(`${address.host}:${address.port}`, reason.replace(/\s+/g, ' ').trim());
}

/** Settles when waiting is no use: a wrong password, no certificate, no such host. */
function refusal(redis: Redis): Promise<false> {
  const final = /WRONGPASS|NOAUTH|NOPERM|certificate|ENOTFOUND|ECONNREFUSED|wrong version number/i;
  return new Promise((resolve) => {
    redis.on('error', (error: NodeJS.ErrnoException) => {
      if (final.test(`${error.code ?? ''} ${error.message}`)) resolve(false);
    });
  });
}

/** What Redis begins with where it lacks memory or disk, or where it is not the user's to write to. */
const refusals = /^(OOM|MISCONF|NOPERM|NOAUTH|READONLY) /;

/** Whether Redis works, and refuses. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && refusals.test(error.message);
}

/** A `UserError` of what Redis refuses; any other error as it is. */
export function explainRefusal(error: unknown, { host, port }: QueueAddress): unknown {
  return isRefusal(error)
    ? queueRefuses(`${host}:${port}`, error.message.replace(/\.( script: .*)?$/s, ''))
    : error;
}

/** Workers with the same model and preprocessing serve the same queue. */
export function queueOf({ summary: { hash, preprocessing } }: Pick<OpenModel, 'summary'>): string {
  const identity = createHash('sha256')
    .update(`${hash} ${JSON.stringify(preprocessing)}`)
    .digest('hex');
  return `switchback-top-${identity.slice(0, 16)}`;
}
