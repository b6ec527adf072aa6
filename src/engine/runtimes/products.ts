import { plainProducts, type TransposedProducts, type WeightMatrix } from '../../core/deconvnet/products';
import type { Attribute, Graph } from '../../core/graph/graph';
import type { Runtime, Session } from '../../core/runtime';
import { floatTensor, toFloat32, type FloatTensor } from '../../core/tensor/tensor';
import { createLru } from '../lru';

/** Matrix products by a runtime. One for the whole engine: each session holds threads of its own. */
export interface ProductRunner {
  /** The products of one model, whose weights it knows by their keys. */
  forModel(): TransposedProducts;
  close(): Promise<void>;
}

/** What the cost of a product is made of, in nanoseconds, as measured on two cores. Only their proportions matter. */
const COST = { plainMultiplication: 1.5, runtimeCall: 8000, runtimeMultiplication: 0.03 } as const;

/** Transposed weights to keep for each model. A weight beyond this is multiplied as it is. */
const KEPT_BYTES = 256 * 2 ** 20;

/** After so many products of one weight its transposed copy has paid for itself. */
const USES_BEFORE_TRANSPOSING = 4;

/** Names of the tensors in the graphs below. */
const WEIGHTS = 'weights';
const SIGNAL = 'signal';
const RESULT = 'result';

/**
 * Opens the products on a runtime. Weights are inputs of one small graph, not constants of many: feeding them copies
 * nothing, and no session has to be made and kept for each weight. Multiplying weights that were transposed before
 * is 10 to 20 % faster than letting the runtime transpose, twice as fast for few columns, so often used weights are
 * kept transposed. Where the signal is mostly zero, as at the seed, plain loops are faster than any of it.
 */
export async function openProducts(runtime: Runtime): Promise<ProductRunner> {
  const transposing = await runtime.open(
    productGraph('Gemm', ['rows', 'columns'], [['transA', { kind: 'int', value: 1 }]]),
  );
  const multiplying = await runtime.open(productGraph('MatMul', ['columns', 'rows'], []));
  return {
    forModel() {
      const transposed = transposedWeights();
      return {
        product(weights, signal, count) {
          if (isCheapInLoops(weights, signal, count)) return plainProducts.product(weights, signal, count);
          const right = floatTensor([weights.rows, count], signal);
          const left = transposed.of(weights);
          if (left) return run(multiplying, left, right);
          return run(transposing, floatTensor([weights.rows, weights.columns], weights.data), right);
        },
      };
    },
    async close() {
      await transposing.close();
      await multiplying.close();
    },
  };
}

async function run(session: Session, weights: FloatTensor, signal: FloatTensor): Promise<Float32Array> {
  const feeds = new Map([
    [WEIGHTS, weights],
    [SIGNAL, signal],
  ]);
  const results = await session.run(feeds, [RESULT]);
  return toFloat32(results.get(RESULT)!);
}

function isCheapInLoops({ rows, columns }: WeightMatrix, signal: Float32Array, count: number): boolean {
  let nonZero = 0;
  for (let i = 0; i < signal.length; i++) if (signal[i] !== 0) nonZero++;
  const plain = nonZero * columns * COST.plainMultiplication;
  return plain < COST.runtimeCall + rows * columns * count * COST.runtimeMultiplication;
}

/** Transposed copies `[columns, rows]` of the weights that are used often, the latest used ones up to `KEPT_BYTES`. */
function transposedWeights(): { of(weights: WeightMatrix): FloatTensor | undefined } {
  const uses = new Map<string, number>();
  const kept = createLru<FloatTensor>(KEPT_BYTES);
  return {
    of(weights) {
      const { key, data } = weights;
      const known = kept.get(key);
      if (known) return known;
      const count = (uses.get(key) ?? 0) + 1;
      uses.set(key, count);
      if (count <= USES_BEFORE_TRANSPOSING || data.byteLength > KEPT_BYTES) return undefined;
      const made = transpose(weights);
      kept.set(key, made, data.byteLength);
      return made;
    },
  };
}

/** In blocks that fit the cache: rows of one side are columns of the other. */
function transpose({ rows, columns, data }: WeightMatrix): FloatTensor {
  const block = 32;
  const out = new Float32Array(rows * columns);
  for (let top = 0; top < rows; top += block) {
    for (let left = 0; left < columns; left += block) {
      const bottom = Math.min(rows, top + block);
      const right = Math.min(columns, left + block);
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++)
          out[column * rows + row] = data[row * columns + column]!;
      }
    }
  }
  return floatTensor([columns, rows], out);
}

function productGraph(
  op: 'Gemm' | 'MatMul',
  weights: readonly string[],
  attributes: readonly (readonly [string, Attribute])[],
): Graph {
  return {
    name: `${op} of a projection`,
    opset: 13,
    domains: new Map(),
    inputs: [
      { name: WEIGHTS, type: 'float32', shape: weights },
      { name: SIGNAL, type: 'float32', shape: ['rows', 'count'] },
    ],
    outputs: [{ name: RESULT, type: 'float32', shape: ['columns', 'count'] }],
    nodes: [
      {
        name: op,
        op,
        domain: '',
        inputs: [WEIGHTS, SIGNAL],
        outputs: [RESULT],
        attributes: new Map(attributes),
      },
    ],
    constants: new Map(),
    metadata: new Map(),
  };
}
