import { classify } from './blocks';
import type { Architecture } from './index';
import { ints, type GraphBuilder, type TensorRef } from '../graphBuilder';

/** A separable convolution applied twice, as NASNet has it. */
function twice(g: GraphBuilder, x: TensorRef, kernel: number, stride = 1): TensorRef {
  const once = (y: TensorRef, step: number) => {
    const maps = y.dims[1]!;
    const spread = g.conv(g.relu(y), { out: maps, kernel, stride: step, pad: (kernel - 1) / 2, groups: maps, bias: 'none' }); // prettier-ignore
    return g.batchNorm(g.conv(spread, { out: maps, kernel: 1, bias: 'none' }));
  };
  return once(once(x, stride), 1);
}

/**
 * Zoph et al. 2018: a reduction cell between normal cells. Where the cell before the last is twice as large, two average pools of one
 * position each, one of them moved by a crop and a pad, bring it to size.
 */
const nasNet: Architecture = {
  name: 'NASNet cells',
  input: [1, 3, 35, 35],
  opset: 10,
  build(g) {
    const fit = (x: TensorRef, out: number) =>
      g.batchNorm(g.conv(g.relu(x), { out, kernel: 1, bias: 'none' }));
    const average = (x: TensorRef, stride = 1) =>
      g.averagePool(x, { kernel: 3, stride, pad: 1, padding: 'ignored' });
    const stem = g.batchNorm(g.conv(g.input, { out: 4, kernel: 3, stride: 2, bias: 'none' }));
    const normal = (now: TensorRef, before: TensorRef) => {
      const [h, p] = [fit(now, 4), fit(before, 4)];
      return g.concat([
        p,
        g.add(twice(g, h, 5), twice(g, p, 3)),
        g.add(twice(g, p, 5), twice(g, p, 3)),
        g.add(average(h), p),
        g.add(average(p), average(p)),
        g.add(twice(g, h, 3), h),
      ]);
    };
    const reduction = (now: TensorRef, before: TensorRef) => {
      const [h, p] = [fit(now, 4), fit(before, 4)];
      const first = g.add(twice(g, h, 5, 2), twice(g, p, 7, 2));
      const pooled = g.maxPool(h, { kernel: 3, stride: 2, pad: 1 });
      return g.concat([
        g.add(pooled, twice(g, p, 7, 2)),
        g.add(average(h, 2), twice(g, p, 5, 2)),
        g.add(g.maxPool(h, { kernel: 3, stride: 2, pad: 1 }), twice(g, first, 3)),
        g.add(average(first), pooled),
      ]);
    };
    const cell = normal(stem, stem);
    const smaller = reduction(cell, stem);
    return classify(g, g.relu(normal(smaller, halved(g, cell, 4))));
  },
};

function halved(g: GraphBuilder, x: TensorRef, out: number): TensorRef {
  const [n, maps, height, width] = x.dims as [number, number, number, number];
  const one = { kernel: 1, stride: 2, padding: 'ignored' } as const;
  const padded = g.node('Pad', [g.relu(x)], {
    attributes: { pads: ints(0, 0, 0, 0, 0, 0, 1, 1) },
    dims: [n, maps, height + 1, width + 1],
  });
  const [starts, ends, axes] = [[1, 1], [height + 1, width + 1], [2, 3]].map((values, i) =>
    g.constant(`crop${i}`, { type: 'int64', dims: [2], data: BigInt64Array.from(values, BigInt) }),
  ); // prettier-ignore
  const moved = g.node('Slice', [padded, starts, ends, axes], { dims: x.dims });
  const half = (y: TensorRef) => g.conv(g.averagePool(y, one), { out: out / 2, kernel: 1, bias: 'none' });
  return g.batchNorm(g.concat([half(g.relu(x)), half(moved)]));
}

export const nasNets: readonly Architecture[] = [nasNet];
