import { describe, expect, it } from 'vitest';
import type { Graph } from '../../src/core/graph/graph';
import { withNormalisationByPool } from '../../src/core/rewrite/normalisationByPool';
import { floatTensor, toFloat32 } from '../../src/core/tensor/tensor';
import { onnxRuntime } from '../../src/engine/runtimes/onnxRuntime';
import { float, GraphBuilder, int } from '../support/graphBuilder';
import { naiveForward, valuesOf } from '../support/naiveNet';
import { gaussians, seededRandom } from '../support/random';

const dims = [2, 7, 3, 5] as const;
const [images, maps, height, width] = dims;

interface Normalisation {
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly bias: number;
}

function normalising({ size, alpha, beta, bias }: Normalisation, opset: number): Graph {
  const builder = new GraphBuilder({ input: dims, opset });
  const attributes = { size: int(size), alpha: float(alpha), beta: float(beta), bias: float(bias) };
  return builder.build({ outputs: [builder.node('LRN', [builder.input], { name: 'norm', attributes })] });
}

/** By plain loops over the operator's definition, in double precision. */
function defined(graph: Graph, x: Float32Array): Float64Array {
  return valuesOf(naiveForward(graph, { dims, data: x }), graph.outputs[0]!.name).data;
}

async function run(graph: Graph, x: Float32Array): Promise<Float32Array> {
  const session = await onnxRuntime({ threads: 1 }).open(graph);
  const [output] = graph.outputs.map(({ name }) => name);
  const outputs = await session.run(new Map([[graph.inputs[0]!.name, floatTensor(dims, x)]]), [output!]);
  await session.close();
  return toFloat32(outputs.get(output!)!);
}

function expectClose(found: Float32Array, expected: Float64Array): void {
  const worst = Math.max(
    ...Array.from(expected, (value, i) => Math.abs(found[i]! - value) / Math.abs(value)),
  );
  expect(worst).toBeLessThan(1e-6);
}

describe('contrast normalisation by pools', () => {
  const x = gaussians(seededRandom(3), images * maps * height * width, { std: 4 });

  it.each([1, 2, 3, 4, 5, 9].flatMap((size) => [12, 17].map((opset) => [size, opset] as const)))(
    'is what the operator is defined to be: %i maps, operator set %i',
    async (size, opset) => {
      const normalisation = { size, alpha: 0.3, beta: 0.75, bias: 2 };
      const graph = normalising(normalisation, opset);
      expect(withNormalisationByPool(graph).nodes.map(({ op }) => op)).not.toContain('LRN');
      expectClose(await run(graph, x), defined(graph, x));
    },
  );

  it('keeps its precision next to a map that is a million times as strong', async () => {
    const normalisation = { size: 3, alpha: 1, beta: 0.75, bias: 1e-6 };
    const strong = x.map((value, i) =>
      Math.floor(i / (height * width)) % maps === 0 ? 1e4 * value : 1e-2 * value,
    );
    const graph = normalising(normalisation, 17);
    expectClose(await run(graph, strong), defined(graph, strong));
  });

  it('leaves other exponents to the runtime', async () => {
    const normalisation = { size: 5, alpha: 0.3, beta: 0.6, bias: 2 };
    const graph = normalising(normalisation, 17);
    expect(withNormalisationByPool(graph)).toBe(graph);
    expectClose(await run(graph, x), defined(graph, x));
  });
});
