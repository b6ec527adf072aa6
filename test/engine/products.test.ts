import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainProducts, uncroppedSize, type Filters, type Stack } from '../../src/core/deconvnet/products';
import { openProducts, type ProductRunner } from '../../src/engine/runtimes/products';
import { gaussians, seededRandom } from '../support/random';
import { runtimes } from '../support/runtimes';

const random = seededRandom(5);

function signal(length: number, density: number): Float32Array {
  return gaussians(random, length).map((value) => (random() < density ? value : 0));
}

function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length);
  const largest = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  for (let i = 0; i < actual.length; i++) {
    expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThanOrEqual(1e-5 * largest);
  }
}

const densities = [
  ['dense', 1],
  ['nearly empty', 0.002],
  ['empty', 0],
] as const;

describe.each(runtimes)('%s', (_name, open) => {
  let products: ProductRunner;
  beforeAll(async () => {
    products = await openProducts(await open());
  });
  afterAll(() => products.close());

  describe.each(densities)('with a %s signal gives what plain loops give', (_, density) => {
    it.each([
      [1, 1, 1],
      [300, 200, 1],
      [64, 1000, 9],
      [1000, 3, 17],
    ])('for a matrix of %i x %i and %i units', async (rows, columns, units) => {
      const weights = { rows, columns, data: gaussians(random, rows * columns) };
      const values = signal(units * rows, density);
      expectClose(
        await products.dense(weights, values, units),
        await plainProducts.dense(weights, values, units),
      );
    });

    it.each([
      ['a first layer', { outputs: 16, inputs: 3, kernel: [7, 7], stride: [2, 2] }, 5, 6],
      ['a deep layer', { outputs: 48, inputs: 32, kernel: [3, 3] }, 5, 5],
      ['groups', { outputs: 24, inputs: 12, groups: 3, kernel: [5, 5] }, 4, 7],
      ['a filter a map', { outputs: 40, inputs: 40, groups: 40, kernel: [3, 3] }, 6, 6],
      ['dilation', { outputs: 16, inputs: 8, kernel: [3, 2], dilation: [2, 3] }, 6, 5],
      ['uneven strides', { outputs: 20, inputs: 10, kernel: [2, 5], stride: [3, 1] }, 4, 4],
      ['single pixels', { outputs: 64, inputs: 128, kernel: [1, 1] }, 3, 3],
    ] as const)('for a convolution with %s', async (_name, shape, height, width) => {
      const base = { groups: 1, stride: [1, 1], dilation: [1, 1], ...shape } as const;
      const [tall, wide] = base.kernel;
      const data = gaussians(random, base.outputs * (base.inputs / base.groups) * tall * wide);
      const filters: Filters = { ...base, data };
      const units = 4;
      const stack: Stack = {
        units,
        height,
        width,
        data: signal(units * base.outputs * height * width, density),
      };
      expectClose(
        await products.convolution(filters, stack),
        await plainProducts.convolution(filters, stack),
      );
      const [seenTall, seenWide] = uncroppedSize(filters, { height, width });
      const seen: Stack = {
        units,
        height: seenTall,
        width: seenWide,
        data: signal(units * base.inputs * seenTall * seenWide, density),
      };
      expectClose(
        await products.transposedConvolution(filters, seen),
        await plainProducts.transposedConvolution(filters, seen),
      );
    });
  });
});
