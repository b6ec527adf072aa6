import { beforeAll, describe, expect, it } from 'vitest';
import { methods, type MethodName } from '../../../src/core/deconvnet/methods';
import { graphBuilder } from '../../support/graphBuilder';
import type { GraphBuilder, TensorRef } from '../../support/graphBuilder';
import {
  expectSameForward,
  expectSameProjections,
  isComparable,
  recordTwins,
  tensorsOf,
  type Twins,
} from '../../support/againstNaive';
import { seededRandom } from '../../support/random';
import { ruleNets } from '../../support/ruleNets';
import { floatTensor, sizeOf, type Dims } from '../../../src/core/tensor/tensor';

const methodNames = Object.keys(methods) as MethodName[];

describe.each(ruleNets)('$name', ({ graph }) => {
  let twins: Twins;
  beforeAll(async () => {
    twins = await recordTwins(graph);
  });

  it('runs forward as the naive network does, with the same switches', () => expectSameForward(twins));

  it.each(methodNames)('projects every tensor as the naive network does: %s', async (method) => {
    for (const tensor of tensorsOf(twins)) {
      if (isComparable(twins, tensor, method)) await expectSameProjections(twins, tensor, method);
    }
  });
});

/** Only what has no rule by the semantics may go untested above. */
it('compares everything but what stands behind a softmax', async () => {
  for (const { name, graph } of ruleNets) {
    const twins = await recordTwins(graph);
    for (const tensor of tensorsOf(twins)) {
      if (isComparable(twins, tensor, 'deconvnet')) continue;
      expect(graph.nodes.find(({ outputs }) => outputs[0] === tensor)?.op, name).toBe('Softmax');
    }
  }
});

type Pool = Parameters<GraphBuilder['maxPool']>[1];

const pools: Record<string, Pool> = {
  overlapping: { kernel: 3, stride: 2 },
  padded: { kernel: 3, stride: 2, pad: 1 },
  'in ceil mode': { kernel: 3, stride: 2, pad: [1, 0, 0, 1], rounding: 'ceil' },
  dilated: { kernel: 2, stride: 1, dilation: 3, pad: 1 },
};

const size: Dims = [1, 3, 11, 12];

/** Whole numbers, so that every sum is exact and equal values are equal on both sides. */
function wholeConv(g: GraphBuilder, x: TensorRef, out: number): TensorRef {
  const random = seededRandom(out);
  const dims = [out, x.dims[1]!, 3, 3];
  const weights = Float32Array.from({ length: sizeOf(dims) }, () => Math.floor(random() * 5) - 2);
  return g.node('Conv', [x, g.constant(`weights${out}`, floatTensor(dims, weights))], {
    dims: [1, out, ...x.dims.slice(2)],
    attributes: { pads: { kind: 'ints', value: [1, 1, 1, 1] } },
  });
}

const images: Record<string, () => number> = {
  'a constant image': () => 1,
  'an image of three values': (
    (random) => () =>
      Math.floor(random() * 3) - 1
  )(seededRandom(3)),
  'a negative image': (
    (random) => () =>
      -1 - Math.floor(random() * 4)
  )(seededRandom(4)),
};

describe.each(Object.entries(pools))('equal values under a max pool that is %s', (_name, pool) => {
  it.each(Object.entries(images))(
    'leave the switch to the first, never to padding: %s',
    async (_image, pixel) => {
      const g = graphBuilder({ input: size });
      const direct = g.maxPool(g.input, pool);
      const x = g.maxPool(g.relu(wholeConv(g, direct, 4)), pool);
      const graph = g.build({ outputs: [g.relu(wholeConv(g, x, 3))] });
      const twins = await recordTwins(graph, { image: Float32Array.from({ length: sizeOf(size) }, pixel) });
      expectSameForward(twins);
      for (const tensor of tensorsOf(twins)) {
        for (const method of methodNames) await expectSameProjections(twins, tensor, method);
      }
    },
  );
});
