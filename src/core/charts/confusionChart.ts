import { cell, type PlotOptions } from '@observablehq/plot';
import { chartFrame } from './frame';

export interface ConfusionChart {
  /** What is drawn, for those who cannot see it. */
  readonly title: string;
  readonly classes: readonly string[];
  /** `classes x classes`, rows are the truth. */
  readonly confusion: Int32Array;
}

const CELL = 9;
const LABELS = 130;

/** Which classes are taken for which, as options for `plot`: truth down, answers across, darker for a larger part of the class. */
export function confusionChart({ title, classes, confusion }: ConfusionChart): PlotOptions {
  const count = classes.length;
  const edge = count * Math.max(CELL, 240 / count);
  const cells = Array.from(confusion, (times, at) => {
    const truth = Math.floor(at / count);
    const row = confusion.subarray(truth * count, (truth + 1) * count);
    const samples = row.reduce((sum, value) => sum + value, 0);
    return { truth: classes[truth]!, taken: classes[at % count]!, part: times / Math.max(1, samples) };
  });
  return {
    ...chartFrame(title),
    width: LABELS + edge,
    height: LABELS + edge,
    marginLeft: LABELS,
    marginBottom: LABELS,
    x: { domain: [...classes], label: 'taken for', tickRotate: -90 },
    y: { domain: [...classes], label: 'truth' },
    color: { scheme: 'blues', domain: [0, 1] },
    marks: [cell(cells.filter(({ part }) => part > 0), { x: 'taken', y: 'truth', fill: 'part' })], // prettier-ignore
  };
}
