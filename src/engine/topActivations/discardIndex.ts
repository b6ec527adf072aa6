import { rm } from 'node:fs/promises';
import { removeDatabase } from '../database';
import { claimIndex } from './claim';
import { listingOf } from './listing';

/** Removes an index once nobody writes it any more. Throws a `UserError` where a scan of another process does. */
export async function discardIndex(index: string): Promise<void> {
  const release = await claimIndex(index);
  try {
    await rm(index, { force: true });
    await removeDatabase(listingOf(index));
  } finally {
    await release();
  }
}
