import { rm } from 'node:fs/promises';
import { removeDatabase } from '../database';
import { claimIndex } from './claim';
import { listingOf } from './listing';

/** Removes an index once nobody writes it any more, unless `signal` aborts before. Throws a `UserError` where a scan of another process does. */
export async function discardIndex(index: string, signal?: AbortSignal): Promise<void> {
  const release = await claimIndex(index, signal);
  try {
    await rm(index, { force: true });
    await removeDatabase(listingOf(index));
  } finally {
    await release();
  }
}
