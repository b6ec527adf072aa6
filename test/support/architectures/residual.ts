import { classify, convNorm, convNormRelu, separable, squeezeExcite } from './blocks';
import type { Architecture } from './index';
import { int, type GraphBuilder, type TensorRef } from '../graphBuilder';

type Block = (g: GraphBuilder, x: TensorRef, out: number, stride: number) => TensorRef;

/** The identity, or a projection where a block changes the size or the number of maps. */
function shortcut(g: GraphBuilder, x: TensorRef, out: number, stride: number): TensorRef {
  return stride === 1 && x.dims[1] === out ? x : convNorm(g, x, { out, kernel: 1, stride });
}

/** He et al. 2015, table 1, of 18 and 34 layers. */
const basic: Block = (g, x, out, stride) => {
  const y = convNormRelu(g, x, { out, kernel: 3, stride, pad: 1 });
  return g.relu(g.add(convNorm(g, y, { out, kernel: 3, pad: 1 }), shortcut(g, x, out, stride)));
};

/** He et al. 2016: batch norm and rectification come first, the sum is not rectified. */
const preActivated: Block = (g, x, out, stride) => {
  const ready = g.relu(g.batchNorm(x));
  const y = convNormRelu(g, ready, { out, kernel: 3, stride, pad: 1 });
  return g.add(g.conv(y, { out, kernel: 3, pad: 1 }), shortcut(g, ready, out, stride));
};

/** Xie et al. 2017: the middle convolution in groups. */
const grouped: Block = (g, x, out, stride) => {
  const narrow = convNormRelu(g, x, { out, kernel: 1 });
  const y = convNormRelu(g, narrow, { out, kernel: 3, stride, pad: 1, groups: 4 });
  return g.relu(g.add(convNorm(g, y, { out, kernel: 1 }), shortcut(g, x, out, stride)));
};

/** Hu et al. 2018: a bottleneck whose maps are weighted before the sum. */
const excited: Block = (g, x, out, stride) => {
  const narrow = convNormRelu(g, x, { out: out / 2, kernel: 1 });
  const y = convNormRelu(g, narrow, { out: out / 2, kernel: 3, stride, pad: 1 });
  const weighted = squeezeExcite(g, convNorm(g, y, { out, kernel: 1 }));
  return g.relu(g.add(weighted, shortcut(g, x, out, stride)));
};

function residualNet(
  name: string,
  block: Block,
  depths: readonly number[],
  last: (g: GraphBuilder, x: TensorRef) => TensorRef = (_, x) => x,
): Architecture {
  return {
    name,
    input: [1, 3, 64, 64],
    build(g) {
      let x = convNormRelu(g, g.input, { out: 4, kernel: 7, stride: 2, pad: 3 });
      x = g.maxPool(x, { kernel: 3, stride: 2, pad: 1 });
      depths.forEach((depth, stage) => {
        for (let i = 0; i < depth; i++) x = block(g, x, 4 * (1 + stage), i === 0 && stage > 0 ? 2 : 1);
      });
      return classify(g, last(g, x));
    },
  };
}

/** Chollet 2017, figure 5: separable convolutions behind rectification, max pools on the way, projected shortcuts. */
const xception: Architecture = {
  name: 'Xception',
  input: [1, 3, 67, 67],
  build(g) {
    let x = convNormRelu(g, g.input, { out: 4, kernel: 3, stride: 2 });
    x = convNormRelu(g, x, { out: 6, kernel: 3 });
    const pooling = (y: TensorRef, middle: number, out: number) => {
      const deep = separable(g, g.relu(separable(g, y, { out: middle })), { out });
      const pooled = g.maxPool(deep, { kernel: 3, stride: 2, pad: 1 });
      return g.add(pooled, convNorm(g, x, { out, kernel: 1, stride: 2 }));
    };
    x = pooling(x, 8, 8);
    for (const out of [10, 12]) x = pooling(g.relu(x), out, out);
    for (let block = 0; block < 8; block++) {
      let y = x;
      for (let i = 0; i < 3; i++) y = separable(g, g.relu(y), { out: 12 });
      x = g.add(y, x);
    }
    x = pooling(g.relu(x), 12, 14);
    for (const out of [16, 18]) x = g.relu(separable(g, x, { out }));
    return classify(g, x);
  },
};

/** Huang et al. 2017, table 1, of 121 layers: every layer reads all before it. */
const denseNet: Architecture = {
  name: 'DenseNet',
  input: [1, 3, 64, 64],
  build(g) {
    let x = convNormRelu(g, g.input, { out: 6, kernel: 7, stride: 2, pad: 3 });
    x = g.maxPool(x, { kernel: 3, stride: 2, pad: 1 });
    const blocks = [6, 12, 24, 16];
    blocks.forEach((layers, block) => {
      for (let i = 0; i < layers; i++) {
        const narrow = g.conv(g.relu(g.batchNorm(x)), { out: 4, kernel: 1, bias: 'none' });
        x = g.concat([x, g.conv(g.relu(g.batchNorm(narrow)), { out: 2, kernel: 3, pad: 1, bias: 'none' })]);
      }
      if (block === blocks.length - 1) return;
      const narrow = g.conv(g.relu(g.batchNorm(x)), { out: 8, kernel: 1, bias: 'none' });
      x = g.averagePool(narrow, { kernel: 2, stride: 2 });
    });
    return classify(g, g.relu(g.batchNorm(x)));
  },
};

/** Liu et al. 2022: layer norm and two fully connected layers over maps that are kept last. */
const convNext: Architecture = {
  name: 'ConvNeXt blocks',
  input: [1, 3, 32, 32],
  opset: 20,
  build(g) {
    const norm = (x: TensorRef, name: string) => {
      const maps = x.dims.at(-1)!;
      const factors = g.weight(`${name}.weight`, [maps], { mean: 1, std: 0.2 });
      return g.node('LayerNormalization', [x, factors, g.weight(`${name}.bias`, [maps])], {
        attributes: { axis: int(-1) },
      });
    };
    let x = g.conv(g.input, { out: 6, kernel: 4, stride: 4 });
    for (let block = 0; block < 3; block++) {
      const spread = g.conv(x, { out: 6, kernel: 7, pad: 3, groups: 6 });
      const last = norm(g.transpose(spread, [0, 2, 3, 1]), `norm${block}`);
      const wide = g.node('Gelu', [g.matMul(last, { out: 24 })]);
      x = g.add(g.transpose(g.matMul(wide, { out: 6 }), [0, 3, 1, 2]), x);
    }
    return classify(g, x);
  },
};

export const residualNets: readonly Architecture[] = [
  residualNet('ResNet-18', basic, [2, 2, 2, 2]),
  residualNet('ResNet-34', basic, [3, 4, 6, 3]),
  residualNet('ResNet v2', preActivated, [2, 2, 2, 2], (g, x) => g.relu(g.batchNorm(x))),
  residualNet('ResNeXt', grouped, [3, 4, 6, 3]),
  residualNet('SENet', excited, [3, 4, 6, 3]),
  xception,
  denseNet,
  convNext,
];
