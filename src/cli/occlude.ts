import path from 'node:path';
import { layerMaxima, tensorOf } from '../core/deconvnet/record';
import { manyWindowsAsked } from '../core/experiments/errors';
import type { Fill } from '../core/experiments/occlusion/fill';
import { addCells, emptyResult } from '../core/experiments/occlusion/result';
import { summarySentences } from '../core/experiments/occlusion/sentences';
import { manyWindows, sweepGrid } from '../core/experiments/occlusion/windows';
import { argMax } from '../core/tensor/argMax';
import { occlude } from '../engine/experiments/occlude';
import type { Recorded } from '../engine/recorded';
import type { MapChoice } from '../protocol/occlusion';
import type { Printed, Session } from './command';
import { writeSweep, type Swept } from './occludeFiles';
import { modelPath } from './options';

export interface OccludeOptions {
  readonly model?: string;
  readonly image: string;
  readonly size: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly fill: Fill;
  readonly layer?: string;
  readonly map?: readonly number[];
  /** Further feature maps, of any layers. */
  readonly watch?: readonly MapChoice[];
  readonly label?: number;
  readonly yes?: boolean;
  readonly out: string;
}

const { signal } = new AbortController();

/**
 * Sweeps a square over a picture into a folder: `result.json`, `occlusion.csv`, `report.html`, `activity.npy`, `probability.npy`
 * and `label.npy` of `[rows, columns]`, and each as a PNG map over the picture. A model that is no classifier gets only
 * its activity.
 */
export async function occludeToFiles(
  options: OccludeOptions,
  { service, progress }: Session,
): Promise<Printed> {
  const model = modelPath(options.model);
  const image = path.resolve(options.image);
  const folder = path.resolve(options.out);
  return service.models.use(model, async () => {
    const recorded = await service.recordings.of(
      { model, image, ...(options.layer !== undefined && { layer: options.layer }) },
      { signal },
    );
    refuseMany(recorded, options);
    const swept = await sweep(recorded, { ...options, model, image }, progress);
    const json = await writeSweep(folder, recorded, { ...swept, model, image });
    const warnings = [...recorded.model.summary.warnings, ...recorded.warnings, ...swept.plan.notes];
    return { json, text: [...summarySentences(swept), folder, ''].join('\n'), warnings };
  });
}

/** A sweep of very many windows has to be meant. */
function refuseMany({ input, forwardMs }: Recorded, { yes, size, stride }: OccludeOptions): void {
  const [, , height = 0, width = 0] = input.dims;
  const { rows, columns } = sweepGrid({ height, width }, { size, stride });
  if (!yes && rows * columns > manyWindows) {
    throw manyWindowsAsked(rows * columns, (rows * columns * forwardMs) / 60_000);
  }
}

async function sweep(
  recorded: Recorded,
  options: OccludeOptions & { readonly model: string },
  progress: Session['progress'],
): Promise<Swept> {
  const { model, image, size, stride, fill, label } = options;
  const maps = chosenMaps(recorded, options);
  const request = {
    model,
    image,
    size,
    stride,
    fill,
    ...(maps && { maps }),
    ...(label !== undefined && { label }),
  };
  let swept: Swept | undefined;
  let done = 0;
  for await (const value of occlude(recorded, request, signal)) {
    if (value.kind === 'plan') {
      const { plan } = value;
      swept = { plan, result: emptyResult(plan.grid, plan.maps.length, plan.label !== null) };
      continue;
    }
    addCells(swept!.result, value.cells);
    done += value.cells.windows.length;
    progress(`${done} of ${swept!.result.done.length} windows`);
  }
  return swept!;
}

/** The maps asked for; of a layer without a map its strongest one; `null` where nothing was asked for. */
function chosenMaps({ model, recording }: Recorded, { layer, map, watch = [] }: OccludeOptions) {
  if (layer === undefined) return watch.length > 0 ? watch : null;
  if (map !== undefined) return [...map.map((each) => ({ layer, map: each })), ...watch];
  const { maxima } = layerMaxima(recording, { tensor: tensorOf(model.network, layer) });
  return [{ layer, map: argMax(maxima, 0, maxima.length) }, ...watch];
}
