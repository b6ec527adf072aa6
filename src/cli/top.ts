import path from 'node:path';
import { scanStopped } from '../core/experiments/topActivations/errors';
import type { Shard } from '../core/experiments/topActivations/shards';
import { counted, duration } from '../core/report/numbers';
import { createStopwatch, type Stopwatch } from '../core/report/pace';
import { passwordVariable } from '../engine/queue/address';
import { scanThroughQueue } from '../engine/queue/scanThroughQueue';
import { scanFolder } from '../engine/topActivations/scanFolder';
import { runWith } from '../engine/topActivations/scanWithProcesses';
import type { ScanProgress, ScanResult } from '../protocol/topActivations';
import { modelPath } from './options';
import { untilStopped } from './untilStopped';
import type { Printed, Session } from './command';

export interface TopOptions {
  readonly model?: string;
  readonly images: string;
  readonly k: number;
  readonly perImage: number;
  readonly layers?: readonly string[];
  readonly shard?: Shard;
  readonly processes?: number;
  readonly queue?: string;
  readonly out: string;
}

/**
 * Brings an index of the strongest activations of every feature map over a folder of images up to date, or until it is told to stop
 * (SIGINT, SIGTERM): then as far as it came.
 */
export async function findTopActivations(
  options: TopOptions,
  { service, progress, startWorker }: Session,
): Promise<Printed> {
  const model = modelPath(options.model);
  const index = path.resolve(options.out);
  const { k, perImage: each, layers, shard } = options;
  const request = {
    folder: path.resolve(options.images),
    index,
    k,
    each,
    ...(layers && { layers }),
    ...(shard && { shard }),
  };
  return service.models.use(model, async (open) => {
    const signal = untilStopped();
    const watch = createStopwatch(() => performance.now());
    const count = options.processes;
    const processes = startWorker && {
      start: startWorker,
      threads: 0,
      ...(count !== undefined && { count }),
    };
    const here = runWith(open, processes, signal);
    const password = process.env[passwordVariable];
    const scanning =
      options.queue === undefined
        ? scanFolder(open, request, signal, here)
        : scanThroughQueue(open, request, { address: options.queue, ...(password && { password }) }, signal);
    const result = await toEnd(scanning, (step) => progress(describe(step, watch))).catch(
      (error: unknown) => {
        throw signal.aborted ? scanStopped(index) : error;
      },
    );
    return {
      json: { model, index, ...result },
      text: summarise(index, result),
      warnings: [...open.summary.warnings, ...problemsOf(result)],
    };
  });
}

async function toEnd<P, R>(steps: AsyncGenerator<P, R>, onStep: (step: P) => void): Promise<R> {
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value;
    onStep(step.value);
  }
}

function describe({ step, images, pending, done, workers }: ScanProgress, watch: Stopwatch): string {
  if (step === 'waiting') return 'waiting for another scan of this index';
  if (step === 'looking') return `${counted(images, 'image')} found so far`;
  if (step === 'comparing') return `${done} of ${counted(pending, 'image')} compared with the index`;
  const by = workers === undefined ? '' : `, ${counted(workers, 'worker')}`;
  const pace = watch.pace({ done, total: pending });
  if (done === 0) return `${counted(pending, 'image')} to run${by}`;
  const at = pace ? `, ${pace.rate.toFixed(1)} a second, ${duration(pace.secondsLeft)} left` : '';
  return `${done} of ${counted(pending, 'image')}${at}${by}`;
}

/** What an index comes to, for people. */
export function summarise(index: string, result: ScanResult): string {
  const { images, added, changed, gone, unread, folders, layers } = result;
  const lines = layers.map(
    ({ label, maps, inactive }) => `${label}  ${counted(maps, 'map')}, ${inactive} inactive`,
  );
  const found = `${counted(images, 'image')}: ${added} new, ${changed} changed, ${gone} gone; ${unread} could not be read${unreadFolders(folders)}`;
  return [...lines, found, index, ''].join('\n');
}

function unreadFolders(count: number): string {
  return count === 0 ? '' : `, nor ${count === 1 ? 'one folder' : `${count} folders`}`;
}

/** Why images and folders could not be read, a sentence each. */
export function problemsOf({ problems, unread, folders }: ScanResult): readonly string[] {
  const more = unread + folders - problems.length;
  const sentences = problems.map(({ problem }) => problem);
  return more > 0 ? [...sentences, `${more} more could not be read; the index lists them.`] : sentences;
}
