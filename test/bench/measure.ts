import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { startEngine, type EngineClient } from '../../src/engine/client';
import { packArrays } from '../../src/host/packArrays';
import type { Outcome } from '../../src/protocol/contract';
import type { RecordingSummary, UnitRequest } from '../../src/protocol/model';

export interface Subject {
  readonly model: string;
  readonly image: string;
}

export interface Measured {
  readonly runtime: string;
  /** Milliseconds of the forward pass with all features and switches, once the model is warm. */
  readonly forwardMs: number;
  /** From the request to the first projection: the process does not run yet, the model is not open yet, both are. */
  readonly firstMs: { readonly cold: number; readonly started: number; readonly open: number };
  /** From the request to nine maps of every layer, the model not open yet; `layers` of them have pictures. */
  readonly allMs: number;
  readonly layers: number;
  /** The longest time in which this process, in the place of the extension host, did nothing else meanwhile. */
  readonly stallMs: number;
  readonly perSecond: Readonly<Record<string, number>>;
}

const MAPS = 9;
const REPEATS = 3;
/** How long each layer's rate is measured. */
const RATE_SECONDS = 2;
const BATCH = 32;

/** Runs the requests of a panel against a real engine process. Times are medians of three. */
export async function measureModel(
  entry: string,
  subject: Subject,
  layers: readonly string[],
): Promise<Measured> {
  const cold: number[] = [];
  const started: number[] = [];
  const open: number[] = [];
  const all: number[] = [];
  const stalls: number[] = [];
  let layerCount = 0;
  for (let i = 0; i < REPEATS; i++) {
    cold.push(await withEngine(entry, (engine) => firstProjection(engine, subject)));
    await withEngine(entry, async (engine) => {
      valueOf(await engine.peer.call('ping', null));
      started.push(await firstProjection(engine, subject));
      open.push(await firstProjection(engine, renamed(subject, 1)));
    });
    await withEngine(entry, async (engine) => {
      valueOf(await engine.peer.call('ping', null));
      const { milliseconds, stall, count } = await wholePanel(engine, subject);
      all.push(milliseconds);
      stalls.push(stall);
      layerCount = count;
    });
  }
  return withEngine(entry, async (engine) => {
    const recording = await record(engine, subject);
    const perSecond: Record<string, number> = {};
    for (const layer of layers) perSecond[layer] = await rate(engine, subject, recording, layer);
    return {
      runtime: recording.model.runtime,
      forwardMs: await forward(engine, subject),
      firstMs: { cold: median(cold), started: median(started), open: median(open) },
      allMs: median(all),
      layers: layerCount,
      stallMs: median(stalls),
      perSecond,
    };
  });
}

export async function withEngine<T>(entry: string, body: (engine: EngineClient) => Promise<T>): Promise<T> {
  const engine = startEngine({
    entry,
    runtime: 'auto',
    provider: 'cpu',
    threads: 0,
    hangSeconds: 60,
    log: (line) => console.error(line),
    onDown: ({ message }) => console.error(message),
  });
  try {
    return await body(engine);
  } finally {
    engine.dispose();
  }
}

async function record(engine: EngineClient, subject: Subject): Promise<RecordingSummary> {
  return valueOf(await engine.peer.call('record', subject));
}

/** The forward pass alone, of a model that has run before. */
export async function forward(engine: EngineClient, subject: Subject): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < REPEATS; i++) {
    const recording = await record(engine, renamed(subject, i + 1));
    times.push(recording.forwardMs);
  }
  return median(times);
}

/** The same picture under another name: recordings are cached by name. */
function renamed({ model, image }: Subject, variant: number): Subject {
  return { model, image: `${path.dirname(image)}${'/.'.repeat(variant)}/${path.basename(image)}` };
}

async function firstProjection(engine: EngineClient, subject: Subject): Promise<number> {
  const start = performance.now();
  const recording = await record(engine, subject);
  const { label } = recording.model.layers[0]!;
  const units = strongest(recording, label, MAPS);
  let first = 0;
  await project(engine, subject, label, units, () => (first ||= performance.now() - start));
  return first;
}

/** What opening a panel asks for, with the work of the extension host on every message: packing typed arrays. */
export async function wholePanel(engine: EngineClient, subject: Subject) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  const recording = packArrays(await record(engine, subject));
  const layers = recording.model.layers.filter(
    ({ faithfulness }) => faithfulness.deconvnet.status !== 'refused',
  );
  for (const { label } of layers) {
    await project(engine, subject, label, strongest(recording, label, MAPS), (unit) => packArrays(unit));
  }
  const milliseconds = performance.now() - start;
  delay.disable();
  return { milliseconds, stall: delay.max / 1e6, count: layers.length };
}

/** Projections a second of one layer, in the batches in which a panel asks for more maps. */
async function rate(
  engine: EngineClient,
  subject: Subject,
  recording: RecordingSummary,
  layer: string,
): Promise<number> {
  const units = strongest(recording, layer, BATCH);
  let done = 0;
  await project(engine, subject, layer, units, () => undefined);
  const start = performance.now();
  while (performance.now() - start < RATE_SECONDS * 1000) {
    await project(engine, subject, layer, units, () => done++);
  }
  return (1000 * done) / (performance.now() - start);
}

async function project(
  engine: EngineClient,
  subject: Subject,
  layer: string,
  units: readonly UnitRequest[],
  onProgress: (unit: unknown) => void,
): Promise<void> {
  const request = { ...subject, layer, units, method: 'deconvnet' } as const;
  valueOf(await engine.peer.call('project', request, { onProgress }));
}

function strongest({ layers }: RecordingSummary, label: string, count: number): UnitRequest[] {
  const { maxima } = layers.find((layer) => layer.label === label)!;
  const order = Array.from(maxima.keys()).sort((a, b) => maxima[b]! - maxima[a]!);
  return order.slice(0, count).map((map) => ({ map }));
}

export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(outcome.failure.message);
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
