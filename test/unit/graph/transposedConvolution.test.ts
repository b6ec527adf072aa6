import { describe, expect, it } from 'vitest';
import { encodeOnnx } from '../../../src/core/formats/onnx/encode';
import type { Graph } from '../../../src/core/graph/graph';
import { openNetwork } from '../../../src/core/network';
import type { Dims } from '../../../src/core/tensor/tensor';
import { graphBuilder, int, ints } from '../../support/graphBuilder';
import { randomFeeds, runOnnx } from '../../support/runOnnx';
import { drawTransposed } from '../../support/transposedConvolution';

const drawn = 300;

/** What ONNX Runtime makes of it; `undefined` where it refuses. */
async function computed(graph: Graph): Promise<Dims | undefined> {
  const outputs = runOnnx(encodeOnnx(graph), randomFeeds(graph));
  return outputs.then(
    ({ up_output_0: up }) => up!.dims,
    () => undefined,
  );
}

describe('the size of a transposed convolution', () => {
  it(`is that of ONNX Runtime, which also refuses the same, for ${drawn} sets of attributes`, async () => {
    const wrong: string[] = [];
    let refused = 0;
    for (let seed = 1; seed <= drawn; seed++) {
      const graph = drawTransposed(seed);
      const { shapes, problems } = openNetwork(graph).resolved;
      const known = shapes.get('up_output_0');
      const real = await computed(graph);
      if (real === undefined) refused++;
      if (known?.join() !== real?.join())
        wrong.push(`seed ${seed}: [${known?.join()}], really [${real?.join()}]`);
      expect(problems.has('up')).toBe(known === undefined);
    }
    expect(wrong).toEqual([]);
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(drawn / 2);
  });

  it.each([
    ['other channels', [4, 2, 3, 3], {}, 'over 3 channels with weights for 4 in 1 groups'],
    ['groups that do not divide them', [3, 2, 3, 3], { group: int(2) }, 'for 3 in 2 groups'],
    ['weights of one axis', [3, 2, 3], {}, 'only two are supported'],
    ['no stride', [3, 2, 3, 3], { strides: ints(0, 1) }, 'with kernel 3, stride 0'],
  ] as const)('is refused with %s', (_name, dims, attributes, reason) => {
    const g = graphBuilder({ input: [1, 3, 5, 5] });
    const up = g.node('ConvTranspose', [g.input, g.weight('w', dims)], { name: 'up', attributes });
    expect(openNetwork(g.build({ outputs: [up] })).resolved.problems.get('up')).toContain(reason);
  });
});
