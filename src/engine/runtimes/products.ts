import { plainProducts, type Filters, type TransposedProducts } from '../../core/deconvnet/products';
import type { Attribute, Dimension, Graph } from '../../core/graph/graph';
import type { Runtime, Session } from '../../core/runtime';
import { floatTensor, toFloat32, type FloatTensor } from '../../core/tensor/tensor';

/** The heavy operations of projections by a runtime. One for the whole engine: each session holds threads of its own. */
export interface ProductRunner extends TransposedProducts {
  close(): Promise<void>;
}

/**
 * What the cost of an operation is made of, in nanoseconds, as measured on two cores. Only their proportions matter. A transposed
 * convolution is a matrix product and the sum of its columns, and where filters see few maps the sum is what costs.
 */
const COST = {
  plainMultiplication: 3,
  runtimeCall: 20_000,
  runtimeMultiplication: 0.02,
  runtimeColumn: 0.8,
} as const;

/**
 * Opens the operations on a runtime. Weights are inputs of small graphs, not constants of many: feeding them copies
 * nothing, and a session serves every layer of the same geometry. Where the signal is mostly zero, as at the seed, plain
 * loops are faster.
 */
export async function openProducts(runtime: Runtime): Promise<ProductRunner> {
  const multiplying = await runtime.open(matMulGraph());
  // Models share a dozen geometries between them, so the sessions are kept.
  const convolving = new Map<string, Promise<Session>>();
  const sessionFor = (op: ConvolutionOp, filters: Filters): Promise<Session> => {
    const key = [op, filters.groups, filters.kernel, filters.stride, filters.dilation].join(';');
    const known = convolving.get(key);
    if (known) return known;
    const opening = runtime.open(convolutionGraph(op, filters));
    convolving.set(key, opening);
    return opening;
  };
  return {
    async dense(weights, signal, units) {
      const { rows, columns, data } = weights;
      const cost = units * rows * columns * COST.runtimeMultiplication;
      if (isCheapInLoops(signal, columns, cost)) return plainProducts.dense(weights, signal, units);
      return run(multiplying, floatTensor([units, rows], signal), floatTensor([rows, columns], data));
    },
    async convolution(filters, signal) {
      const { outputs, inputs, groups, kernel, data } = filters;
      const { units, height, width } = signal;
      const taps = (inputs / groups) * kernel[0] * kernel[1];
      const multiplications = units * outputs * height * width * taps;
      const columns = (multiplications * groups) / outputs;
      const cost = multiplications * COST.runtimeMultiplication + columns * COST.runtimeColumn;
      if (isCheapInLoops(signal.data, taps, cost)) {
        return plainProducts.convolution(filters, signal);
      }
      const stack = floatTensor([units, outputs, height, width], signal.data);
      const weights = floatTensor([outputs, inputs / groups, ...kernel], data);
      return run(await sessionFor('ConvTranspose', filters), stack, weights);
    },
    async transposedConvolution(filters, signal) {
      const { outputs, inputs, groups, kernel, stride, data } = filters;
      const { units, height, width } = signal;
      const taps = (outputs / groups) * Math.ceil(kernel[0] / stride[0]) * Math.ceil(kernel[1] / stride[1]);
      const cost = units * inputs * height * width * taps * COST.runtimeMultiplication;
      if (isCheapInLoops(signal.data, taps, cost))
        return plainProducts.transposedConvolution(filters, signal);
      const stack = floatTensor([units, inputs, height, width], signal.data);
      const weights = floatTensor([outputs, inputs / groups, ...kernel], data);
      return run(await sessionFor('Conv', filters), stack, weights);
    },
    async close() {
      await multiplying.close();
      for (const session of convolving.values()) await (await session).close();
    },
  };
}

const SIGNAL = 'signal';
const WEIGHTS = 'weights';
const RESULT = 'result';

async function run(session: Session, signal: FloatTensor, weights: FloatTensor): Promise<Float32Array> {
  const feeds = new Map([
    [SIGNAL, signal],
    [WEIGHTS, weights],
  ]);
  const results = await session.run(feeds, [RESULT]);
  return toFloat32(results.get(RESULT)!);
}

/** Whether loops over the values that are not zero, `perValue` multiplications each, beat a call that costs `nanoseconds`. */
function isCheapInLoops(signal: Float32Array, perValue: number, nanoseconds: number): boolean {
  const affordable = (COST.runtimeCall + nanoseconds) / (perValue * COST.plainMultiplication);
  let nonZero = 0;
  for (let i = 0; i < signal.length; i++) if (signal[i] !== 0 && ++nonZero > affordable) return false;
  return true;
}

function matMulGraph(): Graph {
  return oneNode('MatMul', ['units', 'rows'], ['rows', 'columns'], []);
}

type ConvolutionOp = 'Conv' | 'ConvTranspose';

function convolutionGraph(op: ConvolutionOp, { groups, kernel, stride, dilation }: Filters): Graph {
  return oneNode(op, ['units', 'maps', 'height', 'width'], ['outputs', 'inputs', ...kernel], [
    ['group', { kind: 'int', value: groups }],
    ['kernel_shape', { kind: 'ints', value: kernel }],
    ['strides', { kind: 'ints', value: stride }],
    ['dilations', { kind: 'ints', value: dilation }],
  ]); // prettier-ignore
}

function oneNode(
  op: string,
  signal: readonly Dimension[],
  weights: readonly Dimension[],
  attributes: readonly (readonly [string, Attribute])[],
): Graph {
  return {
    name: `${op} of a projection`,
    opset: 13,
    domains: new Map(),
    inputs: [
      { name: SIGNAL, type: 'float32', shape: signal },
      { name: WEIGHTS, type: 'float32', shape: weights },
    ],
    outputs: [{ name: RESULT, type: 'float32', shape: null }],
    nodes: [
      {
        name: op,
        op,
        domain: '',
        inputs: [SIGNAL, WEIGHTS],
        outputs: [RESULT],
        attributes: new Map(attributes),
      },
    ],
    constants: new Map(),
    metadata: new Map(),
  };
}
