import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type EngineClient } from '../../src/engine/client';
import { scanFolder } from '../../src/engine/topActivations/scanFolder';
import { scanInProcesses } from '../../src/engine/topActivations/scanInProcesses';
import { processesFor, scanWithProcesses } from '../../src/engine/topActivations/scanWithProcesses';
import type {
  ImagesRequest,
  ScannedImages,
  ScanProgress,
  ScanResult,
} from '../../src/protocol/topActivations';
import { smallNet } from '../support/smallNet';
import { contents, writeNoise } from './indexes';
import { bundle, newService, runtimeName, temporaryFolder, writeModel } from './support';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);
const service = newService();
const COUNT = 150;
let entry = '';
let started: EngineClient[] = [];

function start(threads: number): EngineClient {
  const silent = () => undefined;
  const engine = startEngine({
    entry,
    runtime: runtimeName,
    provider: 'cpu',
    threads,
    hangSeconds: 60,
    log: silent,
    onDown: silent,
  });
  started.push(engine);
  return engine;
}

interface Scan {
  readonly processes: number;
  readonly signal?: AbortSignal;
  readonly onStep?: (step: ScanProgress) => void;
}

async function scanInto(
  index: string,
  { processes: count, signal = new AbortController().signal, onStep }: Scan,
): Promise<ScanResult> {
  started = [];
  return service.models.use(file('small.onnx'), async (open) => {
    const request = { folder: file('set'), index: file(index), k: 4, each: 1 };
    const scanning = scanFolder(open, request, signal, (subject, waiting) =>
      scanWithProcesses(open, { subject, waiting }, { start, count, threads: 2 }, signal),
    );
    for (;;) {
      const step = await scanning.next();
      if (step.done) return step.value;
      if (step.value.step === 'running') onStep?.(step.value);
    }
  });
}

/** A process that has found everything before one can look. */
async function answerAtOnce(
  _method: string,
  { images }: ImagesRequest,
  { onProgress }: { readonly onProgress: (found: ScannedImages) => void },
) {
  onProgress({ images: [...images.keys()], hashes: [], layers: [], passedOver: [] });
  return { ok: true, value: null };
}

const everything = (index: string) => contents(file(index), 1000);

beforeAll(async () => {
  entry = await bundle('src/engine/main.ts');
  writeModel(file('small.onnx'), smallNet());
  for (let i = 0; i < COUNT; i++) await writeNoise(file(`set/${i % 3 === 0 ? 'b/' : ''}${i}.png`), i % 140);
  writeFileSync(file('set/broken.jpg'), 'no picture');
  await scanInto('one.index', { processes: 1 });
}, 60_000);

describe('a scan in several processes', () => {
  it('gives the index of a scan in one', async () => {
    const steps: ScanProgress[] = [];
    const result = await scanInto('three.index', { processes: 3, onStep: (step) => steps.push(step) });
    expect(started).toHaveLength(3);
    expect(result).toMatchObject({ images: COUNT + 1, problems: [{ path: 'broken.jpg' }] });
    expect(steps.at(-1)).toMatchObject({ done: COUNT + 1, pending: COUNT + 1 });
    expect(everything('three.index')).toEqual(everything('one.index'));
  });

  it('does the same when one of them is killed', async () => {
    let killed = false;
    await scanInto('killed.index', {
      processes: 2,
      onStep: ({ done }) => {
        const pid = started[1]?.pid();
        if (killed || done === 0 || pid === undefined) return;
        killed = true;
        process.kill(pid, 'SIGKILL');
      },
    });
    expect(killed).toBe(true);
    expect(everything('killed.index')).toEqual(everything('one.index'));
  });

  it('stops when it is cancelled, ends its processes, and goes on where it was', async () => {
    const controller = new AbortController();
    const stopped = scanInto('stopped.index', {
      processes: 2,
      signal: controller.signal,
      onStep: ({ done }) => done > 0 && controller.abort(),
    });
    await expect(stopped).rejects.toThrow(/abort/i);
    expect(started.map((engine) => engine.pid())).toEqual([undefined, undefined]);
    const half = everything('stopped.index').images.length;
    expect(half).toBeGreaterThan(0);
    const { scanned } = await scanInto('stopped.index', { processes: 2 });
    expect(scanned).toBe(COUNT + 1 - half);
    expect(everything('stopped.index')).toEqual(everything('one.index'));
  });

  it('lists images that vanish after the folder was listed', async () => {
    const vanished = [file('set/1.png'), file('set/149.png')];
    const result = await scanInto('vanished.index', {
      processes: 2,
      onStep: () => vanished.forEach((image) => rmSync(image, { force: true })),
    });
    expect(vanished.some(existsSync)).toBe(false);
    expect(result.images).toBe(COUNT + 1);
    expect(result.problems.map(({ path: image }) => image)).toEqual(['1.png', '149.png', 'broken.jpg']);
  });

  it('is no leak to Node, however many processes there are', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on('warning', listen);
    // One process that is asked as if it were twelve.
    const engines = Array<EngineClient>(12).fill(start(1));
    const images = Array.from({ length: 32 * engines.length }, (_, number) => ({ number, path: '0.png', bytes: 0, modified: 0 })); // prettier-ignore
    const left = [...images];
    const waiting = {
      count: images.length,
      take: (most: number) => left.splice(0, most),
      find: () => undefined,
    };
    const subject = { model: file('small.onnx'), folder: file('set/b'), layers: ['conv1'], each: 1 };
    let scanned = 0;
    for await (const found of scanInProcesses(engines, subject, waiting, new AbortController().signal)) {
      scanned += found.images.length;
    }
    engines[0]!.dispose();
    process.off('warning', listen);
    expect(scanned).toBe(images.length);
    expect(warnings).toEqual([]);
  });

  it('takes no further images while what was found is not taken', async () => {
    const images = Array.from({ length: 640 }, (_, number) => ({ number, path: `${number}.png`, bytes: 0, modified: 0 })); // prettier-ignore
    let portions = 0;
    const left = [...images];
    const waiting = {
      count: images.length,
      take: (most: number) => {
        portions++;
        return left.splice(0, Math.min(most, 8));
      },
      find: () => undefined,
    };
    const fast = { peer: { call: answerAtOnce } } as unknown as EngineClient;
    const subject = { model: 'm', folder: 'f', layers: [], each: 1 };
    const scanning = scanInProcesses([fast, fast], subject, waiting, new AbortController().signal);
    const found: number[] = [];
    for await (const { images: of } of scanning) {
      found.push(...of);
      const handled = found.length / 8;
      for (let turn = 0; turn < 50; turn++) await setImmediate();
      // Two that wait, and for each process one that it went on with before.
      expect(portions - handled).toBeLessThanOrEqual(2 + 2);
    }
    expect(found.sort((a, b) => a - b)).toEqual(images.map(({ number }) => number));
  });

  it('gives up with a sentence where processes keep ending', async () => {
    const healthy = entry;
    entry = file('ends.mjs');
    writeFileSync(entry, 'process.exit(7)');
    await expect(scanInto('never.index', { processes: 2 })).rejects.toThrow(/ended unexpectedly/);
    entry = healthy;
  });
});

it.each([
  ['a process a core', 4, 64, 0.05, 4],
  ['fewer where memory is short', 16, 8, 0.05, 4],
  ['fewer where weights are large', 8, 16, 0.5, 2],
  ['one at least', 4, 0.1, 0.5, 1],
])('takes %s', (_, cores, freeGigabytes, weightGigabytes, expected) => {
  expect(processesFor(cores, freeGigabytes * 2 ** 30, weightGigabytes * 2 ** 30)).toBe(expected);
});
