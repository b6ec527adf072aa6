import { classify, convNormRelu } from './blocks';
import type { Architecture } from './index';
import type { GraphBuilder, TensorRef } from '../graphBuilder';

/** Szegedy et al. 2014, figure 2b: four branches; the module of GoogLeNet. */
function inception(g: GraphBuilder, x: TensorRef, out: number): TensorRef {
  const conv = (y: TensorRef, kernel: number) => g.relu(g.conv(y, { out, kernel, pad: (kernel - 1) / 2 }));
  const pooled = g.maxPool(x, { kernel: 3, stride: 1, pad: 1 });
  return g.concat([conv(x, 1), conv(conv(x, 1), 3), conv(conv(x, 1), 5), conv(pooled, 1)]);
}

/** Table 1 of the paper: two, five and two modules. */
const googLeNet: Architecture = {
  name: 'GoogLeNet',
  input: [1, 3, 64, 64],
  build(g) {
    const pool = (y: TensorRef) => g.maxPool(y, { kernel: 3, stride: 2, rounding: 'ceil' });
    let x = g.lrn(pool(g.relu(g.conv(g.input, { out: 6, kernel: 7, stride: 2, pad: 3 }))));
    x = g.lrn(g.relu(g.conv(g.relu(g.conv(x, { out: 6, kernel: 1 })), { out: 8, kernel: 3, pad: 1 })));
    for (const widths of [[4, 4], [4, 4, 4, 4, 6], [6, 6]]) {
      x = pool(x);
      for (const out of widths) x = inception(g, x, out);
    } // prettier-ignore
    return classify(g, g.dropout(x));
  },
};

/** A convolution of Inception v4: of the same size, or of every second position without padding. */
type Kernel = number | readonly [height: number, width: number];

/** Szegedy et al. 2016, figures 3 to 9: three kinds of blocks, with kernels of one line. */
function inceptionV4Blocks(g: GraphBuilder) {
  const conv = (x: TensorRef, kernel: Kernel, out = 6) => {
    const [height, width] = typeof kernel === 'number' ? [kernel, kernel] : kernel;
    const [y, z] = [(height - 1) / 2, (width - 1) / 2];
    return convNormRelu(g, x, { out, kernel, pad: [y, z, y, z] });
  };
  const chain = (x: TensorRef, ...kernels: Kernel[]) => kernels.reduce((y, kernel) => conv(y, kernel), x);
  const valid = (x: TensorRef, stride: number) => convNormRelu(g, x, { out: 4, kernel: 3, stride });
  const pooled = (x: TensorRef) => g.maxPool(x, { kernel: 3, stride: 2 });
  const averaged = (x: TensorRef) => conv(g.averagePool(x, { kernel: 3, pad: 1, padding: 'ignored' }), 1);
  const both = (x: TensorRef) => [conv(x, [1, 3]), conv(x, [3, 1])];
  return {
    stem(x: TensorRef) {
      let y = conv(valid(valid(x, 2), 1), 3);
      y = g.concat([pooled(y), valid(y, 2)]);
      y = g.concat([valid(conv(y, 1), 1), valid(chain(y, 1, [7, 1], [1, 7]), 1)]);
      return g.concat([valid(y, 2), pooled(y)]);
    },
    a: (x: TensorRef) => g.concat([averaged(x), conv(x, 1), chain(x, 1, 3), chain(x, 1, 3, 3)]),
    reductionA: (x: TensorRef) => g.concat([pooled(x), valid(x, 2), valid(chain(x, 1, 3), 2)]),
    b: (x: TensorRef) =>
      g.concat([
        averaged(x),
        conv(x, 1),
        chain(x, 1, [1, 7], [7, 1]),
        chain(x, 1, [7, 1], [1, 7], [7, 1], [1, 7]),
      ]),
    reductionB: (x: TensorRef) =>
      g.concat([pooled(x), valid(conv(x, 1), 2), valid(chain(x, 1, [1, 7], [7, 1]), 2)]),
    c: (x: TensorRef) =>
      g.concat([averaged(x), conv(x, 1), ...both(conv(x, 1)), ...both(chain(x, 1, [1, 3], [3, 1]))]),
  };
}

const inceptionV4: Architecture = {
  name: 'Inception v4',
  input: [1, 3, 107, 107],
  build(g) {
    const blocks = inceptionV4Blocks(g);
    let x = blocks.stem(g.input);
    for (let i = 0; i < 4; i++) x = blocks.a(x);
    x = blocks.reductionA(x);
    for (let i = 0; i < 7; i++) x = blocks.b(x);
    x = blocks.reductionB(x);
    for (let i = 0; i < 3; i++) x = blocks.c(x);
    return classify(g, g.dropout(x));
  },
};

export const inceptionNets: readonly Architecture[] = [googLeNet, inceptionV4];
