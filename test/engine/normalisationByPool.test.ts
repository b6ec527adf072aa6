import { describe, expect, it } from 'vitest';
import type { Graph } from '../../src/core/graph/graph';
import { withNormalisationByPool } from '../../src/core/rewrite/normalisationByPool';
import { floatTensor, toFloat32 } from '../../src/core/tensor/tensor';
import { onnxRuntime } from '../../src/engine/runtimes/onnxRuntime';
import { float, GraphBuilder, int } from '../support/graphBuilder';
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

/** The definition of the operator, in double precision. */
function defined(x: Float32Array, { size, alpha, beta, bias }: Normalisation): number[] {
  const plane = height * width;
  const [before, behind] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  return Array.from(x, (value, i) => {
    const map = Math.floor(i / plane) % maps;
    let squares = 0;
    for (let other = Math.max(0, map - before); other <= Math.min(maps - 1, map + behind); other++) {
      squares += x[i + (other - map) * plane]! ** 2;
    }
    return value / (bias + (alpha / size) * squares) ** beta;
  });
}

async function run(graph: Graph, x: Float32Array): Promise<Float32Array> {
  const session = await onnxRuntime({ threads: 1 }).open(graph);
  const [output] = graph.outputs.map(({ name }) => name);
  const outputs = await session.run(new Map([[graph.inputs[0]!.name, floatTensor(dims, x)]]), [output!]);
  await session.close();
  return toFloat32(outputs.get(output!)!);
}

function expectClose(found: Float32Array, expected: readonly number[]): void {
  const worst = Math.max(...expected.map((value, i) => Math.abs(found[i]! - value) / Math.abs(value)));
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
      expectClose(await run(graph, x), defined(x, normalisation));
    },
  );

  it('keeps its precision next to a map that is a million times as strong', async () => {
    const normalisation = { size: 3, alpha: 1, beta: 0.75, bias: 1e-6 };
    const strong = x.map((value, i) =>
      Math.floor(i / (height * width)) % maps === 0 ? 1e4 * value : 1e-2 * value,
    );
    expectClose(await run(normalising(normalisation, 17), strong), defined(strong, normalisation));
  });

  it('leaves other exponents to the runtime', async () => {
    const normalisation = { size: 5, alpha: 0.3, beta: 0.6, bias: 2 };
    const graph = normalising(normalisation, 17);
    expect(withNormalisationByPool(graph)).toBe(graph);
    expectClose(await run(graph, x), defined(x, normalisation));
  });
});
