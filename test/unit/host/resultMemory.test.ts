import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { resultMemory } from '../../../src/host/resultMemory';

const root = mkdtempSync(path.join(tmpdir(), 'switchback-results-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const folder = (name: string) => path.join(root, name);

describe('results that are kept', () => {
  it('come back after a restart as they were, typed arrays too', async () => {
    const state = { plan: { key: 'k' }, windows: Int32Array.of(0, 4), values: Float32Array.of(0.25, NaN) };
    await resultMemory(folder('a')).keep(['occlusion', '/m.onnx', '/cat.png'], state);
    expect(await resultMemory(folder('a')).recall(['occlusion', '/m.onnx', '/cat.png'])).toEqual(state);
  });

  it('belong to their own key', async () => {
    const memory = resultMemory(folder('b'));
    await memory.keep(['occlusion', '/m.onnx', '/cat.png'], 1);
    expect(await memory.recall(['occlusion', '/m.onnx', '/dog.png'])).toBeNull();
    expect(await memory.recall(['occlusion', '/m.onnx/cat.png'])).toBeNull();
  });

  it('are those kept last, also when they are written at the same time', async () => {
    const memory = resultMemory(folder('c'));
    const writes = [1, 2, 3].map((state) => memory.keep(['k'], state));
    expect(await memory.recall(['k'])).toBe(3);
    await Promise.all(writes);
  });

  it('stay inside their folder whatever the key says', async () => {
    await resultMemory(folder('d')).keep(['../../outside', '/etc/passwd'], 1);
    expect(readdirSync(folder('d'))).toHaveLength(1);
  });

  it('are dropped when they are damaged, or more than can be meant', async () => {
    const memory = resultMemory(folder('e'));
    await memory.keep(['k'], 1);
    const [name] = readdirSync(folder('e'));
    writeFileSync(path.join(folder('e'), name!), 'nonsense');
    expect(await memory.recall(['k'])).toBeNull();
    await memory.keep(['large'], new Uint8Array(65 * 2 ** 20));
    expect(await memory.recall(['large'])).toBeNull();
    for (let i = 0; i < 33; i++) await memory.keep([String(i)], i);
    expect(readdirSync(folder('e'))).toHaveLength(30);
    expect(await memory.recall(['32'])).toBe(32);
  });
});
