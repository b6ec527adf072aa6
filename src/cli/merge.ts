import path from 'node:path';
import { mergeIndexes } from '../engine/topActivations/mergeIndexes';
import type { Printed } from './command';
import { problemsOf, summarise } from './top';

export interface MergeOptions {
  readonly out: string;
}

/** Merges the indexes of shards into one. */
export async function mergeShards(indexes: readonly string[], { out }: MergeOptions): Promise<Printed> {
  const index = path.resolve(out);
  const result = await mergeIndexes(
    indexes.map((file) => path.resolve(file)),
    index,
  );
  return {
    json: { index, ...result },
    text: summarise(index, result),
    warnings: problemsOf(result),
  };
}
