import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/program';
import { mergeIndexes } from '../../src/engine/topActivations/mergeIndexes';
import { scanFolder } from '../../src/engine/topActivations/scanFolder';
import type { ScanRequest } from '../../src/protocol/topActivations';
import { smallNet } from '../support/smallNet';
import { contents, writeNoise } from './indexes';
import { newService, runtimeName, temporaryFolder, writeModel } from './support';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);
const service = newService();
const { signal } = new AbortController();
const COUNT = 40;
const OF = 3;

type Asked = Partial<Omit<ScanRequest, 'index' | 'model'>> & { readonly model?: string };

async function scanInto(index: string, { model = 'small.onnx', ...asked }: Asked = {}): Promise<void> {
  await service.models.use(file(model), async (open) => {
    const request = { folder: file('set'), index: file(index), k: 2, each: 1, ...asked };
    const scanning = scanFolder(open, request, signal);
    while (!(await scanning.next()).done);
  });
}

const shard = (index: number, asked: Asked = {}, of = OF) =>
  scanInto(`${index}.index`, { shard: { index, of }, ...asked });

/** Everything but the order in which images came. */
const everything = (index: string) => contents(file(index), 1000);
const merged = (names: readonly (string | number)[], into: string) =>
  mergeIndexes(
    names.map((name) => file(typeof name === 'number' ? `${name}.index` : name)),
    file(into),
  );

beforeAll(async () => {
  writeModel(file('small.onnx'), smallNet());
  writeModel(file('other.onnx'), smallNet({ seed: 8 }));
  for (let i = 0; i < COUNT; i++) await writeNoise(file(`set/${i % 3 === 0 ? 'b/' : ''}${i}.png`), i);
  // The same picture under two names: ties in every map.
  await writeNoise(file('set/copy.png'), 1);
  writeFileSync(file('set/broken.jpg'), 'no picture');
  await scanInto('whole.index');
  for (let index = 1; index <= OF; index++) await shard(index);
});

describe('merging the shards of a folder', () => {
  it.each([[[1, 2, 3]], [[3, 1, 2]], [[2, 3, 1, 2, 2]]])(
    'gives the index of a single scan, from %j',
    async (order) => {
      const result = await merged(order, `merged ${order.join('')}.index`);
      expect(result).toMatchObject({ images: COUNT + 2, problems: [{ path: 'broken.jpg' }] });
      expect(everything(`merged ${order.join('')}.index`)).toEqual(everything('whole.index'));
    },
  );

  it('changes nothing when it is done again, and leaves an index that follows the folder', async () => {
    await merged([1, 2, 3], 'again.index');
    await merged([1, 2, 3], 'again.index');
    expect(everything('again.index')).toEqual(everything('whole.index'));
    await scanInto('again.index');
    expect(everything('again.index')).toEqual(everything('whole.index'));
  });

  it('minds nothing that a merge left behind when it was killed', async () => {
    writeFileSync(file('killed.index.merging'), 'half of an index');
    writeFileSync(file('killed.index.merging-journal'), 'half of a journal');
    mkdirSync(file('killed.index.merging.lock'));
    await merged([1, 2, 3], 'killed.index');
    expect(everything('killed.index')).toEqual(everything('whole.index'));
    expect(readdirSync(folder).filter((name) => name.startsWith('killed.index'))).toEqual(['killed.index']);
  });

  it('ranks equal activations by path as the whole does, whatever letters that has', async () => {
    // The first comes before the second in UTF-8, behind it in UTF-16.
    for (const name of ['\uff5e.png', '\u{1f600}.png', 'a/b.png', 'a-b.png']) {
      await writeNoise(file(`letters/${name}`), 1);
    }
    const letters = { folder: file('letters'), k: 4 };
    await scanInto('letters.index', letters);
    for (let index = 1; index <= OF; index++) await scanInto(`letters ${index}.index`, { ...letters, shard: { index, of: OF } }); // prettier-ignore
    await merged(['letters 3.index', 'letters 1.index', 'letters 2.index'], 'letters merged.index');
    expect(everything('letters merged.index')).toEqual(everything('letters.index'));
    const first = everything('letters.index').rows.slice(0, 4);
    expect(first.map(({ path: image }) => image)).toEqual([
      'a-b.png',
      'a/b.png',
      '\uff5e.png',
      '\u{1f600}.png',
    ]);
  });

  it('takes shards that hold no image', async () => {
    await writeNoise(file('few/1.png'), 1);
    const all = [1, 2, 3, 4, 5];
    for (const index of all) {
      await scanInto(`few ${index}.index`, { folder: file('few'), shard: { index, of: all.length } });
    }
    await scanInto('few.index', { folder: file('few') });
    await merged(
      all.map((index) => `few ${index}.index`),
      'merged few.index',
    );
    expect(everything('merged few.index')).toEqual(everything('few.index'));
  });

  it('works from the command line', async () => {
    const model = ['--model', file('small.onnx'), '--runtime', runtimeName];
    const top = ['top', ...model, '--images', file('set'), '--k', '2'];
    for (const index of ['1', '2']) {
      expect(await runCli([...top, '--shard', `${index}/2`, '--out', file(`half ${index}.index`)])).toBe(0);
    }
    const halves = [file('half 2.index'), file('half 1.index')];
    expect(await runCli(['merge', ...halves, '--out', file('halves.index')])).toBe(0);
    expect(everything('halves.index')).toEqual(everything('whole.index'));
    expect(await runCli([...top, '--shard', '3/2', '--out', file('no.index')])).toBe(2);
  });
});

describe('merging is refused with a sentence', () => {
  const refused = async (names: readonly (string | number)[], code: string, said: string) => {
    await expect(merged(names, 'refused.index')).rejects.toMatchObject({
      code,
      message: expect.stringContaining(said) as string,
    });
    expect(existsSync(file('refused.index'))).toBe(false);
    expect(existsSync(file('refused.index.merging'))).toBe(false);
  };

  it('where shards are missing, and names them', () =>
    refused([2], 'shards-missing', '1/3, 3/3 are missing'));

  it.each([
    ['another model', { model: 'other.onnx' }, 'model'],
    ['other layers', { layers: ['conv1'] }, 'choice of layers'],
    ['another number of places', { k: 3 }, 'number of places'],
    ['another number of shards', { shard: { index: 1, of: 2 } }, 'number of shards'],
  ])('for a shard of %s', async (what, asked, named) => {
    await scanInto(`${what}.index`, { shard: { index: 3, of: OF }, ...asked });
    await refused([1, 2, `${what}.index`], 'another-index', `for another ${named}:`);
  });

  it('for a shard of another preprocessing', async () => {
    writeModel(file('scaled.onnx'), smallNet());
    writeFileSync(
      file('scaled.switchback.json'),
      JSON.stringify({ preprocess: { channels: 'RGB', scale: 0.5 } }),
    );
    await scanInto('scaled.index', { model: 'scaled.onnx', shard: { index: 3, of: OF } });
    await refused([1, 2, 'scaled.index'], 'another-index', 'preprocessing');
  });

  it('for the index of a whole folder, and for what is no index', async () => {
    await refused(['whole.index'], 'not-a-shard', 'all images of its folder');
    writeFileSync(file('letter.txt'), 'Dear reader');
    await refused(['letter.txt'], 'not-an-index', 'letter.txt');
  });

  it('for a shard that was stopped, until it went on', async () => {
    const request = { folder: file('set'), index: file('stopped.index'), k: 2, each: 1 };
    await service.models.use(file('small.onnx'), async (open) => {
      const scanning = scanFolder(open, { ...request, shard: { index: 3, of: OF } }, signal);
      // On a slow machine, looking at the folder has steps too.
      let step = await scanning.next();
      while (!step.done && step.value.step !== 'running') step = await scanning.next();
      await scanning.return(undefined as never);
    });
    await refused([1, 2, 'stopped.index'], 'shard-unfinished', 'shard 3/3');
    await scanInto('stopped.index', { shard: { index: 3, of: OF } });
    await merged([1, 2, 'stopped.index'], 'gone on.index');
    expect(everything('gone on.index')).toEqual(everything('whole.index'));
  });

  it('for one shard made from different images', async () => {
    await scanInto('elsewhere.index', { folder: file('few'), shard: { index: 1, of: OF } });
    await refused([1, 'elsewhere.index'], 'shards-differ', 'shard 1/3');
  });

  it('for a crafted index that names an image of another shard', async () => {
    await scanInto('crafted.index', { shard: { index: 1, of: OF } });
    const database = new sqlite.Database(file('crafted.index'));
    database.run("UPDATE settings SET value = 'shard 2/3' WHERE name = 'part of the images'");
    database.close();
    await refused([1, 'crafted.index', 3], 'not-an-index', 'is not of its shard');
  });

  it('where the index is another one, which stays', async () => {
    await scanInto('owned.index', { model: 'other.onnx' });
    const before = everything('owned.index');
    await expect(merged([1, 2, 3], 'owned.index')).rejects.toMatchObject({ code: 'another-index' });
    expect(everything('owned.index')).toEqual(before);
  });
});
