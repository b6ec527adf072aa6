import type { Graph } from '../../src/core/graph/graph';
import { graphBuilder } from './graphBuilder';

/**
 * A classifier of 48x48 pictures that computes in a millisecond and has what makes ZFNet special: strided
 * convolution, overlapping pools (one padded, one in ceil mode), contrast normalisation, fully connected layers.
 */
export function smallNet({ classes = 4, seed = 7 } = {}): Graph {
  const g = graphBuilder({ seed, input: [1, 3, 48, 48] });
  let x = g.input;
  x = g.conv(x, { name: 'conv1', out: 12, kernel: 5, stride: 2, pad: 1 });
  x = g.relu(x, { name: 'relu1' });
  x = g.maxPool(x, { name: 'pool1', kernel: 3, stride: 2, pad: 1 });
  x = g.lrn(x, { name: 'norm1' });
  x = g.conv(x, { name: 'conv2', out: 16, kernel: 3, pad: 1 });
  x = g.relu(x, { name: 'relu2' });
  x = g.maxPool(x, { name: 'pool2', kernel: 3, stride: 2, rounding: 'ceil' });
  x = g.conv(x, { name: 'conv3', out: 20, kernel: 3, pad: 1 });
  x = g.relu(x, { name: 'relu3' });
  x = g.flatten(x, { name: 'flatten' });
  x = g.gemm(x, { name: 'fc4', out: classes });
  x = g.softmax(x, { name: 'softmax' });
  return g.build({ outputs: [x], name: 'small' });
}
