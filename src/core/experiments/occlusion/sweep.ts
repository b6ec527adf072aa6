import type { Classifier } from '../../graph/classifier';
import { argMax } from '../../tensor/argMax';
import { probabilitiesFrom, scoresTensor } from '../probabilities';
import type { Occluder } from './occlude';
import { windowAt, type SweepGrid } from './windows';

/** A feature map that is watched: its activity is the sum over all its positions. */
export interface WatchedMap {
  readonly tensor: string;
  readonly map: number;
  /** Positions of one map in the tensor. */
  readonly positions: number;
}

/** What is read off every forward pass. */
export interface Watched {
  readonly maps: readonly WatchedMap[];
  /** `null` where the model is no classifier: then there are only activities. */
  readonly classifier: Classifier | null;
  /** The class whose probability is followed. */
  readonly label: number;
}

/** Measurements of some windows. */
export interface OcclusionCells {
  /** Which windows, in the order of the other arrays. */
  readonly windows: Int32Array;
  /** `windows x maps`, row-major. */
  readonly activity: Float32Array;
  /** Of the followed class; empty without a classifier, as the next two. */
  readonly probability: Float32Array;
  /** The most probable class, the first on ties. */
  readonly label: Int32Array;
  /** Its probability. */
  readonly labelProbability: Float32Array;
}

/** The tensors that a sweep fetches. */
export function watchedTensors({ maps, classifier }: Omit<Watched, 'label'>): string[] {
  const tensors = new Set(maps.map(({ tensor }) => tensor));
  if (classifier) tensors.add(scoresTensor(classifier));
  return [...tensors];
}

/** The measurements without any occlusion, from the tensors of the whole picture, as of a window -1. */
export function cleanCell(clean: ReadonlyMap<string, Float32Array>, watched: Watched): OcclusionCells {
  return measure(Int32Array.of(-1), clean, watched);
}

/**
 * Occlusion sensitivity (Zeiler & Fergus 2013, section 4.2): hides one window after another and measures, in one forward
 * pass each, the total activity of the watched maps, the probability of the followed class, and the most probable
 * class. Yields the windows of `order` in batches as they are done. Stops between batches when `signal` aborts.
 */
export async function* occlusionSweep(
  occluder: Occluder,
  grid: SweepGrid,
  { order, watched, signal }: { order: Int32Array; watched: Watched; signal: AbortSignal },
): AsyncGenerator<OcclusionCells> {
  for (let start = 0; start < order.length; start += occluder.batch) {
    signal.throwIfAborted();
    const windows = order.slice(start, start + occluder.batch);
    const results = await occluder.run(Array.from(windows, (index) => windowAt(grid, index)));
    signal.throwIfAborted();
    yield measure(windows, results, watched);
  }
}

function measure(
  windows: Int32Array,
  results: ReadonlyMap<string, Float32Array>,
  { maps, classifier, label: followed }: Watched,
): OcclusionCells {
  const count = windows.length;
  const activity = new Float32Array(count * maps.length);
  maps.forEach(({ tensor, map, positions }, column) => {
    const values = results.get(tensor)!;
    const size = values.length / count;
    for (let i = 0; i < count; i++) {
      activity[i * maps.length + column] = sum(values, i * size + map * positions, positions);
    }
  });
  if (!classifier) {
    const none = new Float32Array(0);
    return { windows, activity, probability: none, label: new Int32Array(0), labelProbability: none };
  }
  const probabilities = probabilitiesFrom(classifier, results.get(scoresTensor(classifier))!);
  const { classes } = classifier;
  const at = (i: number, index: number): number => probabilities[i * classes + index]!;
  const label = Int32Array.from(windows, (_, i) => argMax(probabilities, i * classes, classes));
  return {
    windows,
    activity,
    probability: Float32Array.from(windows, (_, i) => at(i, followed)),
    label,
    labelProbability: Float32Array.from(windows, (_, i) => at(i, label[i]!)),
  };
}

function sum(values: Float32Array, start: number, length: number): number {
  let total = 0;
  for (let i = start; i < start + length; i++) total += values[i]!;
  return total;
}
