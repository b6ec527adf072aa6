import { classify, convNormRelu } from './blocks';
import type { Architecture } from './index';
import { int64Vector } from '../../../src/core/tensor/tensor';
import { ints, type GraphBuilder, type TensorRef } from '../graphBuilder';

/** LeCun et al. 1998: trained subsampling replaced by average pools, as everyone does since. */
const leNet = (squash: 'Sigmoid' | 'Tanh'): Architecture => ({
  name: `LeNet-5, ${squash.toLowerCase()}`,
  input: [1, 1, 32, 32],
  build(g) {
    const activation = (x: TensorRef) => g.node(squash, [x]);
    let x = activation(g.conv(g.input, { name: 'c1', out: 6, kernel: 5 }));
    x = g.averagePool(x, { kernel: 2, stride: 2 });
    x = activation(g.conv(x, { name: 'c3', out: 16, kernel: 5 }));
    x = g.averagePool(x, { kernel: 2, stride: 2 });
    x = activation(g.conv(x, { name: 'c5', out: 24, kernel: 5 }));
    x = activation(g.gemm(g.flatten(x), { name: 'f6', out: 20 }));
    return g.gemm(x, { name: 'output', out: 10 });
  },
});

/** Krizhevsky et al. 2012: two groups in conv2, conv4 and conv5, contrast normalisation, overlapping pools. */
const alexNet: Architecture = {
  name: 'AlexNet, two groups',
  input: [1, 3, 99, 99],
  build(g) {
    const layer = (x: TensorRef, out: number, kernel: number, groups: number) =>
      g.relu(g.conv(x, { out, kernel, groups, pad: (kernel - 1) / 2 }));
    const pool = (x: TensorRef) => g.maxPool(x, { kernel: 3, stride: 2 });
    let x = pool(g.lrn(g.relu(g.conv(g.input, { out: 6, kernel: 11, stride: 4 })), { bias: 2 }));
    x = pool(g.lrn(layer(x, 8, 5, 2), { bias: 2 }));
    x = layer(layer(layer(x, 10, 3, 1), 10, 3, 2), 8, 3, 2);
    x = g.relu(g.gemm(g.flatten(pool(x)), { out: 12 }));
    return g.softmax(g.gemm(g.relu(g.gemm(g.dropout(x), { out: 12 })), { out: 5 }));
  },
};

/** Batch norm in the arithmetic of old exports: factor and shift are unsqueezed, multiplied and added. */
const spelledBatchNorm: Architecture = {
  name: 'batch norm as Unsqueeze, Mul, Add',
  input: [1, 3, 24, 24],
  opset: 11,
  build(g) {
    const perMap = (name: string, maps: number, mean: number) =>
      g.node('Unsqueeze', [g.weight(name, [maps], { mean, std: 0.2 })], {
        attributes: { axes: ints(1, 2) },
        dims: [maps, 1, 1],
      });
    const layer = (x: TensorRef, name: string, out: number) => {
      const y = g.conv(x, { name, out, kernel: 3, pad: 1, bias: 'none' });
      const scaled = g.mul(y, perMap(`${name}.scale`, out, 1));
      return g.relu(g.add(scaled, perMap(`${name}.shift`, out, 0)));
    };
    const x = g.maxPool(layer(g.input, 'conv1', 6), { kernel: 2, stride: 2 });
    return classify(g, layer(x, 'conv2', 8));
  },
};

/** He et al. 2014: max pools of several sizes over the last maps, so that 4x4, 2x2 and 1x1 positions remain of each. */
const sppNet: Architecture = {
  name: 'SPPNet, pyramid of 4, 2, 1',
  input: [1, 3, 51, 51],
  build(g) {
    const pool = (y: TensorRef) => g.maxPool(y, { kernel: 3, stride: 2 });
    let x = pool(g.relu(g.conv(g.input, { out: 6, kernel: 7, stride: 2 })));
    x = g.relu(g.conv(x, { out: 8, kernel: 5, pad: 2 }));
    x = g.relu(g.conv(x, { out: 8, kernel: 3, pad: 1 }));
    const [, , height, width] = x.dims as [number, number, number, number];
    const levels = [4, 2, 1].map((bins) => {
      const [stride, lines] = [Math.floor(height / bins), Math.floor(width / bins)];
      const kernel = [height - stride * (bins - 1), width - lines * (bins - 1)] as const;
      return g.flatten(g.maxPool(x, { kernel, stride: [stride, lines] }));
    });
    return g.softmax(g.gemm(g.relu(g.gemm(g.concat(levels), { out: 12 })), { out: 5 }));
  },
};

/** What detectors put behind a backbone: levels enlarged, cropped or padded to each other's size, and joined. */
const detectorNeck: Architecture = {
  name: 'detector backbone, Resize and Pad',
  input: [1, 3, 38, 38],
  build(g) {
    const down = (x: TensorRef, out: number) => convNormRelu(g, x, { out, kernel: 3, stride: 2, pad: 1 });
    const low = down(down(g.input, 6), 8);
    const high = down(low, 8);
    return g.conv(g.concat([low, padded(g, doubled(g, high), low)]), { name: 'head', out: 6, kernel: 1 });
  },
};

function doubled(g: GraphBuilder, x: TensorRef): TensorRef {
  const scales = g.constant('scales', { type: 'float32', dims: [4], data: Float32Array.of(1, 1, 2, 2) });
  return g.node('Resize', [x, undefined, scales], {
    attributes: {
      mode: { kind: 'string', value: 'nearest' },
      coordinate_transformation_mode: { kind: 'string', value: 'asymmetric' },
      nearest_mode: { kind: 'string', value: 'floor' },
    },
    dims: [...x.dims.slice(0, 2), 2 * x.dims[2]!, 2 * x.dims[3]!],
  });
}

/** Pads or, where a pad is negative, crops behind the maps. */
function padded(g: GraphBuilder, x: TensorRef, like: TensorRef): TensorRef {
  const missing = [2, 3].map((axis) => like.dims[axis]! - x.dims[axis]!);
  const pads = g.constant('pads', int64Vector([0, 0, 0, 0, 0, 0, ...missing]));
  return g.node('Pad', [x, pads], { dims: [...x.dims.slice(0, 2), ...like.dims.slice(2)] });
}

export const plainNets: readonly Architecture[] = [
  leNet('Sigmoid'),
  leNet('Tanh'),
  alexNet,
  spelledBatchNorm,
  sppNet,
  detectorNeck,
];
