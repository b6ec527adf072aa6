import { floatTensor } from '../../src/core/tensor/tensor';
import type { Graph } from '../../src/core/graph/graph';
import { float, graphBuilder, int, ints, text } from './graphBuilder';
import type { GraphBuilder, TensorRef } from './graphBuilder';
import { constants, layer, type AddNet, type Build, type NetOptions } from './netParts';
import { normalised } from './normalisedNets';
import { resizes } from './resizedNets';
import { transposedConvolutions } from './transposedNets';

/** A small net for one rule or one trap of the way down. */
export interface RuleNet {
  readonly name: string;
  readonly graph: Graph;
}

const nets: { name: string; options: NetOptions; build: Build }[] = [];

const net: AddNet = (name, build, options = {}) => {
  nets.push({ name, options, build });
};

function convolutions(): void {
  net('one layer', (g) => layer(g, g.input, 4));
  net('stride larger than the kernel', (g) =>
    layer(g, g.relu(g.conv(g.input, { out: 4, kernel: 2, stride: 3 })), 3),
  );
  net('asymmetric pads and kernel', (g) =>
    layer(g, g.relu(g.conv(g.input, { out: 4, kernel: [1, 5], stride: [1, 2], pad: [0, 3, 1, 0] })), 3),
  );
  net('grouped and depthwise', (g) => {
    const x = g.relu(g.conv(layer(g, g.input, 6), { out: 12, kernel: 3, groups: 3, pad: 1 }));
    return g.relu(g.conv(x, { out: 12, kernel: 3, groups: 12, stride: 2, pad: 1 }));
  });
  net('dilated', (g) =>
    g.relu(
      g.conv(layer(g, g.input, 4), { out: 4, kernel: 3, dilation: [2, 3], pad: [2, 3, 2, 3], stride: 2 }),
    ),
  );
  for (const autoPad of ['SAME_UPPER', 'SAME_LOWER', 'VALID'] as const) {
    net(`auto_pad ${autoPad}`, (g) => {
      const x = g.relu(g.conv(g.input, { out: 4, kernel: 4, stride: 2, autoPad }));
      return g.relu(g.conv(x, { out: 4, kernel: [3, 2], stride: [2, 3], autoPad, dilation: 1 }));
    });
  }
  net('no bias, no activation', (g) =>
    g.conv(g.conv(g.input, { out: 4, kernel: 3, bias: 'none' }), { out: 3, kernel: 3, bias: 'none' }),
  );
}

function pools(): void {
  const pooled = (name: string, options: Parameters<GraphBuilder['maxPool']>[1]) => {
    net(`max pool, ${name}`, (g) => layer(g, g.maxPool(layer(g, g.input, 4), options), 3));
    net(`max pool before the activation, ${name}`, (g) =>
      layer(g, g.relu(g.maxPool(g.conv(g.input, { out: 4, kernel: 3 }), options)), 3),
    );
    net(`average pool, ${name}`, (g) => layer(g, g.averagePool(layer(g, g.input, 4), options), 3));
    net(`average pool counting its padding, ${name}`, (g) =>
      layer(g, g.averagePool(layer(g, g.input, 4), { ...options, padding: 'counted' }), 3),
    );
  };
  pooled('2x2/2', { kernel: 2, stride: 2 });
  pooled('overlapping 3x3/2', { kernel: 3, stride: 2 });
  pooled('padded 3x3/2', { kernel: 3, stride: 2, pad: 1 });
  pooled('ceil mode', { kernel: 3, stride: 2, rounding: 'ceil' });
  pooled('ceil mode and padded', { kernel: 3, stride: 3, pad: [1, 0, 1, 1], rounding: 'ceil' });
  pooled('last window in the padding', { kernel: 2, stride: 3, pad: 1, rounding: 'ceil' });
  pooled('asymmetric', { kernel: [2, 3], stride: [1, 2], pad: [1, 0, 0, 2] });
  pooled('stride larger than the kernel', { kernel: 2, stride: 3 });
  net('max pool, dilated', (g) =>
    layer(g, g.maxPool(layer(g, g.input, 4), { kernel: 3, stride: 2, dilation: 2 }), 3),
  );
  net('max pool, dilated and padded', (g) =>
    layer(g, g.maxPool(layer(g, g.input, 4), { kernel: 3, stride: 2, dilation: [3, 2], pad: 2 }), 3),
  );
  net(
    'average pool, dilated',
    (g) => layer(g, g.averagePool(layer(g, g.input, 4), { kernel: 3, dilation: 2, pad: 1 }), 3),
    { opset: 19 },
  );
  net('max pool on the image itself', (g) =>
    layer(g, g.maxPool(g.input, { kernel: 3, stride: 2, pad: 1 }), 3),
  );
  for (const autoPad of ['SAME_UPPER', 'SAME_LOWER']) {
    net(`max pool, auto_pad ${autoPad}`, (g) => {
      const x = layer(g, g.input, 4);
      const attributes = { kernel_shape: ints(3, 4), strides: ints(2, 2), auto_pad: text(autoPad) };
      const dims = [1, 4, Math.ceil(x.dims[2]! / 2), Math.ceil(x.dims[3]! / 2)];
      return layer(g, g.node('MaxPool', [x], { attributes, dims }), 3);
    });
  }
  net('pools in a row', (g) => {
    let x = layer(g, g.input, 4);
    for (let i = 0; i < 2; i++) x = g.maxPool(x, { kernel: 3, stride: 1, pad: 1 });
    return layer(g, g.maxPool(x, { kernel: 3, stride: 2 }), 3);
  });
  net('global average pool and head', (g) =>
    g.softmax(g.gemm(g.flatten(g.globalAveragePool(layer(g, g.input, 6))), { out: 5 })),
  );
  net('global max pool and head', (g) => {
    const x = layer(g, g.input, 6);
    return g.gemm(g.flatten(g.node('GlobalMaxPool', [x], { dims: [1, 6, 1, 1] })), { out: 5 });
  });
  for (const op of ['ReduceMean', 'ReduceMax']) {
    for (const keep of [0, 1]) {
      net(`${op} over positions, keepdims ${keep}`, (g) => {
        const dims = keep ? [1, 6, 1, 1] : [1, 6];
        const attributes = { axes: ints(2, 3), keepdims: int(keep) };
        const reduced = g.node(op, [layer(g, g.input, 6)], { dims, attributes });
        return g.gemm(keep ? g.flatten(reduced) : reduced, { out: 5 });
      });
    }
  }
  net(
    'mean over positions, axes as an input',
    (g) => {
      const x = layer(g, g.input, 6);
      const mean = g.node('ReduceMean', [x, constants(g, 'axes', -1, -2)], {
        dims: [1, 6],
        attributes: { keepdims: int(0) },
      });
      return g.gemm(mean, { out: 5 });
    },
    { opset: 18 },
  );
}

function branches(): void {
  net('inception', (g) => {
    const stem = layer(g, g.input, 6);
    const parts = [
      layer(g, stem, 2, 1, 0),
      layer(g, layer(g, stem, 2, 1, 0), 3),
      layer(g, layer(g, stem, 2, 1, 0), 2, 5, 2),
      layer(g, g.maxPool(stem, { kernel: 3, pad: 1 }), 2, 1, 0),
    ];
    return layer(g, g.concat(parts), 4);
  });
  net('residual', (g) => {
    const x = layer(g, g.input, 4);
    const inner = g.conv(layer(g, x, 4), { out: 4, kernel: 3, pad: 1 });
    const sum = g.relu(g.add(inner, x));
    const down = g.conv(sum, { out: 6, kernel: 1, stride: 2 });
    const wide = g.conv(g.relu(g.conv(sum, { out: 6, kernel: 3, stride: 2, pad: 1 })), {
      out: 6,
      kernel: 3,
      pad: 1,
    });
    return g.relu(g.add(wide, down));
  });
  net('a tensor used four times', (g) => {
    const x = layer(g, g.input, 4);
    const y = g.node('Sum', [x, g.relu(x), g.conv(x, { out: 4, kernel: 3, pad: 1 })]);
    return layer(g, g.concat([y, x]), 3);
  });
  net('the same tensor twice in one node', (g) => {
    const x = g.conv(g.input, { out: 4, kernel: 3 });
    return layer(g, g.concat([g.add(x, x), x, x]), 3);
  });
  net('difference', (g) => {
    const x = layer(g, g.input, 4);
    return layer(g, g.relu(g.sub(g.conv(x, { out: 4, kernel: 3, pad: 1 }), x)), 3);
  });
  net('dense block', (g) => {
    let x = layer(g, g.input, 4);
    for (let i = 0; i < 3; i++)
      x = g.concat([x, g.conv(g.relu(g.batchNorm(x)), { out: 3, kernel: 3, pad: 1 })]);
    return g.averagePool(g.relu(g.batchNorm(x)), { kernel: 2, stride: 2 });
  });
  net('gate', (g) => {
    const x = layer(g, g.input, 4);
    const squeezed = layer(g, g.globalAveragePool(x), 2, 1, 0);
    const gate = g.node('Sigmoid', [g.conv(squeezed, { out: 4, kernel: 1 })]);
    return layer(g, g.mul(x, gate), 3);
  });
  net('gate first', (g) => {
    const x = layer(g, g.input, 4);
    const gate = g.node('Sigmoid', [g.conv(g.globalAveragePool(x), { out: 4, kernel: 1 })]);
    return layer(g, g.mul(gate, x), 3);
  });
  net('a gate over maps of one position', (g) => {
    const x = layer(g, g.maxPool(layer(g, g.input, 4), { kernel: [15, 17] }), 6, 1, 0);
    const gate = g.node('Sigmoid', [
      g.conv(layer(g, g.globalAveragePool(x), 2, 1, 0), { out: 6, kernel: 1 }),
    ]);
    return layer(g, g.add(g.mul(gate, x), x), 3, 1, 0);
  });
  net('divided by a gate', (g) => {
    const x = layer(g, g.input, 4);
    const gate = g.node('Sigmoid', [g.conv(g.globalAveragePool(x), { out: 4, kernel: 1 })]);
    return layer(g, g.div(x, gate), 3);
  });
  net('one map added to many', (g) => {
    const x = layer(g, g.input, 4);
    const one = g.conv(x, { out: 1, kernel: 3, pad: 1 });
    return layer(g, g.relu(g.add(g.sub(x, one), one)), 3);
  });
  net('one map spread to many by constants', (g) => {
    const one = layer(g, g.input, 1);
    const spread = g.div(
      g.mul(one, g.weight('factors', [1, 4, 1, 1])),
      g.weight('divisors', [4, 1, 1], { mean: 2 }),
    );
    return layer(g, g.sub(spread, g.weight('shifts', [1, 4, 1, 1])), 3);
  });
  net('a row and a column spread over the image', (g) => {
    const x = layer(g, g.input, 2);
    const [, , height, width] = x.dims as [number, number, number, number];
    const row = g.averagePool(x, { kernel: [height, 1] });
    const column = g.maxPool(x, { kernel: [1, width] });
    return layer(g, g.add(row, column), 3);
  });
  net('a pooled vector spread over the image', (g) => {
    const x = layer(g, g.input, 4);
    return layer(g, g.add(x, g.relu(g.conv(g.globalAveragePool(x), { out: 4, kernel: 1 }))), 3);
  });
  net('a global pool of rows', (g) => {
    const x = layer(g, g.input, 4);
    const [, , height, width] = x.dims as [number, number, number, number];
    const rows = g.reshape(x, [1, 4 * height, width]);
    return g.gemm(g.flatten(g.node('GlobalAveragePool', [rows], { dims: [1, 4 * height, 1] })), { out: 5 });
  });
  net('pyramid of pools', (g) => {
    const x = layer(g, g.input, 4);
    const [, , height, width] = x.dims as [number, number, number, number];
    const levels = [1, 2, 3].map((n) => {
      const stride = [Math.floor(height / n), Math.floor(width / n)] as const;
      const kernel = [height - (n - 1) * stride[0], width - (n - 1) * stride[1]] as const;
      return g.flatten(g.maxPool(x, { kernel, stride }));
    });
    return g.gemm(g.concat(levels), { out: 5 });
  });
}

function movements(): void {
  net('channel shuffle', (g) => {
    const x = layer(g, g.input, 6);
    const [, , height, width] = x.dims as [number, number, number, number];
    const grouped = g.transpose(g.reshape(x, [1, 2, 3, height, width]), [0, 2, 1, 3, 4]);
    return layer(g, g.reshape(grouped, [1, 6, height, width]), 4);
  });
  net('channel shuffle over flattened positions', (g) => {
    const x = layer(g, g.input, 6);
    const [, , height, width] = x.dims as [number, number, number, number];
    const grouped = g.transpose(g.reshape(x, [2, 3, height * width]), [1, 0, 2]);
    return layer(g, g.reshape(grouped, [1, 6, height, width]), 4);
  });
  net('activations and sums over flattened positions', (g) => {
    const x = layer(g, g.input, 4);
    const [, , height, width] = x.dims as [number, number, number, number];
    const rows = g.relu(g.reshape(x, [1, 4, height * width]));
    const scaled = g.mul(g.batchNorm(rows), g.weight('factors', [4, 1], { mean: 1 }));
    const shifted = g.add(g.weight('shifts', [1, 4, height * width]), scaled);
    const sum = g.leakyRelu(g.add(g.sub(shifted, rows), g.node('Identity', [rows])));
    return layer(g, g.reshape(sum, [1, 4, height, width]), 3);
  });
  net('a mean over flattened positions', (g) => {
    const x = layer(g, g.input, 4);
    const [, , height, width] = x.dims as [number, number, number, number];
    const rows = g.reshape(x, [1, 4, height * width]);
    const pool = g.node('GlobalAveragePool', [rows], { dims: [1, 4, 1] });
    const largest = g.node('GlobalMaxPool', [rows], { dims: [1, 4, 1] });
    return g.gemm(g.flatten(g.add(pool, largest)), { out: 5 });
  });
  net('channel shuffle by gathering', (g) => {
    const x = layer(g, g.input, 6);
    const [, , height, width] = x.dims as [number, number, number, number];
    const pairs = g.transpose(g.reshape(x, [3, 2, height * width]), [1, 0, 2]);
    const halves = g.reshape(pairs, [2, 1, 3, height, width]);
    const parts = [0, 1].map((i) =>
      g.node(
        'Gather',
        [halves, g.constant(`half${i}`, { type: 'int64', dims: [], data: BigInt64Array.of(BigInt(i)) })],
        {
          dims: [1, 3, height, width],
          attributes: { axis: int(0) },
        },
      ),
    );
    return layer(g, g.concat([parts[1]!, g.conv(parts[0]!, { out: 3, kernel: 3, pad: 1 })]), 4);
  });
  net('gathering channels, some twice', (g) => {
    const x = layer(g, g.input, 4);
    const picked = g.node('Gather', [x, constants(g, 'picked', 3, 0, 3, -2)], {
      attributes: { axis: int(1) },
    });
    return layer(g, picked, 3);
  });
  net('split along maps', (g) => {
    const x = layer(g, g.input, 6);
    const first = g.node('Split', [x, constants(g, 'sizes', 2, 4)], {
      name: 'split',
      outputs: 2,
      dims: [1, 2, ...x.dims.slice(2)],
      attributes: { axis: int(1) },
    });
    const second: TensorRef = { name: 'split_output_1', dims: [1, 4, ...x.dims.slice(2)] };
    return layer(g, g.concat([layer(g, second, 3), first]), 3);
  });
  net(
    'split along rows',
    (g) => {
      const x = layer(g, g.input, 2);
      const [, , height, width] = x.dims as [number, number, number, number];
      const first = g.node('Split', [x], {
        name: 'split',
        outputs: 2,
        dims: [1, 2, 5, width],
        attributes: { axis: int(2), split: ints(5, height - 5) },
      });
      const second: TensorRef = { name: 'split_output_1', dims: [1, 2, height - 5, width] };
      return g.concat([layer(g, second, 2), layer(g, first, 2)], { axis: 2 });
    },
    { opset: 11 },
  );
  net('slices', (g) => {
    const x = layer(g, g.input, 6);
    const [, , height, width] = x.dims as [number, number, number, number];
    const half = g.node(
      'Slice',
      [x, constants(g, 's1', 1), constants(g, 'e1', 2 ** 31), constants(g, 'a1', 1), constants(g, 't1', 2)],
      {
        dims: [1, 3, height, width],
      },
    );
    const cropped = g.node(
      'Slice',
      [half, constants(g, 's2', 2, -9), constants(g, 'e2', -1, 2 ** 31), constants(g, 'a2', 2, -1)],
      {
        dims: [1, 3, height - 3, 9],
      },
    );
    const shape = [1, 3, Math.ceil((height - 3) / 2), 9];
    const strided = g.node(
      'Slice',
      [
        cropped,
        constants(g, 's3', 0, -1),
        constants(g, 'e3', height, -(2 ** 31)),
        constants(g, 'a3', 2, 3),
        constants(g, 't3', 2, -1),
      ],
      { dims: shape },
    );
    return g.concat([layer(g, strided, 3), g.averagePool(strided, { kernel: 3, pad: 1 })]);
  });
  net(
    'slice with attributes',
    (g) => {
      const x = layer(g, g.input, 6);
      const [, , height, width] = x.dims as [number, number, number, number];
      return layer(
        g,
        g.node('Slice', [x], {
          dims: [1, 2, height, width],
          attributes: { starts: ints(3), ends: ints(-1), axes: ints(1) },
        }),
        3,
      );
    },
    { opset: 9 },
  );
  net('pads', (g) => {
    const x = layer(g, g.input, 4);
    const [, , height, width] = x.dims as [number, number, number, number];
    const value = g.constant('value', floatTensor([], Float32Array.of(0.3)));
    const padded = g.node('Pad', [x, constants(g, 'pads', 0, 1, 2, 0, 0, 0, 1, 3), value], {
      dims: [1, 5, height + 3, width + 3],
    });
    const cropped = g.node('Pad', [padded, constants(g, 'crop', 0, -1, -1, -1, 0, 0, 0, -2)], {
      dims: [1, 4, height + 2, width],
    });
    return g.maxPool(layer(g, cropped, 3), { kernel: 3, stride: 2 });
  });
  for (const mode of ['reflect', 'edge']) {
    net(
      `${mode} pad`,
      (g) => {
        const x = layer(g, g.input, 2);
        const [, , height, width] = x.dims as [number, number, number, number];
        return layer(
          g,
          g.node('Pad', [x], {
            dims: [1, 2, height + 3, width + 2],
            attributes: { pads: ints(0, 0, 1, 2, 0, 0, 2, 0), mode: text(mode) },
          }),
          2,
          3,
          0,
        );
      },
      { opset: 9 },
    );
  }
  net('features last and back', (g) => {
    const x = g.transpose(layer(g, g.input, 4), [0, 2, 3, 1]);
    return layer(g, g.transpose(g.relu(x), [0, 3, 1, 2]), 3);
  });
  net('squeezed and unsqueezed', (g) => {
    const x = layer(g, g.input, 4);
    const squeezed = g.node('Squeeze', [x, constants(g, 'none', 0)], { dims: x.dims.slice(1) });
    const back = g.node('Unsqueeze', [squeezed, constants(g, 'batch', 0)], { dims: x.dims });
    return layer(g, g.dropout(g.node('Identity', [back])), 3);
  });
}

function dense(): void {
  net('fully connected', (g) => {
    const x = g.flatten(g.maxPool(layer(g, g.input, 4), { kernel: 3, stride: 2 }));
    return g.softmax(g.gemm(g.dropout(g.relu(g.gemm(x, { out: 7 }))), { out: 5 }));
  });
  net('fully connected, spelled by hand', (g) => {
    const x = g.reshape(
      layer(g, g.input, 3),
      [1, -1].map((d) => (d === -1 ? 3 * 15 * 17 : d)),
    );
    const hidden = g.relu(g.add(g.matMul(x, { out: 6 }), g.weight('b', [6])));
    return g.node('Gemm', [hidden, g.weight('w', [6, 4]), g.weight('c', [1, 4])], {
      attributes: { alpha: float(0.5), beta: float(2) },
      dims: [1, 4],
    });
  });
  net('fully connected over every position', (g) => {
    const x = layer(g, g.input, 4);
    const [, , height, width] = x.dims as [number, number, number, number];
    const rows = g.transpose(g.reshape(x, [1, 4, height * width]), [0, 2, 1]);
    const mixed = g.transpose(g.relu(g.matMul(rows, { out: 5 })), [0, 2, 1]);
    return layer(g, g.reshape(mixed, [1, 5, height, width]), 2);
  });
  net('fully connected over maps kept last', (g) => {
    const x = g.transpose(layer(g, g.input, 4), [0, 2, 3, 1]);
    return layer(g, g.transpose(g.relu(g.matMul(x, { out: 5 })), [0, 3, 1, 2]), 2);
  });
}

const activationOps: Readonly<
  Record<string, { opset: number; attributes?: Record<string, ReturnType<typeof float>> }>
> = {
  LeakyRelu: { opset: 17, attributes: { alpha: float(0.2) } },
  Elu: { opset: 17 },
  Selu: { opset: 17 },
  HardSwish: { opset: 17 },
  Mish: { opset: 18 },
  Gelu: { opset: 20 },
  Sigmoid: { opset: 17 },
  Tanh: { opset: 17 },
  HardSigmoid: { opset: 17 },
};

function activations(): void {
  for (const [op, { opset, attributes = {} }] of Object.entries(activationOps)) {
    net(
      op,
      (g) => {
        const x = g.node(op, [g.conv(g.input, { out: 4, kernel: 3, pad: 1 })], { attributes });
        return g.node(op, [g.conv(x, { out: 3, kernel: 3, pad: 1 })], { attributes });
      },
      { opset },
    );
  }
  net(
    'Gelu by tanh',
    (g) => {
      const x = g.conv(g.input, { out: 4, kernel: 3 });
      return layer(g, g.node('Gelu', [x], { attributes: { approximate: text('tanh') } }), 3);
    },
    { opset: 20 },
  );
  for (const opset of [9, 17]) {
    net(
      `Clip, operator set ${opset}`,
      (g) => {
        const x = g.clip(g.conv(g.input, { out: 4, kernel: 3 }), { max: 1 });
        return g.clip(g.conv(x, { out: 3, kernel: 3 }), { max: 0.5 });
      },
      { opset },
    );
  }
  net('PRelu with a slope for every map', (g) => {
    const x = g.conv(g.input, { out: 4, kernel: 3 });
    return layer(g, g.node('PRelu', [x, g.weight('slope', [4, 1, 1], { mean: 0.3, std: 0.05 })]), 3);
  });
  net('PRelu', (g) => {
    const x = g.conv(g.input, { out: 4, kernel: 3 });
    return layer(g, g.node('PRelu', [x, g.weight('slope', [1], { mean: 0.2, std: 0.05 })]), 3);
  });
}

[
  convolutions,
  () => transposedConvolutions(net),
  pools,
  branches,
  () => normalised(net),
  movements,
  () => resizes(net),
  dense,
  activations,
].forEach((family) => family());

/** A net keeps its weights when others come and go. */
function seedOf(name: string): number {
  return Array.from(name).reduce((seed, letter) => (seed * 31 + letter.charCodeAt(0)) % 65_521, 7);
}

/** Small nets that between them hold every rule, on images of 15 x 17. */
export const ruleNets: readonly RuleNet[] = nets.map(({ name, options, build }) => {
  const g = graphBuilder({ input: [1, 3, 15, 17], seed: seedOf(name), ...options });
  return { name, graph: g.build({ outputs: [build(g)], name }) };
});
