import path from 'node:path';
import { layerMaxima, tensorOf } from '../core/deconvnet/record';
import { manyWindowsAsked } from '../core/experiments/errors';
import type { Fill } from '../core/experiments/occlusion/fill';
import { cellsOver, labelCells, rangeOf, valueCells } from '../core/experiments/occlusion/pictures';
import { activityOf, addCells, emptyResult, type SweepResult } from '../core/experiments/occlusion/result';
import { summarise } from '../core/experiments/occlusion/summary';
import { manyWindows, sweepGrid, windowAt } from '../core/experiments/occlusion/windows';
import { writeNpy } from '../core/formats/npy';
import { labelColours } from '../core/imaging/labelColours';
import { asPicture } from '../core/imaging/preprocess';
import type { Picture } from '../core/imaging/preprocessing';
import { argMax } from '../core/tensor/argMax';
import { encodePng } from '../engine/encodePicture';
import { occlude } from '../engine/experiments/occlude';
import type { Recorded } from '../engine/recorded';
import type { MapChoice, OcclusionPlan } from '../protocol/occlusion';
import type { Printed, Session } from './command';
import { modelPath } from './options';
import { writeInto } from './project';

export interface OccludeOptions {
  readonly model?: string;
  readonly image: string;
  readonly size: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly fill: Fill;
  readonly layer?: string;
  readonly map?: number;
  readonly label?: number;
  readonly yes?: boolean;
  readonly out: string;
}

/** How the maps are laid over the picture. */
const OPACITY = 0.75;

const { signal } = new AbortController();

/**
 * Sweeps a square over a picture into a folder: `result.json`, `activity.npy`, `probability.npy` and `label.npy` of
 * `[rows, columns]`, and each as a PNG map over the picture. A model that is no classifier gets only its activity.
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
    const { plan, result } = await sweep(recorded, { ...options, model, image }, progress);
    const pictures = await writeMaps(folder, recorded, { plan, result });
    const described = { model, image, ...describe(plan, result), pictures };
    const file = path.join(folder, 'result.json');
    await writeInto(file, `${JSON.stringify(described, null, 2)}\n`);
    const warnings = [...recorded.model.summary.warnings, ...recorded.warnings, ...plan.notes];
    return { json: described, text: `${file}\n`, warnings };
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

interface Swept {
  readonly plan: OcclusionPlan;
  readonly result: SweepResult;
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

/** The map asked for; the strongest one where only the layer is. */
function chosenMaps({ model, recording }: Recorded, { layer, map }: OccludeOptions): MapChoice[] | null {
  if (layer === undefined) return null;
  if (map !== undefined) return [{ layer, map }];
  const { maxima } = layerMaxima(recording, { tensor: tensorOf(model.network, layer) });
  return [{ layer, map: argMax(maxima, 0, maxima.length) }];
}

async function writeMaps(
  folder: string,
  { model, input }: Recorded,
  { plan, result }: Swept,
): Promise<object> {
  const picture = asPicture(input, model.summary.preprocessing);
  const { rows, columns } = plan.grid;
  const write = async (name: string, data: Float32Array | Int32Array, cells: Picture) => {
    const array =
      data instanceof Int32Array ? ({ type: 'int32', data } as const) : ({ type: 'float32', data } as const);
    await writeInto(path.join(folder, `${name}.npy`), writeNpy({ ...array, dims: [rows, columns] }));
    const map = cellsOver(picture, cells, plan.grid, OPACITY);
    await writeInto(path.join(folder, `${name}.png`), await encodePng(map));
  };
  const activity = activityOf(result, 0);
  const ranges = { activity: rangeOf(activity), probability: rangeOf(result.probability) };
  await write('activity', activity, valueCells(result, activity, ranges.activity));
  if (plan.label === null) return { activity: { image: 'activity.png', ...ranges.activity } };
  await write('probability', result.probability, valueCells(result, result.probability, ranges.probability));
  const colours = labelColours();
  await write('label', result.label, labelCells(result, colours));
  const { labels } = summarise(result, plan.clean);
  return {
    activity: { image: 'activity.png', ...ranges.activity },
    probability: { image: 'probability.png', ...ranges.probability },
    label: {
      image: 'label.png',
      colours: labels.map(({ label }) => ({ label, name: plan.labels[label], colour: colours(label) })),
    },
  };
}

/** The settings with everything that was left open decided, and what came out. */
function describe({ grid, fill, maps, label, labels, clean, modelHash }: OcclusionPlan, result: SweepResult) {
  const { layer, map } = maps[0]!;
  const { probability, activities, labels: shares, decisive, measured } = summarise(result, clean);
  const at = (drop: { readonly window: number } | null) =>
    drop && { ...drop, at: windowAt(grid, drop.window) };
  return {
    modelHash,
    grid,
    fill,
    layer,
    map,
    label,
    labelName: label === null ? null : labels[label],
    clean: {
      activity: clean.activity[0],
      probability: clean.probability[0] ?? null,
      label: clean.label[0] ?? null,
    },
    windows: measured,
    largestDrop: { probability: at(probability), activity: at(activities[0]!) },
    decisiveShare: label === null ? null : decisive / measured,
    labels: shares.map((share) => ({ ...share, name: labels[share.label] })),
  };
}
