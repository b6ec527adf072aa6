// Measures occlusion sweeps against PyTorch and writes the figures into the README: npm run bench:occlusion
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { firstLevel } from '../../src/core/experiments/occlusion/windows';
import type { Peer } from '../../src/protocol/contract';
import type { EngineContract } from '../../src/protocol/engineContract';
import { median, valueOf, withEngine, type Subject } from './measure';
import { benchmarks, root, writeImage, type Benchmark } from './models';
import { report } from './readme';
import { rate, table } from './tables';

const REPEATS = 3;

interface TorchRates {
  readonly version: string;
  readonly batched: number;
  readonly single: number;
}

interface SweepTimes {
  /** From the command to the first map, before and after the model is open. */
  readonly closedMs: number;
  readonly openMs: number;
  /** Windows a second of the first sweep. */
  readonly rate: number;
}

/** The coarsest level of a sweep of 25 x 25 windows, as the panel draws it first. */
const firstMap = firstLevel({ rows: 25, columns: 25 });

const folder = mkdtempSync(path.join(tmpdir(), 'switchback-bench-'));
try {
  const image = await writeImage(folder);
  const rows: string[][] = [];
  let torchVersion = 'not installed';
  for (const benchmark of benchmarks(folder)) {
    console.error(`${benchmark.name} …`);
    const own: SweepTimes[] = [];
    const torch: TorchRates[] = [];
    // In turn, so that what else the machine does meets both.
    for (let i = 0; i < REPEATS; i++) {
      own.push(await sweep({ model: benchmark.model, image }));
      torch.push(...torchRates(benchmark));
    }
    torchVersion = torch[0]?.version ?? torchVersion;
    rows.push(row(benchmark.name, own, torch));
  }
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`;
  const head = [
    'windows a second',
    'Switchback',
    'PyTorch, batches of 32',
    'ratio',
    'PyTorch one by one',
    'ratio',
    'first map',
  ];
  report(
    'occlusion',
    `Measured by \`npm run bench:occlusion\` on ${machine}, PyTorch ${torchVersion} in the same run. Medians of three. First map: from the command to ${firstMap.rows} x ${firstMap.columns} cells, in brackets with a model that has to be opened first.\n\n${table([head, ...rows])}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Two whole sweeps as the panel asks for them, by an engine that runs and has no model open before the first. */
function sweep(subject: Subject): Promise<SweepTimes> {
  return withEngine(path.join(root, 'dist/engine.js'), async ({ peer }) => {
    valueOf(await peer.call('ping', null));
    const closed = await timeSweep(peer, subject);
    const open = await timeSweep(peer, subject);
    return { closedMs: closed.firstMs, openMs: open.firstMs, rate: closed.rate };
  });
}

async function timeSweep(peer: Peer<EngineContract>, subject: Subject) {
  const start = performance.now();
  valueOf(await peer.call('record', subject));
  let windows = 0;
  let firstMs = 0;
  const request = { ...subject, size: [32, 32], stride: [8, 8], fill: [128, 128, 128] } as const;
  const outcome = await peer.call('occlude', request, {
    onProgress: (progress) => {
      if (progress.kind !== 'cells') return;
      windows += progress.cells.windows.length;
      if (firstMs === 0 && windows >= firstMap.rows * firstMap.columns) firstMs = performance.now() - start;
    },
  });
  return { firstMs, rate: (1000 * windows) / valueOf(outcome).milliseconds };
}

/** None where Debian's python3-torch is not installed. */
function torchRates({ torch, size }: Benchmark): TorchRates[] {
  const script = path.join(root, 'test/bench/torch_occlusion.py');
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', [script], {
    input: JSON.stringify({ model: torch, size, threads: availableParallelism(), seconds: 4 }),
    encoding: 'utf8',
  });
  if (status === 0) return [JSON.parse(stdout) as TorchRates];
  console.error(`skipped: PyTorch (${(stderr ?? '').trim().split('\n').at(-1) ?? 'not installed'})`);
  return [];
}

function row(name: string, times: readonly SweepTimes[], torch: readonly TorchRates[]): string[] {
  const own = median(times.map((each) => each.rate));
  const seconds = (milliseconds: readonly number[]) => (median(milliseconds) / 1000).toFixed(1);
  const first = `${seconds(times.map((each) => each.openMs))} s (${seconds(times.map((each) => each.closedMs))} s)`;
  if (torch.length === 0) return [name, rate(own), '–', '–', '–', '–', first];
  const batched = median(torch.map((rates) => rates.batched));
  const single = median(torch.map((rates) => rates.single));
  return [
    name,
    rate(own),
    rate(batched),
    `${rate(own / batched)}x`,
    rate(single),
    `${rate(own / single)}x`,
    first,
  ];
}
