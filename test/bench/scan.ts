// Measures scans of a folder against forward passes alone and writes the figures into the README: npm run bench:scan [-- folder]
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { onnxRuntime } from '../../src/engine/runtimes/onnxRuntime';
import { createService } from '../../src/engine/service';
import { measureOpenings, type Opening } from './largeIndex';
import { median } from './measure';
import { report } from './readme';
import { scannedModels } from './scannedModels';
import { scanPictures, type ScanPictures } from './scanPictures';
import { decodingRate, maximaRate, peakMemory, plainRate, scanRate, startWorkers } from './scanRates';
import { rate, table } from './tables';

const CORES = availableParallelism();
/** Enough for a process of each core to have work. */
const IMAGES = Math.max(512, 64 * CORES);
const REPEATS = 3;
const PROCESSES = [1, 2, 4, ...(CORES > 4 ? [CORES] : [])];

/** Images a second. */
interface Measured {
  readonly name: string;
  readonly plain: number;
  readonly maxima: number;
  readonly decoding: number;
  readonly scans: readonly {
    readonly processes: number;
    readonly rate: number;
    readonly peak: number | null;
  }[];
  readonly openings: readonly Opening[];
}

const folder = mkdtempSync(path.join(tmpdir(), 'switchback-scan-'));
try {
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
    'scan',
    [
      `Measured by \`npm run bench:scan\` on ${machine}, ${pictures.described}. Medians of three, taken in turn.`,
      ratesTable(measured),
      describeOpenings(measured.at(-1)!),
    ].join('\n\n'),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** In turn, so that what else the machine does meets all of them. */
async function measure(name: string, model: string, pictures: ScanPictures): Promise<Measured> {
  const service = createService(onnxRuntime({ threads: 0 }));
  return service.models.use(model, async (open) => {
    const plain: number[] = [];
    const maxima: number[] = [];
    const decoding: number[] = [];
    const index = (run: string) => path.join(folder, `${name} ${run}`);
    const scans = PROCESSES.map((processes) => ({
      processes,
      rates: [] as number[],
      peaks: [] as (number | null)[],
    }));
    for (let i = 0; i < REPEATS; i++) {
      plain.push(await plainRate(open, pictures));
      maxima.push(await maximaRate(open, pictures));
      decoding.push(await decodingRate(open, pictures));
      for (const { processes, rates, peaks } of scans) {
        const workers = await startWorkers(open, processes, pictures.folder);
        rates.push(await scanRate(open, pictures, { workers, index: index(`${processes} ${i}`) }));
        peaks.push(...workers.map(({ pid }) => peakMemory(pid())));
        for (const worker of workers) worker.dispose();
      }
    }
    return {
      name,
      plain: median(plain),
      maxima: median(maxima),
      decoding: median(decoding),
      scans: scans.map(({ processes, rates, peaks }) => ({
        processes,
        rate: median(rates),
        peak: peaks.includes(null) ? null : Math.max(...peaks.map(Number)),
      })),
      openings: await measureOpenings(open, pictures.folder, index('1 0')),
    };
  });
}

function ratesTable(measured: readonly Measured[]): string {
  const processes = PROCESSES.map((count) => (count === 1 ? '1 process' : `${count} processes`));
  const rows = measured.map(({ name, plain, maxima, decoding, scans }) => [
    name,
    rate(plain),
    `${rate(maxima)} (${(maxima / plain).toFixed(2)}x)`,
    rate(decoding),
    ...scans.map((scan) => `${rate(scan.rate)} (${(scan.rate / plain).toFixed(2)}x)`),
    scans.map(({ peak }) => (peak === null ? '–' : `${Math.round(peak / 2 ** 20)}`)).join(' / '),
  ]);
  return table([
    [
      'images a second',
      'plain forward pass',
      'all maxima',
      'decoding alone',
      ...processes,
      'peak memory of a process, MiB',
    ],
    ...rows,
  ]);
}

function describeOpenings({ name, openings }: Measured): string {
  const told = openings.map(
    ({ images, opened, page }) =>
      `${images.toLocaleString('en')} images in ${opened.toFixed(0)} ms, a page of 24 maps in ${page.toFixed(0)} ms`,
  );
  return `An index opens (${name}) with ${told.join('; with ')}.`;
}
