import { classify, convNorm, convNormRelu, squeezeExcite } from './blocks';
import type { Architecture } from './index';
import { floatTensor } from '../../../src/core/tensor/tensor';
import type { GraphBuilder, TensorRef } from '../graphBuilder';

type Activation = (x: TensorRef) => TensorRef;

interface InvertedOptions {
  readonly expand: number;
  readonly out: number;
  readonly kernel: number;
  readonly stride: number;
  readonly squeezed: boolean;
  readonly activation: Activation;
}

/** Sandler et al. 2018: wide inside, narrow and linear outside; with a gate from MobileNet v3 on. */
function inverted(g: GraphBuilder, x: TensorRef, options: InvertedOptions): TensorRef {
  const { expand, out, kernel, stride, squeezed, activation } = options;
  const wide = expand * x.dims[1]!;
  const opened = expand === 1 ? x : activation(convNorm(g, x, { out: wide, kernel: 1 }));
  const pad = (kernel - 1) / 2;
  const spread = activation(convNorm(g, opened, { out: wide, kernel, stride, pad, groups: wide }));
  const y = convNorm(g, squeezed ? squeezeExcite(g, spread) : spread, { out, kernel: 1 });
  return stride === 1 && x.dims[1] === out ? g.add(x, y) : y;
}

/** Howard et al. 2017, table 1: depthwise and pointwise convolutions, both rectified up to 6. */
const mobileNetV1: Architecture = {
  name: 'MobileNet v1',
  input: [1, 3, 64, 64],
  build(g) {
    const six = (x: TensorRef) => g.clip(x);
    let x = six(convNorm(g, g.input, { out: 4, kernel: 3, stride: 2, pad: 1 }));
    for (const [out, stride, depth] of [[6, 1, 1], [8, 2, 2], [10, 2, 2], [12, 2, 6], [14, 2, 2]] as const) {
      for (let i = 0; i < depth; i++) {
        const maps = x.dims[1]!;
        x = six(convNorm(g, x, { out: maps, kernel: 3, stride: i === 0 ? stride : 1, pad: 1, groups: maps }));
        x = six(convNorm(g, x, { out, kernel: 1 }));
      }
    } // prettier-ignore
    return classify(g, x);
  },
};

/** Howard et al. 2019, table 2, the small one; hard-swish as x * Clip(x / 6 + 0.5, 0, 1). */
const mobileNetV3: Architecture = {
  name: 'MobileNet v3, hard-swish spelled out',
  input: [1, 3, 64, 64],
  build(g) {
    const scalar = (name: string, value: number) => g.constant(name, floatTensor([], Float32Array.of(value)));
    const [six, half] = [scalar('six', 6), scalar('half', 0.5)];
    const swish: Activation = (x) => g.mul(x, g.clip(g.add(g.div(x, six), half), { min: 0, max: 1 }));
    const relu: Activation = (x) => g.relu(x);
    let x = swish(convNorm(g, g.input, { out: 4, kernel: 3, stride: 2, pad: 1 }));
    x = inverted(g, x, { expand: 1, out: 4, kernel: 3, stride: 2, squeezed: true, activation: relu });
    x = inverted(g, x, { expand: 3, out: 6, kernel: 3, stride: 2, squeezed: false, activation: relu });
    x = inverted(g, x, { expand: 3, out: 6, kernel: 3, stride: 1, squeezed: false, activation: relu });
    for (const [out, stride] of [[8, 2], [8, 1], [8, 1], [10, 1], [10, 1], [12, 2], [12, 1], [12, 1]] as const)
      x = inverted(g, x, { expand: 3, out, kernel: 5, stride, squeezed: true, activation: swish }); // prettier-ignore
    return classify(g, swish(convNorm(g, x, { out: 16, kernel: 1 })));
  },
};

/** Tan & Le 2019, table 1: SiLU, gates, kernels of 3 and 5. */
const efficientNet: Architecture = {
  name: 'EfficientNet-B0',
  input: [1, 3, 48, 48],
  build(g) {
    const silu: Activation = (x) => g.mul(x, g.node('Sigmoid', [x]));
    const stages = [[1, 4, 1, 1, 3], [6, 4, 2, 2, 3], [6, 5, 2, 2, 5], [6, 6, 3, 2, 3], [6, 6, 3, 1, 5], [6, 7, 4, 2, 5], [6, 8, 1, 1, 3]] as const; // prettier-ignore
    let x = silu(convNorm(g, g.input, { out: 4, kernel: 3, stride: 2, pad: 1 }));
    for (const [expand, out, depth, first, kernel] of stages) {
      for (let i = 0; i < depth; i++) {
        const stride = i === 0 ? first : 1;
        x = inverted(g, x, { expand, out, kernel, stride, squeezed: true, activation: silu });
      }
    }
    return classify(g, silu(convNorm(g, x, { out: 16, kernel: 1 })));
  },
};

/** Zhang et al. 2018, table 1, of three groups: grouped 1x1 convolutions with a shuffle between them. */
const shuffleNet: Architecture = {
  name: 'ShuffleNet v1',
  input: [1, 3, 64, 64],
  build(g) {
    const groups = 3;
    const unit = (x: TensorRef, out: number, stride: number) => {
      const isFirst = x.dims[1]! === 6;
      const narrow = convNormRelu(g, x, { out: 6, kernel: 1, groups: isFirst ? 1 : groups });
      const [, maps, height, width] = narrow.dims as [number, number, number, number];
      const apart = g.reshape(narrow, [1, groups, maps / groups, height, width]);
      const shuffled = g.reshape(g.transpose(apart, [0, 2, 1, 3, 4]), narrow.dims);
      const spread = convNorm(g, shuffled, { out: 6, kernel: 3, stride, pad: 1, groups: 6 });
      const y = convNorm(g, spread, { out, kernel: 1, groups });
      if (stride === 1) return g.relu(g.add(x, y));
      return g.relu(g.concat([g.averagePool(x, { kernel: 3, stride, pad: 1, padding: 'counted' }), y]));
    };
    let x = convNormRelu(g, g.input, { out: 6, kernel: 3, stride: 2, pad: 1 });
    x = g.maxPool(x, { kernel: 3, stride: 2, pad: 1 });
    for (const depth of [4, 8, 4]) {
      x = unit(x, 6, 2);
      for (let i = 1; i < depth; i++) x = unit(x, x.dims[1]!, 1);
    }
    return classify(g, x);
  },
};

export const mobileNets: readonly Architecture[] = [mobileNetV1, mobileNetV3, efficientNet, shuffleNet];
