import { availableParallelism, freemem } from 'node:os';
import type { ImagesRequest, ScannedImages } from '../../protocol/topActivations';
import type { EngineClient } from '../client';
import type { OpenModel } from '../openModel';
import { scanImages } from './scanImages';
import { scanInProcesses } from './scanInProcesses';

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

/** Runs images in several engine processes, which share the cores, or in this one where that is enough or there are none. */
export async function* scanWithProcesses(
  model: OpenModel,
  request: ImagesRequest,
  processes: Processes | undefined,
  signal: AbortSignal,
): AsyncGenerator<ScannedImages> {
  const count = processes ? countOf(processes, model, request) : 1;
  if (!processes || count <= 1) {
    yield* scanImages(model, request, signal);
    return;
  }
  const threads = threadsOfEach(coresOf(processes), count);
  const engines = Array.from({ length: count }, () => processes.start(threads));
  try {
    yield* scanInProcesses(engines, request, signal);
  } finally {
    for (const engine of engines) engine.dispose();
  }
}

function countOf(processes: Processes, model: OpenModel, { images }: ImagesRequest): number {
  const useful = Math.ceil(images.length / WORTH_A_PROCESS);
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
