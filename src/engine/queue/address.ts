import { badQueueAddress } from '../../core/queueErrors';

/** Where a queue is, and how to get in. */
export interface QueueAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
}

/** Where passwords come from: what stands in a command line is read by everyone on the machine. */
export const passwordVariable = 'SWITCHBACK_QUEUE_PASSWORD';

/** Reads `redis://[user@]host[:port][/database]`, or `rediss://` for TLS. Throws a `UserError` that repeats no secret. */
export function parseQueueAddress(text: string, password: string | undefined): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) throw badQueueAddress('that was given', 'is no address');
  const shown = `${url.protocol}//${url.host}`;
  if (url.password !== '') throw badQueueAddress(shown, 'holds a password');
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:')
    throw badQueueAddress(shown, 'is not one of Redis');
  const db = Number(url.pathname.slice(1));
  if (url.hostname === '') throw badQueueAddress(shown, 'names no host');
  const username = decoded(url.username);
  if (username === undefined) throw badQueueAddress(shown, 'names no user that can be read');
  if (!Number.isInteger(db) || db < 0) throw badQueueAddress(shown, 'names no database by its number');
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || 6379),
    db,
    tls: url.protocol === 'rediss:',
    ...(username !== '' && { username }),
    ...(password !== undefined && password !== '' && { password }),
  };
}

/** `undefined` where percent signs stand for nothing. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
