/** One of `of` parts of a data set, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/**
 * Whether an image belongs to a shard. Its path alone decides (FNV-1a over UTF-16), so that shards are the same on every
 * machine, and the others stay as they are when images come or go.
 */
export function isInShard(path: string, { index, of }: Shard): boolean {
  let hash = 0x811c9dc5;
  for (let at = 0; at < path.length; at++) hash = Math.imul(hash ^ path.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % of === index - 1;
}

/** `2/8`. */
export function nameOfShard({ index, of }: Shard): string {
  return `${index}/${of}`;
}

/** Reads `2/8`; `null` where it is no shard. */
export function parseShard(text: string): Shard | null {
  const [, index, of] = /^([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(text.trim()) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  return shard.index <= shard.of ? shard : null;
}

/** The shards of a whole that are not among these, all of one whole. */
export function missingShards(shards: readonly Shard[]): Shard[] {
  const there = new Set(shards.map(({ index }) => index));
  const of = shards[0]?.of ?? 0;
  const all = Array.from({ length: of }, (_, i) => ({ index: i + 1, of }));
  return all.filter(({ index }) => !there.has(index));
}
