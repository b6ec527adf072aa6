import type { Fill } from './fill';
import type { OcclusionCells } from './sweep';
import type { SweepGrid } from './windows';

/** A feature map by its layer's label, or the name of a tensor. */
export interface MapChoice {
  readonly layer: string;
  readonly map: number;
}

/** What a sweep measures, once everything that was left open is decided. */
export interface SweepPlan {
  readonly grid: SweepGrid;
  readonly fill: Fill;
  /** In the order of the columns of `activity`. */
  readonly maps: readonly MapChoice[];
  /** The class that is followed; `null` where the model is no classifier. */
  readonly label: number | null;
  /** Names of all classes, `class 3` where the sidecar gives none. Empty where the model is no classifier. */
  readonly labels: readonly string[];
  /** Measurements of the whole picture. */
  readonly clean: OcclusionCells;
  /** What the user should know about how it runs, one sentence each. */
  readonly notes: readonly string[];
}

export function mapName({ layer, map }: MapChoice): string {
  return `${layer} map ${map}`;
}

/** Labels of ImageNet list synonyms; the first one names the class. */
export function labelName(labels: readonly string[], index: number): string {
  const [first] = (labels[index] ?? String(index)).split(',');
  return first ?? String(index);
}

/** What the followed class is called; `null` where the model is no classifier. */
export function followedName({ label, labels }: SweepPlan): string | null {
  return label === null ? null : labelName(labels, label);
}
