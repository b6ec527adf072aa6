import type { ConvOptions, GraphBuilder, TensorRef } from '../graphBuilder';

/** Convolution, batch norm, rectification. */
export function convNormRelu(g: GraphBuilder, x: TensorRef, options: ConvOptions): TensorRef {
  return g.relu(g.batchNorm(g.conv(x, { ...options, bias: 'none' })));
}

/** Convolution and batch norm without an activation: a linear bottleneck. */
export function convNorm(g: GraphBuilder, x: TensorRef, options: ConvOptions): TensorRef {
  return g.batchNorm(g.conv(x, { ...options, bias: 'none' }));
}

/** One filter for each map, then a mix of maps at every position. */
export function separable(
  g: GraphBuilder,
  x: TensorRef,
  { out, stride = 1 }: { out: number; stride?: number },
): TensorRef {
  const maps = x.dims[1]!;
  const spread = g.conv(x, { out: maps, kernel: 3, pad: 1, stride, groups: maps, bias: 'none' });
  return convNorm(g, spread, { out, kernel: 1 });
}

/** What multiplies every map with a number between 0 and 1, made from the means of all maps. */
export function squeezeExcite(g: GraphBuilder, x: TensorRef): TensorRef {
  const squeezed = g.relu(g.conv(g.globalAveragePool(x), { out: 8, kernel: 1 }));
  return g.mul(x, g.node('Sigmoid', [g.conv(squeezed, { out: x.dims[1]!, kernel: 1 })]));
}

/** Means of all maps, and scores of 5 classes. */
export function classify(g: GraphBuilder, x: TensorRef): TensorRef {
  return g.softmax(g.gemm(g.flatten(g.globalAveragePool(x)), { out: 5 }));
}
