import {
  addCells,
  doneWindows,
  emptyResult,
  type SweepResult,
} from '../../src/core/experiments/occlusion/result';
import type { OcclusionPlan, OcclusionRequest } from '../../src/protocol/occlusion';
import type { PanelSubject } from '../../src/protocol/panelContract';
import type { SweepSettings } from './settings';

/** A sweep that has a plan, with all that is measured of it. */
export interface Sweep {
  readonly plan: OcclusionPlan;
  readonly result: SweepResult;
  /** How many windows are measured. */
  readonly done: number;
}

/** Takes a plan over: what is measured stays where the plan measures the same. */
export function withPlan(sweep: Sweep | null, plan: OcclusionPlan): Sweep {
  if (sweep?.plan.key === plan.key) return { ...sweep, plan };
  return { plan, result: emptyResult(plan.grid, plan.maps.length, plan.label !== null), done: 0 };
}

/** Adds measurements, into the same arrays. */
export function withCells(sweep: Sweep, cells: Parameters<typeof addCells>[1]): Sweep {
  addCells(sweep.result, cells);
  return { ...sweep, done: sweep.done + cells.windows.length };
}

/** What the engine is asked for: windows that are known already are left out. */
export function requestOf(
  { model, image }: PanelSubject,
  { size, stride, fill, maps, label }: SweepSettings,
  sweep: Sweep | null,
): OcclusionRequest {
  return {
    model,
    image,
    size,
    stride,
    fill,
    ...(maps && { maps }),
    ...(label !== null && { label }),
    ...(sweep && { known: { key: sweep.plan.key, windows: doneWindows(sweep.result) } }),
  };
}

/**
 * A sweep that an earlier view kept, `null` where it cannot be used. Our own code wrote it, perhaps an older version of it:
 * what is not of the right form is measured again.
 */
export function restoredSweep(value: unknown, modelHash: string): Sweep | null {
  if (typeof value !== 'object' || value === null) return null;
  const { plan, result } = value as Partial<Sweep>;
  if (typeof plan?.key !== 'string' || plan.modelHash !== modelHash || !result?.grid) return null;
  const { rows, columns } = result.grid;
  const windows = rows * columns;
  const classified = plan.label === null ? 0 : windows;
  const fits =
    result.done instanceof Uint8Array &&
    result.done.length === windows &&
    result.activity instanceof Float32Array &&
    result.activity.length === windows * plan.maps.length &&
    result.probability instanceof Float32Array &&
    result.probability.length === classified &&
    result.label instanceof Int32Array &&
    result.label.length === classified &&
    result.labelProbability instanceof Float32Array &&
    result.labelProbability.length === classified;
  return fits ? { plan, result, done: doneWindows(result).length } : null;
}
