import type { Fill } from '../core/experiments/occlusion/fill';
import type { MapChoice, SweepPlan } from '../core/experiments/occlusion/plan';
import type { OcclusionCells } from '../core/experiments/occlusion/sweep';
import type { SweepGrid, WindowSettings } from '../core/experiments/occlusion/windows';
import type { Picture } from '../core/imaging/preprocessing';
import type { Subject } from './model';

export type { Fill, MapChoice, OcclusionCells, SweepGrid };

export interface OcclusionRequest extends Subject, WindowSettings {
  readonly fill: Fill;
  /** The strongest map of the top convolutional layer where left out. */
  readonly maps?: readonly MapChoice[];
  /** The most probable class of the whole picture where left out. */
  readonly label?: number;
  /** Windows that an earlier, interrupted sweep measured; left out where its key is still that of the plan. */
  readonly known?: KnownWindows;
}

export interface KnownWindows {
  readonly key: string;
  readonly windows: Int32Array;
}

/** What a sweep is going to do, once everything that was left open is decided. */
export interface OcclusionPlan extends SweepPlan {
  /** Equal for sweeps that measure the same: model, picture, square, maps and label. */
  readonly key: string;
  /** The picture as the square shows it. */
  readonly covered: Picture;
  /** Windows of `known` that are taken over. */
  readonly taken: number;
  /** SHA-256 of the model. */
  readonly modelHash: string;
}

export type OcclusionProgress =
  | { readonly kind: 'plan'; readonly plan: OcclusionPlan }
  | { readonly kind: 'cells'; readonly cells: OcclusionCells };
