import type { Graph } from '../../src/core/graph/graph';
import { graphBuilder } from './graphBuilder';
import type { GraphBuilder, TensorRef } from './graphBuilder';

const MAPS = 4;

function conv(g: GraphBuilder, x: TensorRef, name: string, kernel: number, stride = 1, pad = 0): TensorRef {
  return g.relu(g.conv(x, { name, out: MAPS, kernel, stride, pad }));
}

/** CaffeNet up to conv5 at its true geometry, narrow. */
export function caffeNet(): Graph {
  const g = graphBuilder({ input: [1, 3, 227, 227], seed: 2 });
  let x = conv(g, g.input, 'conv1', 11, 4);
  x = g.lrn(g.maxPool(x, { name: 'pool1', kernel: 3, stride: 2 }));
  x = conv(g, x, 'conv2', 5, 1, 2);
  x = g.lrn(g.maxPool(x, { name: 'pool2', kernel: 3, stride: 2 }));
  for (const layer of [3, 4, 5]) x = conv(g, x, `conv${layer}`, 3, 1, 1);
  return g.build({ outputs: [g.maxPool(x, { name: 'pool5', kernel: 3, stride: 2 })], name: 'caffenet' });
}

/** VGG-16 up to its last pool at its true geometry, narrow. */
export function vgg16(): Graph {
  const g = graphBuilder({ input: [1, 3, 224, 224], seed: 3 });
  let x = g.input;
  [2, 2, 3, 3, 3].forEach((convolutions, block) => {
    for (let i = 1; i <= convolutions; i++) x = conv(g, x, `conv${block + 1}_${i}`, 3, 1, 1);
    x = g.maxPool(x, { name: `pool${block + 1}`, kernel: 2, stride: 2 });
  });
  return g.build({ outputs: [x], name: 'vgg16' });
}
