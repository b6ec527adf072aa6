import { fit, scoresOf, type FitOptions, type MatrixProducts, type TrainingSet } from './fit';
import { dealOut } from './folds';
import { confusionOf, meanAccuracy } from './confusion';
import type { Loss } from './losses';

/** From strong to weak regularisation; each fit begins where the one before ended. */
export const choices = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1] as const;

/** What is taken where a class has a single image and nothing can be compared. */
export const UNCHOSEN_C = 1e-3;

const PARTS = 3;

/** Enough to compare: the final fit is done more exactly. */
const ROUGH = { tolerance: 1e-2, iterations: 60 } as const;

/**
 * The c with the best mean accuracy of classes by cross-validation inside a training set, the smallest of equal ones. Each part is
 * held out once; features stay as the whole training set standardised them.
 */
export async function chooseC(
  products: MatrixProducts,
  set: TrainingSet,
  { loss, signal }: { readonly loss: Loss; readonly signal?: AbortSignal | undefined },
): Promise<number> {
  const parts = Math.min(PARTS, smallestClass(set));
  if (parts < 2) return UNCHOSEN_C;
  const part = dealOut(set.labels, parts);
  const sums = new Float64Array(choices.length);
  for (let held = 0; held < parts; held++) {
    const counts = Uint8Array.from(part, (own) => (own === held ? 0 : 1));
    let start: FitOptions['start'];
    for (const [index, c] of choices.entries()) {
      start = await fit(products, set, { loss, c, ...ROUGH, start, counts, signal });
      sums[index]! += await heldOutAccuracy(products, set, start, counts);
    }
  }
  return choices[sums.indexOf(Math.max(...sums))]!;
}

function smallestClass({ labels, classes }: TrainingSet): number {
  const sizes = new Int32Array(classes);
  for (const label of labels) sizes[label]!++;
  return Math.min(...sizes);
}

async function heldOutAccuracy(
  products: MatrixProducts,
  { design, labels, classes }: TrainingSet,
  weights: Float64Array,
  counts: Uint8Array,
): Promise<number> {
  const scores = await scoresOf(products, design, weights);
  return meanAccuracy(
    confusionOf({ scores, labels, classes }, (sample) => counts[sample] === 0),
    classes,
  );
}
