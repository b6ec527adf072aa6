import { argMax } from '../../tensor/argMax';
import type { Scored } from './losses';

/** How often samples of a class were taken for each class: `classes x classes`, rows are the truth. */
export function confusionOf(
  { scores, labels, classes }: Scored,
  counts: (sample: number) => boolean = () => true,
): Int32Array {
  const confusion = new Int32Array(classes * classes);
  labels.forEach((label, sample) => {
    if (counts(sample)) confusion[label * classes + argMax(scores, sample * classes, classes)]!++;
  });
  return confusion;
}

/** The mean over classes of the part of their samples that was recognised; classes without samples do not count. */
export function meanAccuracy(confusion: Int32Array, classes: number): number {
  let sum = 0;
  let counted = 0;
  for (let label = 0; label < classes; label++) {
    const row = confusion.subarray(label * classes, (label + 1) * classes);
    const samples = row.reduce((total, count) => total + count, 0);
    if (samples === 0) continue;
    sum += row[label]! / samples;
    counted++;
  }
  return sum / counted;
}
