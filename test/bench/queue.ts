// Measures scans by workers of a queue and writes the figures into the README: npm run bench:queue [-- folder]
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import type { OpenModel } from '../../src/engine/openModel';
import { scanThroughQueue } from '../../src/engine/queue/scanThroughQueue';
import { onnxRuntime } from '../../src/engine/runtimes/onnxRuntime';
import { createService } from '../../src/engine/service';
import { scanFolder } from '../../src/engine/topActivations/scanFolder';
import { threadsOfEach } from '../../src/engine/topActivations/scanWithProcesses';
import { hasRedis, prepareRedis, type TestRedis } from '../engine/redis';
import { median } from './measure';
import { root } from './models';
import { report } from './readme';
import { scannedModels } from './scannedModels';
import { scanPictures, type ScanPictures } from './scanPictures';
import { measureGathering, type Gathering } from './scanRates';
import { rate, table } from './tables';

const CORES = availableParallelism();
const REPEATS = 3;
const WORKERS = [1, 2, 4];
/** Images of one message, as `switchback top --queue` gives them out. */
const PORTION = 128;
/** As many portions for each worker in every scan. */
const IMAGES = PORTION * Math.max(...WORKERS);
/** What the extrapolation is for. */
const [MANY_IMAGES, MACHINES] = [1_000_000, 16];

/** Images a second. */
interface Measured {
  readonly name: string;
  readonly alone: number;
  readonly byWorkers: readonly number[];
  readonly gathering: Gathering;
}

const { signal } = new AbortController();
const folder = mkdtempSync(path.join(tmpdir(), 'switchback-queue-'));
let runs = 0;

/** So many workers of one model, with a Redis of their own. */
interface Crew {
  readonly size: number;
  readonly redis: TestRedis;
  readonly workers: readonly ChildProcess[];
  readonly rates: number[];
}

try {
  if (!hasRedis) throw new Error('There is no redis-server to measure with.');
  const pictures = await scanPictures(process.argv[2], {
    folder: path.join(folder, 'pictures'),
    count: IMAGES,
  });
  const measured: Measured[] = [];
  for (const { name, model } of scannedModels()) {
    console.error(`${name} …`);
    measured.push(await measure(name, model, pictures));
  }
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${CORES} cores`;
  report(
    'queue',
    [
      `Measured by \`npm run bench:queue\` on ${machine}, ${pictures.described}, Redis on the same machine. Medians of three, taken in turn.`,
      ratesTable(measured),
      extrapolation(measured),
    ].join('\n\n'),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** In turn, so that what else the machine does meets all of them. */
async function measure(name: string, model: string, pictures: ScanPictures): Promise<Measured> {
  const service = createService(onnxRuntime({ threads: 0 }));
  const crews: Crew[] = [];
  try {
    for (const size of WORKERS) crews.push(await hire(size, model, pictures.folder));
    return await service.models.use(model, async (open) => {
      const alone: number[] = [];
      await scanAlone(open, pictures);
      for (const crew of crews) await scanBy(crew, open, pictures);
      for (let i = 0; i < REPEATS; i++) {
        alone.push(await scanAlone(open, pictures));
        for (const crew of crews) crew.rates.push(await scanBy(crew, open, pictures));
        console.error(
          `  ${[alone, ...crews.map(({ rates }) => rates)].map((rates) => rate(rates[i]!)).join(', ')}`,
        );
      }
      const byWorkers = crews.map(({ rates }) => median(rates));
      const gathering = await measureGathering(open, pictures, PORTION);
      return { name, alone: median(alone), byWorkers, gathering };
    });
  } finally {
    for (const { redis, workers } of crews) {
      for (const worker of workers) worker.kill('SIGKILL');
      await redis.kill();
    }
  }
}

async function hire(size: number, model: string, images: string): Promise<Crew> {
  const redis = await prepareRedis(path.join(folder, `redis ${runs++}`));
  await redis.start();
  const threads = String(threadsOfEach(CORES, size));
  const subject = ['--model', model, '--images', images, '--threads', threads];
  const args = [path.join(root, 'dist/cli.js'), 'worker', ...subject, '--queue', addressOf(redis)];
  const workers = Array.from({ length: size }, () => spawn(process.execPath, args, { stdio: 'ignore' }));
  return { size, redis, workers, rates: [] };
}

function addressOf({ port }: TestRedis): string {
  return `redis://127.0.0.1:${port}`;
}

function requestFor(pictures: ScanPictures) {
  return { folder: pictures.folder, index: path.join(folder, `${runs++}.index`), k: 9, each: 1 };
}

/** By this process, with all cores. Images a second. */
async function scanAlone(model: OpenModel, pictures: ScanPictures): Promise<number> {
  const start = performance.now();
  const scanning = scanFolder(model, requestFor(pictures), signal);
  while (!(await scanning.next()).done);
  return (1000 * pictures.count) / (performance.now() - start);
}

/** Images a second, from when all workers are there. */
async function scanBy({ size, redis }: Crew, model: OpenModel, pictures: ScanPictures): Promise<number> {
  let start = 0;
  const scanning = scanThroughQueue(model, requestFor(pictures), { address: addressOf(redis) }, signal);
  for (let step = await scanning.next(); !step.done; step = await scanning.next()) {
    if (step.value.workers === size) start ||= performance.now();
  }
  return (1000 * pictures.count) / (performance.now() - start);
}

function ratesTable(measured: readonly Measured[]): string {
  const crews = WORKERS.map((size) => (size === 1 ? '1 worker' : `${size} workers`));
  const rows = measured.map(({ name, alone, byWorkers }) => [
    name,
    rate(alone),
    ...byWorkers.map((found) => `${rate(found)} (${(found / alone).toFixed(2)}x)`),
  ]);
  return table([['images a second', 'one process, no queue', ...crews], ...rows]);
}

function extrapolation(measured: readonly Measured[]): string {
  const lines = measured.map(({ name, byWorkers, gathering }) => {
    const together = MACHINES * Math.max(...byWorkers);
    const hours = MANY_IMAGES / Math.min(together, gathering.rate) / 3600;
    const gigabytes = (MANY_IMAGES * gathering.bytes) / 1e9;
    return [
      name,
      rate(together),
      rate(gathering.rate),
      `${hours.toFixed(1)} h`,
      `${gigabytes.toFixed(1)} GB`,
    ];
  });
  const head = [
    'on paper',
    `${MACHINES} machines, images a second`,
    'one process can gather',
    'a million images',
    'through the queue',
  ];
  return `What ${MACHINES} machines like this one would take for a million images, each with the number of workers that is fastest above, while one process gathers what they find:\n\n${table([head, ...lines])}`;
}
