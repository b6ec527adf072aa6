import { availableParallelism, freemem } from 'node:os';
import type { ScannedImages, ScanSubject } from '../../protocol/topActivations';
import type { EngineClient } from '../client';
import type { OpenModel } from '../openModel';
import type { RunImages } from './scanFolder';
import { scanHere } from './scanHere';
import { scanInProcesses } from './scanInProcesses';
import type { WaitingImages } from './waitingImages';

/** Engine processes beside this one. */
export interface Processes {
  /** Starts one that computes with so many threads. */
  readonly start: (threads: number) => EngineClient;
  /** How many to start; as many as cores and memory allow where left out. */
  readonly count?: number;
  /** Cores that may be used; 0 for all. */
  readonly threads: number;
}

/** What a process takes beside the weights, bytes: passes of `batchSize`, decoded pictures, the runtime. */
const BASE_BYTES = 768 * 2 ** 20;

/** How often a process holds the weights: as read, as written for the runtime, and in its session, there also packed. */
const COPIES = 4;

/** Images that make it worth while to start a process, which takes a second or more. */
const WORTH_A_PROCESS = 64;

/** What of a folder is to be run. */
interface Wanted {
  readonly subject: ScanSubject;
  readonly waiting: WaitingImages;
}

/** `scanWithProcesses` as `scanFolder` takes it. */
export function runWith(model: OpenModel, processes: Processes | undefined, signal: AbortSignal): RunImages {
  return (subject, waiting) => scanWithProcesses(model, { subject, waiting }, processes, signal);
}

/** Runs images in several engine processes, which share the cores, or in this one where that is enough or there are none. */
export async function* scanWithProcesses(
  model: OpenModel,
  { subject, waiting }: Wanted,
  processes: Processes | undefined,
  signal: AbortSignal,
): AsyncGenerator<ScannedImages> {
  const count = processes ? countOf(processes, model, waiting) : 1;
  if (!processes || count <= 1) {
    yield* scanHere(model, subject, waiting, signal);
    return;
  }
  const threads = threadsOfEach(coresOf(processes), count);
  const engines = Array.from({ length: count }, () => processes.start(threads));
  try {
    yield* scanInProcesses(engines, subject, waiting, signal);
  } finally {
    for (const engine of engines) engine.dispose();
  }
}

function countOf(processes: Processes, model: OpenModel, { count }: WaitingImages): number {
  const useful = Math.ceil(count / WORTH_A_PROCESS);
  const possible = processesFor(coresOf(processes), freemem(), weightBytes(model));
  return processes.count ?? Math.min(useful, possible);
}

function coresOf({ threads }: Processes): number {
  return threads > 0 ? threads : availableParallelism();
}

/** Processes share the cores: more threads than cores would only take turns. */
export function threadsOfEach(cores: number, processes: number): number {
  return Math.max(1, Math.floor(cores / processes));
}

/** One process a core, as far as half of the free memory goes. */
export function processesFor(cores: number, freeBytes: number, weights: number): number {
  return Math.max(1, Math.min(cores, Math.floor(freeBytes / 2 / (BASE_BYTES + COPIES * weights))));
}

function weightBytes({ network }: OpenModel): number {
  let bytes = 0;
  for (const { data } of network.resolved.constants.values()) bytes += data.byteLength;
  return bytes;
}
