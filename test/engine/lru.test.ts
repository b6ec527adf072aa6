import { describe, expect, it } from 'vitest';
import { createLru } from '../../src/engine/lru';

describe('a cache of the values used last', () => {
  const filled = () => {
    const dropped: string[] = [];
    const cache = createLru<string>(10, (value) => dropped.push(value));
    for (const name of ['a', 'b', 'c']) cache.set(name, name.toUpperCase(), 3);
    return { cache, dropped };
  };

  it('keeps what fits', () => {
    const { cache, dropped } = filled();
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual(['A', 'B', 'C']);
    expect(dropped).toEqual([]);
  });

  it('drops what was used longest ago', () => {
    const { cache, dropped } = filled();
    cache.get('a');
    cache.set('d', 'D', 3);
    expect(dropped).toEqual(['B']);
    expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key))).toEqual(['A', undefined, 'C', 'D']);
  });

  it('keeps the newest even where it is larger than everything', () => {
    const { cache, dropped } = filled();
    cache.set('huge', 'HUGE', 99);
    expect(dropped).toEqual(['A', 'B', 'C']);
    expect(cache.get('huge')).toBe('HUGE');
    cache.set('e', 'E', 1);
    expect(dropped.at(-1)).toBe('HUGE');
  });

  it('counts a value that is set again once', () => {
    const { cache, dropped } = filled();
    cache.set('a', 'A2', 4);
    expect(dropped).toEqual(['A']);
    expect(cache.get('b')).toBe('B');
    cache.delete('b');
    cache.delete('b');
    expect(dropped).toEqual(['A', 'B']);
  });
});
