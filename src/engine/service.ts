import { setImmediate } from 'node:timers/promises';
import { tensorOf } from '../core/deconvnet/record';
import { invalidUnit } from '../core/errors';
import { asPicture } from '../core/imaging/preprocess';
import type { Runtime } from '../core/runtime';
import type { CallContext, Handlers } from '../protocol/contract';
import type { EngineContract } from '../protocol/engineContract';
import type { FeatureMap, RecordingSummary, RecordStep } from '../protocol/model';
import type { QueuePlace, ScanProgress, ScanRequest, ScanResult } from '../protocol/topActivations';
import { diagnose } from './diagnose';
import { compareCheckpoints } from './evolution/compareCheckpoints';
import { compareParts } from './experiments/correspondence';
import { measureInvariance } from './experiments/invariance';
import { lesionNetwork } from './experiments/lesion';
import { occlude } from './experiments/occlude';
import { encodePng, encodeSmall } from './encodePicture';
import { rateFolder } from './features/rateFolder';
import { reportFilters } from './filters';
import { readImageView } from './images';
import { previewLayer } from './layerPreview';
import { declaredSource } from './modelFiles';
import { createModels, type Models } from './models';
import type { OpenModel } from './openModel';
import { projectUnits } from './projectUnits';
import { createRecordings, type Recordings } from './recordings';
import type { Recorded } from './recorded';
import { openProducts } from './runtimes/products';
import { discardIndex } from './topActivations/discardIndex';
import { previewTop } from './topActivations/previewTop';
import { createTopProjections } from './topActivations/projectTop';
import { readTopIndex, readTopMaps } from './topActivations/readIndex';
import { scanFolder } from './topActivations/scanFolder';
import { scanImages } from './topActivations/scanImages';
import { runWith, type Processes } from './topActivations/scanWithProcesses';

export interface Service {
  readonly handlers: Handlers<EngineContract>;
  readonly models: Models;
  readonly recordings: Recordings;
}

/** What runs the images of a scan, beside this process. */
export interface ScanHelp {
  readonly processes: Processes;
  readonly throughQueue: ScanThroughQueue;
}

/** Scans a folder by the workers of a queue, as `scanFolder` does by itself. */
export type ScanThroughQueue = (
  model: OpenModel,
  request: Omit<ScanRequest, 'model'>,
  queue: QueuePlace,
  signal: AbortSignal,
) => AsyncGenerator<ScanProgress, ScanResult>;

/**
 * Answers `EngineContract` with one runtime, which may still be opening. The same functions serve the engine process and the
 * command line. Scans of folders share the work out, where there is help.
 */
export function createService(runtime: Runtime | Promise<Runtime>, help?: ScanHelp): Service {
  const opening = Promise.resolve(runtime);
  const products = opening.then(openProducts);
  // Whoever asks for a model hears of it.
  products.catch(() => undefined);
  const models = createModels({ runtime: opening, products });
  const recordings = createRecordings(models);
  const top = createTopProjections(recordings);
  const handlers: Handlers<EngineContract> = {
    openModel: ({ model }) => models.use(model, async ({ summary }) => summary),
    declaredSource: ({ model }) => declaredSource(model),
    record: async (subject, { progress, signal }) => {
      const step = (name: RecordStep) => progress({ step: name });
      return summarise(await recordings.of(subject, { signal, step }), subject.image);
    },
    project: async (request, context) => {
      const { signal } = context;
      return projectAll(await recordings.of(request, { signal }), request, context);
    },
    featureMap: async (request, { signal }) =>
      featureMap(await recordings.of(request, { signal }), request.layer, request.map),
    occlude: (request, context) =>
      models.use(request.model, async () =>
        passOn(occlude(await recordings.of(request, context), request, context.signal), context),
      ),
    invariance: (request, context) =>
      models.use(request.model, async () =>
        passOn(measureInvariance(await recordings.of(request, context), request, context.signal), context),
      ),
    correspondence: (request, context) =>
      models.use(request.model, (model) => passOn(compareParts(model, request, context.signal), context)),
    lesion: (request, context) =>
      models.use(request.model, async () =>
        passOn(lesionNetwork(await recordings.of(request, context), request, context.signal), context),
      ),
    viewPicture: ({ model, image }) =>
      models.use(model, ({ summary }) => readImageView(image, summary.preprocessing)),
    scanFolder: ({ queue, ...request }, context) =>
      models.use(request.model, (model) => {
        const { signal } = context;
        if (help && queue) return resultOf(help.throughQueue(model, request, queue, signal), context);
        return resultOf(scanFolder(model, request, signal, runWith(model, help?.processes, signal)), context);
      }),
    scanImages: (request, context) =>
      models.use(request.model, (model) => passOn(scanImages(model, request, context.signal), context)),
    discardIndex: async ({ index }, { signal }) => {
      await discardIndex(index, signal);
      return null;
    },
    topIndex: (request) => models.use(request.model, (model) => readTopIndex(model, request)),
    topMaps: (request) => models.use(request.model, (model) => readTopMaps(model, request, request)),
    projectTop: (request, context) =>
      models.use(request.model, (model) => passOn(top.project(model, request, context.signal), context)),
    previewTop: (request) => models.use(request.model, (model) => previewTop(model, request)),
    compareCheckpoints: (request, context) =>
      resultOf(compareCheckpoints({ models, recordings }, request, context.signal), context),
    rateFeatures: (request, context) =>
      models.use(request.model, async (model) => {
        await passOn(rateFolder(model, request, context.signal), context);
        return null;
      }),
    diagnose: (request, { signal }) =>
      models.use(request.model, async (model) => {
        const { image } = request;
        const recorded = image === null ? null : await recordings.of({ ...request, image }, { signal });
        return diagnose(model, recorded, signal);
      }),
    filters: (request) => models.use(request.model, async (open) => reportFilters(open, request)),
    encodeSmall: ({ picture, bytes, side }) => encodeSmall(picture, { bytes, side }),
    encodePng: async ({ picture }) => ({ png: await encodePng(picture) }),
    previewLayer: (request) => models.use(request.model, (open) => previewLayer(open, request)),
    forget: async ({ model }) => {
      models.forget(model);
      recordings.forget(model);
      return null;
    },
    ping: async () => null,
  };
  return { handlers, models, recordings };
}

/** Sends what an experiment yields, and says how long it took. */
async function passOn<P>(
  values: AsyncIterable<P>,
  { progress }: Pick<CallContext<P>, 'progress'>,
): Promise<{ readonly milliseconds: number }> {
  const start = performance.now();
  for await (const value of values) await progress(value);
  return { milliseconds: performance.now() - start };
}

/** Sends what something long yields, and gives back what it comes to. */
async function resultOf<P, R>(
  values: AsyncGenerator<P, R>,
  { progress }: Pick<CallContext<P>, 'progress'>,
): Promise<R> {
  for (;;) {
    const step = await values.next();
    if (step.done) return step.value;
    await progress(step.value);
  }
}

function summarise(
  { model, input, layers, top, warnings, forwardMs }: Recorded,
  image: string,
): RecordingSummary {
  const { summary } = model;
  return {
    model: summary,
    image,
    input: asPicture(input, summary.preprocessing),
    top,
    layers,
    warnings,
    forwardMs,
  };
}

async function projectAll(
  recorded: Recorded,
  request: EngineContract['project']['params'],
  { signal, progress }: CallContext<EngineContract['project']['progress']>,
): Promise<EngineContract['project']['result']> {
  const start = performance.now();
  for await (const { unit } of projectUnits(recorded, request, signal)) {
    await progress(unit);
    // Lets a cancellation in that waits behind the work.
    await setImmediate();
    signal.throwIfAborted();
  }
  return { milliseconds: performance.now() - start };
}

function featureMap({ model, recording }: Recorded, layer: string, map: number): FeatureMap {
  const tensor = tensorOf(model.network, layer);
  const grid = model.network.resolved.grids.get(tensor)!;
  const { maps, height, width } = grid;
  if (!Number.isInteger(map) || map < 0 || map >= maps) throw invalidUnit(tensor, map, [0, 0], grid);
  const plane = height * width;
  return { height, width, values: recording.features.get(tensor)!.slice(map * plane, (map + 1) * plane) };
}
