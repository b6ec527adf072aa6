import type {
  Convergence,
  EvolutionCell,
  EvolutionPlan,
  EvolutionRequest,
} from '../../../src/protocol/evolution';
import type { Scenario } from './scenario';
import { syntheticSummary } from './syntheticDataSet';
import { SIDE, syntheticUnit } from './syntheticModel';

/** Checkpoints with structure, without a network. */

const epochs = [1, 2, 5, 10, 20, 64];

export function syntheticPlan(
  scenario: Scenario,
  { layers, maps }: Pick<EvolutionRequest, 'layers' | 'maps'>,
): EvolutionPlan {
  const summary = syntheticSummary(scenario);
  const choices = summary.layers.map(({ label }) => label).slice(0, 5);
  return {
    checkpoints: epochs.map((epoch) => ({
      file: `/runs/zfnet/epoch-${epoch}.onnx`,
      name: `epoch-${epoch}.onnx`,
      epoch,
    })),
    layers: (layers ?? choices).map((label) => ({
      label,
      maps: Array.from({ length: maps }, (_, index) => 3 * index),
    })),
    choices,
    images: scenario.dataSet.pictures,
    input: { height: SIDE, width: SIDE },
    model: summary.name,
    modelHash: summary.hash,
  };
}

/** At first only some maps are active; the picture changes once, later in higher layers. */
export function syntheticCells(
  scenario: Scenario,
  { layers }: EvolutionPlan,
  checkpoint: number,
): EvolutionCell[] {
  return layers.flatMap(({ label, maps }, depth) =>
    maps.map((map, row) => {
      const cell = { checkpoint, layer: label, map };
      if (row === maps.length - 1 && checkpoint === 0) return { ...cell, image: null, unit: null };
      const image = checkpoint <= depth ? 'a/harbour.jpg' : 'b/lighthouse.png';
      return { ...cell, image, unit: syntheticUnit(scenario, image, label, 0, { map }, 'deconvnet') };
    }),
  );
}

/** Lower layers settle first. */
export function syntheticConvergence({ layers, checkpoints }: EvolutionPlan): Convergence[] {
  return layers.map(({ label }, depth) => {
    const filters = checkpoints.map((_, i) => Math.min(1, (i + 1) / (depth + 2)));
    return { label, filters, projections: filters.map((value) => value ** 2) };
  });
}
