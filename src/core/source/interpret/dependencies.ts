import type { Chunk, LoweredChunk } from '../program';
import { boundNames, holdsContainer, isDefinition } from './definitions';

/** What the statements at the top of a text depend on, in the order of the text. */
export interface Dependencies {
  /** What all depend on: statements that do more than define, for these may change anything, and what they use. */
  readonly common: readonly Chunk[];
  /** What a definition depends on besides: itself, and what its names lead to, from one to the next. */
  readonly of: (definition: LoweredChunk) => readonly Chunk[];
}

/** Traces names between the statements at the top of a text. */
export function dependencies(chunks: readonly LoweredChunk[]): Dependencies {
  const definitions = chunks.filter(({ statements }) => statements.every(isDefinition));
  const definers = byName(definitions, ({ statements }) => statements.flatMap(boundNames));
  const readers = byName(definitions, ({ names }) => names);
  const next = ({ names, statements }: LoweredChunk): Iterable<string> =>
    statements.some(holdsContainer) ? [...names, ...statements.flatMap(boundNames)] : names;
  const order = new Map(chunks.map((chunk, i) => [chunk, i]));

  /** Follows every name once. */
  const reach = (starts: readonly LoweredChunk[]): Chunk[] => {
    const reached = new Set(starts);
    const followed = new Set<string>();
    for (const chunk of reached) {
      for (const name of next(chunk)) {
        if (followed.has(name)) continue;
        followed.add(name);
        const found = definers.get(name) ?? [];
        for (const definition of found) reached.add(definition);
        // Who else has the same list at hand may change it.
        const shared = found.some(({ statements }) => statements.some(holdsContainer));
        if (shared) for (const reader of readers.get(name) ?? []) reached.add(reader);
      }
    }
    return [...reached].sort((a, b) => order.get(a)! - order.get(b)!).map(({ chunk }) => chunk);
  };

  const defining = new Set(definitions);
  return {
    common: reach(chunks.filter((chunk) => !defining.has(chunk))),
    of: (definition) => reach([definition]),
  };
}

function byName(
  chunks: readonly LoweredChunk[],
  namesOf: (chunk: LoweredChunk) => Iterable<string>,
): Map<string, LoweredChunk[]> {
  const found = new Map<string, LoweredChunk[]>();
  for (const chunk of chunks) {
    for (const name of namesOf(chunk)) {
      const same = found.get(name);
      if (same) same.push(chunk);
      else found.set(name, [chunk]);
    }
  }
  return found;
}
