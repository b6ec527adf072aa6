import { describe, expect, it } from 'vitest';
import type { KeyValueStore } from '../../../src/host/modelMemory';
import { subjectMemory } from '../../../src/host/subjectMemory';

function store(initial?: unknown): KeyValueStore & { readonly size: () => number } {
  let value = initial;
  return {
    get: () => value,
    update: async (_, next) => void (value = next),
    size: () => (Array.isArray(value) ? value.length : 0),
  };
}

const subject = (model: string, ...images: string[]) => ({ model, images, image: images[0] ?? '' });

describe('subjectMemory', () => {
  it('knows what a panel was opened for, with any of its images', async () => {
    const memory = subjectMemory(store());
    await memory.remember(subject('/m', '/a', '/b'));
    expect(memory.knows(subject('/m', '/a', '/b'))).toBe(true);
    expect(memory.knows(subject('/m', '/b'))).toBe(true);
  });

  it.each([subject('/m', '/c'), subject('/m', '/a', '/c'), subject('/n', '/a')])(
    'does not know %j, which no panel was opened for',
    async (other) => {
      const memory = subjectMemory(store());
      await memory.remember(subject('/m', '/a', '/b'));
      await memory.remember(subject('/n', '/c'));
      expect(memory.knows(other)).toBe(false);
    },
  );

  it('keeps the latest subjects and no others', async () => {
    const kept = store();
    const memory = subjectMemory(kept);
    for (let i = 0; i < 30; i++) await memory.remember(subject(`/${i}`, '/a'));
    await memory.remember(subject('/29', '/a'));
    expect(kept.size()).toBe(20);
    expect(memory.knows(subject('/29', '/a'))).toBe(true);
    expect(memory.knows(subject('/10', '/a'))).toBe(true);
    expect(memory.knows(subject('/9', '/a'))).toBe(false);
  });

  it.each([null, 'x', [null, 3, { model: 1 }, { model: '/m', images: [1] }]])(
    'knows nothing where the store holds %j',
    (stored) => {
      expect(subjectMemory(store(stored)).knows(subject('/m'))).toBe(false);
    },
  );
});
