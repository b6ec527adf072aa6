import { describe, expect, it } from 'vitest';
import { scanQueue } from '../../../src/host/dataSets/scanQueue';

function createQueue(address: string, isTrusted = true) {
  const kept = new Map<string, string>();
  const set = { address, isTrusted };
  const queue = scanQueue({
    address: () => set.address,
    isTrusted: () => set.isTrusted,
    secrets: {
      get: async (key) => kept.get(key),
      store: async (key, value) => void kept.set(key, value),
      delete: async (key) => void kept.delete(key),
    },
  });
  return { queue, set, kept };
}

describe('the queue of the editor', () => {
  it.each(['', '  '])('is none where the setting is "%s"', async (address) => {
    expect(await createQueue(address).queue.place()).toBeUndefined();
  });

  it('is not used before the workspace is trusted', async () => {
    const { queue, set } = createQueue('redis://host', false);
    expect(await queue.place()).toBeUndefined();
    set.isTrusted = true;
    expect(await queue.place()).toEqual({ address: 'redis://host' });
  });

  it('keeps a password for one address, and sends it to no other', async () => {
    const { queue, set, kept } = createQueue(' rediss://host ');
    await queue.keepPassword('sesame');
    expect(await queue.place()).toEqual({ address: 'rediss://host', password: 'sesame' });
    set.address = 'redis://host';
    expect(await queue.place()).toEqual({ address: 'redis://host' });
    set.address = 'rediss://host';
    await queue.keepPassword('');
    expect(await queue.place()).toEqual({ address: 'rediss://host' });
    expect(kept.size).toBe(0);
  });
});
