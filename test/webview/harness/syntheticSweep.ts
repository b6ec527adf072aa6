import { coveredPicture } from '../../../src/core/experiments/occlusion/fill';
import type { OcclusionCells } from '../../../src/core/experiments/occlusion/sweep';
import { coarseToFine, sweepGrid, windowAt } from '../../../src/core/experiments/occlusion/windows';
import type { OcclusionPlan, OcclusionProgress, OcclusionRequest } from '../../../src/protocol/occlusion';
import type { Scenario } from './scenario';
import { syntheticPicture, syntheticRecording } from './syntheticModel';

/** A beacon that is lost where its lamp is hidden: the progress of a sweep over it, without a network. */
export function* syntheticSweep(scenario: Scenario, request: OcclusionRequest): Generator<OcclusionProgress> {
  const input = syntheticPicture(request.image);
  const grid = sweepGrid(input, request);
  const maps = request.maps ?? [{ layer: 'conv5', map: 7 }];
  const { model, top } = syntheticRecording(scenario, request.image);
  const label = request.label ?? top[0]!.index;
  const key = JSON.stringify([request.image, grid, request.fill, maps, label]);
  const known = request.known?.key === key ? new Set(request.known.windows) : new Set<number>();
  const names = new Map(top.map(({ index, label: name }) => [index, name]));
  const plan: OcclusionPlan = {
    key,
    grid,
    fill: request.fill,
    maps,
    label: scenario.isClassifier ? label : null,
    labels: scenario.isClassifier
      ? Array.from({ length: 1000 }, (_, index) => names.get(index) ?? `class ${index}`)
      : [],
    clean: cellsOf(Int32Array.of(-1), maps.length, () => 0, scenario.isClassifier),
    covered: coveredPicture(input, request.fill, { preprocessing: model.preprocessing, size: grid.size }),
    taken: known.size,
    modelHash: model.hash,
    notes: [],
  };
  yield { kind: 'plan', plan };
  const order = coarseToFine(grid).filter((window) => !known.has(window));
  const harm = (window: number) => {
    const { top: y, left: x, height, width } = windowAt(grid, window);
    const distance = Math.hypot(y + height / 2 - 60, x + width / 2 - 84);
    return Math.exp(-((distance / 45) ** 2));
  };
  for (let start = 0; start < order.length; start += 32) {
    const windows = order.slice(start, start + 32);
    yield { kind: 'cells', cells: cellsOf(windows, maps.length, harm, scenario.isClassifier) };
  }
}

function cellsOf(
  windows: Int32Array,
  maps: number,
  harm: (window: number) => number,
  isClassifier: boolean,
): OcclusionCells {
  const activity = Float32Array.from(
    { length: windows.length * maps },
    (_, i) => (900 + 200 * (i % maps)) * (1 - 0.8 * harm(windows[Math.floor(i / maps)]!)),
  );
  const none = new Float32Array(0);
  if (!isClassifier)
    return { windows, activity, probability: none, label: new Int32Array(0), labelProbability: none };
  const probability = Float32Array.from(windows, (window) => 0.91 * (1 - harm(window)));
  const label = Int32Array.from(probability, (value) => (value < 0.2 ? 900 : value < 0.5 ? 460 : 437));
  return {
    windows,
    activity,
    probability,
    label,
    labelProbability: probability.map((value) => Math.max(value, 1 - value)),
  };
}
