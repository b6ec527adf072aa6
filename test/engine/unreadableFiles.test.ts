import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../src/cli/program';
import { findImages, listImages } from '../../src/engine/topActivations/listImages';
import { hashOf } from '../../src/engine/imageFile';
import { mergeIndexes } from '../../src/engine/topActivations/mergeIndexes';
import { scanFolder } from '../../src/engine/topActivations/scanFolder';
import type { ScanProgress, ScanRequest } from '../../src/protocol/topActivations';
import { smallNet } from '../support/smallNet';
import { contents, writeNoise } from './indexes';
import { newService, runtimeName, temporaryFolder, unprivileged, writeModel } from './support';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);
const service = newService();
const model = file('small.onnx');
const never = new AbortController().signal;

beforeAll(() => writeModel(model, smallNet()));

interface Scanning extends Partial<ScanRequest> {
  readonly signal?: AbortSignal;
  readonly onStep?: (step: ScanProgress) => void;
}

async function scan(images: string, { signal = never, onStep, ...asked }: Scanning = {}) {
  const request = { folder: file(images), index: file(`${images}.index`), k: 4, each: 1, ...asked };
  return service.models.use(model, async (open) => {
    const scanning = scanFolder(open, request, signal);
    for (;;) {
      const step = await scanning.next();
      if (step.done) return step.value;
      onStep?.(step.value);
    }
  });
}

describe.skipIf(process.platform === 'win32')('what is called like a picture and is none', () => {
  const long = `${'x'.repeat(251)}.png`;

  beforeAll(async () => {
    await writeNoise(file('odd/fine.png'), 1);
    await writeNoise(file('odd/folder.jpg/inside.png'), 2);
    await writeNoise(file('odd/two\nlines.png'), 3);
    await writeNoise(file(`odd/${long}`), 4);
    execFileSync('mkfifo', [file('odd/pipe.png')]);
    symlinkSync('/proc/self/status', file('odd/process.png'));
    writeFileSync(Buffer.concat([Buffer.from(`${file('odd')}/`), Buffer.from([0xff]), Buffer.from('.png')]), 'x'); // prettier-ignore
    const server = createServer().listen(file('odd/socket.png'));
    await new Promise((resolve) => server.once('listening', resolve));
    return () => void server.close();
  });

  it('is listed with its reason, and everything else is scanned', async () => {
    const { images, unread, problems } = await scan('odd');
    const names = ['pipe.png', 'process.png', 'socket.png', '\ufffd.png'];
    expect({ images, unread }).toEqual({ images: 4 + names.length, unread: names.length });
    expect(problems.map(({ path: image }) => image)).toEqual(names);
    for (const [i, name] of names.entries()) expect(problems[i]!.problem).toContain(name);
    expect(problems[0]!.problem).toContain('it is no regular file');
  });

  it('is not waited for', async () => {
    expect(await hashOf(file('odd/pipe.png'))).toBeNull();
  });
});

describe.skipIf(process.platform === 'win32')('a folder that cannot be read', () => {
  const locked = { path: 'b/locked/', problem: 'The folder b/locked cannot be read (EACCES): what is in it is left out.' }; // prettier-ignore

  beforeAll(async () => {
    chmodSync(folder, 0o777);
    for (const [seed, name] of ['a.png', 'b/b.png', 'b/locked/c.png', 'b/locked/d.png', 'z.png'].entries())
      await writeNoise(file(`partly/${name}`), seed);
  });

  it('is named with its reason and counted apart, and read as soon as that is possible', async () => {
    expect(await unprivileged(() => scan('partly'))).toMatchObject({ images: 5, unread: 0, folders: 0, problems: [] }); // prettier-ignore
    const before = contents(file('partly.index'));
    chmodSync(file('partly/b/locked'), 0o000);
    const there = { images: 3, unread: 0, folders: 1, problems: [locked] };
    expect(await unprivileged(() => scan('partly'))).toMatchObject({
      ...there,
      scanned: 0,
      added: 0,
      gone: 2,
    });
    expect(await unprivileged(() => scan('partly'))).toMatchObject({
      ...there,
      scanned: 0,
      added: 0,
      gone: 0,
    });
    chmodSync(file('partly/b/locked'), 0o755);
    expect(await unprivileged(() => scan('partly'))).toMatchObject({ images: 5, added: 2, gone: 0, folders: 0 }); // prettier-ignore
    expect(contents(file('partly.index'))).toEqual(before);
  });

  it('is named by the shard that it falls to, and by what shards are merged to', async () => {
    chmodSync(file('partly/b/locked'), 0o000);
    const shards = [1, 2].map((index) => ({ shard: { index, of: 2 }, index: file(`part ${index}.index`) }));
    const told = [];
    for (const shard of shards) told.push((await unprivileged(() => scan('partly', { ...shard }))).folders);
    expect(told.sort()).toEqual([0, 1]);
    const merged = await mergeIndexes(shards.map(({ index }) => index), file('merged.index')); // prettier-ignore
    expect(merged).toMatchObject({ images: 3, unread: 0, folders: 1, problems: [locked] });
    await unprivileged(() => scan('partly', { index: file('whole.index') }));
    expect(contents(file('merged.index'))).toEqual(contents(file('whole.index')));
    chmodSync(file('partly/b/locked'), 0o755);
  });

  it('does not hide that an index in a folder that may not be written to has to be copied', async () => {
    await unprivileged(() => scan('partly', { shard: { index: 1, of: 1 }, index: file('kept.index') }));
    mkdirSync(file('kept'));
    renameSync(file('kept.index'), file('kept/kept.index'));
    chmodSync(file('kept'), 0o555);
    const merging = unprivileged(() => mergeIndexes([file('kept/kept.index')], file('from kept.index')));
    await expect(merging).rejects.toMatchObject({ code: 'not-lockable' });
    chmodSync(file('kept'), 0o755);
    expect(await mergeIndexes([file('kept/kept.index')], file('from kept.index'))).toMatchObject({
      images: 5,
    });
  });

  it('is named where it keeps the names of its files but not what they are', async () => {
    chmodSync(file('partly/b'), 0o444);
    const { images, folders, problems } = await unprivileged(() => scan('partly'));
    chmodSync(file('partly/b'), 0o755);
    expect({ images, folders }).toEqual({ images: 3, folders: 1 });
    expect(problems.map(({ path: name }) => name)).toEqual(['b/b.png', 'b/locked/']);
  });

  it('is named on the command line', async () => {
    chmodSync(file('partly/b/locked'), 0o000);
    const said: string[] = [];
    const spies = [process.stdout, process.stderr].map((stream) =>
      vi.spyOn(stream, 'write').mockImplementation((text) => said.push(String(text)) > 0),
    );
    const subject = ['--model', model, '--images', file('partly'), '--runtime', runtimeName];
    const status = await unprivileged(() => runCli(['top', ...subject, '--out', file('cli.index')]));
    for (const spy of spies) spy.mockRestore();
    chmodSync(file('partly/b/locked'), 0o755);
    expect(status).toBe(0);
    expect(said.join('')).toContain(
      '3 images: 3 new, 0 changed, 0 gone; 0 could not be read, nor one folder',
    );
    expect(said.join('')).toContain(locked.problem);
  });

  it('is named where it went while the rest was listed', async () => {
    for (const name of ['a.png', 'in/b.png']) await writeNoise(file(`going/${name}`), 1);
    const { signal } = new AbortController();
    const asked = vi.spyOn(signal, 'throwIfAborted').mockImplementation(() => {
      // Before each folder and each portion of one: this is before the second folder.
      if (asked.mock.calls.length === 3) rmSync(file('going/in'), { recursive: true });
    });
    const { images, unread } = await listImages(file('going'), signal);
    expect(images.map(({ path: name }) => name)).toEqual(['a.png']);
    expect(unread).toEqual([{ path: 'in/', problem: 'The folder in cannot be read (ENOENT): what is in it is left out.' }]); // prettier-ignore
  });

  it('says so where there is nothing else', async () => {
    mkdirSync(file('closed/in'), { recursive: true });
    chmodSync(file('closed/in'), 0o000);
    const listing = unprivileged(() => listImages(file('closed'), never));
    await expect(listing).rejects.toThrow(
      /There is no image in .*closed\. The folder in cannot be read \(EACCES\)/,
    );
  });
});

describe('a folder with very many files', () => {
  const COUNT = 1000;

  beforeAll(() => {
    mkdirSync(file('empties'));
    for (let i = 0; i < COUNT; i++) writeFileSync(file(`empties/${i}.png`), '');
    for (let i = 0; i < COUNT; i++) writeFileSync(file(`empties/${i}.txt`), '');
  });

  it('tells how far it is also while nothing in it can be read', async () => {
    const told: number[] = [];
    const { unread } = await scan('empties', { onStep: ({ done }) => void told.push(done) });
    expect(unread).toBe(COUNT);
    expect(told.some((done) => done > 0 && done < COUNT)).toBe(true);
  });

  it('is left as soon as the scan is cancelled, before all of it was looked at', async () => {
    const controller = new AbortController();
    let last = 0;
    mkdirSync(file('empties-again'));
    for (let i = 0; i < COUNT; i++) writeFileSync(file(`empties-again/${i}.png`), '');
    const onStep = ({ done }: ScanProgress) => {
      last = done;
      if (done > 0) controller.abort();
    };
    const scanning = scan('empties-again', { signal: controller.signal, onStep });
    await expect(scanning).rejects.toThrow();
    expect(last).toBeLessThan(COUNT);
  });

  it('is not listed to its end once nobody wants it', async () => {
    const controller = new AbortController();
    const finding = findImages(file('empties'), controller.signal);
    controller.abort();
    await expect(finding.next()).rejects.toThrow();
    expect((await listImages(file('empties'), never)).images).toHaveLength(COUNT);
  });
});
