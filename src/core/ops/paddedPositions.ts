import { padsOf } from './layoutParameters';
import { inputDims, type Site } from './site';
import { stringAttribute } from '../graph/attributes';

/** The index along an axis of `size` that a pad of this mode copies to `index`, counted from where the axis begins; -1 for none. */
export function paddedIndex(index: number, size: number, mode: string): number {
  if (index >= 0 && index < size) return index;
  if (mode === 'edge') return index < 0 ? 0 : size - 1;
  if (mode === 'wrap') return ((index % size) + size) % size;
  if (mode !== 'reflect') return -1;
  const period = Math.max(1, 2 * size - 2);
  const folded = ((index % period) + period) % period;
  return folded < size ? folded : period - folded;
}

/** Where `length` positions from `start` on come from along an axis, counted from the last, that mirrors or repeats its ends. */
export function paddedFrom(site: Site, fromLast: 1 | 2, start: number, length: number): [number, number] {
  const size = inputDims(site, 0).at(-fromLast)!;
  const [before, after] = padsOf(site).at(-fromLast)!;
  const mode = stringAttribute(site.node, 'mode', 'constant');
  const [first, end] = [Math.max(0, start), Math.min(before + size + after, start + length)];
  let [low, high] = [Infinity, -Infinity];
  for (let i = first; i < end; i++) {
    const index = paddedIndex(i - before, size, mode);
    [low, high] = [Math.min(low, index), Math.max(high, index)];
  }
  return low > high ? [0, 0] : [low, high - low + 1];
}
