import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

export interface TorchMeasured {
  readonly version: string;
  readonly forwardMs: number;
  readonly perSecond: Readonly<Record<string, number>>;
}

export interface TorchRequest {
  readonly torch: 'zfnet' | 'squeezenet';
  readonly size: number;
  readonly layers: readonly string[];
}

/** How long each layer's rate is measured. */
const SECONDS = 2;

/** The same projections by PyTorch on this machine; `undefined` where Debian's python3-torch is not installed. */
export function measureTorch(
  script: string,
  { torch, size, layers }: TorchRequest,
): TorchMeasured | undefined {
  const threads = availableParallelism();
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', [script], {
    input: JSON.stringify({ model: torch, size, layers, threads, seconds: SECONDS }),
    encoding: 'utf8',
  });
  if (status === 0) return JSON.parse(stdout) as TorchMeasured;
  console.error(`skipped: PyTorch (${(stderr ?? '').trim().split('\n').at(-1) ?? 'not installed'})`);
  return undefined;
}
