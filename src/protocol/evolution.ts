import type { Checkpoint } from '../core/experiments/evolution/checkpoints';
import type { ProjectedUnit } from './model';
import type { ScanProblem } from './topActivations';

export type { Checkpoint };

export interface EvolutionRequest {
  /** Folder of the models of one training run, absolute. */
  readonly models: string;
  /** Folder of pictures, absolute. */
  readonly images: string;
  /** Labels; all layers that can be projected where left out. */
  readonly layers?: readonly string[];
  /** Feature maps to show of each layer. */
  readonly maps: number;
  readonly seed: number;
}

export interface EvolutionPlan {
  readonly checkpoints: readonly Checkpoint[];
  readonly layers: readonly EvolutionLayer[];
  /** Labels of all layers that can be looked at. */
  readonly choices: readonly string[];
  readonly images: number;
  /** Of the network. */
  readonly input: { readonly height: number; readonly width: number };
  /** Name and SHA-256 of the last model. */
  readonly model: string;
  readonly modelHash: string;
}

export interface EvolutionLayer {
  readonly label: string;
  /** The maps that are looked at. */
  readonly maps: readonly number[];
}

/** The strongest activation of a map at one epoch. */
export interface EvolutionCell {
  readonly checkpoint: number;
  readonly layer: string;
  readonly map: number;
  /** Relative to the folder of pictures; `null` where no picture activates the map. */
  readonly image: string | null;
  readonly unit: ProjectedUnit | null;
}

/** How far a layer is from its last state, by checkpoint. */
export interface Convergence {
  readonly label: string;
  /** Mean correlation of its filters with the last ones. */
  readonly filters: readonly number[];
  /**
   * Mean correlation of projections with the last ones, each on the picture that activates the map most at the end, so that
   * a change of picture does not count.
   */
  readonly projections: readonly number[];
}

export type EvolutionProgress = (
  | { readonly kind: 'plan'; readonly plan: EvolutionPlan }
  | { readonly kind: 'cells'; readonly cells: readonly EvolutionCell[] }
) & {
  /** What could not be read, as far as it was not said before. */
  readonly problems: readonly ScanProblem[];
};
