import { setImmediate } from 'node:timers/promises';
import { tensorOf } from '../../core/deconvnet/record';
import { invalidUnit, noLayers } from '../../core/errors';
import { coveredPicture } from '../../core/experiments/occlusion/fill';
import {
  cleanCell,
  occlusionSweep,
  watchedTensors,
  type Watched,
  type WatchedMap,
} from '../../core/experiments/occlusion/sweep';
import { coarseToFine, sweepGrid } from '../../core/experiments/occlusion/windows';
import { topConvolution } from '../../core/experiments/topConvolution';
import { asPicture, preprocess } from '../../core/imaging/preprocess';
import type { Network } from '../../core/network';
import { argMax } from '../../core/tensor/argMax';
import type { MapChoice, OcclusionPlan, OcclusionProgress, OcclusionRequest } from '../../protocol/occlusion';
import { fileStamp } from '../modelFiles';
import type { Recorded } from '../recorded';
import { openOccluder } from './openOccluder';
import { classNames, followedLabel, runNotes } from './plan';

/** Sweeps a square over a recorded picture: the plan first, then measurements in batches. */
export async function* occlude(
  recorded: Recorded,
  request: OcclusionRequest,
  signal: AbortSignal,
): AsyncGenerator<OcclusionProgress> {
  const { model, input } = recorded;
  const { network, summary } = model;
  const [, , height, width] = network.input.dims;
  const grid = sweepGrid({ height, width }, request);
  const { maps, watched } = watch(recorded, request);
  const { preprocessing } = summary;
  const covered = coveredPicture(asPicture(input, preprocessing), request.fill, {
    preprocessing,
    size: grid.size,
  });
  const { clean, occluder } = await openOccluder(model, grid, {
    tensors: watchedTensors(watched),
    input: { clean: input, covered: preprocess(covered, preprocessing) },
  });
  const key = JSON.stringify([
    [summary.hash, model.stamp, await fileStamp(request.image)],
    [grid, request.fill, maps, watched.label],
  ]);
  const known = request.known?.key === key ? new Set(request.known.windows) : new Set<number>();
  const plan: OcclusionPlan = {
    key,
    grid,
    fill: request.fill,
    maps,
    label: watched.classifier ? watched.label : null,
    labels: classNames(model),
    clean: cleanCell(clean, watched),
    covered,
    taken: known.size,
    modelHash: summary.hash,
    notes: notesOn(recorded),
  };
  yield { kind: 'plan', plan };
  const order = coarseToFine(grid).filter((window) => !known.has(window));
  for await (const cells of occlusionSweep(occluder, grid, { order, watched, signal })) {
    yield { kind: 'cells', cells };
    // Lets a cancellation in that waits behind the work.
    await setImmediate();
  }
}

/** Decides what the request leaves open. */
function watch(recorded: Recorded, request: OcclusionRequest) {
  const { network } = recorded.model;
  const maps = request.maps ?? [strongestMap(recorded)];
  const label = followedLabel(recorded, request.label) ?? 0;
  const { classifier } = network;
  const watched: Watched = { maps: maps.map((choice) => watchedMap(network, choice)), classifier, label };
  return { maps, watched };
}

function strongestMap({ model, layers }: Recorded): MapChoice {
  const layer = topConvolution(model.network);
  const recording = layers.find(({ label }) => label === layer?.label);
  if (!recording) throw noLayers(model.summary.name);
  return { layer: recording.label, map: argMax(recording.maxima, 0, recording.maxima.length) };
}

function watchedMap(network: Network, { layer, map }: MapChoice): WatchedMap {
  const tensor = tensorOf(network, layer);
  const grid = network.resolved.grids.get(tensor)!;
  if (map >= grid.maps) throw invalidUnit(tensor, map, [0, 0], grid);
  return { tensor, map, positions: grid.height * grid.width };
}

function notesOn({ model }: Recorded): string[] {
  const notes = runNotes(model);
  if (model.network.classifier) return notes;
  return [...notes, 'The model is no classifier: there are activities, but no probabilities and no labels.'];
}
