import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { onnxRuntime } from '../../src/engine/runtimes/onnxRuntime';
import { createService } from '../../src/engine/service';
import { root } from './models';
import { report } from './readme';
import { scannedModels } from './scannedModels';
import { scanPictures, type ScanPictures } from './scanPictures';
import { peakMemory, plainRate } from './scanRates';
import { rate, table } from './tables';

/** Pictures that the plain forward pass is measured with, before the scan and after it. */
const SAMPLE = 512;
const POLL_MS = 250;

const head = [
  'whole folder',
  'pictures',
  'time',
  'plain forward pass, images a second',
  'scan, images a second',
  'peak memory of an engine process / of the command, MiB',
];

/** Pictures, and seconds that the command took from its start to its end. */
interface Scanned {
  readonly images: number;
  readonly unread: number;
  readonly seconds: number;
  /** The most memory that the command itself and one of its engine processes took, bytes; `null` where the system does not tell. */
  readonly peaks: { readonly command: number | null; readonly engine: number | null };
}

const pictures = path.resolve(process.argv[2] ?? path.join(root, '../shared/data/caltech101'));
const folder = mkdtempSync(path.join(tmpdir(), 'switchback-scan-whole-'));
try {
  const sample = await scanPictures(pictures, { folder: path.join(folder, 'sample'), count: SAMPLE });
  const rows: string[][] = [];
  for (const { name, model } of scannedModels()) {
    console.error(`${name} …`);
    rows.push([name, ...(await measure(model, sample, path.join(folder, `${name}.index`)))]);
  }
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`;
  const described = `Measured by \`npm run bench:scan:whole\` on ${machine}: \`switchback top\` over all of ${path.basename(pictures)}, once, from its start to its end, and the plain forward pass before and after it.`;
  report('scan-whole', [described, table([head, ...rows])].join('\n\n'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(model: string, sample: ScanPictures, index: string): Promise<string[]> {
  const before = await plainRateOf(model, sample);
  const { images, unread, seconds, peaks } = await scan(model, index);
  const plain = (before + (await plainRateOf(model, sample))) / 2;
  const scanned = images / seconds;
  return [
    unread === 0 ? `${images}` : `${images}, ${unread} unreadable`,
    `${Math.round(seconds)} s`,
    rate(plain),
    `${rate(scanned)} (${(scanned / plain).toFixed(2)}x)`,
    `${mebibytes(peaks.engine)} / ${mebibytes(peaks.command)}`,
  ];
}

async function plainRateOf(model: string, sample: ScanPictures): Promise<number> {
  const { models } = createService(onnxRuntime({ threads: 0 }));
  return models.use(model, (open) => plainRate(open, sample));
}

/** Runs the command as a user does. */
async function scan(model: string, index: string): Promise<Scanned> {
  const start = performance.now();
  const args = ['top', '--model', model, '--images', pictures, '--out', index, '--json'];
  const command = spawn(process.execPath, [path.join(root, 'dist/cli.js'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  command.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  let [own, engine] = [0, 0];
  const polling = setInterval(() => {
    own = Math.max(own, peakMemory(command.pid) ?? 0);
    for (const pid of childrenOf(command.pid!)) engine = Math.max(engine, peakMemory(pid) ?? 0);
  }, POLL_MS);
  const code = await new Promise((resolve) => command.once('close', resolve));
  clearInterval(polling);
  if (code !== 0) throw new Error(`switchback top ended with ${String(code)}`);
  const { images, unread } = JSON.parse(printed) as { images: number; unread: number };
  return {
    images,
    unread,
    seconds: (performance.now() - start) / 1000,
    peaks: { command: own || null, engine: engine || null },
  };
}

/** Processes that a process has started, as far as the system tells. */
function childrenOf(pid: number): number[] {
  const tasks = `/proc/${pid}/task`;
  if (!existsSync(tasks)) return [];
  return readdirSync(tasks).flatMap((task) => {
    const file = path.join(tasks, task, 'children');
    return existsSync(file) ? readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number) : [];
  });
}

function mebibytes(bytes: number | null): string {
  return bytes === null ? '–' : `${Math.round(bytes / 2 ** 20)}`;
}
