import type { Fill } from '../core/experiments/occlusion/fill';
import type { OcclusionCells } from '../core/experiments/occlusion/sweep';
import type { SweepGrid, WindowSettings } from '../core/experiments/occlusion/windows';
import type { Picture } from '../core/imaging/preprocessing';
import type { Subject } from './model';

export type { Fill, OcclusionCells, SweepGrid };

/** A feature map by its layer's label, or the name of a tensor. */
export interface MapChoice {
  readonly layer: string;
  readonly map: number;
}

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
export interface OcclusionPlan {
  /** Equal for sweeps that measure the same: model, picture, square, maps and label. */
  readonly key: string;
  readonly grid: SweepGrid;
  readonly fill: Fill;
  readonly maps: readonly MapChoice[];
  /** The class that is followed; `null` where the model is no classifier. */
  readonly label: number | null;
  /** Names of all classes, `class 3` where the sidecar gives none. Empty where the model is no classifier. */
  readonly labels: readonly string[];
  /** Measurements of the whole picture. */
  readonly clean: OcclusionCells;
  /** The picture as the square shows it. */
  readonly covered: Picture;
  /** Windows of `known` that are taken over. */
  readonly taken: number;
  /** SHA-256 of the model. */
  readonly modelHash: string;
  /** What the user should know about how it runs, one sentence each. */
  readonly notes: readonly string[];
}

export type OcclusionProgress =
  | { readonly kind: 'plan'; readonly plan: OcclusionPlan }
  | { readonly kind: 'cells'; readonly cells: OcclusionCells };
