import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findImages, listImages } from '../../src/engine/topActivations/listImages';
import { hashOf } from '../../src/engine/imageFile';
import { scanFolder } from '../../src/engine/topActivations/scanFolder';
import type { ScanProgress } from '../../src/protocol/topActivations';
import { smallNet } from '../support/smallNet';
import { writeNoise } from './indexes';
import { newService, temporaryFolder, writeModel } from './support';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);
const service = newService();
const model = file('small.onnx');
const never = new AbortController().signal;

beforeAll(() => writeModel(model, smallNet()));

async function scan(images: string, signal = never, onStep: (step: ScanProgress) => void = () => undefined) {
  const request = { folder: file(images), index: file(`${images}.index`), k: 4, each: 1 };
  return service.models.use(model, async (open) => {
    const scanning = scanFolder(open, request, signal);
    for (;;) {
      const step = await scanning.next();
      if (step.done) return step.value;
      onStep(step.value);
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

describe('a folder with very many files', () => {
  const COUNT = 1000;

  beforeAll(() => {
    mkdirSync(file('empties'));
    for (let i = 0; i < COUNT; i++) writeFileSync(file(`empties/${i}.png`), '');
    for (let i = 0; i < COUNT; i++) writeFileSync(file(`empties/${i}.txt`), '');
  });

  it('tells how far it is also while nothing in it can be read', async () => {
    const told: number[] = [];
    const { unread } = await scan('empties', never, ({ done }) => void told.push(done));
    expect(unread).toBe(COUNT);
    expect(told.some((done) => done > 0 && done < COUNT)).toBe(true);
  });

  it('is left as soon as the scan is cancelled, before all of it was looked at', async () => {
    const controller = new AbortController();
    let last = 0;
    mkdirSync(file('empties-again'));
    for (let i = 0; i < COUNT; i++) writeFileSync(file(`empties-again/${i}.png`), '');
    const scanning = scan('empties-again', controller.signal, ({ done }) => {
      last = done;
      if (done > 0) controller.abort();
    });
    await expect(scanning).rejects.toThrow();
    expect(last).toBeLessThan(COUNT);
  });

  it('is not listed to its end once nobody wants it', async () => {
    const controller = new AbortController();
    const finding = findImages(file('empties'), controller.signal);
    controller.abort();
    await expect(finding.next()).rejects.toThrow();
    expect(await listImages(file('empties'), never)).toHaveLength(COUNT);
  });
});
