import { sendDown } from './pointwise';
import type { WeightMatrix } from '../products';
import type { Rule, Step } from '../rule';
import { wholeSignal } from '../signal';
import { floatAttribute, intAttribute } from '../../graph/attributes';
import { isOverMaps } from '../../ops/dense';
import { constantInput, inputDims, inputName, outputDims, type Site } from '../../ops/site';
import { toFloat32, type Tensor } from '../../tensor/tensor';

/** Filters of fully connected layers in the layout the products want, by tensor: transposed once, not for every unit. */
const transposed = new WeakMap<Tensor, Float32Array>();

function transposedMatrix(weights: Tensor, rows: number, columns: number): Float32Array {
  const known = transposed.get(weights);
  if (known) return known;
  const source = toFloat32(weights);
  const result = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) result[c * rows + r] = source[r * columns + c]!;
  transposed.set(weights, result);
  return result;
}

/** A fully connected layer as Gemm: the transposed matrix, no bias. */
export const transposedGemm: Rule = {
  refuses(site) {
    if (constantInput(site, 1) === undefined) return 'its weights depend on the image';
    if (inputName(site, 2) !== '' && !constantInput(site, 2)) return 'what it adds depends on the image';
    if (intAttribute(site.node, 'transA', 0) === 1) return 'it transposes the features, not the weights';
    return undefined;
  },
  async down(step) {
    const weights = constantInput(step.site, 1)!;
    const asStored = intAttribute(step.site.node, 'transB', 0) === 1;
    const [rows, columns] = [outputDims(step.site)[1]!, inputDims(step.site, 0)[1]!];
    const data = asStored ? toFloat32(weights) : transposedMatrix(weights, columns, rows);
    const alpha = floatAttribute(step.site.node, 'alpha', 1);
    await downDense(step, { rows, columns, data, alpha });
  },
};

/** A fully connected layer as MatMul of features `[..., rows, K]` with a constant matrix. */
export const transposedMatMul: Rule = {
  carries: () => [0],
  refuses(site) {
    if (constantInput(site, 1) === undefined) return refusedMatMul(site);
    return inputDims(site, 1).length === 2 ? undefined : 'it multiplies with a stack of matrices';
  },
  async down(step) {
    const weights = constantInput(step.site, 1)!;
    const [columns, rows] = inputDims(step.site, 1) as readonly [number, number];
    const matrix = { rows, columns, data: transposedMatrix(weights, columns, rows) };
    if (isOverMaps(step.site)) await downMaps(step, matrix);
    else await downDense(step, { ...matrix, alpha: 1 });
  },
};

function refusedMatMul(site: Site): string {
  return constantInput(site, 0) === undefined
    ? 'it multiplies two activations, as attention does; the deconvnet has no rule for that'
    : 'its weights stand on the left of the features';
}

/** The same matrix at every position is a convolution of one position. */
async function downMaps(step: Step, { rows, columns, data }: WeightMatrix): Promise<void> {
  const from = step.outputs[0]!;
  const one: readonly [number, number] = [1, 1];
  const filters = {
    outputs: rows,
    inputs: columns,
    groups: 1,
    kernel: one,
    stride: one,
    dilation: one,
    data,
  };
  sendDown({ ...from, grid: step.inputs[0]!.placement.grid, data: await step.products.convolution(filters, from) }, step.inputs[0]!); // prettier-ignore
}

interface DenseWeights {
  /** Output features. */
  readonly rows: number;
  /** Input features. */
  readonly columns: number;
  /** `[rows, columns]`. */
  readonly data: Float32Array;
  readonly alpha: number;
}

async function downDense(step: Step, { rows, columns, data, alpha }: DenseWeights): Promise<void> {
  const from = wholeSignal(step.outputs[0]!);
  // Vectors [..., features] of every unit; a layer on a flattened image has just one.
  const vectors = from.data.length / rows;
  const result = await step.products.dense({ rows, columns, data }, from.data, vectors);
  if (alpha !== 1) for (let i = 0; i < result.length; i++) result[i]! *= alpha;
  step.inputs[0]!.give(result);
}
