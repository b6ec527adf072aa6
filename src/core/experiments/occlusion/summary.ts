import { activityOf, type SweepResult } from './result';
import type { OcclusionCells } from './sweep';

/** The window that lowers a number most. */
export interface LargestDrop {
  readonly window: number;
  /** Of the whole picture. */
  readonly clean: number;
  /** With that window hidden. */
  readonly hidden: number;
}

/** A class that is the most probable one for some windows. */
export interface LabelShare {
  readonly label: number;
  readonly windows: number;
}

export interface SweepSummary {
  /** Windows that are measured; the rest of the summary is about them. */
  readonly measured: number;
  /** Of the followed class; `null` without a classifier, and where no window lowers its probability. */
  readonly probability: LargestDrop | null;
  /** For each watched map; `null` where no window lowers its activity. */
  readonly activities: readonly (LargestDrop | null)[];
  /** Most frequent first, the smaller index first on ties. */
  readonly labels: readonly LabelShare[];
  /** Windows that take more than half of the followed class' probability away. */
  readonly decisive: number;
}

/** What a sweep found, beside the measurements `clean` of the whole picture. */
export function summarise(result: SweepResult, clean: OcclusionCells): SweepSummary {
  const { done, probability, label, maps } = result;
  const windows = Array.from(done.keys()).filter((window) => done[window]);
  const counts = new Map<number, number>();
  if (label.length > 0) {
    for (const window of windows) counts.set(label[window]!, (counts.get(label[window]!) ?? 0) + 1);
  }
  const half = (clean.probability[0] ?? 0) / 2;
  return {
    measured: windows.length,
    probability: label.length > 0 ? largestDrop(probability, windows, clean.probability[0]!) : null,
    activities: Array.from({ length: maps }, (_, column) =>
      largestDrop(activityOf(result, column), windows, clean.activity[column]!),
    ),
    labels: [...counts]
      .map(([index, count]) => ({ label: index, windows: count }))
      .sort((a, b) => b.windows - a.windows || a.label - b.label),
    decisive: windows.filter((window) => probability[window]! < half).length,
  };
}

function largestDrop(values: Float32Array, windows: readonly number[], clean: number): LargestDrop | null {
  let lowest = -1;
  for (const window of windows) {
    const value = values[window]!;
    if (value < clean && (lowest < 0 || value < values[lowest]!)) lowest = window;
  }
  return lowest < 0 ? null : { window: lowest, clean, hidden: values[lowest]! };
}
