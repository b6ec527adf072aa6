import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { argMax } from '../../src/core/tensor/argMax';
import { readRegularFile } from '../../src/engine/modelFiles';
import { scanFolder } from '../../src/engine/topActivations/scanFolder';
import type { ScanProgress, ScanRequest, ScanResult } from '../../src/protocol/topActivations';
import { smallNet } from '../support/smallNet';
import { contents, writeNoise, type Row } from './indexes';
import { bundle, newService, runtimeName, temporaryFolder, writeModel } from './support';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);
const service = newService();
const model = file('small.onnx');
const signal = new AbortController().signal;

const COUNT = 70;

beforeAll(async () => {
  writeModel(model, smallNet());
  writeModel(file('other.onnx'), smallNet({ seed: 8 }));
  for (let i = 0; i < COUNT; i++) await writeNoise(file(`set/${i % 3 === 0 ? 'b/' : ''}${i}.png`), i);
});

/** The same scan as a command. */
const topInto = (index: string): string[] =>
  ['top', '--model', model, '--images', file('set'), '--k', '4', '--runtime', runtimeName, '--out', index]; // prettier-ignore

interface Scanning {
  readonly stopAfter?: number;
  readonly of?: string;
  readonly onStep?: () => void;
}

async function scanAll(
  request: Partial<ScanRequest> & Pick<ScanRequest, 'index'>,
  { stopAfter = Infinity, of = model, onStep = () => {} }: Scanning = {},
): Promise<{ result: ScanResult | undefined; steps: ScanProgress[] }> {
  const steps: ScanProgress[] = [];
  const result = await service.models.use(of, async (open) => {
    const scanning = scanFolder(open, { folder: file('set'), k: 4, each: 1, ...request }, signal);
    for (;;) {
      const step = await scanning.next();
      if (step.done) return step.value;
      steps.push(step.value);
      onStep();
      if (step.value.step === 'running' && step.value.done >= stopAfter) {
        await scanning.return(undefined as never);
        return undefined;
      }
    }
  });
  return { result, steps };
}

/** The definition: run every picture alone, take the strongest activation of every map, sort. */
async function naiveRows(images: readonly string[], k: number): Promise<Omit<Row, 'place'>[]> {
  const found = new Map<string, Omit<Row, 'place'>[]>();
  for (const image of [...images].sort()) {
    const { recording, model: open } = await service.recordings.of(
      { model, image: file(`set/${image}`) },
      { signal },
    );
    for (const { label, tensor } of open.network.layers) {
      const { maps, height, width } = open.network.resolved.grids.get(tensor)!;
      const values = recording.features.get(tensor)!;
      for (let map = 0; map < maps; map++) {
        const at = argMax(values, map * height * width, height * width);
        const value = values[map * height * width + at]!;
        const rows = found.get(`${label} ${map}`) ?? [];
        if (value > 0)
          rows.push({ label, map, value, path: image, y: Math.floor(at / width), x: at % width });
        found.set(`${label} ${map}`, rows);
      }
    }
  }
  return [...found.values()].flatMap((rows) => rows.sort((a, b) => b.value - a.value).slice(0, k));
}

const names = Array.from({ length: COUNT }, (_, i) => `${i % 3 === 0 ? 'b/' : ''}${i}.png`);

describe('an index of top activations', () => {
  it('holds what running every picture alone and sorting finds', async () => {
    const index = file('all.index');
    const { result, steps } = await scanAll({ index });
    expect(result).toMatchObject({ images: COUNT, scanned: COUNT, problems: [] });
    expect(steps.at(-1)).toEqual({ step: 'running', images: COUNT, pending: COUNT, done: COUNT });
    const { rows } = contents(index);
    const expected = await naiveRows(names, 4);
    const key = ({ label, map, path: image, y, x }: Omit<Row, 'place'>) =>
      `${label} ${map} ${image} ${y},${x}`;
    const values = new Map(expected.map((row) => [key(row), row.value]));
    expect(rows.map(key).sort()).toEqual(expected.map(key).sort());
    for (const row of rows) expect(Math.abs(row.value / values.get(key(row))! - 1)).toBeLessThan(1e-5);
  });

  it('takes several activations of an image where that is asked for', async () => {
    const index = file('each.index');
    await scanAll({ index, each: 3, layers: ['conv2', 'fc4'] });
    const { rows } = contents(index);
    expect(new Set(rows.map(({ label }) => label))).toEqual(new Set(['conv2', 'fc4']));
    const perMap = new Map<string, Set<string>>();
    for (const { label, map, path: image } of rows) {
      perMap.set(`${label} ${map}`, (perMap.get(`${label} ${map}`) ?? new Set<string>()).add(image));
    }
    expect([...perMap.values()].some((images) => images.size < 4)).toBe(true);
    const best = contents(file('all.index')).rows.filter(
      ({ label, place }) => label === 'conv2' && place === 0,
    );
    expect(rows.filter(({ label, place }) => label === 'conv2' && place === 0)).toEqual(best);
  });

  it('is the same when the scan was stopped, and goes on where it was', async () => {
    const index = file('stopped.index');
    await scanAll({ index }, { stopAfter: 20 });
    const half = contents(index).images.length;
    expect(half).toBeGreaterThanOrEqual(20);
    expect(half).toBeLessThan(COUNT);
    const { result } = await scanAll({ index });
    expect(result).toMatchObject({ scanned: COUNT - half });
    expect(contents(index)).toEqual(contents(file('all.index')));
    expect((await scanAll({ index })).result).toMatchObject({ images: COUNT, scanned: 0 });
  });

  it('is the same when the process was killed', async () => {
    const cli = await bundle('src/cli/main.ts');
    const index = file('killed.index');
    const args = [cli, ...topInto(index)];
    const killed = spawn(process.execPath, args, { stdio: 'ignore' });
    while (!existsSync(`${index}.scan`)) await new Promise((resolve) => setTimeout(resolve, 5));
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const again = spawn(process.execPath, args, { stdio: 'ignore' });
    expect(await once(again, 'exit')).toEqual([0, null]);
    expect(existsSync(`${index}.scan`)).toBe(false);
    expect(contents(index)).toEqual(contents(file('all.index')));
  });

  it('begins where a scan was killed while it made the file', async () => {
    const index = file('empty.index');
    writeFileSync(index, '');
    await scanAll({ index });
    expect(contents(index)).toEqual(contents(file('all.index')));
  });

  // What `ulimit` forbids to grow fails as on a full disk; Windows has no such thing.
  it.skipIf(process.platform === 'win32')(
    'is whole when the disk was full, and goes on when there is room',
    async () => {
      const cli = await bundle('src/cli/main.ts');
      const index = file('full.index');
      await scanAll({ index }, { stopAfter: 20 });
      const before = contents(index);
      const limit = Math.ceil(statSync(index).size / 512);
      const script = `ulimit -f ${limit}; exec "$@"`;
      const full = spawn('sh', ['-c', script, 'sh', process.execPath, cli, ...topInto(index)]);
      let said = '';
      full.stderr.on('data', (text: Buffer) => (said += text.toString()));
      const [code] = (await once(full, 'exit')) as [number];
      expect(said).toContain(`${index} cannot be written: its disk may be full`);
      expect(code).toBe(1);
      expect(contents(index)).toEqual(before);
      await scanAll({ index });
      expect(contents(index)).toEqual(contents(file('all.index')));
    },
  );

  it.skipIf(process.platform === 'win32')(
    'is not begun where the disk is full already, which is said',
    async () => {
      const cli = await bundle('src/cli/main.ts');
      const script = 'ulimit -f 1; exec "$@"';
      const full = spawn('sh', ['-c', script, 'sh', process.execPath, cli, ...topInto(file('none.index'))]);
      let said = '';
      full.stderr.on('data', (text: Buffer) => (said += text.toString()));
      expect(await once(full, 'exit')).toEqual([1, null]);
      expect(said).toContain('none.index.scan-listing cannot be written: its disk may be full');
      expect(readdirSync(folder).filter((name) => name.startsWith('none.index'))).toEqual([]);
    },
  );

  it('lists its folder in a file that is gone afterwards, and minds none that a killed scan left', async () => {
    const [index, listing] = [file('listed.index'), file('listed.index.scan-listing')];
    writeFileSync(listing, 'half a list');
    mkdirSync(`${listing}.lock`);
    let seen = false;
    const onStep = () => (seen ||= existsSync(listing));
    expect((await scanAll({ index }, { onStep })).result).toMatchObject({ images: COUNT, added: COUNT });
    expect(seen).toBe(true);
    await scanAll({ index, folder: file('set/b') }, { stopAfter: 0 });
    for (const name of [listing, `${listing}.lock`]) expect(existsSync(name)).toBe(false);
  });

  it('follows images that come, go, change and move', async () => {
    const index = file('changing.index');
    const set = file('changing');
    cpSync(file('set'), set, { recursive: true });
    await scanAll({ index, folder: set });
    await writeNoise(file('changing/new.png'), 1001);
    await writeNoise(file('changing/5.png'), 1002);
    rmSync(path.join(set, '7.png'));
    renameSync(path.join(set, '8.png'), path.join(set, 'moved.png'));
    utimesSync(path.join(set, '10.png'), 1, 1);
    const { result } = await scanAll({ index, folder: set });
    expect(result!.scanned).toBeLessThan(COUNT);
    await scanAll({ index: file('fresh.index'), folder: set });
    expect(contents(index)).toEqual(contents(file('fresh.index')));
  });

  it('begins anew where too many images have gone', async () => {
    const index = file('fewer.index');
    const set = file('fewer');
    cpSync(file('set'), set, { recursive: true });
    await scanAll({ index, folder: set });
    for (const name of names.slice(0, COUNT / 2)) rmSync(path.join(set, name));
    const { result } = await scanAll({ index, folder: set });
    expect(result).toMatchObject({ images: COUNT / 2, scanned: COUNT / 2 });
    await scanAll({ index: file('few.index'), folder: set });
    expect(contents(index)).toEqual(contents(file('few.index')));
  });

  it('lists images that cannot be read and passes them over', async () => {
    const set = file('corrupt');
    for (const i of [1, 2]) await writeNoise(file(`corrupt/${i}.png`), i);
    writeFileSync(path.join(set, 'broken.jpg'), 'no picture');
    writeFileSync(path.join(set, 'notes.txt'), 'no picture either');
    symlinkSync('gone.png', path.join(set, 'dangling.png'));
    symlinkSync('.', path.join(set, 'loop'));
    const index = file('corrupt.index');
    const { result } = await scanAll({ index, folder: set });
    expect(result).toMatchObject({ images: 4, scanned: 4, added: 4, changed: 0, gone: 0, unread: 2 });
    expect(result!.problems.map(({ path: image }) => image)).toEqual(['broken.jpg', 'dangling.png']);
    expect(result!.problems[0]!.problem).toContain('broken.jpg');
    // What is not there is tried again, what is no picture is not.
    const same = { scanned: 1, added: 0, changed: 0, gone: 0, unread: 2 };
    expect((await scanAll({ index, folder: set })).result).toMatchObject(same);
    await writeNoise(file('corrupt/broken.jpg'), 3);
    rmSync(file('corrupt/1.png'));
    const changed = { images: 3, scanned: 2, added: 0, changed: 1, gone: 1, unread: 1 };
    expect((await scanAll({ index, folder: set })).result).toMatchObject(changed);
  });
});

describe('a scan is refused with a sentence', () => {
  it.each([
    ['an empty folder', 'empty', 'no-images'],
    ['no folder', 'nowhere', 'not-a-folder'],
  ])('for %s', async (_, name, code) => {
    mkdirSync(file('empty'), { recursive: true });
    await expect(scanAll({ index: file('x.index'), folder: file(name) })).rejects.toMatchObject({ code });
    expect(existsSync(file('x.index'))).toBe(false);
  });

  it('for the index of another model, another number of places, other layers', async () => {
    const index = file('owned.index');
    await scanAll({ index, folder: file('changing') });
    const another = { code: 'another-index' };
    await expect(scanAll({ index }, { of: file('other.onnx') })).rejects.toMatchObject(another);
    await expect(scanAll({ index, k: 5 })).rejects.toMatchObject(another);
    await expect(scanAll({ index, layers: ['conv1'] })).rejects.toMatchObject(another);
  });

  it('for a file that is no index, and leaves it alone', async () => {
    const index = file('letter.txt');
    writeFileSync(index, 'Dear reader, this is no database, however long you look at it.');
    await expect(scanAll({ index })).rejects.toMatchObject({ code: 'not-an-index' });
    expect(Buffer.from(await readRegularFile(index)).toString()).toContain('Dear reader');
  });

  it('while another scan writes the index, but not because of one that is no more', async () => {
    const index = file('busy.index');
    const mark = (process: number) =>
      writeFileSync(`${index}.scan`, JSON.stringify({ process, host: hostname() }));
    mark(process.ppid);
    await expect(scanAll({ index })).rejects.toMatchObject({ code: 'index-in-use' });
    // No process has this number: it is beyond what Linux, macOS and Windows give out.
    mark(2 ** 30 + 1);
    expect((await scanAll({ index, folder: file('corrupt') })).result).toMatchObject({ unread: 1 });
  });

  it('while another scan of this process writes it: that is said, and can be cancelled', async () => {
    const request = { folder: file('set'), index: file('twice.index'), k: 4, each: 1 };
    await service.models.use(model, async (open) => {
      const first = scanFolder(open, request, signal);
      await first.next();
      const controller = new AbortController();
      const second = scanFolder(open, request, controller.signal);
      expect((await second.next()).value).toMatchObject({ step: 'waiting', done: 0 });
      const claimed = second.next();
      controller.abort();
      await expect(claimed).rejects.toMatchObject({ name: 'AbortError' });
      await first.return(undefined as never);
    });
  });

  it('for a folder that cannot be written', async () => {
    const index = path.join(file('nowhere'), 'x.index');
    await expect(scanAll({ index })).rejects.toMatchObject({ code: 'not-writable' });
  });
});
