import type { TransposedProducts } from '../../deconvnet/products';
import { transposed, type FeatureMatrix } from './design';
import { minimise, type Slope } from './lbfgs';
import type { Loss } from './losses';

/** All that fitting asks of a runtime. */
export type MatrixProducts = Pick<TransposedProducts, 'dense'>;

/** Samples to learn from. */
export interface TrainingSet {
  /** `samples x (features + 1)`, the last column ones. */
  readonly design: FeatureMatrix;
  /** The design's columns as rows: both are multiplied with in every step. */
  readonly turned: FeatureMatrix;
  readonly labels: Int32Array;
  readonly classes: number;
}

export interface FitOptions {
  readonly loss: Loss;
  /** The weight of the losses against half the squared norm of the weights. */
  readonly c: number;
  /** See `minimise`. */
  readonly tolerance: number;
  readonly iterations: number;
  /** Weights to begin with; zeros where left out. */
  readonly start?: Float64Array | undefined;
  /** Samples that count: 1 or 0 of each; all where left out. */
  readonly counts?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A training set of standardised features. */
export function trainingSet(design: FeatureMatrix, labels: Int32Array, classes: number): TrainingSet {
  return { design, turned: transposed(design), labels, classes };
}

/**
 * The weights `(features + 1) x classes` of the linear classifier that minimises
 * |weights|² / 2 + c · sum of losses, with or without the bias in the norm, as the loss has it.
 */
export function fit(products: MatrixProducts, set: TrainingSet, options: FitOptions): Promise<Float64Array> {
  const { design, classes } = set;
  const start = options.start ?? new Float64Array(design.columns * classes);
  return minimise((weights) => slopeOf(products, set, options, weights), start, options);
}

/** The scores of samples, `samples x classes`. */
export async function scoresOf(
  products: MatrixProducts,
  { rows, columns, data }: FeatureMatrix,
  weights: Float64Array,
): Promise<Float32Array> {
  const classes = weights.length / columns;
  return products.dense({ rows: columns, columns: classes, data: Float32Array.from(weights) }, data, rows);
}

async function slopeOf(
  products: MatrixProducts,
  { design, turned, labels, classes }: TrainingSet,
  { loss, c, counts }: FitOptions,
  weights: Float64Array,
): Promise<Slope> {
  const scores = await scoresOf(products, design, weights);
  const residuals = new Float32Array(scores.length);
  let sum = 0;
  for (let sample = 0; sample < design.rows; sample++) {
    if (counts?.[sample] === 0) continue;
    sum += loss.sample({ scores, labels, classes }, sample, residuals);
  }
  const pulled = await products.dense(
    { rows: design.rows, columns: classes, data: residuals },
    turned.data,
    turned.rows,
  );
  const regularised = weights.length - (loss.regularisesBias ? 0 : classes);
  const gradient = new Float64Array(weights.length);
  let square = 0;
  for (let i = 0; i < gradient.length; i++) {
    const weight = i < regularised ? weights[i]! : 0;
    gradient[i] = weight + c * pulled[i]!;
    square += weight * weight;
  }
  return { value: square / 2 + c * sum, gradient };
}
