import type { Graph } from '../../src/core/graph/graph';
import { graphBuilder } from './graphBuilder';

export interface ZfnetOptions {
  readonly classes?: number;
  /** Factor on the numbers of filters and fully connected units. */
  readonly width?: number;
  readonly inputSize?: number;
  readonly seed?: number;
}

/**
 * The network of figure 3 (Zeiler & Fergus 2013) with seeded weights: layers `conv1` … `conv5`, `pool1`,
 * `norm1`, …, `fc6`, `fc7`, `fc8`, `softmax`. For 224x224 the feature sizes are 110, 55, 26, 13, 13, 13, 13, 6.
 */
export function zfnet({ classes = 1000, width = 1, inputSize = 224, seed = 1 }: ZfnetOptions = {}): Graph {
  const g = graphBuilder({ seed, input: [1, 3, inputSize, inputSize] });
  const scaled = (maps: number) => Math.max(1, Math.round(maps * width));
  let x = g.input;
  x = g.conv(x, { name: 'conv1', out: scaled(96), kernel: 7, stride: 2, pad: 1 });
  x = g.relu(x, { name: 'relu1' });
  x = g.maxPool(x, { name: 'pool1', kernel: 3, stride: 2, pad: 1 });
  x = g.lrn(x, { name: 'norm1' });
  x = g.conv(x, { name: 'conv2', out: scaled(256), kernel: 5, stride: 2 });
  x = g.relu(x, { name: 'relu2' });
  x = g.maxPool(x, { name: 'pool2', kernel: 3, stride: 2, pad: 1 });
  x = g.lrn(x, { name: 'norm2' });
  for (const [layer, maps] of [
    [3, 384],
    [4, 384],
    [5, 256],
  ] as const) {
    x = g.conv(x, { name: `conv${layer}`, out: scaled(maps), kernel: 3, pad: 1 });
    x = g.relu(x, { name: `relu${layer}` });
  }
  x = g.maxPool(x, { name: 'pool5', kernel: 3, stride: 2 });
  x = g.flatten(x, { name: 'flatten' });
  for (const layer of [6, 7]) {
    x = g.gemm(x, { name: `fc${layer}`, out: scaled(4096) });
    x = g.relu(x, { name: `relu${layer}` });
    x = g.dropout(x, { name: `drop${layer}` });
  }
  x = g.gemm(x, { name: 'fc8', out: classes });
  x = g.softmax(x, { name: 'softmax' });
  return g.build({ outputs: [x], name: 'zfnet' });
}
