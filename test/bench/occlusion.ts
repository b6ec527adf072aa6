// Measures occlusion sweeps against PyTorch and writes the figures into the README: npm run bench:occlusion
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
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

const folder = mkdtempSync(path.join(tmpdir(), 'switchback-bench-'));
try {
  const image = await writeImage(folder);
  const rows: string[][] = [];
  let torchVersion = 'not installed';
  for (const benchmark of benchmarks(folder)) {
    console.error(`${benchmark.name} …`);
    const own: number[] = [];
    const torch: TorchRates[] = [];
    // In turn, so that what else the machine does meets both.
    for (let i = 0; i < REPEATS; i++) {
      own.push(await sweepRate({ model: benchmark.model, image }));
      torch.push(...torchRates(benchmark));
    }
    torchVersion = torch[0]?.version ?? torchVersion;
    rows.push(row(benchmark.name, median(own), torch));
  }
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`;
  const head = [
    'windows a second',
    'Switchback',
    'PyTorch, batches of 32',
    'ratio',
    'PyTorch one by one',
    'ratio',
  ];
  report(
    'occlusion',
    `Measured by \`npm run bench:occlusion\` on ${machine}, PyTorch ${torchVersion} in the same run. Medians of three.\n\n${table([head, ...rows])}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A whole sweep as the panel asks for it, the model open already. */
function sweepRate(subject: Subject): Promise<number> {
  return withEngine(path.join(root, 'dist/engine.js'), async ({ peer }) => {
    valueOf(await peer.call('record', subject));
    let windows = 0;
    const request = { ...subject, size: [32, 32], stride: [8, 8], fill: [128, 128, 128] } as const;
    const outcome = await peer.call('occlude', request, {
      onProgress: (progress) => {
        if (progress.kind === 'cells') windows += progress.cells.windows.length;
      },
    });
    return (1000 * windows) / valueOf(outcome).milliseconds;
  });
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

function row(name: string, own: number, torch: readonly TorchRates[]): string[] {
  if (torch.length === 0) return [name, rate(own), '–', '–', '–', '–'];
  const batched = median(torch.map((rates) => rates.batched));
  const single = median(torch.map((rates) => rates.single));
  return [name, rate(own), rate(batched), `${rate(own / batched)}x`, rate(single), `${rate(own / single)}x`];
}
