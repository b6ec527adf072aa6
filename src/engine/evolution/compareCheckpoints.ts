import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { placeInInput } from '../../core/deconvnet/project';
import { correlation, meanFilterCorrelation } from '../../core/experiments/evolution/convergence';
import { sampleMaps } from '../../core/experiments/evolution/sampleMaps';
import { layerFilters } from '../../core/filters/layerFilters';
import { sizeOf } from '../../core/tensor/tensor';
import type {
  Convergence,
  EvolutionCell,
  EvolutionPlan,
  EvolutionProgress,
  EvolutionRequest,
} from '../../protocol/evolution';
import type { ProjectedUnit } from '../../protocol/model';
import type { ScanProblem } from '../../protocol/topActivations';
import { layerNamed } from '../filters';
import type { OpenModel } from '../openModel';
import { projectUnits } from '../projectUnits';
import type { Models } from '../models';
import type { Recordings } from '../recordings';
import { listImages } from '../topActivations/listImages';
import { findCheckpoints } from './checkpointFiles';
import { findStrongest, type PictureSet, type Strongest } from './strongest';

/** What it takes of the engine. */
export interface EvolutionEngine {
  readonly models: Models;
  readonly recordings: Recordings;
}

/**
 * Evolution of features during training (Zeiler & Fergus 2013, figure 4): for randomly chosen maps of every layer and every
 * checkpoint the projection of the strongest activation over a set of pictures. The last checkpoint comes first, as
 * the others are measured against it.
 */
export async function* compareCheckpoints(
  engine: EvolutionEngine,
  request: EvolutionRequest,
  signal: AbortSignal,
): AsyncGenerator<EvolutionProgress, readonly Convergence[]> {
  const { images: listed, unread } = await listImages(request.images, signal);
  const problems = new Map<string, ScanProblem>();
  const passOver = (problem: ScanProblem) => void problems.set(problem.path, problem);
  const set: PictureSet = { folder: request.images, listed, passOver };
  const checkpoints = await findCheckpoints(request.models, engine.models, signal);
  const last = checkpoints.length - 1;
  const planned = await engine.models.use(checkpoints[last]!.file, async (model) => planFor(model, request));
  const plan: EvolutionPlan = { ...planned, checkpoints, images: set.listed.length };
  const { layers } = plan;
  yield { kind: 'plan', plan, problems: unread };
  let reference: State | undefined;
  const compared: Compared[] = [];
  for (const index of [last, ...Array.from({ length: last }, (_, i) => i)]) {
    const { file } = checkpoints[index]!;
    const known = problems.size;
    const state = await engine.models.use(file, (model) =>
      stateOf(engine, { model, file, layers, set, reference, signal }),
    );
    reference ??= state;
    compared[index] = compare(state, reference, layers);
    yield {
      kind: 'cells',
      cells: state.cells.map((cell) => ({ ...cell, checkpoint: index })),
      problems: [...problems.values()].slice(known),
    };
    // Lets a cancellation in that waits behind the work.
    await setImmediate();
  }
  return layers.map(({ label }, i) => ({
    label,
    filters: compared.map(({ filters }) => filters[i]!),
    projections: compared.map(({ projections }) => projections[i]!),
  }));
}

/** What is looked at. A layer shows the same maps whatever other layers are chosen. */
function planFor(
  { network, summary }: OpenModel,
  { layers, maps, seed }: EvolutionRequest,
): Omit<EvolutionPlan, 'checkpoints' | 'images'> {
  const [, height, width] = summary.inputShape;
  const choices = summary.layers
    .filter(({ faithfulness }) => faithfulness.deconvnet.status !== 'refused')
    .map(({ label }) => label);
  const chosen = (layers ?? choices).map((name) => {
    const { label, tensor } = layerNamed(network, name);
    const place = network.layers.findIndex((layer) => layer.label === label);
    return { label, maps: sampleMaps(network.resolved.grids.get(tensor)!.maps, maps, seed + place) };
  });
  return {
    layers: chosen,
    choices,
    input: { height, width },
    model: summary.name,
    modelHash: summary.hash,
  };
}

interface Job {
  readonly model: OpenModel;
  readonly file: string;
  readonly layers: EvolutionPlan['layers'];
  readonly set: PictureSet;
  readonly reference: State | undefined;
  readonly signal: AbortSignal;
}

/** One checkpoint, measured. */
interface State {
  readonly strongest: Strongest;
  readonly cells: readonly Omit<EvolutionCell, 'checkpoint'>[];
  /** Whole network inputs by layer and map: the projection on the picture that counts at the end. */
  readonly projections: ReadonlyMap<string, Float32Array>;
  /** By layer. */
  readonly filters: ReadonlyMap<string, { readonly weights: Float32Array; readonly count: number }>;
}

async function stateOf(engine: EvolutionEngine, job: Job): Promise<State> {
  const { model, layers, set, reference, signal } = job;
  const labels = layers.map(({ label }) => label);
  const strongest = await findStrongest(model, labels, set, signal);
  const cells: Omit<EvolutionCell, 'checkpoint'>[] = [];
  const projections = new Map<string, Float32Array>();
  for (const { label, maps } of layers) {
    for (const map of maps) {
      const found = strongest(label, map);
      const own = found && (await projectOn(engine, job, label, { map, image: found.image }));
      const image = found ? set.listed[found.image]!.path : null;
      cells.push({ layer: label, map, image, unit: own?.unit ?? null });
      const final = (reference?.strongest ?? strongest)(label, map);
      const same = final?.image === found?.image;
      const shown = same ? own : final && (await projectOn(engine, job, label, { map, image: final.image }));
      if (shown) projections.set(`${label} ${map}`, shown.whole);
    }
  }
  const filters = new Map(
    labels.map((label) => {
      const { weights, dims } = layerFilters(model.network, layerNamed(model.network, label));
      return [label, { weights, count: dims[0] }] as const;
    }),
  );
  return { strongest, cells, projections, filters };
}

/** A map's strongest unit on one picture, also placed in the whole network input. */
async function projectOn(
  { recordings }: EvolutionEngine,
  { model, file, set, signal }: Job,
  layer: string,
  { map, image }: { readonly map: number; readonly image: number },
): Promise<{ readonly unit: ProjectedUnit; readonly whole: Float32Array }> {
  const picture = path.join(set.folder, set.listed[image]!.path);
  const recorded = await recordings.of({ model: file, image: picture }, { signal });
  const { dims } = model.network.input;
  const whole = new Float32Array(sizeOf(dims));
  const request = { layer, units: [{ map }], method: 'deconvnet' } as const;
  const projected: ProjectedUnit[] = [];
  for await (const { projection, unit } of projectUnits(recorded, request, signal)) {
    placeInInput(projection, dims, whole);
    projected.push(unit);
  }
  return { unit: projected[0]!, whole };
}

/** By layer. */
interface Compared {
  readonly filters: readonly number[];
  readonly projections: readonly number[];
}

function compare(state: State, reference: State, layers: EvolutionPlan['layers']): Compared {
  const filters = layers.map(({ label }) => {
    const { weights, count } = state.filters.get(label)!;
    return meanFilterCorrelation(weights, reference.filters.get(label)!.weights, count);
  });
  const projections = layers.map(({ label, maps }) => {
    const keys = maps.map((map) => `${label} ${map}`).filter((key) => reference.projections.has(key));
    const sum = keys.reduce((total, key) => {
      const projection = state.projections.get(key);
      return total + (projection ? correlation(projection, reference.projections.get(key)!) : 0);
    }, 0);
    return keys.length === 0 ? 0 : sum / keys.length;
  });
  return { filters, projections };
}
